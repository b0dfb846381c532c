"""The model of a person: what makes two records speak of one person, whatever the records are about.

Belongs here: the columns, blocking rules and comparisons of persons. Does not: orders and arrests.

Shares m and u are declared, not fitted: m from the kinds of error that forces and courts report (typing errors,
dropped middle names, fillers for dates of birth, PNC ids keyed by hand), u from the size of the value's space. The
pairs that matter most are not two strangers but relatives and co-defendants, and where these share a value by
nature (surname, or the birth of twins) u is theirs.
"""

from collections.abc import Sequence
from math import log2

import polars as pl

from matching.blocking import BlockingRule
from matching.comparators import (
    ANYTHING,
    any_of,
    both,
    crossed_likeness,
    day_and_month_swapped,
    edits,
    either,
    equal,
    jaro_winkler,
    left,
    letter_off,
    lists_meet,
    missing,
    one_digit_off,
    one_holds,
    right,
    same_year_and_month,
    shared,
    smaller,
    token_ratio,
    variant,
    year_off,
)
from matching.comparisons import Comparison, Level
from matching.weights import Model

# From here on two names are alike: one letter in five or six wrong, the beginning right.
CLOSE = 0.92
CLOSE_CROSSWISE = 0.90
CLOSE_TOKENS = 92.0

PERSON_COLUMNS = (
    "forenames_folded",
    "surname_folded",
    "date_of_birth",
    "birth_year",
    "birth_month",
    "is_birth_placeholder",
    "sex",
    "pnc_id",
    "is_pnc_id_valid",
    "cro_number",
    "is_cro_valid",
)


def describe_persons(records: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that the person model and its blocking rules read.

    Args:
        records: `record_id` and `PERSON_COLUMNS`.
        aliases: `record_id`, `forenames_folded`, `surname_folded`.

    Returns:
        The records in their order, with `full_name`, `first_forename`, `sorted_name`, `short_name`, `names` (the
        words of the name, sorted), `alias_names` (as `sorted_name` and `short_name` write them), `all_names`.
    """
    named = _name_columns(records)
    other = _name_columns(aliases.unique())
    grouped = (
        other.group_by("record_id")
        .agg(
            alias_names=pl.concat([pl.col("sorted_name"), pl.col("short_name")]).drop_nulls().unique().sort(),
            alias_words=pl.col("names").explode().drop_nulls().unique().sort(),
        )
        .sort("record_id")
    )
    joined = named.join(grouped, on="record_id", how="left", maintain_order="left")
    empty = pl.lit([], dtype=pl.List(pl.String))
    return joined.with_columns(
        pl.col("alias_names").fill_null(empty),
        all_names=pl.col("names").fill_null(empty).list.set_union(pl.col("alias_words").fill_null(empty)).list.sort(),
    ).drop("alias_words")


def _name_columns(records: pl.DataFrame) -> pl.DataFrame:
    full = pl.concat_str("forenames_folded", "surname_folded", separator=" ", ignore_nulls=True)
    first = pl.col("forenames_folded").str.split(" ").list.first()
    short = pl.concat_str(first, "surname_folded", separator=" ", ignore_nulls=True)
    return records.with_columns(
        full_name=pl.when(full != "").then(full),
        first_forename=first,
        sorted_name=_sorted(full),
        short_name=_sorted(short),
        names=pl.when(full != "").then(full.str.split(" ").list.unique().list.sort()),
    )


def _sorted(name: pl.Expr) -> pl.Expr:
    return pl.when(name != "").then(name.str.split(" ").list.sort().list.join(" "))


def person_model(variants: Sequence[tuple[str, str]]) -> Model:
    """The comparisons of persons.

    Args:
        variants: folded forenames that stand for each other (nicknames, spellings in another language).
    """
    return Model("person", (_name(variants), BIRTH, SEX, PNC_ID, CRO))


def _name(variants: Sequence[tuple[str, str]]) -> Comparison:
    surname_close = _close("surname_folded")
    forename_close = _close("first_forename") | variant("first_forename", variants)
    crosswise = crossed_likeness("first_forename", "surname_folded", CLOSE_CROSSWISE)
    return Comparison(
        "name",
        (
            "full_name",
            "surname_folded",
            "first_forename",
            "sorted_name",
            "short_name",
            "names",
            "alias_names",
            "date_of_birth",
        ),
        (
            Level("not known", missing("full_name"), 1, 1),
            # One full name in ten thousand: common names are commoner, rare ones rarer.
            Level("same full name", equal("full_name"), 0.50, 1e-4),
            Level("same but for middle names", equal("short_name") & equal("surname_folded"), 0.18, 1.3e-4),
            Level("same names in another order", equal("sorted_name"), 0.04, 1e-5),
            Level("a name of one is an alias of the other", _alias(), 0.03, 5e-5),
            Level(
                "short form or variant of the forename",
                equal("surname_folded") & variant("first_forename", variants),
                0.04,
                5e-5,
            ),
            Level("names of one are among those of the other", _contained(), 0.03, 1e-4),
            Level(
                "spelled nearly alike",
                (surname_close & forename_close) | crosswise | (pl.col("sorted_name_token_ratio") >= CLOSE_TOKENS),
                0.14,
                1e-3,
            ),
            Level("an initial for the forename", _initial(surname_close), 0.02, 2e-4),
            # Short forms that no list holds mostly begin alike (Terry, Terence); so do some brothers. Alone it says
            # nothing, but it is no ground to take two records for twins.
            Level("forenames begin alike", surname_close & _begin_alike(), 0.02, 0.02),
            # Twins share surname and birth: together they say next to nothing, so this takes back what the equal
            # dates of birth add.
            Level(
                "twins: surname and birth agree, forename does not",
                surname_close & equal("date_of_birth"),
                1e-5,
                1.0,
            ),
            Level("forename agrees, surname does not", forename_close, 0.015, 0.01),
            # Relatives stand before a court together: u is the share of such pairs among co-defendants.
            Level("surname agrees, forename does not", surname_close, 0.003, 0.30),
            Level("names differ", ANYTHING, 0.02, 0.95),
        ),
        (
            jaro_winkler("surname_folded", least=CLOSE),
            edits("surname_folded"),
            jaro_winkler("first_forename", least=CLOSE),
            edits("first_forename"),
            jaro_winkler("first_forename", "surname_folded", least=CLOSE_CROSSWISE),
            jaro_winkler("surname_folded", "first_forename", least=CLOSE_CROSSWISE),
            token_ratio("sorted_name", least=CLOSE_TOKENS, where=lists_meet("names")),
        ),
    )


def _close(column: str) -> pl.Expr:
    """One edit in names of three letters or more, or alike by Jaro-Winkler."""
    shorter = pl.min_horizontal(left(column).str.len_chars(), right(column).str.len_chars())
    one_edit = (pl.col(f"{column}_edits") <= 1) & (shorter >= 3)
    return equal(column) | one_edit | (pl.col(f"{column}_similarity") >= CLOSE)


def _alias() -> pl.Expr:
    return any_of(
        (
            one_holds("sorted_name", "alias_names"),
            one_holds("short_name", "alias_names"),
            lists_meet("alias_names"),
        )
    )


def _initial(surname_close: pl.Expr) -> pl.Expr:
    """The surname agrees and one forename is the other's first letter."""
    first, second = left("first_forename"), right("first_forename")
    is_initial = pl.min_horizontal(first.str.len_chars(), second.str.len_chars()) == 1
    return surname_close & is_initial & (first.str.head(1) == second.str.head(1))


def _begin_alike() -> pl.Expr:
    return left("first_forename").str.head(3) == right("first_forename").str.head(3)


def _contained() -> pl.Expr:
    return (shared("names") == smaller("names")) & (smaller("names") >= 2)


BIRTH = Comparison(
    "date of birth",
    ("date_of_birth", "birth_year", "birth_month", "is_birth_placeholder"),
    (
        Level("not known", missing("birth_year"), 1, 1),
        Level("same filler", equal("date_of_birth") & both("is_birth_placeholder"), 0.02, 0.0012),
        # 40 years of birth, 365 days each.
        Level("same day", equal("date_of_birth"), 0.80, 1 / 15_000),
        Level(
            "same year and month, day not known",
            missing("date_of_birth") & equal("birth_year") & equal("birth_month"),
            0.03,
            7e-5,
        ),
        Level(
            "same year, rest not known",
            missing("date_of_birth") & equal("birth_year") & missing("birth_month"),
            0.03,
            8e-4,
        ),
        Level(
            "filler with the same year",
            equal("birth_year") & either(lambda one, _: one("is_birth_placeholder")),
            0.05,
            0.0015,
        ),
        Level("day and month exchanged", day_and_month_swapped("date_of_birth"), 0.01, 4e-5),
        Level("same day, year up to two off", year_off("date_of_birth", 2), 0.03, 2.7e-4),
        Level("one digit off", one_digit_off("date_of_birth"), 0.02, 1.2e-3),
        Level("same year and month", same_year_and_month("date_of_birth"), 0.02, 2e-3),
        # Fillers such as 1900-01-01 need not hold the year.
        Level("filler, other year", either(lambda one, _: one("is_birth_placeholder")), 0.01, 0.04),
        # Slips leave traces, met above. A namesake of another birth, such as a son, must not pass by the name alone.
        Level("other date", ANYTHING, 0.002, 0.95),
    ),
)

SEX = Comparison(
    "sex",
    ("sex",),
    (
        Level("not known", missing("sex"), 1, 1),
        Level("same", equal("sex"), 0.98, 0.70),
        Level("other", ANYTHING, 0.02, 0.30),
    ),
)

PNC_ID = Comparison(
    "PNC id",
    ("pnc_id", "is_pnc_id_valid"),
    (
        Level("not known", missing("pnc_id"), 1, 1),
        Level("same, check letter right", equal("pnc_id") & both("is_pnc_id_valid"), 0.88, 1e-8),
        Level("same, check letter wrong", equal("pnc_id"), 0.02, 1e-9),
        Level("check letter differs", letter_off("pnc_id"), 0.02, 1e-8),
        Level(
            "one character off, check letter wrong",
            (pl.col("pnc_id_edits") <= 1) & ~both("is_pnc_id_valid"),
            0.03,
            2e-5,
        ),
        # A person keeps one PNC id for life. Two ids for one person occur; without the same full name and birth
        # they are two persons.
        Level("differ, both check letters right", both("is_pnc_id_valid"), 1e-6, 1.0),
        Level("differ, a check letter wrong", ANYTHING, 0.01, 0.95),
    ),
    (edits("pnc_id"),),
)

CRO = Comparison(
    "CRO number",
    ("cro_number", "is_cro_valid"),
    (
        Level("not known", missing("cro_number"), 1, 1),
        Level("same", equal("cro_number"), 0.92, 1e-7),
        Level("one character off", pl.col("cro_number_edits") <= 1, 0.03, 5e-4),
        # Unlike a PNC id, a person can come to several CRO numbers.
        Level("differ", ANYTHING, 0.03, 0.99),
    ),
    (edits("cro_number"),),
)


def _pnc_number() -> pl.Expr:
    return pl.col("pnc_id").str.head(-1)


def _known_birth() -> pl.Expr:
    return pl.when(~pl.col("is_birth_placeholder")).then(pl.col("date_of_birth"))


PERSON_RULES = (
    BlockingRule("same PNC number", (_pnc_number(),)),
    BlockingRule("same CRO number", (pl.col("cro_number"),)),
    BlockingRule("a name and the date of birth", (pl.col("all_names"), _known_birth())),
    BlockingRule("first forename, surname, year of birth", (pl.col("short_name"), pl.col("birth_year"))),
)


def subject_bar(records: int) -> float:
    """Weight that two records need to be of one person when nothing but the person speaks for it.

    Of n records a given one has a few partners, so the prior odds of a pair are near 2/n; the bar asks for posterior
    odds of 8 to 1.
    """
    return round(log2(max(records, 2) / 2) + 3, 2)
