"""The summary of a night, printed for a person at a terminal."""

from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

from cli.night_summary import ScoreParts, SourceLine, Summary
from warehouse.tables.register import DIMENSIONS


def _as_seen_from_here(folder: Path) -> Path:
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def render(summary: Summary, console: Console) -> None:
    """Print the summary for a person."""
    follows = f"  follows {summary.follows}" if summary.follows else ""
    console.print(
        f"[bold]night {summary.as_of}[/]  release {summary.release_id}  [bold]{summary.state.upper()}[/]{follows}\n"
    )
    console.print(source_grid(summary.sources))
    for line in summary.sources:
        for note in line.notes:
            console.print(f"  {line.source}: {note}", markup=False, highlight=False)
    console.print(
        f"\n[bold]REGISTER[/]  {summary.orders:,} orders ({summary.live_orders:,} live, "
        f"{summary.doubtful_orders:,} in doubt) "
        f"of {summary.subjects:,} people, from {summary.records:,} source records; {summary.arrests:,} arrests"
    )
    counts = ", ".join(f"{count:,} {severity}" for severity, count in summary.discrepancies.items())
    console.print(f"[bold]DISCREPANCIES[/]  {counts}; {summary.new_discrepancies:,} of them new")
    for words in summary.workload.words():
        console.print(f"[bold]WORK[/]  {words}", highlight=False)
    console.print(f"[bold]PACKS[/]  {summary.sending}", highlight=False)
    console.print(f"[bold]CHECKS[/]  {summary.unmet_expectations} expectations not met (expectation_results)\n")
    for found, reason in summary.accepted.items():
        console.print(f"  gate accepted: {found}. Reason: {reason}", markup=False, highlight=False)
    console.print(_quality_grid(summary.quality))
    console.print("In brackets the 95 % interval; `concord quality show` gives the counts")
    console.print(f"[bold]RELEASE[/]  {_as_seen_from_here(Path(summary.folder))}", soft_wrap=True)
    for step in summary.next_steps:
        console.print(f"[bold]NEXT[/]  {step}", highlight=False)


def source_grid(lines: list[SourceLine]) -> Grid:
    """The sources with their states and counts."""
    grid = Grid("source", "state", box=None, header_style="bold", pad_edge=False)
    for heading in ("read", "kept", "quarantined", "duplicate"):
        grid.add_column(heading, justify="right")
    for line in lines:
        counts = (line.read, line.kept, line.quarantined, line.duplicate)
        grid.add_row(line.source, line.state, *(f"{count:,}" for count in counts))
    return grid


def _quality_grid(quality: dict[str, dict[str, ScoreParts]]) -> Grid:
    grid = Grid("quality, %", box=None, header_style="bold", pad_edge=False)
    for dimension in DIMENSIONS:
        grid.add_column(dimension, justify="right", overflow="fold")
    for key, scores in quality.items():
        grid.add_row(key, *map(_percent_with_interval, scores.values()))
    return grid


def _percent_with_interval(parts: ScoreParts) -> str:
    """The score and its interval: `84 (82-86)`; or what was judged, where a release has no intervals."""
    if parts.score is None:
        return "–"
    if parts.low is None or parts.high is None:
        return f"{_whole_percent(parts.score)} of {parts.judged:,}"
    return f"{_whole_percent(parts.score)} ({_whole_percent(parts.low)}-{_whole_percent(parts.high)})"


def _whole_percent(share: float) -> int:
    """Rounded; 0 and 100 stand for none and all alone."""
    return round(100 * share) if share in (0, 1) else min(99, max(1, round(100 * share)))
