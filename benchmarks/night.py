"""Time and memory of a whole night, by step and size, each beside the same night on one thread.

Run: `python -m benchmarks.night [--orders 400 10000 100000] [--seed 5] [--repeats 1] [--folder FOLDER]`. The synthetic
nights are made outside the timed part and kept in the folder. Every run is `concord nightly` as a child process in a
fresh home; the runs on all threads and on one take turns, so that what else the machine does meets both.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

import psutil

from samples.nights import DEFAULT_DATE, write_nights

# A night is published (0), or degraded (3): a region sends nothing in most synthetic nights.
GOOD_EXITS = (0, 3)
BETWEEN_SAMPLES_SECONDS = 0.1
ONE_THREAD = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
TOTALS = ("whole", "processor", "memory")


@dataclass(frozen=True)
class Run:
    """What one night took.

    Attributes:
        steps: seconds of wall time by step, in the order of the night.
        whole: seconds of wall time from start to exit.
        processor: seconds of processor time, of all processes and threads.
        memory: the most bytes that the process and its children held at once; pages they share count twice.
    """

    steps: dict[str, float]
    whole: float
    processor: float
    memory: int


def run_night(landing: Path, settings: dict[str, str]) -> Run:
    """Run a night in a fresh home and measure it.

    Raises:
        RuntimeError: the night failed.
    """
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile("w+") as errors:
        words = ["nightly", "--landing", landing, "--as-of", DEFAULT_DATE.isoformat(), "--home", home]
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [str(Path(sys.executable).with_name("concord")), *map(str, words)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=os.environ | settings)
        memory = 0
        while process.poll() is None:
            memory = max(memory, held_by(process.pid))
            time.sleep(BETWEEN_SAMPLES_SECONDS)
        whole = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        errors.seek(0)
        lines = errors.read().splitlines()
    if process.returncode not in GOOD_EXITS:
        raise RuntimeError(f"the night failed with exit code {process.returncode}: run it by hand to see why")
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(step_seconds(lines), whole, processor, memory)


def held_by(pid: int) -> int:
    """Bytes in memory of a process and its children; 0 once it is gone."""
    try:
        family = psutil.Process(pid)
        return sum(member.memory_info().rss for member in (family, *family.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0


def step_seconds(lines: Sequence[str]) -> dict[str, float]:
    """Seconds of each step, from the JSON lines of a night."""
    events = [json.loads(line) for line in lines if line.startswith("{")]
    at = {(event["event"], event.get("step")): datetime.fromisoformat(event["at"]) for event in events}
    steps = [step for event, step in at if event == "step_done"]
    return {step: (at["step_done", step] - at["step_started", step]).total_seconds() for step in steps}


def measure(orders: int, *, seed: int, repeats: int, folder: Path) -> tuple[Run, Run]:
    """The medians of the runs on all threads and on one, which take turns."""
    night = folder / f"{orders}-orders-seed-{seed}"
    if not (night / "truth").exists():  # the last that is written
        write_nights(night, orders=orders, seed=seed)
    pairs = [tuple(run_night(night / "landing", settings) for settings in ({}, ONE_THREAD)) for _ in range(repeats)]
    one, other = (middle(runs) for runs in zip(*pairs, strict=True))
    return one, other


def middle(runs: Sequence[Run]) -> Run:
    """The median of each figure."""
    return Run(
        steps={step: median(run.steps[step] for run in runs) for step in runs[0].steps},
        whole=median(run.whole for run in runs),
        processor=median(run.processor for run in runs),
        memory=int(median(run.memory for run in runs)),
    )


def render(figures: dict[int, tuple[Run, Run]]) -> str:
    """The table: a row a step, two columns a size; seconds, and seconds on one thread as a multiple of them."""
    lines = [f"{'':14}" + "".join(f"{size:>12,} {'1 thread':>9}" for size in figures)]
    for step in next(iter(figures.values()))[0].steps:
        pairs = [[run.steps[step] for run in runs] for runs in figures.values()]
        lines.append(f"{step:14}" + "".join(f"{here:>10.1f} s {one / max(here, 1e-3):>8.2f}x" for here, one in pairs))
    for name in TOTALS:
        unit, scale = (" GB", 1e9) if name == "memory" else (" s", 1)
        pairs = [[getattr(run, name) / scale for run in runs] for runs in figures.values()]
        lines.append(
            f"{name:14}" + "".join(f"{here:>{12 - len(unit)}.1f}{unit} {one / here:>8.2f}x" for here, one in pairs)
        )
    return "\n".join(lines)


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[400, 10_000, 100_000])
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=1, help="runs of each kind; the median is shown")
    parser.add_argument("--folder", type=Path, help="where the synthetic nights are kept; temporary unless given")
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = settings.folder or Path(temporary)
        repeats, seed = settings.repeats, settings.seed
        print(render({size: measure(size, seed=seed, repeats=repeats, folder=folder) for size in settings.orders}))


if __name__ == "__main__":
    main()
