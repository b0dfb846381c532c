"""The child process of one run: it takes its cores, imports an engine, links and reports what that took.

Belongs here: the order of these steps, the same for both engines. Does not: the engines (`splink_side`, `ours`).

Run: `python -m benchmarks.matching.child ENGINE TASK FOLDER OUT VARIANT`, in the environment of the engine.
An engine is a module with `link(task, files, variant, clock)`, which returns a function that writes the results.
"""

import sys
from importlib import import_module
from pathlib import Path

from benchmarks.matching.clock import Clock, settle
from benchmarks.matching.tasks import TASKS


def main() -> None:
    """Link, and write `took.json`, `pairs.parquet` and `clusters.parquet` to the folder OUT."""
    settle()
    engine, name, folder, out, variant = sys.argv[1:]
    module = import_module(f"benchmarks.matching.{engine}")
    clock, task = Clock(), TASKS[name]
    write_results = module.link(task, task.files(Path(folder)), variant, clock)
    clock.write(Path(out) / "took.json")
    write_results(Path(out))


if __name__ == "__main__":
    main()
