"""Starts runs: a fresh child process each, watched, its results judged and kept.

Belongs here: processes and their memory. Does not: what happens inside (`child`), tables (`report`).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import psutil

from benchmarks.matching.clock import CORES
from benchmarks.matching.judge import Quality, judge
from benchmarks.matching.tasks import TASKS, Task

ROOT = Path(__file__).parents[2]
BETWEEN_SAMPLES_SECONDS = 0.02
THREADS = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(CORES))


@dataclass(frozen=True)
class Side:
    """One way to carry out a task.

    Attributes:
        engine: the module of the engine, `splink_side` or `ours`.
        variant: how it is set up.
        name: for the table.
    """

    engine: str
    variant: str
    name: str


SIDES = (
    Side("splink_side", "same", "Splink, same"),
    Side("ours", "same", "Concord, same"),
    Side("splink_side", "best", "Splink, best"),
    Side("splink_side", "best-1e7", "Splink, best, u from 10 million pairs"),
    Side("ours", "best", "Concord, best"),
)


@dataclass(frozen=True)
class Run:
    """What one run took.

    Attributes:
        seconds: of wall time by phase (train, score, cluster), without imports and reading of the tables.
        processor: seconds of processor time of all phases and threads, which other work on the machine hardly touches.
        candidates: pairs that the blocking rules made, if the engine reports them.
        memory: the most bytes that the process and its children held at once, up to the end of the last phase.
        beyond_imports: the same, less what it held when the engine had been imported.
        quality: of the links; None where it was not asked for.
    """

    seconds: dict[str, float]
    processor: float
    candidates: int | None
    memory: int
    beyond_imports: int
    quality: Quality | None = None

    @property
    def to_pairs(self) -> float:
        """Seconds from the tables in memory to the pairs weighed."""
        return sum(seconds for phase, seconds in self.seconds.items() if phase != "cluster")

    @property
    def whole(self) -> float:
        """Seconds from the tables in memory to the clusters."""
        return sum(self.seconds.values())


def run_side(side: Side, task: Task, folder: Path, *, python: Path, judged: bool) -> Run:
    """Carry out a task in a fresh process.

    Raises:
        RuntimeError: the run failed.
    """
    with tempfile.TemporaryDirectory() as out, tempfile.TemporaryFile("w+") as output:
        words = (side.engine, task.name, str(folder.resolve()), out, side.variant)
        process = subprocess.Popen(
            [str(python), "-m", "benchmarks.matching.child", *words],
            stdout=output,
            stderr=output,
            env=os.environ | THREADS,
            cwd=ROOT,
        )
        children = 0
        while process.poll() is None:
            children = max(children, held_by_children(process.pid))
            time.sleep(BETWEEN_SAMPLES_SECONDS)
        if process.returncode:
            output.seek(0)
            raise RuntimeError(f"{side.name} failed at {task.name}:\n{output.read()[-2000:]}")
        took = json.loads((Path(out) / "took.json").read_text())
        quality = judge(task, folder, Path(out)) if judged else None
    memory = took["most"] + children
    return Run(
        seconds=took["seconds"],
        processor=took["processor"],
        candidates=took["candidates"],
        memory=memory,
        beyond_imports=memory - took["imported"],
        quality=quality,
    )


def held_by_children(pid: int) -> int:
    """Bytes that the children of a process hold; 0 once it is gone."""
    try:
        return sum(child.memory_info().rss for child in psutil.Process(pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return 0


def middle(runs: list[Run]) -> Run:
    """The median of each figure; the quality of the run that was judged."""
    return Run(
        seconds={phase: median(run.seconds[phase] for run in runs) for phase in runs[0].seconds},
        processor=median(run.processor for run in runs),
        candidates=runs[0].candidates,
        memory=int(median(run.memory for run in runs)),
        beyond_imports=int(median(run.beyond_imports for run in runs)),
        quality=next((run.quality for run in runs if run.quality), None),
    )


def measure(task: Task, folder: Path, *, sides: tuple[Side, ...], splink_python: Path, repeats: int) -> dict[str, Run]:
    """Medians by name of the side; the sides take turns, so that what else the machine does meets all of them."""
    runs: dict[str, list[Run]] = {side.name: [] for side in sides}
    for repeat in range(repeats):
        for side in sides:
            python = splink_python if side.engine == "splink_side" else Path(sys.executable)
            runs[side.name].append(run_side(side, task, folder, python=python, judged=repeat == 0))
    return {name: middle(some) for name, some in runs.items()}


Measured = dict[str, dict[str, Run]]


def keep(folder: Path, measured: Measured) -> None:
    """Put the runs of some sides at some tasks in the place of what the folder holds of them."""
    results = _read(folder)
    for name, runs in measured.items():
        results[name] = results.get(name, {}) | {side: asdict(run) for side, run in runs.items()}
    (folder / "results.json").write_text(json.dumps(results, indent=1))


def kept(folder: Path) -> Measured:
    """The runs of all tasks measured so far, in the order of tasks and sides."""
    results = _read(folder)
    return {
        name: {side.name: _run(results[name][side.name]) for side in SIDES if side.name in results[name]}
        for name in TASKS
        if name in results
    }


def _run(figures: dict[str, object]) -> Run:
    quality = figures["quality"]
    return Run(**figures | {"quality": Quality(**quality) if isinstance(quality, dict) else None})  # type: ignore[arg-type]


def _read(folder: Path) -> dict[str, dict[str, dict[str, object]]]:
    path = folder / "results.json"
    found: dict[str, dict[str, dict[str, object]]] = json.loads(path.read_text()) if path.exists() else {}
    return found
