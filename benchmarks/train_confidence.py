"""Learn how sure the register may be, from synthetic nights whose truth is known.

Run: `python -m benchmarks.train_confidence --folder CACHE`, which writes the models that come with Concord
(`reconciliation/confidence/shipped/`). The nights of `FIT` teach the weights; those of `CALIBRATE`, which the weights
have not seen, teach the calibration. Neither is used by a test or by `benchmarks.stewarding`, and no night but our own
is ever learned from.

Logistic regression with a ridge penalty (scikit-learn). A level seen in few rows has no weight of its own.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

from benchmarks.labels import label_contents, label_links, label_orders, label_pairs, label_values
from benchmarks.night_tables import NightTables, read_tables
from reconciliation.confidence import contents, links, values
from reconciliation.confidence.model import ConfidenceModel, level_of, weight_of
from reconciliation.confidence.orders import combine
from reconciliation.confidence.population import Population

FIT: Final = (
    (2_000, 101, 1), (2_000, 102, 2), (2_000, 103, 1), (2_000, 104, 1.5), (2_000, 105, 2), (2_000, 106, 1),
    (2_000, 107, 3), (2_000, 108, 0.5), (2_000, 109, 1), (2_000, 110, 2), (2_000, 111, 1.5),
    (400, 121, 1), (400, 122, 2), (400, 123, 1), (400, 124, 1.5), (400, 125, 1), (400, 126, 2),
)  # fmt: skip
CALIBRATE: Final = (
    (2_000, 112, 1), (2_000, 113, 1), (2_000, 114, 1), (2_000, 115, 2), (2_000, 116, 1), (400, 127, 1), (400, 128, 2),
)  # fmt: skip
"""Nights by orders, seed and noise."""

FEWEST_ROWS: Final = {"value": 30, "link": 30, "pair": 10, "contents": 4}
FEWEST_WRONG: Final = 20
STRENGTH: Final = {"value": 0.5, "link": 0.1, "pair": 1.0, "contents": 1.0}
"""How little the ridge holds weights down (C of scikit-learn)."""

SHIPPED: Final = Path(links.__file__).parent / "shipped"


@dataclass(frozen=True)
class Lesson:
    """Observations with the label of each row: `is_right`."""

    fit: pl.DataFrame
    calibrate: pl.DataFrame


def learn(
    name: str,
    features: Sequence[str],
    lesson: Lesson,
    *,
    numbers: Sequence[str] = (),
    measures: Sequence[str] = (),
) -> ConfidenceModel:
    """Weights from the rows of `lesson.fit`, calibrated on those of `lesson.calibrate`."""
    rows = lesson.fit
    levels = rows.select(level_of(feature).alias(feature) for feature in features).to_numpy()
    encoder = OneHotEncoder(handle_unknown="ignore", min_frequency=FEWEST_ROWS[name])
    fields = rows.get_column("field").unique().sort().to_list() if measures else []
    columns = [encoder.fit_transform(levels), csr_matrix(rows.select(numbers).to_numpy().reshape(rows.height, -1))]
    columns += [csr_matrix(rows.select(_own(field, measure) for field in fields).to_numpy()) for measure in measures]
    regression = LogisticRegression(C=STRENGTH[name], max_iter=2_000)
    regression.fit(hstack(columns).tocsr(), rows.get_column("is_right").to_numpy())
    ends = np.cumsum([part.shape[1] for part in columns])
    of_levels, of_numbers, *of_measures = np.split(regression.coef_[0], ends[:-1])
    model = ConfidenceModel(
        model=name,
        base=_log2_odds(regression.intercept_[0]),
        weights=_read_weights(features, encoder, of_levels),
        slopes=dict(zip(numbers, map(_log2_odds, of_numbers), strict=True)),
        measures={
            measure: {field: weight for field, weight in zip(fields, map(_log2_odds, row), strict=True) if weight}
            for measure, row in zip(measures, of_measures, strict=True)
        },
        trained_on=f"{rows.height} rows, {(~rows.get_column('is_right')).sum()} of them wrong",
    )
    weight = lesson.calibrate.select(model.weight()).to_series()
    return _calibrated(model, weight, lesson.calibrate.get_column("is_right"))


def learn_whole(lesson: Lesson) -> ConfidenceModel:
    """The calibration of whole orders, from `combined` and `is_right`."""
    rows = pl.concat([lesson.fit, lesson.calibrate])
    model = ConfidenceModel(
        model="order", trained_on=f"{rows.height} orders, {(~rows['is_right']).sum()} of them wrong"
    )
    return _calibrated(model, rows.select(weight_of(pl.col("combined"))).to_series(), rows.get_column("is_right"))


def _own(field: str, measure: str) -> pl.Expr:
    """A measure of one field, 0 of any other."""
    return pl.when(pl.col("field") == field).then(measure).otherwise(0.0).alias(field)


def _read_weights(
    features: Sequence[str], encoder: OneHotEncoder, coefficients: "np.ndarray[tuple[int], np.dtype[np.float64]]"
) -> dict[str, dict[str, float]]:
    """Weights by feature and level; levels that weigh next to nothing are left out."""
    weights: dict[str, dict[str, float]] = {}
    names = encoder.get_feature_names_out(list(features))
    infrequent = {feature: f"{feature}_infrequent_sklearn" for feature in features}
    for feature in features:
        own = {
            name.removeprefix(f"{feature}_"): _log2_odds(weight)
            for name, weight in zip(names, coefficients, strict=True)
            if name.startswith(f"{feature}_") and name != infrequent[feature]
        }
        weights[feature] = {level: weight for level, weight in own.items() if weight}
    return weights


def _calibrated(model: ConfidenceModel, weight: pl.Series, is_right: pl.Series) -> ConfidenceModel:
    """The model with the line of Platt (1999) that fits labels it has not seen; as it is, where hardly any is wrong."""
    if (~is_right).sum() < FEWEST_WRONG:
        return model
    line = LogisticRegression(C=1e6, max_iter=1_000).fit(weight.to_numpy().reshape(-1, 1), is_right.to_numpy())
    # One unit of weight is one doubling: log2 odds both times.
    slope = round(log2(np.e) * float(line.coef_[0][0]), 3)
    return model.model_copy(update={"slope": slope, "intercept": _log2_odds(line.intercept_[0])})


def _log2_odds(logit: float) -> float:
    return round(float(logit) * log2(np.e), 2)


def gather(nights: Sequence[NightTables], rows: Callable[[NightTables], pl.DataFrame]) -> pl.DataFrame:
    """The rows of several nights, one below the other."""
    return pl.concat([rows(night) for night in nights])


def main() -> None:
    """Learn all models and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where nights are kept; made where they are missing")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    settings = parser.parse_args()
    fit, calibrate = (
        [read_tables(settings.folder, orders=orders, seed=seed, noise=noise) for orders, seed, noise in nights]
        for nights in (FIT, CALIBRATE)
    )

    def lesson(rows: Callable[[NightTables], pl.DataFrame]) -> Lesson:
        return Lesson(gather(fit, rows), gather(calibrate, rows))

    link = learn("link", links.LINK_FEATURES, lesson(observed_links), numbers=links.LINK_NUMBERS)
    pair = learn("pair", links.PAIR_FEATURES, lesson(observed_pairs), numbers=links.PAIR_NUMBERS)
    linked = {id(night): night.with_links(link) for night in (*fit, *calibrate)}
    value = learn(
        "value", values.FEATURES, lesson(lambda night: observed_values(linked[id(night)])), measures=values.MEASURES
    )
    whole = learn_whole(lesson(lambda night: observed_orders(linked[id(night)], value)))
    held = learn("contents", contents.FEATURES, lesson(lambda night: observed_contents(linked[id(night)], value)))
    for model in (link, pair, value, whole, held):
        model.save(settings.out / f"{model.model}.json")
        print(f"{model.model}: {model.trained_on}; slope {model.slope}, intercept {model.intercept}")


def observed_links(night: NightTables) -> pl.DataFrame:
    """Records with what is observed of their links, and whether these are right."""
    observed = links.observe_links(night.places, night.pairs)
    return observed.join(label_links(night.order_sources, night.truth), on="record_id", maintain_order="left")


def observed_pairs(night: NightTables) -> pl.DataFrame:
    """Pairs of orders with what is observed of them, and whether they are one."""
    observed = links.observe_pairs(night.places, night.pairs, night.conflicts)
    labels = label_pairs(observed, night.order_sources, night.truth)
    return observed.join(labels, on=["order_id", "other_order_id"], maintain_order="left")


def observed_values(night: NightTables) -> pl.DataFrame:
    """Golden values with what is observed of them, and whether they are right."""
    observed = values.observe_values(night.provenance, Population.of(night.orders), night.order_sources)
    labels = label_values(night.provenance, night.order_sources, night.truth)
    return observed.join(labels, on=["order_id", "field"], maintain_order="left")


def observed_orders(night: NightTables, model: ConfidenceModel) -> pl.DataFrame:
    """Orders with what their values and links come to, and whether they are right."""
    confident = values.value_confidence(night.provenance, night.orders, night.order_sources, model=model)
    combined = combine(confident, night.order_sources)
    labels = label_orders(
        label_values(night.provenance, night.order_sources, night.truth),
        label_links(night.order_sources, night.truth),
        night.order_sources,
    )
    return combined.join(labels, on="order_id", maintain_order="left")


def observed_contents(night: NightTables, model: ConfidenceModel) -> pl.DataFrame:
    """Conditions and statuses with what is observed of them, and whether they are right."""
    confident = values.value_confidence(night.provenance, night.orders, night.order_sources, model=model)
    observed = contents.observe_contents(night.orders, night.conditions, confident, night.order_sources)
    labels = label_contents(night.orders, night.conditions, night.order_sources, night.truth)
    return observed.join(labels, on=["order_id", "field"], maintain_order="left")


if __name__ == "__main__":
    main()
