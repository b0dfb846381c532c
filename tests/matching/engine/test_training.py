"""Training without labels: it finds what was planted, and each of its parts helps where it says so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from matching.engine.comparators.base import Custom, Exact
from matching.engine.options import Options
from matching.engine.parameters import Parameters
from matching.engine.patterns import Comparison, Rival, radices
from matching.engine.training import train
from matching.engine.training_sample import Histogram, TrainingSample, count_patterns
from matching.engine.weights import beside_rivals, probabilities, weigh_patterns

PLAIN = Options(dependence=False, rivals=False)
FORENAME, SURNAME, BORN, TOWN = (
    Comparison(name, (name,), Custom(lambda left, right: left == right, (1.0,), ("alike",)))
    for name in ("forename", "surname", "born", "town")
)
PEOPLE = (FORENAME, SURNAME, BORN, TOWN)
SAME, ALIKE, DIFFERENT = 1, 2, 3
# Shares of same, alike and different.
M = {"forename": (0.85, 0.1, 0.05), "surname": (0.9, 0.05, 0.05), "born": (0.92, 0.06, 0.02), "town": (0.7, 0.1, 0.2)}
U = {
    "forename": (0.02, 0.03, 0.95),
    "surname": (0.01, 0.02, 0.97),
    "born": (0.001, 0.01, 0.989),
    "town": (0.05, 0.05, 0.9),
}
Levels = npt.NDArray[np.int64]
Draw = Callable[[np.random.Generator, int], Levels]


def drawn(shares: Mapping[str, tuple[float, ...]], comparisons: Sequence[Comparison] = PEOPLE) -> Draw:
    """Pairs whose levels have nothing to do with each other: a row a pair, a column a comparison."""

    def draw(chance: np.random.Generator, size: int) -> Levels:
        columns = [chance.choice([SAME, ALIKE, DIFFERENT], size, p=shares[entry.name]) for entry in comparisons]
        return np.stack(columns, axis=1)

    return draw


def histogram(
    levels: Levels, comparisons: Sequence[Comparison], free: npt.NDArray[np.bool_] | None = None
) -> Histogram:
    """Counted pairs; `free` a row a pair, or all of them."""
    patterns = (levels @ radices(comparisons).astype(np.int64)).astype(radices(comparisons).dtype)
    if free is None:
        return count_patterns(patterns, np.ones((1, len(comparisons)), np.bool_), np.zeros(len(patterns), np.int64))
    kinds, classes = np.unique(free, axis=0, return_inverse=True)
    return count_patterns(patterns, kinds, classes.ravel())


def world(
    *groups: tuple[Draw, int],
    comparisons: Sequence[Comparison] = PEOPLE,
    rivals: tuple[Rival, ...] = (),
    drawn_at_random: int = 200_000,
    seed: int = 1,
) -> TrainingSample:
    """Evidence in which every pair of some groups is a candidate, and random pairs are drawn from the same groups."""
    chance = np.random.default_rng(seed)
    pairs = np.concatenate([draw(chance, size) for draw, size in groups])
    random = pairs[chance.integers(0, len(pairs), drawn_at_random)]
    return TrainingSample(
        comparisons=tuple(comparisons),
        rivals=rivals,
        records=1_000,
        total=len(pairs),
        candidates=histogram(pairs, comparisons),
        random=histogram(random, comparisons),
        same=(None,) * len(comparisons),
    )


def shares(parameters: Parameters, kind: str) -> dict[str, list[float]]:
    return {entry.name: list(getattr(entry, kind))[1:] for entry in parameters.shares}


def weight_of(parameters: Parameters, levels: Sequence[int], comparisons: Sequence[Comparison] = PEOPLE) -> float:
    pattern = np.array([int(np.dot(levels, radices(comparisons)))])
    bars = weigh_patterns(pattern, comparisons, parameters, records=parameters.records)
    return float(beside_rivals(bars.weights, bars.against)[0])


def expected_matches(parameters: Parameters, sample: TrainingSample) -> float:
    """Matches that the weights add up to."""
    bars = weigh_patterns(sample.candidates.patterns, sample.comparisons, parameters, records=parameters.records)
    weights = beside_rivals(bars.weights, bars.against)
    return float((probabilities(weights) * sample.candidates.counts).sum())


@cache
def people() -> TrainingSample:
    return world((drawn(M), 4_000), (drawn(U), 400_000))


@pytest.mark.parametrize("options", [pytest.param(PLAIN, id="plain"), pytest.param(Options(), id="with all parts")])
def test_planted_shares_and_the_share_of_matches_are_found(options: Options) -> None:
    parameters = train(people(), "people", options)
    assert parameters.prior == pytest.approx(4_000 / 404_000, rel=0.03)
    for name, planted in M.items():
        assert shares(parameters, "m")[name] == pytest.approx(planted, abs=0.02)
    for name, planted in U.items():
        assert shares(parameters, "u")[name] == pytest.approx(planted, abs=0.002, rel=0.05)


def test_weights_add_up_to_as_many_matches_as_there_are() -> None:
    assert expected_matches(train(people(), "people", Options()), people()) == pytest.approx(4_000, rel=0.03)


def test_the_order_of_the_pairs_does_not_matter() -> None:
    levels = drawn(M)(np.random.default_rng(1), 1_000)
    one, other = histogram(levels, PEOPLE), histogram(levels[::-1], PEOPLE)
    assert one.patterns.tolist() == other.patterns.tolist()
    assert one.counts.tolist() == other.counts.tolist()
    trained = [train(replace(people(), candidates=counted), "people", Options()) for counted in (one, other)]
    assert trained[0] == trained[1]


def blocked(*, unbiased: bool) -> Parameters:
    """Only pairs of one forename or of one town are looked at; a comparison is free where the other rule made it."""
    chance = np.random.default_rng(2)
    pairs = np.concatenate([drawn(M)(chance, 8_000), drawn(U)(chance, 400_000)])
    by_forename, by_town = pairs[:, 0] == SAME, pairs[:, 3] == SAME
    made = by_forename | by_town
    free = np.ones(pairs.shape, np.bool_)
    free[:, 0], free[:, 3] = by_town, by_forename
    candidates = histogram(pairs[made], PEOPLE, free[made])
    sample = replace(people(), total=len(pairs), candidates=candidates)
    return train(sample, "people", replace(PLAIN, unbiased_m=unbiased))


def test_m_of_what_rules_ask_for_is_learned_from_pairs_that_another_rule_made() -> None:
    unbiased, biased = (shares(blocked(unbiased=switch), "m") for switch in (True, False))
    # Of the matches 1 - 0.15 * 0.3 are looked at: those of one forename and those of one town, which they all seem.
    looked_at = 1 - 0.15 * 0.3
    for name in ("forename", "town"):
        assert unbiased[name] == pytest.approx(M[name], abs=0.015)
        assert biased[name][0] == pytest.approx(M[name][0] / looked_at, abs=0.015)


def test_a_comparison_that_every_rule_asks_for_keeps_its_start_and_does_not_spoil_the_rest() -> None:
    """Nobody can say how often surnames of one person differ if only pairs of one surname are looked at."""
    chance = np.random.default_rng(3)
    pairs = np.concatenate([drawn(M)(chance, 4_000), drawn(U)(chance, 400_000)])
    pairs = pairs[pairs[:, 1] == SAME]
    free = np.ones(pairs.shape, np.bool_)
    free[:, 1] = False
    sample = replace(people(), candidates=histogram(pairs, PEOPLE, free))
    parameters = train(sample, "people", PLAIN)
    assert shares(parameters, "m")["surname"][0] == pytest.approx(0.8, abs=0.01)
    assert shares(parameters, "m")["forename"] == pytest.approx(M["forename"], abs=0.03)
    assert parameters.prior == pytest.approx(0.9 * 4_000 / 404_000, rel=0.05)


@pytest.mark.parametrize("clean", [True, False])
def test_matches_among_the_random_pairs_are_taken_out_of_u(clean: bool) -> None:
    """One pair in five is a match, so that random pairs agree far more often than strangers do."""
    sample = world((drawn(M), 20_000), (drawn(U), 80_000))
    parameters = train(sample, "people", replace(PLAIN, clean_u=clean))
    found = shares(parameters, "u")["born"][0]
    assert found == pytest.approx(0.2 * 0.92 + 0.8 * 0.001, rel=0.1) if not clean else found < 0.015


def flatmates(chance: np.random.Generator, size: int) -> Levels:
    """Strangers of whom one in 300 lives in the same valley, and then mostly bears the surname of the place."""
    levels = drawn(U)(chance, size)
    together = chance.random(size) < 1 / 300
    levels[together, 3] = SAME
    levels[together & (chance.random(size) < 0.8), 1] = SAME
    return levels


def test_levels_that_go_together_among_strangers_are_not_counted_twice() -> None:
    sample = world((drawn(M), 2_000), (flatmates, 400_000))
    on, off = (train(sample, "people", replace(PLAIN, dependence=switch)) for switch in (True, False))
    assert [(lift.one, lift.other) for lift in on.lifts] == [(1, 3)]
    seen, by_chance = 0.8 / 300 + 0.01 * 0.05, (0.01 + 0.8 / 300) * (0.05 + 1 / 300)
    assert on.lifts[0].log2[SAME][SAME] == pytest.approx(np.log2(seen / by_chance), abs=0.3)
    assert off.lifts == ()
    # Surname and town alone: far more likely strangers of one place than one person.
    together = [DIFFERENT, SAME, DIFFERENT, SAME]
    assert weight_of(on, together) < weight_of(off, together) - 1.5
    assert abs(expected_matches(on, sample) - 2_000) < abs(expected_matches(off, sample) - 2_000)
    assert expected_matches(on, sample) == pytest.approx(2_000, rel=0.05)
    # Training itself goes by them too.
    assert abs(on.prior * 402_000 - 2_000) < abs(off.prior * 402_000 - 2_000)


def test_what_does_not_go_together_has_no_dependence() -> None:
    assert train(people(), "people", Options()).lifts == ()


def relatives(chance: np.random.Generator, size: int) -> Levels:
    """Someone else of one surname and mostly of one town."""
    levels = drawn(U)(chance, size)
    levels[:, 1] = SAME
    levels[chance.random(size) < 0.9, 3] = SAME
    return levels


FAMILY = Rival("a relative", shared=frozenset({"surname", "town"}))


def test_relatives_are_reported_from_the_same_person() -> None:
    sample = world((drawn(M), 2_000), (relatives, 4_000), (drawn(U), 400_000), rivals=(FAMILY,))
    on, off = (train(sample, "people", replace(PLAIN, rivals=switch)) for switch in (True, False))
    assert [rival.name for rival in on.rivals] == ["a relative"]
    assert off.rivals == ()
    assert on.rivals[0].prior == pytest.approx(4_000 / 406_000, rel=0.1)
    forename, surname, born, town = on.rivals[0].alike
    assert min(surname, town) > 0.8
    assert max(forename, born) < 0.1
    twin = [DIFFERENT, SAME, SAME, SAME]
    assert weight_of(on, twin) < weight_of(off, twin) - 1
    assert on.prior == pytest.approx(2_000 / 406_000, rel=0.05)
    assert abs(on.prior * 406_000 - 2_000) <= abs(off.prior * 406_000 - 2_000)


def test_a_class_of_rivals_without_a_pair_is_found_to_be_next_to_nothing() -> None:
    sample = replace(people(), rivals=(FAMILY,))
    parameters = train(sample, "people", replace(PLAIN, rivals=True))
    assert parameters.rivals[0].prior < 0.1 * parameters.prior
    without = train(sample, "people", PLAIN)
    agree = [SAME, SAME, SAME, SAME]
    assert weight_of(parameters, agree) == pytest.approx(weight_of(without, agree), abs=0.3)


@pytest.mark.parametrize("seed", range(3))
def test_among_strangers_alone_next_to_no_pair_is_taken_for_a_match(seed: int) -> None:
    sample = world((drawn(U), 100_000), seed=seed)
    parameters = train(sample, "people", Options())
    bars = weigh_patterns(sample.candidates.patterns, PEOPLE, parameters, records=parameters.records)
    assert parameters.prior < 1e-3
    assert sample.candidates.counts[bars.weights > 0].sum() <= 10


@pytest.mark.parametrize(
    "comparison",
    [
        pytest.param(replace(FORENAME, name="never known"), id="never known"),
        pytest.param(replace(FORENAME, name="constant"), id="always the same"),
        pytest.param(replace(FORENAME, name="unique"), id="never the same"),
    ],
)
def test_a_column_that_says_nothing_does_not_spoil_the_rest(comparison: Comparison) -> None:
    level = {"never known": 0, "constant": SAME, "unique": DIFFERENT}[comparison.name]
    comparisons = (*PEOPLE, comparison)

    def with_column(draw: Draw) -> Draw:
        return lambda chance, size: np.column_stack([draw(chance, size), np.full(size, level)])

    sample = world((with_column(drawn(M)), 4_000), (with_column(drawn(U)), 400_000), comparisons=comparisons)
    parameters = train(sample, "people", Options())
    assert parameters.prior == pytest.approx(4_000 / 404_000, rel=0.03)
    assert shares(parameters, "m")["forename"] == pytest.approx(M["forename"], abs=0.02)
    unknown, known = (weight_of(parameters, [SAME] * 4 + [end], comparisons) for end in (0, level))
    assert known == pytest.approx(unknown, abs=0.01)


def test_a_level_that_never_occurs_has_a_finite_weight() -> None:
    never = {name: (planted[0] + planted[1], 0.0, planted[2]) for name, planted in M.items()}
    strangers = {name: (planted[0] + planted[1], 0.0, planted[2]) for name, planted in U.items()}
    parameters = train(world((drawn(never), 4_000), (drawn(strangers), 400_000)), "people", Options())
    for level in (SAME, ALIKE, DIFFERENT):
        assert abs(weight_of(parameters, [SAME, SAME, SAME, level])) < 60
    assert all(share > 0 for entry in parameters.shares for share in (*entry.m[1:], *entry.u[1:]))


@pytest.mark.parametrize(
    ("total", "random"),
    [
        pytest.param(0, True, id="no pair is possible"),
        pytest.param(45, True, id="blocking made none"),
        pytest.param(45, False, id="and none was drawn"),
    ],
)
def test_without_a_candidate_pair_m_stays_where_it_starts(total: int, random: bool) -> None:
    declared = replace(BORN, declared=((0.9, 0.01), (0.07, 0.04), (0.03, 0.95)))
    comparisons = (FORENAME, declared)
    nothing = histogram(np.zeros((0, 2), np.int64), comparisons)
    sample = TrainingSample(comparisons, (), 10, total, nothing, nothing if random else None, (None, None))
    parameters = train(sample, "people", Options())
    assert shares(parameters, "m")["born"] == pytest.approx([0.9, 0.07, 0.03])
    assert shares(parameters, "m")["forename"] == pytest.approx([0.8, 0.1, 0.1])
    assert 0 < parameters.prior < 0.1


def test_a_world_of_nothing_but_matches_is_still_weighed() -> None:
    sample = world((drawn(dict.fromkeys(M, (1.0, 0.0, 0.0))), 3), drawn_at_random=0)
    parameters = train(sample, "people", Options())
    assert 0 < parameters.prior < 1
    assert np.isfinite(weight_of(parameters, [SAME] * 4))


def test_fixed_levels_keep_their_declared_shares_and_the_others_are_learned() -> None:
    declared = replace(BORN, declared=((0.9, 0.003), (0.05, 0.01), (0.0001, 0.5)), fixed=frozenset({DIFFERENT}))
    sample = replace(people(), comparisons=(FORENAME, SURNAME, declared, TOWN))
    parameters = train(sample, "people", replace(PLAIN, declared_pairs=10))
    assert shares(parameters, "m")["born"][2] == 0.0001
    assert shares(parameters, "u")["born"][2] == 0.5
    assert shares(parameters, "u")["born"][0] == pytest.approx(0.001, abs=0.002)
    assert shares(parameters, "m")["born"][0] == pytest.approx(0.92, abs=0.03)


@pytest.mark.parametrize(
    ("worth", "near"),
    [pytest.param(1.0, 0.92, id="little beside what is seen"), pytest.param(1e9, 0.5, id="more than all that is seen")],
)
def test_a_declared_m_is_worth_as_many_pairs_as_it_is_reported(worth: float, near: float) -> None:
    declared = replace(BORN, declared=((0.5, 0.001), (0.3, 0.01), (0.2, 0.989)))
    sample = replace(people(), comparisons=(FORENAME, SURNAME, declared, TOWN))
    parameters = train(sample, "people", replace(PLAIN, declared_pairs=worth))
    assert shares(parameters, "m")["born"][0] == pytest.approx(near, abs=0.03)


def test_a_declared_u_too_rare_to_be_met_stands_and_one_that_is_met_is_learned() -> None:
    """One record in a million shares the number by chance; nobody would meet it among 200,000 random pairs."""
    number = Comparison("number", ("number",), Exact(), declared=((0.95, 1e-6), (0.05, 1 - 1e-6)))
    town = replace(TOWN, comparator=Exact(), declared=((0.7, 0.5), (0.3, 0.5)))
    comparisons = (FORENAME, SURNAME, number, town)

    def of_two(draw: Draw) -> Draw:
        return lambda chance, size: np.minimum(draw(chance, size), [3, 3, 2, 2])

    strangers = U | {"born": (0.0, 0.0, 1.0)}
    sample = world((of_two(drawn(M)), 40), (of_two(drawn(strangers)), 400_000), comparisons=comparisons)
    parameters = train(sample, "people", PLAIN)
    assert shares(parameters, "u")["number"][0] == pytest.approx(1e-6, rel=0.01)
    assert shares(parameters, "u")["town"][0] == pytest.approx(0.05, rel=0.05)


def test_u_can_be_learned_from_the_candidates_that_do_not_match() -> None:
    """As for orders among the pairs of one person, where strangers' orders say nothing."""
    sample = replace(world((drawn(M), 4_000), (drawn(U), 16_000)), random=None)
    parameters = train(sample, "orders", Options(declared_pairs=1))
    assert parameters.lifts == ()
    assert parameters.prior == pytest.approx(0.2, rel=0.05)
    for name, planted in M.items():
        assert shares(parameters, "m")[name] == pytest.approx(planted, abs=0.03)
        assert shares(parameters, "u")[name] == pytest.approx(U[name], abs=0.02)


def test_an_exact_share_of_equal_values_is_taken_before_one_that_was_drawn() -> None:
    sample = replace(people(), same=(0.0217, None, None, None))
    parameters = train(sample, "people", replace(PLAIN, clean_u=False))
    assert shares(parameters, "u")["forename"][0] == pytest.approx(0.0217, rel=1e-6)
    assert sum(shares(parameters, "u")["forename"]) == pytest.approx(1)


def test_shares_add_up_to_one() -> None:
    for entry in train(people(), "people", Options()).shares:
        assert entry.m[0] == entry.u[0] == 0
        assert sum(entry.m) == pytest.approx(1)
        assert sum(entry.u) == pytest.approx(1)
