"""Memory and time of the matching engine on some twenty million candidate pairs.

Run: `python -m benchmarks.engine_memory [--records 800000] [--chunk 250000] [--threads 2]`. A made table of people,
each met twice on the average, is coded, blocked, compared, trained on, weighed and clustered. The pairs come from
birthdays, postcodes and names. Memory is the peak of the process; what it was with the table alone stands beside it.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import polars as pl

from matching.engine.blocking import BlockingRule
from matching.engine.comparators.base import Exact
from matching.engine.comparators.dates import Dates
from matching.engine.comparators.text import JaroWinkler
from matching.engine.linkage import CHUNK
from matching.engine.model import LinkageModel
from matching.engine.patterns import Comparison, Rival

Found = TypeVar("Found")
MEGABYTE = 1024
# Distinct values, the first the commonest, and how many records lose a letter of a name.
FORENAMES, SURNAMES, DAYS, POSTCODES = 3_000, 30_000, 25_000, 60_000
SLIPS = 0.05

MODEL = LinkageModel(
    "people",
    (
        Comparison("forename", ("forename",), JaroWinkler(), term="forename"),
        Comparison("surname", ("surname",), JaroWinkler(), term="surname"),
        Comparison("birthday", ("born",), Dates()),
        Comparison("sex", ("sex",), Exact()),
        Comparison("postcode", ("postcode",), Exact(), term="postcode"),
    ),
    (
        BlockingRule("birthday", (pl.col("born"),)),
        BlockingRule("postcode", (pl.col("postcode"),)),
        BlockingRule("both names", (pl.col("forename"), pl.col("surname"))),
    ),
    rivals=(Rival("a relative", shared=frozenset({"surname", "postcode"})),),
)


def write_people(records: int) -> pl.DataFrame:
    """A table of people, by columns at once: names by Zipf's law, one in twenty names cut, one in ten moved."""
    chance = np.random.default_rng(1)
    people = np.sort(chance.integers(0, max(records // 2, 1), records))

    def values(prefix: str, size: int, *, zipf: bool) -> pl.Series:
        shares = 1 / np.arange(10, size + 10) if zipf else np.ones(size)
        drawn = chance.choice(size, int(people.max(initial=0)) + 1, p=shares / shares.sum())
        # Words of their own, unlike each other, from numbers.
        letters = pl.Series(((np.arange(size, dtype=np.uint64) + 1) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32))
        words = prefix + letters.cast(pl.String).str.replace_many(list("0123456789"), list("aeioulnrst"))
        return words.gather(drawn).gather(people)

    def cut(names: pl.Series) -> pl.Series:
        slips = pl.Series(chance.random(records) < SLIPS)
        return pl.select(pl.when(slips).then(names.str.head(6)).otherwise(names)).to_series()

    moved = pl.Series(chance.random(records) < 0.1)
    home, other = (values("P", POSTCODES, zipf=False) for _ in range(2))
    born = chance.integers(0, DAYS, int(people.max(initial=0)) + 1)[people]
    return pl.DataFrame(
        {
            "record_id": np.arange(records),
            "forename": cut(values("F", FORENAMES, zipf=True)),
            "surname": cut(values("S", SURNAMES, zipf=True)),
            "born": pl.Series(born.astype("int32")).cast(pl.Date),
            "sex": pl.Series(["F", "M"]).gather(people % 2),
            "postcode": pl.select(pl.when(moved).then(other).otherwise(home)).to_series(),
        }
    )


def peak() -> float:
    """Peak memory of the process so far, in megabytes (Linux counts in kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def measure(step: str, act: Callable[[], Found]) -> Found:
    start = time.perf_counter()
    found = act()
    print(f"{step:<28}{time.perf_counter() - start:8.1f} s   peak {peak():7.0f} MB", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=800_000)
    parser.add_argument("--chunk", type=int, default=CHUNK)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    table = measure("table", lambda: write_people(options.records))
    before, start = peak(), time.perf_counter()
    linkage = measure("code, block, compare", lambda: MODEL.on(table, chunk=options.chunk, threads=options.threads))
    parameters = measure("train", linkage.train)
    scores = measure("weigh", lambda: linkage.score(parameters))
    clusters = measure("cluster", scores.cluster)
    seconds, millions = time.perf_counter() - start, len(linkage.left) / 1e6
    print(f"{millions:.1f} million pairs of {options.records} records in {clusters.labels.n_unique()} clusters")
    print(f"{seconds:.1f} s, {seconds / millions:.2f} s per million pairs, peak {peak():.0f} MB, table {before:.0f} MB")


if __name__ == "__main__":
    main()
