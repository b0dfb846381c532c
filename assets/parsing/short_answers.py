"""Short answers that every source words in its own way: a sex, yes or no.

Belongs here: the words. Does not: codes that mean something else in one source.
"""

from collections.abc import Mapping

import polars as pl

from assets.parsing.distinct import each_distinct
from assets.parsing.words import known
from warehouse.standardise import fold

# Words in English and Welsh, letters, and the numbers of ISO/IEC 5218. Some say only that the sex is not known.
SEXES = {
    **dict.fromkeys(("M", "MALE", "MAN", "MR", "GWRYW", "1"), "M"),
    **dict.fromkeys(("F", "FEMALE", "WOMAN", "MRS", "MS", "MISS", "BENYW", "2"), "F"),
}
SEX_NOT_KNOWN = ("U", "UNKNOWN", "NOT SPECIFIED", "UNSPECIFIED", "INDETERMINATE", "N", "X", "OTHER", "0", "9")
YES = ("Y", "YES", "TRUE", "T", "1")
NO = ("N", "NO", "FALSE", "F", "0", "NONE")
TICKS = r"^[✓✔☑√]$"


@each_distinct(pl.String)
def read_sex(text: pl.Expr) -> pl.Expr:
    """`M`, `F`, or null where the text says that it is not known, or says something else (see `is_sex_refused`)."""
    return _meaning(text, SEXES, pl.String)


def is_sex_refused(text: pl.Expr) -> pl.Expr:
    """Whether the text says something of a sex that nobody can read."""
    return known(text).is_not_null() & read_sex(text).is_null() & ~fold(text).is_in(SEX_NOT_KNOWN)


@each_distinct(pl.Boolean)
def read_yes_no(text: pl.Expr) -> pl.Expr:
    """Whether the answer is yes, also where more follows (`Yes - OCG`); null where neither, or in doubt (`Y?`)."""
    answers: dict[str, bool] = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}
    first = known(text).str.extract(r"(?i)^(yes|no|y|n)\b\s*[-–—:,(]")
    is_ticked = pl.when(text.str.strip_chars().str.contains(TICKS)).then(statement=True)
    is_sure = ~text.str.contains("?", literal=True)
    return pl.when(is_sure).then(
        pl.coalesce(is_ticked, *(_meaning(words, answers, pl.Boolean) for words in (text, first)))
    )


def _meaning(text: pl.Expr, meanings: Mapping[str, object], dtype: type[pl.DataType]) -> pl.Expr:
    """What the folded words mean; `Male (M)` and `M/Male` mean what their parts agree on."""
    words = fold(text)
    whole = words.replace_strict(dict(meanings), default=None, return_dtype=dtype)
    first, last = (
        words.str.extract(pattern).replace_strict(dict(meanings), default=None, return_dtype=dtype)
        for pattern in (r"^(\S+) \S+$", r"^\S+ (\S+)$")
    )
    return pl.coalesce(whole, pl.when(first == last).then(first))
