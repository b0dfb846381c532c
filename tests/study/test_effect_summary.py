"""What the report says in words, and what it warns of."""

from datetime import date, timedelta

import pytest
from study_cases import COCAINE, MADE, SETTINGS, arrest, data, order

from study.effect.report_sections import describe_study
from study.effect.study import make_study
from study.effect.summary import summarise_study

AS_OF = date(2024, 12, 31)
LONG_AGO = date(2015, 1, 1)


def summary_of(orders, arrests):
    return summarise_study(make_study(data(orders, [arrest(LONG_AGO), *arrests]), SETTINGS, as_of=AS_OF))


def both_sides(number, **changes):
    return [arrest(MADE + timedelta(days=days), of=number, **changes) for days in (-90, -40, 60)]


def test_the_answer_gives_orders_counts_and_change_with_its_interval():
    who, what, caution, *_ = summary_of(
        [order(number) for number in range(1, 9)] + [order(9, is_start_settled=False)],
        [event for number in range(1, 9) for event in both_sides(number)],
    )
    assert who.startswith("8 of 9 full STRO orders can be studied: 9 have 24 months before and after")
    assert "16 times before and 8 times after: a change of -50 % (95 % interval -50 to -50 %)" in what
    assert "not what the orders did" in caution


@pytest.mark.parametrize(
    ("orders", "arrests", "warning"),
    [
        pytest.param(
            [order()], both_sides(1), "all eligible orders are from one region (SWROCU)", id="one region only"
        ),
        pytest.param(
            [order()], both_sides(1), "No arrests before in: modern_slavery, violence, drugs", id="no offences"
        ),
        pytest.param([order()], [arrest(MADE)], "no percentage, since there was none before", id="nothing before"),
        pytest.param([order()], both_sides(1, offence=None), "The offence of 3 arrests is not known", id="no offence"),
        pytest.param(
            [order()], both_sides(1, offence="BA76001"), "3 of 3 arrests have no days of harm", id="no harm days"
        ),
        pytest.param(
            [order(1), order(2, subject_id="S1", start_on=MADE + timedelta(days=30))],
            both_sides(1),
            "2 eligible orders bind 1 person",
            id="one person twice",
        ),
        pytest.param([order()], both_sides(1), "too few people for an interval", id="one person"),
        pytest.param([order()], both_sides(1), "2 times before and 1 time after", id="one arrest"),
        pytest.param([order()], both_sides(1), "1 has 24 months before and after", id="one order"),
    ],
)
def test_what_to_beware_of_is_said(orders, arrests, warning):
    assert any(warning in sentence for sentence in summary_of(orders, arrests))


def test_two_regions_are_no_warning():
    orders = [order(1), order(2, region_code="LONDON")]
    assert not any("one region" in sentence for sentence in summary_of(orders, both_sides(1)))


def test_every_section_has_a_name_of_its_own_a_caption_and_a_table():
    held = data([order(1), order(2)], [arrest(LONG_AGO), *both_sides(1, offence=COCAINE), *both_sides(2)])
    steps = []
    sections = list(describe_study(make_study(held, SETTINGS, as_of=AS_OF), held, step=steps.append))
    assert len({section.name for section in sections}) == len(sections) == 8
    assert all(section.caption.endswith(".") for section in sections)
    assert [section.name for section in sections if section.svg] == [
        "funnel",
        "changes",
        "months",
        "selection",
        "choices",
    ]
    assert steps == ["series by month", "what selection alone would show", "other choices"]
