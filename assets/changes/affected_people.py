"""Families of persons over two releases: all persons whose records were, or are now, one person's.

Belongs here: which persons a change can reach, since the facts of a person hold for all of the person's orders, and
records go over where persons and orders are merged and split. Does not: what changed (`assets.changes.causes`).
"""

import polars as pl


def find_families(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Which persons belong together.

    Args:
        before: `RECORD_DIGESTS` of the one release.
        after: likewise, of the other.

    Returns:
        `subject_id`, `family` (the smallest id in it), one row a person of either release.
    """
    known = ["kind", "handle", "subject_id"]
    was, now = (side.drop_nulls("subject_id").select(known) for side in (before, after))
    moved = was.join(now, on=["kind", "handle"], suffix="_after").filter(
        pl.col("subject_id") != pl.col("subject_id_after")
    )
    links = pl.concat(
        [
            moved.select("subject_id", other="subject_id_after"),
            moved.select("subject_id_after", other="subject_id").rename({"subject_id_after": "subject_id"}),
        ]
    ).unique()
    families = pl.concat([was, now]).select("subject_id", family="subject_id").unique()
    while True:
        nearer = (
            links.join(families.rename({"subject_id": "other"}), on="other")
            .group_by("subject_id")
            .agg(pl.col("family").min().alias("nearer"))
        )
        joined = families.join(nearer, on="subject_id", how="left").select(
            "subject_id", family=pl.min_horizontal("family", "nearer")
        )
        if joined.sort("subject_id").equals(families.sort("subject_id")):
            return joined.sort("subject_id")
        families = joined
