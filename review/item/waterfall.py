"""How the weight of a pair of records comes about, step by step, as numbers, words and places on a drawing.

Belongs here: pairs of records that the matching compared, and their drawing's geometry. Does not: the weights
themselves (`matching`), the SVG (`review/templates/item`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reconciliation.explanation import read_pair
from review.item.comparison import text_of
from review.item.fields import FIELD_ROWS, PERSON_ROWS, STEP_TITLES, FieldRow
from review.item.titles import record_title, source_name, title_for
from warehouse.tables.link import ORDER_BAR, PERSON_BAR

Values = Mapping[str, Any]

WIDTH: Final = 240
"""Units of a drawing from its least to its greatest weight."""

GAP: Final = " / "
"""Between the values of fields that one comparison looks at together."""

PERSON_STEPS: Final = frozenset(step for row in PERSON_ROWS for step in row.steps)
"""The comparisons that weigh whether two records are of one person; the others, whether they are of one order."""

THRESHOLDS: Final = {
    "One person": PERSON_BAR,
    "One order, if it is one person": ORDER_BAR,
}
"""The questions that a pair answers, each by a sum of its own, and the weight above which the answer is yes."""

FIELDS_BY_STEP: Final = {
    step: tuple(field for field in FIELD_ROWS if step in field.steps)
    for step in dict.fromkeys(step for field in FIELD_ROWS for step in field.steps)
}


@dataclass(frozen=True)
class StepBar:
    """Where a step stands on the drawing, in its units.

    Attributes:
        left: its left end.
        width: its length.
        zero: where the weight 0 stands.
        end: where the weight after the step stands.
        threshold: where the threshold of its question stands.
    """

    left: float
    width: float
    zero: float
    end: float
    threshold: float


@dataclass(frozen=True)
class WaterfallStep:
    """One comparison of the two records.

    Attributes:
        found: the level that they reach, in the words of the model.
        weight: what that adds, in bits: each doubles the odds of a match.
        total: the weight of its question so far.
    """

    title: str
    found: str
    weight: float
    total: float
    left: str
    right: str
    bar: StepBar

    @property
    def speaks(self) -> str:
        """Whether it speaks for a match, against it, or not at all."""
        return "for" if self.weight > 0 else "against" if self.weight < 0 else "neither"


@dataclass(frozen=True)
class WeightedQuestion:
    """What is asked of two records, and the steps that answer it.

    Attributes:
        weight: the sum of its steps.
        threshold: the weight above which the answer is yes.
    """

    title: str
    weight: float
    threshold: float
    steps: tuple[WaterfallStep, ...]


@dataclass(frozen=True)
class PairWaterfall:
    """The weight of a pair of records.

    Attributes:
        blocking_rule: why the two were compared at all.
        questions: the sum's parts: of one person, and of one order.
    """

    left_id: str
    right_id: str
    match_weight: float
    blocking_rule: str
    questions: tuple[WeightedQuestion, ...]

    @property
    def steps(self) -> tuple[WaterfallStep, ...]:
        """The steps of all questions."""
        return tuple(step for question in self.questions for step in question.steps)

    @property
    def titles(self) -> tuple[str, str]:
        """The two records in words."""
        return record_title(self.left_id), record_title(self.right_id)

    @property
    def summary(self) -> str:
        """The drawing in words."""
        loudest = sorted((step for step in self.steps if step.weight), key=lambda step: -abs(step.weight))[:3]
        counted = ", ".join(f"{step.title} {step.weight:+.2f} ({step.found})" for step in loudest)
        return f"Together {self.match_weight:+.2f}. What counts most: {counted or 'nothing could be compared'}."


@dataclass(frozen=True)
class PairChoice:
    """A pair that can be looked at."""

    left_id: str
    right_id: str

    @property
    def title(self) -> str:
        """The two records in words."""
        return f"{record_title(self.left_id)} with {record_title(self.right_id)}"

    @property
    def key(self) -> str:
        """The pair in an address."""
        return f"{self.left_id}|{self.right_id}"


def list_pairs(pairs: Sequence[Values]) -> tuple[PairChoice, ...]:
    """The pairs that can be looked at, in the order given."""
    return tuple(PairChoice(pair["left_id"], pair["right_id"]) for pair in pairs)


def draw_waterfall(pair: Values, records: Mapping[str, Values]) -> PairWaterfall:
    """The weight of a pair as a waterfall.

    Args:
        pair: a row of `order_pairs` or `near_pairs`.
        records: the records by id; values of a record that is not among them are not shown.
    """
    steps = read_pair(pair).steps
    halves = [[step for step in steps if (step.comparison in PERSON_STEPS) == is_person] for is_person in (True, False)]
    totals = [_running([step.weight for step in half]) for half in halves]
    marks = [0.0, *THRESHOLDS.values(), *(total for half in totals for total in half)]
    scale = _WeightScale(min(marks), max(marks))
    values = tuple(_values_by_step(records.get(pair[side], {})) for side in ("left_id", "right_id"))
    weights = (pair["person_weight"], pair["order_weight"])
    questions = tuple(
        WeightedQuestion(title, weight, threshold, _steps(half, running, values, scale, threshold))
        for (title, threshold), weight, half, running in zip(THRESHOLDS.items(), weights, halves, totals, strict=True)
    )
    return PairWaterfall(pair["left_id"], pair["right_id"], pair["match_weight"], pair["blocking_rule"], questions)


def _steps(
    steps: Sequence[Any],
    totals: Sequence[float],
    values: Sequence[Mapping[str, str]],
    scale: "_WeightScale",
    threshold: float,
) -> tuple[WaterfallStep, ...]:
    return tuple(
        WaterfallStep(
            title_for(STEP_TITLES, step.comparison),
            step.level,
            step.weight,
            total,
            values[0].get(step.comparison, ""),
            values[1].get(step.comparison, ""),
            scale.bar(round(total - step.weight, 2), total, threshold),
        )
        for step, total in zip(steps, totals, strict=True)
    )


@dataclass(frozen=True)
class _WeightScale:
    """From weights to units of the drawing."""

    least: float
    greatest: float

    def place(self, weight: float) -> float:
        span = self.greatest - self.least
        return round((weight - self.least) / span * WIDTH, 1) if span else 0.0

    def bar(self, before: float, after: float, threshold: float) -> StepBar:
        left, right = sorted((self.place(before), self.place(after)))
        return StepBar(left, round(right - left, 1), self.place(0), self.place(after), self.place(threshold))


def _running(weights: Sequence[float]) -> list[float]:
    totals: list[float] = []
    for weight in weights:
        totals.append(round((totals[-1] if totals else 0.0) + weight, 2))
    return totals


def _values_by_step(record: Values) -> dict[str, str]:
    """What a record says, by the comparison that looks at it."""
    more = {"source": source_name(record["source"])} if record else {}
    return {step: _value_of(fields, record) for step, fields in FIELDS_BY_STEP.items()} | more


def _value_of(fields: Sequence[FieldRow], record: Values) -> str:
    """The values of the fields that a comparison looks at; beside others a flag is shown by its name if it holds."""
    if len(fields) == 1:
        return text_of(fields[0], record.get(fields[0].name)) or ""
    values = [text_of(field, record.get(field.name)) for field in fields if field.nature != "flag"]
    flags = [field.title.lower() for field in fields if field.nature == "flag" and record.get(field.name)]
    return GAP.join([*(value or "–" for value in values if any(values)), *flags])
