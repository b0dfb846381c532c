"""What became of each true arrest of a synthetic night: counted, or why not.

Belongs here: the outcome of each, one by one and counted. Does not: the counts by source (`study.effect.by_source`).
"""

from pathlib import Path
from typing import Final

import polars as pl

from study.effect.study import Study
from study.effect.study_data import StudyData

RIGHT: Final = "counted once, on the right side"
ABSENT: Final = "in no delivery: no study of these can count it"
NOBODY: Final = "in a delivery, and its record does not show whose it is, or for what"
LEFT_OUT: Final = "in a delivery, and its order is left out: "
OTHER_DAY: Final = "in a delivery, and its day, its person or the day of its order is read otherwise"
OTHER_SIDE: Final = "counted on the other side of day 0"
TWICE: Final = "counted more than once"
ADDED: Final = "counted, and no arrest of an eligible order"


def trace_true_arrests(
    truth: pl.DataFrame, study: Study, data: StudyData, *, arrest_sources: pl.DataFrame, folder: Path
) -> pl.DataFrame:
    """What became of each true arrest in the windows of orders that are truly eligible, and what the register adds.

    Args:
        truth: from `find_events`, of the truth.
        study: of the register.
        data: what that study was made of.
        arrest_sources: the records of each arrest of the register.
        folder: the truth, which says what each record is of.

    Returns:
        `arrest_id`, `order_id` (of the truth; of the register for what it adds), `register_arrests` (the ids that the
        register has for it), `arrested_on`, `is_after`, `outcome`: a row for each.
    """
    links = pl.read_csv(folder / "arrest_links.csv", infer_schema=False)
    held = links.join(arrest_sources, on=["source", "source_key"], how="inner").select("event_id", "arrest_id").unique()
    counted = study.events.select("arrest_id", "order_id", was_after="is_after")
    known = data.arrests.join(_left_out(study, data), on="arrest_id", how="left").select(
        "arrest_id", "left_out", is_known=True
    )
    found = (
        held.join(counted, on="arrest_id", how="left")
        .join(known, on="arrest_id", how="left")
        .group_by("event_id")
        .agg(
            pl.col("arrest_id").unique().sort().str.join(", ").alias("register_arrests"),
            pl.col("was_after").drop_nulls(),
            times=pl.col("order_id").count(),
            is_known=pl.col("is_known").any(ignore_nulls=True),
            left_out=pl.col("left_out").drop_nulls().sort().first(),
        )
    )
    traced = truth.join(found, left_on="arrest_id", right_on="event_id", how="left").with_columns(outcome=_outcome())
    true = held.join(truth.select("arrest_id"), left_on="event_id", right_on="arrest_id", how="semi")
    added = study.events.join(true, on="arrest_id", how="anti").with_columns(
        register_arrests="arrest_id", outcome=pl.lit(ADDED)
    )
    columns = ("arrest_id", "order_id", "register_arrests", "arrested_on", "is_after", "outcome")
    return pl.concat([traced.select(columns), added.select(columns)]).sort("order_id", "arrested_on", "arrest_id")


def _left_out(study: Study, data: StudyData) -> pl.DataFrame:
    """`arrest_id`, `left_out`: arrests in the windows of an order that is not eligible, with the reason for that."""
    doubtful = study.cohort.orders.filter(pl.col("reason").is_not_null())
    within = doubtful.join(data.arrests, on="subject_id").filter(
        pl.col("arrested_on").is_between("from_day", "to_day", closed="left")
    )
    return within.group_by("arrest_id").agg(left_out=pl.col("reason").sort().first())


def _outcome() -> pl.Expr:
    is_not_counted = pl.col("times") == 0
    return (
        pl.when(pl.col("times").is_null())
        .then(pl.lit(ABSENT))
        .when(is_not_counted & ~pl.col("is_known"))
        .then(pl.lit(NOBODY))
        .when(is_not_counted & pl.col("left_out").is_not_null())
        .then(LEFT_OUT + pl.col("left_out"))
        .when(is_not_counted)
        .then(pl.lit(OTHER_DAY))
        .when(pl.col("was_after").list.contains(~pl.col("is_after")))
        .then(pl.lit(OTHER_SIDE))
        .when(pl.col("times") > 1)
        .then(pl.lit(TWICE))
        .otherwise(pl.lit(RIGHT))
    )


def count_outcomes(traced: pl.DataFrame) -> pl.DataFrame:
    """`outcome`, `before`, `after`: how many true arrests came to what."""
    return (
        traced.group_by("outcome")
        .agg(before=(~pl.col("is_after")).sum().cast(pl.Int64), after=pl.col("is_after").sum().cast(pl.Int64))
        .sort("before", "outcome", descending=[True, False])
    )
