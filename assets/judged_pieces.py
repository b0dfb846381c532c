"""The judgement of a night, some thousand orders at a time, so that its memory hardly grows with the register.

Belongs here: what is worked out of the whole night first, and what is then made of each piece. Does not: the rules
(`expectations`), what looks at the night as a whole again (`assets.judgement`), Dagster.

A piece is whole orders, in the order of their ids. What rules read off other orders stands in `golden_orders` already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

import polars as pl

from expectations.discrepancies import Evidence, PresenceClock, find_discrepancies
from expectations.discrepancy_history import active_ones, close
from expectations.quality import score_sums, sum_holdings
from expectations.streams import values_at_issue, with_confidence
from ledger.decisions.binding import Closures, closures
from ledger.decisions.kinds import LEFT_OPEN
from reconciliation.confidence.contents import contents_as_values
from reconciliation.register_tables import finish_orders
from warehouse.pieces import Pieces
from warehouse.schema import Table
from warehouse.tables.register import DISCREPANCIES, ORDERS, QUALITY_SCORES

PIECE: Final = 25_000
MOST_PIECES: Final = 10
"""Fewer orders at a time take less memory, and more time in all: each piece is looked for among all rows."""
OF_ORDER: Final = "record"
"""The scope of scores of single orders."""
FOUND: Final = ("order_id", "field", "discrepancy_id", "severity", "source", "rule_code", "state", "first_seen_on")
"""What the queue is built from of a discrepancy."""
WEIGHED: Final = ("order_id", "field", "decision_id", "confidence")


@dataclass(frozen=True, eq=False)
class JudgedNight:
    """What is worked out of the night as a whole, before its orders are judged piece by piece.

    Attributes:
        scanned: what the rules look at by its name in `Evidence`.
        provenance: `FIELD_PROVENANCE`.
        golden: `golden_orders`.
        watched: `watched_sources`.
        decisions: `DECISIONS`.
        named: `name_records`; empty where nothing was decided or asked.
        redirects: of orders.
        former: `DISCREPANCIES` of the release before.
        as_of: the night.
        clock: when an order is due in a source.
    """

    scanned: Mapping[str, pl.LazyFrame]
    provenance: pl.LazyFrame
    golden: pl.DataFrame
    watched: pl.DataFrame
    decisions: pl.DataFrame
    named: pl.DataFrame
    redirects: pl.DataFrame
    former: pl.LazyFrame
    as_of: date
    clock: PresenceClock


@dataclass(frozen=True, eq=False)
class JudgedPieces:
    """What is kept of the pieces that were judged, beside the tables that they were written to.

    Attributes:
        found: `FOUND` of the discrepancies that the queue is built from.
        values: `values_at_issue`.
        closed: the discrepancies that stewards dealt with.
        answered: the values that these are about: `order_id`, `field`.
        sums: `sum_holdings` of all scopes but that of single orders.
    """

    found: pl.DataFrame
    values: pl.DataFrame
    closed: Closures
    answered: pl.DataFrame
    sums: pl.DataFrame

    @classmethod
    def together(cls, pieces: Sequence[Self]) -> Self:
        """What was kept of all pieces."""
        closed, stale, successors = (
            pl.concat(getattr(piece.closed, name) for piece in pieces) for name in ("closed", "stale", "successors")
        )
        found, values, answered, sums = (
            pl.concat(getattr(piece, name) for piece in pieces) for name in ("found", "values", "answered", "sums")
        )
        added = sums.group_by("scope", "dimension", "scope_key").agg(pl.all().sum())
        return cls(found, values, Closures(closed, stale, successors), answered, added)


def judge_pieces(
    night: JudgedNight, pieces: Pieces, *, size: int | None = None
) -> tuple[JudgedPieces, dict[Table, pl.LazyFrame]]:
    """Judge all orders, `size` at a time: by default `PIECE`, or a tenth of the night; the tables are the same.

    Returns:
        What is kept, and the tables that the pieces make: `ORDERS` and `DISCREPANCIES` (without streams), sorted by
        their keys, and the rows of `QUALITY_SCORES` about single orders. They are read from the pieces when they
        are collected.
    """
    ids = night.golden.select("order_id").sort("order_id")
    size = size or max(PIECE, -(-ids.height // MOST_PIECES))
    starts = range(0, ids.height, size)
    pieces = pieces.of(len(starts))
    kept = [_judge_piece(night, ids.slice(start, size), pieces, number) for number, start in enumerate(starts)]
    tables = {table: pieces.whole(table.name) for table in (ORDERS, QUALITY_SCORES)}
    return JudgedPieces.together(kept), tables | {DISCREPANCIES: pieces.in_order(DISCREPANCIES.name, DISCREPANCIES.key)}


def _judge_piece(night: JudgedNight, ids: pl.DataFrame, pieces: Pieces, number: int) -> JudgedPieces:
    evidence = Evidence.of_orders(night.scanned, ids)
    is_own = pl.col("order_id").is_in(ids.get_column("order_id").implode())
    former, provenance = (frame.filter(is_own).collect() for frame in (night.former, night.provenance.select(WEIGHED)))
    common: dict[str, Any] = {"as_of": night.as_of, "clock": night.clock, "golden": night.golden}
    found = find_discrepancies(evidence, former=former, **common)
    decided = closures(night.decisions, found, night.named, night.golden.get_column("order_id"), night.redirects)
    is_left_open = pl.col("kind").is_in(LEFT_OPEN)
    closed = close(
        found,
        closed=decided.closed.filter(~is_left_open).get_column("discrepancy_id"),
        stale=decided.successors,
        former=former,
        as_of=night.as_of,
    )
    active = active_ones(closed)
    sums = sum_holdings(evidence, active, watched=night.watched, with_deliveries=number == 0, **common)
    scores = score_sums(sums, [OF_ORDER])
    values = values_at_issue(pl.concat([provenance, contents_as_values(evidence.orders)], how="diagonal"), active)
    made = {
        ORDERS: finish_orders(evidence.orders, active, scores),
        DISCREPANCIES: with_confidence(closed, provenance=values, order_sources=evidence.order_sources),
        QUALITY_SCORES: scores,
    }
    for table, frame in made.items():
        pieces.write(table.name, number, frame)
    # What was referred waits for its owner, what lacks evidence for more of it: neither for a steward.
    asked = active.join(decided.closed.filter(is_left_open), on="discrepancy_id", how="anti").select(FOUND)
    answered = found.join(decided.closed, on="discrepancy_id", how="semi").select("order_id", "field").unique()
    return JudgedPieces(asked, values, decided, answered, sums.filter(pl.col("scope") != OF_ORDER))
