"""How the night went: what came, what was wrong with it, what the register holds, what changed and why.

Belongs here: the figures of that page. Does not: how they come about (`assets`, `expectations`,
`reconciliation.release_diff`).

Rows of deliveries and expectations are of all forces together. Who sees some forces alone is shown the state of what
came for them, and the counts of their own orders.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from review.access.visible_release import VisibleRelease
from review.dashboards.panels import NONE, Panel, PanelCell, panel_table
from review.item.titles import SEVERITY_TITLES, STATE_TITLES, STATUS_TITLES, format_day, source_name, title_for
from warehouse.codes import LEGAL_STATUSES, SEVERITIES, reference
from warehouse.delivery_states import STATES
from warehouse.sources import region_of_feed
from warehouse.tables.register import CAUSES, DISCREPANCIES, STRAY_FEED
from warehouse.wording import count_words

STATE_WORDS: Final = {state.name: state.title for state in STATES}
CAUSE_WORDS: Final = {
    "source": "Source: records or deliveries",
    "steward": "Steward: a decision",
    "calendar": "Calendar: days went by",
    "model": "Model",
    "config": "Settings",
    "rule": "Rule: other code",
    "unexplained": "Unexplained, accepted by an operator",
}
CHANGE_WORDS: Final = {"added": "Orders added", "removed": "Orders removed", "changed": "Values changed"}
ROW_COUNTS: Final = ("rows_kept", "rows_quarantined", "rows_duplicate")


def night_panels(visible: VisibleRelease) -> tuple[Panel, ...]:
    """The panels of a night, as a user with these forces sees it."""
    own = () if visible.forces is not None else (_totals(visible), _expectations(visible))
    return (
        _sources(visible),
        *own,
        _orders(visible),
        _discrepancies(visible),
        _changes(visible),
    )


def state_words(visible: VisibleRelease) -> str:
    """The state of a release in a sentence."""
    release = visible.release
    is_degraded = release.state == "degraded"
    summary = "published, degraded: it rests on late or missing deliveries" if is_degraded else "published"
    follows = f" It follows {release.follows}." if release.follows else ""
    return f"The night of {format_day(release.as_of)}: {summary}.{follows}"


def _sources(visible: VisibleRelease) -> Panel:
    deliveries = visible.table("deliveries").filter(pl.col("feed") != STRAY_FEED)
    if visible.forces is not None:
        region = region_of_feed(pl.col("feed"))
        deliveries = deliveries.filter(region.is_null() | region.is_in(_regions_of(visible.forces)))
    lines = deliveries.sort("source", "feed", "dated_on", "revision", "delivery_id", nulls_last=True)
    rows = [
        (
            PanelCell(row["feed"]),
            source_name(row["source"]),
            _state(row["state"]),
            format_day(row["dated_on"]) if row["dated_on"] else NONE,
            "Yes" if row["is_used"] else "No",
            *([" ".join(row["faults"]) or NONE] if visible.forces is None else []),
        )
        for row in lines.iter_rows(named=True)
    ]
    headings = ["Feed", "Source", "State", "Dated", "Used", *(["What is wrong"] if visible.forces is None else [])]
    fresh = lines.filter(pl.col("state") == "fresh").height
    came = count_words(lines.height, "delivery is", "deliveries are")
    summary = f"{fresh} of {came} fresh. A bad delivery never replaces a good one."
    return Panel("sources", "Sources", summary, panel_table("Deliveries and their state", headings, rows))


def _totals(visible: VisibleRelease) -> Panel:
    """Rows read against what the sender declared, and what became of each."""
    came = visible.table("deliveries").filter(pl.col("state") != "missing").sort("source", "feed", "delivery_id")
    rows = [
        (
            row["delivery_id"],
            row["rows_read"],
            "None declared" if row["rows_declared"] is None else row["rows_declared"],
            *(row[part] for part in ROW_COUNTS),
            _balance(row["rows_read"], row["rows_declared"], [row[part] for part in ROW_COUNTS]),
        )
        for row in came.iter_rows(named=True)
    ]
    headings = ["Delivery", "Read", "Declared", "Kept", "Quarantined", "Repeated", "Control total"]
    quarantined, no_records = (int(came.get_column(name).sum()) for name in ("rows_quarantined", "rows_set_aside"))
    summary = (
        f"Every row read is kept, quarantined with its reason, or an exact repetition. "
        f"{count_words(quarantined, 'row is', 'rows are')} quarantined; {no_records:,} of them could be read and "
        "are not records, such as refused applications."
    )
    return Panel("totals", "Rows and control totals", summary, panel_table("Rows of each delivery", headings, rows))


def _balance(read: int, declared: int | None, parts: Sequence[int]) -> PanelCell:
    if read != sum(parts):
        return PanelCell(f"{read - sum(parts):+,} rows not accounted for", is_grave=True)
    if declared is None:
        return PanelCell("Nothing to compare it with")
    return (
        PanelCell("Agrees")
        if declared == read
        else PanelCell(f"{read - declared:+,} against the sender’s", is_grave=True)
    )


def _expectations(visible: VisibleRelease) -> Panel:
    results = visible.table("expectation_results")
    unmet = results.filter(~pl.col("is_met")).sort(
        "severity", "unexpected", "table_name", "expectation", "subject", descending=[False, True, False, False, False]
    )
    rows = [
        (
            row["table_name"],
            row["subject"],
            row["expectation"].removeprefix("expect_").replace("_", " "),
            row["severity"].capitalize(),
            row["unexpected"],
            row["evaluated"],
        )
        for row in unmet.iter_rows(named=True)
    ]
    structural = results.filter(pl.col("severity") == "structural")
    summary = (
        f"Gates: {structural.filter('is_met').height:,} of {structural.height:,} structural expectations are met. "
        f"{unmet.filter(pl.col('severity') == 'warning').height:,} of {results.height - structural.height:,} that only "
        "warn are not; the rows behind them are listed as discrepancies where they touch an order."
    )
    headings = ["Table", "About", "Expected", "Severity", "Rows against it", "Rows put to it"]
    sheet = panel_table("Expectations that were not met", headings, rows) if rows else None
    return Panel("expectations", "Gates and expectations", summary, sheet, is_folded=len(rows) > 10)


def _orders(visible: VisibleRelease) -> Panel:
    orders = visible.table("orders")
    doubted = pl.col("is_in_force_doubtful").fill_null(value=False).sum().cast(pl.Int64)
    found = orders.group_by("legal_status").agg(pl.len().cast(pl.Int64), doubted=doubted)
    counts = {status: (total, in_doubt) for status, total, in_doubt in found.iter_rows()}
    rows = [(STATUS_TITLES[status], *counts.get(status, (0, 0))) for status in LEGAL_STATUSES]
    people = count_words(orders.get_column("subject_id").n_unique(), "person", "people")
    summary = (
        f"{count_words(orders.height, 'order', 'orders')} of {people}. Orders in doubt count as in force, whatever "
        "their status."
    )
    headings = ["Status in law", "Orders", "Of which in doubt"]
    return Panel("orders", "Orders", summary, panel_table("Orders by status in law", headings, rows))


def _discrepancies(visible: VisibleRelease) -> Panel:
    found = visible.table("discrepancies")
    counts = {
        (severity, state): count for severity, state, count in found.group_by("severity", "state").len().iter_rows()
    }
    states = DISCREPANCIES.column("state").codes or ()
    rows = [(SEVERITY_TITLES[name], *(counts.get((name, state), 0) for state in states)) for name in SEVERITIES]
    headings = ["Severity", *(title_for(STATE_TITLES, state) for state in states)]
    summary = "What sources say differently, or leave out."
    return Panel(
        "discrepancies", "Discrepancies", summary, panel_table("Discrepancies by severity and state", headings, rows)
    )


def _changes(visible: VisibleRelease) -> Panel:
    title = "What changed, by cause"
    if visible.release.follows is None:
        return Panel("changes", title, "This is the first release: there is no earlier one to compare with.")
    changes = visible.table("release_changes")
    counts = {(cause, change): count for cause, change, count in changes.group_by("cause", "change").len().iter_rows()}
    rows = [(CAUSE_WORDS[cause], *(counts.get((cause, change), 0) for change in CHANGE_WORDS)) for cause in CAUSES]
    summary = f"{count_words(changes.height, 'difference', 'differences')} from {visible.release.follows}."
    if visible.forces is not None:
        summary += " Orders that are gone are not among them: whose they were is no longer shown."
    return Panel(
        "changes", title, summary, panel_table("Differences by cause", ["Cause", *CHANGE_WORDS.values()], rows)
    )


def _state(state: str) -> PanelCell:
    return PanelCell(STATE_WORDS[state], is_grave=state != "fresh")


def _regions_of(forces: frozenset[str]) -> list[str]:
    known = reference("forces").filter(pl.col("code").is_in(sorted(forces)))
    return known.get_column("region_code").drop_nulls().unique().sort().to_list()
