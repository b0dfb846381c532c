"""What made tonight's release differ from the one before. No Dagster here.

Belongs here: putting both sides together, and looking at tonight's facts on the day of the former release, which proves
what the calendar alone has done. Does not: which cause a difference gets (`assets.changes.causes`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from assets.changes.causes import JUDGED_FIELDS, REPLAYED, ComparedRelease, find_reach, name_causes
from assets.former import Former
from expectations.discrepancies import Evidence, PresenceClock, find_discrepancies
from expectations.discrepancy_history import active_ones
from expectations.quality import score_quality, watched_sources
from reconciliation.law import STATUS_COLUMNS, facts_of, judge_status
from reconciliation.redirects import order_redirects
from reconciliation.register_tables import finish_orders
from reconciliation.release_diff import cause_between, find_differences
from warehouse.tables.register import DELIVERIES, DISCREPANCIES, ID_REDIRECTS, ORDERS, RELEASE_CHANGES, UNEXPLAINED
from warehouse.tables.release import OBEYED_DECISIONS, RECORD_DIGESTS


@dataclass(frozen=True, eq=False)
class Tonight:
    """What tonight's release holds and rests on.

    Attributes:
        evidence: what the rules look at by its name in `Evidence`, with the orders as published; read when it is
            looked at, for the most part a few columns or orders of it.
        clock: when an order is due in a source.
        digests: `RECORD_DIGESTS`.
        decisions: `OBEYED_DECISIONS`.
        redirects: `id_redirects`.
        account: for its manifest: `inputs`, `versions`, `config_hash`.
    """

    as_of: date
    evidence: Mapping[str, pl.LazyFrame]
    clock: PresenceClock
    digests: pl.LazyFrame
    decisions: pl.DataFrame
    redirects: pl.DataFrame
    account: Mapping[str, Any]

    @property
    def orders(self) -> pl.DataFrame:
        """The orders as published."""
        return self.evidence["orders"].collect()


def list_changes(former: Former, tonight: Tonight) -> pl.DataFrame:
    """How the orders differ from the release before, each difference with its cause.

    A release before that was made by a version of Concord which kept no digests gives all differences one cause, found
    by the two manifests.

    Returns:
        `RELEASE_CHANGES`, sorted by its key, none of them accepted.
    """
    differences = find_differences(former.table(ORDERS), tonight.orders)
    if former.release is not None and RECORD_DIGESTS.name not in former.release.manifest["digests"]:
        cause = cause_between(former.release.manifest, tonight.account)
        named = differences.with_columns(cause=pl.lit(cause), accepted=pl.lit(None))
        return RELEASE_CHANGES.conform(named).sort(RELEASE_CHANGES.order)
    before, after = _side_of_former(former), _side_of_tonight(tonight)
    if former.release is None:
        # All records are new: that those of an order are is all that can be asked of it.
        ties = pl.lit([], RECORD_DIGESTS.schema["ties"])
        after = replace(after, digests=after.digests.filter(kind="order").with_columns(ties=ties))
    reach = find_reach(differences.get_column("order_id").unique(), before=before, after=after)
    replayed = find_replayed(differences, reach, former=former, tonight=tonight)
    return name_causes(differences, reach, replayed=replayed, before=before, after=after)


def mark_accepted(changes: pl.DataFrame, reason: str | None) -> pl.DataFrame:
    """`RELEASE_CHANGES` with the reason for which an operator lets unexplained differences be published."""
    return changes.with_columns(accepted=pl.when(pl.col("cause") == UNEXPLAINED).then(pl.lit(reason, pl.String)))


def find_replayed(differences: pl.DataFrame, reach: pl.DataFrame, *, former: Former, tonight: Tonight) -> pl.DataFrame:
    """Differences that are proved by looking at tonight's facts on the former day, or with the former deliveries.

    Returns:
        `REPLAYED`.
    """
    if former.release is None:
        return pl.DataFrame(schema=REPLAYED)
    then = judge_status(facts_of(tonight.orders), as_of=former.release.as_of)
    is_reached = pl.any_horizontal("is_decided", "is_closed", "is_changed")
    unreached = reach.filter(~is_reached).get_column("order_id")
    judged = differences.filter(pl.col("field").is_in(JUDGED_FIELDS) & pl.col("order_id").is_in(unreached.implode()))
    return pl.concat(
        [
            _replay_law(differences, then),
            _replay_judgement(judged.get_column("order_id").unique(), then, former=former, tonight=tonight),
        ]
    )


def _side_of_former(former: Former) -> ComparedRelease:
    manifest = former.release.manifest if former.release else {}
    digests, decisions = former.scan(RECORD_DIGESTS), former.table(OBEYED_DECISIONS)
    return ComparedRelease(digests, decisions, order_redirects(former.table(ID_REDIRECTS)), manifest)


def _side_of_tonight(tonight: Tonight) -> ComparedRelease:
    return ComparedRelease(tonight.digests, tonight.decisions, order_redirects(tonight.redirects), tonight.account)


def _replay_law(differences: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    """Fields in law that tonight's facts make just what they were, on the former day."""
    texts = then.select("order_id", pl.col(STATUS_COLUMNS).cast(pl.String))
    long = texts.unpivot(on=list(STATUS_COLUMNS), index="order_id", variable_name="field", value_name="then")
    same = differences.join(long, on=["order_id", "field"]).filter(pl.col("before").eq_missing(pl.col("then")))
    return same.select("order_id", "field", replayed=pl.lit("calendar"))


def _replay_judgement(order_ids: pl.Series, then: pl.DataFrame, *, former: Former, tonight: Tonight) -> pl.DataFrame:
    """Judged fields that come out otherwise on the former day, or with the deliveries of the former night.

    Judged again are the orders asked for and all orders of the same persons: rules look at those too.
    """
    if order_ids.is_empty() or former.release is None:
        return pl.DataFrame(schema=REPLAYED)
    evidence = _evidence_of(tonight.evidence, order_ids)
    as_then = evidence.orders.drop(*STATUS_COLUMNS).join(then, on="order_id", maintain_order="left")
    day = former.release.as_of
    # Since when a source is watched, all its records say: those of these persons may all have come later.
    judge = partial(_judge, clock=tonight.clock, watched=watched_sources(tonight.evidence["order_sources"].collect()))
    now = judge(evidence, as_of=tonight.as_of)
    looks = {
        "calendar": judge(replace(evidence, orders=as_then), as_of=day),
        "source": judge(replace(evidence, deliveries=former.table(DELIVERIES)), as_of=tonight.as_of),
    }
    differing = [
        now.join(look, on=["order_id", "field"], suffix="_then")
        .filter(pl.col("value").ne_missing(pl.col("value_then")) & pl.col("order_id").is_in(order_ids.implode()))
        .select("order_id", "field", replayed=pl.lit(cause))
        for cause, look in looks.items()
    ]
    return pl.concat(differing).unique(["order_id", "field"], keep="first", maintain_order=True)


def _evidence_of(evidence: Mapping[str, pl.LazyFrame], order_ids: pl.Series) -> Evidence:
    """The evidence of these orders and of all others of the same persons."""
    of_asked = evidence["orders"].filter(pl.col("order_id").is_in(order_ids.implode()))
    orders = evidence["orders"].join(of_asked, on="subject_id", how="semi").select("order_id").collect()
    return Evidence.of_orders(evidence, orders)


def _judge(evidence: Evidence, *, as_of: date, clock: PresenceClock, watched: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `field`, `value` (text) of the judged fields; `watched` of `watched_sources`."""
    found = find_discrepancies(evidence, as_of=as_of, clock=clock, former=DISCREPANCIES.empty())
    active = active_ones(found)
    scores = score_quality(evidence, active, as_of=as_of, clock=clock, watched=watched)
    orders = finish_orders(evidence.orders, active, scores)
    return orders.select("order_id", *(pl.col(name).cast(pl.String) for name in JUDGED_FIELDS)).unpivot(
        on=list(JUDGED_FIELDS), index="order_id", variable_name="field", value_name="value"
    )
