"""Weights: more agreement never counts for less, rivals never help, and odds turn into probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.comparators.base import Exact
from matching.engine.parameters import Lift, Parameters, RivalShares, Shares
from matching.engine.patterns import Comparison, radices
from matching.engine.weights import beside_rivals, distinct_patterns, level_weights, probabilities, weigh_patterns

COMPARISONS = tuple(Comparison(name, (name,), Exact()) for name in ("forename", "surname", "town"))
LEVELS = COMPARISONS[0].levels
NOT_KNOWN, SAME, DIFFERENT = range(3)
SHARE = st.floats(1e-6, 1.0)
SHARES = st.tuples(st.just(0.0), SHARE, SHARE)
PATTERN = st.tuples(*[st.integers(0, 2)] * 3)


@st.composite
def trained(draw: st.DrawFn, lifted: bool = False) -> Parameters:
    number = st.floats(-8, 8)
    return Parameters(
        model="people",
        prior=draw(st.floats(1e-9, 0.4)),
        records=1_000,
        shares=tuple(Shares(name=entry.name, levels=LEVELS, m=draw(SHARES), u=draw(SHARES)) for entry in COMPARISONS),
        rivals=tuple(
            RivalShares(
                name=f"rival {place}", prior=draw(st.floats(0, 0.5)), alike=draw(st.tuples(*[st.floats(0, 1)] * 3))
            )
            for place in range(draw(st.integers(0, 2)))
        ),
        lifts=(Lift(one=0, other=2, log2=tuple(draw(st.tuples(number, number, number)) for _ in LEVELS)),)
        if lifted
        else (),
    )


def pack(levels: tuple[int, ...]) -> int:
    return int(np.dot(levels, radices(COMPARISONS)))


def weight_of(parameters: Parameters, levels: tuple[int, ...], *, records: int = 1_000) -> float:
    bars = weigh_patterns(np.array([pack(levels)], np.int32), COMPARISONS, parameters, records=records)
    return float(beside_rivals(bars.weights, bars.against)[0])


def fixed(prior: float = 0.001, **changes: object) -> Parameters:
    """Agreement weighs 3, difference -3, in each comparison."""
    return Parameters(
        model="people",
        prior=prior,
        records=1_000,
        shares=tuple(
            Shares(name=entry.name, levels=LEVELS, m=(0.0, 0.8, 0.1), u=(0.0, 0.1, 0.8)) for entry in COMPARISONS
        ),
    ).model_copy(update=changes)


def test_a_weight_is_the_log_of_the_odds_and_of_every_ratio_of_shares() -> None:
    odds = 0.001 / 0.999 * 8 * 8 / 8
    assert weight_of(fixed(), (SAME, SAME, DIFFERENT)) == pytest.approx(np.log2(odds))


def test_what_is_not_known_weighs_nothing() -> None:
    assert [weights[NOT_KNOWN] for weights in level_weights(fixed())] == [0, 0, 0]
    assert weight_of(fixed(), (NOT_KNOWN,) * 3) == pytest.approx(np.log2(0.001 / 0.999))


@given(trained(), PATTERN, st.integers(0, 2), st.integers(0, 2))
def test_a_level_of_better_odds_never_lowers_the_weight(
    parameters: Parameters, levels: tuple[int, ...], place: int, level: int
) -> None:
    """Whatever the rivals: what is more likely of a match than of a stranger is so than of a relative too."""
    weights = level_weights(parameters)[place]
    other = (*levels[:place], level, *levels[place + 1 :])
    worse, better = sorted((levels, other), key=lambda pattern: weights[pattern[place]])
    assert weight_of(parameters, better) >= weight_of(parameters, worse) - 1e-9


@given(trained(lifted=True), PATTERN)
def test_rivals_never_make_a_match_more_likely_than_strangers_alone_do(
    parameters: Parameters, levels: tuple[int, ...]
) -> None:
    without = parameters.model_copy(update={"rivals": ()})
    assert weight_of(parameters, levels) <= weight_of(without, levels) + 1e-9


@given(trained(lifted=True), PATTERN)
def test_a_dependence_takes_off_what_it_says(parameters: Parameters, levels: tuple[int, ...]) -> None:
    lone = parameters.model_copy(update={"rivals": ()})
    lift = parameters.lifts[0].log2[levels[0]][levels[2]]
    without = weight_of(lone.model_copy(update={"lifts": ()}), levels)
    assert weight_of(lone, levels) == pytest.approx(without - lift, abs=1e-9)


@pytest.mark.parametrize(
    ("records", "less"),
    [
        pytest.param(1_000, 0.0, id="as many as it was trained on"),
        pytest.param(4_000, 2.0, id="four times as many"),
        pytest.param(250, -2.0, id="a quarter"),
    ],
)
def test_among_more_records_any_pair_is_less_likely_a_match(records: int, less: float) -> None:
    agree = (SAME, SAME, SAME)
    assert weight_of(fixed(), agree, records=records) == pytest.approx(weight_of(fixed(), agree) - less, abs=0.01)


@pytest.mark.parametrize("records", [1, 10, 10**9])
def test_parameters_without_a_number_of_records_hold_for_any(records: int) -> None:
    parameters = fixed(records=0, prior=0.7)
    assert weight_of(parameters, (NOT_KNOWN,) * 3, records=records) == pytest.approx(np.log2(0.7 / 0.3))


@pytest.mark.parametrize("records", [0, 1, 2])
def test_a_few_records_to_score_are_weighed_all_the_same(records: int) -> None:
    assert weight_of(fixed(), (NOT_KNOWN,) * 3, records=records) == pytest.approx(0.0), "even odds at most"


def test_fixed_levels_count_against_rivals_as_they_do_against_strangers() -> None:
    comparisons = (*COMPARISONS[:2], Comparison("town", ("town",), Exact(), fixed=frozenset({DIFFERENT})))
    rivals = (RivalShares(name="a relative", prior=0.001, alike=(1.0, 1.0, 1.0)),)
    bars = weigh_patterns(
        np.array([pack((SAME, SAME, SAME)), pack((SAME, SAME, DIFFERENT))], np.int32),
        comparisons,
        fixed(rivals=rivals),
        records=1_000,
    )
    assert bars.against[:, 0] == pytest.approx([0.0, -3.0])


def test_a_class_of_rivals_that_was_not_found_has_no_bar() -> None:
    rivals = (RivalShares(name="a relative", prior=0, alike=(1.0, 1.0, 1.0)),)
    bars = weigh_patterns(np.array([0], np.int32), COMPARISONS, fixed(rivals=rivals), records=1_000)
    assert bars.against.shape == (1, 0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_a_probability_lies_between_none_and_one_and_rises_with_the_weight(weights: list[float]) -> None:
    found = probabilities(np.array(sorted(weights)))
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) >= 0).all()


def test_even_odds_are_a_half_and_odds_of_a_thousand_nearly_certain() -> None:
    assert probabilities(np.array([0.0, 10.0, -10.0])) == pytest.approx([1 / 2, 1024 / 1025, 1 / 1025])


@given(st.lists(st.integers(0, 26), max_size=30), st.booleans())
def test_distinct_patterns_are_those_that_occur_however_they_are_found(patterns: list[int], many: bool) -> None:
    """By a table where pairs are many, else by sorting."""
    pairs = np.array(patterns * (20 if many else 1), np.int32)
    distinct, places = distinct_patterns(pairs, COMPARISONS)
    assert distinct.tolist() == sorted(set(patterns))
    assert distinct[places].tolist() == pairs.tolist()
