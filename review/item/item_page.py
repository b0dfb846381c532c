"""Everything that the page of an order, or of an item of the queue, shows.

Belongs here: bringing the parts together. Does not: any part, or who may see it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from reconciliation.law import OPEN_END
from review.item.comparison import ComparisonSide, OrderComparison, compare
from review.item.condition_table import ConditionTable, compare_conditions
from review.item.doubts import Doubts
from review.item.findings import Finding, describe_findings, disputed_values
from review.item.past_decisions import PastDecision, former_ids
from review.item.provenance import ValueOrigin, describe_origins
from review.item.queue_reason import QueueReason, describe_reason
from review.item.related_orders import (
    Arrests,
    RelatedOrder,
    describe_related_orders,
    near_ids_of,
    person_name,
    sum_up_arrests,
)
from review.item.timeline import Timeline, draw_timeline, order_kind
from review.item.titles import STATUS_TITLES, format_day
from review.item.waterfall import PairChoice, PairWaterfall, draw_waterfall, list_pairs
from warehouse.sources import SOURCE_NAMES
from warehouse.tables.register import CONDITION_TEXTS, UNCODED_CONDITIONS
from warehouse.tables.release import NEAR_PAIRS

Values = Mapping[str, Any]
Tables = Callable[[str], pl.DataFrame]


class OrderNotInReleaseError(LookupError):
    """The release has no such order."""


@dataclass(frozen=True)
class OrderView:
    """One of the orders that the page is about."""

    order: Values
    kind: str
    person: str
    born: str | None
    status: str
    disputed_ends: str
    other_names: tuple[str, ...]
    findings: tuple[Finding, ...]
    choices: tuple[ValueOrigin, ...]
    arrests: Arrests

    @property
    def order_id(self) -> str:
        """Its id."""
        return str(self.order["order_id"])


@dataclass(frozen=True)
class ItemPage:
    """What the page shows.

    Attributes:
        item: the row of `review_queue`; None if the order was asked for by its id.
        reason: why the item is in the queue.
        orders: the order, or the two that may be one.
        comparison: their records side by side.
        pairs: pairs of records whose weights can be looked at.
        waterfall: the weights of one of them.
        conditions: their conditions as a set.
        timeline: the orders of the person along time.
        near: other orders that bear on them.
        decided: what was decided before; None while the ledger is down.
        record_ids: all records that are shown.
    """

    item: Values | None
    reason: QueueReason | None
    orders: tuple[OrderView, ...]
    comparison: OrderComparison
    pairs: tuple[PairChoice, ...]
    waterfall: PairWaterfall | None
    conditions: ConditionTable
    timeline: Timeline
    near: tuple[RelatedOrder, ...]
    decided: tuple[PastDecision, ...] | None
    record_ids: tuple[str, ...]

    @property
    def shown_orders(self) -> tuple[str, ...]:
        """All orders of which something is shown."""
        return tuple(sorted({*(view.order_id for view in self.orders), *(near.order_id for near in self.near)}))

    @property
    def is_of_two(self) -> bool:
        """Two orders are compared."""
        return len(self.orders) > 1

    @property
    def unweighed(self) -> PairChoice | None:
        """The two records that the item asks about, where the release keeps no weights of them."""
        if self.item is None or not self.item.get("left_record_id"):
            return None
        asked = PairChoice(self.item["left_record_id"], self.item["right_record_id"])
        known = ({pair.left_id, pair.right_id} for pair in self.pairs)
        return None if {asked.left_id, asked.right_id} in known else asked


def decision_keys(order_ids: Sequence[str], table: Tables) -> tuple[list[str], list[str]]:
    """What decisions on orders are looked up by: the ids that they have or had, and the handles of their records."""
    records = _rows(table("order_sources"), order_ids).get_column("record_id").to_list()
    digests = table("record_digests").filter(pl.col("kind") == "order", pl.col("record_id").is_in(records))
    return former_ids(list(order_ids), table("id_redirects")), digests.get_column("handle").to_list()


def build_page(
    order_ids: Sequence[str],
    table: Tables,
    *,
    as_of: date,
    item: Values | None = None,
    decided: tuple[PastDecision, ...] | None = None,
    pair: str | None = None,
    full_texts: pl.DataFrame | None = None,
    doubts: Doubts = MappingProxyType({}),
) -> ItemPage:
    """Bring together what a page shows.

    Args:
        order_ids: the order, or the two of a near match.
        table: the tables of the release by name, as far as the viewer sees them.
        as_of: the day of the release.
        item: the row of `review_queue`, if the page is of an item.
        decided: what was decided on these orders before; None: the ledger could not be read.
        pair: the pair of records whose weights are shown, as `PairChoice.key`; None: the one that the item is about,
            or the first.
        full_texts: `CONDITION_TEXTS` that the viewer may read; None: none.
        doubts: why golden values may be wrong.

    Raises:
        OrderNotInReleaseError: the release has no such order.
    """
    orders = _orders(table("orders"), order_ids)
    subjects = sorted({order["subject_id"] for order in orders})
    sides = [_side(order, table, doubts) for order in orders]
    records = [record for side in sides for record in side.records]
    others = _other_orders(orders, subjects, table)
    of_person = [*orders, *(other for other in others if other["subject_id"] in subjects)]
    conditions = _with_full_texts(
        _rows(table("conditions"), [order["order_id"] for order in of_person]),
        CONDITION_TEXTS.empty() if full_texts is None else full_texts,
    ).to_dicts()
    pairs = _pairs(order_ids, table)
    return ItemPage(
        item=item,
        reason=describe_reason(item) if item else None,
        orders=tuple(_view(side, table) for side in sides),
        comparison=compare(sides),
        pairs=list_pairs(pairs),
        waterfall=_waterfall(pairs, pair or _pair_of(item), records),
        conditions=compare_conditions(
            orders,
            [row for row in conditions if row["order_id"] in order_ids],
            _rows(UNCODED_CONDITIONS.of_release(table), order_ids).to_dicts(),
        ),
        timeline=draw_timeline(of_person, conditions, records, as_of=as_of),
        near=describe_related_orders(orders[0], others, near_ids_of(orders[0]["order_id"], table("review_queue"))),
        decided=decided,
        record_ids=tuple(record["record_id"] for record in records),
    )


def _with_full_texts(conditions: pl.DataFrame, full_texts: pl.DataFrame) -> pl.DataFrame:
    """Conditions, those that name people in the full wording where the viewer may read it."""
    return conditions.join(
        full_texts, on=["order_id", "condition_code"], how="left", maintain_order="left"
    ).with_columns(pl.coalesce("full_text", "text").alias("text"))


def _orders(orders: pl.DataFrame, order_ids: Sequence[str]) -> list[dict[str, Any]]:
    found = {row["order_id"]: row for row in _rows(orders, order_ids).iter_rows(named=True)}
    missing = [order_id for order_id in order_ids if order_id not in found]
    if missing:
        raise OrderNotInReleaseError(f"the release has no order {', '.join(missing)}")
    return [found[order_id] for order_id in order_ids]


def _rows(frame: pl.DataFrame, order_ids: Sequence[str]) -> pl.DataFrame:
    return frame.filter(pl.col("order_id").is_in(list(order_ids)))


def _side(order: Values, table: Tables, doubts: Doubts) -> ComparisonSide:
    placed = _rows(table("order_sources"), [order["order_id"]]).select(
        "is_duplicate", "is_amended", "is_dropped", "order_id", "record_id"
    )
    of_order = pl.col("record_id").is_in(placed.get_column("record_id").implode())
    records = table("source_records").filter(of_order).join(placed, on="record_id")
    ranked = records.sort(pl.col("source").replace_strict(SOURCE_NAMES, range(len(SOURCE_NAMES))), "record_id")
    found = _rows(table("discrepancies"), [order["order_id"]]).to_dicts()
    chosen = _rows(table("field_provenance"), [order["order_id"]]).to_dicts()
    return ComparisonSide(
        order,
        ranked.to_dicts(),
        {row["field"]: row for row in chosen},
        disputed_values(found),
        {field: doubt for (of, field), doubt in doubts.items() if of == order["order_id"]},
        frozenset(row["field"] for row in found if row["state"] != "resolved"),
    )


def _view(side: ComparisonSide, table: Tables) -> OrderView:
    order = side.order
    of_subject = pl.col("subject_id") == order["subject_id"]
    subject = table("subjects").filter(of_subject)
    return OrderView(
        order=order,
        kind=order_kind(order),
        person=person_name(order),
        born=format_day(order["date_of_birth"]) if order["date_of_birth"] else None,
        status=STATUS_TITLES[order["legal_status"]],
        disputed_ends=", ".join(map(_end_words, order["disputed_ends"] or ())),
        other_names=tuple(subject.item(0, "other_names")) if subject.height else (),
        findings=describe_findings(_rows(table("discrepancies"), [order["order_id"]]).to_dicts()),
        choices=describe_origins(list(side.provenance.values())),
        arrests=sum_up_arrests(table("arrests").filter(of_subject), side.records),
    )


def _end_words(end: str) -> str:
    return end if end == OPEN_END else format_day(date.fromisoformat(end))


def _other_orders(orders: Sequence[Values], subjects: Sequence[str], table: Tables) -> list[dict[str, Any]]:
    """Orders of the same persons, and orders that may be the same."""
    own = [order["order_id"] for order in orders]
    near = [near_id for order_id in own for near_id in near_ids_of(order_id, table("review_queue"))]
    bears = pl.col("subject_id").is_in(list(subjects)) | pl.col("order_id").is_in(near)
    return table("orders").filter(bears & ~pl.col("order_id").is_in(own)).sort("order_id").to_dicts()


def _pairs(order_ids: Sequence[str], table: Tables) -> list[dict[str, Any]]:
    """The pairs of records that were compared: between two orders, the strongest first; within each the weakest.

    Where records of two orders speak most for each other they may have to be put together; where those of one order
    speak least for each other it may have to come apart.
    """
    within = _rows(table("order_pairs"), order_ids).sort("match_weight", "left_id", "right_id").to_dicts()
    if len(order_ids) == 1:
        return within
    near_pairs = NEAR_PAIRS.of_release(table)
    low, high = sorted(order_ids)
    is_between = (pl.col("order_id") == low) & (pl.col("other_order_id") == high)
    between = near_pairs.filter(is_between).sort("match_weight", "left_id", "right_id", descending=[True, False, False])
    return [*between.to_dicts(), *within]


def _pair_of(item: Values | None) -> str | None:
    """The pair of records that an item is about, if it is about one."""
    if item is None or item.get("left_record_id") is None:
        return None
    return f"{item['left_record_id']}|{item['right_record_id']}"


def _waterfall(pairs: Sequence[Values], chosen: str | None, records: Sequence[Values]) -> PairWaterfall | None:
    """The weights of the pair that was asked for, or of the first."""
    named = {*(chosen or "").split("|")}
    asked = [pair for pair in pairs if {pair["left_id"], pair["right_id"]} == named]
    shown = next(iter(asked or pairs), None)
    return draw_waterfall(shown, {record["record_id"]: record for record in records}) if shown else None
