"""Ids that stay: an order, a person, an arrest keeps its id from night to night; merges and splits leave redirects.

Belongs here: which id a cluster gets, where merged and split ids went. Does not: what belongs together (`matching`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from warehouse.sources import has_row_key
from warehouse.tables.register import ID_REDIRECTS
from warehouse.text_hashes import digests

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and capitals without I, L, O and U, which are misread or make words."""

CODE_LENGTH: Final = 10
IDS: Final = {"cluster": pl.String, "id": pl.String}


@dataclass(frozen=True)
class Assignment:
    """The ids of a night.

    Attributes:
        ids: `cluster`, `id`: one row for each cluster.
        redirects: `old_id`, `new_id`: ids that were merged away, or out of which a new one was split.
    """

    ids: pl.DataFrame
    redirects: pl.DataFrame

    def redirect_rows(self, kind: str, *, as_of: date) -> pl.DataFrame:
        """The redirects in the shape of `id_redirects`; `kind` is order or subject."""
        rows = self.redirects.with_columns(pl.lit(kind).alias("kind"), pl.lit(as_of).alias("redirected_on"))
        return ID_REDIRECTS.conform(rows).sort(ID_REDIRECTS.order)


def assign_ids(members: pl.DataFrame, former: pl.DataFrame, *, prefix: str, as_of: date) -> Assignment:
    """Give every cluster the id that most of its handles had in the former release, or a new one.

    An id goes to one cluster only: the one that holds most of its handles. Ties go to the smallest id, then to the
    cluster with the smallest handle.

    Args:
        members: `cluster` (the smallest record id in it), `handle`: what a record is known by from night to night
            (`record_handles`). A handle may lie in several clusters; no row stands twice.
        former: `handle`, `id` of the release before, no row twice; empty for the first one.
        prefix: what new ids begin with, such as `ORD`.
        as_of: the night; part of what a new id is made of, so that an id that died is not born again.
    """
    shared = members.join(former, on="handle").group_by("cluster", "id").agg(pl.len().alias("votes"))
    # Nearly all: the one cluster of an id, and the one id of that cluster. What follows is left to the others.
    is_clear = pl.col("id").is_unique() & pl.col("cluster").is_unique()
    contested = shared.filter(~is_clear)
    kept = pl.concat([shared.filter(is_clear).select("cluster", "id"), _keep_ids(contested, members)])
    births = members.select("cluster").unique().join(kept, on="cluster", how="anti")
    ids = pl.concat([kept, _new_ids(births, taken=former.get_column("id"), prefix=prefix, as_of=as_of)]).sort("cluster")
    return Assignment(ids, _find_redirects(contested, ids, former))


def record_handles(records: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """What each record is known by from night to night: its key, but for sources without row keys.

    A row of a workbook has no key, and another row may stand in its place tomorrow. It is known by its custody
    reference, by its occurrence reference with the date of birth (or else the name, as several people can be of one
    occurrence), or else by name and date of birth; by what distinguishes the rows of one person; and by its place among
    rows that are alike in all that.

    Args:
        records: order or arrest records in their core shape. Of a lazy table no other columns are read.

    Returns:
        `record_id`, `handle`, one row for each record. Handles may hold names: they are compared, never kept or shown.
    """
    records = records.lazy()
    columns = records.collect_schema()
    distinguishing = [name for name in ("order_type", "is_interim", "arrested_on", "offence_code") if name in columns]
    person = pl.concat_str("surname_folded", "forenames_folded", "date_of_birth", separator=" ", ignore_nulls=True)
    of_occurrence = pl.concat_str(
        "occurrence_ref", pl.coalesce(pl.col("date_of_birth").cast(pl.String), person), separator=" "
    )
    reference = of_occurrence if "occurrence_ref" in columns else pl.col("custody_ref")
    row = pl.concat_str(
        "source",
        pl.coalesce(reference, person),
        *(pl.col(name).cast(pl.String).fill_null("-") for name in distinguishing),
        separator=":",
    )
    when = [name for name in ("made_on", "arrested_on") if name in columns]
    rows = (
        records.filter(~has_row_key)
        .sort(*when, "file_name", "row_number", "record_id")
        .select("record_id", row.alias("row"))
        .select("record_id", pl.format("{}:{}", "row", pl.int_range(pl.len()).over("row")).alias("handle"))
    )
    others = records.filter(has_row_key).select("record_id", pl.col("record_id").alias("handle"))
    return pl.concat([others, rows]).collect()


def _keep_ids(shared: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Clusters with the former id they keep, by rounds: a pair is taken if it is the best for both its sides."""
    alike = members.join(shared, on="cluster", how="semi")
    votes = shared.join(alike.group_by("cluster").agg(pl.col("handle").min().alias("smallest")), on="cluster").sort(
        "votes", "id", "smallest", "cluster", descending=[True, False, False, False]
    )
    kept = [pl.DataFrame(schema=IDS)]
    while votes.height:
        best = votes.filter(pl.col("id").is_first_distinct() & pl.col("cluster").is_first_distinct())
        kept.append(best.select("cluster", "id"))
        votes = votes.join(best, on="cluster", how="anti", maintain_order="left").join(
            best, on="id", how="anti", maintain_order="left"
        )
    return pl.concat(kept)


def _new_ids(births: pl.DataFrame, *, taken: pl.Series, prefix: str, as_of: date) -> pl.DataFrame:
    """Opaque codes for clusters that are new; a code that is taken is drawn again."""
    waiting = births.sort("cluster")
    drawn = [pl.DataFrame(schema=IDS)]
    attempt = 0
    while waiting.height:
        seeds = waiting.select(pl.format(f"{prefix}|{as_of}|{{}}|{attempt}", "cluster")).to_series()
        coded = waiting.with_columns(id=_codes(seeds, prefix))
        is_free = pl.col("id").is_first_distinct() & ~pl.col("id").is_in(taken.implode())
        drawn.append(coded.filter(is_free))
        taken = pl.concat([taken, drawn[-1].get_column("id")])
        waiting = coded.filter(~is_free).drop("id")
        attempt += 1
    return pl.concat(drawn)


def _codes(seeds: pl.Series, prefix: str) -> pl.Series:
    """The first letters of each seed's digest, five bits a letter; looked up by two, in half the steps."""
    number = digests(seeds, length=16).str.to_integer(base=16, dtype=pl.UInt64)
    pairs = pl.Series([first + second for second in ALPHABET for first in ALPHABET])
    letters = [pairs.gather(number // len(pairs) ** place % len(pairs)) for place in range(CODE_LENGTH // 2)]
    return pl.select(pl.concat_str(pl.lit(f"{prefix}-"), *letters)).to_series()


def _find_redirects(shared: pl.DataFrame, now: pl.DataFrame, former: pl.DataFrame) -> pl.DataFrame:
    """Where the handles of an id went: all of them if it is gone, those under a new id if it was split."""
    moved = (
        shared.select("cluster", old_id="id")
        .join(now.select("cluster", new_id="id"), on="cluster")
        .filter(pl.col("old_id") != pl.col("new_id"))
        .select("old_id", "new_id")
        .unique()
    )
    is_gone = ~pl.col("old_id").is_in(now.get_column("id").implode())
    is_new = ~pl.col("new_id").is_in(former.get_column("id").implode())
    return moved.filter(is_gone | is_new).sort("old_id", "new_id")
