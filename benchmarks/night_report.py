"""The figures of whole nights as a table, a picture and a file, and whether they grew.

Belongs here: what is said of figures. Does not: measuring them (`night`, `bare`).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import altair as alt
import polars as pl
import vl_convert

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "benchmarks" / "night.json"
PICTURE = ROOT / "docs" / "img" / "night.png"
DOCUMENT = ROOT / "benchmarks" / "README.md"
BEGIN, END = "<!-- figures of the night -->", "<!-- end of figures of the night -->"
MOST_GROWTH = 1.5
STEPS_BY_PART = {"reading": ("raw_", "core_"), "linking": ("link_",), "publishing": ("release",)}
"""The steps, by how their names begin, that a part of the bare work stands beside."""
STAGES = ("start", "raw", "core", "link", "register", "judgement", "release", "whole")
TARGETS = {"reading": 3, "linking": 2, "publishing": 2}


@dataclass(frozen=True)
class Cost:
    """Seconds of wall time, seconds of processor of all processes and threads, most bytes held."""

    seconds: float
    processor: float
    memory: int


@dataclass(frozen=True)
class Figures:
    """What a night of that many orders took: by step, `whole` last, and bare, in seconds of processor."""

    orders: int
    steps: dict[str, Cost]
    bare: dict[str, float]


def ratios(night: Figures) -> dict[str, float]:
    """Processor time of each part, and of the whole, as a multiple of the bare work."""
    parts = {
        part: sum(night.steps[step].processor for step in night.steps if step.startswith(begins))
        for part, begins in STEPS_BY_PART.items()
    }
    whole = night.steps["whole"].processor / sum(night.bare.values())
    return {part: spent / night.bare[part] for part, spent in parts.items()} | {"whole": whole}


def find_regressions(measured: Iterable[Figures], kept: Iterable[Figures]) -> list[str]:
    """What grew too far since the figures that are kept of a night of the same size."""
    former = {(night.orders, part): ratio for night in kept for part, ratio in ratios(night).items()}
    now = {(night.orders, part): ratio for night in measured for part, ratio in ratios(night).items()}
    return [
        f"{part} of {orders:,} orders took {now[orders, part]:.1f} times the bare work, before {before:.1f} times"
        for (orders, part), before in former.items()
        if now.get((orders, part), 0) > MOST_GROWTH * before
    ]


def render(measured: Sequence[Figures]) -> str:
    """A row a step: seconds, seconds of processor and memory by size; then the ratios."""
    sizes = [f"{night.orders:,} orders" for night in measured]
    lines = [
        "| step | " + " | ".join(f"{size}: wall | processor | memory" for size in sizes) + " |",
        "|---|" + "---:|---:|---:|" * len(sizes),
    ]
    for step in measured[0].steps:
        cells = [_cost(night.steps[step]) for night in measured]
        lines.append(f"| {step} | {' | '.join(cells)} |")
    lines += ["", "| processor, compared with the bare work | aim | " + " | ".join(sizes) + " |"]
    lines.append("|---|---:|" + "---:|" * len(sizes))
    for part in ratios(measured[0]):
        cells = [f"{ratios(night)[part]:.1f}x" for night in measured]
        aim = f"{TARGETS[part]}x" if part in TARGETS else "–"
        lines.append(f"| {part} | {aim} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cost(cost: Cost) -> str:
    return f"{cost.seconds:.1f} s | {cost.processor:.1f} s | {cost.memory / 1e9:.2f} GB"


def write(measured: Sequence[Figures]) -> None:
    """Keep the figures, and put table and picture in their place in the documentation."""
    kept = {night.orders: night for night in (*read_figures(), *measured)}
    nights = [kept[orders] for orders in sorted(kept)]
    KEPT.write_text(json.dumps([asdict(night) for night in nights], indent=1) + "\n", encoding="utf-8")
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{render(nights)}\n\n{END}{after}", encoding="utf-8")
    PICTURE.write_bytes(vl_convert.vegalite_to_png(draw(nights).to_json(), scale=1.5))


def read_figures() -> list[Figures]:
    """The figures that are kept; none before the first are."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else []
    return [
        Figures(night["orders"], {step: Cost(**cost) for step, cost in night["steps"].items()}, night["bare"])
        for night in kept
    ]


def draw(measured: Sequence[Figures]) -> alt.HConcatChart:
    """Seconds of processor and memory of each stage, by size; a stage is all steps whose names begin so."""
    rows = pl.DataFrame(
        [
            {"orders": night.orders, "step": step, "processor": cost.processor, "memory": cost.memory / 1e9}
            for night in measured
            for step, cost in night.steps.items()
        ]
    )
    stages = (
        rows.group_by("orders", stage=pl.col("step").str.extract(f"^({'|'.join(STAGES)})"))
        .agg(pl.col("processor").sum(), pl.col("memory").max())
        .drop_nulls("stage")
    )
    panels = [
        alt.Chart(stages, width=300, height=280)
        .mark_line(point=True)
        .encode(
            alt.X("orders", scale=alt.Scale(type="log"), title="orders"),
            alt.Y(name, scale=scale, title=title),
            alt.Color("stage", sort=STAGES),
            alt.Shape("stage", sort=STAGES, legend=None),
        )
        for name, scale, title in (
            ("processor", alt.Scale(type="log"), "seconds of processor"),
            ("memory", alt.Scale(), "GB held"),
        )
    ]
    return alt.hconcat(*panels)
