"""Time, processor and memory of a whole night, by step and size, each beside the same work done bare.

Run: `python -m benchmarks.night [--orders 10000 100000] [--seed 5] [--repeats 1] [--folder FOLDER]`, with `--write` to
keep the figures and draw them into the documentation, with `--check` to hold their ratios to those kept. The synthetic
nights are made outside the timed part and kept in the folder. Every run is `concord nightly` as a child process in a
fresh home.

Belongs here: running a night, and what each step takes. Does not: the bare work (`bare`), tables and pictures
(`night_report`).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil

from benchmarks.bare import measure_bare
from benchmarks.night_report import Cost, Figures, find_regressions, read_figures, render, write
from samples.nights import DEFAULT_DATE, write_nights

# A night is published (0), or degraded (3): a region sends nothing in most synthetic nights.
GOOD_EXITS = (0, 3)
BETWEEN_SAMPLES_SECONDS = 0.1
WHOLE = "whole"


class Sample(NamedTuple):
    """What the process and its children had used and held at a moment, in seconds since the epoch."""

    at: float
    processor: float
    memory: int


@dataclass(frozen=True)
class Span:
    """When a step began and ended."""

    name: str
    start: float
    end: float


def run_night(landing: Path, home: Path) -> dict[str, Cost]:
    """Run a night in a fresh home and measure its steps and, as `whole`, the process from start to exit.

    Memory is the most that process and children held at once; pages they share count twice.

    Raises:
        RuntimeError: the night failed.
    """
    words = ["nightly", "--landing", landing, "--as-of", DEFAULT_DATE.isoformat(), "--home", home]
    command = [str(Path(sys.executable).with_name("concord")), *map(str, words)]
    with tempfile.TemporaryFile("w+") as errors:
        samples, started = [], time.time()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=os.environ.copy())
        while process.poll() is None:
            samples += take_sample(process.pid)
            time.sleep(BETWEEN_SAMPLES_SECONDS)
        errors.seek(0)
        steps = read_spans(errors.read().splitlines())
    if process.returncode not in GOOD_EXITS:
        raise RuntimeError(f"the night failed with exit code {process.returncode}: run it by hand to see why")
    spans = (Span("start", started, steps[0].start), *steps, Span(WHOLE, started, time.time()))
    return {span.name: cost_of(span, samples) for span in spans}


def take_sample(pid: int) -> list[Sample]:
    """What a process and its children use now; nothing once it is gone."""
    try:
        first = psutil.Process(pid)
        times, family = first.cpu_times(), first.children(recursive=True)
        ended = times.children_user + times.children_system
        used = [times, *(member.cpu_times() for member in family)]
        memory = sum(member.memory_info().rss for member in (first, *family))
    except psutil.NoSuchProcess:
        return []
    return [Sample(time.time(), ended + sum(each.user + each.system for each in used), memory)]


def read_spans(lines: Sequence[str]) -> list[Span]:
    """The steps of a night, from its JSON lines, in order."""
    events = [json.loads(line) for line in lines if line.startswith("{")]
    at = {(event["event"], event.get("step")): datetime.fromisoformat(event["at"]).timestamp() for event in events}
    return [Span(step, at["step_started", step], end) for (event, step), end in at.items() if event == "step_done"]


def cost_of(span: Span, samples: Sequence[Sample]) -> Cost:
    """What was used between the last sample before a step and the last before its end."""
    until = [sample for sample in samples if sample.at <= span.end]
    before = [sample for sample in until if sample.at <= span.start]
    held = max((sample.memory for sample in until[max(len(before) - 1, 0) :]), default=0)
    used = [rows[-1].processor if rows else 0.0 for rows in (before, until)]
    return Cost(span.end - span.start, used[1] - used[0], held)


def measure(orders: int, *, seed: int, repeats: int, folder: Path) -> Figures:
    """The medians of the runs of a night, and the bare work of its parts."""
    night = folder / f"{orders}-orders-seed-{seed}"
    if not (night / "truth").exists():  # the last that is written
        write_nights(night, orders=orders, seed=seed)
    runs, bare = [], []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            home = Path(scratch) / "home"
            runs.append(run_night(night / "landing", home))
            (tables,), (release,) = home.glob("tables/*"), home.glob("releases/r*")
            bare.append(measure_bare(night / "landing", tables, release, scratch=Path(scratch)))
    steps = {step: middle([run[step] for run in runs]) for step in runs[0]}
    return Figures(orders, steps, {part: median(one[part] for one in bare) for part in bare[0]})


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    of: Callable[[str], float] = lambda name: median(getattr(cost, name) for cost in costs)  # noqa: E731
    return Cost(of("seconds"), of("processor"), int(of("memory")))


def main() -> None:
    """Measure every size and print the table; the exit code is 1 if a ratio grew too far."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=1, help="runs of each size; the median is shown")
    parser.add_argument("--folder", type=Path, help="where the synthetic nights are kept; temporary unless given")
    parser.add_argument("--write", action="store_true", help="keep the figures and draw them into the documentation")
    parser.add_argument("--check", action="store_true", help="fail if a ratio is 1.5 times what is kept")
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = settings.folder or Path(temporary)
        measured = [
            measure(size, seed=settings.seed, repeats=settings.repeats, folder=folder) for size in settings.orders
        ]
    print(render(measured))
    if settings.write:
        write(measured)
    if settings.check and (worse := find_regressions(measured, read_figures())):
        sys.exit("\n".join(worse))


if __name__ == "__main__":
    main()
