"""How good a trained model is, without labels: tables to check before it is used.

Belongs here: m and u by level, thresholds, calibration, correlation, what a merge was decided by. Does not: what
blocking made and missed (`blocking_loss`), charts of these tables (`charts`), measures by labels (`evaluation`).

Sums are of whole numbers, so that a table is the same in any order of the pairs.
"""

from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.comparators.base import NOT_KNOWN
from matching.engine.estimates import NO_ESTIMATE, estimate_share
from matching.engine.linkage import Linkage
from matching.engine.parameters import Parameters
from matching.engine.patterns import unpack
from matching.engine.scores import Scores
from matching.engine.weights import CHANCE_PARTS, Weights, distinct_patterns, level_weights, probabilities

# The thresholds that are tabulated, from no evidence at all to beyond doubt.
THRESHOLDS = np.arange(-10, 30.5, 0.5)
BINS = 10


def tabulate_shares(parameters: Parameters, linkage: Linkage | None = None) -> pl.DataFrame:
    """What was learned of each level.

    Returns:
        `comparison`, `level`, `m`, `u`, `weight` (log2 m/u), `pairs` (candidate pairs at this level, null without a
        linkage); not known first.
    """
    rows = [
        (shares.name, level, shares.m[place], shares.u[place], float(weights[place]))
        for shares, weights in zip(parameters.shares, level_weights(parameters), strict=True)
        for place, level in enumerate(shares.levels)
    ]
    table = pl.DataFrame(rows, schema=["comparison", "level", "m", "u", "weight"], orient="row")
    if linkage is None:
        return table.with_columns(pairs=pl.lit(None, pl.Int64))
    reached = unpack(linkage.patterns, linkage.model.comparisons)
    counts = [
        np.bincount(levels, minlength=len(shares.levels))
        for shares, levels in zip(parameters.shares, reached, strict=True)
    ]
    return table.with_columns(pairs=pl.Series(np.concatenate(counts)))


def weigh_against_themselves(scores: Scores) -> pl.DataFrame:
    """The highest weight that each record could reach: that with an identical record (Splink's unlinkables).

    A record below the threshold has too little information to be linked to anything.

    Returns:
        `table`, `key`, `weight`, by table and key.
    """
    rows = np.arange(len(scores.keys))
    tables = pl.Series(scores.tables, dtype=pl.Enum(list(scores.tables))).gather(scores.sources)
    return pl.DataFrame({"table": tables, "key": scores.keys, "weight": scores.weigh(rows, rows)}).sort("table", "key")


def tabulate_unlinkable(best: pl.DataFrame) -> pl.DataFrame:
    """How many records have too little information to reach each threshold.

    Args:
        best: from `weigh_against_themselves`.

    Returns:
        `threshold` (weight), `records` (below it even with an identical record), `share`.
    """
    reached = np.searchsorted(np.sort(best.get_column("weight").to_numpy()), THRESHOLDS, side="left")
    return pl.DataFrame({"threshold": THRESHOLDS, "records": reached, "share": reached / max(best.height, 1)})


def tabulate_thresholds(weights: Weights, *, missed: float = 0.0) -> pl.DataFrame:
    """What each threshold would cost, if the probabilities are right.

    Args:
        weights: of the candidate pairs.
        missed: matches that blocking missed, which lower recall at every threshold.

    Returns:
        `threshold` (weight), `probability`, `pairs` (at or above it), `precision`, `recall`, `f1` (expected), `is_best`
        (the lowest of those with the highest F1). Precision is null where no pair is left.
    """
    places = np.searchsorted(THRESHOLDS, weights, side="right")
    size = len(THRESHOLDS) + 1
    pairs = _from_top(np.bincount(places, minlength=size))
    matches = (
        _from_top(np.bincount(places, np.rint(probabilities(weights) * CHANCE_PARTS), minlength=size)) / CHANCE_PARTS
    )
    whole = max(float(matches[0]) + missed, 1 / CHANCE_PARTS)
    table = pl.DataFrame({"threshold": THRESHOLDS, "pairs": pairs[1:], "matches": matches[1:]}).with_columns(
        probability=pl.Series(probabilities(THRESHOLDS)),
        precision=pl.when(pl.col("pairs") > 0).then(pl.col("matches") / pl.col("pairs")),
        recall=pl.col("matches") / whole,
        f1=2 * pl.col("matches") / (pl.col("pairs") + whole),
    )
    return table.select(
        "threshold",
        "probability",
        "pairs",
        "precision",
        "recall",
        "f1",
        is_best=pl.int_range(pl.len()) == pl.col("f1").arg_max(),
    )


def tabulate_calibration(probability: Weights, is_match: npt.NDArray[np.bool_] | None = None) -> pl.DataFrame:
    """Whether pairs match as often as their probability says.

    Returns:
        `from`, `to`, `pairs`, `predicted` (mean probability), `expected` (matches), and with labels `matches`,
        `observed`, `low`, `high` (their share, with its interval); null where there are no pairs or labels.
    """
    places = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    pairs = np.bincount(places, minlength=BINS)
    expected = np.bincount(places, np.rint(probability * CHANCE_PARTS), minlength=BINS) / CHANCE_PARTS
    bounds = np.arange(BINS + 1) / BINS
    table = pl.DataFrame({"from": bounds[:-1], "to": bounds[1:], "pairs": pairs, "expected": expected}).with_columns(
        predicted=pl.when(pl.col("pairs") > 0).then(pl.col("expected") / pl.col("pairs"))
    )
    matches = None if is_match is None else np.bincount(places[is_match], minlength=BINS)
    shares = [
        NO_ESTIMATE if matches is None else estimate_share(int(matches[place]), int(pairs[place]))
        for place in range(BINS)
    ]
    observed = pl.DataFrame(
        [share.numbers for share in shares],
        schema=dict.fromkeys(["observed", "low", "high"], pl.Float64),
        orient="row",
    )
    counted = pl.Series("matches", [None] * BINS if matches is None else matches, dtype=pl.Int64)
    return pl.concat(
        [table.select("from", "to", "pairs", "predicted", "expected"), counted.to_frame(), observed], how="horizontal"
    )


def tabulate_correlation(linkage: Linkage, scores: Scores) -> pl.DataFrame:
    """Which comparisons carry the same information, and so count it twice unless a dependence corrects for it.

    Candidate pairs count by their probability of a match, where both comparisons are known. Those that do not match
    agree on the columns of some rule, so that columns of one rule seem to agree together, and those of different rules
    to exclude each other.

    Returns:
        `one`, `other` (comparisons), `among` (`matches`, `non-matches`), `pairs` (expected), `association` (of the
        levels, from 0 to 1: Cramér, 1946), `correlation` (of their weights: above 0 they count double, below 0
        they offset each other); null where one of them does not vary.
    """
    patterns, places = distinct_patterns(scores.patterns, linkage.model.comparisons)
    chances = np.rint(probabilities(scores.weights) * CHANCE_PARTS)
    matches = np.bincount(places, chances, minlength=len(patterns))
    others = np.bincount(places, minlength=len(patterns)) * CHANCE_PARTS - matches
    comparisons = linkage.model.comparisons
    levels = unpack(patterns, comparisons)
    weights = level_weights(scores.scales.parameters)
    rows = []
    for one, other in combinations(range(len(comparisons)), 2):
        size = len(comparisons[other].levels)
        cells = levels[one].astype(np.int64) * size + levels[other]
        for among, counts in (("matches", matches), ("non-matches", others)):
            cell_counts = np.bincount(cells, counts, minlength=len(comparisons[one].levels) * size)
            seen = cell_counts.astype(np.float64).reshape(-1, size)[NOT_KNOWN + 1 :, NOT_KNOWN + 1 :]
            measures = (_association(seen), _correlation(seen, weights[one][1:], weights[other][1:]))
            rows.append(
                (
                    comparisons[one].name,
                    comparisons[other].name,
                    among,
                    float(seen.sum()) / CHANCE_PARTS,
                    *measures,
                )
            )
    numbers = dict.fromkeys(["pairs", "association", "correlation"], pl.Float64)
    schema = {"one": pl.String, "other": pl.String, "among": pl.String} | numbers
    return pl.DataFrame(rows, schema=schema, orient="row")


def _from_top(counts: npt.NDArray[np.number]) -> npt.NDArray[np.number]:
    """For each place the sum from there to the end."""
    return np.cumsum(counts[::-1])[::-1]


def _association(seen: Weights) -> float | None:
    """Cramér's V of a table of counts."""
    rows, columns = seen.sum(axis=1), seen.sum(axis=0)
    seen, rows, columns = seen[rows > 0][:, columns > 0], rows[rows > 0], columns[columns > 0]
    degrees = min(seen.shape) - 1
    if degrees < 1:
        return None
    expected = np.outer(rows, columns) / rows.sum()
    return float(np.sqrt(((seen - expected) ** 2 / expected).sum() / rows.sum() / degrees))


def _correlation(seen: Weights, rows: Weights, columns: Weights) -> float | None:
    """Pearson's correlation of the values of rows and columns of a table of counts."""
    whole = float(seen.sum())
    if not whole:
        return None
    rows = rows - float((seen.sum(axis=1) * rows).sum()) / whole
    columns = columns - float((seen.sum(axis=0) * columns).sum()) / whole
    spread = float((seen.sum(axis=1) * rows**2).sum()) * float((seen.sum(axis=0) * columns**2).sum())
    together = float((seen * np.multiply.outer(rows, columns)).sum())
    return together / spread**0.5 if spread > 1e-9 * whole**2 else None
