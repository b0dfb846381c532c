"""How packs go: lines by owner and state, how many were answered, and how long answers and corrections take.

Belongs here: counts over `CORRECTION_LINES` and `PACK_ANSWERS`. Does not: the states themselves
(`ledger.packs.following`).
"""

from datetime import date
from typing import Final

import polars as pl

from warehouse.tables.register import CORRECTION_STATES
from warehouse.time_zone import LONDON

NOT_SEEN = "no night yet"
"""Lines handed out of the release in force: no night has looked at them since."""

SEEN_WRONG: Final = ("unchanged", "rebounded", "changed_otherwise")
"""States of a line that a later night found wrong."""

WRONG_STILL: Final = (*SEEN_WRONG, NOT_SEEN)
"""States of a line of which something is still expected of its owner."""

ANSWERING: Final = (
    "answered", "disagrees", "said corrected, still wrong", "to remind", "oldest", "days to answer", "days to correct",
)  # fmt: skip
"""How well an owner answers, of the columns of `sum_up`."""

REMINDERS: Final = (("second reminder", 56), ("first reminder", 28))
"""Days after which an owner is reminded of a line that is neither answered nor corrected, the longest first."""


def follow_asked(
    asked: pl.DataFrame, lines: pl.DataFrame, answers: pl.DataFrame, *, today: date | None = None
) -> pl.DataFrame:
    """What became of each line, and what its owner said.

    Args:
        asked: `ASKED_CORRECTIONS`: all that was handed out.
        lines: `CORRECTION_LINES` of a release.
        answers: `PACK_ANSWERS`, the last one to each line.
        today: the day by which owners are reminded; None: nobody is.

    Returns:
        The rows with `state` (one of `CORRECTION_STATES`, or `NOT_SEEN`), `state_since`, `first_corrected_on`, the
        answer, `answer` (corrected, disagrees, or null), `days_to_answer` (from the last pack that asked before it),
        `days_open`, and `reminder` (the first of `REMINDERS` that is due, or null).
    """
    said = pl.when(pl.col("corrected_on").is_not_null()).then(pl.lit("corrected")).otherwise(pl.lit("disagrees"))
    answered_on = pl.col("received_at").dt.convert_time_zone(LONDON.key).dt.date()
    known = asked.join(
        lines.select("reference", "state", "state_since", "first_corrected_on"), on="reference", how="left"
    ).join(answers.with_columns(answer=said, answered_on=answered_on), on="reference", how="left")
    days_open = (pl.lit(today, pl.Date) - pl.col("handed_out_on")).dt.total_days()
    return known.with_columns(
        pl.col("state").fill_null(NOT_SEEN),
        days_to_answer=(pl.col("answered_on") - pl.col("handed_out_on")).dt.total_days().clip(lower_bound=0),
        days_open=days_open,
    ).with_columns(reminder=_reminder())


def _reminder() -> pl.Expr:
    """Which reminder is due: nothing was answered, or a correction that was promised has not come."""
    is_open = pl.col("state").is_in(WRONG_STILL) & (pl.col("answer") == "disagrees").fill_null(value=False).not_()
    return pl.coalesce(
        *(pl.when(is_open & (pl.col("days_open") >= days)).then(pl.lit(name)) for name, days in REMINDERS)
    )


def sum_up(
    asked: pl.DataFrame, lines: pl.DataFrame, answers: pl.DataFrame, *, today: date | None = None
) -> pl.DataFrame:
    """The lines handed out, by owner, of what `follow_asked` is given.

    Returns:
        `owner`, `lines`, a column of counts for each of `CORRECTION_STATES` and for `NOT_SEEN`, `answered`,
        `disagrees`, `said corrected, still wrong`, `to remind`, `oldest` (days for which the oldest of these
        has been open), `days to answer` (median), and `days to correct` (median) from the day a line was first handed
        out to the first night on which it was corrected; null where none was.
    """
    known = follow_asked(asked, lines, answers, today=today)
    state, answer = pl.col("state"), pl.col("answer")
    is_promised = (answer == "corrected") & state.is_in(SEEN_WRONG)
    # A night may be run for a day before the pack was handed out, where former deliveries are played again.
    days = (pl.col("first_corrected_on") - pl.col("handed_out_on")).dt.total_days().clip(lower_bound=0)
    is_due = pl.col("reminder").is_not_null()
    return (
        known.group_by("owner")
        .agg(
            pl.len().alias("lines"),
            *((state == name).sum().alias(name) for name in (*CORRECTION_STATES, NOT_SEEN)),
            answer.count().alias("answered"),
            (answer == "disagrees").sum().alias("disagrees"),
            is_promised.sum().alias("said corrected, still wrong"),
            is_due.sum().alias("to remind"),
            pl.col("days_open").filter(is_due).max().alias("oldest"),
            pl.col("days_to_answer").median().alias("days to answer"),
            days.median().alias("days to correct"),
        )
        .sort("owner")
    )
