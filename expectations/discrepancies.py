"""Discrepancies across systems: every rule there is, and how they are put to the evidence.

Belongs here: the list of rules and what makes a finding a discrepancy (owner, identity, state). Does not: single
rules (`expectations.rules`), expectations within one table (`expectations.suites`).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from itertools import groupby

import polars as pl

from expectations.discrepancy_history import compared_values, follow
from expectations.rules.conditions import CONDITION_RULES
from expectations.rules.dates import DATE_RULES, ORDER_DATE_RULES
from expectations.rules.doubt import DOUBT_RULES, REFUSAL_RULES
from expectations.rules.frames import rule_frames
from expectations.rules.identity import IDENTITY_RULES
from expectations.rules.order_attributes import CONTENT_RULES
from expectations.rules.periods import PERIOD_RULES
from expectations.rules.persons import PERSON_RULES
from expectations.rules.presence import PRESENCE_RULES, UNREADABLE_RULES
from expectations.rules.queries import QUERIES
from expectations.rules.rule import Evidence, PresenceClock, Rule, Subject
from expectations.rules.statute import STATUTE_RULES
from warehouse.sources import fact_of_source, has_row_key, region_of_feed
from warehouse.text_hashes import digests

__all__ = ["RULES", "Evidence", "PresenceClock", "Rule", "find_discrepancies"]

# The order counts: of several causes for one field of one record, the first counts.
RULES: tuple[Rule, ...] = (
    *UNREADABLE_RULES,
    *REFUSAL_RULES,
    *CONTENT_RULES,
    *CONDITION_RULES,
    *DATE_RULES,
    *PERIOD_RULES,
    *PERSON_RULES,
    *IDENTITY_RULES,
    *PRESENCE_RULES,
    *DOUBT_RULES,
    *ORDER_DATE_RULES,
    *STATUTE_RULES,
    *QUERIES,
)

PLACE = ("order_id", "record_id", "source", "source_key")


def find_discrepancies(
    evidence: Evidence,
    *,
    as_of: date,
    clock: PresenceClock,
    former: pl.DataFrame,
    golden: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Put every rule to the evidence.

    Args:
        evidence: the core tables and the register.
        as_of: the day of the release.
        clock: when an order is due in a source.
        former: `DISCREPANCIES` of the release before; empty on the first night.
        golden: `golden_orders` of the night, where the evidence is a part of it; None: of the evidence.

    Returns:
        `DISCREPANCIES`, sorted by its key, those resolved among them. An id stays while the order, the rule, the
        source record and the conflicting values stay.
    """
    frames = rule_frames(evidence, as_of=as_of, clock=clock, golden=golden)
    found = [_first_causes(frames[subject].lazy(), questions) for subject, questions in _questions()]
    causes = (
        pl.concat(pl.collect_all(found))
        .sort("rule", *PLACE, "observed")
        .unique(subset=[*PLACE, "field"], keep="first", maintain_order=True)
    )
    described = _with_owner(causes.join(_catalogue(), on="rule"), evidence)
    return follow(
        _with_identity(described),
        former=former,
        compared=compared_values(RULES, frames, former),
        codes=frozenset(rule.code for rule in RULES),
        orders=evidence.orders.get_column("order_id"),
        as_of=as_of,
    )


@cache
def _questions() -> list[tuple[Subject, dict[str, pl.Expr]]]:
    """Of each subject and field: the first of its rules that holds for a row, and the values in conflict."""
    in_order = sorted(enumerate(RULES), key=lambda item: (item[1].subject, item[1].field))
    return [
        (subject, _of_one_field(field, list(rules)))
        for (subject, field), rules in groupby(in_order, key=lambda item: (item[1].subject, item[1].field))
    ]


def _of_one_field(field: str, rules: Sequence[tuple[int, Rule]]) -> dict[str, pl.Expr]:
    chosen = pl.col("rule")
    return {
        "rule": pl.coalesce(*(pl.when(rule.when).then(pl.lit(place, pl.Int64)) for place, rule in rules)),
        "field": pl.lit(field),
        "observed": pl.coalesce(*(pl.when(chosen == place).then(rule.observed_text) for place, rule in rules)),
        "expected": pl.coalesce(*(pl.when(chosen == place).then(rule.expected_text) for place, rule in rules)),
    }


def _first_causes(frame: pl.LazyFrame, questions: Mapping[str, pl.Expr]) -> pl.LazyFrame:
    """For each row the first of the rules (of one field) that holds, with the values in conflict."""
    number, *others = (expression.alias(name) for name, expression in questions.items())
    return frame.with_columns(number).filter(pl.col("rule").is_not_null()).select(*PLACE, "rule", *others)


def _catalogue() -> pl.DataFrame:
    """The rules as a frame, by their place in the list."""
    return pl.DataFrame(
        {
            "rule": pl.Series(range(len(RULES)), dtype=pl.Int64),
            "rule_code": [rule.code for rule in RULES],
            "severity": [rule.severity for rule in RULES],
            "owner_kind": [rule.owner for rule in RULES],
            "template": [rule.message for rule in RULES],
            "correction": [rule.correction for rule in RULES],
        }
    )


def _with_owner(causes: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """Who should correct it: by the source of the record, with the force, court or region that stands for it."""
    holders = evidence.core_orders.select(
        "record_id",
        "occurrence_ref",
        record_force="force_code",
        record_region=region_of_feed(pl.col("delivery_id")),
    )
    orders = evidence.orders.select("order_id", "force_code", "court_code", "region_code")
    kind = pl.col("owner_kind")
    body = pl.when(kind == "holder").then(fact_of_source("owner")).otherwise(kind)
    force = pl.coalesce("record_force", "force_code").fill_null("not_known")
    owner = (
        pl.when(body == "court")
        .then("court:" + pl.col("court_code").fill_null("not_known"))
        .when(body == "force")
        .then("force:" + force)
        .when(body == "region")
        .then("region:" + pl.coalesce("record_region", "region_code"))
        .otherwise(body)
    )
    titles = fact_of_source("record_title").fill_null("the order")
    text = pl.col("template").str.replace("{source}", titles, literal=True)
    message = text.str.head(1).str.to_uppercase() + text.str.slice(1)
    return (
        causes.join(holders, on="record_id", how="left")
        .join(orders, on="order_id", how="left")
        .with_columns(owner=owner, message=message)
    )


def _with_identity(causes: pl.DataFrame) -> pl.DataFrame:
    """Give each a stable id.

    Without row keys the record is known by its occurrence reference, or by its region. Causes that are still alike are
    counted in the order of their keys.
    """
    by_content = pl.coalesce("occurrence_ref", "record_region")
    handle = pl.when(~has_row_key).then(by_content).otherwise(pl.col("source_key"))
    parts = ("order_id", "rule_code", "source", "handle", "observed", "expected")
    signed = causes.with_columns(handle=handle).with_columns(
        signature=pl.concat_str([pl.col(part).fill_null("") for part in parts], separator="\x1f")
    )
    counted = signed.sort("signature", "source_key").with_columns(
        nth=pl.int_range(pl.len()).over("signature").cast(pl.String)
    )
    signatures = counted.select(pl.concat_str("signature", "nth", separator="\x1f")).to_series()
    return counted.with_columns(discrepancy_id=digests(signatures))
