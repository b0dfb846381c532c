"""What the other records of a person, and the night's people, make of each record's name.

Belongs here: names split otherwise, turned round, known as aliases. Does not: which names are forms of each other
(`reconciliation.name_forms`), which name wins.
"""

from typing import Final

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

NAME: Final = ("forenames_folded", "surname_folded")
SURNAME_LEAD: Final = 3
"""A word that so many times as many people bear in the surname as in the forenames is a surname."""


def with_whole_surnames(held: pl.DataFrame) -> pl.DataFrame:
    """Names split as another record of the person splits them.

    A name in one piece gives its last word as the surname. Where a source holds a surname of several words, and the
    first of them end the forenames of such a record (`Paul Hall COOPER` beside `HALL COOPER/PAUL`), they go over; so
    do words that differ from them by one slip (`Paul Hlal COOPER`), where the rest of the name is the same.
    """
    moved = pl.col("lead").str.count_matches(" ") + 1
    given, folded = pl.col("forenames").str.split(" "), pl.col("forenames_folded").str.split(" ")
    kept = given.list.len() - moved
    candidates = (
        held.filter(~pl.col("surname_folded").str.contains(" "))
        .select("record_id", "subject_cluster", "forenames", "surname", *NAME)
        .join(_surname_leads(held), on="subject_cluster")
        .filter((given.list.len() == folded.list.len()) & (kept > 0))
        .with_columns(rest=folded.list.head(kept).list.join(" "), end=folded.list.tail(moved).list.join(" "))
    )
    found = (
        _with_slips(candidates, "end", "lead")
        .filter((pl.col("slips") == 0) | ((pl.col("slips") == 1) & pl.col("is_named_alike")))
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


def _surname_leads(held: pl.DataFrame) -> pl.DataFrame:
    """The words before the last one in surnames of several words, with that and the forenames, by person."""
    words = pl.col("surname_folded").str.extract_groups(r"^(?<lead>.*) (?<last>\S+)$")
    return held.select("subject_cluster", words.alias("words"), beside="forenames_folded").unnest("words").drop_nulls(
        "lead"
    ).unique()  # fmt: skip


def _with_slips(candidates: pl.DataFrame, one: str, other: str) -> pl.DataFrame:
    """`slips`: how many letters of two texts are wrong, missing, too many or swapped; and `is_named_alike`."""
    pairs = candidates.select(one, other).unique().sort(one, other)
    distances = cpdist(pairs[one].to_list(), pairs[other].to_list(), scorer=OSA.distance)
    is_alike = (pl.col("surname_folded") == pl.col("last")) & (pl.col("rest") == pl.col("beside"))
    slips = pairs.with_columns(slips=pl.Series(distances, dtype=pl.Int64))
    return candidates.join(slips, on=[one, other]).with_columns(is_named_alike=is_alike.fill_null(value=False))


def with_turned(held: pl.DataFrame) -> pl.DataFrame:
    """`is_turned`: surname and forename stand in each other's place, going by how the night's people bear the words."""
    first = pl.col("forenames_folded").str.extract(r"^(\S+)")
    bearers = held.select("subject_cluster", surname="surname_folded", forename=first).unique()
    counts = {
        part: bearers.drop_nulls(part).group_by(word=part).agg(pl.col("subject_cluster").n_unique().alias(part))
        for part in ("surname", "forename")
    }
    words = counts["surname"].join(counts["forename"], on="word", how="full", coalesce=True).fill_null(0)
    leaning = words.select("word", leaning=pl.col("surname").cast(pl.Int64) - pl.col("forename"))
    return (
        held.with_columns(first_forename=first)
        .join(leaning.rename({"leaning": "surname_leaning"}), left_on="surname_folded", right_on="word", how="left")
        .join(leaning.rename({"leaning": "forename_leaning"}), left_on="first_forename", right_on="word", how="left")
        .with_columns(
            is_turned=((pl.col("surname_leaning") < 0) & (pl.col("forename_leaning") > 0)).fill_null(value=False)
        )
        .drop("first_forename", "surname_leaning", "forename_leaning")
    )


def with_surnames_held(held: pl.DataFrame) -> pl.DataFrame:
    """`is_turned` too where the forenames hold a surname: `Paul BARKER WARD` in one piece, beside `BARKER, Paul`.

    That is, beside another word, one that another record of the person has in the surname, and that several times as
    many of the night's people bear so.
    """
    surnames, given = (
        held.select("record_id", "subject_cluster", word=pl.col(name).str.split(" ")).explode("word").drop_nulls()
        for name in ("surname_folded", "forenames_folded")
    )
    bearers = pl.col("subject_cluster").n_unique()
    as_surname = (
        surnames.group_by("word")
        .agg(bearers.alias("surname"))
        .join(given.group_by("word").agg(bearers.alias("forename")), on="word", how="left")
        .filter(pl.col("surname") > SURNAME_LEAD * pl.col("forename").fill_null(0))
    )
    found = (
        given.filter(pl.len().over("record_id") > 1)
        .join(surnames, on=["subject_cluster", "word"], how="semi")
        .join(as_surname, on="word", how="semi")
    )
    return held.with_columns(
        is_turned=pl.col("is_turned") | pl.col("record_id").is_in(found.get_column("record_id").implode())
    )


def with_alias_marks(held: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """`is_alias`: another record of the person holds the name as an alias, under another main name."""
    own = held.select("record_id", "subject_cluster", *NAME)
    others = aliases.select("record_id", *NAME).drop_nulls().join(
        own.select("record_id", "subject_cluster", main_surname="surname_folded", main_forenames="forenames_folded"),
        on="record_id",
    )  # fmt: skip
    is_other = (pl.col("main_surname") != pl.col("surname_folded")) | (
        pl.col("main_forenames") != pl.col("forenames_folded")
    )
    known = others.filter(is_other.fill_null(value=True)).select("subject_cluster", *NAME).unique()
    marked = own.join(known, on=["subject_cluster", *NAME], how="semi").get_column("record_id")
    return held.with_columns(is_alias=pl.col("record_id").is_in(marked.implode()))
