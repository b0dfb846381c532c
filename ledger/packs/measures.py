"""How packs go: lines by owner and state, and how long a correction takes.

Belongs here: counts over `CORRECTION_LINES`. Does not: the states themselves (`ledger.packs.following`).
"""

import polars as pl

from warehouse.tables.register import CORRECTION_STATES

NOT_SEEN = "no night yet"
"""Lines handed out of the release in force: no night has looked at them since."""


def sum_up(asked: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The lines handed out, by owner.

    Args:
        asked: `ASKED_CORRECTIONS`: all that was handed out.
        lines: `CORRECTION_LINES` of a release.

    Returns:
        `owner`, `lines`, a column of counts for each of `CORRECTION_STATES` and for `NOT_SEEN`, and `median_days` from
        the day a line was first handed out to the first night on which it was corrected; null where none was.
    """
    known = asked.select("reference", "owner", "handed_out_on").join(
        lines.select("reference", "state", "first_corrected_on"), on="reference", how="left"
    )
    state = pl.col("state").fill_null(NOT_SEEN)
    # A night may be run for a day before the pack was handed out, where former deliveries are played again.
    days = (pl.col("first_corrected_on") - pl.col("handed_out_on")).dt.total_days().clip(lower_bound=0)
    return (
        known.group_by("owner")
        .agg(
            pl.len().alias("lines"),
            *((state == name).sum().alias(name) for name in (*CORRECTION_STATES, NOT_SEEN)),
            median_days=days.median(),
        )
        .sort("owner")
    )
