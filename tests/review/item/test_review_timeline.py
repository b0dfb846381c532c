"""Orders along time: when each ran, what ended it, and where that stands on the drawing."""

from datetime import date

import pytest
from item_cases import day, order, record

from review.item.timeline import WIDTH, draw_timeline

AS_OF = date(2026, 11, 20)
TRAVEL = {"order_id": "ORD-1", "kind": "travel", "is_golden": True, "is_doubtful": False, "condition_code": "C28"}
TRAVEL |= {"end_on": date(2025, 2, 28)}


def drawn(*orders, conditions=(), records=()):
    return draw_timeline(orders, conditions, records, as_of=AS_OF)


def reported(timeline):
    return [(stretch.shape, stretch.words) for stretch in timeline.stretches]


def made(order_id, start, end=None, **values):
    return order(order_id, made_on=day(start), start_on=day(start), end_on=end and day(end), **values)


def test_an_interim_order_ends_when_the_full_one_is_made():
    timeline = drawn(
        made("ORD-2", "2022-06-01", "2027-05-31", follows_order_id="ORD-1"),
        made(
            "ORD-1",
            "2022-01-01",
            "2022-12-31",
            is_interim=True,
            legal_status="determined",
            ended_by=day("2022-06-01"),
            followed_by_order_id="ORD-2",
        ),
    )
    assert reported(timeline) == [
        ("binds", "1 January 2022 to 1 June 2022"),
        ("ended", "1 June 2022 to 31 December 2022"),
        ("binds", "1 June 2022 to 31 May 2027"),
    ]
    assert "Interim STRO determined by the full order ORD-2" in [event.what for event in timeline.events]
    assert [event.on for event in timeline.events] == sorted(event.on for event in timeline.events)


@pytest.mark.parametrize(
    ("end", "longest"),
    [
        pytest.param(None, "1 March 2020 to 28 February 2025", id="five years of an order without an end"),
        pytest.param("2022-02-28", "1 March 2020 to 28 February 2022", id="no longer than the order"),
    ],
)
def test_a_travel_condition_lasts_five_years_at_most(end, longest):
    timeline = drawn(made("ORD-1", "2020-03-01", end), conditions=[TRAVEL])
    assert reported(timeline)[1] == ("travel", longest)
    assert timeline.has_travel
    assert "ss.18" in timeline.travel_note


def test_a_travel_condition_whose_last_day_is_not_known_lasts_as_its_order_does():
    timeline = drawn(made("ORD-1", "2020-03-01"), conditions=[TRAVEL | {"end_on": None}])
    assert reported(timeline)[1] == ("travel", "1 March 2020 to no end known")


def test_each_travel_condition_is_drawn():
    timeline = drawn(made("ORD-1", "2020-03-01"), conditions=[TRAVEL, TRAVEL | {"condition_code": "C27"}])
    assert [shape for shape, _ in reported(timeline)] == ["binds", "travel", "travel"]


def test_what_records_say_otherwise_is_reported_once_a_period():
    records = [
        record("1", start_on=day("2020-01-01"), end_on=day("2030-12-31")),
        record("2", start_on=day("2020-01-01"), end_on=day("2025-12-31")),
        record("3", start_on=day("2020-01-01"), end_on=day("2030-12-31")),
    ]
    timeline = drawn(made("ORD-1", "2020-01-01", "2025-12-31"), records=records)
    assert [stretch.title for stretch in timeline.stretches] == ["ORD-1, STRO", "as PNC 1, PNC 3 has it"]


def test_an_order_without_an_end_goes_on_past_the_drawing():
    (stretch,) = drawn(made("ORD-1", "2020-01-01")).stretches
    assert stretch.is_open
    assert stretch.words == "1 January 2020 to no end known"
    assert stretch.left + stretch.width == pytest.approx(WIDTH)


def test_a_slip_of_centuries_leaves_the_rest_readable():
    timeline = drawn(
        made("ORD-1", "2020-01-01", "9999-12-31"),
        made("ORD-2", "1011-01-01", "1012-01-01"),
        made("ORD-3", "2026-01-01"),
    )
    assert all(0 <= stretch.left <= stretch.left + stretch.width <= WIDTH + 3 for stretch in timeline.stretches)
    assert len(timeline.years) <= 11
    assert 0 < timeline.today < WIDTH


def test_an_order_of_which_no_day_is_known_is_named():
    timeline = drawn(order("ORD-9"))
    assert (timeline.stretches, timeline.undated) == ((), ("ORD-9",))


def test_a_court_result_that_was_withdrawn_is_an_event():
    withdrawn = record("2", source="court", result_state="WITHDRAWN", recorded_on=day("2021-05-05"))
    timeline = drawn(made("ORD-1", "2021-01-01"), records=[withdrawn])
    assert ("5 May 2021", "Court 2: the court result was withdrawn") in [
        (event.day, event.what) for event in timeline.events
    ]
