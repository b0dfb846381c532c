"""What training learns, and its file: shares m and u of every level, the share of matches, what depends on what.

Belongs here: the trained model as data, its JSON. Does not: learning (`training`), weighing (`weights`).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from math import isfinite
from pathlib import Path

from matching.engine.patterns import Comparison

VERSION = 1


@dataclass(frozen=True)
class Shares:
    """What was learned of one comparison.

    Attributes:
        name: of the comparison.
        levels: in words, not known first.
        m: share of matching pairs that reach each level, among those where it is known; 0 for not known.
        u: likewise of pairs of strangers.
        alike: share of pairs of related persons that agree as matches do, the rest as strangers (related-person class).
    """

    name: str
    levels: tuple[str, ...]
    m: tuple[float, ...]
    u: tuple[float, ...]
    alike: float = 0.0


@dataclass(frozen=True)
class Lift:
    """How much commoner two levels are together among strangers than by chance.

    Attributes:
        one: place of a comparison.
        other: place of another.
        log2: a row a level of the one, a column a level of the other; log2 of the ratio.
    """

    one: int
    other: int
    log2: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Parameters:
    """A trained model.

    Attributes:
        model: its name.
        prior: share of matches among all pairs that the model looks at.
        related: share of pairs of related persons; 0 if the class is not used.
        shares: one a comparison.
        lifts: dependences that weights are corrected for.
        rounds: of expectation and maximisation.
        trained_on: what it was trained on, in counts alone.
    """

    model: str
    prior: float
    related: float
    shares: tuple[Shares, ...]
    lifts: tuple[Lift, ...] = ()
    rounds: int = 0
    trained_on: str = ""

    @property
    def version(self) -> str:
        """A name for these very numbers: the start of their digest."""
        return sha256(self.to_json().encode()).hexdigest()[:12]

    def to_json(self) -> str:
        """The model file's text."""
        return json.dumps({"format": VERSION, **asdict(self)}, indent=1) + "\n"

    def save(self, path: Path) -> None:
        """Write the model file."""
        path.write_text(self.to_json(), encoding="utf-8")


def load_parameters(path: Path, comparisons: Sequence[Comparison]) -> Parameters:
    """Read a model file for a model with these comparisons.

    Raises:
        ValueError: it is no model file, one of another format, or one of other comparisons or levels.
    """
    advice = "train the model again (concord model train)"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told.pop("format", None) != VERSION:
            raise ValueError(f"{path.name} is no model file of format {VERSION}: {advice}")
        parameters = Parameters(
            **told
            | {
                "shares": tuple(_shares(entry) for entry in told["shares"]),
                "lifts": tuple(_lift(entry) for entry in told["lifts"]),
            }
        )
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is no model file: {advice}") from error
    check_parameters(parameters, comparisons)
    return parameters


def check_parameters(parameters: Parameters, comparisons: Sequence[Comparison]) -> None:
    """See that parameters belong to these comparisons.

    Raises:
        ValueError: comparisons or levels differ, or a share is no share.
    """
    learned = {shares.name: shares.levels for shares in parameters.shares}
    asked = {comparison.name: comparison.levels for comparison in comparisons}
    if list(learned) != list(asked):
        raise ValueError(f"the model file of {parameters.model} compares {list(learned)}, the model {list(asked)}")
    if changed := [name for name, levels in asked.items() if learned[name] != levels]:
        raise ValueError(f"the model file of {parameters.model} has other levels in {changed}")
    for shares in parameters.shares:
        numbers = (*shares.m, *shares.u)
        is_complete = len(shares.m) == len(shares.u) == len(shares.levels)
        if not is_complete or not all(isfinite(number) and number >= 0 for number in numbers):
            raise ValueError(f"the model file of {parameters.model} has no proper shares for {shares.name}")


def rounded(parameters: Parameters, digits: int = 12) -> Parameters:
    """The same with every number cut to so many significant digits, so that a file gives back what was trained."""

    def cut(number: float) -> float:
        return float(f"{number:.{digits}g}")

    return replace(
        parameters,
        prior=cut(parameters.prior),
        related=cut(parameters.related),
        shares=tuple(
            replace(entry, m=tuple(map(cut, entry.m)), u=tuple(map(cut, entry.u)), alike=cut(entry.alike))
            for entry in parameters.shares
        ),
        lifts=tuple(replace(lift, log2=tuple(tuple(map(cut, row)) for row in lift.log2)) for lift in parameters.lifts),
    )


def _shares(told: dict[str, object]) -> Shares:
    lists = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
    return Shares(**lists)  # type: ignore[arg-type]


def _lift(told: dict[str, object]) -> Lift:
    rows = told["log2"]
    if not isinstance(rows, list):
        raise TypeError("a lift is a table")
    return Lift(**told | {"log2": tuple(tuple(row) for row in rows)})  # type: ignore[arg-type]
