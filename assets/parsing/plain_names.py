"""Names with nothing beside them, in the forms that most offices write, which most names are: read in a few steps.

Belongs here: which texts are such names, and their two parts. Does not: any other text (`name_additions`, `name_split`,
which give the same of these too).

A text is left to the long way for any word that means something beside a name, and wherever it takes a list to say
which word is the surname.
"""

from functools import cache

import polars as pl

from assets.parsing.name_patterns import listed_words
from assets.parsing.name_split import PARTICLE_WORDS
from assets.parsing.words import UNKNOWN_WORDS
from matching.names import PATRONYMIC
from reconciliation.name_forms import is_family_name
from warehouse.standardise import fold

# Letters of Latin alphabets, each one character, whose case is plain: not the long S or the sign for Kelvin.
_LATIN = r"\p{Latin}&&[A-Za-z\x{c0}-\x{17e}\x{1a0}\x{1a1}\x{1af}\x{1b0}\x{218}-\x{21b}\x{1ea0}-\x{1ef9}]"
_LARGE, _SMALL = rf"[\p{{Lu}}&&{_LATIN}]", rf"[\p{{Ll}}&&{_LATIN}]"
_WORD = rf"(?:O')?{_LARGE}{_SMALL}+(?:-{_LARGE}{_SMALL}+)?"
_CAPITAL = rf"(?:O')?{_LARGE}{{3,}}(?:-{_LARGE}{{3,}})?"
_WORDS, _CAPITALS = (rf"{word}(?: {word}){{0,3}}" for word in (_WORD, _CAPITAL))
# `Tom James Smith`, `Tom SMITH`: capitals of three letters may be initials or an honour.
SPOKEN = rf"^(?P<forenames>{_WORDS}) (?P<surname>{_WORD}|{_LARGE}{_CAPITAL})$"
# `SMITH, Tom`, `Smith/Tom James`, `SMITH/TOM`.
PARTED = rf"^(?P<surname>{_WORD}|{_CAPITAL})(?:(?:, ?|/)(?P<forenames>{_WORDS})|/(?P<capitals>{_CAPITALS}))$"
# Words that patterns of `name_patterns` and `name_letters` name, beside those of `name_words.csv`.
_NAMED_IN_PATTERNS = (
    *("AND", "OF", "TRADING", "THE", "LATE", "UNKNOWN", "UNIDENTIFIED", "KNOWN", "CALLED", "AKA", "ALIAS"),
    *("NEE", "NFA"),
    *("SURNAME", "FORENAME", "FORENAMES", "NAME", "NAMES", "FULL", "LAST", "FIRST", "FAMILY", "GIVEN", "CHRISTIAN"),
    *("DECEASED", "DEPORTED", "SON", "DAUGHTER", "WIFE", "HUSBAND", "WIDOW", "DIRECTOR", "OWNER", "MANAGER"),
    *("DOB", "AGE", "AGED", "BORN", "DATE", "JNR", "JR", "SNR", "JUNIOR", "SENIOR", "REX", "REGINA", "VS"),
    *("DEF", "DEFENDANT", "RESPONDENT", "ACCUSED", "SUBJECT", "NOMINAL", "MALE", "FEMALE", "MAN", "WOMAN", "PERSON"),
    *("MR", "MRS", "MS", "MX", "DR", "DET", "DETECTIVE", "POLICE", "DC", "DS", "PC", "PS", "DI", "WPC", "WDC", "PCSO"),
    *("DCI", "NA", "NK", "KC"),
)


def is_plain_name(text: pl.Expr) -> pl.Expr:
    """Whether a text is a name in one of these forms, with no word that may mean something else."""
    folded = fold(text)
    is_turned = is_family_name(folded.str.extract(r"^(\S+)")) | folded.str.extract(r"(\S+)$").str.contains(PATRONYMIC)
    is_spoken = text.str.contains(SPOKEN) & ~is_turned
    words = pl.concat_str(pl.lit(" "), folded, pl.lit(" "))
    return (is_spoken | text.str.contains(PARTED)) & ~words.str.contains_any(_other_words())


def split_plain_names(texts: pl.DataFrame) -> pl.DataFrame:
    """`text`, `forenames`, `surname` of plain names; a name that has its surname twice is left out.

    Args:
        texts: `text`, of which `is_plain_name` holds.
    """
    spoken, parted = (pl.col("text").str.extract_groups(form).struct for form in (SPOKEN, PARTED))
    names = texts.select(
        "text",
        forenames=pl.coalesce(spoken["forenames"], parted["forenames"], parted["capitals"]),
        surname=pl.coalesce(spoken["surname"], parted["surname"]),
    )
    padded = (
        pl.concat_str(pl.lit(" "), pl.col(part), pl.lit(" ")).str.to_lowercase() for part in ("forenames", "surname")
    )
    forenames, surname = padded
    return names.filter(~forenames.str.contains(surname, literal=True))


@cache
def _other_words() -> list[str]:
    """Words that are no part of a name, or one that decides how it is split, each between blanks."""
    texts = pl.DataFrame({"text": [*listed_words()["word"], *UNKNOWN_WORDS, *PARTICLE_WORDS, *_NAMED_IN_PATTERNS]})
    words = texts.select(fold(pl.col("text")).str.split(" ")).to_series().explode().drop_nulls().unique().sort()
    return [f" {word} " for word in words]
