"""What labels teach about golden values: the earlier weights, moved as far as the labels reach.

Belongs here: learning, and how well it holds on labels it has not seen. Does not: where labels come from
(`ledger.packs.labels`), the weights that come with Concord (`benchmarks.train_confidence`).

The synthetic nights are the prior, the labels the evidence: each weight has a normal prior around its former value,
and the labels move it by logistic regression (maximum a posteriori). With few labels of a kind next to nothing moves;
with about fifty the labels count as much as the synthetic nights.
"""

from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np
import polars as pl
from scipy.optimize import minimize

from reconciliation.confidence.model import ConfidenceModel, level_of

STRENGTH: Final = 40.0
"""Precision of the prior of a weight, in nats: of 4, 15 and 40 the one by which labels of one synthetic night made
another better wherever the cross-validation said so. Ten weights add up in a value: together they have a tenth of it,
and a label of a value that is right in nine of ten cases carries 0.09."""
FEWEST: Final = 30
"""Labels below which nothing is learned."""
FOLDS: Final = 5
DECIMALS: Final = 3

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]


class TooFewLabelsError(ValueError):
    """There are too few labels to learn from."""


@dataclass(frozen=True)
class Lesson:
    """What was learned, and whether it holds.

    Attributes:
        model: with the new weights.
        labels: how many there were.
        wrong: of these, golden values that were wrong.
        loss_before: mean logarithmic loss of the former weights.
        loss_after: that of new weights on labels which they have not seen (`FOLDS`-fold cross-validation by order).
    """

    model: ConfidenceModel
    labels: int
    wrong: int
    loss_before: float
    loss_after: float

    @property
    def holds(self) -> bool:
        """The new weights are better on labels that they have not seen."""
        return self.loss_after < self.loss_before


def learn_from_labels(model: ConfidenceModel, labelled: pl.DataFrame) -> Lesson:
    """Move the weights of a model by labels.

    Args:
        model: the former weights.
        labelled: observations (`values.observe_values`) with `is_right`, one row for each value.

    Raises:
        TooFewLabelsError: fewer than `FEWEST`, or all of one kind.
    """
    rows = labelled.sort("order_id", "field")
    right = rows.get_column("is_right").cast(pl.Float64).to_numpy()
    if rows.height < FEWEST or right.min() == right.max():
        counts = f"{rows.height} labels, {int((right == 0).sum())} of them of wrong values"
        raise TooFewLabelsError(f"{counts}: at least {FEWEST} are needed, and both right and wrong values among them")
    prior = rows.select(model.weight() * log(2)).to_series().to_numpy()
    names, matrix = _indicators(model, rows)
    unseen = np.empty_like(prior)
    folds = rows.get_column("order_id").rank("dense").to_numpy() % FOLDS
    for fold in range(FOLDS):
        held = folds == fold
        moved = _fit(matrix[~held], prior[~held], right[~held])
        unseen[held] = prior[held] + matrix[held] @ moved
    return Lesson(
        _moved(model, names, _fit(matrix, prior, right), counts=(rows.height, int((right == 0).sum()))),
        rows.height,
        int((right == 0).sum()),
        _loss(prior, right),
        _loss(unseen, right),
    )


def mean_loss(model: ConfidenceModel, labelled: pl.DataFrame) -> float:
    """Mean logarithmic loss of a model on labels, in nats: 0 is perfect."""
    right = labelled.get_column("is_right").cast(pl.Float64).to_numpy()
    return _loss(labelled.select(model.weight() * log(2)).to_series().to_numpy(), right)


def _indicators(model: ConfidenceModel, rows: pl.DataFrame) -> tuple[list[tuple[str, str]], Matrix]:
    """Each level that the labels show, by its feature, and in which rows it is."""
    names, columns = [], []
    for feature in model.weights:
        levels = rows.select(level_of(feature)).to_series()
        for level in levels.unique().sort():
            names.append((feature, str(level)))
            columns.append((levels == level).cast(pl.Float64).to_numpy())
    return names, np.column_stack(columns)


def _fit(matrix: Matrix, prior: Vector, right: Vector) -> Vector:
    """How far each weight moves, in nats."""

    def penalised(moved: Vector) -> tuple[float, Vector]:
        weight = prior + matrix @ moved
        chance = 1 / (1 + np.exp(-weight))
        loss = np.logaddexp(0, weight).sum() - right @ weight + STRENGTH / 2 * moved @ moved
        return float(loss), matrix.T @ (chance - right) + STRENGTH * moved

    found: Vector = minimize(penalised, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B").x
    return found


def _moved(
    model: ConfidenceModel, names: list[tuple[str, str]], moved: Vector, *, counts: tuple[int, int]
) -> ConfidenceModel:
    """The model with its weights moved; its calibration stays."""
    weights = {feature: dict(levels) for feature, levels in model.weights.items()}
    for (feature, level), nats in zip(names, moved, strict=True):
        doublings = round(float(nats) / log(2) / model.slope, DECIMALS)
        weights[feature][level] = round(weights[feature].get(level, 0.0) + doublings, DECIMALS)
    trained = f"{model.trained_on}; then {counts[0]} labels, {counts[1]} of them of wrong values"
    return model.model_copy(update={"weights": weights, "trained_on": trained})


def _loss(weight: Vector, right: Vector) -> float:
    return float(np.mean(np.logaddexp(0, weight) - right * weight))
