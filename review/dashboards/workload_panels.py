"""The stewards' work: what is open, how old and whose, and what was decided of late.

Belongs here: the figures of that page. Does not: where items stand (`review.queue.item_states`), what a decision is
(`ledger.decisions`).

Throughput is counted from decisions and judgements alone. The audit log is kept for other ends, and may not be used
to watch people at work: Data Protection Act 2018 s.62(4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

import altair as alt
import polars as pl

from expectations.workload import PACE_DAYS
from ledger.decisions.decidable import Present
from ledger.decisions.in_force import fold
from ledger.decisions.kinds import DECISION_REASON, KINDS_WITH_REASONS
from ledger.desk.desk_tables import VERDICTS
from ledger.desk.proposals import Proposal, read_proposals
from matching.engine.charts import BLUE
from reconciliation.redirects import follow_orders
from review.access.visible_release import VisibleRelease
from review.dashboards.panels import Panel, PanelCell, panel_table, percent
from review.dashboards.picture_store import PictureStore
from review.deciding.visible_subject import NotVisibleError, visible_subject
from review.desk import Desk, WholeRelease, decidable_night
from review.item.titles import KIND_TITLES, SEVERITY_TITLES, format_day
from review.queue.facets import FACET, NOBODY, STATES, TO_DO
from warehouse.codes import SEVERITIES
from warehouse.tables.register import QUEUE_KINDS
from warehouse.wording import count_words


@dataclass(frozen=True)
class Age:
    """A span of ages of items, both ends included, in days."""

    title: str
    least: int
    most: int

    @property
    def holds(self) -> pl.Expr:
        """Whether an item is of that age."""
        return pl.col("age_days").is_between(self.least, self.most)


AGES: Final = (
    Age("New", 0, 0),
    Age("1 to 7 days", 1, 7),
    Age("8 to 30 days", 8, 30),
    Age("31 to 90 days", 31, 90),
    Age("Over 90 days", 91, 1_000_000),
)


@dataclass(frozen=True, eq=False)
class RecentDecisions:
    """What was decided, as far as a user may see it.

    Attributes:
        decisions: `fold` of the decisions, without those that take others back.
        proposals: what was put before a second steward.
    """

    decisions: pl.DataFrame
    proposals: Sequence[Proposal]


def open_panels(items: pl.DataFrame, pictures: PictureStore, *, forces: frozenset[str] | None) -> tuple[Panel, ...]:
    """What is open of the items to settle."""
    to_settle = items.filter(pl.col("stream") == "settle")
    to_do = to_settle.filter(pl.col("state").is_in(TO_DO))
    return (_by_age(to_do, pictures, forces), _by_assignee(to_do), _by_kind(to_do), _by_state(to_settle))


def read_recent_decisions(desk: Desk, visible: VisibleRelease) -> RecentDecisions:
    """The decisions and proposals on orders that a user sees."""
    decisions, proposals = desk.ledger.read(), read_proposals(desk.database)
    folded = fold(decisions).filter(pl.col("kind") != "undo")
    seen = visible.visible_orders()
    if seen is None:
        return RecentDecisions(folded, proposals)
    whole = desk.whole_release()
    shown = [proposal for proposal in proposals if _is_seen(proposal, decisions, whole, visible.forces)]
    return RecentDecisions(
        folded.join(_seen_decisions(folded, decidable_night(whole), seen), on="decision_id", how="semi"), shown
    )


def decided_panels(
    done: RecentDecisions, pictures: PictureStore, *, today: date, forces: frozenset[str] | None, by_steward: bool
) -> tuple[Panel, ...]:
    """What was decided of late."""
    first = first_day(today)
    lately = decided_lately(done, today=today)
    own = (_by_steward(lately),) if by_steward else ()
    looks = _second_looks(done.proposals, first)
    return (_by_day(lately, first, pictures, forces), *own, _unsettled(done.decisions), looks)


def first_day(today: date) -> date:
    """The first of the last weeks."""
    return today - timedelta(days=PACE_DAYS - 1)


def decided_lately(done: RecentDecisions, *, today: date) -> pl.DataFrame:
    """The decisions of the last weeks, with their `day`."""
    is_lately = pl.col("day").is_between(first_day(today), today)
    return done.decisions.with_columns(day=pl.col("decided_at").dt.date()).filter(is_lately)


def _by_age(to_do: pl.DataFrame, pictures: PictureStore, forces: frozenset[str] | None) -> Panel:
    counts = _count(to_do, [age.holds for age in AGES])
    by_severity = [_count(to_do.filter(pl.col("severity") == name), [age.holds for age in AGES]) for name in SEVERITIES]
    rows = [
        (age.title, count, *(of[at] for of in by_severity))
        for at, (age, count) in enumerate(zip(AGES, counts, strict=True))
    ]
    headings = ["Age", "Items", *(f"{SEVERITY_TITLES[name]} severity" for name in SEVERITIES)]
    oldest = to_do.get_column("age_days").max()
    summary = f"{count_words(to_do.height, 'item waits', 'items wait')} to be decided." + (
        f" The oldest is {count_words(int(str(oldest)), 'day', 'days')} old." if oldest else ""
    )
    drawn = pl.DataFrame({"age": [age.title for age in AGES], "items": counts})
    picture = pictures.add(
        _bars(drawn, "age", "items", sideways=True), "Bars: items to be decided, by age.", forces=forces
    )
    return Panel(
        "age", "Open items by age", summary, panel_table("Items to be decided, by age", headings, rows), picture
    )


def _by_assignee(to_do: pl.DataFrame) -> Panel:
    ages = [age.holds.sum().cast(pl.Int64).alias(age.title) for age in AGES]
    grouped = to_do.group_by("assignee").agg(pl.len().cast(pl.Int64).alias("items"), *ages)
    listed = grouped.sort(pl.col("assignee") != NOBODY, "assignee")
    rows = [
        (PanelCell(FACET["assignee"].words(name), f"/queue?{urlencode({'assignee': name})}"), *counts)
        for name, *counts in listed.iter_rows()
    ]
    if not rows:
        return Panel("owner", "Open items by owner", "Nothing is open.")
    headings = ["Assigned to", "Items", *(age.title for age in AGES)]
    summary = "Who has been given what, and for how long it has been open."
    return Panel("owner", "Open items by owner", summary, panel_table("Items to be decided, by owner", headings, rows))


def _by_kind(to_do: pl.DataFrame) -> Panel:
    rows = []
    for kind in QUEUE_KINDS:
        counts = _count(to_do.filter(pl.col("kind") == kind), [pl.col("severity") == name for name in SEVERITIES])
        rows.append((PanelCell(KIND_TITLES[kind], f"/queue?{urlencode({'kind': kind})}"), sum(counts), *counts))
    headings = ["Kind", "Items", *(f"{SEVERITY_TITLES[name]} severity" for name in SEVERITIES)]
    summary = "Each kind leads to its items in the queue."
    return Panel("kind", "Open items by kind", summary, panel_table("Items to be decided, by kind", headings, rows))


def _by_state(items: pl.DataFrame) -> Panel:
    counts = _count(items, [pl.col("state") == state for state in STATES])
    rows = [
        (PanelCell(words, f"/queue?{urlencode({'state': state})}"), count)
        for (state, words), count in zip(STATES.items(), counts, strict=True)
    ]
    summary = "Where all items to settle are now."
    return Panel("state", "All items by state", summary, panel_table("Items by state", ["State", "Items"], rows))


def _by_day(lately: pl.DataFrame, first: date, pictures: PictureStore, forces: frozenset[str] | None) -> Panel:
    if lately.is_empty():
        return Panel("days", "Decisions by day", f"Nothing was decided in the last {PACE_DAYS} days.")
    counts = dict(lately.group_by("day").len().iter_rows())
    days = [first + timedelta(days=at) for at in range(PACE_DAYS)]
    undone = lately.filter(pl.col("ended_as") == "undone").height
    summary = (
        f"{count_words(lately.height, 'decision', 'decisions')} in the last {PACE_DAYS} days, of which "
        f"{_share(undone, lately.height)} taken back since. Counted from the decisions themselves; what people look at "
        "is logged, but not for this."
    )
    drawn = pl.DataFrame({"day": [f"{day:%-d %b}" for day in days], "decisions": [counts.get(day, 0) for day in days]})
    picture = pictures.add(_bars(drawn, "day", "decisions"), "Bars: decisions on each day.", forces=forces)
    sheet = panel_table(
        "Decisions by day", ["Day", "Decisions"], ((format_day(day), counts.get(day, 0)) for day in days)
    )
    return Panel("days", "Decisions by day", summary, sheet, picture, is_folded=True)


def _by_steward(lately: pl.DataFrame) -> Panel:
    together = (pl.len().over("batch_id") > 1) & pl.col("batch_id").is_not_null()
    totals = (
        lately.with_columns(is_together=together)
        .group_by("decided_by")
        .agg(
            total=pl.len().cast(pl.Int64),
            days=pl.col("day").n_unique().cast(pl.Int64),
            together=pl.col("is_together").sum().cast(pl.Int64),
            undone=(pl.col("ended_as") == "undone").sum().cast(pl.Int64),
            replaced=(pl.col("ended_as") == "superseded").sum().cast(pl.Int64),
        )
        .sort("decided_by")
    )
    rows = [
        (name, total, f"{total / days:.1f}", many, _share(undone, total), _share(replaced, total))
        for name, total, days, many, undone, replaced in totals.iter_rows()
    ]
    if not rows:
        return Panel("stewards", "Decisions by steward", "No decisions were made.")
    headings = ["Steward", "Decisions", "On a day of work", "Taken many at once", "Taken back since", "Replaced since"]
    summary = f"The last {PACE_DAYS} days. A day of work is one with a decision. Few are quick: hard cases take longer."
    return Panel("stewards", "Decisions by steward", summary, panel_table("Decisions by steward", headings, rows))


def _unsettled(decisions: pl.DataFrame) -> Panel:
    """What nobody could say, by what would settle it."""
    standing = decisions.filter(pl.col("kind").is_in(KINDS_WITH_REASONS), pl.col("ended_as").is_null())
    counts = standing.group_by("reason_code").agg(number=pl.len().cast(pl.Int64)).sort("reason_code")
    rows = [(DECISION_REASON[code].title, number) for code, number in counts.iter_rows()]
    said = f"{count_words(standing.height, 'question waits', 'questions wait')} for other evidence."
    table = panel_table("Not clear from this", ["What would settle it", "Questions"], rows) if rows else None
    return Panel("unsettled", "Not clear from this", said, table)


def _second_looks(proposals: Sequence[Proposal], first: date) -> Panel:
    waiting = [proposal for proposal in proposals if proposal.waits]
    judged = [proposal for proposal in proposals if proposal.judged_at and proposal.judged_at.date() >= first]
    rows = [("Waiting now", len(waiting))]
    rows += [
        (
            f"{verdict.capitalize()} in the last {PACE_DAYS} days",
            sum(proposal.verdict == verdict for proposal in judged),
        )
        for verdict in VERDICTS
    ]
    oldest = min((proposal.proposed_at for proposal in waiting), default=None)
    summary = (
        f"The oldest that waits was proposed on {format_day(oldest.date())}."
        if oldest
        else "There is nothing to approve."
    )
    return Panel("looks", "Second looks", summary, panel_table("Proposals", ["Proposals", "Number"], rows))


def _is_seen(proposal: Proposal, decisions: pl.DataFrame, whole: WholeRelease, forces: frozenset[str] | None) -> bool:
    try:
        visible_subject([draft for draft, _ in proposal.requests], decisions, whole, forces)
    except NotVisibleError:
        return False
    return True


def _seen_decisions(decisions: pl.DataFrame, present: Present, seen: pl.Series) -> pl.DataFrame:
    """`decision_id` of those whose orders exist and are all visible: `visible_subject` for many decisions."""
    went = follow_orders(decisions["order_id"], present.orders["order_id"], present.redirects)
    named = decisions.select("decision_id", "order_id").join(went, on="order_id").select("decision_id", "order_now")
    held = present.records.select("record_id", handle="handle").join(
        present.owners.select("record_id", order_now="order_id"), on="record_id"
    )
    by_record = [
        decisions.select("decision_id", handle=side).join(held, on="handle").select("decision_id", "order_now")
        for side in ("left_handle", "right_handle")
    ]
    places = pl.concat([named, *by_record]).drop_nulls()
    is_seen = pl.col("order_now").is_in(seen.implode())
    return places.group_by("decision_id").agg(is_seen=is_seen.all()).filter("is_seen").select("decision_id")


def _count(frame: pl.DataFrame, conditions: Sequence[pl.Expr]) -> list[int]:
    """How many rows meet each of the conditions."""
    named = [condition.sum().cast(pl.Int64).alias(f"{at}") for at, condition in enumerate(conditions)]
    return list(frame.select(named).row(0))


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({percent(part / whole)})"


def _bars(drawn: pl.DataFrame, category: str, number: str, *, sideways: bool = False) -> alt.TopLevelMixin:
    whole = alt.Axis(tickMinStep=1, format="d")
    if sideways:
        base = alt.Chart(drawn).encode(y=alt.Y(f"{category}:N", title=None, sort=None))
        bars = base.mark_bar(color=BLUE).encode(x=alt.X(f"{number}:Q", title=number, axis=whole))
        texts = base.mark_text(align="left", dx=4).encode(x=f"{number}:Q", text=f"{number}:Q")
        return alt.layer(bars, texts).properties(width=420, height=alt.Step(28))
    base = alt.Chart(drawn).encode(x=alt.X(f"{category}:N", title=None, sort=None, axis=alt.Axis(labelAngle=-45)))
    bars = base.mark_bar(color=BLUE).encode(y=alt.Y(f"{number}:Q", title=number, axis=whole))
    return alt.layer(bars).properties(width=560, height=200)
