"""The length of an order: in months, or until further order.

Belongs here: the ways a length is written. Does not: comparing the length with the dates.
"""

import polars as pl

from assets.parsing.words import known

NUMBER_WORDS = {
    "twenty four": 24, "thirty six": 36, "thirty": 30, "twenty": 20, "fifteen": 15, "eighteen": 18, "twelve": 12,
    "eleven": 11, "ten": 10, "nine": 9, "eight": 8, "seven": 7, "six": 6, "five": 5, "four": 4, "three": 3,
    "two": 2, "one": 1,
}  # fmt: skip
UNTIL_FURTHER_ORDER = (
    r"(?i)\b(?:until|till|til|pending) further (?:court )?(?:order|notice)|\bu\.?\s?f\.?\s?o\b|^life(?:time)?$"
    r"|\b(?:indef(?:inite(?:ly)?)?|no (?:end|fixed end|time limit)|unlimited|for life|open.?ended)\b"
)
# An interim order runs until the court decides: such words tell no length.
UNTIL_DETERMINATION = (
    r"(?i)^(?:n/?a\b[\s:–-]*)?\(?(?:(?:an? )?int(?:erim|\.)?(?: order)?(?: only)?"
    r"|(?:interim )?(?:until|till|til|pending) (?:the )?(?:(?:final|full|next|main|court|trial) )*"
    r"(?:hearing|determination|disposal|trial|decision)\b.*)\)?$"
)
_YEARS = r"(?P<years>\d{1,2}(?:\.\d+)?) ?-?(?:years?|yrs?|yr?s?|y)\b\.?"
_MONTHS = r"(?P<months>\d{1,3}) ?-?(?:months?|mont?hs?|mnths?|mths?|mos?|m)\b\.?"
TERM = rf"(?:{_YEARS}(?:(?: ?,? ?(?:and|&|\+)? ?)(?P<rest>\d{{1,2}}) ?(?:months?|mths?|mnths?|mos?|m)\b\.?)?|{_MONTHS})"
WHOLE_TERM = rf"^(?:for )?(?:a )?(?:period of |term of )?{TERM}$"
IN_SENTENCE = rf"\bfor (?:a )?(?:period of |term of |further )?{TERM}"
BARE_NUMBER = r"^(\d{1,3})(?:\.0+)?$"
BARE_YEARS_AT_MOST = 30  # a bare number in a length column: years up to here, months above


def is_until_further_order(text: pl.Expr) -> pl.Expr:
    """Whether the words say that the order runs until further order; null without words."""
    return known(text).str.contains(UNTIL_FURTHER_ORDER)


def is_until_determination(text: pl.Expr) -> pl.Expr:
    """Whether the words of a length say only that the order is interim: it has none then. Null without words."""
    return known(text).str.contains(UNTIL_DETERMINATION)


def read_term(text: pl.Expr, *, pattern: str = WHOLE_TERM) -> pl.Expr:
    """Months of a length in words (`3 years`, `18 mths`, `5Y`, `3 years and 6 months`), or null.

    Args:
        text: the length as sent.
        pattern: `WHOLE_TERM` for a length column, `IN_SENTENCE` for a length within a sentence (`for 3 years`).

    A bare number is a number of years up to `BARE_YEARS_AT_MOST` and of months above, in a length column only.
    Years that don't come to whole months, and no months at all, give null.
    """
    seen = known(text).str.to_lowercase().str.replace_all("-", " ").str.replace_many(_digits_for_words())
    parts = seen.str.extract_groups(pattern)
    years, rest, months = (
        parts.struct.field(name).cast(pl.Float64, strict=False) for name in ("years", "rest", "months")
    )
    total = pl.coalesce(years * 12 + rest.fill_null(0), months)
    if pattern == WHOLE_TERM:
        bare = seen.str.extract(BARE_NUMBER).cast(pl.Float64, strict=False)
        total = pl.coalesce(total, pl.when(bare <= BARE_YEARS_AT_MOST).then(bare * 12).otherwise(bare))
    return pl.when((total == total.round()) & (total > 0)).then(total).cast(pl.Int64)


def read_yymm(text: pl.Expr) -> pl.Expr:
    """Months of a length as `YYMM`: `0306` is 42. Null unless four digits with months below twelve, or if zero."""
    parts = known(text).str.extract_groups(r"^(\d{2})(0\d|1[01])$")
    years, months = (parts.struct.field(name).cast(pl.Int64) for name in ("1", "2"))
    total = years * 12 + months
    return pl.when(total > 0).then(total)


def _digits_for_words() -> dict[str, str]:
    """Number words as digits, each only before a unit of time: `two years` → `2 years`."""
    return {f"{word} {unit}": f"{number} {unit}" for word, number in NUMBER_WORDS.items() for unit in ("year", "month")}
