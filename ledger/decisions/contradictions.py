"""Decisions that can't all hold: reported, and never silently broken.

Belongs here: finding them among decisions in force. Does not: what the pipeline does about them
(`ledger.decisions.binding`).
"""

from collections.abc import Iterator

import polars as pl

from ledger.decisions.kinds import Level
from ledger.decisions.record_values import normal

CONTRADICTION = pl.Schema({"about": pl.String(), "decision_id": pl.String(), "against": pl.List(pl.String)})
"""`about` is order, person or value; `against` are the decisions that, all together, exclude `decision_id`."""

MUST: dict[Level, tuple[str, ...]] = {"order": ("same_order",), "person": ("same_order", "same_person")}
CANNOT: dict[Level, tuple[str, ...]] = {
    "order": ("different_order", "different_person"),
    "person": ("different_person",),
}
"""One order has one person: joining orders joins their persons, and separating persons separates their orders."""

Graph = dict[str, dict[str, str]]
"""For each record its neighbours, each with the decision that links the two."""


def find_contradictions(decisions: pl.DataFrame) -> pl.DataFrame:
    """Every decision in force that others exclude.

    A is B, B is C, and A is not C: the last is excluded by the first two. Two values of one field exclude each other.

    Args:
        decisions: those in force; with `order_now`, if orders were renamed since.

    Returns:
        `CONTRADICTION`, sorted.
    """
    found = [row for level in MUST for row in _excluded_pairs(decisions, level)]
    linked = pl.DataFrame(found, schema=CONTRADICTION, orient="row")
    return pl.concat([linked, _excluded_values(decisions)]).sort("about", "decision_id")


def _excluded_pairs(decisions: pl.DataFrame, level: Level) -> Iterator[tuple[str, str, list[str]]]:
    links = decisions.filter(pl.col("kind").is_in(MUST[level])).sort("decision_id")
    graph: Graph = {}
    for left, right, decision_id in links.select("left_handle", "right_handle", "decision_id").iter_rows():
        graph.setdefault(left, {}).setdefault(right, decision_id)
        graph.setdefault(right, {}).setdefault(left, decision_id)
    parted = decisions.filter(pl.col("kind").is_in(CANNOT[level])).sort("decision_id")
    for left, right, decision_id in parted.select("left_handle", "right_handle", "decision_id").iter_rows():
        between = _between(graph, left, right)
        if between:
            yield level, decision_id, between


def _between(graph: Graph, left: str, right: str) -> list[str]:
    """The decisions that link two records: all that lead from the one to the other, without dead ends."""
    reached = _reached(graph, left)
    if right not in reached:
        return []
    inner = {record: set(graph[record]) for record in reached}
    ends = [record for record, others in inner.items() if len(others) == 1 and record not in (left, right)]
    while ends:
        end = ends.pop()
        for other in inner.pop(end):
            inner[other].discard(end)
            if len(inner[other]) == 1 and other not in (left, right):
                ends.append(other)
    return sorted({graph[record][other] for record, others in inner.items() for other in others})


def _reached(graph: Graph, start: str) -> set[str]:
    reached, waiting = set[str](), [start] if start in graph else []
    while waiting:
        record = waiting.pop()
        if record not in reached:
            reached.add(record)
            waiting.extend(graph[record])
    return reached


def _excluded_values(decisions: pl.DataFrame) -> pl.DataFrame:
    place = "order_now" if "order_now" in decisions.columns else "order_id"
    values = decisions.filter((pl.col("kind") == "value") & pl.col(place).is_not_null()).select(
        "decision_id", "field", place, value=normal(pl.col("value"))
    )
    rivals = values.join(values, on=["field", place], suffix="_other").filter(pl.col("value") != pl.col("value_other"))
    return (
        rivals.group_by("decision_id")
        .agg(pl.col("decision_id_other").sort().alias("against"))
        .select(pl.lit("value").alias("about"), "decision_id", "against")
    )
