"""Training without labels: shares m and u from the pairs themselves.

Belongs here: random pairs, the histogram of patterns, expectation and maximisation, dependence. Does not: weighing
pairs (`weights`), term frequencies (`frequencies`).

All that is learned comes from counts of patterns, in a fixed order, so that the result is the same in any order of
the records, by any number of threads, bit for bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.engine.comparators.base import NOT_KNOWN, SAME, Levels
from matching.engine.parameters import Lift, Parameters, Shares, rounded
from matching.engine.patterns import Comparison, Patterns, unpack

Numbers = npt.NDArray[np.float64]

# Least share that is told apart from none.
LEAST = 1e-12
# Random pairs of a level that are enough to trust its share.
ENOUGH = 50


@dataclass(frozen=True)
class Options:
    """What training does; each part can be left out, to see what it is worth.

    Attributes:
        random_pairs: pairs drawn to learn how often strangers agree.
        unbiased_m: m of a comparison is learned only from pairs that some rule not using its columns made too.
        clean_u: matches among the random pairs are taken out of u.
        dependence: levels that go together among strangers (place with postcode) are not counted twice.
        related: a class of pairs of related persons, who share what is marked so and are someone else.
        term_frequencies: agreement on a rare value counts for more.
        own_frequencies: the frequency of a value is that among other entities only.
        declared_pairs: pairs that a declared m is worth beside what is seen.
        rounds: of expectation and maximisation at most.
        tolerance: change below which it ends.
    """

    random_pairs: int = 1_000_000
    unbiased_m: bool = True
    clean_u: bool = True
    dependence: bool = True
    related: bool = True
    term_frequencies: bool = True
    own_frequencies: bool = True
    declared_pairs: float = 200.0
    rounds: int = 100
    tolerance: float = 1e-5


@dataclass(frozen=True, eq=False)
class Histogram:
    """Patterns in ascending order and how many pairs reach each.

    Attributes:
        patterns: no pattern twice with the same `free`.
        counts: of pairs.
        free: a column a comparison: some rule that does not use the comparison's columns made these pairs.
    """

    patterns: Patterns
    counts: npt.NDArray[np.int64]
    free: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that training sees.

    Attributes:
        comparisons: of the model.
        total: pairs that could be looked at; those that blocking did not make count as no match.
        candidates: patterns of the candidate pairs.
        random: patterns of random pairs; None: u is learned from the candidates, as a share of those that do not match.
        same: for each comparison the share of all pairs whose values are the same, if it can be counted outright.
    """

    comparisons: tuple[Comparison, ...]
    total: int
    candidates: Histogram
    random: Histogram | None
    same: tuple[float | None, ...]


def count_patterns(patterns: Patterns, free: npt.NDArray[np.bool_], classes: npt.NDArray[np.int64]) -> Histogram:
    """The histogram of patterns.

    Args:
        patterns: one a pair.
        free: a row a class of pairs.
        classes: the class of each pair.
    """
    keys, counts = np.unique(patterns.astype(np.int64) * len(free) + classes, return_counts=True)
    return Histogram((keys // len(free)).astype(patterns.dtype), counts, free[keys % len(free)])


def train(evidence: Evidence, model: str, options: Options) -> Parameters:
    """Learn the parameters of a model.

    Args:
        evidence: what is seen.
        model: its name.
        options: which parts to use.

    Returns:
        Parameters, numbers cut to twelve digits. Without a single candidate pair they are the declared shares, or even
        ones.
    """
    state = _start(evidence)
    state = _maximise(state, evidence, options)
    if options.dependence and evidence.random is not None:
        state = replace(state, lifts=_dependence(state, evidence, evidence.random))
    shared = [comparison.shared for comparison in evidence.comparisons]
    if options.related and any(shared):
        alike = np.where(shared, 0.8, 0.05)
        state = replace(state, related=state.prior * 0.2, alike=alike)
    if state.lifts or state.related:
        state = _maximise(state, evidence, options)
    return rounded(_parameters(state, evidence, model))


@dataclass(frozen=True, eq=False)
class _State:
    """Where training stands: arrays by level, one a comparison."""

    prior: float
    related: float
    m: tuple[Numbers, ...]
    u: tuple[Numbers, ...]
    rates: tuple[Numbers, ...]
    alike: Numbers
    lifts: tuple[Lift, ...] = ()
    rounds: int = 0


def _start(evidence: Evidence) -> _State:
    rates = tuple(_rates(place, comparison, evidence) for place, comparison in enumerate(evidence.comparisons))
    prior = max(1.0, float(evidence.candidates.counts.sum()) * 0.1) / max(evidence.total, 2)
    m = tuple(_first_m(comparison) for comparison in evidence.comparisons)
    return _State(min(prior, 0.5), 0.0, m, tuple(rate.copy() for rate in rates), rates, np.zeros(len(m)))


def _first_m(comparison: Comparison) -> Numbers:
    if comparison.declared is not None:
        return _normal(np.array([0.0, *(m for m, _ in comparison.declared)]))
    others = len(comparison.levels) - 2
    return np.array([0.0, 0.8, *[0.2 / max(others, 1)] * others])


def _rates(place: int, comparison: Comparison, evidence: Evidence) -> Numbers:
    """Shares of levels among random pairs, the known ones; an exact share of the same value where there is one."""
    declared = None if comparison.declared is None else np.array([0.0, *(u for _, u in comparison.declared)])
    if evidence.random is None:
        return _normal(declared) if declared is not None else _even(len(comparison.levels))
    levels = unpack(evidence.random.patterns, evidence.comparisons)[place]
    counts = _counted(levels, evidence.random.counts.astype(np.float64), comparison)
    total = counts.sum()
    if declared is not None:
        return _consistent(declared, counts, total)
    rates = _normal(np.append(0.0, counts[1:] + 0.3))
    same = evidence.same[place]
    if same:
        rates[SAME + 1 :] *= (1 - same) / max(rates[SAME + 1 :].sum(), LEAST)
        rates[SAME] = same
    return rates


def _consistent(declared: Numbers, counts: Numbers, total: float) -> Numbers:
    """Declared shares where the random pairs do not contradict them by two standard errors, else the nearest bound."""
    if total == 0:
        return declared
    spread = 2 * np.sqrt(counts + 1)
    return np.append(0.0, np.clip(declared, (counts - spread) / total, (counts + spread + 2) / total)[1:])


def _maximise(state: _State, evidence: Evidence, options: Options) -> _State:
    """Rounds of expectation and maximisation over the histogram."""
    levels = unpack(evidence.candidates.patterns, evidence.comparisons)
    lift = _lift_of(state.lifts, levels)
    for _ in range(options.rounds):
        match, related = _expect(state, evidence, levels, lift)
        after = _update(state, evidence, options, levels=levels, match=match, related=related)
        moved = max(
            abs(float(np.log(after.prior / state.prior))),
            *(float(np.abs(new - old).max()) for new, old in zip(after.m, state.m, strict=True)),
        )
        state = after
        if moved < options.tolerance:
            break
    return state


def _expect(state: _State, evidence: Evidence, levels: Sequence[Levels], lift: Numbers) -> tuple[Numbers, Numbers]:
    """Expected matches and expected related pairs of each pattern."""
    counts = evidence.candidates.counts
    of_match = np.log(state.prior) + _sum(state.m, levels)
    of_stranger = np.log1p(-state.prior - state.related) + _sum(state.u, levels) + lift * np.log(2)
    if not state.related:
        return counts / (1 + np.exp(np.minimum(of_stranger - of_match, 700))), np.zeros(len(counts))
    of_related = np.log(state.related) + _sum(_related_shares(state), levels)
    top = np.maximum(np.maximum(of_match, of_stranger), of_related)
    match, stranger, related = (np.exp(part - top) for part in (of_match, of_stranger, of_related))
    whole = match + stranger + related
    return counts * match / whole, counts * related / whole


def _update(
    state: _State,
    evidence: Evidence,
    options: Options,
    *,
    levels: Sequence[Levels],
    match: Numbers,
    related: Numbers,
) -> _State:
    prior = max(float(match.sum()) / evidence.total, LEAST)
    m, u = [], []
    for place, comparison in enumerate(evidence.comparisons):
        free = evidence.candidates.free[:, place] if options.unbiased_m else True
        seen = _counted(levels[place], match * free, comparison)
        m.append(_held(comparison, _share_m(comparison, seen, options), place=0))
        rest = evidence.candidates.counts - match - related
        u.append(
            _held(comparison, _share_u(state, evidence, place, levels[place], rest, prior, m[-1], options), place=1)
        )
    after = replace(state, prior=prior, m=tuple(m), u=tuple(u), rounds=state.rounds + 1)
    if not state.related:
        return after
    # A class that comes to nothing is given up.
    share = float(related.sum()) / evidence.total
    if share < LEAST:
        return replace(after, related=0.0)
    return replace(after, related=share, alike=_alike(state, evidence, levels, related))


def _share_m(comparison: Comparison, seen: Numbers, options: Options) -> Numbers:
    if comparison.declared is not None:
        return _normal(seen + options.declared_pairs * _first_m(comparison))
    return _normal(np.append(0.0, seen[1:] + 0.1))


def _share_u(
    state: _State,
    evidence: Evidence,
    place: int,
    levels: Levels,
    rest: Numbers,
    prior: float,
    m: Numbers,
    options: Options,
) -> Numbers:
    rates = state.rates[place]
    if evidence.random is None:
        seen = _counted(levels, rest, evidence.comparisons[place])
        return _normal(seen + options.declared_pairs * rates)
    if not options.clean_u:
        return state.u[place]
    clean = np.maximum(rates - prior * m, 0.05 * rates)
    clean[NOT_KNOWN] = 0
    # Declared shares need not add up: levels that count against a rival are shares among rivals.
    return clean if evidence.comparisons[place].declared is not None else _normal(clean)


def _held(comparison: Comparison, shares: Numbers, *, place: int) -> Numbers:
    """Shares of fixed levels as they are declared."""
    if comparison.declared is None:
        return shares
    held = shares.copy()
    for level in comparison.fixed:
        held[level] = comparison.declared[level - 1][place]
    return held


def _alike(state: _State, evidence: Evidence, levels: Sequence[Levels], related: Numbers) -> Numbers:
    """For each comparison how many related pairs agree as matches do; few where it is not marked as shared."""
    whole = _related_shares(state)
    alike = np.zeros(len(levels))
    for place, comparison in enumerate(evidence.comparisons):
        as_match = state.alike[place] * state.m[place] / np.maximum(whole[place], LEAST)
        known = levels[place] != NOT_KNOWN
        share = (related * as_match[levels[place]])[known].sum() / max(related[known].sum(), LEAST)
        alike[place] = min(max(share, 0.001), 0.98 if comparison.shared else 0.1)
    return alike


def _related_shares(state: _State) -> tuple[Numbers, ...]:
    return tuple(alike * m + (1 - alike) * u for alike, m, u in zip(state.alike, state.m, state.u, strict=True))


def _dependence(state: _State, evidence: Evidence, random: Histogram, least: float = 1e-3) -> tuple[Lift, ...]:
    """A tree of comparisons that depend on each other among strangers (Chow and Liu, 1968).

    Args:
        state: to tell the matches among the random pairs, which count by how little they seem to match.
        evidence: the comparisons.
        random: patterns of random pairs.
        least: mutual information in bits below which a dependence is left alone.
    """
    levels = unpack(random.patterns, evidence.comparisons)
    odds = np.log(state.prior) - np.log1p(-state.prior) + _sum(state.m, levels) - _sum(state.u, levels)
    strangers = random.counts / (1 + np.exp(np.minimum(odds, 700)))
    found: list[tuple[float, int, int, Numbers]] = []
    sizes = [len(comparison.levels) for comparison in evidence.comparisons]
    for one in range(len(sizes)):
        for other in range(one + 1, len(sizes)):
            cells = levels[one].astype(np.int64) * sizes[other] + levels[other]
            counts = np.bincount(cells, strangers, minlength=sizes[one] * sizes[other]).astype(np.float64)
            information, ratio = _mutual_information(counts.reshape(sizes[one], sizes[other]))
            if information >= least:
                found.append((information, one, other, ratio))
    return _tree(found, len(sizes))


def _mutual_information(table: Numbers) -> tuple[float, Numbers]:
    """Mutual information of two comparisons in bits, and for each two levels log2 of seen to expected."""
    ratio = np.zeros(table.shape)
    known = table[1:, 1:]
    total = known.sum()
    if total <= 0:
        return 0.0, ratio
    expected = np.outer(known.sum(axis=1), known.sum(axis=0)) / total
    seen = known > 0
    share = known[seen] / np.maximum(expected[seen], LEAST)
    ratio[1:, 1:] = np.log2((known + 1) / (expected + 1))
    return float((known[seen] / total * np.log2(share)).sum()), ratio


def _tree(found: list[tuple[float, int, int, Numbers]], size: int) -> tuple[Lift, ...]:
    """The dependences of most information that close no circle."""
    group = list(range(size))
    lifts = []
    for _, one, other, ratio in sorted(found, key=lambda entry: (-entry[0], entry[1], entry[2])):
        if group[one] != group[other]:
            group = [group[one] if label == group[other] else label for label in group]
            lifts.append(Lift(one, other, tuple(map(tuple, ratio.tolist()))))
    return tuple(lifts)


def _lift_of(lifts: Sequence[Lift], levels: Sequence[Levels]) -> Numbers:
    """Log2 of how much commoner each pattern is among strangers than its levels alone say."""
    total = np.zeros(len(levels[0]))
    for lift in lifts:
        total += np.array(lift.log2)[levels[lift.one], levels[lift.other]]
    return total


def _sum(shares: Sequence[Numbers], levels: Sequence[Levels]) -> Numbers:
    """Natural logs of shares added up over comparisons; what is not known adds nothing."""
    total = np.zeros(len(levels[0]))
    for share, level in zip(shares, levels, strict=True):
        logs = np.log(np.maximum(share, LEAST))
        logs[NOT_KNOWN] = 0
        total += logs[level]
    return total


def _parameters(state: _State, evidence: Evidence, model: str) -> Parameters:
    shares = tuple(
        Shares(comparison.name, comparison.levels, tuple(m.tolist()), tuple(u.tolist()), float(alike))
        for comparison, m, u, alike in zip(evidence.comparisons, state.m, state.u, state.alike, strict=True)
    )
    counts = evidence.candidates.counts
    told = f"{int(counts.sum())} candidate pairs of {evidence.total} pairs, {len(counts)} patterns"
    return Parameters(model, state.prior, state.related, shares, state.lifts, state.rounds, told)


def _counted(levels: Levels, weights: Numbers, comparison: Comparison) -> Numbers:
    """Weights summed by level; what is not known counts for nothing."""
    counts = np.bincount(levels, weights, minlength=len(comparison.levels)).astype(np.float64)
    counts[NOT_KNOWN] = 0
    return counts


def _normal(shares: Numbers) -> Numbers:
    return shares / max(float(shares.sum()), LEAST)


def _even(size: int) -> Numbers:
    return np.append(0.0, np.full(size - 1, 1 / max(size - 1, 1)))
