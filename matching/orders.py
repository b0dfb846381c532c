"""The model of an order: what makes two records speak of one order, given that they speak of one person.

Belongs here: columns, blocking rules and comparisons of orders, and the linking of order records. Does not: how
persons are compared (`matching.persons`), how pairs become clusters (`matching.clusters`).

Shares u are those among *other orders of the same person*, not among strangers: an interim and a full order share
type, court and conditions, so these say little, while their dates tell them apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from matching.blocking import BlockingRule, Candidates, candidate_pairs
from matching.clusters import Clusters, Constraints, Policy, agglomerate
from matching.comparators import (
    ANYTHING,
    any_of,
    both,
    crossed,
    day_and_month_swapped,
    days_apart,
    either,
    equal,
    missing,
    overlap,
    same_or_not,
    year_off,
)
from matching.comparisons import Comparison, Level
from matching.links import conflict_table, mean_weights, tell_levels
from matching.names import describe_names, name_variants
from matching.persons import FORBIDDEN, PERSON_COLUMNS, PERSON_RULES, lenient, person_model, subject_bar
from matching.weights import Model, Scales, on_demand, set_up, weigh
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


MADE_OR_START = Comparison(
    "dates made and start",
    ("made_on", "start_on", "end_on"),
    (
        Level("both the same", equal("made_on") & equal("start_on"), 0.55, 0.001),
        Level("made the same, start not known", equal("made_on") & missing("start_on"), 0.20, 0.0005),
        # The term can run from release, and sources differ in what they hold as the start.
        Level("made the same, start differs", equal("made_on"), 0.06, 0.0005),
        Level("start the same, made not known", equal("start_on") & missing("made_on"), 0.06, 0.0003),
        Level("start the same, made differs", equal("start_on"), 0.04, 0.0005),
        Level("made of one is the start of the other", crossed("made_on", "start_on"), 0.04, 0.001),
        Level("made with day and month exchanged", day_and_month_swapped("made_on"), 0.01, 0.0005),
        # A slip moves one date; a renewal on the day the term runs out moves all.
        Level(
            "made and end both a year apart: a renewal",
            year_off("made_on", 1) & year_off("end_on", 1) & (days_apart("end_on") > 2),
            0.001,
            0.05,
        ),
        Level("made in another year, same day", year_off("made_on", 1), 0.03, 0.001),
        # Two weeks: hearings listed together; an interim order runs longer before the full one.
        Level("made within 14 days", days_apart("made_on") <= 14, 0.07, 0.003),
        Level(
            "start slipped",
            any_of(
                (
                    day_and_month_swapped("start_on"),
                    year_off("start_on", 1),
                    days_apart("start_on") <= 14,
                )
            ),
            0.03,
            0.006,
        ),
        Level(
            "only made of one and start of the other known",
            missing("made_on")
            & missing("start_on")
            & either(lambda one, other: one("made_on").is_not_null() & other("start_on").is_not_null()),
            0.25,
            0.95,
        ),
        Level("not known", missing("made_on") & missing("start_on"), 1, 1),
        Level("other dates", ANYTHING, 0.005, 0.95),
    ),
)

END = Comparison(
    "end",
    ("end_on", "is_until_further_order", "made_on"),
    (
        Level("the same", equal("end_on"), 0.75, 0.02),
        Level("both until further order", both("is_until_further_order"), 0.90, 0.40),
        # An interim order ends on the day the full order is made.
        Level("one ends when the other is made", crossed("end_on", "made_on"), 0.002, 0.30),
        Level("within 2 days", days_apart("end_on") <= 2, 0.10, 0.01),
        Level("within 31 days", days_apart("end_on") <= 31, 0.05, 0.03),
        Level("in another year, same day", year_off("end_on", 1), 0.02, 0.05),
        Level(
            "until further order in one, a date in the other",
            either(lambda one, other: one("is_until_further_order") & other("end_on").is_not_null()),
            0.10,
            0.40,
        ),
        Level("not known", missing("end_on"), 1, 1),
        Level("other date", ANYTHING, 0.06, 0.94),
    ),
)


CONDITIONS = Comparison(
    "conditions",
    ("condition_codes",),
    (
        Level("not known", overlap("condition_codes").is_null(), 1, 1),
        Level("all of the shorter list", overlap("condition_codes") >= 0.999, 0.75, 0.60),
        Level("most", overlap("condition_codes") >= 0.6, 0.18, 0.18),
        Level("some", overlap("condition_codes") > 0, 0.05, 0.10),
        Level("none", ANYTHING, 0.02, 0.12),
    ),
)

ORDER_MODEL = Model(
    "order",
    (
        MADE_OR_START,
        END,
        same_or_not("type", "order_type", (0.96, 0.60), (0.04, 0.40)),
        same_or_not("interim", "is_interim", (0.97, 0.55), (0.03, 0.45)),
        same_or_not("term", "term_months", (0.85, 0.30), (0.15, 0.70)),
        same_or_not("court", "court_code", (0.92, 0.50), (0.08, 0.50)),
        same_or_not("force", "force_code", (0.90, 0.75), (0.10, 0.25)),
        CONDITIONS,
        # One case holds the interim and the full order of all defendants.
        same_or_not("case", "case_urn", (0.99, 0.70), (0.01, 0.30)),
        # No national order number exists; forces and regions number the same order apart.
        same_or_not("occurrence", "occurrence_ref", (0.30, 0.02), (0.70, 0.98)),
        # A source holds an order once: two in a hundred are held twice.
        same_or_not("source", "source", (0.02, 0.33), (0.98, 0.67)),
    ),
)

ORDER_RULES = (
    *PERSON_RULES,
    BlockingRule("a name and the day made", (pl.col("all_names"), pl.col("made_on"))),
    BlockingRule("a name and the start", (pl.col("all_names"), pl.col("start_on"))),
    BlockingRule("a name and the end", (pl.col("all_names"), pl.col("end_on"))),
    BlockingRule("court and the day made", (pl.col("court_code"), pl.col("made_on"))),
    BlockingRule("court and the start", (pl.col("court_code"), pl.col("start_on"))),
    BlockingRule("court and the end", (pl.col("court_code"), pl.col("end_on"))),
    BlockingRule("the date of birth and the court", (pl.col("date_of_birth"), pl.col("court_code"))),
    BlockingRule("the occurrence reference", (pl.col("occurrence_ref"),)),
)


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
    of_subject = _subject_clusters(persons, records.height, weighed, of_order)
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


def _subject_clusters(persons: Scales, size: int, weighed: pl.DataFrame, orders: Clusters) -> Clusters:
    """Records of one person; the records of an order are of one person by the link of the order."""
    bar = subject_bar(size)
    link = lenient(pl.col("person_weight") - bar, FLOOR - bar).alias("weight")
    known = weighed.select("left", "right", link)
    weigher = on_demand(known, lambda pairs: weigh(persons, pairs).select(link).to_series())
    same_order = orders.labels.to_frame("left").with_row_index("right")
    constraints = Constraints(must=same_order.filter(pl.col("left") != pl.col("right")))
    policy = Policy(floor=FORBIDDEN + 1)
    return agglomerate(size, known, weigher, policy=policy, constraints=constraints)


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
