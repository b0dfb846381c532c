"""Where the items stand now: who works on them, what waits or was deferred, what was decided since the release.

Belongs here: the state of each item. Does not: keeping claims, assignments and the like (`ledger.desk`), decisions
(`ledger.decisions`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import polars as pl

from expectations.settling import SETTLED_BY, settles_only_if_past
from expectations.workload import LONG_DAYS
from ledger.decisions.decision import Draft
from ledger.decisions.in_force import in_force
from ledger.decisions.kinds import KINDS, PERSON_FIELD_NAMES, codes_about
from ledger.desk.item_work import APPROVERS, ItemWork
from review.queue.facets import A_TEAM, A_USER, MYSELF, NOBODY
from review.queue.queue_items import QueueItems

SETTLING = pl.DataFrame(
    [(code, field, settles_only_if_past(code, field)) for code, fields in SETTLED_BY.items() for field in fields],
    schema={"rule_code": pl.String, "answer": pl.String, "only_past": pl.Boolean},
    orient="row",
)
"""By which values of its order what a rule found in it is settled."""

PARTING = tuple(kind.code for kind in KINDS if kind.parts)


@dataclass(frozen=True, eq=False)
class DecisionsSinceRelease:
    """What stewards have decided by now.

    Attributes:
        standing: the decisions in force, `DECISIONS`.
        fresh: those of them that the night of the release did not know.
        as_of: that night.
    """

    standing: pl.DataFrame
    fresh: pl.DataFrame
    as_of: date

    @classmethod
    def of(cls, decisions: pl.DataFrame, obeyed: pl.DataFrame, *, as_of: date) -> Self:
        """Find what is new.

        Args:
            decisions: `DECISIONS`, all that the ledger holds.
            obeyed: `obeyed_decisions` of the release.
            as_of: the night of the release: an acceptance that had run out by then decides nothing.
        """
        standing = in_force(decisions, as_of=as_of)
        fresh = standing.join(obeyed.select("decision_id"), on="decision_id", how="anti")
        return cls(standing, fresh, as_of)

    def with_proposed(self, drafts: Sequence[Draft]) -> Self:
        """As if what waits for a second steward had been decided."""
        rows = pl.DataFrame([draft.about() for draft in drafts], schema=self.standing.schema, orient="row")
        proposed = rows.with_row_index().with_columns(decision_id=pl.format("proposed {}", "index")).drop("index")
        ended = pl.col("decision_id").is_in(rows.get_column("replaces").drop_nulls().implode())
        taken = proposed.filter(pl.col("kind") != "undo")
        standing, fresh = (
            pl.concat([frame.filter(~ended), taken], how="diagonal") for frame in (self.standing, self.fresh)
        )
        return type(self)(standing, fresh, self.as_of)


def decided_items(items: QueueItems, taken: DecisionsSinceRelease, owners: pl.DataFrame) -> pl.Series:
    """The items on which nothing is left to decide before the next night.

    A discrepancy is settled by a decision on it, or on the field of its order (a fact of the person: of any order of
    the person); a doubt whether the order is in force by the values that settle it (`expectations.rules.doubt`). Two
    orders that may be one are settled by a decision on two records of theirs, one of each; what is found of an order
    that one record holds, or that breaks a rule, also by a decision on two records of which one is of the order, and
    anything that is found by records of its order being kept apart. Decisions to be looked at again are settled once
    they have been replaced or taken back: all of them, of those that exclude one another one. An item is settled once
    all of this is that it asks.

    Args:
        items: the items of the release.
        taken: what was decided.
        owners: `record_id`, `order_id`, `subject_id` of the release.

    Returns:
        Their ids, sorted.
    """
    pairs = _paired_orders(taken.fresh, owners)
    answered = pl.concat([_by_parts(items.parts, taken, owners), _by_pairs(items.rows, pairs)])
    questions = answered.group_by("item_id").agg(pl.col("is_settled").all())
    whole = _whole_orders(items.rows, pairs)
    found = pl.concat(
        [
            questions.with_columns(pl.col("is_settled") | pl.col("item_id").is_in(whole.implode())),
            _by_decisions(items.decisions, taken.standing),
        ]
    )
    settled = found.group_by("item_id").agg(pl.col("is_settled").all()).filter("is_settled")
    return settled.get_column("item_id").sort()


@dataclass(frozen=True, eq=False)
class SettledItems:
    """The items on which nothing is left to decide.

    Attributes:
        decided: their ids, since the release.
        waiting: ids of those of which something waits for a second steward, and nothing else is open.
    """

    decided: pl.Series
    waiting: pl.Series

    @classmethod
    def none(cls) -> Self:
        """As far as is known, all are open."""
        return cls(*(pl.Series("item_id", [], pl.String) for _ in range(2)))


def with_states(rows: pl.DataFrame, work: ItemWork, settled: SettledItems, *, viewer: str) -> pl.DataFrame:
    """Add where each item stands.

    Args:
        rows: items, with `item_id`, `stream` and `age_days`.
        work: what is going on.
        settled: the items on which nothing is left to decide.
        viewer: who looks; what they hold themselves is open to them.

    Returns:
        The rows with `state`, `assignee` (as the facet has it), `held_by` and `deferred_until`.
    """
    joined = (
        rows.join(work.assignments, on="item_id", how="left", maintain_order="left")
        .join(work.deferrals, on="item_id", how="left", maintain_order="left")
        .join(work.claims, on="item_id", how="left", maintain_order="left")
    )
    assignee = pl.col("assignee")
    return joined.with_columns(
        state=pl.when(pl.col("item_id").is_in(settled.decided.implode()))
        .then(pl.lit("decided"))
        .when(pl.col("item_id").is_in(settled.waiting.implode()))
        .then(pl.lit("waiting"))
        .when(pl.col("deferred_until").is_not_null())
        .then(pl.lit("deferred"))
        .when((pl.col("held_by") != viewer).fill_null(value=False))
        .then(pl.lit("claimed"))
        .otherwise(pl.lit("open")),
        assignee=pl.when(assignee == viewer)
        .then(pl.lit(MYSELF))
        .otherwise(pl.coalesce(A_USER + assignee, A_TEAM + pl.col("team"), _escalated()))
        .fill_null(NOBODY),
    ).drop("team")


def _escalated() -> pl.Expr:
    """An item to settle that nobody was given and that waits too long is the approvers'."""
    is_old = (pl.col("stream") == "settle") & (pl.col("age_days") > LONG_DAYS)
    return pl.when(is_old).then(pl.lit(A_TEAM + APPROVERS))


def _by_decisions(looked_at: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """`item_id`, `is_settled`: whether the decisions that an item asks to look at again no longer stand."""
    has_ended = ~pl.col("decision_id").is_in(standing.get_column("decision_id").implode())
    ended = looked_at.with_columns(has_ended=has_ended).group_by("item_id", "excludes")
    counts = ended.agg(any=pl.col("has_ended").any(), all=pl.col("has_ended").all())
    return counts.select("item_id", is_settled=pl.when("excludes").then("any").otherwise("all"))


def _by_parts(parts: pl.DataFrame, taken: DecisionsSinceRelease, owners: pl.DataFrame) -> pl.DataFrame:
    """`item_id`, `is_settled`: whether each discrepancy and each doubted value of an item is settled."""
    fresh = taken.fresh
    closed = fresh.filter(pl.col("kind").is_in(codes_about("discrepancy"))).get_column("discrepancy_id")
    answered = pl.concat([closed, _answered_doubts(parts, taken)])
    values = _valued_fields(fresh, owners).with_columns(is_valued=True)
    settled = (pl.col("discrepancy_id").is_in(answered.implode()) | pl.col("is_valued")).fill_null(value=False)
    return parts.join(values, on=["order_id", "field"], how="left").group_by("item_id").agg(is_settled=settled.all())


def _valued_fields(fresh: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `field` of which the value was decided; facts of the person for each of the person's orders."""
    decided = fresh.filter(pl.col("kind").is_in(codes_about("value"))).select("order_id", "field")
    of_person = decided.filter(pl.col("field").is_in(sorted(PERSON_FIELD_NAMES)))
    subjects = owners.select("order_id", "subject_id").unique()
    spread = (
        of_person.join(subjects, on="order_id")
        .join(subjects, on="subject_id", suffix="_of_person")
        .select("field", order_id="order_id_of_person")
        .select("order_id", "field")
    )
    return pl.concat([decided, spread]).unique()


def _answered_doubts(parts: pl.DataFrame, taken: DecisionsSinceRelease) -> pl.Series:
    """The discrepancies that ask whether an order is in force, and were answered by a value of it."""
    values = taken.fresh.filter(pl.col("kind") == "value").select("order_id", "value", answer="field")
    is_past = pl.col("value") <= taken.as_of.isoformat()
    answers = parts.join(SETTLING, on="rule_code").join(values, on=["order_id", "answer"])
    return answers.filter(~pl.col("only_past") | is_past).get_column("discrepancy_id")


def _paired_orders(fresh: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """`kind`, `low`, `high`: the orders of the two records of each decision on a pair."""
    places = owners.select("record_id", "order_id")
    pairs = fresh.filter(pl.col("kind").is_in(codes_about("pair"))).select("kind", "left_record_id", "right_record_id")
    placed = pairs.join(places, left_on="left_record_id", right_on="record_id").join(
        places, left_on="right_record_id", right_on="record_id", suffix="_of_other"
    )
    return placed.select(
        "kind",
        low=pl.min_horizontal("order_id", "order_id_of_other"),
        high=pl.max_horizontal("order_id", "order_id_of_other"),
    )


def _by_pairs(rows: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """`item_id`, `is_settled`: whether a decision on two records answers an item that asks about two orders."""
    ordered = rows.drop_nulls("left_record_id").select(
        "item_id",
        low=pl.min_horizontal("order_id", "other_order_id"),
        high=pl.max_horizontal("order_id", "other_order_id"),
    )
    decided = pairs.select("low", "high", is_settled=pl.lit(value=True)).unique()
    return ordered.join(decided, on=["low", "high"], how="left").select(
        "item_id", pl.col("is_settled").fill_null(value=False)
    )


def _whole_orders(rows: pl.DataFrame, pairs: pl.DataFrame) -> pl.Series:
    """Items of which a decision on two records answers all that was found: the order is no longer what it was."""
    ends = pl.concat([pairs.select(order_id="low"), pairs.select(order_id="high")]).unique()
    parted = pairs.filter(pl.col("low") == pl.col("high"), pl.col("kind").is_in(PARTING)).select(order_id="low")
    alone = rows.filter(pl.col("kind").is_in(["doubt", "lone_record", "constraint"]))
    found = [
        alone.join(ends, on="order_id", how="semi").select("item_id"),
        rows.join(parted, on="order_id", how="semi").select("item_id"),
    ]
    return pl.concat(found).unique().get_column("item_id")
