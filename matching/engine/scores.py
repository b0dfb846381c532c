"""Weighed pairs: as a table, as clusters, explained.

Belongs here: what a user asks of a scored linkage. Does not: how weights are worked out (`weights`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.block_keys import Rows
from matching.engine.clusters import Clusters, agglomerate
from matching.engine.merges import NO_PAIRS, Constraints, Policy
from matching.engine.patterns import Patterns, compare, unpack
from matching.engine.repeated_records import Copies
from matching.engine.weights import Scales, Weights, beside_rivals, probabilities

# How many pairs are weighed at once on demand.
CHUNK = 500_000


@dataclass(frozen=True, eq=False)
class Scores:
    """The candidate pairs of a linkage with their weights.

    Attributes:
        sources: for each record, the place of its table in `tables`.
        left: one row of each pair.
        right: the other row, which is the larger.
        patterns: levels of the pairs.
        weights: log2 odds of a match.
        scales: weighs any other pair.
        limits: how many records of a table a cluster may hold at most, by the place of the table.
        copies: records that repeat another and are in no pair.
    """

    keys: pl.Series
    sources: npt.NDArray[np.int8]
    tables: tuple[str, ...]
    left: Rows
    right: Rows
    patterns: Patterns
    weights: Weights
    scales: Scales
    limits: Mapping[int, int]
    copies: Copies = field(default_factory=Copies)

    def pairs(self, at_least: float = 0.0) -> pl.DataFrame:
        """The pairs with at least this weight.

        A record that repeats another more than 20 times is paired with that one alone.

        Returns:
            `left_table`, `left`, `right_table`, `right` (keys), `weight`, `probability`; in no particular order.
        """
        copied = self._weigh_copies()
        places, copies = np.nonzero(self.weights >= at_least)[0], np.nonzero(copied >= at_least)[0]
        left = np.append(self.left[places], self.copies.originals[copies])
        right = np.append(self.right[places], self.copies.rows[copies])
        weights = np.append(self.weights[places], copied[copies])
        tables = pl.Series(self.tables, dtype=pl.Enum(list(self.tables)))
        return pl.DataFrame(
            {
                "left_table": tables.gather(self.sources[left]),
                "left": self.keys.gather(left),
                "right_table": tables.gather(self.sources[right]),
                "right": self.keys.gather(right),
                "weight": weights,
                "probability": probabilities(weights),
            }
        )

    def _weigh_copies(self) -> Weights:
        """The weight of each copy with the record that stands for it."""
        return self.weigh(self.copies.originals, self.copies.rows)

    def weigh(self, left: npt.NDArray[np.integer], right: npt.NDArray[np.integer]) -> Weights:
        """Weights of any pairs of rows, candidate pairs or not."""
        weights = np.zeros(len(left))
        # The smaller row first: the term frequency is that of its value.
        ends = [side(left, right).astype(np.int32) for side in (np.minimum, np.maximum)]
        for start in range(0, len(left), CHUNK):
            one, other = (side[start : start + CHUNK] for side in ends)
            weights[start : start + CHUNK] = self.scales.weigh(one, compare(self.scales.coded, one, other))
        return weights

    def cluster(
        self,
        policy: Policy | None = None,
        *,
        must: pl.DataFrame = NO_PAIRS,
        cannot: pl.DataFrame = NO_PAIRS,
    ) -> Clusters:
        """Cluster the records, under the limits of the model and under decisions.

        Args:
            policy: what a merge must satisfy.
            must: pairs of rows (`left`, `right`) that are in one cluster.
            cannot: pairs of rows that are never in one cluster.
        """
        policy = policy or Policy()
        above = np.nonzero(self.weights > policy.bar)[0]
        pairs = pl.DataFrame({"left": self.left[above], "right": self.right[above], "weight": self.weights[above]})
        # A copy that a person has kept apart from a record stays on its own.
        kept_apart = np.isin(self.copies.rows, np.concatenate([cannot["left"], cannot["right"]]))
        same = (self._weigh_copies() > policy.bar) & ~kept_apart
        copied = pl.DataFrame({"left": self.copies.originals[same], "right": self.copies.rows[same]})
        constraints = Constraints(
            source=self.sources.astype(np.int64),
            limits=self.limits,
            must=pl.concat([must.select("left", "right"), copied], how="vertical_relaxed"),
            cannot=cannot,
        )
        return agglomerate(len(self.keys), pairs, self.weigh, policy=policy, constraints=constraints)

    def table(self, clusters: Clusters) -> pl.DataFrame:
        """Every record with its cluster.

        Returns:
            `table`, `key`, `cluster`: a number that does not depend on the order of the records.
        """
        tables = pl.Series(self.tables, dtype=pl.Enum(list(self.tables)))
        return pl.DataFrame({"table": tables.gather(self.sources), "key": self.keys, "cluster": clusters.labels})

    def rows(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Row numbers of pairs of keys.

        Args:
            keys: `left_table`, `left`, `right_table`, `right`.

        Returns:
            `left`, `right`, the smaller row first.

        Raises:
            ValueError: a key that no record has.
        """
        book = pl.DataFrame({"table": pl.Series(self.tables).gather(self.sources), "key": self.keys}).with_row_index(
            "row"
        )
        found = []
        for side in ("left", "right"):
            ends = keys.select(table=pl.col(f"{side}_table").cast(pl.String), key=side)
            rows = ends.join(book, on=["table", "key"], how="left", maintain_order="left").get_column("row")
            if missing := rows.null_count():
                raise ValueError(f"{missing} {side} records of the pairs are not among the records")
            found.append(rows.cast(pl.Int64).alias(side))
        return pl.DataFrame(found).select(
            left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right")
        )

    def explain(self, left: int, right: int) -> "Waterfall":
        """How the weight of a pair of rows adds up."""
        one, other = (np.array([row], np.int32) for row in sorted((left, right)))
        pattern = compare(self.scales.coded, one, other)
        comparisons, parameters = self.scales.coded.comparisons, self.scales.parameters
        bars = self.scales.bars(pattern)
        reached = [int(levels[0]) for levels in unpack(pattern, comparisons)]
        steps = [Step("any pair", "before anything is compared", bars.prior)]
        for place, comparison in enumerate(comparisons):
            steps.append(Step(comparison.name, comparison.levels[reached[place]], float(bars.levels[0, place])))
        for place, added in self.scales.rarities(one, pattern).items():
            steps.append(Step(comparisons[place].name, "how common the value is", float(added[0])))
        for place, lift in enumerate(parameters.lifts):
            names = f"{comparisons[lift.one].name} and {comparisons[lift.other].name}"
            steps.append(Step(names, "agree together among non-matches too", -float(bars.lifts[0, place])))
        steps = [step for place, step in enumerate(steps) if step.weight or place == 0]
        reached_weight = sum(step.weight for step in steps)
        rivals = [rival.name for rival in parameters.rivals if rival.prior]
        for name, against in zip(rivals, bars.against[0], strict=True):
            after = float(beside_rivals(np.array([reached_weight]), np.array([[against]]))[0])
            steps.append(Step(name, "could agree as much", after - reached_weight))
            reached_weight = after
        return Waterfall(tuple(steps))


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall: what was compared, what was found, and what it adds (log2)."""

    name: str
    found: str
    weight: float


@dataclass(frozen=True)
class Waterfall:
    """The steps from the prior to the weight of a pair."""

    steps: tuple[Step, ...]

    @property
    def weight(self) -> float:
        """The sum of the steps."""
        return sum(step.weight for step in self.steps)

    def lines(self) -> list[str]:
        """A line for each step with the sum so far, and one with the probability."""
        lines, reached = [], 0.0
        for step in self.steps:
            reached += step.weight
            lines.append(f"{step.name}: {step.found} {step.weight:+.2f} = {reached:+.2f}")
        return [*lines, f"probability {float(probabilities(np.array([reached]))[0]):.4f}"]
