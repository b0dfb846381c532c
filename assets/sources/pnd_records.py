"""PND documents in the canonical shape.

Belongs here: what the PND's fields and words mean. Does not: reading the delivery (`pnd`, `pnd_documents`).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import polars as pl

from assets.parsing.checks import (
    CONDITION_CHECK,
    NAME_CHECKS,
    OFFENCE_CHECK,
    STATUS_CHECK,
    asn_checks,
    basis_check,
    birth_check,
    court_check,
    cro_checks,
    date_check,
    doubt_check,
    force_check,
    pnc_id_checks,
    sex_check,
)
from assets.parsing.condition_cells import split_conditions, split_listed
from assets.parsing.courts import add_court
from assets.parsing.date_forms import HAND_TYPED
from assets.parsing.forces import add_force
from assets.parsing.identifiers import read_asn, read_cro_number, read_pnc_id
from assets.parsing.names import other_name_rows, read_name
from assets.parsing.offences import add_offence
from assets.parsing.orders import read_orders
from assets.parsing.records import (
    as_one,
    as_sent,
    condition_rows,
    core_tables,
    in_sequence,
    record_columns,
    runs_on,
    with_birth,
    with_dates,
)
from assets.parsing.rejections import Check, collect_rejected, rejected_values, show_partial_dates
from assets.parsing.short_answers import read_sex
from assets.parsing.terms import is_until_further_order, read_term
from assets.parsing.unmade_rows import recorded_status
from assets.parsing.words import known
from warehouse.tables.core import CORE_ALIASES

SENT_NAMES = pl.List(pl.Struct({"type": pl.String, "full": pl.String}))
ORDER_DATES = {"made_on": "made", "start_on": "starts", "end_on": "ends", "recorded_on": "submitted_at"}
WHOLE_NUMBER = r"^\d{1,4}(?:\.0+)?$"
A_DATE = "a date as YYYY-MM-DD"

PERSON_CHECKS = (
    birth_check("sent_dob", A_DATE),
    *NAME_CHECKS,
    sex_check("sent_sex"),
    *pnc_id_checks("sent_pncid"),
    *cro_checks("sent_cro"),
    force_check("sent_submitting_force"),
)
ORDER_CHECKS = (
    *PERSON_CHECKS,
    *(date_check(column, f"sent_{field}", A_DATE) for column, field in ORDER_DATES.items()),
    Check("order_type", "sent_order", "unknown_code", "the words for STRO, STPO, TERO or TEPO"),
    doubt_check("sent_order"),
    basis_check("sent_order"),
    Check("term_months", "sent_term_months", "bad_format", "a whole number of months"),
    court_check("sent_court"),
    STATUS_CHECK,
)
ARREST_CHECKS = (
    *PERSON_CHECKS,
    date_check("arrested_on", "sent_date", A_DATE),
    OFFENCE_CHECK,
    *asn_checks("sent_asn"),
)


def standardise(raw: Mapping[str, pl.LazyFrame], as_of: date) -> dict[str, pl.DataFrame]:
    """The PND's core tables; see `assets.sources.contract.Source.records`."""
    documents = [
        as_sent(raw["raw_pnd__orders"], key="record_id", exact=("conditions",)),
        as_sent(raw["raw_pnd__arrests"], key="record_id"),
    ]
    people = as_one(documents, partial(_people, as_of=as_of))
    orders, arrests = _orders(people[0]), _arrests(people[1])
    del documents
    conditions = _conditions(orders)
    rejected = [
        rejected_values(orders, ORDER_CHECKS),
        rejected_values(conditions, [CONDITION_CHECK]),
        rejected_values(arrests, ARREST_CHECKS),
    ]
    return core_tables(
        orders=orders,
        conditions=conditions,
        aliases=_aliases(people),
        arrests=arrests,
        rejected=show_partial_dates(collect_rejected(rejected)),
    )


def _people(documents: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Add record keys, the person and the force."""
    listed = documents.with_columns(
        *record_columns("pnd", pl.col("sent_record_id")), names=_by_rank(pl.col("sent_names"))
    )
    people = listed.with_columns(
        name=read_name(pl.col("names").list.first()),
        pnc=read_pnc_id(pl.col("sent_pncid"), this_year=as_of.year),
        cro=read_cro_number(pl.col("sent_cro")),
        sex=read_sex(pl.col("sent_sex")),
        force_as_written=pl.col("sent_submitting_force"),
    )
    people = people.unnest("name", "pnc", "cro")
    return add_force(with_birth(people, "sent_dob", forms=HAND_TYPED, this_year=as_of.year))


def _by_rank(names: pl.Expr) -> pl.Expr:
    """Full names, the first primary one in front; without one the first name leads."""
    full = pl.element().struct.field("full")
    is_primary = pl.element().struct.field("type").str.to_lowercase() == "primary"
    ranked = pl.element().sort_by(~is_primary.fill_null(value=False), maintain_order=True)
    return (
        names.str.json_decode(SENT_NAMES)
        .list.eval(pl.element().filter(known(full).is_not_null()))
        .list.eval(ranked)
        .list.eval(full)
    )


def _orders(people: pl.DataFrame) -> pl.DataFrame:
    kinds = read_orders(people.get_column("sent_order")).drop("ends_another").rename({"text": "sent_order"})
    dated = {column: pl.col(f"sent_{field}") for column, field in ORDER_DATES.items()}
    is_open = pl.any_horizontal(
        is_until_further_order(pl.col(field)) for field in ("sent_ends", "sent_status", "sent_order")
    )
    orders = (
        with_dates(people, dated, forms=HAND_TYPED)
        .join(kinds, on="sent_order", how="left", maintain_order="left")
        .with_columns(
            term_months=_read_months(pl.col("sent_term_months")),
            court_as_written=pl.col("sent_court"),
            recorded_status=recorded_status(pl.col("sent_status")),
            occurrence_ref=pl.col("sent_occurrence_ref"),
        )
        # No end says nothing: the order may run until further order, or the end was not entered.
        .with_columns(is_until_further_order=runs_on(is_open))
    )
    return add_court(orders)


def _read_months(text: pl.Expr) -> pl.Expr:
    """A number is one of months here, also a small one; words are read as elsewhere."""
    number = pl.when(text.str.contains(WHOLE_NUMBER)).then(text.cast(pl.Float64, strict=False).cast(pl.Int64))
    return pl.coalesce(number, pl.when(~text.str.contains(r"^[\d.\-+]+$")).then(read_term(text)))


def _conditions(orders: pl.DataFrame) -> pl.DataFrame:
    """Conditions of orders; a text that holds several is split."""
    texts = pl.col("sent_conditions").str.json_decode(pl.List(pl.String))
    listed = (
        orders.select("record_id", "source", "source_key", text=texts)
        .explode("text")
        .filter(known(pl.col("text")).is_not_null())
        .with_columns(is_alone=pl.len().over("record_id") == 1)
    )
    alone, among = (listed.filter(is_alone).drop("is_alone") for is_alone in (pl.col("is_alone"), ~pl.col("is_alone")))
    return condition_rows(in_sequence(pl.concat([split_conditions(alone), split_listed(among)])))


def _aliases(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The names after the first that differ from it, and those that stand beside one."""
    people = pl.concat(
        part.select("record_id", "surname_folded", "forenames_folded", "names", "other_names") for part in parts
    )
    listed = (
        people.select("record_id", pl.col("surname_folded", "forenames_folded").name.prefix("first_"), "names")
        .with_columns(name=pl.col("names").list.slice(1))
        .explode("name")
        .drop_nulls("name")
        .with_columns(read_name(pl.col("name")), date_of_birth=pl.lit(None, dtype=pl.Date))
        .unnest("name")
    )
    is_first = pl.all_horizontal(
        pl.col(part).eq_missing(pl.col(f"first_{part}")) for part in ("surname_folded", "forenames_folded")
    )
    return pl.concat([CORE_ALIASES.conform(listed.filter(~is_first)), other_name_rows(people), other_name_rows(listed)])


def _arrests(people: pl.DataFrame) -> pl.DataFrame:
    rows = with_dates(people, {"arrested_on": pl.col("sent_date")}, forms=HAND_TYPED).with_columns(
        asn=read_asn(pl.col("sent_asn")),
        offence_as_written=pl.col("sent_offence"),
        custody_ref=pl.col("sent_custody_ref"),
    )
    return add_offence(rows.unnest("asn"))
