"""The weight of a pair, step by step, as numbers and on a drawing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from item_cases import day, pair, record

from review.item.waterfall import WIDTH, draw_waterfall, list_pairs

WEIGHTS = st.lists(st.floats(-40, 40).map(lambda weight: round(weight, 2)), max_size=16)


def test_steps_add_up_and_stand_beside_the_values():
    drawn = draw_waterfall(
        pair(name=("same full name", 12.29), dates_made_and_start=("both the same", 9.1), sex=("other", -4.0)),
        {
            "court:2": record(surname="Lee", forenames="Anna", made_on=day("2020-01-02"), sex="M"),
            "pnc:1": record(surname="LEE", made_on=day("2020-01-02"), start_on=day("2020-01-02")),
        },
    )
    assert [(step.title, step.total, step.speaks) for step in drawn.steps] == [
        ("Names", 12.29, "for"),
        ("Sex", 8.29, "against"),
        ("Date of order and start", 9.1, "for"),
    ]
    assert [(step.left, step.right) for step in drawn.steps] == [
        ("Lee / Anna", "LEE / –"),
        ("Male", ""),
        ("2 January 2020 / –", "2 January 2020 / 2 January 2020"),
    ]
    assert drawn.match_weight == round(sum(question.steps[-1].total for question in drawn.questions), 2)
    assert drawn.titles == ("Court 2", "PNC 1")
    assert drawn.summary.startswith("Together +17.39. What counts most: Names +12.29 (same full name)")


def test_an_order_until_further_order_is_reported_in_words():
    drawn = draw_waterfall(
        pair(end=("not known", 0.0)), {"court:2": record(is_until_further_order=True), "pnc:1": record(end_on=None)}
    )
    assert (drawn.steps[0].left, drawn.steps[0].right) == ("until further order", "")


@given(WEIGHTS)
def test_each_bar_spans_what_its_step_adds(weights):
    drawn = draw_waterfall(pair(**{f"step{place}": ("x", weight) for place, weight in enumerate(weights)}), {})
    before = drawn.steps[0].bar.zero if drawn.steps else 0.0
    for step in drawn.steps:
        bar = step.bar
        assert 0 <= bar.threshold <= WIDTH
        assert 0 <= bar.left <= bar.left + bar.width <= WIDTH + 0.1
        ends = sorted((before, bar.end))
        assert (bar.left, bar.left + bar.width) == (pytest.approx(ends[0]), pytest.approx(ends[1]))
        before = bar.end


def test_pairs_are_offered_by_their_records():
    offered = list_pairs([pair("pnc:1", "rocu:R.xlsx#Orders#15")])
    assert [choice.key for choice in offered] == ["pnc:1|rocu:R.xlsx#Orders#15"]
    assert offered[0].title == "PNC 1 with Regional return R.xlsx, Orders, row 15"


def test_each_question_has_its_own_sum_and_threshold_on_one_scale():
    drawn = draw_waterfall(pair(name=("same full name", 12.0), end=("other date", -6.0)), {})
    person, order = drawn.questions
    assert (person.title, person.threshold, [step.total for step in person.steps]) == ("One person", 4.0, [12.0])
    assert (order.title, order.threshold, [step.total for step in order.steps]) == (
        "One order, if it is one person",
        0.0,
        [-6.0],
    )
    assert person.steps[0].bar.zero == order.steps[0].bar.zero == order.steps[0].bar.threshold
    assert person.steps[0].bar.threshold > person.steps[0].bar.zero
    assert all(step.bar.width for step in drawn.steps)
