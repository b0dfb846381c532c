"""The records in which two nights differ, and the persons whom these put together.

Belongs here: comparing the digests of records of two nights. Does not: what causes a difference
(`assets.changes.causes`).
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from matching.engine.components import label_components

ROW: Final = ("kind", "handle")
"""What a record is known by on both nights."""

WHOLE_ROW: Final = (*ROW, "record_id", "order_id", "subject_id", "digest")
"""What is the same of a row of `RECORD_DIGESTS` that is the same on both nights."""


def find_odd_rows(
    before: pl.LazyFrame, after: pl.LazyFrame, key: Sequence[str] = WHOLE_ROW
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of either side that the other does not hold by its key, whatever delivery they came in.

    Of two nights nearly all rows are the same: what is asked of the two is asked of these.
    """
    # A number for each row in place of its texts: two of 20 million rows have the same once in 100,000 nights.
    row = pl.struct(key).hash()
    sides = ((before, after), (after, before))
    was, now = (
        one.with_columns(row=row).join(other.select(row=row), on="row", how="anti").drop("row") for one, other in sides
    )
    return was.collect(engine="streaming"), now.collect(engine="streaming")


def odd_rows(was: pl.DataFrame, now: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The rows of either side that the other does not hold by its key."""
    return pl.concat(find_odd_rows(was.lazy(), now.lazy(), key))


def find_families(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Which persons belong together.

    Args:
        before: rows of `RECORD_DIGESTS` of the one release.
        after: likewise, of the other.

    Returns:
        `subject_id`, `family` (the smallest id in it), one row for each person of either side.
    """
    known = ["kind", "handle", "subject_id"]
    was, now = (side.drop_nulls("subject_id").select(known) for side in (before, after))
    moved = was.join(now, on=["kind", "handle"], suffix="_after").filter(
        pl.col("subject_id") != pl.col("subject_id_after")
    )
    people = pl.concat([was, now]).select(pl.col("subject_id").unique().sort())
    rows = people.with_row_index("row")
    links = moved.join(rows, on="subject_id").join(
        rows, left_on="subject_id_after", right_on="subject_id", suffix="_after"
    )
    ends = (links.get_column(side).to_numpy() for side in ("row", "row_after"))
    return people.with_columns(family=pl.col("subject_id").gather(label_components(people.height, *ends)))


def with_families(rows: pl.LazyFrame, families: pl.DataFrame) -> pl.LazyFrame:
    """The rows that are of a person, with its `family`: who is in none of `find_families` is one alone."""
    named = rows.drop_nulls("subject_id").join(families.lazy(), on="subject_id", how="left")
    return named.with_columns(pl.coalesce("family", "subject_id"))
