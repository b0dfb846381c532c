"""How a model does on labelled pairs: precision, recall, calibration, and what another model would change.

Belongs here: measures by pairs that a person has judged. Does not: where labels are kept, tables without labels
(`diagnostics`).

Labels are `left_table`, `left`, `right_table`, `right` (keys) and `is_match`. Stewards mostly label pairs in
doubt: precision and recall then hold for such pairs only, while calibration holds however pairs were chosen by weight.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.components import label_components
from matching.engine.estimates import Estimate, estimate_share
from matching.engine.scores import Scores
from matching.engine.weights import Weights, probabilities

PAIR = ("left_table", "left", "right_table", "right")
# With fewer labels of either kind, the model itself is the better guide.
FEWEST = 30
DIGITS = 9

Flags = npt.NDArray[np.bool_]


def weigh_labels(scores: Scores, labels: pl.DataFrame) -> pl.DataFrame:
    """The labelled pairs with their weights, whether blocking made them or not.

    Args:
        scores: of the records.
        labels: a pair may be in either order, and may be there twice.

    Returns:
        `PAIR`, `is_match`, `left_row`, `right_row`, `weight`, `probability`, each pair once, by its rows; labels of
        other records are left out.

    Raises:
        ValueError: a pair is labelled both a match and a non-match.
    """
    known = labels.select(*(pl.col(name).cast(pl.String) for name in PAIR), "is_match")
    for side in ("left", "right"):
        records = pl.DataFrame(
            {f"{side}_table": pl.Series(scores.tables, dtype=pl.String).gather(scores.sources), side: scores.keys}
        )
        known = known.join(records, on=[f"{side}_table", side], how="semi")
    rows = scores.rows(known.select(PAIR)).rename({"left": "left_row", "right": "right_row"})
    pairs = known.hstack(rows).sort("left_row", "right_row", *PAIR)
    pairs = pairs.unique(["left_row", "right_row", "is_match"], keep="first", maintain_order=True)
    if doubled := pairs.height - pairs.select("left_row", "right_row").n_unique():
        raise ValueError(f"{doubled} pairs are labelled both a match and a non-match")
    weights = scores.weigh(pairs.get_column("left_row").to_numpy(), pairs.get_column("right_row").to_numpy())
    return pairs.with_columns(weight=pl.Series(weights), probability=pl.Series(probabilities(weights)))


@dataclass(frozen=True)
class Measures:
    """How often linked pairs match, and matches are linked, among labelled pairs.

    Attributes:
        right: linked matches.
        wrong: linked pairs that do not match.
        missed: matches that are not linked.
        kept_apart: pairs that neither match nor are linked.
    """

    right: int
    wrong: int
    missed: int
    kept_apart: int

    @property
    def precision(self) -> Estimate:
        """Share of matches among linked pairs."""
        return estimate_share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> Estimate:
        """Share of linked pairs among matches."""
        return estimate_share(self.right, self.right + self.missed)


def measure(is_match: Flags, is_linked: Flags) -> Measures:
    """Count labelled pairs by whether they match and whether they are linked (above a threshold, or in one cluster)."""
    return Measures(
        right=int((is_match & is_linked).sum()),
        wrong=int((~is_match & is_linked).sum()),
        missed=int((is_match & ~is_linked).sum()),
        kept_apart=int((~is_match & ~is_linked).sum()),
    )


@dataclass(frozen=True)
class Calibration:
    """A straight line that maps weights to calibrated weights; it rises, so that pairs keep their order.

    Attributes:
        slope: above 0; a slope of 1 and an intercept of 0 leave weights as they are.
        intercept: log2 odds.
        basis: what it was fitted to, or why weights are left alone.
    """

    slope: float
    intercept: float
    basis: str


def calibrate(labelled: pl.DataFrame) -> Calibration:
    """Fit weights to labels by logistic regression (Platt, 1999, with his targets, which avoid certainty).

    Weights are left alone if there are too few labels, or if heavier pairs match less often.

    Args:
        labelled: from `weigh_labels`.
    """
    ordered = labelled.sort("weight", "is_match")
    is_match, weights = ordered.get_column("is_match").to_numpy(), ordered.get_column("weight").to_numpy()
    matches, others = int(is_match.sum()), int((~is_match).sum())
    counted = f"{matches} labelled matches and {others} labelled others"
    if min(matches, others) < FEWEST:
        return Calibration(1.0, 0.0, f"left alone: {counted}, {FEWEST} of each are needed")
    target = np.where(is_match, (matches + 1) / (matches + 2), 1 / (others + 2))
    slope, intercept = _fit_logistic(weights, target)
    if slope <= 0:
        return Calibration(1.0, 0.0, f"left alone: by {counted} heavier pairs match less often")
    return Calibration(round(slope, DIGITS), round(intercept, DIGITS), f"fitted to {counted}")


def _fit_logistic(weights: Weights, target: Weights) -> tuple[float, float]:
    """Slope and intercept, in log2, that make the targets most likely."""
    # Imported here because it takes a second, and a night calibrates nothing.
    import statsmodels.api as sm

    rows = np.stack([weights, np.ones(len(weights))], axis=1) * np.log(2)
    slope, intercept = sm.GLM(target, rows, family=sm.families.Binomial()).fit(tol=1e-12).params
    return float(slope), float(intercept)


def compare_labels(labels: pl.DataFrame, old: pl.Series, new: pl.Series) -> pl.DataFrame:
    """Labelled pairs that one of two models gets wrong: the regression set of a new model.

    Args:
        labels: `is_match`, and the columns that identify the pair.
        old: whether the model in use links each pair.
        new: whether the new model does.

    Returns:
        The pairs with `outcome` (`lost`: right by the old alone; `won`: by the new alone; `wrong in both`), the lost
        first, else in the order given.
    """
    judged = labels.with_columns(old=old == labels["is_match"], new=new == labels["is_match"])
    outcome = (
        pl.when(pl.col("old") & ~pl.col("new"))
        .then(pl.lit("lost"))
        .when(~pl.col("old") & pl.col("new"))
        .then(pl.lit("won"))
        .when(~pl.col("old") & ~pl.col("new"))
        .then(pl.lit("wrong in both"))
    )
    found = judged.with_columns(outcome=outcome).drop("old", "new").drop_nulls("outcome")
    return found.sort("outcome", maintain_order=True)


def compare_clusters(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """How the clusters of one clustering changed in another.

    Args:
        old: `key`, `cluster`; keys are unique.
        new: the same; records in only one of the two are left out.

    Returns:
        `change` (`merged`, `split`, `regrouped`: several into several others), `old` and `new` (their clusters),
        `keys` (of all records of these), by the first key; unchanged clusters are left out.
    """
    both = old.select("key", old="cluster").join(new.select("key", new="cluster"), on="key").sort("key")
    # Each record is connected with the first one of its old and of its new cluster.
    rows = both.select(row=pl.int_range(pl.len()), old="old", new="new")
    firsts = [rows.select(pl.col("row").min().over(side)).to_series().to_numpy() for side in ("old", "new")]
    labels = label_components(both.height, np.tile(np.arange(both.height), 2), np.concatenate(firsts))
    records = both.with_columns(group=pl.Series(labels))
    groups = records.group_by("group").agg(pl.col("old", "new").unique().sort(), keys=pl.col("key").sort())
    before, after = pl.col("old").list.len(), pl.col("new").list.len()
    change = pl.when((before > 1) & (after > 1)).then(pl.lit("regrouped")).when(before > 1).then(pl.lit("merged"))
    changed = groups.with_columns(change=change.when(after > 1).then(pl.lit("split"))).drop_nulls("change")
    return changed.sort("group").select("change", "old", "new", "keys")
