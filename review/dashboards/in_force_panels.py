"""Who is bound today: orders in force, what nobody knows of them, breaches, and which systems hold them.

Belongs here: the figures of that page. Does not: the status in law (`reconciliation.law`), orders that end soon
(`review.dashboards.expiry_panels`).

What may be in force is counted as in force, and the figure beside it says how much of it is in doubt.
"""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt
import polars as pl

from reconciliation.law import counts_as_in_force
from review.access.visible_release import VisibleRelease
from review.dashboards.panels import NONE, Panel, PanelCell, panel_table
from review.dashboards.picture_store import PictureStore
from review.item.titles import format_day, source_name, title_of
from study.monitoring import LENGTHS, NOT_KNOWN, SCOPES, SPANS, WATCHED, Monitoring, watch
from study.tiles import draw_shares
from warehouse.sources import SOURCE_NAMES
from warehouse.wording import count_words

LISTED_INTERIM: Final = 100


def in_force_panels(visible: VisibleRelease, pictures: PictureStore) -> tuple[Panel, ...]:
    """The panels of the orders in force on the night of the release."""
    watched = _watched(visible)
    orders = watched.orders
    return (
        _by_type(orders),
        *(_where(watched, scope) for scope in SCOPES),
        *(_what(watched, scope) for scope in SCOPES),
        _interim(orders, visible),
        _unrecorded(watched),
        _holdings(orders, pictures, visible.forces),
    )


def orders_shown(visible: VisibleRelease) -> list[str]:
    """The orders that the page lists: interim ones, and those with an arrest for breach that no source records."""
    watched = _watched(visible).orders
    listed = (_interim_orders(watched), watched.filter("has_unrecorded_breach").sort("order_id"))
    return [name for rows in listed for name in rows.head(LISTED_INTERIM).get_column("order_id")]


def describe_in_force(visible: VisibleRelease) -> str:
    """How many people are bound by how many orders, in a sentence."""
    orders = visible.table("orders").filter(counts_as_in_force())
    people = count_words(orders.get_column("subject_id").n_unique(), "person is", "people are")
    doubtful = int(orders.get_column("is_in_force_doubtful").sum())
    doubt = f" {count_words(doubtful, 'order', 'orders')} of these may have ended: nobody knows." if doubtful else ""
    return (
        f"On {format_day(visible.release.as_of)}, {people} bound by {count_words(orders.height, 'order', 'orders')}, "
        f"interim orders included.{doubt}"
    )


def _watched(visible: VisibleRelease) -> Monitoring:
    return visible.keep("watched", lambda: watch(visible.table, visible.release.as_of))


def _interim_orders(orders: pl.DataFrame) -> pl.DataFrame:
    return orders.filter("is_interim").sort("binds_from", "order_id", nulls_last=False)


def _by_type(orders: pl.DataFrame) -> Panel:
    within = [(pl.col("days_left") <= days).sum().cast(pl.Int64).alias(f"within {days}") for days in SPANS]
    counted = (
        orders.group_by("order_type", "is_interim")
        .agg(
            pl.len().cast(pl.Int64),
            pl.col("is_in_force_doubtful").sum().cast(pl.Int64),
            pl.col("binds_until").is_null().sum().cast(pl.Int64).alias("no_last_day"),
            *within,
            pl.col("has_travel_ban").sum().cast(pl.Int64),
        )
        .sort("order_type", "is_interim", nulls_last=True)
    )
    rows = [
        (f"{title_of('order_type', kind) if kind else 'Type not known'}{', interim' if interim else ''}", *counts)
        for kind, interim, *counts in counted.iter_rows()
    ]
    headings = [
        "Type",
        "In force",
        "Of which in doubt",
        "No last day known",
        *(f"End within {days} days" for days in SPANS),
        "With a travel ban in force",
    ]
    summary = "Later columns of days hold the earlier ones. The page Expiries lists the orders that end."
    return Panel("types", "By type", summary, panel_table("Orders in force, by type", headings, rows) if rows else None)


def _interim(orders: pl.DataFrame, visible: VisibleRelease) -> Panel:
    """Interim orders, the oldest first: their application is to be decided."""
    interim = _interim_orders(orders)
    rows = [_interim_line(row, visible) for row in interim.head(LISTED_INTERIM).iter_rows(named=True)]
    more = f" The {LISTED_INTERIM} oldest are shown." if interim.height > LISTED_INTERIM else ""
    found = count_words(interim.height, "interim order is", "interim orders are") if rows else "No interim order is"
    summary = f"{found} in force, or may be, with no decision on the application recorded.{more}"
    headings = ["Order", "Force", "Since", "Days", "Last day", "In doubt"]
    return Panel(
        "interim",
        "Interim orders without an outcome",
        summary,
        panel_table("Interim orders in force, the oldest first", headings, rows) if rows else None,
    )


def _interim_line(order: dict[str, Any], visible: VisibleRelease) -> tuple[PanelCell | str | int, ...]:
    since, until = order["binds_from"], order["binds_until"]
    return (
        PanelCell(order["order_id"], f"/orders/{order['order_id']}"),
        order["force_name"] or NOT_KNOWN,
        format_day(since) if since else NOT_KNOWN,
        (visible.release.as_of - since).days if since else NONE,
        format_day(until) if until else "None recorded",
        PanelCell("Nobody knows whether it is in force", is_grave=True) if order["is_in_force_doubtful"] else NONE,
    )


def _where(watched: Monitoring, scope: str) -> Panel:
    """How many orders bind, and how long, by nation, region or force."""
    title = f"By {scope}"
    return _counted(watched, scope, LENGTHS, title, "Days are counted from the night to the last day.")


def _what(watched: Monitoring, scope: str) -> Panel:
    """What else is to be watched of them."""
    words = (
        "Only regional returns record breaches and county lines: none recorded does not mean none. Where a person was "
        "arrested for a breach and no source records one, the owner is asked."
    )
    return _counted(watched, scope, WATCHED, f"To be watched, by {scope}", words)


def _counted(watched: Monitoring, scope: str, headings: Mapping[str, str], title: str, words: str) -> Panel:
    rows = watched.count(scope).select("name", *headings).iter_rows()
    sheet = panel_table(title, [scope.capitalize(), *headings.values()], rows)
    has_rows = watched.orders.height > 0
    key = title.lower().replace(" ", "-").replace(",", "")
    return Panel(key, title, words, sheet if has_rows else None, is_folded=scope == "force")


def _unrecorded(watched: Monitoring) -> Panel:
    """The orders with an arrest for breach that no source records."""
    listed = watched.orders.filter("has_unrecorded_breach").sort("order_id").head(LISTED_INTERIM)
    rows = [
        (PanelCell(order_id, f"/orders/{order_id}"), force or NOT_KNOWN)
        for order_id, force in listed.select("order_id", "force_name").iter_rows()
    ]
    sheet = panel_table("Arrests for breach without a recorded breach", ["Order", "Force"], rows) if rows else None
    summary = "The person was arrested for breach of an order, and no source records a breach of this one."
    return Panel("breaches", "Arrests for breach, none recorded", summary if rows else "There are none.", sheet)


def _holdings(orders: pl.DataFrame, pictures: PictureStore, forces: frozenset[str] | None) -> Panel:
    """Which systems hold a force's orders in force."""
    held = [pl.col("sources").list.contains(name).sum().cast(pl.Int64).alias(name) for name in SOURCE_NAMES]
    counted = (
        orders.with_columns(force=pl.col("force_name").fill_null(NOT_KNOWN))
        .group_by("force")
        .agg(pl.len().cast(pl.Int64).alias("orders"), *held)
        .sort("force")
    )
    if counted.is_empty():
        return Panel("holdings", "Which systems hold them", "No order is in force.")
    picture = pictures.add(_draw_holdings(counted), _describe_holdings(counted), forces=forces)
    headings = ["Force", "Orders in force", *(source_name(name) for name in SOURCE_NAMES)]
    summary = "An order that a system does not hold can’t be found there by an officer who stops the person."
    sheet = panel_table("Orders in force, and how many of them each system holds", headings, counted.iter_rows())
    return Panel("holdings", "Which systems hold them", summary, sheet, picture, is_folded=True)


def _draw_holdings(counted: pl.DataFrame) -> alt.TopLevelMixin:
    titled = counted.rename({name: source_name(name) for name in SOURCE_NAMES})
    shares = titled.unpivot(index=["force", "orders"], variable_name="source", value_name="held")
    drawn = shares.select("force", "source", share=pl.col("held") / pl.col("orders"))
    base = alt.Chart(drawn).encode(
        x=alt.X("source:N", title=None, sort=None, axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("force:N", title=None, axis=alt.Axis(labelLimit=320, minExtent=260)),
    )
    return draw_shares(base, figure=".0%", white_from=0.75).properties(width=360, height=alt.Step(20))


def _describe_holdings(counted: pl.DataFrame) -> str:
    total = int(counted.get_column("orders").sum())
    shares = ", ".join(f"{source_name(name)} {counted.get_column(name).sum() / total:.0%}" for name in SOURCE_NAMES)
    return f"Tiles: the share of each force’s orders in force that each system holds. All forces together: {shares}."
