"""How two releases differ, and what made them differ as a whole.

Belongs here: orders, fields and discrepancies of any two releases. Does not: what caused a single difference
(`assets.changes.causes`), drawing the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from reconciliation.confidence.contents import COLUMNS as CONTENTS
from reconciliation.redirects import follow_redirects, order_redirects
from warehouse.home import Home
from warehouse.releases.release import Release, read_release, release_ids
from warehouse.schema import Column, Table
from warehouse.sources import has_row_key
from warehouse.tables.ledger import DECISIONS
from warehouse.tables.register import DISCREPANCIES, ID_REDIRECTS, ORDER_SOURCES, ORDERS, RELEASE_CHANGES

MOVES = ("old_id", "new_id")
DELIVERY = ":"
"""What is between feed, date and revision in the id of a delivery; other inputs of a release have none."""
UNCOMPARED = ("confidence", *CONTENTS.values(), "first_seen_on", "last_seen_on")
"""No facts of an order: how often sources err on the night moves the confidence of all, and days seen move nightly."""


@dataclass(frozen=True)
class Difference:
    """What differs between two releases.

    Attributes:
        before: id of the one release.
        after: id of the other.
        orders: `order_id`, `change`, `other_order_id`, `cause`. added, removed: the order. merged: `order_id` is gone,
            its records are in the other. split: a part of `order_id` is now the other, which is new. renamed: the same
            records under another id. moved: records of `order_id` are now in the other, and both go on.
        fields: `order_id`, `field`, `before`, `after` (text), `cause`, of the orders that both releases hold.
        discrepancies: `discrepancy_id`, `order_id`, `rule_code`, `severity`, `change` (new, reopened, resolved),
            `resolved_by` (null where the later release does not hold it at all).
    """

    before: str
    after: str
    orders: pl.DataFrame
    fields: pl.DataFrame
    discrepancies: pl.DataFrame

    def causes(self) -> pl.DataFrame:
        """`cause`, `changes`: how many orders and fields each cause made differ; a null cause is not known."""
        causes = pl.concat([self.orders.select("cause"), self.fields.select("cause")])
        return causes.group_by("cause").agg(pl.len().alias("changes")).sort("cause", nulls_last=True)


def compare_releases(home: Home, before: Release, after: Release) -> Difference:
    """How `after` differs from `before`, which may be the later of the two.

    Causes are those that the nights between recorded, the last one where several changed the same; if `after` does not
    carry on from `before`, the one that their manifests show.
    """
    orders = (_read(before, ORDERS), _read(after, ORDERS))
    changes = find_differences(*orders)
    causes = _recorded_causes(home, before, after)
    fates = _find_fates(_ids(orders[0]), _ids(orders[1]), _find_moves(before, after, _ids(orders[0]), _ids(orders[1])))
    is_split = pl.col("change") == "split"
    placed = fates.with_columns(
        changed_id=pl.when(is_split).then("other_order_id").otherwise("order_id"),
        recorded_as=pl.when(is_split | (pl.col("change") == "added"))
        .then(pl.lit("added"))
        .otherwise(pl.lit("removed")),
    )
    whole = causes.filter(pl.col("field").is_null()).select("order_id", "change", "cause")
    of_fields = causes.drop_nulls("field").select("order_id", "field", "cause")
    return Difference(
        before.release_id,
        after.release_id,
        placed.join(whole, left_on=["changed_id", "recorded_as"], right_on=["order_id", "change"], how="left")
        .select("order_id", "change", "other_order_id", "cause")
        .sort("change", "order_id", "other_order_id"),
        changes.filter(pl.col("change") == "changed")
        .join(of_fields, on=["order_id", "field"], how="left")
        .select("order_id", "field", "before", "after", "cause")
        .sort("order_id", "field"),
        _compare_discrepancies(_read(before, DISCREPANCIES), _read(after, DISCREPANCIES)),
    )


def find_differences(former: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """What two versions of `orders` differ in, whatever the cause (`assets.changes.causes`).

    Returns:
        `order_id`, `change` (added, removed, changed), `field`, `before`, `after`: a row for each order added or
        removed, and a row for each changed field of the others, values as text.
    """
    both = former.lazy().join(orders.lazy(), on="order_id", suffix="_after").cache()
    compared = [column for column in ORDERS.columns if column.name not in UNCOMPARED and column.name != "order_id"]
    changed = [_changed(both, column) for column in compared]
    added = orders.join(former, on="order_id", how="anti").select("order_id", pl.lit("added").alias("change"))
    removed = former.join(orders, on="order_id", how="anti").select("order_id", pl.lit("removed").alias("change"))
    differences = pl.concat([*pl.collect_all(changed), added, removed], how="diagonal")
    return differences.select("order_id", "change", "field", "before", "after")


def _read(release: Release, table: Table) -> pl.DataFrame:
    return table.completed(pl.read_parquet(release.parquet(table.name)))


def _ids(orders: pl.DataFrame) -> pl.DataFrame:
    return orders.select("order_id")


def _recorded_causes(home: Home, before: Release, after: Release) -> pl.DataFrame:
    """`order_id`, `change`, `field`, `cause`, once each, by the nights between or else by the two manifests."""
    recorded, release, kept = [], after, release_ids(home)
    while release.as_of > before.as_of and release.follows in kept:
        recorded.append(_read(release, RELEASE_CHANGES))
        release = read_release(home, release.follows)
    if release.path != before.path:
        changes = find_differences(_read(before, ORDERS), _read(after, ORDERS))
        recorded = [changes.with_columns(cause=pl.lit(cause_between(before.manifest, after.manifest)))]
    columns = ["order_id", "change", "field", "cause"]
    newest_first = pl.concat([RELEASE_CHANGES.empty().select(columns), *(found.select(columns) for found in recorded)])
    return newest_first.unique(["order_id", "change", "field"], keep="first", maintain_order=True)


def _find_moves(before: Release, after: Release, old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """`MOVES`: orders of `before` with the other orders of `after` that hold records of theirs."""
    moves = pl.concat([_moves_of_records(before, after), _moves_by_redirects(before, after, old, new)])
    return (
        moves.filter(pl.col("old_id") != pl.col("new_id"))
        .join(old, left_on="old_id", right_on="order_id", how="semi")
        .join(new, left_on="new_id", right_on="order_id", how="semi")
        .unique()
        .sort(MOVES)
    )


def _moves_of_records(before: Release, after: Release) -> pl.DataFrame:
    """Where the records went that both releases hold under one key."""
    inputs = after.manifest.get("inputs", {})
    unchanged = sorted(name for name, digest in before.manifest.get("inputs", {}).items() if inputs.get(name) == digest)
    # Without row keys another row may take the place of a row tomorrow, unless the file is the same.
    is_same_record = has_row_key | pl.col("delivery_id").is_in(unchanged)
    records = _read(before, ORDER_SOURCES).filter(is_same_record)
    return records.join(_read(after, ORDER_SOURCES), on=["source", "source_key"], suffix="_after").select(
        pl.col("order_id").alias("old_id"), pl.col("order_id_after").alias("new_id")
    )


def _moves_by_redirects(before: Release, after: Release, old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Where the redirects since `before` lead, followed until they reach orders of `after`."""
    held, known = (order_redirects(_read(release, ID_REDIRECTS)) for release in (after, before))
    steps = held.join(known, on=MOVES, how="anti")
    first = steps.join(old, left_on="old_id", right_on="order_id", how="semi")
    reached = follow_redirects(first.get_column("new_id"), steps, until=new.get_column("order_id"))
    return first.join(reached, left_on="new_id", right_on="id").select("old_id", new_id="reached")


def _find_fates(old: pl.DataFrame, new: pl.DataFrame, moves: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `change`, `other_order_id` (see `Difference.orders`)."""
    is_gone = ~pl.col("old_id").is_in(new.get_column("order_id").implode())
    is_new = ~pl.col("new_id").is_in(old.get_column("order_id").implode())
    is_merged = is_gone & (~is_new | (is_gone.sum().over("new_id") > 1))
    is_split = is_new & (~is_gone | (pl.len().over("old_id") > 1))
    kinds = pl.when(is_split).then(pl.lit("split")).when(is_merged).then(pl.lit("merged"))
    related = moves.select(
        pl.col("old_id").alias("order_id"),
        kinds.when(is_gone).then(pl.lit("renamed")).otherwise(pl.lit("moved")).alias("change"),
        pl.col("new_id").alias("other_order_id"),
    )
    removed = old.join(new, on="order_id", how="anti").join(moves, left_on="order_id", right_on="old_id", how="anti")
    added = new.join(old, on="order_id", how="anti").join(moves, left_on="order_id", right_on="new_id", how="anti")
    alone = [
        rows.with_columns(pl.lit(change).alias("change")) for rows, change in ((added, "added"), (removed, "removed"))
    ]
    return pl.concat([related, *alone], how="diagonal")


def _compare_discrepancies(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    is_open = pl.col("state") != "resolved"
    was, now = before.filter(is_open), after.filter(is_open)
    found = now.join(was, on="discrepancy_id", how="anti").with_columns(
        change=pl.when(pl.col("state") == "reopened").then(pl.col("state")).otherwise(pl.lit("new"))
    )
    closed = was.join(now, on="discrepancy_id", how="anti").drop("resolved_by")
    closed = closed.join(after.select("discrepancy_id", "resolved_by"), on="discrepancy_id", how="left").with_columns(
        change=pl.lit("resolved")
    )
    columns = ("discrepancy_id", "order_id", "rule_code", "severity", "change", "resolved_by")
    return pl.concat([found.select(columns), closed.select(columns)]).sort("change", "discrepancy_id")


def _changed(both: pl.LazyFrame, column: Column) -> pl.LazyFrame:
    """A row for each order whose field has another value after, values as text."""
    names = {"before": column.name, "after": f"{column.name}_after"}
    texts = {
        side: pl.col(name).list.join(",") if isinstance(column.dtype, pl.List) else pl.col(name).cast(pl.String)
        for side, name in names.items()
    }
    rows = both.select("order_id", change=pl.lit("changed"), field=pl.lit(column.name), **texts)
    return rows.filter(pl.col("before").ne_missing(pl.col("after")))


def cause_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What made two releases differ as a whole, by their manifests.

    For releases that do not carry on from one another: a night gives each difference its own (`assets.changes.causes`).
    Sources that sent anything else come first, then stewards, the model and the settings; what is left are rules.
    """
    inputs = [dict(manifest.get("inputs", {})) for manifest in (before, after)]
    decisions = [used.get(DECISIONS.name) for used in inputs]
    deliveries = [{name: digest for name, digest in used.items() if DELIVERY in name} for used in inputs]
    causes = {
        "source": deliveries[0] != deliveries[1],
        "steward": decisions[0] != decisions[1],
        "model": _model(before) != _model(after),
        "config": before.get("config_hash") != after["config_hash"],
        "rule": True,
    }
    return next(cause for cause, differs in causes.items() if differs)


def _model(manifest: Mapping[str, Any]) -> str | None:
    version: str | None = manifest.get("versions", {}).get("models")
    return version
