"""The linking of order records: which are of one order, and which of one person.

Belongs here: how weights become orders and subjects, and the resulting tables. Does not: comparing the records
(`matching.compared_orders`), how pairs become clusters (`matching.engine.clusters`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from matching.bound import Decisions, amendments, row_pairs, strangers, together, two_holders, two_identities
from matching.compared_orders import Compared, compare_orders
from matching.complements import join_complements
from matching.engine.clusters import Clusters, agglomerate
from matching.engine.merges import NO_PAIRS, Constraints, Policy, Weigher
from matching.engine.patterns import Each
from matching.engine.weights import Weights
from matching.events import is_event, with_events, without_settled
from matching.links import conflict_table, hundredths, mean_weights
from matching.persons import FORBIDDEN, lenient, subject_bar
from matching.trained import Models, shipped_models
from matching.weighed_orders import OrderScales, pair_table, pairs_that_matter, pairs_within, weigh_pairs
from warehouse.tables.core import EVENT_REFUSED
from warehouse.tables.link import LINK_CLUSTERS, LINK_CONFLICTS

# A pair so far below its threshold forbids a merge whatever the others say: two valid PNC ids and two births, say.
FLOOR = -16.0
# A source that holds an order twice slips in one of the copies. Where the records of others fit the copy at 64 to 1, it
# need not agree with its own.
OTHERS_BAR = 6.0


@dataclass(frozen=True, eq=False)
class OrderLinks:
    """Order records linked.

    Attributes:
        shown: candidate pairs to show, in the shape of `LINK_PAIRS`.
        clusters: every record with its order and its subject, in the shape of `LINK_CLUSTERS`; but for refused
            applications that are about no order.
        conflicts: orders or subjects that were kept apart though a pair of theirs is above the bar, and decisions that
            contradict each other: `kind` (`order`, `subject`), `left_id`, `right_id`, `weight` above the bar, `reason`.
        diagnostics: counts, and the version of the models.
    """

    shown: pl.LazyFrame
    clusters: pl.DataFrame
    conflicts: pl.DataFrame
    diagnostics: Mapping[str, int | str]

    @property
    def pairs(self) -> pl.DataFrame:
        """The pairs to show, all at once."""
        return self.shown.collect()


def link_orders(
    orders: pl.DataFrame | pl.LazyFrame,
    aliases: pl.DataFrame | pl.LazyFrame,
    conditions: pl.DataFrame | pl.LazyFrame,
    *,
    models: Models | None = None,
    decisions: Decisions | None = None,
    each: Each | None = None,
) -> OrderLinks:
    """Decide which order records are of one order, and which of one person.

    Args:
        orders: the union over sources in the shape of `CORE_ORDERS`. Of a lazy table only what is compared is read.
        aliases: likewise, `CORE_ALIASES`.
        conditions: likewise, `CORE_CONDITIONS`.
        models: trained; defaults to those that come with Concord.
        decisions: of stewards, which bind. Those that contradict each other are reported.
        each: compares elsewhere than in threads; see `LinkageModel.on`.
    """
    compared = compare_orders(orders, aliases, conditions, each=each)
    return link_compared(compared, models or shipped_models(), decisions)


def link_compared(compared: Compared, models: Models, decisions: Decisions | None = None) -> OrderLinks:
    """Do the same as `link_orders` with records that have been compared.

    Raises:
        ValueError: a decision names a record that is missing.
    """
    records, bound = compared.records, decisions or Decisions()
    scales = OrderScales.of(compared, models)
    pairs = weigh_pairs(compared, scales, pairs_that_matter(compared, scales))
    joined = pl.concat(row_pairs(records, found) for found in (bound.same_order, bound.same_person))
    weighed = _Weighed(records, pairs, scales, bound, strangers(records, compared.persons, pairs, decided=joined))
    of_order = _join_orders(weighed)
    of_subject = _subject_clusters(weighed, of_order)
    apart = pl.concat(row_pairs(records, found) for found in (bound.different_orders, bound.different_persons))
    of_order = with_events(records, of_order, of_subject, apart=apart)
    labelled = records.select("record_id", "source", "event").with_columns(
        order=of_order.labels, subject=of_subject.labels
    )
    clusters = _cluster_table(labelled, weigh_pairs(compared, scales, pairs_within(compared, of_order.labels)))
    kinds = {"order": of_order, "subject": of_subject}
    conflicts = LINK_CONFLICTS.conform(conflict_table(records.get_column("record_id"), kinds)).unique()
    conflicts = conflicts.sort("kind", "left_id", "right_id", "reason")
    return OrderLinks(
        shown=pair_table(compared, scales, without_settled(pairs, labelled)),
        clusters=clusters,
        conflicts=conflicts,
        diagnostics=_counts(compared, clusters, conflicts) | {"models": models.version},
    )


@dataclass(frozen=True, eq=False)
class _Weighed:
    """The records, what speaks for and against each pair of them, and what stewards decided.

    Attributes:
        pairs: of `weigh_pairs`.
        strangers: `left`, `right` (rows): pairs that are never one order or one person.
    """

    records: pl.DataFrame
    pairs: pl.DataFrame
    scales: OrderScales
    decisions: Decisions
    strangers: pl.DataFrame

    def cluster(
        self, links: Weights, weigher: Weigher, *, floor: float, policy: Policy, constraints: Constraints
    ) -> Clusters:
        """Cluster by how far pairs are above a bar: `links` those at hand, `weigher` any; `floor` as in `lenient`."""
        return agglomerate(
            self.records.height,
            self.pairs.select("left", "right", weight=lenient(links, floor)),
            lambda left, right: lenient(weigher(left, right), floor),
            policy=policy,
            constraints=constraints,
        )


def _join_orders(weighed: _Weighed) -> Clusters:
    """Orders by the weights of pairs; then those that no source holds both of are joined, until none is left."""
    records, decisions = weighed.records, weighed.decisions
    decided = [row_pairs(records, found) for found in (decisions.different_orders, decisions.different_persons)]
    apart = pl.concat([weighed.strangers, *decided])
    clusters = _order_clusters(weighed, apart)
    # What became of an order is no order: it must not be the link between two.
    events = records.with_row_index("row").filter(is_event()).get_column("row").implode()
    weighed = replace(
        weighed, pairs=weighed.pairs.filter(~pl.col("left").is_in(events) & ~pl.col("right").is_in(events))
    )
    open_pairs = weighed.pairs.filter(~pl.col("is_other"))
    while (joined := join_complements(records, clusters.labels, open_pairs, apart=apart)).height:
        clusters = _order_clusters(weighed, apart, found=pl.concat([together(clusters), joined]))
    return clusters


def _order_clusters(weighed: _Weighed, apart: pl.DataFrame, *, found: pl.DataFrame = NO_PAIRS) -> Clusters:
    """Orders by the weights of pairs, those found before kept together."""
    records = weighed.records
    return weighed.cluster(
        weighed.pairs.get_column("link").to_numpy(),
        weighed.scales.links,
        floor=FLOOR,
        policy=Policy(floor=FORBIDDEN + 1, others_bar=OTHERS_BAR),
        constraints=Constraints(
            group=records.get_column("source").rank("dense").cast(pl.Int64).to_numpy(),
            must=pl.concat([amendments(records), row_pairs(records, weighed.decisions.same_order), found]),
            cannot=apart,
        ),
    )


def _subject_clusters(weighed: _Weighed, orders: Clusters) -> Clusters:
    """Records of one person. The records of an order are of one person because they are of one order."""
    records, decisions = weighed.records, weighed.decisions
    bar = subject_bar(records.height)
    same = row_pairs(records, decisions.same_person)
    likely = weighed.pairs.filter(pl.col("person_weight") > bar)
    others = two_identities(records, orders, likely, decided=same)
    parted = [two_holders(records, orders), others, row_pairs(records, decisions.different_persons)]
    return weighed.cluster(
        hundredths(weighed.pairs.get_column("person_weight").to_numpy() - bar),
        lambda left, right: hundredths(weighed.scales.persons(left, right) - bar),
        floor=FLOOR - bar,
        policy=Policy(floor=FORBIDDEN + 1),
        constraints=Constraints(
            must=pl.concat([together(orders), same]),
            cannot=pl.concat([weighed.strangers, *parted]),
        ),
    )


def _cluster_table(labelled: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    ids, order = labelled.get_column("record_id"), labelled.get_column("order")
    table = (
        labelled.with_row_index("row")
        .with_columns(
            pl.col("row").cast(pl.Int64),
            order_cluster=ids.gather(order),
            subject_cluster=ids.gather(labelled.get_column("subject")),
            is_duplicate=~is_event()
            # Rows are in the order of ids.
            & (pl.int_range(pl.len()).over("order", "source", is_event()) > 0),
        )
        .filter(pl.col("event").ne_missing(EVENT_REFUSED) | (pl.len().over("order") > 1))
        .join(mean_weights(pairs, order), on="row", how="left")
    )
    return LINK_CLUSTERS.conform(table).sort("record_id")


def _counts(compared: Compared, clusters: pl.DataFrame, conflicts: pl.DataFrame) -> dict[str, int | str]:
    keyed = compared.persons.blocks.keyed
    return {
        "records": clusters.height,
        "candidate_pairs": len(compared.persons.left),
        "blocks_left_out": sum(rule.blocks_left_out for rule in keyed),
        "pairs_left_out": sum(rule.pairs_left_out for rule in keyed),
        "orders": clusters.get_column("order_cluster").n_unique(),
        "subjects": clusters.get_column("subject_cluster").n_unique(),
        "duplicates": int(clusters.get_column("is_duplicate").sum()),
        "order_conflicts": conflicts.filter(pl.col("kind") == "order").height,
        "subject_conflicts": conflicts.filter(pl.col("kind") == "subject").height,
    }
