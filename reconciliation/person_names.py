"""What the other records of a person, and the night's people, make of each record's name.

Belongs here: names split or spelled otherwise, turned round, known as aliases. Does not: which names are forms of each
other (`reconciliation.name_forms`), which name wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from reconciliation.name_forms import COMMON, formal_names, is_listed_forename, spelled_either_way

NAME: Final = ("forenames_folded", "surname_folded")
WRITTEN: Final = ("forenames", "surname", *NAME)
_FIRST: Final = pl.col("forenames_folded").str.extract(r"^(\S+)")
SURNAME_LEAD: Final = 3
"""A word that more than this many times as many people bear in the surname as in the forenames is a surname."""
LONG_WORD: Final = 5
"""A shorter word that is a slip for a surname may as well be a name."""
LONG_FORENAME: Final = 4
"""A word that is a slip for a shorter forename may as well be a name."""


@dataclass(frozen=True, eq=False)
class NameFacts:
    """What all of the night's people say of the names of some of them.

    Attributes:
        names: from `read_names`, those of the persons that are looked at.
        borne: by field, `word` and `bearers` (`reconciliation.ranking.count_bearers`), of all.
    """

    names: pl.DataFrame
    borne: Mapping[str, pl.DataFrame]


def read_names(people: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """Each name of each person as the person's other records, and the night's people, make it out.

    Args:
        people: `subject_cluster`, `source` and `WRITTEN` of the records of all of the night's people.
        aliases: `subject_cluster`, `surname_folded` of their aliases.

    Returns:
        `subject_cluster`, `WRITTEN` (as in the records), `…_read`, `is_turned`; each name of a person once.
    """
    written = people.select("subject_cluster", "source", *WRITTEN).unique().with_row_index("record_id")
    split = with_spelled_forenames(with_whole_surnames(written, aliases))
    named = with_surnames_held(with_turned(split)).select(
        "record_id", "is_turned", pl.col(WRITTEN).name.suffix("_read")
    )
    return written.join(named, on="record_id").drop("record_id", "source").unique()


def with_names(people: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Records of persons with their names as `read_names` makes them out, and `is_turned`."""
    named = people.join(names, on=["subject_cluster", *WRITTEN], how="left", nulls_equal=True, maintain_order="left")
    return named.with_columns(pl.col(f"{name}_read").alias(name) for name in WRITTEN).select(
        *people.columns, "is_turned"
    )


def with_whole_surnames(held: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """Names split as another record of the person, or an alias of such a record, splits them.

    A name in one piece gives its last word as the surname. Where one of them holds a surname of several words, and the
    first of them end the forenames of such a record (`Paul Hall COOPER` beside `HALL COOPER/PAUL`), they go over; so
    do words that differ from them by one slip (`Paul Hlal COOPER`), where the rest are forenames of the person. Words
    that are forenames for the most part stay (`Jun Bin ZHAO` beside `Jun BIN ZHAO`). A usual surname that another
    record has alone goes over too (`Paul Hall COOPER` beside `HALL/PAUL`).
    """
    moved = pl.col("lead").str.count_matches(" ") + 1
    given, folded = pl.col("forenames").str.split(" "), pl.col("forenames_folded").str.split(" ")
    kept = given.list.len() - moved
    people = held.select("subject_cluster", *NAME).unique()
    named = pl.concat([frame.select("subject_cluster", "surname_folded") for frame in (people, aliases)])
    leads = pl.concat([_surname_leads(named).with_columns(is_alone=pl.lit(value=False)), _surnames_alone(people)])
    known = people.select("subject_cluster", rest="forenames_folded").drop_nulls().unique()
    candidates = (
        held.filter(~pl.col("surname_folded").str.contains(" "))
        .select("record_id", "subject_cluster", "forenames", "surname", *NAME)
        .join(leads.join(_mostly_forenames(people, leads), on="lead", how="anti"), on="subject_cluster")
        .filter((given.list.len() == folded.list.len()) & (kept > 0))
        .filter(~pl.col("is_alone") | (pl.col("last") == pl.col("surname_folded")))
        .with_columns(rest=folded.list.head(kept).list.join(" "), end=folded.list.tail(moved).list.join(" "))
    )
    is_slip = (pl.col("slips") == 1) & ~is_listed_forename(pl.col("end"))
    is_alike = is_slip & (pl.col("surname_folded") == pl.col("last")) & pl.col("is_known")
    found = (
        _with_slips(candidates, "end", "lead")
        .join(known.with_columns(is_known=pl.lit(value=True)), on=["subject_cluster", "rest"], how="left")
        .filter((pl.col("slips") == 0) | is_alike.fill_null(value=False))
        .sort("record_id", "slips", moved, "lead", descending=[False, True, False, False])
        .unique("record_id", keep="last", maintain_order=True)
    )
    split = found.select(
        "record_id",
        pl.concat_str(given.list.tail(moved).list.join(" "), "surname", separator=" ").alias("surname"),
        given.list.head(kept).list.join(" ").alias("forenames"),
        pl.concat_str("end", "surname_folded", separator=" ").alias("surname_folded"),
        pl.col("rest").alias("forenames_folded"),
    )
    return held.update(split, on="record_id")


def _surname_leads(named: pl.DataFrame) -> pl.DataFrame:
    """The words before the last one in surnames of several words, or in other spellings of them, with that one."""
    stated = named.select("subject_cluster", surname="surname_folded")
    others = stated.join(spelled_either_way(), left_on="surname", right_on="one").select(
        "subject_cluster", surname="other"
    )
    words = pl.col("surname").str.extract_groups(r"^(?<lead>.*) (?<last>\S+)$")
    surnames = pl.concat([stated, others]).select("subject_cluster", words.alias("words"))
    return surnames.unnest("words").drop_nulls("lead").unique()


def _surnames_alone(people: pl.DataFrame) -> pl.DataFrame:
    """`lead`, `last`: usual surnames of one word, before another of the person that is no forename of theirs."""
    surnames = _words(people, "surname_folded")
    usual = _usual_surnames(surnames, _words(people, "forenames_folded"))
    firsts = _with_forms(people.select("subject_cluster", first=_FIRST), "first").select("subject_cluster", word="form")
    alone = surnames.filter(pl.col("word") == pl.col("whole")).join(firsts, on=["subject_cluster", "word"], how="anti")
    words = alone.select("subject_cluster", "word").unique()
    leads = words.join(usual, on="word").rename({"word": "lead"})
    pairs = leads.join(words.rename({"word": "last"}), on="subject_cluster")
    return pairs.filter(pl.col("lead") != pl.col("last")).with_columns(is_alone=pl.lit(value=True))


def _words(named: pl.DataFrame, name: str) -> pl.DataFrame:
    """`word`, `whole`, and whatever is no name: each word of a name in a row of its own."""
    words = pl.col(name).str.split(" ")
    return named.select(pl.exclude(NAME), word=words, whole=name).explode("word").drop_nulls()


def _mostly_forenames(people: pl.DataFrame, leads: pl.DataFrame) -> pl.DataFrame:
    """`lead`: words that far more people bear among their forenames than before the end of a surname."""
    bearers = pl.col("subject_cluster").n_unique()
    given = people.select("subject_cluster", lead=pl.col("forenames_folded").str.split(" ")).explode("lead")
    borne = given.join(leads, on=["subject_cluster", "lead"], how="anti").group_by("lead").agg(forename=bearers)
    counts = leads.group_by("lead").agg(surname=bearers).join(borne, on="lead")
    return counts.filter(pl.col("forename") > SURNAME_LEAD * pl.col("surname")).select("lead")


def _with_slips(candidates: pl.DataFrame, one: str, other: str) -> pl.DataFrame:
    """`slips`: how many letters of two texts are wrong, missing, too many or swapped."""
    pairs = candidates.select(one, other).unique().sort(one, other)
    distances = cpdist(pairs[one].to_list(), pairs[other].to_list(), scorer=OSA.distance)
    slips = pairs.with_columns(slips=pl.Series(distances, dtype=pl.Int64))
    return candidates.join(slips, on=[one, other])


def with_spelled_forenames(held: pl.DataFrame) -> pl.DataFrame:
    """Several forenames, the first of them spelled as another record of the person spells it.

    `Tom William` becomes `Thomas William` beside `Thomas`, and `Craigg Harry` becomes `Craig Harry` beside `Craig`: who
    leaves out a forename may still spell the first one in full. A familiar form gives way to the name it stands for, a
    word on no list to the listed forename that it is one slip from, a spelling to another that more sources have.
    """
    first, written = _FIRST.alias("first"), pl.col("forenames").str.extract(r"^(\S+)")
    named = held.select("record_id", "subject_cluster", "source", "forenames", "forenames_folded", first).drop_nulls()
    firsts = named.group_by("subject_cluster", meant="first").agg(
        # Of two that fold to one the later in the alphabet is the one with its diacritics.
        pl.col("source").n_unique(), written=written.max()
    )  # fmt: skip
    pairs = (
        named.filter(pl.col("forenames_folded").str.contains(" "))
        .join(firsts, on="subject_cluster", suffix="_meant")
        .join(firsts.select("subject_cluster", first="meant", own="source"), on=["subject_cluster", "first"])
        .filter(pl.col("first") != pl.col("meant"))
    )
    is_listed, is_meant_listed = is_listed_forename(pl.col("first")), is_listed_forename(pl.col("meant"))
    is_rare = ~pl.col("first").is_in(_borne_by_many(named).implode())
    is_odd = ~is_listed & is_rare & is_meant_listed & (pl.col("meant").str.len_chars() >= LONG_FORENAME)
    slips = _with_slips(pairs.filter(is_odd), "first", "meant").filter(slips=1).drop("slips")
    formal = pairs.join(formal_names(), left_on=["first", "meant"], right_on=["familiar", "formal"], how="semi")
    other = (
        pairs.filter(pl.col("source_meant") > pl.col("own"))
        .join(spelled_either_way(), left_on=["first", "meant"], right_on=["one", "other"], how="semi")
        .join(formal_names(), left_on=["first", "meant"], right_on=["formal", "familiar"], how="anti")
    )
    spelled = pl.concat([slips, formal, other]).sort("source_meant", "meant", descending=[True, False])
    return held.update(
        spelled.unique("record_id", keep="first", maintain_order=True).select(
            "record_id",
            forenames=pl.col("written") + pl.col("forenames").str.extract(r"^\S+( .*)$"),
            forenames_folded=pl.col("meant") + pl.col("forenames_folded").str.extract(r"^\S+( .*)$"),
        ),
        on="record_id",
    )


def _borne_by_many(named: pl.DataFrame) -> pl.Series:
    """The first forenames that enough of the night's people bear not to be slips."""
    bearers = named.group_by("first").agg(pl.col("subject_cluster").n_unique())
    return bearers.filter(pl.col("subject_cluster") >= COMMON).get_column("first")


def with_turned(held: pl.DataFrame) -> pl.DataFrame:
    """`is_turned`: surname and forename stand in each other's place, going by how the night's people bear the words."""
    bearers = held.select("subject_cluster", surname="surname_folded", forename=_FIRST).unique()
    counts = {
        part: bearers.drop_nulls(part).group_by(word=part).agg(pl.col("subject_cluster").n_unique().alias(part))
        for part in ("surname", "forename")
    }
    words = counts["surname"].join(counts["forename"], on="word", how="full", coalesce=True).fill_null(0)
    leaning = words.select("word", leaning=pl.col("surname").cast(pl.Int64) - pl.col("forename"))
    return (
        held.with_columns(first_forename=_FIRST)
        .join(leaning.rename({"leaning": "surname_leaning"}), left_on="surname_folded", right_on="word", how="left")
        .join(leaning.rename({"leaning": "forename_leaning"}), left_on="first_forename", right_on="word", how="left")
        .with_columns(
            is_turned=((pl.col("surname_leaning") < 0) & (pl.col("forename_leaning") > 0)).fill_null(value=False)
        )
        .drop("first_forename", "surname_leaning", "forename_leaning")
    )


def with_surnames_held(held: pl.DataFrame) -> pl.DataFrame:
    """`is_turned` too where the forenames hold a surname: `Paul BARKER WARD` in one piece, beside `BARKER, Paul`.

    That is, a word that another record of the person has in the surname. It counts beside another word, if several
    times as many of the night's people bear it so; and anywhere, if it is not a listed forename and more sources of the
    person have it in the surname. A slip for the former counts where the rest begins forenames of the person
    (`HOLMRS Rebecca`).
    """
    named = held.select("subject_cluster", "source", *NAME).unique()
    surnames, given = _words(named, "surname_folded"), _words(named, "forenames_folded")
    keys, sources = ["subject_cluster", "word"], pl.col("source").n_unique()
    counted = surnames.group_by(keys).agg(surname=sources).join(
        given.group_by(keys).agg(forename=sources), on=keys, how="left"
    )  # fmt: skip
    own = counted.join(_usual_surnames(surnames, given), on="word")
    only_here = counted.filter((pl.col("surname") > pl.col("forename")) & ~is_listed_forename(pl.col("word")))
    found = [
        given.filter(pl.col("whole").str.contains(" ")).join(own, on=keys, how="semi"),
        given.join(only_here, on=keys, how="semi"),
        _slips_for_surnames(given, own.select("subject_cluster", meant="word")),
    ]
    name = ["subject_cluster", "forenames_folded"]
    turned = pl.concat(frame.select("subject_cluster", forenames_folded="whole") for frame in found).unique()
    marked = held.join(turned.with_columns(is_found=True), on=name, how="left", maintain_order="left")
    return marked.with_columns(pl.col("is_turned") | pl.col("is_found").fill_null(value=False)).drop("is_found")


def _usual_surnames(surnames: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """`word`: those that several times as many people bear in the surname as among the forenames.

    A person who has a word in both places, one of them by mistake, says nothing of it.
    """
    keys, bearers = ["subject_cluster", "word"], pl.col("subject_cluster").n_unique()
    as_forename = given.join(surnames, on=keys, how="anti").group_by("word").agg(forename=bearers)
    as_surname = surnames.join(given, on=keys, how="anti").group_by("word").agg(surname=bearers)
    is_usual = pl.col("surname") >= SURNAME_LEAD * (pl.col("forename").fill_null(0) + 1)
    return as_surname.join(as_forename, on="word", how="left").filter(is_usual).select("word")


def _slips_for_surnames(given: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """The long words, no listed forenames, that are slips for a surname (`meant`) beside the person's forenames."""
    is_long = pl.col("whole").str.contains(" ") & (pl.col("word").str.len_chars() >= LONG_WORD)
    odd = given.filter(is_long & ~is_listed_forename(pl.col("word")))
    slips = _with_slips(odd.join(own, on="subject_cluster"), "word", "meant").filter(slips=1)
    known = given.select("subject_cluster", known="whole").unique()
    rest = pl.col("whole").str.strip_prefix(pl.col("word") + " ").str.strip_suffix(pl.lit(" ") + pl.col("word"))
    is_begun = pl.col("known").str.starts_with(rest) & (pl.col("known") != pl.col("whole"))
    return slips.join(known, on="subject_cluster").filter(is_begun)


def with_alias_marks(held: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """`is_alias`, `is_alias_given`: another record of the person knows the surname, or the forenames, as an alias.

    That is, beside a main name with another surname, or with another first forename. `Ana Maria COSTA` is no other name
    than `Ana COSTA`, nor is `Bob` than `Robert` of that surname; and `Ana MARIA` lacks its surname, where a record has
    the forenames `Ana Maria`. A record bears an alias if it has its surname and its first forename, in any form.
    """
    own = held.select("record_id", "subject_cluster", main="surname_folded", main_given=_FIRST)
    others = aliases.select("record_id", surname="surname_folded", given=_FIRST).drop_nulls().join(own, on="record_id")
    later = held.select("subject_cluster", main=pl.col("forenames_folded").str.split(" ").list.slice(1)).explode("main")
    is_same = (pl.col("main") == pl.col("surname")).fill_null(value=False)
    is_given = (pl.col("main_given") == pl.when(is_same).then("form").otherwise("given")).fill_null(value=False)
    known = (
        _with_forms(others, "given")
        .join(later, on=["subject_cluster", "main"], how="anti")
        .with_columns(is_given=is_given.any().over("record_id", "surname", "given"))
        .group_by("subject_cluster", surname_folded="surname", first="form")
        .agg(is_alias=(~is_same).any(), is_alias_given=(~pl.col("is_given")).any())
    )
    marked = held.with_columns(first=_FIRST).join(
        known, on=["subject_cluster", "surname_folded", "first"], how="left", maintain_order="left"
    )
    return marked.with_columns(pl.col("is_alias", "is_alias_given").fill_null(value=False)).drop("first")


def _with_forms(named: pl.DataFrame, column: str) -> pl.DataFrame:
    """`form`: a forename, and each of its other forms in a row of its own."""
    forms = named.join(spelled_either_way(), left_on=column, right_on="one").rename({"other": "form"})
    return pl.concat([named.with_columns(form=pl.col(column)), forms])
