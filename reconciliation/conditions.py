"""The conditions of every order: which source holds which, and which are believed.

Belongs here: how conditions held in some sources and lacking in others are judged. Does not: reading and coding their
texts (`assets.parsing`), the golden values that a field has one of (`reconciliation.golden`).
"""

from datetime import date
from typing import Final

import polars as pl

from reconciliation.standing import AMENDED
from reconciliation.stated_periods import find_stated_periods
from reconciliation.third_parties import mask_names
from reconciliation.travel import own_end
from warehouse.codes import condition_catalogue, reference
from warehouse.sources import COURT_SOURCES

MOST_LACKING: Final = 2
"""Sources that list conditions without one and still may all have left it out, if another order of the case has it."""
IS_HELD_BY_HALF: Final = pl.col("support") * 2 == pl.col("listing_sources")


def list_conditions(conditions: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """What the records of each order say of its conditions: all that is known before any golden value is.

    Args:
        conditions: `core__conditions`.
        held: order records with `order_id` and `standing`.

    Returns:
        One row for each condition of an order: `order_id`, `condition_code`, `sources`, `label`, `kind`, `text` (of
        which names are taken), `full_text`, `is_person_named`, `match_score`, `support`, `listing_sources` and what
        its words say of its period (`reconciliation.stated_periods`).
    """
    listed = conditions.join(
        held.filter(pl.col("standing") != AMENDED).select("record_id", "source", "order_id"), on="record_id"
    )
    wordings = listed.drop_nulls("condition_code")
    # The longest wording speaks for a condition: few distinct ones are put in order, not all rows.
    stated = ["text", "match_score"]
    in_order = (
        wordings.select(stated)
        .unique()
        .sort(pl.col("text").str.len_chars(), *reversed(stated), descending=[True, True, False], nulls_last=True)
        .with_row_index("place")
    )
    wordings = wordings.join(in_order, on=stated, nulls_equal=True)
    catalogue = condition_catalogue(wordings.get_column("condition_code").unique()).select(
        "label", "kind", condition_code="code"
    )
    wordings = wordings.join(catalogue, on="condition_code", how="left")
    return (
        wordings.group_by("order_id", "condition_code")
        .agg(pl.col("source").unique().sort().alias("sources"), pl.col("place").min(), pl.col("label", "kind").first())
        .join(in_order, on="place")
        .join(_support(listed), on=["order_id", "condition_code"])
        .join(find_stated_periods(wordings), on=["order_id", "condition_code"], how="left")
        .pipe(_without_names)
    )


def believe_conditions(
    listed: pl.DataFrame, golden: pl.DataFrame, beside: pl.DataFrame, *, as_of: date
) -> pl.DataFrame:
    """Which of the conditions are believed, and when each begins and ends.

    Lists are cut short or abbreviated far more often than they are added to, and orders of one case, or of one person,
    share most conditions. So a condition is believed if most sources that list conditions for the order hold it; if
    half of them do, unless there are orders beside it of which none has it; and if fewer do, but no more than two lack
    it, and two sources hold it of an order beside it. A source that holds an order twice speaks with one voice.

    Args:
        listed: from `list_conditions`.
        golden: golden values with `order_id`, `subject_id` and `is_travel_only`; orders of one court and day are of
            one case.
        beside: from `find_orders_beside`, over all orders.
        as_of: the night.

    Returns:
        `CONDITIONS`, in which `text` names nobody, and beside it `full_text`.
    """
    is_from_court = pl.col("sources").list.set_intersection(list(COURT_SOURCES)).list.len() > 0
    return (
        listed.join(beside, on=["order_id", "condition_code"], how="left")
        .with_columns(pl.col("is_none_beside", "is_firm_beside").fill_null(value=False))
        .with_columns(is_golden=_is_believed())
        .with_columns(is_doubtful=~pl.col("is_golden") & (is_from_court | IS_HELD_BY_HALF))
        .join(_periods(golden), on="order_id", how="left")
        .with_columns(start_on=_own_start(), end_on=own_end())
        .with_columns(is_lapsed=(pl.col("end_on") < as_of).fill_null(value=False))
    )


def _without_names(conditions: pl.DataFrame) -> pl.DataFrame:
    masked = mask_names(conditions.get_column("text"))
    return (
        conditions.join(masked, on="text", how="left", maintain_order="left")
        .rename({"text": "full_text", "masked_text": "text"})
        .with_columns(pl.col("is_person_named").fill_null(value=False))
    )


def _periods(golden: pl.DataFrame) -> pl.DataFrame:
    """What the period of a condition rests on; `end_on` of an order whose end is in dispute is the last in dispute."""
    is_disputed = pl.col("disputed_ends").list.len() > 0
    courts = reference("courts").select("jurisdiction", court_code="code")
    return golden.join(courts, on="court_code", how="left").select(
        "order_id",
        "order_type",
        "is_travel_only",
        "jurisdiction",
        "made_on",
        "start_on",
        end_on=pl.when(is_disputed).then("binds_until").otherwise("end_on"),
    )


def _own_start() -> pl.Expr:
    """The first day of a condition; null: the day of a release from prison, which no source gives."""
    is_known = ~pl.col("is_from_release").fill_null(value=False)
    return pl.when(is_known).then(pl.coalesce("stated_from", "start_on", "made_on"))


def _is_believed() -> pl.Expr:
    is_lacked_by_few = pl.col("listing_sources") - pl.col("sources").list.len() <= MOST_LACKING
    return (
        pl.when(pl.col("support") * 2 > pl.col("listing_sources"))
        .then(pl.lit(value=True))
        .when(IS_HELD_BY_HALF)
        .then(~pl.col("is_none_beside"))
        .otherwise(pl.col("is_firm_beside") & is_lacked_by_few)
    )


def _support(listed: pl.DataFrame) -> pl.DataFrame:
    """`support`: the voices of the sources that hold a condition; `listing_sources`: those that list any."""
    records = listed.unique("record_id").group_by("order_id", "source").agg(pl.len().alias("records"))
    holding = (
        listed.drop_nulls("condition_code")
        .unique(["record_id", "condition_code"])
        .group_by("order_id", "condition_code", "source")
        .agg(pl.len().alias("holding"))
        .join(records, on=["order_id", "source"])
    )
    # Rounded, so that it does not matter in which order they are added up.
    support = holding.group_by("order_id", "condition_code").agg(
        (pl.col("holding") / pl.col("records")).sum().round(6).alias("support")
    )
    return support.join(records.group_by("order_id").agg(pl.len().alias("listing_sources")), on="order_id")


def find_orders_beside(listed: pl.DataFrame, golden: pl.DataFrame) -> pl.DataFrame:
    """What the orders beside an order have: those of the same court and day, and those of the same person.

    Args:
        listed: from `list_conditions`; of its columns `order_id`, `condition_code`, `support`, `listing_sources` and
            `sources` are read.
        golden: `order_id`, `subject_id`, `court_code`, `made_on` of every order.

    Returns:
        `order_id`, `condition_code`, `is_none_beside` (there are such orders that list conditions, and none has this
        one), `is_firm_beside` (at least half of the sources of one, and two of them, hold it).
    """
    is_firm = (pl.col("support") * 2 >= pl.col("listing_sources")) & (pl.col("sources").list.len() > 1)
    firm = listed.select("order_id", "condition_code", is_firm=is_firm)
    groups = _groups(golden.join(listed, on="order_id", how="semi"))
    held = groups.join(firm, on="order_id")
    among = held.group_by("group", "condition_code").agg(
        pl.len().alias("holders"), pl.col("is_firm").sum().alias("firm_holders")
    )
    return (
        held.join(groups.group_by("group").len(), on="group")
        .join(among, on=["group", "condition_code"])
        .group_by("order_id", "condition_code")
        .agg(
            ((pl.col("len") > 1).any() & (pl.col("holders") == 1).all()).alias("is_none_beside"),
            (pl.col("firm_holders") > pl.col("is_firm").cast(pl.Int64)).any().alias("is_firm_beside"),
        )
    )


def _groups(golden: pl.DataFrame) -> pl.DataFrame:
    """`order_id` and `group`, a number: the hearing an order was made at, and the person it binds."""
    hearing = golden.drop_nulls(["court_code", "made_on"]).select(
        "order_id", group=pl.format("{} {}", "court_code", "made_on").rank("dense").cast(pl.Int64)
    )
    person = golden.select("order_id", group=-pl.col("subject_id").rank("dense").cast(pl.Int64))
    return pl.concat([hearing, person])
