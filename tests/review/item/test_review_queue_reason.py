"""Why an item is in the queue, in words that a steward reads once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.review_queue import impacts
from review.item.doubts import sureness
from review.item.queue_reason import HARMS, describe_reason, odds


def item(**values):
    plain = {"kind": "discrepancies", "fields": ["end_on", "pnc_id"], "reason": "sources differ: end_on, pnc_id"}
    return plain | {"uncertainty": 0.32, "at_stake": [], "arithmetic": "1 × 1 = 1", "age_days": 0} | values


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        pytest.param(0.33, "about 1 in 3 (33%)", id="a third"),
        pytest.param(0.5, "about 1 in 2 (50%)", id="a half, in its shortest form"),
        pytest.param(0.82, "about 4 in 5 (82%)", id="most likely"),
        pytest.param(0.052, "about 1 in 19 (5.2%)", id="seldom"),
        pytest.param(0.0004, "about 1 in 2,500 (0.04%)", id="hardly ever"),
        pytest.param(0.99, "almost certain (99%)", id="almost certain"),
        pytest.param(1.0, "almost certain (over 99%)", id="never quite certain"),
        pytest.param(0.0, "not likely (0%)", id="never"),
    ],
)
def test_a_chance_is_said_as_people_say_it(chance, words):
    assert odds(chance) == words


@given(st.floats(0.1, 0.949))
def test_the_share_that_is_said_lies_near_the_chance(chance):
    part, whole = odds(chance).removeprefix("about ").split(" (")[0].split(" in ")
    assert abs(int(part) / int(whole) - chance) <= 0.05


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        pytest.param(None, "", id="nobody has measured it"),
        pytest.param(0.8, "may be wrong: about 1 in 5 (20%)", id="in doubt"),
        pytest.param(0.972, "97.2% sure", id="sure"),
        pytest.param(0.99999, "99.9% sure", id="never quite certain"),
    ],
)
def test_a_confidence_is_said_in_words(confidence, words):
    assert sureness(confidence) == words


def test_everything_that_hangs_on_an_item_has_words():
    assert {impact.words for impact in impacts(date(2026, 11, 20))} == HARMS.keys()


def test_an_item_names_its_fields_by_their_titles_and_what_hangs_on_it():
    reason = describe_reason(item(at_stake=["in force or about to be", "binds travel"]))
    assert reason.why == "At issue: Last day, PNC ID"
    assert (reason.chance_of, reason.chance) == ("How likely the register is wrong", "about 1 in 3 (32%)")
    assert reason.harm == "the order is in force or about to be; it restricts travel"


@pytest.mark.parametrize(
    ("kind", "chance_of", "chance"),
    [
        pytest.param("near_match", "How likely the two belong together", "about 1 in 3 (32%)", id="two orders"),
        pytest.param(
            "stale_decision",
            "How likely the register is wrong",
            "about 1 in 3 (32%); an assumption, not measured",
            id="a decision whose evidence has changed: the chance is assumed",
        ),
    ],
)
def test_a_chance_says_of_what_it_is_and_whether_it_was_measured(kind, chance_of, chance):
    reason = describe_reason(item(kind=kind))
    assert (reason.chance_of, reason.chance) == (chance_of, chance)


def test_an_item_that_asks_whether_an_order_is_in_force_says_so_first_and_gives_no_chance():
    doubted = item(kind="doubt", uncertainty=1.0, reason="No longer held by any source")
    reason = describe_reason(doubted)
    assert reason.title == "Nobody knows whether it is in force"
    assert reason.question.startswith("Has the order ended, and on which day?")
    assert (reason.why, reason.chance) == ("No longer held by any source", "nobody can say from the records")


def test_a_release_of_before_reasons_had_words_still_has_a_reason():
    assert describe_reason(item(kind="constraint", reason="breaks R16", at_stake=None)).why == "Breaks R16"
