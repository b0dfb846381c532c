"""How far stewards agree: on lines of the sample that two judged, neither of whom saw the other's answer.

Belongs here: the figures. Does not: the verdicts (`ledger.packs.sample`), their words.
"""

from typing import Final

import polars as pl

from ledger.packs.sample import JUDGES
from warehouse.tables.packs import VERDICTS

AGREEMENT: Final = pl.Schema({"field": pl.String, "lines": pl.Int64, "agreed": pl.Float64, "kappa": pl.Float64})


def measure_agreement(verdicts: pl.DataFrame) -> pl.DataFrame:
    """How far the first two stewards agree, on all lines and by what a line is about.

    Cohen's kappa (Cohen, 1960) sets off what two stewards who judge by chance, each as often right and wrong as these,
    would agree on: 1 is full agreement, 0 no more than chance. Who judges first differs from line to line, so the two
    are the first and the second verdict, and not two persons.

    Args:
        verdicts: `SAMPLE_CHECKS`, the last of each steward on each line.

    Returns:
        `field` (null: all), `lines`, `agreed` (share) and `kappa` (null where both always say the same one thing, of
        which chance says as much); the fields with most lines first.
    """
    judged = (
        verdicts.sort("checked_at", maintain_order=True)
        .group_by("reference", maintain_order=True)
        .agg(pl.col("field").first(), pl.col("verdict").head(JUDGES))
        .filter(pl.col("verdict").list.len() == JUDGES)
        .select("field", first=pl.col("verdict").list.first(), second=pl.col("verdict").list.last())
    )
    by_field = judged.group_by("field").agg(*_figures()).sort("lines", "field", descending=[True, False])
    of_all = judged.select(pl.lit(None, pl.String).alias("field"), *_figures())
    listed = pl.concat([of_all, by_field], how="vertical_relaxed").filter(pl.col("lines") > 0)
    chance = pl.col("by_chance")
    kappa = pl.when(chance < 1).then((pl.col("agreed") - chance) / (1 - chance))
    return listed.with_columns(kappa=kappa).select(*AGREEMENT).cast(AGREEMENT)


def _figures() -> tuple[pl.Expr, ...]:
    first, second = pl.col("first"), pl.col("second")
    by_chance = [(first == verdict).mean() * (second == verdict).mean() for verdict in VERDICTS]
    return (
        pl.len().alias("lines"),
        (first == second).mean().alias("agreed"),
        sum(by_chance, pl.lit(0.0)).alias("by_chance"),
    )
