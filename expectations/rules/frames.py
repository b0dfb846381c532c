"""The frames that the rules look at: each subject of a rule with what it needs beside it.

Belongs here: joining the evidence. Does not: what is wrong in it.
"""

from datetime import date

import polars as pl
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from expectations.rules.conditions import travel_ends, with_condition_features
from expectations.rules.names import with_name_features
from expectations.rules.orders import golden_orders
from expectations.rules.rule import Evidence, PresenceClock, Subject
from reconciliation.date_arithmetic import digits_apart
from warehouse.sources import SOURCE_NAMES, fact_of_source, feed_of_orders

AMENDED_COLUMNS = ("made_on", "start_on", "end_on", "term_months")
# A partial date that agrees, or a check letter that a rule of its own reports, is not unreadable.
REPORTED_ELSEWHERE = ("partial_date", "check_letter")
IS_STANDING = (
    ~pl.col("is_amended") & (pl.col("result_state").fill_null("FINAL") != "WITHDRAWN") & pl.col("event").is_null()
)
"""Of a record that its source holds: it speaks of the order itself, and was neither amended nor withdrawn."""


def rule_frames(
    evidence: Evidence, *, as_of: date, clock: PresenceClock, golden: pl.DataFrame | None = None
) -> dict[Subject, pl.DataFrame]:
    """The frame of each subject; every one has `order_id`, `record_id`, `source` and `source_key`.

    Args:
        evidence: of whole orders.
        as_of: the night.
        clock: when an order is due in a source.
        golden: `golden_orders` of the night, where the evidence is a part of it; None: of the evidence.
    """
    whole = golden_orders(evidence) if golden is None else golden
    orders = whole.join(evidence.orders, on="order_id", how="semi")
    return {
        "record": compared_records(evidence, orders, whole),
        "order": orders.join(travel_ends(evidence.conditions), on="order_id", how="left").with_columns(
            *(pl.lit(None, pl.String).alias(name) for name in ("record_id", "source", "source_key")),
            night=pl.lit(as_of),
        ),
        "absence": absences(orders, evidence.deliveries, as_of=as_of, clock=clock),
        "duplicate": duplicates(evidence),
        "rejected": unread_values(evidence),
    }


def compared_records(evidence: Evidence, orders: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """The records that stand (not amended, not withdrawn), each beside its order; `whole`: all orders of the night."""
    placed = evidence.core_orders.join(
        held_sources(evidence).select("source", "source_key", "order_id", "is_duplicate", "is_amended"),
        on=["source", "source_key"],
    )
    standing = placed.filter(IS_STANDING)
    records = (
        standing.join(orders, on="order_id")
        .join(_amended_values(placed), on="order_id", how="left")
        .join(_partial_fields(evidence.rejected_values), on="record_id", how="left")
        .with_columns(
            pl.col("partial_fields").fill_null([]),
            is_birth_alone=pl.col("record_id").count().over("order_id", "date_of_birth") == 1,
            birth_digits=digits_apart(pl.col("date_of_birth"), pl.col("golden_date_of_birth")),
            is_force_held_beside=_is_force_held_beside(),
            is_court_named_in_part=_is_court_named_in_part(),
            is_pnc_id_of_other=_is_pnc_id_of_other(whole),
        )
    )
    named = with_name_features(records, _known_names(evidence.core_aliases, placed))
    return with_condition_features(_with_id_distance(named), evidence)


def held_sources(evidence: Evidence) -> pl.DataFrame:
    """`order_sources` without records that their source has dropped: nobody can correct them."""
    return evidence.order_sources.filter(~pl.col("is_dropped"))


def _amended_values(placed: pl.DataFrame) -> pl.DataFrame:
    """What the last amended court result of an order said."""
    amended = placed.filter(pl.col("is_amended")).sort("recorded_on", "source_key", nulls_last=False)
    return amended.group_by("order_id").agg(pl.col(name).last().alias(f"amended_{name}") for name in AMENDED_COLUMNS)


def _partial_fields(rejected_values: pl.DataFrame) -> pl.DataFrame:
    partial = rejected_values.filter(pl.col("reason_code") == "partial_date")
    return partial.group_by("record_id").agg(pl.col("field").unique().alias("partial_fields"))


def _is_court_named_in_part() -> pl.Expr:
    """All words of the court as written stand in the golden court's name: it fits that court too."""
    written, gold = (
        pl.col(name).str.to_lowercase().str.replace_all("'", "").str.extract_all(r"[a-z]+")
        for name in ("court_as_written", "golden_court_name")
    )
    is_part = (written.list.len() > 0) & (written.list.set_difference(gold).list.len() == 0)
    return is_part.fill_null(value=False)


def _is_force_held_beside() -> pl.Expr:
    """Another record of the order in the same source gives the golden force."""
    is_golden = pl.col("force_code") == pl.col("golden_force_code")
    return is_golden.fill_null(value=False).any().over("order_id", "source")


def _is_pnc_id_of_other(orders: pl.DataFrame) -> pl.Expr:
    """The record's PNC id is the golden one of another person."""
    holders = orders.select("subject_id", pnc_id="golden_pnc_id").drop_nulls().unique()
    several = holders.filter(pl.col("subject_id").n_unique().over("pnc_id") > 1).get_column("pnc_id").unique()
    held = holders.get_column("pnc_id").unique()
    own = pl.col("pnc_id") == pl.col("golden_pnc_id")
    is_other = pl.when(own.fill_null(value=False)).then(pl.col("pnc_id").is_in(several.implode()))
    return is_other.otherwise(pl.col("pnc_id").is_in(held.implode())).fill_null(value=False)


def _known_names(aliases: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    names = aliases.join(placed.select("record_id", "order_id"), on="record_id")
    return names.select("order_id", "record_id", "surname_folded", "forenames_folded").drop_nulls()


def _with_id_distance(records: pl.DataFrame) -> pl.DataFrame:
    """The number of characters in which two different PNC ids differ."""
    ids = ["pnc_id", "golden_pnc_id"]
    pairs = records.select(ids).drop_nulls().unique().filter(pl.col("pnc_id") != pl.col("golden_pnc_id")).sort(ids)
    distances = cpdist(pairs["pnc_id"].to_list(), pairs["golden_pnc_id"].to_list(), scorer=Levenshtein.distance)
    return records.join(pairs.with_columns(pnc_id_distance=pl.Series(distances, dtype=pl.Int64)), on=ids, how="left")


def absences(orders: pl.DataFrame, deliveries: pl.DataFrame, *, as_of: date, clock: PresenceClock) -> pl.DataFrame:
    """Orders that a source ought to hold by now and does not.

    Nothing is expected of a source, or of a region, whose delivery did not come: that is reported on the delivery.
    """
    expected = lacking_sources(orders, clock=clock).join(
        deliveries.filter(pl.col("is_used")).group_by("feed").agg(pl.col("dated_on").max().alias("delivered_on")),
        on="feed",
    )
    return expected.filter(pl.col("due_on") <= pl.min_horizontal("delivered_on", pl.lit(as_of))).with_columns(
        must_hold_since=fact_of_source("must_hold_since").cast(pl.Date)
    )


def lacking_sources(orders: pl.DataFrame, *, clock: PresenceClock) -> pl.DataFrame:
    """Every order with every source that ought to hold it and does not, the feed it would come by, and by when.

    Of an order that no source holds any more, or of which courts alone say what became of it, something else is asked
    (`DOUBT-DROPPED`, `DOUBT-NOT-HELD`). A source of one jurisdiction is expected to hold orders of its courts alone,
    and a regional return those of its region's forces. An order whose court is not known is expected of no such
    source; one whose region is not known, of no region.
    """
    sources = pl.DataFrame({"source": SOURCE_NAMES})
    feed = feed_of_orders(pl.col("golden_region_code"))
    own_jurisdiction = fact_of_source("jurisdiction")
    is_expected = own_jurisdiction.is_null() | (own_jurisdiction == pl.col("jurisdiction"))
    is_absent = ~pl.col("sources").list.contains(pl.col("source"))
    grace = clock.days_of_grace("golden_order_type")
    due_on = pl.coalesce("golden_made_on", "golden_start_on") + pl.duration(days=grace)
    is_held = ~pl.any_horizontal(pl.col("is_without_making", "is_dropped").fill_null(value=False))
    return (
        orders.filter((pl.col("golden_legal_status") != "withdrawn") & is_held)
        .join(sources, how="cross")
        .filter(is_expected & is_absent)
        .with_columns(feed=feed, due_on=due_on, record_id=pl.lit(None, pl.String), source_key=pl.lit(None, pl.String))
        .filter(pl.col("feed").is_not_null())
    )


def duplicates(evidence: Evidence) -> pl.DataFrame:
    """Second records of an order in one source that stand, with the key of the first that does.

    A result that amends another, was entered again after a withdrawal or says what became of the order is not a second
    record.
    """
    place = ["order_id", "source"]
    is_other = (pl.col("result_state") == "WITHDRAWN") | pl.col("event").is_not_null()
    withdrawn = evidence.core_orders.filter(is_other).select("source", "source_key")
    standing = (
        held_sources(evidence).filter(~pl.col("is_amended")).join(withdrawn, on=["source", "source_key"], how="anti")
    )
    firsts = standing.sort("is_duplicate", "source_key").group_by(place, maintain_order=True).agg(
        pl.col("source_key").first().alias("first_source_key")
    )  # fmt: skip
    return standing.join(firsts, on=place).filter(pl.col("source_key") != pl.col("first_source_key"))


def unread_values(evidence: Evidence) -> pl.DataFrame:
    """Values that could not be read, with the order of their record, its court's name and whether it is interim."""
    unread = evidence.rejected_values.filter(~pl.col("reason_code").is_in(REPORTED_ELSEWHERE))
    places = evidence.order_sources.select("source", "source_key", "order_id")
    orders = evidence.orders.select("order_id", "court_name", "is_interim")
    return unread.join(places, on=["source", "source_key"]).join(orders, on="order_id")
