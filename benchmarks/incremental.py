"""What a night costs that takes over what has not changed, beside the same night done in full, step by step.

Run: `python -m benchmarks.incremental [--orders 5000 20000] [--seed 5] [--folder FOLDER]`. Two synthetic nights ten
days apart are made outside the timed part. After the first, the second is run on top of it, and on a copy in full; both
must give one content hash. Processor time is that of all processes; by step, that of the process of the night.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from benchmarks.night import GOOD_EXITS
from pipelines.runs import RunStep, list_runs
from samples.nights import DEFAULT_DATE, write_nights
from samples.world import DAYS_BETWEEN_NIGHTS
from warehouse.home import Home
from warehouse.releases.release import current_release

FIRST = DEFAULT_DATE - timedelta(days=DAYS_BETWEEN_NIGHTS)


def run_night(home: Path, landing: Path, *words: str) -> float:
    """Run a night in a process of its own: seconds of processor time of it and its children.

    Raises:
        RuntimeError: the night failed.
    """
    command = [
        str(Path(sys.executable).with_name("concord")),
        "nightly",
        "--landing",
        str(landing),
        "--home",
        str(home),
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"CONCORD_DAGSTER": str(home / "dagster")}
    done = subprocess.run([*command, *words], env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in GOOD_EXITS:
        raise RuntimeError(f"the night failed with exit code {done.returncode}: {done.stderr[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(folder: Path, orders: int, seed: int) -> tuple[dict[str, RunStep], dict[str, RunStep], float, float]:
    """The steps of the second night that takes over and of the full one, and the processor seconds of each.

    Raises:
        RuntimeError: a night failed, or the two have other content.
    """
    write_nights(folder, orders=orders, seed=seed, nights=2)
    home, copy = folder / "home", folder / "copy"
    run_night(home, folder / "night-1" / "landing", "--as-of", FIRST.isoformat())
    shutil.copytree(home, copy)
    landing, night = folder / "night-2" / "landing", ("--as-of", DEFAULT_DATE.isoformat())
    seconds = run_night(home, landing, *night), run_night(copy, landing, *night, "--full")
    releases = [current_release(Home(path)) for path in (home, copy)]
    if len({release.content_hash for release in releases if release}) != 1:
        raise RuntimeError("the night that takes over has other content than the full one")
    steps = [list_runs(Home(path))[-1].steps for path in (home, copy)]
    return steps[0], steps[1], *seconds


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[5_000, 20_000])
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where nights are kept; temporary unless given")
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for orders in settings.orders:
            folder = (settings.folder or Path(temporary)) / f"series-{orders}-seed-{settings.seed}"
            steps, full, seconds, full_seconds = measure(folder, orders, settings.seed)
            print(f"\n{orders:,} orders{'':6} taken over {'s':>8} {'full, s':>8}")
            for name, step in steps.items():
                print(f"{name:20} {step.taken_over:>10,} {step.processor:>8.2f} {full[name].processor:>8.2f}")
            print(f"{'whole, all processes':31} {seconds:>8.2f} {full_seconds:>8.2f}: {seconds / full_seconds:.0%}")


if __name__ == "__main__":
    main()
