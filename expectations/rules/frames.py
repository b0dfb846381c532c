"""The frames that the rules look at: each subject of a rule with what it needs beside it.

Belongs here: joining the evidence. Does not: what is wrong in it.
"""

from datetime import date

import polars as pl
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from expectations.rules.names import with_name_features
from expectations.rules.rule import Evidence, PresenceClock, Subject
from warehouse.codes import reference
from warehouse.tables.core import SOURCES

GOLDEN_COLUMNS = (
    "order_type", "is_interim", "forenames", "surname", "date_of_birth", "sex", "pnc_id", "cro_number", "made_on",
    "start_on", "end_on", "is_until_further_order", "term_months", "court_code", "force_code", "region_code",
    "legal_status", "is_county_lines",
)  # fmt: skip
AMENDED_COLUMNS = ("made_on", "start_on", "end_on", "term_months")
ORDER_FEEDS = {"pnc": "pnc_ancord", "pnd": "pnd", "court": "court"}
# A partial date that agrees, or a check letter that a rule of its own tells of, is not unreadable.
TOLD_ELSEWHERE = ("partial_date", "check_letter")


def rule_frames(evidence: Evidence, *, as_of: date, clock: PresenceClock) -> dict[Subject, pl.DataFrame]:
    """The frame of each subject; every one has `order_id`, `record_id`, `source` and `source_key`.

    Args:
        evidence: the core tables and the register.
        as_of: the day of the release.
        clock: when an order is due in a source.
    """
    orders = golden_orders(evidence.orders)
    return {
        "record": compared_records(evidence, orders),
        "order": orders.with_columns(
            *(pl.lit(None, pl.String).alias(name) for name in ("record_id", "source", "source_key"))
        ),
        "absence": absences(orders, evidence.deliveries, as_of=as_of, clock=clock),
        "duplicate": duplicates(evidence.order_sources),
        "rejected": unread_values(evidence),
    }


def golden_orders(orders: pl.DataFrame) -> pl.DataFrame:
    """The golden orders, columns prefixed `golden_`, with their court's type and jurisdiction."""
    courts = reference("courts").select("court_type", "jurisdiction", court_code="code")
    is_live = (pl.col("legal_status") == "live") & ~pl.col("is_interim")
    return orders.join(courts, on="court_code", how="left").select(
        "order_id",
        "sources",
        "court_type",
        "jurisdiction",
        pl.when(is_live).then(is_live.sum().over("subject_id", "order_type")).alias("live_of_type"),
        pl.col("sources").list.len().alias("source_count"),
        *(pl.col(name).alias(f"golden_{name}") for name in GOLDEN_COLUMNS),
    )


def compared_records(evidence: Evidence, orders: pl.DataFrame) -> pl.DataFrame:
    """The records that stand (not amended, not withdrawn), each beside its golden order."""
    placed = evidence.core_orders.join(
        evidence.order_sources.select("source", "source_key", "order_id", "is_duplicate", "is_amended"),
        on=["source", "source_key"],
    )
    standing = placed.filter(~pl.col("is_amended") & (pl.col("result_state").fill_null("FINAL") != "WITHDRAWN"))
    records = (
        standing.join(orders, on="order_id")
        .join(_amended_values(placed), on="order_id", how="left")
        .join(_partial_fields(evidence.rejected_values), on="record_id", how="left")
        .with_columns(pl.col("partial_fields").fill_null([]), is_birth_alone=_is_birth_alone())
    )
    folded = _with_golden_folded(records, evidence.core_orders)
    named = with_name_features(folded, _known_names(evidence.core_aliases, placed))
    return _with_conditions(_with_id_distance(named), evidence)


def _amended_values(placed: pl.DataFrame) -> pl.DataFrame:
    """What the last amended court result of an order said."""
    amended = placed.filter(pl.col("is_amended")).sort("recorded_on", "source_key", nulls_last=False)
    return amended.group_by("order_id").agg(pl.col(name).last().alias(f"amended_{name}") for name in AMENDED_COLUMNS)


def _partial_fields(rejected_values: pl.DataFrame) -> pl.DataFrame:
    partial = rejected_values.filter(pl.col("reason_code") == "partial_date")
    return partial.group_by("record_id").agg(pl.col("field").unique().alias("partial_fields"))


def _is_birth_alone() -> pl.Expr:
    """No second record of the order gives this date of birth."""
    return pl.col("record_id").count().over("order_id", "date_of_birth") == 1


def _with_golden_folded(records: pl.DataFrame, core_orders: pl.DataFrame) -> pl.DataFrame:
    """A golden name is the name of some record: its folded form is that record's."""
    for name in ("surname", "forenames"):
        forms = core_orders.select(**{f"golden_{name}": name, f"golden_{name}_folded": f"{name}_folded"}).drop_nulls()
        distinct = forms.sort(pl.all()).unique(f"golden_{name}", keep="first", maintain_order=True)
        records = records.join(distinct, on=f"golden_{name}", how="left")
    return records


def _known_names(aliases: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    names = aliases.join(placed.select("record_id", "order_id"), on="record_id")
    return names.select("order_id", "record_id", "surname_folded", "forenames_folded").drop_nulls()


def _with_id_distance(records: pl.DataFrame) -> pl.DataFrame:
    """The number of signs in which two different PNC ids differ."""
    ids = ["pnc_id", "golden_pnc_id"]
    pairs = records.select(ids).drop_nulls().unique().filter(pl.col("pnc_id") != pl.col("golden_pnc_id")).sort(ids)
    distances = cpdist(pairs["pnc_id"].to_list(), pairs["golden_pnc_id"].to_list(), scorer=Levenshtein.distance)
    return records.join(pairs.with_columns(pnc_id_distance=pl.Series(distances, dtype=pl.Int64)), on=ids, how="left")


def _with_conditions(records: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """The codes a record holds, those of the golden order, and what is missing or too many."""
    held = evidence.core_conditions.group_by("record_id").agg(
        pl.col("condition_code").drop_nulls().unique().sort().alias("condition_codes"),
        pl.col("condition_code").null_count().cast(pl.Int64).alias("uncoded_conditions"),
        pl.col("is_cut").any().alias("has_cut_condition"),
    )
    gold = (
        evidence.conditions.filter(pl.col("is_golden"))
        .group_by("order_id")
        .agg(pl.col("condition_code").unique().sort().alias("golden_condition_codes"))
    )
    codes, golden_codes = pl.col("condition_codes"), pl.col("golden_condition_codes")
    return (
        records.join(held, on="record_id", how="left")
        .join(gold, on="order_id", how="left")
        .with_columns(
            codes.fill_null([]),
            pl.col("uncoded_conditions").fill_null(0),
            pl.col("has_cut_condition").fill_null(False),
        )
        .with_columns(
            missing_codes=golden_codes.list.set_difference(codes), extra_codes=codes.list.set_difference(golden_codes)
        )
    )


def absences(orders: pl.DataFrame, deliveries: pl.DataFrame, *, as_of: date, clock: PresenceClock) -> pl.DataFrame:
    """Orders that a source ought to hold by now and does not.

    Nothing is expected of a source, or of a region, whose delivery did not come: that is told of the delivery.
    """
    expected = lacking_sources(orders, clock=clock).join(_delivered(deliveries), on="feed")
    return expected.filter(pl.col("due_on") <= pl.min_horizontal("delivered_on", pl.lit(as_of))).with_columns(
        pnc_instructed_on=pl.lit(clock.pnc_instructed_on)
    )


def lacking_sources(orders: pl.DataFrame, *, clock: PresenceClock) -> pl.DataFrame:
    """Every order with every source that ought to hold it and does not, the feed it would come by, and by when.

    Court results are of England and Wales alone; a regional return holds the orders of its region's forces. An order
    whose court is not known is expected of no court; one whose region is not known, of no region.
    """
    sources = pl.DataFrame({"source": SOURCES})
    feed = (
        pl.when(pl.col("source") == "rocu")
        .then("rocu_" + pl.col("golden_region_code"))
        .otherwise(pl.col("source").replace_strict(ORDER_FEEDS, default=None))
    )
    is_expected = (pl.col("source") != "court") | (pl.col("jurisdiction") == "England and Wales")
    is_absent = ~pl.col("sources").list.contains(pl.col("source"))
    grace = pl.col("source").replace_strict(clock.days, return_dtype=pl.Int64)
    due_on = pl.coalesce("golden_made_on", "golden_start_on") + pl.duration(days=grace)
    return (
        orders.filter(pl.col("golden_legal_status") != "withdrawn")
        .join(sources, how="cross")
        .filter(is_expected & is_absent)
        .with_columns(feed=feed, due_on=due_on, record_id=pl.lit(None, pl.String), source_key=pl.lit(None, pl.String))
        .filter(pl.col("feed").is_not_null())
    )


def _delivered(deliveries: pl.DataFrame) -> pl.DataFrame:
    return deliveries.filter(pl.col("is_used")).group_by("feed").agg(pl.col("dated_on").max().alias("delivered_on"))


def duplicates(order_sources: pl.DataFrame) -> pl.DataFrame:
    """Second records of an order in one source, with the key of the first."""
    place = ["order_id", "source"]
    firsts = order_sources.filter(~pl.col("is_duplicate") & ~pl.col("is_amended"))
    first_keys = firsts.group_by(place).agg(pl.col("source_key").min().alias("first_source_key"))
    return (
        order_sources.filter(pl.col("is_duplicate") & ~pl.col("is_amended"))
        .join(first_keys, on=place, how="left")
        .with_columns(record_id=pl.format("{}:{}", "source", "source_key"))
    )


def unread_values(evidence: Evidence) -> pl.DataFrame:
    """Values that could not be read, with the order of their record, its court's name and whether it is interim."""
    unread = evidence.rejected_values.filter(~pl.col("reason_code").is_in(TOLD_ELSEWHERE))
    places = evidence.order_sources.select("source", "source_key", "order_id")
    orders = evidence.orders.select("order_id", "court_name", "is_interim")
    return unread.join(places, on=["source", "source_key"]).join(orders, on="order_id")
