"""What each record of an order or a person testifies to: its standing, and what the other records make of it.

Belongs here: columns that the checks of `reconciliation.golden` read, worked out over all records of an order, a
person or the night. Does not: those of names (`reconciliation.person_names`), what counts against a value, or which
value wins.
"""

from typing import Final

import polars as pl

from reconciliation.date_arithmetic import is_slip_for, months_after
from reconciliation.person_names import (
    NAME,
    read_names,
    with_alias_marks,
    with_names,
)
from reconciliation.standing import AMENDED, STANDS, WITHDRAWN
from warehouse.sources import SOURCES, is_from_court
from warehouse.tables.core import CORE_ARRESTS

HEARD_ON_ARREST: Final = tuple(source.name for source in SOURCES if source.is_heard_on_arrest)
PERSON_COLUMNS: Final = (
    "record_id", "source", "source_key", "file_name", "row_number", "subject_cluster", "holding", "standing",
    "recorded_on", "made_on", "forenames", "surname", *NAME, "date_of_birth", "is_birth_placeholder", "sex", "pnc_id",
    "is_pnc_id_valid", "cro_number", "is_cro_valid",
)  # fmt: skip
ACROSS_PERSONS: Final = (
    "record_id", "source", "source_key", "event", "amends_source_key", "result_state", "made_on", "case_urn",
)  # fmt: skip
"""What `look_across_persons` reads."""
HEARD_COLUMNS: Final = tuple(name for name in (*PERSON_COLUMNS, "arrested_on") if name in CORE_ARRESTS.schema)
"""What an arrest record says of the person."""
IS_HEARD: Final = pl.col("source").is_in(HEARD_ON_ARREST) & pl.col("subject_cluster").is_not_null()
"""Whether an arrest record is heard on the person."""


def hold_records(records: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Records with their clusters, their standing, and what the other records of the order make of them.

    Args:
        records: order records of all sources, in the shape of `core__orders`.
        clusters: `link_orders__clusters`.

    Returns:
        The records by id, with `order_cluster`, `subject_cluster`, `holding` (the order), `standing`,
        `determined_on`, `later_start_on`, `put_off_on`, `heard_with_on`. The end of an order that
        has a term is known to be fixed.
    """
    placed = records.join(clusters.select("record_id", "order_cluster", "subject_cluster"), on="record_id")
    return hold_placed(placed.join(look_across_persons(placed), on="record_id", how="left"))


def look_across_persons(placed: pl.DataFrame) -> pl.DataFrame:
    """What records of any person may make of a record: it is amended, or another order of its case is of its day.

    Args:
        placed: `ACROSS_PERSONS` of all order records, with `order_cluster` and `subject_cluster`.

    Returns:
        `record_id`, `is_amended`, `heard_with_on` (the record's date of order, if an order on another person in the
        same case was made on it).
    """
    # A result that says what became of an order takes nothing back of the one that made it.
    amending = placed.filter(is_from_court & pl.col("event").is_null())
    amended = amending.get_column("amends_source_key").drop_nulls().unique()
    marked = placed.with_columns(is_amended=is_from_court & pl.col("source_key").is_in(amended.implode()))
    return _with_case_day(marked).select("record_id", "is_amended", "heard_with_on")


def hold_placed(placed: pl.DataFrame) -> pl.DataFrame:
    """As `hold_records`, of records of whole persons that have their clusters and `look_across_persons`."""
    has_end = pl.col("end_on").is_not_null() | pl.col("term_months").is_not_null()
    held = placed.with_columns(
        pl.col("order_cluster").alias("holding"),
        _standing().alias("standing"),
        pl.coalesce("is_until_further_order", pl.when(has_end).then(pl.lit(value=False))).alias(
            "is_until_further_order"
        ),
    )
    return _with_later_start(_with_determination(held)).sort("record_id")


def _standing() -> pl.Expr:
    is_withdrawn = pl.col("result_state") == "WITHDRAWN"
    return pl.when(is_withdrawn).then(WITHDRAWN).when("is_amended").then(AMENDED).otherwise(STANDS)


def hold_people(
    held: pl.DataFrame, aliases: pl.DataFrame, arrests: pl.DataFrame, *, names: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Whatever is recorded of the persons bound by orders: their order records, and their arrests.

    Regional returns give their arrests with the person as their orders have it: copies, which are not heard.

    Args:
        held: from `hold_records`.
        aliases: `core__aliases`.
        arrests: arrest records with `HEARD_COLUMNS`, `subject_cluster` and `event_cluster`.
        names: from `read_names` over all of the night's people; over those of the records unless given.

    Returns:
        One row for each record, by id: `PERSON_COLUMNS`, `subject_cluster`, `holding` (the order or the arrest),
        `standing`, `is_alias`, `is_alias_given`, `is_turned`. Names are split as the fullest surname of the person has
        it, and the first of several forenames is spelled as another record spells it.
    """
    heard = arrests.filter(IS_HEARD)
    known = heard.join(held.select("subject_cluster").unique(), on="subject_cluster", how="semi").with_columns(
        pl.col("arrested_on").alias("made_on"),
        pl.col("event_cluster").alias("holding"),
        pl.lit(STANDS).cast(held.schema["standing"]).alias("standing"),
        pl.lit(None, pl.Date).alias("recorded_on"),
    )
    people = pl.concat([frame.select(PERSON_COLUMNS) for frame in (held, known)])
    others = aliases.join(people.select("record_id", "subject_cluster"), on="record_id")
    spelled = with_names(people, read_names(people, others) if names is None else names)
    return with_alias_marks(spelled, aliases).sort("record_id")


def _with_determination(held: pl.DataFrame) -> pl.DataFrame:
    """`determined_on`: the next day after the record's own on which the same person was given a full order."""
    full = held.filter(~pl.col("is_interim")).select("subject_cluster", pl.col("made_on").alias("determined_on"))
    return held.sort("made_on").join_asof(
        full.drop_nulls().sort("determined_on"),
        left_on="made_on",
        right_on="determined_on",
        by="subject_cluster",
        strategy="forward",
        coalesce=False,
        check_sortedness=False,
    )


def _with_later_start(held: pl.DataFrame) -> pl.DataFrame:
    """`later_start_on`: a start after the date of order that is known, not filled in; and `put_off_on`.

    A record gives a start by stating it, or by its end less its length. Two records do not agree by chance on a day
    that no form suggests, so two are enough for `put_off_on`. One is enough if the day can't be a slip for that
    record's date of order. A start that is a slip for another that more sources give is left out. Of several, the one
    that most records give counts, then the earliest.
    """
    dated = _with_common_made(held.filter(pl.col("standing") == STANDS))
    later = (
        pl.concat([_stated_starts(dated), _implied_starts(dated)])
        .group_by("order_cluster", "later_start_on")
        .agg(
            (pl.col("by") == "stated").any().alias("is_stated"),
            pl.struct("by", "source").n_unique().alias("testimonies"),
            pl.col("is_after_common", "is_put_off", "is_put_off_beside").any(),
        )
        .filter(
            pl.col("is_stated") & (pl.col("is_put_off") | (pl.col("is_after_common") & (pl.col("testimonies") > 1)))
        )
        .pipe(_without_slips, dated)
        .sort("order_cluster", "testimonies", "later_start_on", descending=[False, True, False])
        .unique("order_cluster", keep="first", maintain_order=True)
        .select(
            "order_cluster", "later_start_on", pl.when("is_put_off_beside").then("later_start_on").alias("put_off_on")
        )
    )
    return held.join(later, on="order_cluster", how="left")


def _with_common_made(standing: pl.DataFrame) -> pl.DataFrame:
    """`common_made_on`: the date of order that most sources of an order state; of equals the earliest."""
    common = (
        standing.drop_nulls("made_on")
        .group_by("order_cluster", common_made_on="made_on")
        .agg(pl.col("source").n_unique().alias("sources"))
        .sort("order_cluster", "sources", "common_made_on", descending=[False, True, False])
        .unique("order_cluster", keep="first", maintain_order=True)
    )
    return standing.join(common.drop("sources"), on="order_cluster", how="left")


def _stated_starts(dated: pl.DataFrame) -> pl.DataFrame:
    """Starts stated that come after the record's own date of order, or after the common one.

    A start that is the record's own date of order and a slip for the common one is a wrong date of order copied.
    """
    start, made, common = pl.col("start_on"), pl.col("made_on"), pl.col("common_made_on")
    is_apart = (start == common) | ~is_slip_for(start, common)
    is_copied = ((start == made) & ~is_apart).fill_null(value=False)
    later = dated.filter((start > common) | (start > made))
    return later.filter(~is_copied).select(
        "order_cluster",
        start.alias("later_start_on"),
        pl.lit("stated").alias("by"),
        "source",
        (start > common).alias("is_after_common"),
        (is_apart & ~is_slip_for(start, pl.coalesce(made, common))).alias("is_put_off"),
        (is_apart & ~is_slip_for(start, made)).fill_null(value=False).alias("is_put_off_beside"),
    )


def _implied_starts(dated: pl.DataFrame) -> pl.DataFrame:
    """The end less the length, the last day counted in or not; nothing where that is the date of order."""
    start = months_after(pl.col("end_on"), -pl.col("term_months"))
    both = dated.select(
        "order_cluster", "source", "common_made_on", pl.concat_list(start, start.dt.offset_by("1d")).alias("days")
    )
    days = both.filter(~pl.col("days").list.contains(pl.col("common_made_on"))).explode("days")
    return days.filter(pl.col("days") > pl.col("common_made_on")).select(
        "order_cluster",
        pl.col("days").alias("later_start_on"),
        pl.lit("implied").alias("by"),
        "source",
        pl.lit(value=True).alias("is_after_common"),
        *(pl.lit(value=False).alias(name) for name in ("is_put_off", "is_put_off_beside")),
    )


def _without_slips(later: pl.DataFrame, dated: pl.DataFrame) -> pl.DataFrame:
    """Later starts but those that are a slip for a start that more sources state than testify to them."""
    counts = (
        dated.drop_nulls("start_on").group_by("order_cluster", other_on="start_on").agg(pl.col("source").n_unique())
    )
    later_on, other_on = pl.col("later_start_on"), pl.col("other_on")
    is_slip = (pl.col("source") > pl.col("testimonies")) & (later_on != other_on) & is_slip_for(later_on, other_on)
    slips = later.join(counts, on="order_cluster").filter(is_slip)
    return later.join(slips, on=["order_cluster", "later_start_on"], how="anti")


def _with_case_day(marked: pl.DataFrame) -> pl.DataFrame:
    """`heard_with_on`: see `look_across_persons`."""
    standing = marked.filter(_standing() == STANDS)
    cases = standing.select("order_cluster", "case_urn").drop_nulls().unique()
    days = standing.select("order_cluster", "subject_cluster", "made_on").drop_nulls().unique().join(
        cases, on="order_cluster"
    )  # fmt: skip
    is_shared = pl.col("subject_cluster").n_unique().over("case_urn", "made_on") > 1
    shared = days.filter(is_shared).select("order_cluster", "made_on").unique()
    return marked.join(
        shared.with_columns(heard_with_on="made_on"), on=["order_cluster", "made_on"], how="left", maintain_order="left"
    )
