"""Whether golden values should be chosen by confidence: is the strongest other value true where the register is unsure?

Run: `python -m benchmarks.rivals --folder CACHE [--orders 2000] [--nights 301:1 302:2] [--below 0.5]`

Belongs here: what would change if the strongest other value won wherever the register is less than so sure. Does not:
how often golden values are true (`golden`), whether confidence holds (`calibration`).
"""

import argparse
from pathlib import Path

import polars as pl

from benchmarks.calibration import parse_nights
from benchmarks.labels import label_values
from benchmarks.night_tables import NightTables, read_tables
from benchmarks.truth import squashed
from reconciliation.confidence.differences import VALUE_KEY, find_rivals, weigh_rivals
from reconciliation.confidence.values import value_confidence


def judge_rivals(night: NightTables) -> pl.DataFrame:
    """Golden values beside which records state another: `field`, `confidence`, `is_right`, `is_rival_right`."""
    confident = value_confidence(night.provenance, night.orders, night.order_sources)
    labels = label_values(night.provenance, night.order_sources, night.truth)
    is_name = pl.col("field").is_in(["forenames", "surname"])
    rivals = weigh_rivals(find_rivals(night.provenance)).select(*VALUE_KEY, rival_form="rival")
    form = pl.when(is_name).then(squashed("rival_form")).otherwise(pl.col("rival_form"))
    return (
        labels.join(confident, on=VALUE_KEY)
        .join(rivals, on=VALUE_KEY)
        .select("field", "confidence", "is_right", is_rival_right=form.eq_missing(pl.col("true")))
    )


def main() -> None:
    """Print by field and noise what a choice by confidence would put right, and what it would spoil."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where nights are kept")
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--nights", nargs="+", default=["301:1", "302:2"], help="seed:noise of each")
    parser.add_argument("--below", type=float, default=0.5, help="confidence below which the other value would win")
    settings = parser.parse_args()
    judged = pl.concat(
        judge_rivals(read_tables(settings.folder, orders=settings.orders, seed=seed, noise=noise)).with_columns(
            noise=noise, seed=seed
        )
        for seed, noise in parse_nights(settings.nights)
    )
    unsure = judged.filter(pl.col("confidence") < settings.below)
    by_night = unsure.group_by("field", "noise", "seed").agg(
        pl.len().alias("values"), golden=pl.col("is_right").sum(), rival=pl.col("is_rival_right").sum()
    )
    found = by_night.group_by("field", "noise").agg(
        pl.col("values", "golden", "rival").sum(),
        better=(pl.col("rival") > pl.col("golden")).sum(),
        worse=(pl.col("rival") < pl.col("golden")).sum(),
    )
    with pl.Config(tbl_rows=-1, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True):
        print(found.sort("field", "noise"))


if __name__ == "__main__":
    main()
