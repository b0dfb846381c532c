"""The matching engine beside Splink, on the same tables, rules, cores.

Run: `make bench-matching`, or `python -m benchmarks.matching --sets febrl3 --repeats 3`.
"""

import argparse
from pathlib import Path

from benchmarks.matching.report import details, figures, write
from benchmarks.matching.runs import ROOT, SIDES, keep, kept, measure
from benchmarks.matching.tables import prepare
from benchmarks.matching.tasks import TASKS

HOME = ROOT / ".bench"


def main() -> None:
    """Measure the sets that are asked for; if asked, put all results so far into the documentation."""
    settings = parse()
    sides = tuple(side for side in SIDES if not settings.sides or side.name in settings.sides)
    for name in settings.sets:
        task = TASKS[name]
        prepare(task, settings.folder, splink_python=settings.splink_python)
        runs = measure(
            task, settings.folder, sides=sides, splink_python=settings.splink_python, repeats=settings.repeats
        )
        keep(settings.folder, {name: runs})
        print(f"{name}\n{details(runs)}", flush=True)
    if settings.write:
        write(figures(kept(settings.folder)))


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching", description=__doc__)
    parser.add_argument("--sets", nargs="+", choices=sorted(TASKS), default=list(TASKS), help="all unless given")
    parser.add_argument("--sides", nargs="+", choices=[side.name for side in SIDES], help="all unless given")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each side; the median is shown")
    parser.add_argument("--folder", type=Path, default=HOME / "data", help="where tables and results are kept")
    parser.add_argument("--splink-python", type=Path, default=HOME / "venv" / "bin" / "python")
    parser.add_argument("--write", action="store_true", help="put all figures so far into docs/matching-benchmark.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
