"""What training learns, and its file: m and u of every level, the share of matches, which comparisons depend.

Belongs here: the trained model as data, its JSON. Does not: learning (`training`), weighing (`weights`).
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from matching.engine.patterns import Comparison

FORMAT: Literal[2] = 2
ADVICE = "train the model again (concord model train)"
# Numbers are rounded to this many digits, so that a file restores exactly the numbers that were trained.
DIGITS = 12


def _cut(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


Number = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_cut)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), AfterValidator(_cut)]
# The share of matches: above 0 and below 1, as its odds are needed.
Prior = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False), AfterValidator(_cut)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shares(_Entry):
    """What was learned of one comparison.

    Attributes:
        name: of the comparison.
        levels: their names, not known first.
        m: share of matching pairs at each level, among those where it is known; 0 for not known.
        u: the same of non-matching pairs.
    """

    name: str
    levels: tuple[str, ...]
    m: tuple[Share, ...]
    u: tuple[Share, ...]

    @model_validator(mode="after")
    def _is_complete(self) -> "Shares":
        if not len(self.levels) == len(self.m) == len(self.u):
            raise ValueError(f"{self.name} has {len(self.levels)} levels, {len(self.m)} m and {len(self.u)} u")
        return self


class RivalShares(_Entry):
    """What was learned of a class of pairs that agree in much and do not match.

    Attributes:
        name: of the class.
        prior: share of its pairs among all pairs; 0 if none was found.
        alike: for each comparison, the share of its pairs that agree as matches do; the rest agree as non-matches do.
    """

    name: str
    prior: Share
    alike: tuple[Share, ...]


class Lift(_Entry):
    """How much more often two levels occur together among non-matches than by chance.

    Attributes:
        one: place of a comparison.
        other: place of another.
        log2: log2 of the ratio; one row for each level of `one`, one column for each level of `other`.
    """

    one: int
    other: int
    log2: tuple[tuple[Number, ...], ...]


class Parameters(_Entry):
    """A trained model.

    Attributes:
        format: of the file.
        model: its name.
        prior: share of matches among all possible pairs.
        records: the number of records for which the prior holds; among more records a pair is less likely to match. 0:
            it holds for any number.
        shares: one for each comparison.
        rivals: classes of pairs that agree in much and do not match.
        lifts: dependences that weights are corrected for.
        rounds: of expectation and maximisation.
        trained_on: what it was trained on, in counts alone.
    """

    format: Literal[2] = FORMAT
    model: str
    prior: Prior
    records: int = Field(ge=0)
    shares: tuple[Shares, ...]
    rivals: tuple[RivalShares, ...] = ()
    lifts: tuple[Lift, ...] = ()
    rounds: int = 0
    trained_on: str = ""

    @property
    def version(self) -> str:
        """A name for exactly these numbers: the start of their digest."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:12]

    def save(self, path: Path) -> None:
        """Write the model file."""
        path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")


def load_parameters(path: Path, comparisons: Sequence[Comparison]) -> Parameters:
    """Read a model file for a model with these comparisons.

    Raises:
        ValueError: this is not a model file, or one of another format, other comparisons or other levels.
    """
    try:
        parameters = Parameters.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise ValueError(
            f"{path.name} is not a model file of format {FORMAT} ({place}: {first['msg']}): {ADVICE}"
        ) from None
    check_parameters(parameters, comparisons)
    return parameters


def check_parameters(parameters: Parameters, comparisons: Sequence[Comparison]) -> None:
    """Check that parameters belong to these comparisons.

    Raises:
        ValueError: comparisons or levels differ, or rivals or dependences are incomplete.
    """
    learned = [shares.name for shares in parameters.shares]
    asked = [comparison.name for comparison in comparisons]
    if learned != asked:
        raise ValueError(f"the file of model {parameters.model!r} compares {learned}, not {asked}: {ADVICE}")
    pairs = zip(parameters.shares, comparisons, strict=True)
    if changed := [shares.name for shares, comparison in pairs if shares.levels != comparison.levels]:
        raise ValueError(f"the file of model {parameters.model!r} has other levels in {changed}: {ADVICE}")
    if any(len(rival.alike) != len(comparisons) for rival in parameters.rivals):
        raise ValueError(f"the file of model {parameters.model!r} has incomplete rivals: {ADVICE}")
    if not all(_is_complete(lift, comparisons) for lift in parameters.lifts):
        raise ValueError(f"the file of model {parameters.model!r} has incomplete dependences: {ADVICE}")


def _is_complete(lift: Lift, comparisons: Sequence[Comparison]) -> bool:
    """Whether a dependence is one of two comparisons of the model, with a row and a column for each of their levels."""
    if not 0 <= lift.one < lift.other < len(comparisons):
        return False
    rows, columns = (len(comparisons[place].levels) for place in (lift.one, lift.other))
    return [len(row) for row in lift.log2] == [columns] * rows
