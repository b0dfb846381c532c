"""Names of persons as offices write them: split into forenames and surname, in reading case, and folded.

Belongs here: a name with all that is written beside it, and its columns. Does not: what can stand beside it
(`name_additions`), which words are the surname (`name_split`), comparing names.
"""

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from assets.parsing.distinct import read_distinct
from assets.parsing.name_additions import FORENAME, SURNAME, take_apart
from assets.parsing.name_split import PARTICLES, are_forename_initials, are_initials, initials_apart, split_names
from assets.parsing.plain_names import is_plain_name, split_plain_names
from assets.parsing.words import DASHES
from reconciliation.name_forms import is_listed_forename
from warehouse.standardise import fold
from warehouse.tables.core import CORE_ALIASES

# Written small within a surname; the others keep their capital.
SMALL_PARTICLES = (
    "De La",
    "De",
    "Da",
    "Dos",
    "Das",
    "Di",
    "Du",
    "Del",
    "Della",
    "Der",
    "Den",
    "Van",
    "Von",
    "Bin",
    "E",
    "Y",
)
NAME_SCHEMA = dict.fromkeys(("forenames", "forenames_folded", "surname", "surname_folded"), pl.String)
READ: dict[str, DataType | DataTypeClass] = {
    **NAME_SCHEMA,
    "other_names": pl.List(pl.Struct(NAME_SCHEMA)),
    "birth_in_name": pl.String,
    "beside_name": pl.String,
}


def read_name(text: pl.Expr) -> pl.Expr:
    """Read a name as an office writes it, with all that it writes beside it.

    In this order: `SMITH, Jon` and `SMITH/JON`; the words in capitals of a mixed-case name are the surname
    (`Mr Jon SMITH`, `Smith JON`), unless they are initials (`AJ Smith`); a name whose last word is a patronymic begins
    with the surname (`Ivanov Ivan Sergeevich`), and so does one that begins with a family name of a people that writes
    it first (`Nagy Péter`), unless the last word is one too, or one that ends in initials (`Smith J`); else the surname
    is the last word, with the particles before it (`Ana de Souza`). A single word is a surname.

    Returns:
        A struct of `READ`: the four name columns of `warehouse.tables.core`; `other_names` in the same columns
        (aliases, former names, and the name with its Jnr, Snr, II, III or IV); `birth_in_name`, a date of birth as
        written; `beside_name`, what is neither a name nor a listed addition.
    """
    return read_distinct(text, _read_names, READ)


def one_text(*, surname: pl.Expr, forenames: pl.Expr, name: pl.Expr) -> pl.Expr:
    """The text of a name that has columns of its own for its parts, for `read_name`.

    A cell can hold the whole name though the other is there too; where one is blank, the column for the whole name
    counts. A surname alone is a surname, of however many words, unless it holds a comma, capitals beside other words
    (`Tom SMITH`), or begins with a forename.
    """
    first = is_listed_forename(fold(surname.str.extract(r"^(\S+)\s")))
    is_whole = (first | surname.str.contains(r"[,/]|\p{Ll}.* \p{Lu}{2}|\p{Lu}{2}.* .*\p{Ll}")).fill_null(value=False)
    return (
        pl.when(surname.is_not_null() & forenames.is_not_null())
        .then(surname + "/" + forenames)
        .when(name.is_not_null())
        .then(name)
        .when(forenames.is_not_null() & ~forenames.str.contains(r"[\s,/]"))
        .then(pl.lit("/") + forenames)
        .when(surname.is_null())
        .then(forenames)
        .when(is_whole)
        .then(surname)
        .otherwise(surname + "/")
    )


def other_name_rows(people: pl.DataFrame) -> pl.DataFrame:
    """Rows of `CORE_ALIASES` for what stands beside main names (`record_id`, `other_names`)."""
    listed = people.select("record_id", "other_names").explode("other_names").drop_nulls("other_names")
    return CORE_ALIASES.conform(listed.unnest("other_names").with_columns(date_of_birth=pl.lit(None, pl.Date)))


def reading_case(text: pl.Expr, *, is_surname: bool = False) -> pl.Expr:
    """Put a name that is all capitals or all small in reading case; others stay as written.

    `SMITH-JONES` → `Smith-Jones`, `O'BRIEN` → `O'Brien`, `McDONALD` and `MCDONALD` → `McDonald`, and in surnames
    `DE SOUZA` → `de Souza`. Initials written together stay (`AJ`).
    """
    bare = text.str.replace(rf"^(?:Mc|Mac|{PARTICLES})", "")
    is_inverted = text.str.contains(r"^\p{Ll}\p{Lu}{2,}(?:[ -]\p{Ll}\p{Lu}+)*$")  # typed with the capitals locked
    is_one_case = (bare == bare.str.to_uppercase()) | (text == text.str.to_lowercase()) | is_inverted
    initials = are_initials(text) if is_surname else are_forename_initials(text)
    is_cased = ~text.str.contains(r"\p{Georgian}") & ~initials
    cased = text.str.to_titlecase().str.replace_many({f"Mc{c}": f"Mc{c.upper()}" for c in "abcdefghijklmnopqrstuvwxyz"})
    if is_surname:
        small = {f"{particle} ": f"{particle.lower()} " for particle in SMALL_PARTICLES}
        cased = cased.str.replace_many(small, leftmost=True)
    return pl.when(is_one_case & is_cased).then(cased).otherwise(text)


def _read_names(texts: pl.DataFrame) -> pl.DataFrame:
    plain = split_plain_names(texts.filter(is_plain_name(pl.col("text"))))
    rows = split_names(take_apart(texts.join(plain, on="text", how="anti")))
    main, others = rows.filter(place=0), rows.filter(pl.col("place") > 0)
    main = _with_shared_forenames(main, others)
    other_names = _written(_other_names(others, main)).with_columns(
        pl.concat_str("surname", "generation", separator=" ", ignore_nulls=True),
        pl.concat_str("surname_folded", pl.col("generation").str.to_uppercase(), separator=" ", ignore_nulls=True),
    )
    listed = other_names.group_by("text").agg(other_names=pl.struct(*NAME_SCHEMA).unique(maintain_order=True))
    whole = pl.concat([main, plain], how="diagonal")
    return _written(whole).join(listed, on="text", how="left", nulls_equal=True)


def _with_shared_forenames(main: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """In `SMITH aka JONES, Tom` the forenames are those of both."""
    parted = others.filter(pl.col("seen").str.contains("[,/]")).select("text", shared="forenames").unique("text")
    is_alone = pl.col("forenames").is_null() & ~pl.col("seen").str.contains("[,/ ]")
    joined = main.join(parted, on="text", how="left", nulls_equal=True)
    return joined.with_columns(forenames=pl.when(is_alone).then("shared").otherwise("forenames")).drop("shared")


def _other_names(others: pl.DataFrame, main: pl.DataFrame) -> pl.DataFrame:
    """The other names whole, what one leaves out from the main name; the main name with its generation is another."""
    whose = main.select("text", main_forenames="forenames", main_surname="surname", main_seen="seen")
    joined = others.join(whose, on="text", how="left", nulls_equal=True)
    is_alone = ~pl.col("seen").str.contains(r"[\s,/]")
    is_capital = pl.col("seen").str.contains(r"^\p{Lu}{3,}$") & pl.col("main_seen").str.contains(r"\p{Ll}")
    is_former = (pl.col("kind") == SURNAME) & (is_alone | pl.col("seen").str.contains(rf"(?i)^{PARTICLES}\S+$"))
    is_surname = is_former | (is_alone & is_capital & (pl.col("kind") != FORENAME))
    is_forename = (pl.col("kind") == FORENAME) | (is_alone & ~is_surname)
    whole = joined.with_columns(
        forenames=pl.when(is_forename).then("seen").when(is_surname).then("main_forenames").otherwise("forenames"),
        surname=pl.when(is_forename).then("main_surname").when(is_surname).then("seen").otherwise("surname"),
    )
    return pl.concat([whole.select(main.columns), main.drop_nulls("generation")])


def _written(names: pl.DataFrame) -> pl.DataFrame:
    """Both parts of the name in reading case, and folded; initials written together are folded apart."""
    forenames, surname = (pl.col(part).str.replace_all(DASHES, "-") for part in ("forenames", "surname"))
    return names.with_columns(
        reading_case(forenames),
        reading_case(surname, is_surname=True),
        forenames_folded=fold(initials_apart(forenames)),
        surname_folded=fold(surname),
    )
