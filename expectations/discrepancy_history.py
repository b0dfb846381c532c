"""The life of a discrepancy over nights: new, open, closed by a steward, resolved, reopened.

Belongs here: states and what brings them about. Does not: finding discrepancies, or what stewards decide.

new: found tonight for the first time. open: found before, and still. reopened: found again tonight after it was
resolved. stale_decision: it took the place of one that a decision closed, of the same rule and record, whose
values have changed since. resolved: no longer found, by source where the values compared have changed, by rule where
they have not; or closed by a steward's decision.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from expectations.rules.rule import Rule, Subject
from warehouse.tables.register import DISCREPANCIES

RESOLVED = "resolved"
IS_ACTIVE = pl.col("state") != RESOLVED
VALUES = ("order_id", "rule_code", "source", "observed", "expected")
FINDING_COLUMNS = ("order_id", "rule_code", "source", "record_id", "observed", "expected")


def follow(
    found: pl.DataFrame,
    *,
    former: pl.DataFrame,
    compared: pl.DataFrame,
    codes: frozenset[str],
    orders: pl.Series,
    as_of: date,
) -> pl.DataFrame:
    """Give what was found tonight its state, and add what was found before and is no longer.

    Args:
        found: `DISCREPANCIES` of tonight without its states, days, stream and confidence.
        former: `DISCREPANCIES` of the release before; empty on the first night.
        compared: from `compared_values`: what the rules of `former` compare tonight, whether or not they hold.
        codes: of tonight's rules.
        orders: ids of tonight's orders. What was found on an order that is no more goes with it.
        as_of: the night. Done again on the same night, it gives the same.

    Returns:
        `DISCREPANCIES`, sorted by its key.
    """
    before = former.select("discrepancy_id", "first_seen_on", was="state", was_since="state_since")
    is_tonight = (pl.col("was_since") == pl.lit(as_of)).fill_null(value=False)
    state = (
        pl.when(pl.col("was").is_null() | ((pl.col("was") == "new") & is_tonight))
        .then(pl.lit("new"))
        .when((pl.col("was") == RESOLVED) | ((pl.col("was") == "reopened") & is_tonight))
        .then(pl.lit("reopened"))
        .otherwise(pl.lit("open"))
    )
    stated = found.join(before, on="discrepancy_id", how="left").with_columns(state=state)
    since = pl.when(pl.col("state") == pl.col("was")).then("was_since")
    active = stated.with_columns(
        pl.col("first_seen_on").fill_null(pl.lit(as_of)),
        state_since=pl.coalesce(since, pl.lit(as_of)),
        resolved_by=pl.lit(None, pl.String),
    )
    kept = former.filter(pl.col("order_id").is_in(orders.implode()))
    gone = _gone(kept, found, compared=compared, codes=codes, as_of=as_of)
    return DISCREPANCIES.conform(pl.concat([DISCREPANCIES.completed(active), gone])).sort("discrepancy_id")


def close(
    discrepancies: pl.DataFrame, *, closed: pl.Series, stale: pl.Series, former: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """Let the stewards' decisions in force close what they were taken on.

    Args:
        discrepancies: from `follow`.
        closed: ids of discrepancies that a decision in force deals with.
        stale: ids of discrepancies that have taken the place of one decided on: its values changed.
        former: `DISCREPANCIES` of the release before.
        as_of: the night.

    Returns:
        `DISCREPANCIES`, sorted by its key.
    """
    before = former.select("discrepancy_id", was="state", was_by="resolved_by", was_since="state_since")
    is_active = pl.col("state") != RESOLVED
    is_closed = is_active & pl.col("discrepancy_id").is_in(closed.implode())
    is_stale = is_active & ~is_closed & pl.col("discrepancy_id").is_in(stale.implode())
    state = pl.when(is_closed).then(pl.lit(RESOLVED)).when(is_stale).then(pl.lit("stale_decision")).otherwise("state")
    by = pl.when(is_closed).then(pl.lit("steward")).otherwise("resolved_by")
    settled = discrepancies.join(before, on="discrepancy_id", how="left").with_columns(
        state=state, resolved_by=by, is_decided=is_closed | is_stale
    )
    is_as_before = (pl.col("state") == pl.col("was")) & pl.col("resolved_by").eq_missing(pl.col("was_by"))
    since = (
        pl.when(~pl.col("is_decided"))
        .then("state_since")
        .otherwise(pl.coalesce(pl.when(is_as_before).then("was_since"), pl.lit(as_of)))
    )
    return DISCREPANCIES.conform(settled.with_columns(state_since=since)).sort("discrepancy_id")


def active_ones(discrepancies: pl.DataFrame) -> pl.DataFrame:
    """The discrepancies that are not resolved: what counts in scores, counts and the steward's queue."""
    return discrepancies.filter(IS_ACTIVE)


def compared_values(
    rules: tuple[Rule, ...], frames: Mapping[Subject, pl.DataFrame], former: pl.DataFrame
) -> pl.DataFrame:
    """`look_again` where the rules found something in the release before (`former`: its `DISCREPANCIES`)."""
    return look_again(rules, frames, former.filter(_was_found()))


def look_again(rules: tuple[Rule, ...], frames: Mapping[Subject, pl.DataFrame], asked: pl.DataFrame) -> pl.DataFrame:
    """What some rules compare tonight on some orders, whether or not they hold.

    Args:
        rules: all rules of tonight.
        frames: the frame of each subject of a rule.
        asked: `order_id`, `rule_code`, in any rows.

    Returns:
        `order_id`, `rule_code`, `source`, `record_id`, `observed`, `expected`; a rule that is no more has no rows.
    """
    wanted = asked.select("order_id", "rule_code").unique()
    codes = set(wanted.get_column("rule_code"))
    parts = [
        frames[rule.subject]
        .lazy()
        .join(wanted.filter(pl.col("rule_code") == rule.code).lazy(), on="order_id", how="semi")
        .select(
            "order_id",
            "source",
            "record_id",
            rule_code=pl.lit(rule.code),
            observed=rule.observed_text,
            expected=rule.expected_text,
        )
        .select(FINDING_COLUMNS)
        for rule in rules
        if rule.code in codes
    ]
    return pl.concat([pl.LazyFrame(schema=dict.fromkeys(FINDING_COLUMNS, pl.String)), *parts]).collect()


def _was_found() -> pl.Expr:
    """Whether it was found in its night: one that a steward closed may still be, and is until it is not."""
    return (pl.col("state") != RESOLVED) | (pl.col("resolved_by") == "steward").fill_null(value=False)


def _gone(
    former: pl.DataFrame, found: pl.DataFrame, *, compared: pl.DataFrame, codes: frozenset[str], as_of: date
) -> pl.DataFrame:
    """What was found before and is not tonight: resolved, by whom, and since when."""
    gone = former.join(found, on="discrepancy_id", how="anti")
    same = gone.join(compared, on=VALUES, how="semi", nulls_equal=True).get_column("discrepancy_id")
    by_rule = pl.col("discrepancy_id").is_in(same.implode()) | ~pl.col("rule_code").is_in(sorted(codes))
    is_already = ~_was_found()
    cause = pl.when(by_rule).then(pl.lit("rule")).otherwise(pl.lit("source"))
    return DISCREPANCIES.conform(
        gone.with_columns(
            state=pl.lit(RESOLVED),
            resolved_by=pl.when(is_already).then("resolved_by").otherwise(cause),
            confidence=None,
            stream=None,
            state_since=pl.when(is_already).then("state_since").otherwise(pl.lit(as_of)),
        )
    )
