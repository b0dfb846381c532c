"""Names: how they are described for comparing and blocking, and how they are compared.

Belongs here: spelling, order, short forms, aliases and parts of names, the levels. Does not: what the levels ask of a
part of a name (`matching.name_parts`), anything else about a person.
"""

from collections.abc import Sequence

import polars as pl

from matching.engine.comparators.expressions import Level
from matching.engine.comparators.pair_conditions import ANYTHING, equal
from matching.engine.entries import expression_comparison
from matching.engine.patterns import Comparison
from matching.engine.tables import widened
from matching.engine.values import encode_rows
from matching.name_parts import crosswise_part, forename_part, surname_part, whole_part
from matching.slips import meant_forenames
from matching.sounds import sound_of
from reconciliation.name_forms import is_listed_forename

# What the father's name becomes in the east of Europe and in Central Asia, where the surname may be written first.
PATRONYMIC = (
    r"(?:[OEY]VICH|[OE]VYCH|[OE]VNA|IVNA|ICHNA|[KMLNY]ICH)$|^(?:OGLU|OGLY|OGLI|UGLI|KIZI|KYZY|QIZI|ULU|UULU|ULY)$"
)
# Second names that brothers or sisters share with each other, and with half a country.
SHARED_NAMES = (
    "ABD", "ABDUL", "ABDEL", "ABDUR", "SINGH", "KAUR", "KUMAR", "KUMARI", "DEVI", "BEGUM", "BIBI", "KHATUN", "AL", "EL",
    "UL", "BIN", "BINT", "IBN", "ABU", "THI", "VAN", "MD", "MOHD", "MOHAMMED", "MUHAMMAD", "MOHAMED", "MOHAMMAD",
    "SIU", "KA", "WAI", "CHI", "KWOK", "TSZ", "KIN", "WING", "SHUK",
)  # fmt: skip
# Words that make one forename with the next, as one office writes them together and another apart.
COMPOUND = r"^(ABD|ABDU|ABDUL|ABDEL|ABDAL|ABDUR|ABDUS|ABDUN|ABU) (?:(AL|EL|UL|UR|AR) )?(\S+)"
ARTICLES = r"^(?:(?:AL|EL|UL|BIN|IBN|BINT) )+"


NAME = ("forenames_folded", "surname_folded")
NONE = pl.lit([], dtype=pl.List(pl.String))
TWINS = "twins: surname and birth agree, forename does not"
NEARLY_ALIKE = "spelled nearly alike"
BEGIN_ALIKE = "forenames begin alike"
ANOTHER_AGREES = "the surname and another given name agree"
NAMES_DIFFER = "names differ"
# What a slip in the forename may show, and so may the forenames of twins.
SLIPS = (NEARLY_ALIKE, ANOTHER_AGREES, BEGIN_ALIKE)


def describe_names(records: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """Add the columns of the name that comparisons and blocking rules read.

    Args:
        records: `record_id`, `forenames_folded`, `surname_folded` and any other columns.
        aliases: `record_id`, `forenames_folded`, `surname_folded`.

    Returns:
        The records in their order, with `full_name`, `first_forename`, `sorted_name`, `short_name`, `names` (the
        words of the name, sorted), `given_names` (those of the forenames), `second_names` (those after the first, but
        for initials), `first_sound`, `surname_sound`,
        `is_first_listed` (a name in its own right), `meant` and `meant_forms` (`meant_forenames`), `joined_name`,
        `letters` (of the name, sorted), `joined_surname` (without its article),
        `alias_names` (as `sorted_name` and `short_name` write them), `all_names`.
    """
    numbered, names = number_names(records, aliases)
    return widened(numbered, {"name": names}, names.columns).drop("name")


def number_names(records: pl.DataFrame, aliases: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The distinct names with the aliases beside them, which are far fewer than the records, and who bears which.

    Args:
        records: as for `describe_names`.
        aliases: likewise.

    Returns:
        The records in their order, with `name` in place of what is read of their names: the row of the second frame
        that holds it, one for each distinct name and aliases.
    """
    alias_names = pl.concat([pl.col("sorted_name"), pl.col("short_name")]).drop_nulls().unique().sort()
    others = (
        _name_columns(aliases.unique())
        .group_by("record_id")
        .agg(alias_names=alias_names, alias_words=pl.col("names").explode().drop_nulls().unique().sort())
    )
    # Few records have aliases.
    borne = records.select("record_id", *NAME).join(others, on="record_id", how="left", maintain_order="left")
    coded = encode_rows(borne.drop("record_id"))
    names = _name_columns(coded.dictionary.values.struct.unnest())
    all_names = pl.col("names").fill_null(NONE).list.set_union("alias_words").list.sort()
    names = names.with_columns(pl.col("alias_names").fill_null(NONE), all_names=pl.coalesce(all_names, "names", NONE))
    return records.drop(NAME).with_columns(name=pl.Series(coded.codes)), names.drop("alias_words")


def _name_columns(records: pl.DataFrame) -> pl.DataFrame:
    """The records with what is read of their names: worked out once for every distinct name, and every part of one."""
    name = list(NAME)
    distinct = records.select(name).unique()
    for part, described in zip(name, (_forename_columns(distinct), _surname_columns(distinct)), strict=True):
        distinct = distinct.join(described, on=part, how="left", nulls_equal=True)
    full = pl.concat_str(name, separator=" ", ignore_nulls=True)
    joined = full.str.replace_all(" ", "")
    short = pl.concat_str("first_forename", "surname_folded", separator=" ", ignore_nulls=True)
    distinct = distinct.with_columns(
        full_name=pl.when(full != "").then(full),
        sorted_name=_sorted(full),
        short_name=_sorted(short),
        names=pl.when(full != "").then(full.str.split(" ").list.unique().list.sort()),
        joined_name=pl.when(full != "").then(joined),
        letters=pl.when(full != "").then(joined.str.split("").list.sort().list.join("")),
    )
    return records.join(distinct, on=name, how="left", nulls_equal=True, maintain_order="left")


def _forename_columns(names: pl.DataFrame) -> pl.DataFrame:
    """What is read of forenames, for every distinct `forenames_folded`."""
    forenames = pl.col("forenames_folded")
    compound = forenames.str.extract_groups(COMPOUND)
    parts = (compound.struct.field(part) for part in "123")
    together = pl.when(compound.struct.field("3").is_not_null()).then(pl.concat_str(*parts, ignore_nulls=True))
    first = pl.coalesce(together, forenames.str.split(" ").list.first())
    given = forenames.str.split(" ").list.unique().list.sort()
    after_first = pl.when(together.is_null()).then(forenames.str.replace(r"^\S+", ""))
    second = pl.coalesce(after_first, forenames.str.replace(COMPOUND, "")).str.extract_all(r"\S{2,}")
    is_own = ~pl.element().is_in(SHARED_NAMES)
    described = (
        names.select(forenames)
        .unique()
        .with_columns(
            first_forename=first,
            given_names=given.list.eval(pl.element().filter(is_own & ~pl.element().str.contains(PATRONYMIC))),
            second_names=second.list.eval(pl.element().filter(is_own)).list.unique().list.sort(),
        )
    )
    firsts = described.select("first_forename").unique()
    firsts = firsts.with_columns(
        first_sound=sound_of(pl.col("first_forename")), is_first_listed=is_listed_forename(pl.col("first_forename"))
    ).join(meant_forenames(firsts.to_series()), on="first_forename", how="left")
    return described.join(firsts, on="first_forename", how="left", nulls_equal=True)


def _surname_columns(names: pl.DataFrame) -> pl.DataFrame:
    """What is read of surnames, for every distinct `surname_folded`."""
    surname = pl.col("surname_folded")
    return (
        names.select(surname)
        .unique()
        .with_columns(
            joined_surname=surname.str.replace(ARTICLES, "").str.replace_all(" ", ""), surname_sound=sound_of(surname)
        )
    )


def _sorted(name: pl.Expr) -> pl.Expr:
    return pl.when(name != "").then(name.str.split(" ").list.sort().list.join(" "))


# What describes a name, and what the conditions of the levels read beside it.
NAME_COLUMNS = (
    "full_name", "surname_folded", "first_forename", "sorted_name", "short_name", "names", "given_names",
    "second_names", "first_sound", "surname_sound", "is_first_listed", "meant", "meant_forms", "joined_name", "letters",
    "joined_surname",
)  # fmt: skip
COMPARED_COLUMNS = (*NAME_COLUMNS, "alias_names", "date_of_birth", "sex")


def compare_names(variants: Sequence[tuple[str, str]]) -> Comparison:
    """The comparison of names.

    Args:
        variants: folded forenames that stand for each other (nicknames, spellings in another language).
    """
    parts = (surname_part(variants), forename_part(variants), crosswise_part(), whole_part())
    # Strangers drawn at random do not show how alike the names of relatives and co-defendants are: `fixed`.
    return expression_comparison("name", COMPARED_COLUMNS, _name_levels(), parts=parts, fixed=True)


def _name_levels() -> tuple[Level, ...]:
    """The levels of the comparison, the strongest first: title, condition, m and u."""
    surname, same_surname = pl.col("surname_is_close"), pl.col("surname_is_same")
    two_names, forename_varies = pl.col("forenames_are_two"), pl.col("forename_varies")
    forename = (pl.col("forename_is_alike") & ~two_names) | forename_varies
    other_servant = (pl.col("are_servants") & pl.col("surnames_are_listed") & ~surname).fill_null(value=False)
    other_second = _other_second() | other_servant
    all_but_middle = pl.col("short_name_is_same") & same_surname & ~other_second
    is_part = surname & ~(two_names | other_second) & pl.col("forename_is_part")
    begin_alike = surname & ~two_names & pl.col("forenames_begin_alike") & ~other_second
    return (
        Level("not known", pl.col("name_is_missing"), 1, 1),
        # One full name in ten thousand: common names are commoner, rare ones rarer.
        Level("same full name", pl.col("name_is_same"), 0.50, 1e-4),
        Level("same but for middle names", all_but_middle, 0.18, 1.3e-4),
        Level("same names in another order", pl.col("name_is_reordered"), 0.04, 1e-5),
        Level("a name of one is an alias of the other", pl.col("is_alias"), 0.03, 5e-5),
        Level("short form or variant of the forename", same_surname & forename_varies, 0.04, 5e-5),
        Level("names of one are among those of the other", pl.col("name_is_contained"), 0.03, 1e-4),
        Level(NEARLY_ALIKE, _spelled_alike(surname & forename, two_names) & ~other_second, 0.14, 1e-3),
        Level("an initial for the forename", surname & pl.col("forename_is_initial"), 0.02, 2e-4),
        Level(ANOTHER_AGREES, surname & pl.col("given_names_meet") & ~other_second, 0.02, 2e-3),
        Level("one forename is part of the other", is_part, 0.02, 4e-3),
        # Short forms that no list holds mostly begin alike (Terry, Terence); so do some brothers. Alone it says
        # nothing, but it is not a reason to take two records for twins. So it is with initials of short forms.
        Level(BEGIN_ALIKE, begin_alike, 0.02, 0.02),
        Level("surname agrees, forename not known", surname & pl.col("forename_is_missing"), 0.02, 5e-3),
        # Together surname and birth of twins say next to nothing: this takes back what the equal dates of birth add.
        Level(TWINS, (surname | other_servant) & equal("date_of_birth"), 1e-5, 1.0),
        Level("forename agrees, surname does not", forename, 0.015, 0.01),
        # Relatives stand before a court together: u is the share of such pairs among co-defendants.
        Level("surname agrees, forename does not", surname, 0.003, 0.30),
        Level(NAMES_DIFFER, ANYTHING, 0.02, 0.95),
    )


def _other_second() -> pl.Expr:
    """Surname and first forename are the same, and the names after it are others: Jean-Luc and Jean-Marc, twins."""
    is_same = pl.col("surname_is_same") & pl.col("forename_is_same")
    return (is_same & pl.col("second_names_differ")).fill_null(value=False)


def _spelled_alike(both_close: pl.Expr, two_names: pl.Expr) -> pl.Expr:
    """Surname and forename are close, or the whole name is, however it is parted and ordered."""
    whole = pl.col("name_is_crosswise") | pl.col("name_words_are_close")
    one_off = pl.col("name_is_one_edit_off") & (pl.col("name_is_parted") | ~two_names)
    return both_close | one_off | (~two_names & whole)
