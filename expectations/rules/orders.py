"""The golden orders as the rules look at them, with all that is read off other orders and other persons.

Belongs here: what takes the evidence of a whole night, however few orders are judged. Does not: source records
(`expectations.rules.frames`), which order followed which (`reconciliation.successions`).
"""

from typing import Final

import polars as pl

from expectations.rules.followers import is_beside_prevention, may_be_superseded
from expectations.rules.rule import Evidence
from reconciliation.dropped_orders import find_unheld
from reconciliation.statutes import BREACH_OFFENCES, is_northern_irish
from warehouse.codes import reference
from warehouse.sources import is_from_court
from warehouse.tables.core import EVENT_REFUSED

GOLDEN_COLUMNS = (
    "order_type", "is_interim", "forenames", "surname", "forenames_folded", "surname_folded", "date_of_birth", "sex",
    "pnc_id", "cro_number", "made_on", "start_on", "end_on", "is_until_further_order", "term_months", "court_code",
    "court_name", "force_code", "region_code", "legal_status", "is_in_force_doubtful", "is_county_lines",
    "condition_count", "is_travel_only", "ended_by",
)  # fmt: skip
LOOKED_AT: Final = {
    "orders": (
        *GOLDEN_COLUMNS, "order_id", "subject_id", "sources", "record_count", "follows_order_id",
        "followed_by_order_id", "is_type_doubtful",
    ),
    "order_sources": ("record_id", "order_id", "is_dropped"),
    "core_orders": ("record_id", "source", "event", "breach_count"),
    "arrests": ("subject_id", "offence_code", "arrested_on"),
    "decided": ("order_id", "field"),
}  # fmt: skip
"""Of the evidence, what `golden_orders` looks at."""


def golden_orders(evidence: Evidence) -> pl.DataFrame:
    """The golden orders, columns prefixed `golden_`, with their court's type and jurisdiction, and who holds them.

    And all that is read off other orders and persons, for which it takes the evidence of the whole night, but of that
    `LOOKED_AT` alone: `live_of_type`, `full_end_on`, `namesake_pnc_id`, `breach_arrested_on` and others.
    """
    orders = evidence.orders
    courts = reference("courts").select("court_type", "jurisdiction", court_code="code")
    # Of two of which the type of one is in doubt, that doubt is asked about.
    is_live = (pl.col("legal_status") == "live") & ~pl.col("is_interim") & ~may_be_superseded(orders)
    ended = evidence.decided.filter(pl.col("field") == "end_on").get_column("order_id")
    golden = orders.join(courts, on="court_code", how="left").select(
        "order_id",
        "subject_id",
        pl.col("order_id").is_in(ended.implode()).alias("is_end_decided"),
        "sources",
        "court_type",
        "jurisdiction",
        "follows_order_id",
        is_beside_prevention(orders),
        may_be_superseded(orders),
        pl.when(is_live)
        .then(is_live.sum().over("subject_id", "order_type", is_northern_irish(pl.col("court_code"))))
        .alias("live_of_type"),
        pl.col("sources").list.len().alias("source_count"),
        *(pl.col(name).alias(f"golden_{name}") for name in GOLDEN_COLUMNS),
    )
    for facts in (_who_holds(evidence), _full_ends(golden), _namesakes(orders), _unrecorded_breaches(evidence)):
        golden = golden.join(facts, on="order_id", how="left")
    return golden


def _who_holds(evidence: Evidence) -> pl.DataFrame:
    """`find_unheld`, and `is_refused_by_court`: others hold an order that the court refused, and none that it made."""
    records = evidence.order_sources.select("record_id", "order_id", pl.col("is_dropped").fill_null(value=False)).join(
        evidence.core_orders.select("record_id", "source", "event"), on="record_id"
    )
    made = records.filter(is_from_court & pl.col("event").is_null())
    refused = records.filter(event=EVENT_REFUSED).join(made, on="order_id", how="anti").get_column("order_id").unique()
    is_held = ~pl.any_horizontal("is_without_making", "is_dropped")
    return find_unheld(records).with_columns(is_refused_by_court=is_held & pl.col("order_id").is_in(refused.implode()))


def _unrecorded_breaches(evidence: Evidence) -> pl.DataFrame:
    """`breach_arrested_on`: the first arrest for breach while the order ran, of a person with no recorded breach."""
    breached = evidence.core_orders.filter(pl.col("breach_count") > 0)
    recorded = evidence.order_sources.join(breached, on="record_id", how="semi").join(evidence.orders, on="order_id")
    starts_on = pl.coalesce("start_on", "made_on")
    arrests = evidence.arrests.filter(pl.col("offence_code").is_in(BREACH_OFFENCES)).select("subject_id", "arrested_on")
    return (
        evidence.orders.join(arrests.drop_nulls(), on="subject_id")
        .join(recorded, on="subject_id", how="anti")
        .filter(
            (pl.col("arrested_on") >= starts_on)
            & (pl.col("ended_by").is_null() | (pl.col("arrested_on") < pl.col("ended_by")))
        )
        .group_by("order_id")
        .agg(breach_arrested_on=pl.col("arrested_on").min())
    )


def _full_ends(orders: pl.DataFrame) -> pl.DataFrame:
    """The end of the full order that followed an interim one."""
    return orders.filter(~pl.col("golden_is_interim")).select(
        order_id="follows_order_id", full_end_on="golden_end_on"
    ).drop_nulls().group_by("order_id").agg(pl.col("full_end_on").max())  # fmt: skip


def _namesakes(orders: pl.DataFrame) -> pl.DataFrame:
    """The PNC id of another person of the same surname, first forename and date of birth, by order.

    Of two such people it is reported on the one with fewer records, or else on the one whose id was issued later: a
    second id is given by mistake to a person who has one. Of several others the one with the most records is named.
    """
    name = ["surname_folded", "forename", "date_of_birth"]
    people = (
        orders.with_columns(forename=pl.col("forenames_folded").str.extract(r"^(\S+)"))
        .drop_nulls([*name, "pnc_id"])
        .group_by("subject_id", *name, "pnc_id")
        .agg(pl.col("record_count").sum().alias("records"))
    )
    others = people.rename({"subject_id": "other_id", "pnc_id": "namesake_pnc_id", "records": "other_records"})
    is_lesser = (pl.col("records") < pl.col("other_records")) | (
        (pl.col("records") == pl.col("other_records")) & (pl.col("pnc_id") > pl.col("namesake_pnc_id"))
    )
    named = (
        people.join(others, on=name)
        .filter((pl.col("pnc_id") != pl.col("namesake_pnc_id")) & is_lesser)
        .sort("subject_id", "other_records", "namesake_pnc_id", descending=[False, True, False])
        .unique("subject_id", keep="first", maintain_order=True)
    )
    return orders.select("order_id", "subject_id").join(
        named.select("subject_id", "namesake_pnc_id"), on="subject_id"
    ).drop("subject_id")  # fmt: skip
