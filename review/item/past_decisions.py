"""What was decided on an order before: by whom, when, why, on what evidence, and whether that still stands.

Belongs here: decisions as a page shows them. Does not: reading them (`ledger.decisions.lookup`), judging their
evidence (`ledger.decisions.staleness`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import polars as pl

from ledger.decisions.decision import read_sightings
from ledger.decisions.in_force import fold
from ledger.decisions.kinds import DECISION_REASON, KIND
from ledger.decisions.staleness import (
    CHANGE,
    conflicts,
    find_successors,
    sightings,
    stale_discrepancies,
    stale_pairs,
    stale_values,
)
from reconciliation.redirects import follow_orders, follow_redirects, order_redirects
from review.item.findings import format_value
from review.item.titles import format_day, record_title, title_for, title_of_owner
from warehouse.codes import condition_label
from warehouse.tables.titles import FIELD_TITLES

Values = Mapping[str, Any]
Tables = Callable[[str], pl.DataFrame]

ENDINGS: Final = {"undone": "Taken back", "superseded": "Replaced"}
SIDES: Final = {"observed": "value found", "expected": "value expected", "order": "the order"}


@dataclass(frozen=True)
class SeenValue:
    """A value that the steward saw: of what, which field, and the value, all in words."""

    of: str
    field: str
    value: str


@dataclass(frozen=True)
class ChangedValue:
    """A value that has changed since a decision, in words."""

    of: str
    field: str
    was: str
    now: str


@dataclass(frozen=True, kw_only=True)
class DecisionSummary:
    """A decision in words, as lists show it.

    Attributes:
        ended_as: undone or superseded; None while it stands.
    """

    decision_id: str
    title: str
    about: str
    by: str
    at: datetime
    reason: str
    comment: str | None
    ended_as: str | None
    batch_id: str | None


@dataclass(frozen=True, kw_only=True)
class PastDecision(DecisionSummary):
    """A decision in words, with its evidence.

    Attributes:
        changed: what has changed since, where that makes the decision stale.
    """

    seen: tuple[SeenValue, ...]
    changed: tuple[ChangedValue, ...]
    state: str
    ended_by: str | None
    release_id: str | None


def former_ids(order_ids: list[str], redirects: pl.DataFrame) -> list[str]:
    """The ids that orders have or once had."""
    backwards = order_redirects(redirects).select(old_id="new_id", new_id="old_id")
    return follow_redirects(pl.Series(order_ids), backwards).get_column("reached").unique().sort().to_list()


def summarise_decisions(folded: pl.DataFrame) -> list[DecisionSummary]:
    """Decisions as lists show them: rows of `fold`, in the order in which they come."""
    return [DecisionSummary(**_plain_parts(row)) for row in folded.iter_rows(named=True)]


def describe_past_decisions(decisions: pl.DataFrame, table: Tables, *, as_of: date) -> tuple[PastDecision, ...]:
    """Decisions in words, the latest first."""
    if decisions.is_empty():
        return ()
    folded = fold(decisions)
    digests = table("record_digests").filter(
        pl.col("kind") == "order", pl.col("handle").is_in(sightings(folded).get_column("of").implode())
    )
    names = dict(digests.select("handle", "record_id").iter_rows())
    changes = _changes(folded.filter(pl.col("ended_by").is_null()), table)
    shown = [
        _decided(row, names, [change for change in changes if change["decision_id"] == row["decision_id"]], as_of)
        for row in folded.iter_rows(named=True)
        if KIND[row["kind"]].about != "decision"
    ]
    return tuple(reversed(shown))


def _decided(row: Values, names: Mapping[str, str], changes: list[Values], as_of: date) -> PastDecision:
    seen = tuple(
        SeenValue(
            _of(sight.of, names),
            title_for(FIELD_TITLES, sight.field),
            format_value(sight.field, sight.value) or "nothing",
        )
        for sight in read_sightings(row["seen"])
    )
    return PastDecision(
        **_plain_parts(row),
        seen=seen,
        changed=tuple(describe_changed_value(change, names) for change in changes),
        state=_state(row, has_changed=bool(changes), as_of=as_of),
        ended_by=row["ended_by"],
        release_id=row["release_id"],
    )


def _plain_parts(row: Values) -> dict[str, Any]:
    """The parts of `DecisionSummary`, from a row of `fold`."""
    return {
        "decision_id": row["decision_id"],
        "title": KIND[row["kind"]].title.capitalize(),
        "about": describe_subject(row) if KIND[row["kind"]].about != "decision" else "",
        "by": row["decided_by"],
        "at": row["decided_at"],
        "reason": DECISION_REASON[row["reason_code"]].title,
        "comment": row["comment"],
        "ended_as": row["ended_as"],
        "batch_id": row["batch_id"],
    }


def describe_subject(row: Values) -> str:
    """What a decision is on, in words: of a row of `DECISIONS`, or of `Draft.about`."""
    if KIND[row["kind"]].about == "pair":
        return f"{record_title(row['left_record_id'])} and {record_title(row['right_record_id'])}"
    if row["kind"] == "wording":
        wordings = " / ".join(f"“{sight.value}”" for sight in read_sightings(row["seen"]))
        return f"{condition_label(row['value'])}: {wordings}"
    field = title_for(FIELD_TITLES, row["field"])
    if row["kind"] == "value":
        return f"{field}: {format_value(row['field'], row['value'])}"
    whose = f" of {record_title(row['left_record_id'])}" if row["left_record_id"] else ""
    until = f", until {format_day(row['accepted_until'])}" if row["accepted_until"] else ""
    owner = f", to {title_of_owner(row['referred_to'])}" if row["referred_to"] else ""
    return f"{field}{whose}{until}{owner}"


def _state(row: Values, *, has_changed: bool, as_of: date) -> str:
    if row["ended_as"]:
        return ENDINGS[row["ended_as"]]
    if row["accepted_until"] and row["accepted_until"] < as_of:
        return "Run out"
    return "Stale: its evidence has changed" if has_changed else "In force"


def describe_changed_value(change: Values, names: Mapping[str, str]) -> ChangedValue:
    """A change in words: `of`, `field`, `was`, `now`; `names` gives the id of a record by its handle."""
    field = change["field"]
    was, now = (format_value(field, change[side]) or "nothing" for side in ("was", "now"))
    return ChangedValue(_of(change["of"], names), title_for(FIELD_TITLES, field), was, now)


def _of(of: str, names: Mapping[str, str]) -> str:
    """Whose value it is: a record by its handle, or a side of a discrepancy."""
    if of in SIDES:
        return SIDES[of]
    return record_title(names[of]) if of in names else "a record that did not come tonight"


def _changes(standing: pl.DataFrame, table: Tables) -> Sequence[Values]:
    """What has changed since decisions that stand, as rows of `CHANGE`."""
    redirects = order_redirects(table("id_redirects"))
    owners = table("order_sources").select("order_id", "record_id")
    handles = table("record_digests").filter(pl.col("kind") == "order").select("record_id", "handle")
    orders = table("orders").get_column("order_id")
    placed = standing.join(follow_orders(standing.get_column("order_id"), orders, redirects), on="order_id", how="left")
    own_orders = placed.get_column("order_now").drop_nulls().unique()
    named = handles.filter(
        pl.col("handle").is_in(pl.concat([standing["left_handle"], standing["right_handle"]]).implode())
        | pl.col("record_id").is_in(
            owners.filter(pl.col("order_id").is_in(own_orders.implode()))["record_id"].implode()
        )
    )
    records = table("source_records").join(named, on="record_id")
    found = table("discrepancies").filter(pl.col("order_id").is_in(own_orders.implode()))
    is_found = pl.col("resolved_by").is_null() | (pl.col("resolved_by") == "steward")
    changes = pl.concat(
        [
            stale_pairs(standing, records),
            stale_values(standing, records, owners, redirects),
            stale_discrepancies(find_successors(placed, conflicts(found.filter(is_found), named))),
        ]
    )
    return changes.select(*CHANGE).to_dicts()
