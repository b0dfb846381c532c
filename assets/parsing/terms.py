"""The length of an order: in months, or until further order.

Belongs here: the ways a length, and no end, is written. Does not: comparing the length with the dates.

An order has no end where words say so (`until further order`, `UFO`, `indefinite`, `no end date`, `lifetime`), or where
its end is a day so far off that it only stands for none: any day from the year `FAR_OFF_YEAR` on (`9999-12-31`,
`31/12/2099`), or all nines (`99999999`). No order that a court fixed runs so long. Words of an interim order, which
runs until the court decides (`until determination or further order`), say no such thing; nor does `for 5 years or until
further order`, which has an end.
"""

from functools import partial

import polars as pl

from assets.parsing.dates import read_date
from assets.parsing.distinct import each_distinct, read_distinct, remembered
from assets.parsing.words import known, plain_signs

UNITS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER_WORDS = {
    **{word: number for number, word in enumerate(UNITS, start=1)},
    **{ten: 10 * place for place, ten in enumerate(TENS, start=2)},
    **{
        f"{ten} {UNITS[unit - 1]}": 10 * place + unit
        for place, ten in enumerate(TENS, start=2)
        for unit in range(1, 10)
    },
}
_UNTIL = r"(?:unt?ill?|till?|pending|upto|up to)"
_FURTHER = r"(?:the )?(?:furth?[eu]r|futher) ?(?:court )?(?:or?d[er]{1,2}|notice|direction)s?"
UNTIL_FURTHER_ORDER = (
    rf"\b(?:{_UNTIL}|subject to) {_FURTHER}|^(?:to )?{_FURTHER}(?: of (?:the )?court)?$"
    rf"|^f/o(?:rder)?$|\but\.?f\.?o\b|\b{_UNTIL} f[./]?\s?o\b"
    r"|\bu[./]?\s?f[./]?\s?[on]\b|^life(?:time|long)?$|\bfor ?(?:life|ever)\b"
    r"|\blife ?(?:time|long) (?:order|ban)\b"
    r"|\b(?:indef(?:inite(?:ly)?)?|no (?:end|fixed end|time limit|expiry)|(?:without|w/o) (?:limit|end)|sine die"
    r"|unlimited|open.?ended|permanent(?:ly)?|never expires?|does not expire|no expiration|in perpetuity|perpetual"
    r"|without time limit|not (?:time )?limited|no (?:fixed term|limit)|infinite|ad infinitum|hyd orchymyn pellach)\b"
    r"|^open$|^(?:for )?(?:the )?(?:whole|remainder of|rest of)(?: (?:his|her|their|the))? life$"
    r"|^until (?:his |her |their )?death$|\bunless (?:varied|discharged|revoked)\b"
    rf"|\b{_UNTIL} (?:the )?court orders? otherwise|\b{_UNTIL} (?:otherwise ordered|varied$)"
    rf"|\b{_UNTIL} (?:it is )?(?:varied or )?(?:discharged|revoked)\b"
)
# What runs until the court decides, or until an end that a further order may bring forward, has an end.
NOT_WITHOUT_END = (
    r"\b(?:determin|(?:final|full|main|next) hearing|main application|substantive|disposal of|trial)"
    rf"|\b(?:years?|yrs?|months?|mths?|\d{{4}})\.?,? (?:or|unless)\b.*\b(?:{_FURTHER}|varied|discharged|revoked)"
    rf"|\bnot (?:an? )?(?:indefinite|{_UNTIL}|u\.?f\.?o)"
)
FAR_OFF_YEAR = 2099
_FAR_YEAR = r"(?:2099|2[1-9]\d\d|[3-9]\d{3})"
# Days far off that the calendar may lack: `31/12/9999`, `9999-12-31T23:59:59`, `12/31/9999`, `99999999`, `99991231`,
# and the number that a spreadsheet gives to 31 December 9999.
FAR_OFF = (
    rf"^(?:\d{{1,2}}[-/. ]){{2}}{_FAR_YEAR}(?:\D|$)|^{_FAR_YEAR}[-/. ]\d{{1,2}}[-/. ]\d{{1,2}}(?:\D|$)"
    rf"|^9{{4,8}}$|^\d{{4}}{_FAR_YEAR}$|^{_FAR_YEAR}(?:0\d|1[0-2])\d{{2}}$|^2958465(?:\.0+)?$"
)
# The plainest forms of a day that is not so far off: most ends have one, and nothing more is read of them.
NEAR_DAY = r"^(?:(?:19|20[0-8])\d{2}-\d{2}-\d{2}|(?:\d{2}/\d{2}/|\d{4})(?:19|20[0-8])\d{2})$"
# An interim order runs until the court decides: such words give no length.
UNTIL_DETERMINATION = (
    r"(?i)^(?:n/?a\b[\s:–-]*)?\(?(?:(?:an? )?int(?:erim|\.)?(?: order)?(?: only)?"
    r"|(?:interim )?(?:until|till|til|pending) (?:the )?(?:(?:final|full|next|main|court|trial) )*"
    r"(?:hearing|determination|disposal|trial|decision)\b.*)\)?$"
)
_SAID_AGAIN = r"(?: \(\d{1,3}\))?"  # `eighteen (18) months`
_YEARS = rf"(?P<years>\d{{1,2}}(?:\.\d+)?){_SAID_AGAIN} (?:years?|ye?rs?|ys?)\b\.?"
_MONTHS = rf"(?P<months>\d{{1,3}}(?:\.0+)?){_SAID_AGAIN} (?:months?|mont?hs?|mnths?|mths?|mos?|m)\b\.?"
TERM = rf"(?:{_YEARS}(?: ?,? ?(?:and|&|\+)? ?(?P<rest>\d{{1,2}}) (?:months?|mths?|mnths?|mos?|m)\b\.?)?|{_MONTHS})"
_AGAIN = r"(?: ?[(/=,] ?(?:i\.?e\.? )?(?P<again>\d[^()]*?)\)?)?"  # the length said twice: `5 years (60 months)`
_FROM = (
    r"(?:,? \(?(?:to (?:\d{1,2}[/. -]){2}|concurrent|interim"
    r"|from|commencing|starting|beginning|after|wef|w\.e\.f\.?)\b.*)?"
)
WHOLE_TERM = rf"^(?:fixed(?: at)? )?(?:for )?(?:a )?(?:fixed )?(?:period of |term of )?{TERM}{_AGAIN}{_FROM}$"
IN_SENTENCE = rf"\bfor (?:a )?(?:further )?(?:period of |term of )?{TERM}"
BARE_NUMBER = r"^(\d{1,3})(?:\.0+)?$"
# A bare number in a length column: years up to the first, months above the second, and between them it may be either
# (`24`): no length.
BARE_YEARS_AT_MOST, BARE_MONTHS_ABOVE = 10, 30


def is_until_further_order(text: pl.Expr) -> pl.Expr:
    """Whether a text says, in words or by a day far off, that the order has no end; null without a text."""
    return read_distinct(text, _without_end, {"has_no_end": pl.Boolean}).struct.field("has_no_end")


@remembered
def _without_end(texts: pl.DataFrame) -> pl.DataFrame:
    plain = pl.col("plain")
    may_be_far_off = plain.str.contains(r"\d") & ~plain.str.contains(NEAR_DAY)
    evened = plain_signs(known(pl.col("text"))).str.replace_all(r"(\p{L})-(\p{L})", "$1 $2")
    seen = texts.with_columns(plain=evened).with_columns(
        year=read_date(pl.when(may_be_far_off).then(plain), latest_year=9999).struct.field("year")
    )
    is_far_off = (pl.col("year") >= FAR_OFF_YEAR).fill_null(value=False) | plain.str.contains(FAR_OFF)
    says_so = plain.str.contains(UNTIL_FURTHER_ORDER) & ~plain.str.contains(NOT_WITHOUT_END)
    return seen.select("text", has_no_end=is_far_off | says_so)


@each_distinct(pl.Boolean)
def is_until_determination(text: pl.Expr) -> pl.Expr:
    """Whether the words of a length say only that the order is interim: it has none then. Null without words."""
    return known(text).str.contains(UNTIL_DETERMINATION)


def read_term(text: pl.Expr, *, pattern: str = WHOLE_TERM) -> pl.Expr:
    """Months of a length in words (`3 years`, `18 mths`, `2y 6m`, `two and a half years`, `30/12`), or null.

    Args:
        text: the length as sent.
        pattern: `WHOLE_TERM` for a length column, `IN_SENTENCE` for a length within a sentence (`for 3 years`).

    A bare number is a number of years up to `BARE_YEARS_AT_MOST`, of months above `BARE_MONTHS_ABOVE` and between them
    no length, in a length column only; there `18/12` is 18 months too, as doctors and clerks write it. Years that don't
    come to whole months, no months at all, and a length said twice that differs give null.
    """
    return read_distinct(text, partial(_read_terms, pattern=pattern), {"months": pl.Int64}).struct.field("months")


def _read_terms(texts: pl.DataFrame, *, pattern: str) -> pl.DataFrame:
    seen, total = pl.col("seen"), pl.col("total")
    terms = texts.with_columns(seen=_evened(pl.col("text"))).with_columns(total=_months(seen, pattern))
    if pattern == WHOLE_TERM:
        again = pl.col("again")
        bare = seen.str.extract(BARE_NUMBER).cast(pl.Float64, strict=False)
        in_years = pl.when(bare <= BARE_YEARS_AT_MOST).then(bare * 12).when(bare > BARE_MONTHS_ABOVE).then(bare)
        terms = terms.with_columns(again=seen.str.extract_groups(pattern).struct.field("again"), in_years=in_years)
        agrees = again.is_null() | (_months(again.str.strip_chars(), WHOLE_TERM) == total)
        terms = terms.with_columns(total=pl.coalesce(pl.when(agrees).then(total), "in_years"))
    return terms.with_columns(months=pl.when((total == total.round()) & (total > 0)).then(total))


@each_distinct(pl.Int64)
def read_yymm(text: pl.Expr) -> pl.Expr:
    """Months of a length as `YYMM`: `0306` is 42. Null unless four digits with months below twelve, or if zero."""
    parts = known(text).str.extract_groups(r"^(\d{2})(0\d|1[01])$")
    years, months = (parts.struct.field(name).cast(pl.Int64) for name in ("1", "2"))
    total = years * 12 + months
    return pl.when(total > 0).then(total)


def _months(seen: pl.Expr, pattern: str) -> pl.Expr:
    parts = seen.str.extract_groups(pattern)
    years, rest, months = (
        parts.struct.field(name).cast(pl.Float64, strict=False) for name in ("years", "rest", "months")
    )
    is_rest = rest.fill_null(0) < 12  # `2 years 24 months` says one length twice; `2 years 18 months` is none
    return pl.coalesce(
        pl.when(is_rest).then(years * 12 + rest.fill_null(0)).when(rest == years * 12).then(rest), months
    )


def _evened(text: pl.Expr) -> pl.Expr:
    """The words of a length in one form: numbers as digits, halves as decimals, a blank before each unit."""
    halves = (
        known(text).str.replace_all(r"(\d)\s*(?:½|\s1/2\b)", "$1.5").str.replace_all(r"(\d)\s*(?:¼|\s1/4\b)", "$1.25")
    )
    words = plain_signs(halves).str.replace_all("-", " ", literal=True).str.replace_all(r"\(([a-z ]+)\)", "( $1 )")
    padded = (pl.lit(" ") + words + pl.lit(" ")).str.replace_many(_digits_for_words(), leftmost=True)
    return (
        padded.str.strip_chars()
        .str.replace_all(r"\( (.*?) \)", "($1)")
        .str.replace(r"^(\d{1,3})/12$", "$1 months")
        .str.replace(r"^p(\d.*)$", "$1")
        .str.replace(r"^(for )?an? (year|month)\b", "${1}1 $2")
        .str.replace(r"\bhalf (?:an? )?year\b", "6 months")
        .str.replace_all(r"(\d) (?:and )?(?:an? |1 )?half\b", "$1.5")
        .str.replace_all(r"(\d) years? and (?:an? |1 )half\b", "$1.5 years")
        .str.replace_all(r"\b(?:calendar|cal\.?|whole|full|clear|consecutive) ([my])", "$1")
        .str.replace_all(r"([a-z])(\d)", "$1 $2")
        .str.replace_all(r"(\d)([a-z])", "$1 $2")
        .str.replace(r"^(\d+(?:\.\d+)?) \((\d+(?:\.\d+)?)\) (\D+)$", "$1 $3 ($2 $3)")
    )


def _digits_for_words() -> dict[str, str]:
    """Number words as digits, each as a word of its own, the longest first: `twenty four years` → `24 years`."""
    longest_first = sorted(NUMBER_WORDS.items(), key=lambda pair: -len(pair[0]))
    return {f" {word} ": f" {number} " for word, number in longest_first}
