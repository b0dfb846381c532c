"""Why a release differs from the one before: a cause for each difference, by what is known to have changed for it.

Belongs here: what reached which order, through its person or those whose records were the same person's in either
release; and which cause that gives a difference. Does not: looking at tonight's facts on
the day of the former release, which needs rules (`assets.changes.compared_nights`), finding the differences
(`reconciliation.release_diff`).

Of several causes the narrower counts: what was proved by looking again, then what a steward decided, then what the
sources sent of the persons concerned; then what holds for the whole register but can reach this difference (models
where records were regrouped, settings where the order is only judged), then the rules; and last what the sources sent
of other persons, where such a value can bear on this one, or sent again in another return. What is left is
`unexplained`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from assets.changes.odd_rows import ROW, find_families, find_odd_rows, odd_rows, with_families
from ledger.decisions.binding import touched_orders
from ledger.decisions.kinds import codes_about
from warehouse.tables.register import RELEASE_CHANGES, UNEXPLAINED

JUDGED_FIELDS: Final = ("discrepancy_count", "quality_score")
"""Fields of an order that are not facts of it: what the rules make of its records."""

ALL_NAME_FIELDS: Final = ("forenames", "surname", "forenames_folded", "surname_folded")
REPLAYED: Final = {"order_id": pl.String, "field": pl.String, "replayed": pl.String}


@dataclass(frozen=True, eq=False)
class ComparedRelease:
    """What one of two releases rests on.

    Attributes:
        digests: `RECORD_DIGESTS`; of a lazy one only what is asked for is read.
        decisions: `OBEYED_DECISIONS`.
        redirects: `id_redirects` of orders.
        account: of its manifest: `inputs`, `versions`, `config_hash`.
    """

    digests: pl.LazyFrame
    decisions: pl.DataFrame
    redirects: pl.DataFrame
    account: Mapping[str, Any]

    @property
    def inputs(self) -> Mapping[str, str]:
        """The deliveries used, with the digests of their bytes."""
        inputs: Mapping[str, str] = self.account.get("inputs", {})
        return inputs

    @property
    def wordings(self) -> frozenset[str]:
        """The decisions on wordings, which code records again that did not change."""
        about = self.decisions.filter(pl.col("kind").is_in(codes_about("wording")))
        return frozenset(about.get_column("decision_id"))

    @property
    def record_count(self) -> int:
        """How many records of orders there are."""
        return int(self.digests.select((pl.col("kind") == "order").sum()).collect().item())

    @property
    def model(self) -> str | None:
        """The version of the models."""
        version: str | None = self.account.get("versions", {}).get("models")
        return version

    @property
    def rules(self) -> dict[str, str]:
        """Versions of code and libraries."""
        return {name: version for name, version in self.account.get("versions", {}).items() if name != "models"}


@dataclass(frozen=True)
class Cause:
    """What explains a difference.

    Attributes:
        cause: of `CAUSES`.
        when: holds on a difference (`order_id`, `field`) with what reached its order (`find_reach`) and what changed
            for all orders (`has_other_model`, `has_other_config`, `has_other_rules`, `has_other_wordings`,
            `has_other_count`).
    """

    cause: str
    when: pl.Expr


def reaches(*flags: str) -> pl.Expr:
    """Whether any of these reached the order."""
    return pl.any_horizontal(pl.col(flag).fill_null(value=False) for flag in flags)


is_judged = pl.col("field").is_in(JUDGED_FIELDS).fill_null(value=False)
is_name = pl.col("field").is_in(ALL_NAME_FIELDS).fill_null(value=False)
is_borne_out = (pl.col("field") == "condition_count").fill_null(value=False)

# What follows of a steward's word that an order in doubt is in force, and of the end of that word.
HELD_FIELDS: Final = ("disputed_ends", "is_in_force_doubtful", "binds_until", "ceased_on", "ceased_certainty")
is_held = pl.col("field").is_in(HELD_FIELDS).fill_null(value=False)

is_counted = is_judged | is_borne_out

GROUNDS: Final = (
    Cause("calendar", pl.col("replayed") == "calendar"),
    Cause("source", pl.col("replayed") == "source"),
    Cause("steward", reaches("is_decided") | (reaches("is_closed") & (is_judged | is_held))),
    Cause("source", reaches("is_changed")),
    # The same bytes were read, and read as something else.
    Cause("rule", reaches("is_reread") & pl.col("has_other_rules")),
    Cause(
        "steward", pl.col("has_other_wordings") & (reaches("is_reread") | (is_counted & reaches("has_case_in_common")))
    ),
    Cause("calendar", reaches("is_reread")),
    Cause("model", reaches("is_regrouped") & pl.col("has_other_model")),
    Cause("config", is_judged & pl.col("has_other_config")),
    Cause("rule", pl.col("has_other_rules")),
    # How rare a value is counts in the linking, and of two spellings the one that more people bear is believed.
    Cause("source", reaches("is_regrouped") & reaches("has_name_in_common", "has_id_in_common")),
    # How many orders of a region some sources hold counts where two that no source holds both of may be one.
    Cause("source", reaches("is_regrouped") & reaches("has_region_in_common")),
    # The more records there are, the more two must have in common to be of one person (`matching.persons.subject_bar`).
    Cause("source", reaches("is_regrouped") & pl.col("has_other_count")),
    Cause("source", (is_name | is_judged) & reaches("has_name_in_common")),
    # So it is where a steward puts two persons together, or apart: others bear their names.
    Cause("steward", (is_name | is_judged) & reaches("has_name_of_decided")),
    # And where new records move one that did not change to another person, who bears its name from now on.
    Cause("source", (is_name | is_judged) & reaches("has_name_of_regrouped")),
    # One id on two people is a discrepancy of both; what co-defendants share bears a condition out.
    Cause("source", is_judged & reaches("has_id_in_common", "has_case_in_common")),
    Cause("source", is_borne_out & reaches("has_case_in_common")),
    # A new return has another month, which its rows can't be entered after, and breaks ties by its rows' new places.
    Cause("source", reaches("is_moved")),
)
"""The first that holds is the cause."""


def name_causes(
    differences: pl.DataFrame,
    reach: pl.DataFrame,
    *,
    replayed: pl.DataFrame,
    before: ComparedRelease,
    after: ComparedRelease,
) -> pl.DataFrame:
    """Give each difference its cause.

    Args:
        differences: from `find_differences`.
        reach: from `find_reach`.
        replayed: `REPLAYED`: differences of which it was proved that the passing of days (`calendar`), or deliveries
            that came or failed (`source`), make them.
        before: what the former release rests on.
        after: what this one rests on.

    Returns:
        `RELEASE_CHANGES`, sorted by its key; none accepted.
    """
    causes = (pl.when(ground.when).then(pl.lit(ground.cause)) for ground in GROUNDS)
    named = (
        differences.join(reach, on="order_id", how="left")
        .join(replayed, on=["order_id", "field"], how="left")
        .with_columns(
            has_other_model=pl.lit(before.model != after.model),
            has_other_config=pl.lit(before.account.get("config_hash") != after.account.get("config_hash")),
            has_other_rules=pl.lit(before.rules != after.rules),
            has_other_wordings=pl.lit(before.wordings != after.wordings),
            has_other_count=pl.lit(before.record_count != after.record_count),
        )
        .with_columns(pl.coalesce(*causes, pl.lit(UNEXPLAINED)).alias("cause"), pl.lit(None).alias("accepted"))
    )
    return RELEASE_CHANGES.conform(named).sort(RELEASE_CHANGES.order)


def find_reach(order_ids: pl.Series, *, before: ComparedRelease, after: ComparedRelease) -> pl.DataFrame:
    """What reached these orders, through their own records or through those of their families (`find_families`).

    Returns:
        `order_id`, one row for each order, and for each:
        `is_decided`: a decision on records or values is new or has ended.
        `is_closed`: a decision on a discrepancy is new or has ended.
        `is_changed`: a record came, went or changed.
        `is_reread`: a record changed though its delivery did not.
        `is_regrouped`: records have another order or person.
        `is_moved`: a regional row is in another return.
        `has_name_in_common`, `has_id_in_common`, `has_case_in_common`, `has_region_in_common`: with a record that
        changed.
        `has_name_of_decided`: a name in common with a record of an order that a decision touches.
        `has_name_of_regrouped`: likewise, with a record that has another order or person.
        What it has in common is not looked for where `is_changed`.
    """
    was, now = find_odd_rows(before.digests, after.digests)
    families = find_families(was, now)
    rows = with_families(pl.concat([before.digests, after.digests]), families)
    held = rows.drop_nulls("order_id").select("order_id", "family").unique().collect()
    concerned = held.filter(pl.col("order_id").is_in(order_ids.implode())).select("family")
    orders = held.join(concerned, on="family", how="semi")
    odd = with_families(pl.concat([was, now]).lazy().select(*ROW, "subject_id"), families).collect()
    changed = odd_rows(was, now, [*ROW, "digest"])
    reread = sorted(name for name, digest in after.inputs.items() if before.inputs.get(name) == digest)
    decided = _decided_orders(before, after)
    of_discrepancies = pl.col("kind").is_in(codes_about("discrepancy"))
    groups = {
        "is_decided": decided.filter(~of_discrepancies),
        "is_closed": decided.filter(of_discrepancies),
        "is_changed": changed.filter(~pl.col("delivery_id").is_in(reread)),
        "is_reread": changed.filter(pl.col("delivery_id").is_in(reread)),
        "is_regrouped": odd_rows(was, now, [*ROW, "order_id", "subject_id"]),
        "is_moved": odd_rows(was, now, [*ROW, "record_id"]),
    }
    for flag, reached in groups.items():
        by_family = (odd if "handle" in reached.columns else orders).join(reached, on=_key_of(reached), how="semi")
        orders = orders.with_columns(pl.col("family").is_in(by_family.get_column("family").implode()).alias(flag))
    of_decided = _of_orders([before.digests, after.digests], groups["is_decided"])
    # Where a record changed, the cause is known: what it has in common with others need not be looked for.
    rows = rows.join(orders.lazy().filter(~pl.col("is_changed")), on="family", how="semi")
    bearing = rows.select("family", "ties").collect(engine="streaming")
    ties = {flag: (changed, kinds) for flag, kinds in TIES_IN_COMMON.items()}
    ties["has_name_of_decided"] = (of_decided, TIES_IN_COMMON["has_name_in_common"])
    ties["has_name_of_regrouped"] = (groups["is_regrouped"], TIES_IN_COMMON["has_name_in_common"])
    for flag, (moved, kinds) in ties.items():
        tied = _tied_families(bearing, moved, kinds)
        orders = orders.with_columns(pl.col("family").is_in(tied.implode()).alias(flag))
    flags = [*groups, *ties]
    found = orders.filter(pl.col("order_id").is_in(order_ids.implode()))
    return found.group_by("order_id").agg(pl.col(flags).any()).sort("order_id")


TIES_IN_COMMON: Final = {
    "has_name_in_common": ("surname", "forename"),
    "has_id_in_common": ("pnc_id", "cro_number"),
    "has_case_in_common": ("case",),
    "has_region_in_common": ("region",),
}


def _key_of(reached: pl.DataFrame) -> list[str]:
    return list(ROW) if "handle" in reached.columns else ["order_id"]


def _of_orders(sides: list[pl.LazyFrame], orders: pl.DataFrame) -> pl.DataFrame:
    """`ties` of the records of these orders."""
    if orders.is_empty():
        return pl.DataFrame(schema={"ties": pl.List(pl.String)})
    return pl.concat(sides).join(orders.lazy(), on="order_id", how="semi").select("ties").collect()


def _decided_orders(before: ComparedRelease, after: ComparedRelease) -> pl.DataFrame:
    """`order_id`, `kind`: the orders that decisions touch which are in force on one side only."""
    moved = odd_rows(before.decisions, after.decisions, ["decision_id"])
    found = [
        pl.DataFrame({"order_id": touched_orders(decisions, held, held, after.redirects)}).select(
            pl.col("order_id").cast(pl.String), pl.lit(kind).alias("kind")
        )
        for (kind,), decisions in moved.sort("kind", "decision_id").group_by("kind", maintain_order=True)
        for side in (before, after)
        for held in (
            side.digests.filter(kind="order").select("record_id", "handle", "order_id", "subject_id").collect(),
        )
    ]
    return pl.concat([pl.DataFrame(schema={"order_id": pl.String, "kind": pl.String}), *found])


def _tied_families(rows: pl.DataFrame, changed: pl.DataFrame, kinds: tuple[str, ...]) -> pl.Series:
    """Families with a value of these kinds that a changed record has too."""
    if rows.is_empty():  # so on the first night, when all records are new
        return rows.get_column("family")
    is_kind = pl.any_horizontal(pl.col("ties").str.starts_with(f"{kind}:") for kind in kinds)
    borne, moved = (
        frame.lazy().select(names).explode("ties", empty_as_null=False).filter(is_kind).unique()
        for frame, names in ((rows, ["family", "ties"]), (changed, ["ties"]))
    )
    return borne.join(moved, on="ties", how="semi").select(pl.col("family").unique()).collect().to_series()
