"""Families of persons over two releases: all persons whose records were, or are now, one person's.

Belongs here: which persons a change can reach, since the facts of a person hold for all of the person's orders, and
records go over where persons and orders are merged and split. Does not: what changed (`assets.changes.causes`).
"""

import polars as pl

from matching.engine.components import label_components


def find_families(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Which persons belong together.

    Args:
        before: `RECORD_DIGESTS` of the one release.
        after: likewise, of the other.

    Returns:
        `subject_id`, `family` (the smallest id in it), one row for each person of either release.
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
