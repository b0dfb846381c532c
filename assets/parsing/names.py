"""Names of persons: split into forenames and surname, in reading case, and folded.

Belongs here: the ways a name is written. Does not: comparing names.
"""

import polars as pl

from assets.parsing.words import known
from matching.standardise import fold, without_marks

TITLES = ("Mr", "Mrs", "Ms", "Miss", "Mx", "Master", "Dr", "Prof", "Professor", "Sir", "Dame", "Rev", "Revd")
PARTICLES = (
    "de", "da", "do", "dos", "das", "di", "du", "del", "della", "der", "den", "van", "von", "ter", "ten",
    "bin", "ibn", "bint", "abu", "al", "el", "la", "le", "st", "y",
)  # fmt: skip
# Written small within a surname; the others keep their capital.
SMALL_PARTICLES = ("De La", "De", "Da", "Dos", "Das", "Di", "Du", "Del", "Della", "Der", "Den", "Van", "Von", "Bin")
# Frequent family names of Hungary and Vietnam, where the family name comes first. Only names that are no forename
# in English are listed. Source: general knowledge (national frequency lists).
FAMILY_FIRST = (
    "NAGY", "KOVACS", "TOTH", "SZABO", "HORVATH", "VARGA", "KISS", "MOLNAR", "NEMETH", "FARKAS", "BALOGH", "PAPP",
    "TAKACS", "JUHASZ", "LAKATOS", "MESZAROS", "OLAH", "RACZ", "FEKETE", "SZILAGYI", "TOROK", "FEHER", "BALAZS",
    "GAL", "SZUCS", "KOCSIS", "ORSOS", "PINTER", "FODOR", "SZALAI", "SIPOS", "MAGYAR", "LUKACS", "GULYAS", "BIRO",
    "KATONA", "LASZLO", "FAZEKAS", "SANDOR", "BODNAR", "BOGDAN", "KELEMEN", "SOMOGYI", "ANTAL", "VINCZE",
    "NGUYEN", "TRAN", "LE", "PHAM", "HUYNH", "HOANG", "PHAN", "VU", "VO", "DANG", "BUI", "DO", "HO", "NGO", "DUONG",
    "TRINH", "DINH", "DOAN", "TRUONG",
)  # fmt: skip
_TITLE = rf"(?i)(^|[,/]\s*)(?:(?:{'|'.join(TITLES)})\b\.?\s*)+"
_CAPITAL_WORDS = r"\b(?:Mc|Mac|[OD]['’])?\p{Lu}['’]?\p{Lu}[\p{Lu}'’\-]*(?:\s|$)"
_LAST_WORDS = rf"(?i)^(?P<forenames>\S.*?)\s+(?P<surname>(?:(?:{'|'.join(PARTICLES)})\s+)*\S+)$"


def split_name(text: pl.Expr) -> pl.Expr:
    """Split a free-form name into a struct of `forenames` and `surname`, as written, titles dropped.

    In this order: `SMITH, Jon` and `SMITH/JON`; the words in capitals of a mixed-case name are the surname
    (`Mr Jon SMITH`, `Smith JON`); a family name of a people that writes it first (`Nagy Péter`); else the last word,
    with the particles before it (`Ana de Souza`). A single word is a surname.
    """
    seen = known(text).str.replace_all(_TITLE, "$1").str.replace_all(r"\s*[,/]\s*", ",").str.strip_chars(" ,.")
    parted = seen.str.extract_groups(r"^(?P<surname>[^,]*),(?P<forenames>.*)$")
    capitals = pl.when(seen.str.contains(r"\p{Ll}")).then(_joined(seen.str.extract_all(_CAPITAL_WORDS)))
    others = seen.str.replace_all(_CAPITAL_WORDS, " ").str.replace_all(r"\s+", " ").str.strip_chars()
    first, rest = seen.str.extract(r"^(\S+)\s"), seen.str.extract(r"^\S+\s+(.*)$")
    is_family_first = _plain(first).is_in(FAMILY_FIRST) & ~_plain(seen.str.extract(r"(\S+)$")).is_in(FAMILY_FIRST)
    last = seen.str.extract_groups(_LAST_WORDS)
    has_capitals = (capitals != "") & (others != "")
    surname = (
        pl.when(parted.struct.field("surname").is_not_null())
        .then(parted.struct.field("surname"))
        .when(has_capitals)
        .then(capitals)
        .when(is_family_first)
        .then(first)
        .otherwise(pl.coalesce(last.struct.field("surname"), seen))
    )
    forenames = (
        pl.when(parted.struct.field("surname").is_not_null())
        .then(parted.struct.field("forenames").str.replace_all(",", " "))
        .when(has_capitals)
        .then(others)
        .when(is_family_first)
        .then(rest)
        .otherwise(last.struct.field("forenames"))
    )
    return pl.struct(forenames=known(forenames), surname=known(surname))


def reading_case(text: pl.Expr, *, is_surname: bool = False) -> pl.Expr:
    """Put a name that is all capitals or all small in reading case; others stay as written.

    `SMITH-JONES` → `Smith-Jones`, `O'BRIEN` → `O'Brien`, `McDONALD` and `MCDONALD` → `McDonald`, and in surnames
    `DE SOUZA` → `de Souza`.
    """
    bare = text.str.replace("^(Mc|Mac)", "")
    is_one_case = (bare == bare.str.to_uppercase()) | (text == text.str.to_lowercase())
    cased = text.str.to_titlecase().str.replace_many({f"Mc{c}": f"Mc{c.upper()}" for c in "abcdefghijklmnopqrstuvwxyz"})
    if is_surname:
        small = {f"{particle} ": f"{particle.lower()} " for particle in SMALL_PARTICLES}
        cased = cased.str.replace_many(small, leftmost=True)
    return pl.when(is_one_case).then(cased).otherwise(text)


def name_columns(forenames: pl.Expr, surname: pl.Expr) -> list[pl.Expr]:
    """The four name columns of `warehouse.tables.core` from forenames and surname as written."""
    return [
        reading_case(known(forenames)).alias("forenames"),
        reading_case(known(surname), is_surname=True).alias("surname"),
        fold(known(forenames)).alias("forenames_folded"),
        fold(known(surname)).alias("surname_folded"),
    ]


def free_name_columns(text: pl.Expr) -> list[pl.Expr]:
    """The four name columns from a free-form name (see `split_name`)."""
    name = split_name(text)
    return name_columns(name.struct.field("forenames"), name.struct.field("surname"))


def _joined(words: pl.Expr) -> pl.Expr:
    return words.list.join("").str.strip_chars()


def _plain(word: pl.Expr) -> pl.Expr:
    return without_marks(word).str.to_uppercase()
