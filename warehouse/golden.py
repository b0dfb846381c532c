"""Whose value wins: one golden value for each field of an order, and for the person bound by it.

Belongs here: the table of fields (whom to trust, what can be right, what one field says of another), and how the
fields of an order's period hang together. Does not: the rule of choosing (`warehouse.choice`).
"""

from typing import Final

import polars as pl

from warehouse.choice import Field, choose_fields, choose_values
from warehouse.codes import reference
from warehouse.legal import COMMENCED_ON, MINIMUM_MONTHS, OPEN_ENDED_TYPES
from warehouse.reasons import AMENDED, STANDS, WITHDRAWN

YOUNGEST_YEARS: Final = 10
"""Age of criminal responsibility in England and Wales: nobody younger is bound by an order (R21 sets no other)."""

COURT_FIRST: Final = ("court", "pnc", "pnd", "rocu")
PNC_FIRST: Final = ("pnc", "pnd", "rocu", "court")
SPELLED_OUT_FIRST: Final = ("court", "pnd", "rocu", "pnc")
REGION_FIRST: Final = ("rocu", "pnd", "pnc", "court")


def _court_fact(column: str, court: str) -> pl.Expr:
    courts = reference("courts")
    facts = dict(zip(courts.get_column("code"), courts.get_column(column), strict=True))
    return pl.col(court).replace_strict(facts, default=None, return_dtype=pl.String)


def _can_make(order_type: pl.Expr) -> pl.Expr:
    """Whether the golden court can make such an order: type by nation (R35, R34) and by kind of court (R09)."""
    nation = _court_fact("nation", "golden_court_code")
    is_scottish = order_type.is_in(["TERO", "TEPO"])
    is_risk_order = order_type == "STRO"
    in_crown_court = _court_fact("court_type", "golden_court_code") == "crown"
    in_northern_ireland = nation == "Northern Ireland"
    return (is_scottish == (nation == "Scotland")) & ~(is_risk_order & (in_crown_court | in_northern_ireland))


def _months_after(day: str, months: pl.Expr | None = None) -> pl.Expr:
    length = pl.col("term_months") if months is None else months
    return pl.col(day).dt.offset_by(pl.format("{}mo", length))


_end_by_term = pl.coalesce("start_on", "golden_start_on").dt.offset_by(pl.format("{}mo", "term_months"))
_start_by_term = _months_after("end_on", -pl.col("term_months"))
_commenced_on = pl.coalesce(
    pl.col("order_type").replace_strict(COMMENCED_ON, default=None, return_dtype=pl.Date),
    pl.lit(min(COMMENCED_ON.values())),
)


def whole_months(start: str, end: str) -> pl.Expr:
    """Length in whole months, the last day being either the day before the month is full or the day itself."""
    day_after = pl.col(end).dt.offset_by("1d")
    months = [
        (last.dt.year().cast(pl.Int64) - pl.col(start).dt.year()) * 12
        + (last.dt.month().cast(pl.Int64) - pl.col(start).dt.month())
        for last in (pl.col(end), day_after)
    ]
    fits = [_months_after(start, length) == last for length, last in zip(months, (pl.col(end), day_after), strict=True)]
    return pl.when(fits[0]).then(months[0]).when(fits[1]).then(months[1])


_golden_start = pl.coalesce("golden_start_on", "start_on", "golden_made_on", "made_on")
_shortest_months = pl.when(~pl.col("golden_is_interim")).then(
    pl.col("golden_order_type").replace_strict(MINIMUM_MONTHS, default=None, return_dtype=pl.Int64)
)
_shortest_end = _golden_start.dt.offset_by(pl.format("{}mo", _shortest_months)).dt.offset_by("-1d")
_shortest_full_days = min(MINIMUM_MONTHS.values()) * 30
_length_in_days = (pl.col("end_on") - pl.col("start_on")).dt.total_days()

PERSON_FIELDS: Final = (
    Field("pnc_id", PNC_FIRST, "The PNC issues the id.", check=pl.col("is_pnc_id_valid"), must_pass=True),
    Field("cro_number", PNC_FIRST, "Held on the PNC.", check=pl.col("is_cro_valid"), must_pass=True),
    Field("sex", PNC_FIRST, "Taken on arrest, under fingerprints."),
    Field(
        "date_of_birth",
        ("pnc", "court", "pnd", "rocu"),
        "Taken on arrest, under fingerprints; confirmed in court; uploads and returns are copies.",
        check=~pl.col("is_birth_placeholder")
        & ~(pl.col("date_of_birth").dt.offset_by(f"{YOUNGEST_YEARS}y") > pl.coalesce("made_on", "recorded_on")),
        must_pass=True,
    ),
    Field(
        "forenames",
        SPELLED_OUT_FIRST,
        "The PNC holds capitals without diacritics.",
        canonical="forenames_folded",
        grows=True,
    ),
    Field(
        "surname",
        SPELLED_OUT_FIRST,
        "The PNC holds capitals without diacritics.",
        canonical="surname_folded",
        grows=True,
    ),
)
"""Facts of the person: chosen among the records of all of the person's orders."""

ORDER_FIELDS: Final = (
    Field("court_code", COURT_FIRST, "The court's own code; others write its name."),
    Field("order_type", COURT_FIRST, "The court made it.", check=_can_make(pl.col("order_type"))),
    Field(
        "is_interim",
        COURT_FIRST,
        "The court made it.",
        # R02, R03: a full order runs for two years at least, so a shorter one is an interim.
        implied=(_length_in_days < _shortest_full_days,),
    ),
    Field(
        "made_on",
        COURT_FIRST,
        "Day of the court's hearing.",
        # R01, R26, R28: not before commencement; not after the day it was recorded.
        check=(pl.col("made_on") >= _commenced_on)
        & ~(pl.col("made_on") > pl.col("recorded_on")).fill_null(value=False),
        # An order mostly starts on the day it is made.
        implied=(pl.col("start_on"), _start_by_term, _start_by_term.dt.offset_by("1d")),
    ),
    Field(
        "start_on",
        COURT_FIRST,
        "Fixed by the court.",
        # Against the record's own day: one wrong golden day must not make right ones fail.
        check=pl.col("start_on") >= pl.col("made_on"),
        implied=(_start_by_term, _start_by_term.dt.offset_by("1d")),
    ),
    Field(
        "is_until_further_order",
        COURT_FIRST,
        "Fixed by the court.",
        # R13, R27, R29: interim and Scottish orders have an end.
        check=~(
            pl.col("is_until_further_order")
            & (~pl.col("golden_order_type").is_in(OPEN_ENDED_TYPES) | pl.col("golden_is_interim"))
        ),
    ),
    Field(
        "end_on",
        COURT_FIRST,
        "Fixed by the court.",
        # R02, R03, R27, R29: a full order runs for its shortest term at least; none ends before it starts.
        check=(pl.col("end_on") >= _golden_start) & ~(pl.col("end_on") < _shortest_end),
        # R13: an interim order ends when a full one is made.
        implied=(
            _end_by_term,
            _end_by_term.dt.offset_by("-1d"),
            pl.when(pl.col("is_interim")).then(pl.col("determined_on")),
        ),
    ),
    Field(
        "term_months",
        COURT_FIRST,
        "Fixed by the court.",
        check=(pl.col("term_months") > 0) & ~(pl.col("term_months") < _shortest_months),
        implied=(whole_months("start_on", "end_on"),),
    ),
    Field("force_code", PNC_FIRST, "The owner force keeps the PNC entry; courts name the applicant."),
    Field("is_county_lines", REGION_FIRST, "A mark of the regional units; no other source is asked for it."),
)
"""Facts of the order, in the order of choosing: a check may lean on a field chosen before."""

ARREST_FIELDS: Final = (
    Field("arrested_on", PNC_FIRST, "Taken in custody."),
    Field("offence_code", PNC_FIRST, "Coded on the PNC; others often write a title."),
    Field("asn", PNC_FIRST, "The PNC issues it.", check=pl.col("is_asn_valid")),
    Field("custody_ref", ("pnd", "rocu", "pnc", "court"), "The force's own reference, sent with its upload."),
    Field("force_code", PNC_FIRST, "Taken in custody."),
)
"""Facts of an arrest."""


def choose_golden(records: pl.DataFrame, clusters: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Choose the golden values of every order and say why.

    Args:
        records: order records of all sources, in the shape of `core__orders`.
        clusters: `link_orders__clusters`; each record in exactly one order and one subject.

    Returns:
        The golden values (`order_cluster`, `subject_cluster`, every field of `PERSON_FIELDS` and `ORDER_FIELDS`), and
        their provenance (`order_cluster` and the columns of `field_provenance` but `order_id`; rows in no order).
    """
    held = hold_records(records, clusters)
    orders = held.select("order_cluster", "subject_cluster").unique("order_cluster")
    person, person_reasons = choose_fields(held, PERSON_FIELDS, group="subject_cluster")
    order, order_reasons = choose_fields(held, ORDER_FIELDS, group="order_cluster", settle=settle_period)
    golden = orders.join(person, on="subject_cluster", how="left").join(order, on="order_cluster", how="left")
    of_orders = orders.join(person_reasons, on="subject_cluster").select(order_reasons.columns)
    reasons = pl.concat([of_orders, order_reasons]).join(
        held.select("record_id", "source", "source_key", "file_name", "row_number"), on="record_id", how="left"
    )
    return golden.sort("order_cluster"), reasons


def choose_arrests(records: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Choose the golden values of every arrest event.

    Args:
        records: arrest records of all sources, in the shape of `core__arrests`.
        events: `link_arrests__clusters`.

    Returns:
        `event_cluster` and every field of `ARREST_FIELDS`.
    """
    read = {"record_id", "source", "is_asn_valid", *(field.name for field in ARREST_FIELDS)}
    narrow = records.select(name for name in records.columns if name in read)
    held = narrow.join(events.select("record_id", "event_cluster"), on="record_id", how="inner").with_columns(
        pl.lit(STANDS).alias("standing"),
        pl.lit(None, pl.Date).alias("recorded_on"),
        pl.lit(0).alias("holding"),
    )
    return choose_values(held, ARREST_FIELDS, group="event_cluster")


def hold_records(records: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Records with their clusters and their standing; the end of an order that has a term is known to be fixed."""
    amended = records.filter(pl.col("source") == "court").get_column("amends_source_key").drop_nulls()
    has_end = pl.col("end_on").is_not_null() | pl.col("term_months").is_not_null()
    return (
        records.join(clusters.select("record_id", "order_cluster", "subject_cluster"), on="record_id", how="inner")
        .with_columns(
            pl.col("order_cluster").alias("holding"),
            pl.when(pl.col("result_state") == "WITHDRAWN")
            .then(WITHDRAWN)
            .when((pl.col("source") == "court") & pl.col("source_key").is_in(amended.implode()))
            .then(AMENDED)
            .otherwise(STANDS)
            .alias("standing"),
            pl.coalesce("is_until_further_order", pl.when(has_end).then(pl.lit(value=False))).alias(
                "is_until_further_order"
            ),
        )
        .pipe(_with_determination)
        .sort("record_id")
    )


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


def settle_period(golden: pl.DataFrame) -> pl.DataFrame:
    """Make end, term and open end of an order one statement; what is missing is worked out from the rest.

    An order until further order has neither end nor term; an interim order has no term; no order ends before it
    starts. The last day is worked out as
    start and term; a term is worked out only from dates that are whole months apart.
    """
    is_open = pl.col("is_until_further_order").fill_null(value=False)
    is_interim = pl.col("is_interim").fill_null(value=False)
    is_before_start = (pl.col("end_on") < pl.coalesce("start_on", "made_on")).fill_null(value=False)
    return golden.with_columns(
        pl.when(~is_open)
        .then(pl.coalesce(pl.when(~is_before_start).then("end_on"), _months_after("start_on")))
        .alias("end_on"),
        pl.when(~is_open & ~is_interim)
        .then(pl.coalesce("term_months", whole_months("start_on", "end_on")))
        .alias("term_months"),
    )
