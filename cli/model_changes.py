"""What another set of models would change in the register, before it is used.

Belongs here: two linkings of the same records side by side. Does not: the commands (`cli.models`), the page
(`cli.model_report`), measures by labels in general (`matching.engine.evaluation`).
"""

from dataclasses import dataclass

import polars as pl

from ledger.decisions.binding import LINK, LinkConstraints
from matching.bound import Decisions
from matching.compared_orders import Compared
from matching.engine.evaluation import compare_clusters, compare_labels, measure
from matching.orders import OrderLinks, link_compared
from matching.trained import Models
from warehouse.tables.link import ORDER_BAR, PERSON_BAR

# Clusters of `LINK_CLUSTERS` by what they stand for, and by the level of the decisions about them.
CLUSTERS = {"order": "order_cluster", "person": "subject_cluster"}
CHANGES = ("merged", "split", "regrouped")


@dataclass(frozen=True, eq=False)
class ModelChanges:
    """What becomes of orders, persons, pairs and labels under other models.

    Attributes:
        clusters: `level` (`order`, `person`), `change` (merged, split, regrouped), `old`, `new` (clusters), `keys`
            (record ids); the decisions in force are obeyed by both.
        pairs: pairs of which one linking is above the bar of one order and the other is not: `left_id`, `right_id`,
            `old`, `new` (weight above the bar; null where too far below it to be shown), the most moved first.
        labels: pairs that stewards decided and one of the linkings gets wrong without knowing them: `level`, `left_id`,
            `right_id`, `is_match`, `decision_id`, `outcome` (`lost`, `won`, `wrong in both`).
        labelled: how many decisions on pairs there are.
        measures: what each linking makes of the decided pairs without knowing the decisions: `level`, `models`
            (`old`, `new`), `right`, `wrong`, `missed`, precision and recall with their intervals; of pairs that were in
            doubt, for others are not decided.
    """

    clusters: pl.DataFrame
    pairs: pl.DataFrame
    labels: pl.DataFrame
    labelled: int
    measures: pl.DataFrame

    def counts(self) -> pl.DataFrame:
        """`what`, `count`: every kind of change, none left out."""
        groups = dict(self.clusters.group_by(pl.concat_str("level", "change", separator=" ")).len().iter_rows())
        # A decision on an order is one on the person too: it counts once.
        outcomes = dict(self.labels.group_by("outcome").agg(pl.col("decision_id").n_unique()).iter_rows())
        up = self.pairs.filter(pl.col("new") > 0).height
        rows = [(f"{level}s {change}", groups.get(f"{level} {change}", 0)) for level in CLUSTERS for change in CHANGES]
        rows += [("pairs above the bar now", up), ("pairs below the bar now", self.pairs.height - up)]
        rows += [("decided pairs", self.labelled)]
        rows += [(f"decided pairs {outcome}", outcomes.get(outcome, 0)) for outcome in ("lost", "won", "wrong in both")]
        return pl.DataFrame(rows, schema={"what": pl.String, "count": pl.Int64}, orient="row")


def compare_models(
    compared: Compared, old: Models, new: Models, *, decisions: Decisions, labels: pl.DataFrame
) -> ModelChanges:
    """Link the same records by two sets of models."""
    before, after = (link_compared(compared, models, decisions) for models in (old, new))
    judged = judge_labels(compared, old, new, labels)
    changes = [
        compare_clusters(*(links.clusters.select(key="record_id", cluster=name) for links in (before, after))).select(
            pl.lit(level).alias("level"), pl.all()
        )
        for level, name in CLUSTERS.items()
    ]
    return ModelChanges(
        clusters=pl.concat(changes),
        pairs=_crossings(before, after),
        labels=find_changed_labels(judged),
        labelled=labels.get_column("decision_id").n_unique(),
        measures=_measures(judged),
    )


def label_pairs(bound: LinkConstraints) -> pl.DataFrame:
    """The decided pairs: the columns of `LINK`, and `is_match`."""
    links = ((bound.must, True), (bound.cannot, False))
    labels = pl.concat([side.select(*LINK, is_match=pl.lit(is_match)) for side, is_match in links])
    return labels.sort("level", "left_id", "right_id")


def judge_labels(compared: Compared, old: Models, new: Models, labels: pl.DataFrame) -> pl.DataFrame:
    """The decided pairs and whether each of two sets of models puts them together: `old`, `new`.

    Neither knows the decisions, so that a decision can't prove itself.
    """
    if labels.is_empty():
        return labels.with_columns(old=pl.lit(None, pl.Boolean), new=pl.lit(None, pl.Boolean))
    old_links, new_links = (link_compared(compared, models) for models in (old, new))
    return labels.with_columns(old=_together(labels, old_links), new=_together(labels, new_links))


def find_changed_labels(judged: pl.DataFrame) -> pl.DataFrame:
    """The decided pairs that one of the sets gets wrong, with `outcome`: see `ModelChanges.labels`."""
    return compare_labels(judged.drop("old", "new"), judged["old"], judged["new"])


def _measures(judged: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for level in CLUSTERS:
        pairs = judged.filter(pl.col("level") == level)
        for models in ("old", "new"):
            found = measure(pairs.get_column("is_match").to_numpy(), pairs.get_column(models).to_numpy())
            counts = (level, models, found.right, found.wrong, found.missed)
            rows.append((*counts, *found.precision.numbers, *found.recall.numbers))
    shares = [f"{share}{end}" for share in ("precision", "recall") for end in ("", "_low", "_high")]
    names, counted = (
        dict.fromkeys(["level", "models"], pl.String),
        dict.fromkeys(["right", "wrong", "missed"], pl.Int64),
    )
    return pl.DataFrame(rows, schema={**names, **counted, **dict.fromkeys(shares, pl.Float64)}, orient="row")


def _together(labels: pl.DataFrame, links: OrderLinks) -> pl.Series:
    """Whether each decided pair is in one order, or of one person."""
    books = {level: dict(links.clusters.select("record_id", name).iter_rows()) for level, name in CLUSTERS.items()}
    pairs = labels.select("level", "left_id", "right_id").iter_rows()
    return pl.Series([books[level][left] == books[level][right] for level, left, right in pairs], dtype=pl.Boolean)


def _crossings(before: OrderLinks, after: OrderLinks) -> pl.DataFrame:
    above = pl.min_horizontal(pl.col("person_weight") - PERSON_BAR, pl.col("order_weight") - ORDER_BAR).round(2)
    old, new = (links.pairs.select("left_id", "right_id", above.alias("weight")) for links in (before, after))
    both = old.rename({"weight": "old"}).join(
        new.rename({"weight": "new"}), on=["left_id", "right_id"], how="full", coalesce=True
    )
    crossed = both.filter((pl.col("old") > 0).fill_null(value=False) != (pl.col("new") > 0).fill_null(value=False))
    moved = (pl.col("new").fill_null(0) - pl.col("old").fill_null(0)).abs().round(2)
    return crossed.sort(moved, "left_id", "right_id", descending=[True, False, False])
