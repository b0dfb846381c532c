"""Names: how they are described for comparing and blocking, and how they are compared.

Belongs here: spelling, order, short forms, aliases and parts of names. Does not: anything else about a person.
"""

from collections.abc import Callable, Sequence

import polars as pl

from matching.engine.comparators.expressions import Level
from matching.engine.comparators.pair_conditions import (
    ANYTHING,
    any_of,
    both,
    crossed_likeness,
    edits,
    either,
    equal,
    jaro_winkler,
    left,
    lists_meet,
    missing,
    one_holds,
    right,
    shared,
    smaller,
    token_ratio,
    variant,
)
from matching.engine.entries import expression_comparison
from matching.engine.patterns import Comparison
from matching.slips import exchanged_form, initial_of_form, meant_forenames, slip_in_form
from matching.sounds import sound_of
from reconciliation.name_forms import is_listed_forename

# From here on two names are alike: one letter in five or six wrong, the beginning right.
CLOSE = 0.92
CLOSE_CROSSWISE = 0.90
CLOSE_TOKENS = 92.0
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
SERVANTS = ("ABD", "ABDUL", "ABDEL", "ABDUR")
ARTICLES = r"^(?:(?:AL|EL|UL|BIN|IBN|BINT) )+"


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
    """The records with what is read of their names: worked out once for every distinct name."""
    name = ["forenames_folded", "surname_folded"]
    full = pl.concat_str(name, separator=" ", ignore_nulls=True)
    compound = pl.col("forenames_folded").str.extract_groups(COMPOUND)
    parts = (compound.struct.field(part) for part in "123")
    together = pl.when(compound.struct.field("3").is_not_null()).then(pl.concat_str(*parts, ignore_nulls=True))
    first = pl.coalesce(together, pl.col("forenames_folded").str.split(" ").list.first())
    given = pl.col("forenames_folded").str.split(" ").list.unique().list.sort()
    after_first = pl.when(together.is_null()).then(pl.col("forenames_folded").str.replace(r"^\S+", ""))
    second = pl.coalesce(after_first, pl.col("forenames_folded").str.replace(COMPOUND, "")).str.extract_all(r"\S{2,}")
    is_own = ~pl.element().is_in(SHARED_NAMES)
    joined = full.str.replace_all(" ", "")
    short = pl.concat_str(first, "surname_folded", separator=" ", ignore_nulls=True)
    described = (
        records.select(name)
        .unique()
        .with_columns(
            full_name=pl.when(full != "").then(full),
            first_forename=first,
            sorted_name=_sorted(full),
            short_name=_sorted(short),
            names=pl.when(full != "").then(full.str.split(" ").list.unique().list.sort()),
            given_names=given.list.eval(pl.element().filter(is_own & ~pl.element().str.contains(PATRONYMIC))),
            second_names=second.list.eval(pl.element().filter(is_own)).list.unique().list.sort(),
            joined_name=pl.when(full != "").then(joined),
            letters=pl.when(full != "").then(joined.str.split("").list.sort().list.join("")),
            joined_surname=pl.col("surname_folded").str.replace(ARTICLES, "").str.replace_all(" ", ""),
            first_sound=sound_of(first),
            surname_sound=sound_of(pl.col("surname_folded")),
            is_first_listed=is_listed_forename(first),
        )
    )
    meant = meant_forenames(described.get_column("first_forename"))
    described = described.join(meant, on="first_forename", how="left")
    return records.join(described, on=name, how="left", nulls_equal=True, maintain_order="left")


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
    measures = (
        jaro_winkler("surname_folded", least=CLOSE),
        edits("surname_folded"),
        jaro_winkler("first_forename", least=CLOSE),
        edits("first_forename"),
        edits("joined_name"),
        jaro_winkler("first_forename", "surname_folded", least=CLOSE_CROSSWISE),
        jaro_winkler("surname_folded", "first_forename", least=CLOSE_CROSSWISE),
        token_ratio("sorted_name", least=CLOSE_TOKENS, where=lists_meet("names")),
    )
    # Strangers drawn at random do not show how alike the names of relatives and co-defendants are: `fixed`.
    return expression_comparison("name", COMPARED_COLUMNS, _name_levels(variants), measures, fixed=True)


def _name_levels(variants: Sequence[tuple[str, str]]) -> tuple[Level, ...]:
    """The levels of the comparison, the strongest first: title, condition, m and u."""
    forename_varies = variant("first_forename", variants)
    surname = _surname_close(variants)
    other_second = _other_second() | _other_servant(surname)
    # Brothers' names rhyme, and a slip of the pen seldom makes another name.
    is_other = both("is_first_listed") | _feminine()
    two_names = (~equal("first_forename") & is_other).fill_null(value=False)
    alike = _close("first_forename") | equal("first_sound") | slip_in_form()
    forename = (alike & ~two_names) | forename_varies
    all_but_middle = equal("short_name") & equal("surname_folded") & ~other_second
    parted = left("names").list.len() != right("names").list.len()
    reordered = equal("sorted_name") | equal("joined_name") | (equal("letters") & lists_meet("names") & parted)
    is_part = surname & ~(two_names | other_second) & _part()
    another = lists_meet("given_names")
    begin_alike = _begin_alike() | initial_of_form()
    spelled_alike = _spelled_alike(surname & forename, two_names=two_names, parted=parted)
    return (
        Level("not known", missing("full_name"), 1, 1),
        # One full name in ten thousand: common names are commoner, rare ones rarer.
        Level("same full name", equal("full_name"), 0.50, 1e-4),
        Level("same but for middle names", all_but_middle, 0.18, 1.3e-4),
        Level("same names in another order", reordered, 0.04, 1e-5),
        Level("a name of one is an alias of the other", _alias(), 0.03, 5e-5),
        Level("short form or variant of the forename", equal("surname_folded") & forename_varies, 0.04, 5e-5),
        Level("names of one are among those of the other", _contained(), 0.03, 1e-4),
        Level(NEARLY_ALIKE, spelled_alike & ~other_second, 0.14, 1e-3),
        Level("an initial for the forename", _initial(surname), 0.02, 2e-4),
        Level(ANOTHER_AGREES, surname & another & ~other_second, 0.02, 2e-3),
        Level("one forename is part of the other", is_part, 0.02, 4e-3),
        # Short forms that no list holds mostly begin alike (Terry, Terence); so do some brothers. Alone it says
        # nothing, but it is not a reason to take two records for twins. So it is with initials of short forms.
        Level(BEGIN_ALIKE, surname & ~two_names & begin_alike & ~other_second, 0.02, 0.02),
        Level("surname agrees, forename not known", surname & missing("first_forename"), 0.02, 5e-3),
        # Together surname and birth of twins say next to nothing: this takes back what the equal dates of birth add.
        Level(TWINS, (surname | _other_servant(surname)) & equal("date_of_birth"), 1e-5, 1.0),
        Level("forename agrees, surname does not", forename, 0.015, 0.01),
        # Relatives stand before a court together: u is the share of such pairs among co-defendants.
        Level("surname agrees, forename does not", surname, 0.003, 0.30),
        Level(NAMES_DIFFER, ANYTHING, 0.02, 0.95),
    )


def _surname_close(variants: Sequence[tuple[str, str]]) -> pl.Expr:
    return any_of(
        (
            _close("surname_folded"),
            equal("surname_sound"),
            equal("joined_surname"),
            variant("surname_folded", variants),
        )
    )


def _other_second() -> pl.Expr:
    """Surname and first forename are the same, and the names after it are others: Jean-Luc and Jean-Marc, twins.

    One letter off is a slip, and an initial says nothing.
    """
    have_second = (smaller("second_names") > 0) & ~lists_meet("second_names")
    is_same = equal("surname_folded") & equal("first_forename")
    return (is_same & have_second & (pl.col("joined_name_edits") > 1)).fill_null(value=False)


def _feminine() -> pl.Expr:
    """A woman's forename is a man's but for its end: Jan and Jana, Nino and Nina, Simon and Simone."""

    def is_of_woman(one: Callable[[str], pl.Expr], other: Callable[[str], pl.Expr]) -> pl.Expr:
        hers, his = one("first_forename"), other("first_forename")
        is_ended = hers.str.ends_with("A") & ~his.str.ends_with("A") & (pl.col("first_forename_edits") <= 1)
        is_longer = (hers != his) & hers.str.starts_with(his) & hers.str.contains("[AE]$") & (his.str.len_chars() >= 3)
        # Where a sex is not known: no slip of the hand adds an A.
        is_added = (hers == his + "A") & ~his.str.tail(1).is_in(list("AEIOUY")) & other("is_first_listed")
        are_known = (one("sex") == "F") & (other("sex") == "M")
        return (are_known & (is_ended | is_longer)) | (are_known.is_null() & is_added)

    return either(is_of_woman).fill_null(value=False)


def _other_servant(surname_close: pl.Expr) -> pl.Expr:
    """Abdul Karim and Abdul Rahim: the surname is half of the forename, and both are names of their own."""
    sides = (left, right)
    are_servants = pl.all_horizontal(side("first_forename").is_in(SERVANTS) for side in sides)
    are_names = pl.all_horizontal(is_listed_forename(side("surname_folded")) for side in sides)
    return (are_servants & are_names & ~surname_close).fill_null(value=False)


def _spelled_alike(both_close: pl.Expr, *, two_names: pl.Expr, parted: pl.Expr) -> pl.Expr:
    """Surname and forename are close, or the whole name is, however it is parted and ordered."""
    crosswise = crossed_likeness("first_forename", "surname_folded", CLOSE_CROSSWISE) | exchanged_form()
    whole = crosswise | (pl.col("sorted_name_token_ratio") >= CLOSE_TOKENS)
    return both_close | ((pl.col("joined_name_edits") <= 1) & (parted | ~two_names)) | (~two_names & whole)


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


def _part() -> pl.Expr:
    """One forename, three letters or more, is part of the other: Seun, Oluwaseun."""
    one, other = left("first_forename"), right("first_forename")
    shorter = pl.min_horizontal(one.str.len_chars(), other.str.len_chars())
    return (shorter >= 3) & (one.str.contains(other, literal=True) | other.str.contains(one, literal=True))


def _begin_alike() -> pl.Expr:
    return left("first_forename").str.head(3) == right("first_forename").str.head(3)


def _contained() -> pl.Expr:
    return (shared("names") == smaller("names")) & (smaller("names") >= 2)
