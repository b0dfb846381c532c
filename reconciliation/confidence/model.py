"""A model of confidence: what each observation weighs, and the probability they come to.

Belongs here: the file, applying it, explaining it. Does not: what is observed (`values`, `links`,
`contents`), learning (`learning`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

FORMAT: Final = 1
SEPARATOR: Final = ", "
LEAST, MOST = 0.0001, 0.9999
"""No model was seen to be surer than its nights are large: a few ten thousand values each."""


class ConfidenceModel(BaseModel):
    """Weights in log2 odds, as match weights are: 0 is even, each unit doubles the odds of being right.

    Attributes:
        base: the weight before anything is observed.
        weights: by feature, and by level of the feature; a level that is not listed weighs nothing. A feature is one
            observation (`rule`) or several together (`field, rule`).
        slopes: by observation that is a number: what one unit of it weighs.
        measures: by measure of the night, such as how often sources err in a field, and by field: what one unit of it
            weighs.
        slope, intercept: of the calibration: what the sum is multiplied by, and what is added (Platt, 1999).
        trained_on: what it was trained on, in counts alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = FORMAT
    model: str
    base: float = 0.0
    weights: Mapping[str, Mapping[str, float]] = Field(default_factory=dict)
    slopes: Mapping[str, float] = Field(default_factory=dict)
    measures: Mapping[str, Mapping[str, float]] = Field(default_factory=dict)
    slope: float = 1.0
    intercept: float = 0.0
    trained_on: str = ""

    @property
    def version(self) -> str:
        """A name for exactly these numbers: the start of their digest."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:12]

    def save(self, path: Path) -> None:
        """Write the model file."""
        path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    def weight(self) -> pl.Expr:
        """The calibrated weight of a row of observations."""
        parts = [
            level_of(feature).replace_strict(dict(levels), default=0.0, return_dtype=pl.Float64)
            for feature, levels in self.weights.items()
        ]
        parts += [pl.col(name) * slope for name, slope in self.slopes.items()]
        parts += [
            pl.col(measure) * pl.col("field").replace_strict(dict(fields), default=0.0, return_dtype=pl.Float64)
            for measure, fields in self.measures.items()
        ]
        # Rounded, so that the last digit of a sum never decides.
        return self.calibrated(pl.sum_horizontal(pl.lit(self.base), *parts)).round(6)

    def calibrated(self, weight: pl.Expr) -> pl.Expr:
        """A weight as it holds on nights that the model did not learn from."""
        return self.slope * weight + self.intercept

    def probability(self) -> pl.Expr:
        """The probability of a row of observations, to four places."""
        return probability_of(self.weight())

    def reasons(self, observed: Mapping[str, Any]) -> tuple["Reason", ...]:
        """What speaks for and against, the heaviest first; the levels of one row."""
        found = []
        for feature, levels in self.weights.items():
            names = tuple(feature.split(SEPARATOR))
            level = SEPARATOR.join(str(observed[name]) for name in names)
            if weight := levels.get(level, 0.0):
                found.append(Reason(names, tuple(str(observed[name]) for name in names), self.slope * weight))
        for measure, fields in self.measures.items():
            if weight := fields.get(str(observed["field"]), 0.0) * observed[measure]:
                found.append(Reason((measure,), (f"{observed[measure]:+.1f}",), self.slope * weight))
        return tuple(sorted(found, key=lambda reason: -abs(reason.weight)))


@dataclass(frozen=True)
class Reason:
    """One thing that was observed, and what it weighs.

    Attributes:
        names: the observations.
        levels: what was observed, one for each.
        weight: in log2 odds of being right.
    """

    names: tuple[str, ...]
    levels: tuple[str, ...]
    weight: float


def level_of(feature: str | Sequence[str]) -> pl.Expr:
    """The level of a feature: that of its observation, or those of several side by side."""
    names = feature.split(SEPARATOR) if isinstance(feature, str) else feature
    return pl.concat_str(*names, separator=SEPARATOR)


def probability_of(weight: pl.Expr) -> pl.Expr:
    """The probability that a weight (log2 odds) stands for, to four places and never quite 0 or 1."""
    return (1 / (1 + 2 ** (-weight.clip(-60, 60)))).clip(LEAST, MOST).round(4)


def weight_of(probability: pl.Expr) -> pl.Expr:
    """The weight (log2 odds) of a probability."""
    return (probability / (1 - probability)).log(2)


def load_model(path: Path) -> ConfidenceModel:
    """Read a model file.

    Raises:
        ValueError: it is not a model of confidence, or one of another format.
    """
    try:
        return ConfidenceModel.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ValueError(f"{path.name} is not a model of confidence of format {FORMAT}") from error


@cache
def shipped_model(name: str) -> ConfidenceModel:
    """A model that comes with Concord: value, link, pair, order or contents."""
    file = files("reconciliation").joinpath("confidence", "shipped", f"{name}.json")
    return ConfidenceModel.model_validate_json(file.read_bytes())
