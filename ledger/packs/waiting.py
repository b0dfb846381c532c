"""What must not be asked before the next night: lines that decisions taken since the release may prove wrong.

Belongs here: in which orders and fields a release differs from the decisions in force. Does not: what a night
makes of the decisions (`ledger.decisions.binding`).
"""

import polars as pl

from ledger.decisions.binding import constraints, overrides
from ledger.decisions.decidable import Present

UNOBEYED = {"order_id": pl.String, "field": pl.String}


def unobeyed(decisions: pl.DataFrame, present: Present, provenance: pl.DataFrame) -> pl.DataFrame:
    """Where a release does not yet obey the decisions in force, or still obeys one that is not.

    Args:
        decisions: those in force.
        present: the night behind the release.
        provenance: `FIELD_PROVENANCE` of the release.

    Returns:
        `order_id`, `field`; a null field stands for all fields of the order.
    """
    return (
        pl.concat([_of_links(decisions, present), _of_values(decisions, present, provenance)]).unique().sort(*UNOBEYED)
    )


def _of_links(decisions: pl.DataFrame, present: Present) -> pl.DataFrame:
    """Orders of records that ought to be together and are not, or are and ought not to be."""
    bound = constraints(decisions, present.records)
    broken = [_placed(bound.must, present).filter(~pl.col("is_one")), _placed(bound.cannot, present).filter("is_one")]
    return pl.concat(
        links.select(order_id=f"order_id_{side}", field=pl.lit(None, pl.String))
        for links in broken
        for side in ("left", "right")
    )


def _placed(links: pl.DataFrame, present: Present) -> pl.DataFrame:
    """Links with the orders of their records, and whether they are one on the level of the link."""
    for side in ("left", "right"):
        named = present.owners.rename({name: f"{name}_{side}" for name in ("order_id", "subject_id")})
        links = links.join(named, left_on=f"{side}_id", right_on="record_id")
    is_one_order, is_one_person = (
        pl.col(f"{name}_left") == pl.col(f"{name}_right") for name in ("order_id", "subject_id")
    )
    return links.with_columns(is_one=pl.when(pl.col("level") == "order").then(is_one_order).otherwise(is_one_person))


def _of_values(decisions: pl.DataFrame, present: Present, provenance: pl.DataFrame) -> pl.DataFrame:
    """Fields whose decided value the release does not name, or names though the decision no longer stands."""
    settled = overrides(decisions, present.records, present.owners, present.redirects).values
    key = ["order_id", "field", "decision_id"]
    named = provenance.select(key).drop_nulls("decision_id")
    not_yet = settled.select(key).join(named, on=key, how="anti")
    no_longer = named.join(settled.select(key), on=key, how="anti")
    return pl.concat([not_yet, no_longer]).select(*UNOBEYED)
