"""How well confidence holds: of so many values with a confidence of 0.9, are nine in ten true?

Run: `python -m benchmarks.calibration --folder CACHE [--orders 2000] [--nights 301:1 303:1] [--chart FILE]`,
which prints a reliability curve for each field over all nights together, and draws them.

Belongs here: calibration by field, as table and picture. Does not: what a queue yields (`stewarding`).
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import altair as alt
import polars as pl
import vl_convert

from benchmarks.labels import label_contents, label_values
from benchmarks.night_tables import read_tables
from expectations.intervals import score_interval
from matching.engine.charts import BLUE, GREY
from reconciliation.confidence.contents import contents_as_values, with_contents_confidence
from reconciliation.confidence.values import value_confidence

FEWEST: Final = 20
BINS: Final = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)
GROUPS: Final = 20
"""Groups of equal size in which the expected calibration error is worked out."""


def calibrate(values: pl.DataFrame) -> pl.DataFrame:
    """By field, and over all: `values`, `wrong`, `expected` (wrong), `error` (ECE), `brier`, `brier_by_rule`."""
    measured = values.drop_nulls("confidence").with_columns(
        by_rule=pl.col("is_right").mean().over("rule"), hit=pl.col("is_right").cast(pl.Float64)
    )
    rows = [
        part.select(
            field=pl.lit(name),
            values=pl.len(),
            wrong=(1 - pl.col("hit")).sum().cast(pl.Int64),
            expected=(1 - pl.col("confidence")).sum(),
            error=pl.lit(calibration_error(part)),
            brier=(pl.col("confidence") - pl.col("hit")).pow(2).mean(),
            brier_by_rule=(pl.col("by_rule") - pl.col("hit")).pow(2).mean(),
        )
        for name, part in (("all", measured), *((str(key[0]), rows) for key, rows in measured.group_by("field")))
    ]
    return pl.concat(rows).sort("field")


def calibration_error(rows: pl.DataFrame) -> float:
    """The mean distance of confidence from the share that is right, in groups of equal size."""
    place = pl.int_range(pl.len()) * GROUPS // pl.len()
    groups = (
        rows.sort("confidence")
        .group_by(place.alias("group"))
        .agg(pl.len(), gap=(pl.col("confidence").mean() - pl.col("is_right").mean()).abs())
    )
    return float((groups["gap"] * groups["len"]).sum() / max(rows.height, 1))


def reliability(values: pl.DataFrame) -> pl.DataFrame:
    """`field`, `from` (a bin of confidence), `values`, `confidence` (mean), `right` (share): a reliability curve."""
    lower = pl.lit(0.0)
    for bound in BINS:
        lower = pl.when(pl.col("confidence") >= bound).then(bound).otherwise(lower)
    return (
        values.drop_nulls("confidence")
        .group_by("field", lower.alias("from"))
        .agg(values=pl.len(), confidence=pl.col("confidence").mean(), right=pl.col("is_right").mean())
        .sort("field", "from")
    )


def draw_reliability(curves: pl.DataFrame) -> alt.FacetChart:
    """A panel for each field: the share that is true against the confidence, with its interval.

    On the dashed line the two are equal. Bins of fewer than `FEWEST` values are left out.

    Args:
        curves: from `reliability`.
    """
    low, high = score_interval(pl.col("right"), pl.col("values"))
    drawn = curves.filter(pl.col("values") >= FEWEST).select("field", "confidence", "right", low=low, high=high)
    scale = alt.Scale(domain=[0, 1])
    across = alt.X("confidence", scale=scale, title="confidence")
    points = alt.Chart().mark_point(filled=True, color=BLUE).encode(across, alt.Y("right", scale=scale, title="true"))
    intervals = alt.Chart().mark_rule(color=BLUE).encode(across, alt.Y("low", title="true"), alt.Y2("high"))
    equal = pl.DataFrame({"confidence": [0.0, 1.0], "right": [0.0, 1.0]})
    line = alt.Chart(equal).mark_line(color=GREY, strokeDash=[4, 4]).encode(x="confidence", y="right")
    panel = alt.layer(line, intervals, points, data=drawn).properties(width=110, height=110)
    faceted: alt.FacetChart = panel.facet(alt.Facet("field:N", title=None), columns=5)
    return faceted


def judged_values(folder: Path, *, orders: int, seed: int, noise: float) -> pl.DataFrame:
    """Golden values, conditions and statuses that truth knows: `field`, `rule`, `confidence`, `is_right`."""
    night = read_tables(folder, orders=orders, seed=seed, noise=noise)
    confident = value_confidence(night.provenance, night.orders, night.order_sources)
    labels = label_values(night.provenance, night.order_sources, night.truth).drop("true")
    rules = night.provenance.select("order_id", "field", "rule")
    of_values = rules.join(confident, on=["order_id", "field"]).join(labels, on=["order_id", "field"])
    whole = with_contents_confidence(night.orders, night.conditions, confident, night.order_sources)
    contents = judge_contents(whole, night.conditions, night.order_sources, night.truth)
    return pl.concat([of_values, contents.select(of_values.columns)])


def judge_contents(
    orders: pl.DataFrame, conditions: pl.DataFrame, order_sources: pl.DataFrame, truth: Path
) -> pl.DataFrame:
    """`order_id`, `field`, `rule`, `confidence`, `is_right` of conditions and statuses; no rule chooses them."""
    labels = label_contents(orders, conditions, order_sources, truth)
    return contents_as_values(orders).join(labels, on=["order_id", "field"]).with_columns(rule="field")


def parse_nights(nights: Sequence[str]) -> list[tuple[int, float]]:
    """Seed and noise of nights that are named `seed:noise`."""
    return [(int(seed), float(noise)) for seed, _, noise in (night.partition(":") for night in nights)]


def main() -> None:
    """Print the curves of all fields over several nights, and draw them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where nights are kept")
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--nights", nargs="+", default=["301:1", "303:1"], help="seed:noise of each")
    parser.add_argument("--chart", type=Path, help="a PNG file to draw them in")
    settings = parser.parse_args()
    values = pl.concat(
        judged_values(settings.folder, orders=settings.orders, seed=seed, noise=noise)
        for seed, noise in parse_nights(settings.nights)
    )
    with pl.Config(tbl_rows=-1, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True, float_precision=4):
        print(calibrate(values))
        print(reliability(values))
    if settings.chart:
        chart = draw_reliability(reliability(values))
        settings.chart.write_bytes(vl_convert.vegalite_to_png(chart.to_json(), scale=1.5))


if __name__ == "__main__":
    main()
