"""Estimates from counts: known values, the laws of intervals, and simulated captures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.estimates import NO_ESTIMATE, estimate_missed, estimate_share


def capture(rng, size, chances):
    """What rules catch of `size` cases, by the bits of the rules; uncaught cases are not reported."""
    caught = rng.random((size, len(chances))) < chances
    masks, counts = np.unique(caught @ (1 << np.arange(len(chances))), return_counts=True)
    reported = dict(zip(masks.tolist(), counts.tolist(), strict=True))
    return reported, reported.pop(0, 0)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        pytest.param(0, 10, 0.0, 0.2775, id="never in ten"),
        pytest.param(10, 10, 0.7225, 1.0, id="always in ten"),
        pytest.param(81, 263, 0.2553, 0.3662, id="81 of 263, the example of Newcombe 1998"),
    ],
)
def test_a_share_has_the_interval_of_wilson(successes, trials, low, high):
    found = estimate_share(successes, trials)
    assert found.value == successes / trials
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_an_interval_holds_its_share_and_stays_between_none_and_all(counts):
    found = estimate_share(*counts)
    assert 0 <= found.low <= found.value <= found.high <= 1


@given(st.integers(0, 5_000), st.integers(0, 5_000), st.integers(0, 5_000))
def test_two_rules_are_the_estimate_of_chapman(one, other, both):
    chapman = (one + both + 1) * (other + both + 1) / (both + 1) - 1
    found = estimate_missed({1: one, 2: other, 3: both}, 2)
    if one + other + both == 0:
        assert found == NO_ESTIMATE
    else:
        assert found.value == pytest.approx(chapman - (one + other + both), abs=1e-6)
        assert found.low <= found.value <= found.high


@given(st.lists(st.floats(0.3, 0.8), min_size=2, max_size=5), st.integers(0, 2**32 - 1))
def test_the_estimate_comes_near_what_independent_rules_missed(chances, seed):
    reported, missed = capture(np.random.default_rng(seed), 20_000, chances)
    found = estimate_missed(reported, len(chances))
    assert found.low <= found.value <= found.high
    # Five times the half width of the interval in logs: no seed in a million strays further.
    reach = np.log(found.high / found.value) / 1.96
    assert abs(np.log(found.value / missed)) < 5.5 * reach


def test_the_interval_holds_what_was_missed_nineteen_times_in_twenty():
    rng, held = np.random.default_rng(7), 0
    for _ in range(400):
        reported, missed = capture(rng, 1_000, [0.7, 0.5, 0.6])
        found = estimate_missed(reported, 3)
        held += found.low <= missed <= found.high
    assert held >= 0.92 * 400


def test_cases_that_are_hard_for_every_rule_make_a_lower_bound():
    rng = np.random.default_rng(5)
    easy, missed_easy = capture(rng, 5_000, [0.9, 0.9, 0.9])
    hard, missed_hard = capture(rng, 5_000, [0.2, 0.2, 0.2])
    reported = {caught: easy.get(caught, 0) + hard.get(caught, 0) for caught in range(1, 8)}
    assert 0 < estimate_missed(reported, 3).high < missed_easy + missed_hard


@pytest.mark.parametrize(
    ("captures", "rules"),
    [
        pytest.param({1: 50}, 1, id="a single rule"),
        pytest.param({}, 3, id="nothing caught"),
        pytest.param({3: 0}, 2, id="counts of nothing"),
    ],
)
def test_what_overlap_cannot_say_is_not_reported(captures, rules):
    assert estimate_missed(captures, rules) == NO_ESTIMATE


def test_a_rule_that_finds_nothing_new_leaves_room_for_what_it_did_not_see():
    found = estimate_missed({1: 40, 3: 60}, 2)
    assert (found.value, found.low) == (0.0, 0.0)
    assert 0 < found.high < 5
