"""Names of persons: split into forenames and surname, in reading case, and folded.

Belongs here: the ways a name is written. Does not: comparing names.
"""

from functools import cache

import polars as pl

from assets.parsing.distinct import read_distinct
from assets.parsing.words import known
from matching.standardise import fold, plain_letters
from warehouse.codes import reference

TITLES = ("Mr", "Mrs", "Ms", "Miss", "Mx", "Master", "Dr", "Prof", "Professor", "Sir", "Dame", "Rev", "Revd")
PARTICLES = (
    "de", "da", "do", "dos", "das", "di", "du", "del", "della", "der", "den", "van", "von", "ter", "ten",
    "bin", "ibn", "bint", "abu", "al", "el", "la", "le", "st", "y",
)  # fmt: skip
# Written small within a surname; the others keep their capital.
SMALL_PARTICLES = ("De La", "De", "Da", "Dos", "Das", "Di", "Du", "Del", "Della", "Der", "Den", "Van", "Von", "Bin")
NAME_FIELDS = ("forenames", "forenames_folded", "surname", "surname_folded")
_TITLE = rf"(?i)(^|[,/]\s*)(?:(?:{'|'.join(TITLES)})\b\.?\s*)+"
_CAPITAL_WORDS = r"\b(?:Mc|Mac|[OD]['’])?\p{Lu}['’]?\p{Lu}[\p{Lu}'’\-]*(?:\s|$)"
_LAST_WORDS = rf"(?i)^(?P<forenames>\S.*?)\s+(?P<surname>(?:(?:{'|'.join(PARTICLES)})\s+)*\S+)$"


def split_name(text: pl.Expr) -> pl.Expr:
    """Split a free-form name into a struct of `forenames` and `surname`, as written, titles dropped.

    In this order: `SMITH, Jon` and `SMITH/JON`; the words in capitals of a mixed-case name are the surname
    (`Mr Jon SMITH`, `Smith JON`); a family name of a people that writes it first (`Nagy Péter`), unless the last word
    is one too; else the last word, with the particles before it (`Ana de Souza`). A single word is a surname.
    """
    return read_distinct(text, _split_names, {"forenames": pl.String, "surname": pl.String})


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


def read_name(text: pl.Expr) -> pl.Expr:
    """Read a free-form name (see `split_name`) into a struct of the four name columns of `warehouse.tables.core`."""
    return read_distinct(text, _read_names, dict.fromkeys(NAME_FIELDS, pl.String))


def read_forenames(text: pl.Expr) -> pl.Expr:
    """Read forenames from a field of their own into a struct of `forenames` and `forenames_folded`."""
    return read_distinct(text, _read_forenames, dict.fromkeys(NAME_FIELDS[:2], pl.String))


def read_surname(text: pl.Expr) -> pl.Expr:
    """Read a surname from a field of its own into a struct of `surname` and `surname_folded`."""
    return read_distinct(text, _read_surnames, dict.fromkeys(NAME_FIELDS[2:], pl.String))


def _read_names(texts: pl.DataFrame) -> pl.DataFrame:
    return _split_names(texts).with_columns(
        *_written("forenames", pl.col("forenames")), *_written("surname", pl.col("surname"))
    )


def _read_forenames(texts: pl.DataFrame) -> pl.DataFrame:
    return texts.with_columns(_written("forenames", known(pl.col("text"))))


def _read_surnames(texts: pl.DataFrame) -> pl.DataFrame:
    return texts.with_columns(_written("surname", known(pl.col("text"))))


def _written(part: str, seen: pl.Expr) -> list[pl.Expr]:
    """The part of a name in reading case, and folded."""
    cased = reading_case(seen, is_surname=part == "surname")
    return [cased.alias(part), fold(seen).alias(f"{part}_folded")]


def _split_names(texts: pl.DataFrame) -> pl.DataFrame:
    seen = pl.col("seen")
    untitled = known(pl.col("text")).str.replace_all(_TITLE, "$1").str.strip_chars(" .")
    ways = texts.with_columns(seen=untitled.str.replace_all(r"\s*[,/]\s*", ",")).with_columns(
        parted=seen.str.extract_groups(r"^(?P<surname>[^,]*),(?P<forenames>.*)$"),
        capitals=pl.when(seen.str.contains(r"\p{Ll}")).then(
            seen.str.extract_all(_CAPITAL_WORDS).list.join("").str.strip_chars()
        ),
        others=seen.str.replace_all(_CAPITAL_WORDS, " ").str.replace_all(r"\s+", " ").str.strip_chars(),
        first=seen.str.extract(r"^(\S+)\s"),
        rest=seen.str.extract(r"^\S+\s+(.*)$"),
        final=seen.str.extract(r"(\S+)$"),
        last=seen.str.extract_groups(_LAST_WORDS),
    )
    is_parted = pl.col("parted").struct.field("surname").is_not_null()
    has_capitals = (pl.col("capitals") != "") & (pl.col("others") != "")
    first, final = (_plain(word).is_in(_family_names()) for word in ("first", "final"))
    way = pl.when(is_parted).then(0).when(has_capitals).then(1).when(first & ~final).then(2).otherwise(3)
    return (
        ways.with_columns(way=way)
        .with_columns(
            surname=_by_way(
                pl.col("parted").struct.field("surname"),
                pl.col("capitals"),
                pl.col("first"),
                pl.coalesce(pl.col("last").struct.field("surname"), seen),
            ),
            forenames=_by_way(
                pl.col("parted").struct.field("forenames").str.replace_all(",", " "),
                pl.col("others"),
                pl.col("rest"),
                pl.col("last").struct.field("forenames"),
            ),
        )
        .with_columns(known(pl.col("surname")), known(pl.col("forenames")))
    )


def _by_way(*values: pl.Expr) -> pl.Expr:
    return pl.coalesce(pl.when(pl.col("way") == way).then(value) for way, value in enumerate(values))


def _plain(word: str) -> pl.Expr:
    return plain_letters(pl.col(word)).str.to_uppercase()


@cache
def _family_names() -> tuple[str, ...]:
    """Frequent family names of peoples that write them first.

    The list leaves out those that serve as forenames too (Kim, Wei, László) or are a slip away from one (Lim, Park).
    """
    return tuple(reference("family_names").select(_plain("name")).to_series().unique().sort())
