"""The linking of order records: which speak of one order, and which of one person.

Belongs here: what records are described by, how weights of person and order decide together, and the tables handed on.
Does not: the comparisons of orders (`matching.order_model`) and persons (`matching.persons`), how pairs become clusters
(`matching.clusters`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from matching.blocking import Candidates, candidate_pairs
from matching.clusters import Clusters, Constraints, Policy, agglomerate
from matching.links import conflict_table, mean_weights, tell_levels
from matching.names import describe_names, name_variants
from matching.order_model import ORDER_MODEL, ORDER_RULES
from matching.persons import FORBIDDEN, PERSON_COLUMNS, lenient, person_model, subject_bar
from matching.weights import Scales, on_demand, set_up, weigh
from warehouse.tables.link import LINK_CLUSTERS, LINK_PAIRS

# Least weights for one order. The court, day and conditions that a pair of co-defendants shares stand in the order
# weight, so the person weight must carry the link alone; a pair with no date to compare may still be one order.
PERSON_BAR = 4.0
ORDER_BAR = 0.0
# A pair so far below its bar forbids a merge whatever the others say: two valid PNC ids and two births, say.
FLOOR = -16.0
# Pairs further below the bar than this are not worth showing.
SHOWN = -10.0


@dataclass(frozen=True, eq=False)
class OrderLinks:
    """Order records linked.

    Attributes:
        pairs: candidate pairs worth showing, in the shape of `LINK_PAIRS`.
        clusters: every record with its order and its subject, in the shape of `LINK_CLUSTERS`.
        conflicts: orders or subjects that were kept apart though a pair of theirs is above the bar: `kind`
            (`order`, `subject`), `left_id`, `right_id` (their clusters), `weight` above the bar, `reason`.
        diagnostics: counts.
    """

    pairs: pl.DataFrame
    clusters: pl.DataFrame
    conflicts: pl.DataFrame
    diagnostics: Mapping[str, int]


def link_orders(orders: pl.DataFrame, aliases: pl.DataFrame, conditions: pl.DataFrame) -> OrderLinks:
    """Decide which order records speak of one order, and which of one person.

    Args:
        orders: the union over sources in the shape of `CORE_ORDERS`.
        aliases: likewise, `CORE_ALIASES`.
        conditions: likewise, `CORE_CONDITIONS`.
    """
    records = describe_orders(orders, aliases, conditions)
    candidates = candidate_pairs(records, ORDER_RULES)
    persons, order = set_up(person_model(name_variants()), records), set_up(ORDER_MODEL, records)
    weighed = _weigh((persons, order), candidates.pairs)
    of_order = _order_clusters((persons, order), records, weighed)
    of_subject = _subject_clusters(persons, records, weighed, of_order)
    labelled = records.select("record_id", "source").with_columns(order=of_order.labels, subject=of_subject.labels)
    clusters = _cluster_table(labelled, weighed)
    conflicts = conflict_table(records.get_column("record_id"), {"order": of_order, "subject": of_subject})
    return OrderLinks(
        pairs=_pair_table((persons, order), records.get_column("record_id"), weighed),
        clusters=clusters,
        conflicts=conflicts,
        diagnostics=_counts(candidates, clusters, conflicts),
    )


def describe_orders(orders: pl.DataFrame, aliases: pl.DataFrame, conditions: pl.DataFrame) -> pl.DataFrame:
    """The records sorted by id, with every column that the models and the blocking rules read."""
    columns = {"record_id", "source_key", "amends_source_key", *PERSON_COLUMNS, *ORDER_MODEL.columns}
    codes = (
        conditions.filter(pl.col("condition_code").is_not_null())
        .group_by("record_id")
        .agg(condition_codes=pl.col("condition_code").unique().sort())
    )
    records = (
        orders.select(column for column in orders.columns if column in columns)
        .sort("record_id")
        .join(codes, on="record_id", how="left", maintain_order="left")
    )
    names = aliases.select("record_id", "forenames_folded", "surname_folded")
    return describe_names(records, names)


def _weigh(scales: tuple[Scales, ...], pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs with the levels and weights of both models, and `link`: how far the lesser is above its bar."""
    weighed = pl.concat([pairs, *(weigh(scale, pairs) for scale in scales)], how="horizontal")
    return weighed.with_columns(
        match_weight=(pl.col("person_weight") + pl.col("order_weight")).round(2),
        link=pl.min_horizontal(pl.col("person_weight") - PERSON_BAR, pl.col("order_weight") - ORDER_BAR).round(2),
    )


def _order_clusters(scales: tuple[Scales, ...], records: pl.DataFrame, weighed: pl.DataFrame) -> Clusters:
    link = lenient(pl.col("link"), FLOOR).alias("weight")
    known = weighed.select("left", "right", link)
    weigher = on_demand(known, lambda pairs: _weigh(scales, pairs).select(link).to_series())
    source = records.get_column("source").rank("dense").cast(pl.Int64)
    constraints = Constraints(group=source, must=_amendments(records))
    policy = Policy(floor=FORBIDDEN + 1)
    return agglomerate(records.height, known, weigher, policy=policy, constraints=constraints)


def _amendments(records: pl.DataFrame) -> pl.DataFrame:
    """Pairs of court results of which one amends the other."""
    rows = records.select("source", "source_key", "amends_source_key").with_row_index("row")
    amended = rows.filter(pl.col("amends_source_key").is_not_null()).join(
        rows, left_on=["source", "amends_source_key"], right_on=["source", "source_key"]
    )
    return amended.select(left="row", right="row_right")


def _subject_clusters(persons: Scales, records: pl.DataFrame, weighed: pl.DataFrame, orders: Clusters) -> Clusters:
    """Records of one person; the records of an order are of one person by the link of the order."""
    bar = subject_bar(records.height)
    link = lenient(pl.col("person_weight") - bar, FLOOR - bar).alias("weight")
    known = weighed.select("left", "right", link)
    weigher = on_demand(known, lambda pairs: weigh(persons, pairs).select(link).to_series())
    same_order = orders.labels.to_frame("left").with_row_index("right")
    constraints = Constraints(
        must=same_order.filter(pl.col("left") != pl.col("right")), cannot=_two_holders(records, orders)
    )
    policy = Policy(floor=FORBIDDEN + 1)
    return agglomerate(records.height, known, weigher, policy=policy, constraints=constraints)


def _two_holders(records: pl.DataFrame, orders: Clusters) -> pl.DataFrame:
    """Pairs of records of two persons for certain, though they may be namesakes born on one day.

    In one source, under two PNC ids, they hold two orders of one kind made on one day by one court: nobody is made
    subject to the same order twice.
    """
    facts = ["source", "date_of_birth", "order_type", "is_interim", "made_on", "court_code"]
    rows = records.with_row_index("row").with_columns(order=orders.labels)
    known = rows.filter("is_pnc_id_valid").select("row", "order", "pnc_id", *facts).drop_nulls()
    pairs = known.join(known, on=facts, suffix="_right").filter(
        (pl.col("order") < pl.col("order_right")) & (pl.col("pnc_id") != pl.col("pnc_id_right"))
    )
    return pairs.select(left="row", right="row_right").sort("left", "right")


def _cluster_table(labelled: pl.DataFrame, weighed: pl.DataFrame) -> pl.DataFrame:
    ids, order = labelled.get_column("record_id"), labelled.get_column("order")
    table = (
        labelled.with_row_index("row")
        .with_columns(
            order_cluster=ids.gather(order),
            subject_cluster=ids.gather(labelled.get_column("subject")),
            is_duplicate=pl.int_range(pl.len()).over("order", "source", order_by="record_id") > 0,
        )
        .join(mean_weights(weighed, order), on="row", how="left")
    )
    return LINK_CLUSTERS.conform(table).sort("record_id")


def _pair_table(scales: tuple[Scales, ...], ids: pl.Series, weighed: pl.DataFrame) -> pl.DataFrame:
    """The pairs worth showing; rows stand in the order of ids, so pairs sorted by row are sorted by id."""
    shown = weighed.filter(pl.col("link") > SHOWN).sort("left", "right")
    table = shown.with_columns(
        left_id=ids.gather(shown.get_column("left")),
        right_id=ids.gather(shown.get_column("right")),
        blocking_rule=pl.col("rule"),
        **tell_levels([comparison for scale in scales for comparison in scale.model.comparisons]),
    )
    return LINK_PAIRS.conform(table)


def _counts(candidates: Candidates, clusters: pl.DataFrame, conflicts: pl.DataFrame) -> dict[str, int]:
    return {
        "records": clusters.height,
        "candidate_pairs": candidates.pairs.height,
        "blocks_left_out": int(candidates.diagnostics.get_column("blocks_left_out").sum()),
        "pairs_left_out": int(candidates.diagnostics.get_column("pairs_left_out").sum()),
        "orders": clusters.get_column("order_cluster").n_unique(),
        "subjects": clusters.get_column("subject_cluster").n_unique(),
        "duplicates": int(clusters.get_column("is_duplicate").sum()),
        "order_conflicts": conflicts.filter(pl.col("kind") == "order").height,
        "subject_conflicts": conflicts.filter(pl.col("kind") == "subject").height,
    }
