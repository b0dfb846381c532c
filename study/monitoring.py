"""Who is bound today, counted by nation, region and force: what has to be watched, and whether the systems hold it.

Belongs here: the counts, for the desk and the report of a night. Does not: the status in law (`reconciliation.law`),
how counts are shown.

What may be in force is counted as in force.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from reconciliation.law import counts_as_in_force
from warehouse.codes import reference
from warehouse.sources import POLICE_SOURCES

SPANS: Final = (30, 60, 90)
UNRECORDED_BREACH: Final = "Q-BREACH"
"""The rule that finds an arrest for breach of an order for which no source records a breach."""
NOT_KNOWN: Final = "Not known"
NO_UNIT: Final = "No regional unit"
"""The region of a force of Scotland, of Northern Ireland, or of all of Great Britain."""
SCOPES: Final = {"nation": "nation", "region": "region", "force": "force_name"}
"""By what is counted, and the column that says it."""
LENGTHS: Final = {
    "orders": "In force",
    "in_doubt": "Of which in doubt",
    **{f"within_{days}": f"End within {days} days" for days in SPANS},
    "no_last_day": "No last day known",
    "interim": "Interim, no outcome",
}
"""How many are in force and how long they bind, with headings; later columns of days hold the earlier ones."""
WATCHED: Final = {
    "travel_bans": "With a travel ban",
    "to_notify": "Must notify",
    "county_lines": "County lines",
    "lines_unknown": "County lines not known",
    "breached": "Recorded breach",
    "unrecorded": "Arrest for breach, none recorded",
    "off_police": "In no police system",
}
"""What else is counted of them."""


@dataclass(frozen=True, eq=False)
class Monitoring:
    """The orders in force, or perhaps, with what is to be watched.

    Attributes:
        as_of: the night from which days are counted.
        orders: rows of `orders` with `region`, and `days_left`, `has_travel_ban`, `must_notify`,
            `has_unrecorded_breach`, `is_off_police` (no police system holds it).
    """

    as_of: date
    orders: pl.DataFrame

    def count(self, scope: str) -> pl.DataFrame:
        """A row for each nation, region or force (`SCOPES`) with `name`, `LENGTHS` and `WATCHED`; not known last."""
        name = pl.col(SCOPES[scope]).fill_null(NOT_KNOWN).alias("name")
        counted = self.orders.group_by(name).agg(*self._counts())
        return counted.sort(pl.col("name") == NOT_KNOWN, "name")

    def _counts(self) -> list[pl.Expr]:
        days = pl.col("days_left")
        counts = {
            "orders": pl.len(),
            "in_doubt": pl.col("is_in_force_doubtful").sum(),
            **{f"within_{span}": (days <= span).sum() for span in SPANS},
            "no_last_day": days.is_null().sum(),
            "interim": pl.col("is_interim").sum(),
            "travel_bans": pl.col("has_travel_ban").sum(),
            "to_notify": pl.col("must_notify").sum(),
            "county_lines": pl.col("is_county_lines").sum(),
            "lines_unknown": pl.col("is_county_lines").is_null().sum(),
            "breached": (pl.col("breach_count") > 0).sum(),
            "unrecorded": pl.col("has_unrecorded_breach").sum(),
            "off_police": pl.col("is_off_police").sum(),
        }
        return [count.cast(pl.Int64).alias(name) for name, count in counts.items()]


def watch(table: Callable[[str], pl.DataFrame], as_of: date) -> Monitoring:
    """What is to be watched in a release.

    Args:
        table: gives a table of it by name: `orders`, `conditions`, `discrepancies`.
        as_of: its night.
    """
    binding = table("conditions").filter(pl.col("is_golden") | pl.col("is_doubtful"), ~pl.col("is_lapsed"))
    asked = table("discrepancies").filter(pl.col("rule_code") == UNRECORDED_BREACH, pl.col("state") != "resolved")
    regions = reference("regions").select(region_code="code", region="region").unique("region_code", keep="first")
    in_force = table("orders").filter(counts_as_in_force())
    orders = in_force.join(regions, on="region_code", how="left", maintain_order="left")
    held = pl.col("sources").list.set_intersection(list(POLICE_SOURCES)).list.len()
    return Monitoring(
        as_of,
        orders.with_columns(
            region=pl.coalesce("region", pl.when(pl.col("force_code").is_not_null()).then(pl.lit(NO_UNIT))),
            days_left=(pl.col("binds_until") - pl.lit(as_of)).dt.total_days(),
            has_travel_ban=_is_among(binding.filter(kind="travel")),
            must_notify=_is_among(binding.filter(kind="notification")),
            has_unrecorded_breach=_is_among(asked),
            is_off_police=held == 0,
        ),
    )


def _is_among(rows: pl.DataFrame) -> pl.Expr:
    return pl.col("order_id").is_in(rows.get_column("order_id").implode())
