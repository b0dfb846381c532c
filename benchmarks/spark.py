"""The engine on Spark beside the engine in threads: the same pairs, weights and clusters, and what each step takes.

Run: `python -m benchmarks.spark --sets febrl3 subjects --variant best [--master 'local[2]']`. Sets and their data are
those of `benchmarks.matching`. A difference between both ends the run.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.matching.__main__ import HOME
from benchmarks.matching.ours import model
from benchmarks.matching.tables import prepare
from benchmarks.matching.tasks import TASKS, Task
from matching.engine.clusters import Clusters
from matching.engine.linkage import Linkage
from matching.engine.patterns import Each
from matching.engine.scores import Scores
from matching.engine.spark import spark_pieces


def main() -> None:
    """Link every set both ways, and print a line for each."""
    asked = parse()
    started = time.perf_counter()
    with spark_pieces(asked.master) as each:
        print(f"session: {time.perf_counter() - started:.1f} s", flush=True)
        for name in asked.sets:
            prepare(TASKS[name], asked.folder, splink_python=asked.splink_python)
            for variant in asked.variants:
                print(name, variant, compare_both(TASKS[name], asked.folder, variant, each), flush=True)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spark", description=__doc__)
    small = [name for name, task in TASKS.items() if task.is_small]
    parser.add_argument("--sets", nargs="+", choices=sorted(TASKS), default=small, help="the small ones unless given")
    parser.add_argument("--variants", nargs="+", choices=("same", "best"), default=["same", "best"])
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--folder", type=Path, default=HOME / "data")
    parser.add_argument("--splink-python", type=Path, default=HOME / "venv" / "bin" / "python")
    return parser.parse_args()


def compare_both(task: Task, folder: Path, variant: str, each: Each) -> str:
    """Link a set both ways; the seconds of each step in words.

    Raises:
        AssertionError: the results differ.
    """
    tables = {file.stem: pl.read_parquet(file) for file in task.files(folder)}
    took: dict[str, dict[str, float]] = {}
    made = {}
    for name, way in (("threads", None), ("spark", each)):
        took[name], made[name] = link(task, tables, variant, way)
    check_same(*made.values())
    pairs = len(made["threads"][0].left)
    steps = (f"{step} {' : '.join(f'{took[name][step]:.2f}' for name in took)} s" for step in took["threads"])
    return f"{pairs:,} pairs; threads : spark, {', '.join(steps)}"


def link(
    task: Task, tables: dict[str, pl.DataFrame], variant: str, each: Each | None
) -> tuple[dict[str, float], tuple[Linkage, Scores, Clusters]]:
    """Link a set; the seconds of each step, and what came of it."""
    marks = [time.perf_counter()]
    linkage = model(task, variant, list(tables)).on(tables, key="id", each=each)
    marks.append(time.perf_counter())
    parameters = linkage.train()
    marks.append(time.perf_counter())
    scores = linkage.score(parameters)
    marks.append(time.perf_counter())
    clusters = scores.cluster()
    marks.append(time.perf_counter())
    seconds = np.diff(marks).tolist()
    return dict(zip(("compare", "train", "score", "cluster"), seconds, strict=True)), (linkage, scores, clusters)


def check_same(one: tuple[Linkage, Scores, Clusters], other: tuple[Linkage, Scores, Clusters]) -> None:
    """End the run unless pairs, rules, patterns, weights and clusters are the same, bit for bit and in order."""
    for name in ("left", "right", "rules", "patterns"):
        assert np.array_equal(getattr(one[0], name), getattr(other[0], name)), name
    assert np.array_equal(one[1].weights, other[1].weights), "weights"
    assert one[2].labels.equals(other[2].labels), "clusters"
    assert one[2].conflicts.equals(other[2].conflicts), "conflicts"


if __name__ == "__main__":
    main()
