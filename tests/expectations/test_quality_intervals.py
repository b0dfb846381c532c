"""Intervals of rates: the textbook's numbers, the laws they keep, and what orders that share their fate do to them."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.intervals import difference_interval, effective_trials, score_interval
from matching.engine.estimates import estimate_share

DOCS = Path(__file__).resolve().parents[2] / "docs"


def interval(share, trials):
    row = pl.DataFrame({"share": [share], "trials": [trials]}, schema={"share": pl.Float64, "trials": pl.Float64})
    low, high = score_interval(pl.col("share"), pl.col("trials"))
    return row.select(low=low, high=high).row(0)


def sums(*units_of_keys):
    """A rate a key, each from its units (passed, judged)."""
    rows = [
        {
            "scope_key": f"key {place}",
            "numerator": sum(passed for passed, _ in units),
            "denominator": sum(judged for _, judged in units),
            "units": sum(judged > 0 for _, judged in units),
            "passed_squared": sum(passed**2 for passed, _ in units),
            "passed_judged": sum(passed * judged for passed, judged in units),
            "judged_squared": sum(judged**2 for _, judged in units),
        }
        for place, units in enumerate(units_of_keys)
    ]
    return pl.DataFrame(rows)


def trials(*units_of_keys):
    return effective_trials(sums(*units_of_keys)).get_column("trials").to_list()


@pytest.mark.parametrize(
    ("passed", "judged", "low", "high"),
    [
        pytest.param(81, 263, 0.2553, 0.3662, id="81 of 263, Newcombe 1998"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15 of 148, Newcombe 1998"),
        pytest.param(0, 20, 0.0, 0.1611, id="0 of 20, Newcombe 1998"),
        pytest.param(1, 29, 0.0061, 0.1718, id="1 of 29, Newcombe 1998"),
    ],
)
def test_the_interval_is_that_of_the_literature(passed, judged, low, high):
    assert interval(passed / judged, judged) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 5_000), st.integers(1, 5_000))
def test_the_interval_is_that_of_the_engine_and_holds_the_rate(passed, more):
    judged = passed + more
    low, high = interval(passed / judged, judged)
    assert (low, high) == pytest.approx(estimate_share(passed, judged).numbers[1:], abs=1e-6)
    assert 0 <= low <= passed / judged <= high <= 1


def test_there_is_no_interval_without_a_rate():
    assert interval(None, None) == (None, None)


def test_a_difference_has_the_interval_of_the_literature():
    # 56 of 70 against 48 of 80: Newcombe 1998, table II, case (a).
    ends = [pl.lit(value) for value in (48 / 80, *estimate_share(48, 80).numbers[1:])]
    after = [pl.lit(value) for value in (56 / 70, *estimate_share(56, 70).numbers[1:])]
    low, high = difference_interval(tuple(ends), tuple(after))
    assert pl.select(low=low, high=high).row(0) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_values_that_fail_one_by_one_are_as_many_trials_as_values():
    alone = [(9, 10) if place % 2 else (10, 10) for place in range(100)]
    assert trials(alone) == [1000.0]


def test_an_order_that_fails_or_passes_as_a_whole_is_about_one_trial():
    (found,) = trials([(10, 10)] * 50 + [(0, 10)] * 50)
    assert found == pytest.approx(99.0)


def test_where_all_passed_an_order_counts_as_one_trial():
    assert trials([(10, 10)] * 40) == [40.0]


def test_a_rate_that_says_nothing_of_it_takes_the_effect_of_all_rates():
    mixed = [(10, 10)] * 50 + [(0, 10)] * 50
    perfect, _ = trials([(10, 10)] * 40, mixed)
    assert perfect == pytest.approx(400 / (1000 / 99), abs=1e-3)


def test_nothing_judged_is_no_trial():
    found = effective_trials(sums([(0, 0)]))
    assert found.select("score", "trials").row(0) == (None, None)


@pytest.mark.parametrize("orders", [pytest.param(count, id=f"{count} orders") for count in (5, 30, 100)])
@pytest.mark.parametrize(
    ("absent", "wrong", "is_gathered"),
    [
        pytest.param(0.15, 0.02, True, id="orders absent and values wrong"),
        pytest.param(0.30, 0.00, True, id="orders absent"),
        pytest.param(0.00, 0.05, False, id="values wrong one by one"),
    ],
)
def test_about_nineteen_intervals_of_twenty_hold_the_true_rate(orders, absent, wrong, is_gathered):
    """Forces alike: an absent order loses half of its 20 values, any value is wrong by chance."""
    random = np.random.default_rng(7)
    forces, judged = 400, 20
    lost = np.where(random.random((forces, orders)) < absent, judged // 2, 0)
    passed = judged - lost - random.binomial(judged - lost, wrong)
    table = pl.DataFrame(
        {
            "scope_key": [f"{force:03d}" for force in range(forces)],
            "numerator": passed.sum(axis=1),
            "denominator": [judged * orders] * forces,
            "units": [orders] * forces,
            "passed_squared": (passed**2).sum(axis=1),
            "passed_judged": (passed * judged).sum(axis=1),
            "judged_squared": [judged**2 * orders] * forces,
        }
    )
    true = (1 - absent / 2) * (1 - wrong)
    ends = [score_interval(pl.col("score"), pl.col(trials)) for trials in ("trials", "denominator")]
    holds, holds_alone = (
        effective_trials(table)
        .select(
            pl.lit(true).is_between(low, high).mean().alias(name)
            for name, (low, high) in zip(("together", "alone"), ends, strict=True)
        )
        .row(0)
    )
    assert 0.9 <= holds <= 0.99
    assert (holds_alone < 0.8) == is_gathered


def test_the_example_in_the_docs_is_worked_out_right():
    orders = [(20, 20)] * 34 + [(19, 20)] * 4 + [(10, 20)] * 2
    (row,) = effective_trials(sums(orders)).to_dicts()
    alone, together = interval(row["score"], row["denominator"]), interval(row["score"], row["trials"])
    after = (0.99, *interval(0.99, row["trials"]))
    change = difference_interval(tuple(map(pl.lit, (row["score"], *together))), tuple(map(pl.lit, after)))
    low, high = pl.select(low=change[0], high=change[1]).row(0)
    text = " ".join((DOCS / "quality.md").read_text(encoding="utf-8").split())
    for words in (
        f"{row['numerator']} ÷ {row['denominator']} = {row['score']:.1%}",
        f"would run from {alone[0]:.1%} to {alone[1]:.1%}",
        f"the design effect is {row['denominator'] / row['trials']:.2f}, the score is worth {row['trials']:.1f} trials",
        f"runs from {together[0]:.1%} to {together[1]:.1%}",
        f"lies between {100 * low:.1f} and {100 * high:+.1f} points",
    ):
        assert words in text


units = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda pair: (min(pair), max(pair))), min_size=1, max_size=12
)


@given(st.lists(units, min_size=1, max_size=5))
def test_trials_lie_between_one_and_the_values_judged(keys):
    found = effective_trials(sums(*keys)).filter(pl.col("denominator") > 0)
    assert found.filter(~pl.col("trials").is_between(1, pl.col("denominator"))).is_empty()


@given(st.lists(units, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_rates_does_not_matter(keys, random):
    table = sums(*keys)
    shuffled = table[random.sample(range(table.height), table.height)]
    assert effective_trials(shuffled).equals(effective_trials(table))
