"""Draws the evidence behind one order for a person at a terminal: records, waterfalls, golden values, discrepancies."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from reconciliation.explanation import Explanation, Pair, WeightStep
from warehouse.tables.core import RECORD_ID

# Bits of weight that one block of the bar stands for.
BITS_A_BLOCK = 1.5


def render(explanation: Explanation, console: Console) -> None:
    """Print why these records are one order, and where each golden value came from."""
    order = explanation.order
    if explanation.asked_for != explanation.order_id:
        console.print(f"{explanation.asked_for} now is {explanation.order_id}")
    kind = f"{'interim ' if order['is_interim'] else ''}{order['order_type'] or 'type not known'}"
    console.print(
        f"[bold]{explanation.order_id}[/]  {kind}, {order['legal_status']}, "
        f"of subject {order['subject_id']}; quality {_share(order['quality_score'])}, "
        f"confidence {_share(order['confidence'])}"
    )
    _print_chain(order, console)
    records = explanation.records.select(
        "source", "source_key", "file_name", "row_number", "match_weight", _percent("link_confidence"), "is_duplicate",
        "is_amended", "is_dropped",
    )  # fmt: skip
    _print(console, "RECORDS that are this order", records)
    _print_pairs(console, explanation.pairs)
    provenance = explanation.provenance.select(
        "field",
        "value",
        _percent("confidence"),
        RECORD_ID.alias("from"),
        "rule",
        "agreeing",
        "losing",
    )
    _print(console, "GOLDEN VALUES and where they came from", provenance)
    _print_doubts(console, explanation.doubts)
    discrepancies = explanation.discrepancies.select(
        "state", "severity", "rule_code", "field", "source", "observed", "expected", "owner", "message"
    )
    _print(console, "DISCREPANCIES", discrepancies)


def _print_chain(order: Mapping[str, Any], console: Console) -> None:
    """The orders before and after it, and what is in doubt."""
    lines = {
        "It followed {}.": order["follows_order_id"],
        "It was followed by {}. To be followed is not to end.": order["followed_by_order_id"],
        "Nobody knows whether it is in force: it counts as in force until this is settled.": order[
            "is_in_force_doubtful"
        ],
        "No source holds it any longer: it is kept as it was last recorded.": not order["sources"],
        "Later ends that sources or stewards give: {}.": ", ".join(order["disputed_ends"] or ()),
    }
    for line, value in lines.items():
        if value:
            console.print(line.format(value), highlight=False)
    console.print()


def _print_pairs(console: Console, pairs: Sequence[Pair]) -> None:
    if not pairs:
        console.print("No other record was compared with this one: it is the only one.\n")
        return
    console.print("[bold]WHY they are one order[/] (match weights in bits; each bit doubles the odds)")
    for pair in sorted(pairs, key=lambda pair: pair.match_weight):
        console.print(
            f"\n{escape(pair.left_id)}  with  {escape(pair.right_id)}: person {pair.person_weight:+.1f}, "
            f"order {pair.order_weight:+.1f}, together {pair.match_weight:+.1f}",
            highlight=False,
        )
        for step in pair.steps:
            if step.weight:
                console.print(_bar(step), highlight=False)
        silent = ", ".join(step.comparison for step in pair.steps if not step.weight)
        console.print(f"          nothing to compare: {silent or 'none'}", highlight=False)
    console.print()


def _print_doubts(console: Console, doubts: Mapping[str, Sequence[str]]) -> None:
    if not doubts:
        return
    console.print("[bold]WHY some of them are in doubt[/] (weights in bits; each bit doubles the odds of being right)")
    for field, lines in doubts.items():
        console.print(f"  {field}", highlight=False)
        for line in lines:
            console.print(f"    {escape(line)}", highlight=False)
    console.print()


def _percent(name: str) -> pl.Expr:
    return pl.format("{} %", (pl.col(name) * 100).round(1)).alias(name)


def _bar(step: WeightStep) -> str:
    colour = "green" if step.weight > 0 else "red"
    blocks = "█" * round(abs(step.weight) / BITS_A_BLOCK)
    return f"  {step.weight:+6.1f}  {step.comparison:<20} {escape(step.level):<38} [{colour}]{blocks}[/]"


def _print(console: Console, title: str, frame: pl.DataFrame) -> None:
    console.print(f"[bold]{title}[/]")
    if frame.is_empty():
        console.print("  none\n")
        return
    grid = Grid(box=None, header_style="bold", pad_edge=False)
    for name in frame.columns:
        grid.add_column(name, overflow="fold")
    for row in frame.iter_rows():
        grid.add_row(*(escape(_text(value)) for value in row))
    console.print(grid)
    console.print()


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _share(score: float | None) -> str:
    return "not scored" if score is None else f"{score:.0%}"
