"""Keeps what was measured, so that sets can be measured one by one and reported together.

Belongs here: the file of results. Does not: tables (`report`).
"""

import json
from dataclasses import asdict
from pathlib import Path

from benchmarks.matching.judge import Quality
from benchmarks.matching.runs import SIDES, Run
from benchmarks.matching.tasks import TASKS

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
