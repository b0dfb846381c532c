"""The tables of figures, and their place in the documentation.

Belongs here: layout, ratios, whether targets hold. Does not: measuring.
"""

from pathlib import Path

from benchmarks.matching.runs import Run
from benchmarks.matching.tasks import TASKS, Task

DOCUMENT = Path(__file__).parents[2] / "docs" / "matching-benchmark.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
MEGABYTE = 1e6
TIME_TARGETS = {True: 1 / 8, False: 1 / 4}
MEMORY_TARGET = 0.6
# F1 is shown to four places; what differs less is the same.
SAME_QUALITY = 0.00005
RIVAL_SIDES = (("same", "Splink, same", "Concord, same"), ("best", "Splink, best", "Concord, best"))


def figures(measured: dict[str, dict[str, Run]]) -> str:
    """All tables in Markdown: the targets first, then each task in full."""
    parts = [targets(measured)]
    for name, runs in measured.items():
        parts += [f"### {name}", introduce(TASKS[name], runs), details(runs)]
    return "\n\n".join(parts)


def introduce(task: Task, runs: dict[str, Run]) -> str:
    """What the task is."""
    about = f"{task.about[0].upper()}{task.about[1:]}"
    candidates = [run.candidates for run in runs.values() if run.candidates is not None]
    return f"{about}: {candidates[0]:,} candidate pairs." if candidates else f"{about}."


def details(runs: dict[str, Run]) -> str:
    """One row a side."""
    lines = [
        (
            "| | pairs kept | s to pairs | s to clusters | s of processor | MB | MB beyond imports "
            "| F1 at 0.5 | best F1 | clusters | best clusters |"
        ),
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, run in runs.items():
        quality = run.quality
        judged = (
            [f"{value:.4f}" for value in (quality.at_half, quality.best, quality.clusters, quality.best_clusters)]
            if quality
            else ["–"] * 4
        )
        cells = [
            name,
            f"{quality.pairs:,}" if quality else "–",
            f"{run.to_pairs:.2f}",
            f"{run.whole:.2f}",
            f"{run.processor:.2f}",
            f"{run.memory / MEGABYTE:,.0f}",
            f"{run.beyond_imports / MEGABYTE:,.0f}",
            *judged,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def targets(measured: dict[str, dict[str, Run]]) -> str:
    """Ours as a share of Splink's, task by task; what misses its target is in bold."""
    lines = [
        (
            "| task | | time to pairs | time to clusters | processor | memory | memory beyond imports "
            "| F1 at 0.5 | best F1 | clusters | Splink's best clusters → ours |"
        ),
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, runs in measured.items():
        for variant, theirs, ours in RIVAL_SIDES:
            if theirs in runs and ours in runs:
                cells = compare(TASKS[name], runs[theirs], runs[ours])
                lines.append(f"| {name} | {variant} | {' | '.join(cells)} |")
    return "\n".join(lines)


def compare(task: Task, theirs: Run, ours: Run) -> list[str]:
    """Shares of time and memory; qualities as theirs → ours."""
    most = TIME_TARGETS[task.is_small]
    cells = [
        marked(f"{share:.3f}", met=share <= target)
        for share, target in (
            (ours.to_pairs / theirs.to_pairs, most),
            (ours.whole / theirs.whole, most),
            (ours.processor / theirs.processor, most),
            (ours.memory / theirs.memory, MEMORY_TARGET),
            (ours.beyond_imports / theirs.beyond_imports, MEMORY_TARGET),
        )
    ]
    if theirs.quality is None or ours.quality is None:
        return [*cells, *["–"] * 4]
    one, other = theirs.quality, ours.quality
    for before, after, more in (
        (one.at_half, other.at_half, False),
        (one.best, other.best, False),
        (one.clusters, other.clusters, True),
        (one.best_clusters, other.clusters, False),
    ):
        met = after - before > SAME_QUALITY if more else after - before > -SAME_QUALITY
        cells.append(marked(f"{before:.4f} → {after:.4f}", met=met))
    return cells


def marked(text: str, *, met: bool) -> str:
    """Bold where a target is missed."""
    return text if met else f"**{text}**"


def write(figures: str) -> None:
    """Put the figures in their place in the documentation.

    Raises:
        ValueError: the document has no such place.
    """
    text = DOCUMENT.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{DOCUMENT.name} lacks {BEGIN} or {END}")
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}", encoding="utf-8")
