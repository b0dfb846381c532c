"""Orders in force that end within the next 90 days.

Belongs here: which they are, what is shown with them, and the picture of them. Does not: the status in law
(`reconciliation.law`).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import altair as alt
import polars as pl

from matching.engine.charts import BLUE
from review.access.visible_release import VisibleRelease
from review.dashboards.panels import NONE, Panel, PanelCell, panel_table
from review.dashboards.picture_store import PictureStore
from review.item.titles import format_day, status_words, title_of
from review.item.value_marks import show_hidden
from review.queue.facets import NOT_KNOWN
from study.monitoring import SPANS
from warehouse.wording import count_words

AHEAD_DAYS: Final = 90
WEEK: Final = 7
PAGE_LENGTH: Final = 100
ENDS: Final = ("end_on", "term_months", "is_until_further_order")
"""Fields whose discrepancies leave open when an order ends."""
BINDING: Final = ("live", "not_started")


@dataclass(frozen=True, eq=False)
class Expiries:
    """The orders that end soon, as a user sees them.

    Attributes:
        as_of: the night from which the days are counted.
        orders: their rows of `orders` with `days` (to the last day) and `is_disputed` (sources differ on the end), by
            last day and id.
    """

    as_of: date
    orders: pl.DataFrame

    @property
    def forces(self) -> dict[str, int]:
        """How many of them each force holds."""
        held = self.orders.group_by(pl.col("force_code").fill_null(NOT_KNOWN)).len()
        return dict(held.sort("force_code").iter_rows())

    def of_force(self, code: str | None) -> "Expiries":
        """The expiries of a force; all of them if none is named."""
        if code is None:
            return self
        return Expiries(self.as_of, self.orders.filter(pl.col("force_code").fill_null(NOT_KNOWN) == code))


def find_expiries(visible: VisibleRelease) -> Expiries:
    """The orders that end within the next 90 days, the last day included."""
    as_of = visible.release.as_of
    disputes = visible.table("discrepancies").filter(pl.col("field").is_in(ENDS), pl.col("state") != "resolved")
    disputed = disputes.get_column("order_id").unique().implode()
    ending = visible.table("orders").filter(
        pl.col("legal_status").is_in(BINDING), pl.col("end_on").is_between(as_of, as_of + timedelta(days=AHEAD_DAYS))
    )
    dated = ending.with_columns(
        days=(pl.col("end_on") - pl.lit(as_of)).dt.total_days(), is_disputed=pl.col("order_id").is_in(disputed)
    )
    return Expiries(as_of, dated.sort("end_on", "order_id"))


def summarise_expiries(
    expiries: Expiries, pictures: PictureStore, *, forces: frozenset[str] | None
) -> tuple[Panel, ...]:
    """How many end in each week, and by force."""
    weeks = _by_week(expiries)
    summary = (
        f"{count_words(expiries.orders.height, 'order', 'orders')} in force or about to start "
        f"{'ends' if expiries.orders.height == 1 else 'end'} between {format_day(expiries.as_of)}, the night of the "
        f"release, and {format_day(expiries.as_of + timedelta(days=AHEAD_DAYS))}, by the register. Orders until "
        "further order, and interim ones without an end, are not among them."
    )
    rows = [
        (format_day(row["first_on"]), format_day(row["last_on"]), row["orders"]) for row in weeks.iter_rows(named=True)
    ]
    sheet = panel_table("Orders that end, by week", ["Week from", "To", "Orders"], rows)
    picture = pictures.add(_draw(weeks), _describe(weeks), forces=forces)
    return (Panel("weeks", "By week", summary, sheet, picture, is_folded=True), _by_force(expiries))


def list_expiries(orders: pl.DataFrame) -> Panel:
    """The orders themselves, as a table with links."""
    rows = [_line(row) for row in orders.iter_rows(named=True)]
    headings = ["Order", "Person", "Last day", "In days", "What it is", "Force", "End"]
    if not rows:
        return Panel("orders", "Orders", "No order ends within this time.")
    return Panel("orders", "Orders", "The soonest first.", panel_table("Orders that end soon", headings, rows))


def _line(order: dict[str, Any]) -> tuple[PanelCell | str | int, ...]:
    name = " ".join(show_hidden(part) for part in (order["forenames"], order["surname"]) if part)
    kind = title_of("order_type", order["order_type"]) if order["order_type"] else "Type not known"
    interim = ", interim" if order["is_interim"] else ""
    return (
        PanelCell(order["order_id"], f"/orders/{order['order_id']}"),
        name or "Name not known",
        format_day(order["end_on"]),
        order["days"],
        f"{kind}{interim}, {status_words(order).lower()}",
        order["force_name"] or "Not known",
        PanelCell("Sources differ on the end", is_grave=True) if order["is_disputed"] else NONE,
    )


def _by_force(expiries: Expiries) -> Panel:
    within = [(pl.col("days") <= days).sum().cast(pl.Int64).alias(str(days)) for days in SPANS]
    held = (
        expiries.orders.group_by("force_code")
        .agg(*within, disputed=pl.col("is_disputed").sum().cast(pl.Int64))
        .sort("force_code", nulls_last=True)
    )
    rows = [
        (
            PanelCell(
                title_of("force_code", code) if code else "Not known", f"/dashboards/expiries?force={code or NOT_KNOWN}"
            ),
            *counts,
        )
        for code, *counts in held.iter_rows()
    ]
    headings = ["Force", *(f"Within {days} days" for days in SPANS), "Of which sources differ on the end"]
    sheet = panel_table("Orders that end, by force", headings, rows) if rows else None
    return Panel("forces", "By force", "The force that holds the order; later columns hold the earlier ones.", sheet)


def _by_week(expiries: Expiries) -> pl.DataFrame:
    """`first_on`, `last_on`, `orders` of each week; the last one is cut off at the ninetieth day."""
    counts = dict(expiries.orders.group_by(week=pl.col("days") // WEEK).len().iter_rows())
    rows = [
        (
            expiries.as_of + timedelta(days=first),
            expiries.as_of + timedelta(days=min(first + WEEK - 1, AHEAD_DAYS)),
            counts.get(first // WEEK, 0),
        )
        for first in range(0, AHEAD_DAYS + 1, WEEK)
    ]
    schema = {"first_on": pl.Date, "last_on": pl.Date, "orders": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _draw(weeks: pl.DataFrame) -> alt.TopLevelMixin:
    drawn = weeks.select("orders", week=pl.col("first_on").dt.strftime("%d %b %Y").str.strip_chars_start("0"))
    ticks = alt.Axis(labelAngle=-45)
    base = alt.Chart(drawn).encode(x=alt.X("week:N", title="week from", sort=None, axis=ticks))
    whole = alt.Axis(tickMinStep=1, format="d")
    bars = base.mark_bar(color=BLUE).encode(y=alt.Y("orders:Q", title="orders", axis=whole))
    texts = base.mark_text(dy=-7).encode(y="orders:Q", text="orders:Q")
    return alt.layer(bars, texts).properties(width=520, height=220)


def _describe(weeks: pl.DataFrame) -> str:
    most = weeks.sort("orders", "first_on", descending=[True, False]).row(0, named=True)
    if not most["orders"]:
        return "Bars: orders that end in each week. None does."
    week = format_day(most["first_on"])
    return f"Bars: orders that end in each week. Most, {most['orders']:,}, end in the week from {week}."
