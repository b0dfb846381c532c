"""Conditions over two records: what they say of two values, and that they say it both ways round."""

from datetime import date

import polars as pl
import pytest

from matching.engine.comparators import pair_conditions as say
from matching.engine.comparators.expressions import LEFT, RIGHT


def holds(condition: pl.Expr, one: object, other: object) -> bool | None:
    kinds = {type(value): pl.Series([value]).dtype for value in (one, other) if value not in (None, [])}
    (kind,) = kinds.values()
    columns = [pl.Series("value" + side, [value], dtype=kind) for side, value in ((LEFT, one), (RIGHT, other))]
    return pl.DataFrame(columns).select(condition).item()


@pytest.mark.parametrize(
    ("condition", "one", "other", "expected"),
    [
        pytest.param(say.missing("value"), "ANNA", None, True, id="missing in one"),
        pytest.param(say.equal("value"), "ANNA", "ANNA", True, id="equal"),
        pytest.param(say.equal("value"), "ANNA", None, None, id="equal, missing in one"),
        pytest.param(say.day_and_month_swapped("value"), date(2021, 3, 4), date(2021, 4, 3), True, id="exchanged"),
        pytest.param(
            say.day_and_month_swapped("value"), date(2021, 3, 4), date(2020, 4, 3), False, id="exchanged, other year"
        ),
        pytest.param(say.year_off("value", 1), date(2020, 5, 6), date(2021, 5, 6), True, id="a year off"),
        pytest.param(say.year_off("value", 1), date(2020, 2, 29), date(2021, 2, 28), True, id="a year off a leap day"),
        pytest.param(
            say.year_off("value", 1), date(2020, 2, 14), date(2021, 2, 15), False, id="another day of February"
        ),
        pytest.param(say.year_off("value", 1), date(2020, 5, 6), date(2022, 5, 6), False, id="two years off"),
        pytest.param(say.digits_off("value") == 3, date(1993, 5, 14), date(2003, 5, 14), True, id="three digits"),
        pytest.param(say.digits_off("value") == 1, date(1993, 5, 14), date(1983, 5, 14), True, id="one digit"),
        pytest.param(say.digits_off("value") == 0, date(1993, 5, 14), date(1993, 5, 14), True, id="no digit"),
        pytest.param(say.digits_off("value"), date(1993, 5, 14), None, None, id="digits of a missing date"),
        pytest.param(say.years_apart("value") == 1, date(1993, 12, 31), date(1994, 1, 1), True, id="years apart"),
        pytest.param(say.same_day_of_year("value"), date(1993, 5, 1), date(2003, 5, 1), True, id="same day of year"),
        pytest.param(say.same_day_of_year("value"), date(1993, 5, 1), date(2003, 6, 1), False, id="another month"),
        pytest.param(say.same_year_and_month("value"), date(1993, 5, 1), date(1993, 5, 31), True, id="same month"),
        pytest.param(say.days_apart("value") <= 2, date(2020, 12, 31), date(2021, 1, 2), True, id="two days"),
        pytest.param(say.letter_off("value"), "2019/0086352Z", "2019/0086352K", True, id="letter differs"),
        pytest.param(say.letter_off("value"), "2019/0086352Z", "2019/0086353Z", False, id="digit differs"),
        pytest.param(say.overlap("value") == 0.5, ["C01", "C02"], ["C02", "C03", "C04"], True, id="half"),
        pytest.param(say.overlap("value").is_null(), [], ["C02"], True, id="nothing to overlap"),
        pytest.param(say.lists_meet("value"), ["C01", "C02"], ["C02"], True, id="lists meet"),
        pytest.param(say.variant("value", [("WILLIAM", "BILL")]), "BILL", "WILLIAM", True, id="known variant"),
        pytest.param(say.variant("value", [("WILLIAM", "BILL")]), "BILL", "BILLY", False, id="no known variant"),
        pytest.param(
            say.any_of((say.equal("value"), say.letter_off("value"))), "ANNA", "ANNE", True, id="one of several"
        ),
    ],
)
def test_condition(condition, one, other, expected):
    assert holds(condition, one, other) is expected
    assert holds(condition, other, one) is expected


def test_one_value_may_stand_in_the_other_column_or_list():
    frame = pl.DataFrame(
        {
            "made" + LEFT: [1, 1, None],
            "start" + LEFT: [2, 2, None],
            "made" + RIGHT: [2, 3, 3],
            "start" + RIGHT: [4, 4, 4],
            "name" + LEFT: ["A", "A", "A"],
            "names" + LEFT: [["B"], ["B"], []],
            "name" + RIGHT: ["B", "C", "B"],
            "names" + RIGHT: [[], ["A"], ["C"]],
        }
    )
    crossed = frame.select(say.crossed("made", "start").fill_null(value=False)).to_series().to_list()
    held = frame.select(say.one_holds("name", "names")).to_series().to_list()
    assert (crossed, held) == ([True, False, False], [True, True, False])


def test_equal_texts_and_missing_texts_are_not_scored():
    frame = pl.DataFrame({"name" + LEFT: ["ANNA", "ANNA", None], "name" + RIGHT: ["ANNA", "ANAN", "ANNA"]})
    assert say.edits("name").compute(frame).to_list() == [None, 1.0, None]
    likeness = say.jaro_winkler("name", least=0.9).compute(frame).to_list()
    assert likeness == [None, pytest.approx(0.9333, abs=1e-3), None]


def test_words_are_scored_where_it_is_asked_for():
    frame = pl.DataFrame({"name" + LEFT: ["ANNA ROSS"] * 2, "name" + RIGHT: ["ROSS ANNA", "ROSS HANNA"]})
    feature = say.token_ratio("name", least=50, where=say.right("name").str.ends_with("HANNA"))
    assert feature.compute(frame).to_list() == [None, pytest.approx(94.7, abs=0.1)]


def test_names_may_have_changed_places():
    names = {"one" + LEFT: "ANNA", "two" + LEFT: "ROSSI", "one" + RIGHT: "ROSSY", "two" + RIGHT: "ANNA"}
    frame = pl.DataFrame({column: [name] for column, name in names.items()})
    features = [say.jaro_winkler("one", "two", least=0.9), say.jaro_winkler("two", "one", least=0.9)]
    scored = frame.with_columns(feature.compute(frame).alias(feature.name) for feature in features)
    assert scored.select(say.crossed_likeness("one", "two", 0.9)).item()
    assert not scored.select(say.crossed_likeness("one", "two", 0.95)).item()
