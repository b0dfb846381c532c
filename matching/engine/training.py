"""Training without labels: the probabilities m and u, from the pairs themselves.

Belongs here: expectation and maximisation over the counts of patterns. Does not: the counts (`training_sample`),
dependence (`dependence`), weighing pairs (`weights`), term frequencies (`frequencies`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.engine.comparators.base import NOT_KNOWN, SAME
from matching.engine.dependence import LEAST, find_lifts, lift_patterns
from matching.engine.options import Options
from matching.engine.parameters import Lift, Parameters, RivalShares, Shares
from matching.engine.patterns import Comparison, Rival, unpack
from matching.engine.training_sample import ENOUGH, Histogram, TrainingSample

Numbers = npt.NDArray[np.float64]
# Levels in the type with which numpy indexes fastest.
Places = npt.NDArray[np.intp]

# At most this share of rivals agrees as matches do: in comparisons that they may share, and in any other.
MOST_SHARED, MOST_CHANCE = 0.98, 0.1
# Pairs added to each level, so that no level is impossible.
UNSEEN = 0.3


def train(sample: TrainingSample, model: str, options: Options) -> Parameters:
    """Learn the parameters of a model.

    Returns:
        Parameters; without any candidate pair, the declared ones or even ones.
    """
    state = _maximise(_start(sample), sample, options)
    if options.dependence and sample.random is not None:
        levels = _levels(sample.random, sample.comparisons)
        odds = np.log(state.prior) - np.log1p(-state.prior) + _sum(state.m, levels) - _sum(state.u, levels)
        # A random pair counts the less, the more it looks like a match.
        non_matches = sample.random.counts / (1 + np.exp(np.minimum(odds, 700)))
        sizes = [len(comparison.levels) for comparison in sample.comparisons]
        state = replace(state, lifts=find_lifts(levels, sizes, non_matches))
    if options.rivals and sample.rivals:
        state = replace(state, rivals=tuple(_first_rival(rival, state, sample) for rival in sample.rivals))
    if state.lifts or state.rivals:
        state = _maximise(state, sample, options)
    return _parameters(state, sample, model)


@dataclass(frozen=True, eq=False)
class _Rates:
    """How often random pairs are at each level: as seen among `total` of them, and as declared."""

    seen: Numbers
    total: float
    declared: Numbers | None


@dataclass(frozen=True, eq=False)
class _Class:
    """A class of rivals: the share of its pairs, and for each comparison how many agree as matches do."""

    prior: float
    alike: Numbers
    most: Numbers


@dataclass(frozen=True, eq=False)
class _State:
    """The state of training: arrays by level, one for each comparison."""

    prior: float
    m: tuple[Numbers, ...]
    u: tuple[Numbers, ...]
    rates: tuple[_Rates, ...]
    rivals: tuple[_Class, ...] = ()
    lifts: tuple[Lift, ...] = ()
    rounds: int = 0


def _start(sample: TrainingSample) -> _State:
    random = None if sample.random is None else _levels(sample.random, sample.comparisons)
    rates = tuple(_rates(place, sample, random) for place in range(len(sample.comparisons)))
    prior = max(1.0, float(sample.candidates.counts.sum()) * 0.1) / max(sample.total, 2)
    m = tuple(_first_m(comparison) for comparison in sample.comparisons)
    return _State(min(prior, 0.5), m, tuple(rate.seen for rate in rates), rates)


def _first_rival(rival: Rival, state: _State, sample: TrainingSample) -> _Class:
    """A class before training: comparisons that it may share mostly agree, others by chance."""
    names = [comparison.name for comparison in sample.comparisons]
    most = np.array(
        [1.0 if name in rival.same else MOST_SHARED if name in rival.shared else MOST_CHANCE for name in names]
    )
    return _Class(state.prior * 0.2, np.where(most > MOST_CHANCE, np.minimum(most, 0.8), 0.05), most)


def _first_m(comparison: Comparison) -> Numbers:
    if comparison.declared is not None:
        return _normal(np.array([0.0, *(m for m, _ in comparison.declared)]))
    others = len(comparison.levels) - 2
    return np.array([0.0, 0.8, *[0.2 / max(others, 1)] * others])


def _levels(histogram: Histogram, comparisons: Sequence[Comparison]) -> list[Places]:
    return [reached.astype(np.intp) for reached in unpack(histogram.patterns, comparisons)]


def _rates(place: int, sample: TrainingSample, random: Sequence[Places] | None) -> _Rates:
    """Rates among random pairs with known values; that of the same value is exact where it can be counted."""
    comparison = sample.comparisons[place]
    declared = None if comparison.declared is None else np.array([0.0, *(u for _, u in comparison.declared)])
    if sample.random is None or random is None:
        return _Rates(_even(len(comparison.levels)) if declared is None else _normal(declared), 0.0, declared)
    counts = _counted(random[place], sample.random.counts.astype(np.float64), comparison)
    seen = _normal(np.append(0.0, counts[1:] + UNSEEN))
    same = sample.same[place]
    if same:
        seen[SAME + 1 :] *= (1 - same) / max(seen[SAME + 1 :].sum(), LEAST)
        seen[SAME] = same
    return _Rates(seen, counts.sum(), declared)


def _maximise(state: _State, sample: TrainingSample, options: Options) -> _State:
    """Rounds of expectation and maximisation over the histogram."""
    levels = _levels(sample.candidates, sample.comparisons)
    lift = lift_patterns(state.lifts, levels)
    for _ in range(options.rounds):
        match, rivals = _expect(state, sample, levels, lift)
        after = _update(state, sample, options, levels=levels, match=match, rivals=rivals)
        moved = max(
            abs(float(np.log(after.prior / state.prior))),
            *(float(np.abs(new - old).max()) for new, old in zip(after.m, state.m, strict=True)),
        )
        state = after
        if moved < options.tolerance:
            break
    return state


def _expect(
    state: _State, sample: TrainingSample, levels: Sequence[Places], lift: Numbers
) -> tuple[Numbers, list[Numbers]]:
    """Expected matches of each pattern, and expected pairs of each class of rivals."""
    rivals = [rival for rival in state.rivals if rival.prior]
    non_matches = 1 - state.prior - sum(rival.prior for rival in rivals)
    logs = [
        np.log(state.prior) + _sum(state.m, levels),
        *(np.log(rival.prior) + _sum(_rival_shares(rival, state, sample), levels) for rival in rivals),
        np.log(max(non_matches, LEAST)) + _sum(state.u, levels) + lift * np.log(2),
    ]
    top = np.maximum.reduce(logs)
    parts = [np.exp(part - top) for part in logs]
    whole = np.add.reduce(parts)
    match, *others = (sample.candidates.counts * part / whole for part in parts[:-1])
    found = iter(others)
    return match, [next(found) if rival.prior else np.zeros(len(match)) for rival in state.rivals]


def _update(
    state: _State,
    sample: TrainingSample,
    options: Options,
    *,
    levels: Sequence[Places],
    match: Numbers,
    rivals: Sequence[Numbers],
) -> _State:
    prior = min(max(float(match.sum()) / max(sample.total, 1), LEAST), 1 - LEAST)
    non_matches = sample.candidates.counts - match - np.add.reduce([*rivals, np.zeros(len(match))])
    m, u = [], []
    for place, comparison in enumerate(sample.comparisons):
        free = sample.candidates.free[:, place] if options.unbiased_m else True
        seen = _counted(levels[place], match * free, comparison)
        m.append(_held(comparison, _share_m(comparison, seen, options), place=0))
        if sample.random is None:
            seen = _counted(levels[place], non_matches, comparison)
            share = _normal(seen + options.declared_pairs * state.rates[place].seen)
        else:
            share = _cleaned(state.rates[place], prior * m[-1]) if options.clean_u else state.u[place]
        u.append(_held(comparison, share, place=1))
    return replace(
        state,
        prior=prior,
        m=tuple(m),
        u=tuple(u),
        rivals=tuple(
            _updated(rival, state, sample, levels, pairs) for rival, pairs in zip(state.rivals, rivals, strict=True)
        ),
        rounds=state.rounds + 1,
    )


def _updated(rival: _Class, state: _State, sample: TrainingSample, levels: Sequence[Places], pairs: Numbers) -> _Class:
    """A class of rivals updated from its expected pairs; a class with next to none is dropped."""
    prior = float(pairs.sum()) / max(sample.total, 1)
    if prior < LEAST:
        return replace(rival, prior=0.0)
    whole = _rival_shares(rival, state, sample)
    alike = np.zeros(len(levels))
    for place, reached in enumerate(levels):
        as_match = rival.alike[place] * state.m[place] / np.maximum(whole[place], LEAST)
        known = reached != NOT_KNOWN
        share = (pairs * as_match[reached])[known].sum() / max(pairs[known].sum(), LEAST)
        alike[place] = 1.0 if rival.most[place] == 1 else min(max(share, 0.001), rival.most[place])
    return replace(rival, prior=prior, alike=alike)


def _rival_shares(rival: _Class, state: _State, sample: TrainingSample) -> list[Numbers]:
    """Shares of the levels in a class of rivals. Fixed levels keep their declared weight against rivals too."""
    return [
        _held(comparison, alike * m + (1 - alike) * u, place=1)
        for comparison, alike, m, u in zip(sample.comparisons, rival.alike, state.m, state.u, strict=True)
    ]


def _share_m(comparison: Comparison, seen: Numbers, options: Options) -> Numbers:
    """Probabilities m from the pairs seen and from some as declared, so that they stay where no pair shows them."""
    started = 1.0 if comparison.declared is None else options.declared_pairs
    return _normal(seen + started * _first_m(comparison))


def _cleaned(rates: _Rates, matches: Numbers) -> Numbers:
    """Rates among random pairs less the matches among them; at most nineteen in twenty count as matches.

    A declared share too small to be seen among the random pairs is kept, unless they contradict it by three standard
    errors.
    """
    clean = np.maximum(rates.seen - matches, 0.05 * rates.seen)
    if rates.declared is not None and rates.total:
        expected = rates.seen * rates.total
        least = (expected - matches * rates.total - 3 * np.sqrt(expected + 1)) / rates.total
        is_rare = rates.declared * rates.total < ENOUGH
        clean = np.where(is_rare, np.maximum(rates.declared, least), clean)
    clean[NOT_KNOWN] = 0
    return _normal(clean)


def _held(comparison: Comparison, shares: Numbers, *, place: int) -> Numbers:
    """Shares of fixed levels as they are declared."""
    if comparison.declared is None:
        return shares
    held = shares.copy()
    for level in comparison.fixed:
        held[level] = comparison.declared[level - 1][place]
    return held


def _sum(shares: Sequence[Numbers], levels: Sequence[Places]) -> Numbers:
    """The sum of natural logs of shares over comparisons; not known adds nothing."""
    total = np.zeros(len(levels[0]))
    for share, level in zip(shares, levels, strict=True):
        logs = np.log(np.maximum(share, LEAST))
        logs[NOT_KNOWN] = 0
        total += logs[level]
    return total


def _parameters(state: _State, sample: TrainingSample, model: str) -> Parameters:
    counts = sample.candidates.counts
    return Parameters(
        model=model,
        prior=state.prior,
        records=sample.records,
        shares=tuple(
            Shares(name=comparison.name, levels=comparison.levels, m=tuple(m), u=tuple(u))
            for comparison, m, u in zip(sample.comparisons, state.m, state.u, strict=True)
        ),
        rivals=tuple(
            RivalShares(name=rival.name, prior=found.prior, alike=tuple(found.alike))
            for rival, found in zip(sample.rivals, state.rivals, strict=False)
        ),
        lifts=state.lifts,
        rounds=state.rounds,
        trained_on=f"{int(counts.sum())} candidate pairs of {sample.total} pairs, {len(counts)} patterns",
    )


def _normal(shares: Numbers) -> Numbers:
    return shares / max(float(shares.sum()), LEAST)


def _even(size: int) -> Numbers:
    return np.append(0.0, np.full(size - 1, 1 / max(size - 1, 1)))


def _counted(levels: Places, weights: Numbers, comparison: Comparison) -> Numbers:
    """Weights summed by level; not known counts for nothing."""
    counts = np.bincount(levels, weights, minlength=len(comparison.levels)).astype(np.float64)
    counts[NOT_KNOWN] = 0
    return counts
