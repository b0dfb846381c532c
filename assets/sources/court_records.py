"""The courts' results in the canonical shape.

Belongs here: what the courts' fields and codes mean. Does not: the layout of their files
(`assets.sources.court_layout`).
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from assets.parsing.checks import (
    CONDITION_CHECK,
    NAME_CHECKS,
    basis_check,
    birth_check,
    court_check,
    date_check,
    doubt_check,
    pnc_id_checks,
    sex_check,
)
from assets.parsing.condition_cells import split_conditions
from assets.parsing.courts import resolve_courts
from assets.parsing.date_forms import WRITTEN
from assets.parsing.forces import resolve_forces
from assets.parsing.identifiers import read_pnc_id
from assets.parsing.names import other_name_rows, read_name
from assets.parsing.orders import read_orders, sentence_columns
from assets.parsing.records import (
    as_sent,
    coded,
    condition_rows,
    core_tables,
    in_sequence,
    record_columns,
    with_birth,
    with_dates,
)
from assets.parsing.rejections import Check, collect_rejected, rejected_values
from assets.parsing.short_answers import read_sex
from assets.parsing.statuses import status_by_words
from assets.parsing.terms import is_until_further_order
from matching.engine.components import label_components
from reconciliation.plausibility import POLICE_KINDS
from warehouse.codes import reference
from warehouse.tables.core import EVENT_REFUSED, RESULT_STATES

# Police force, station, serial and year, with or without a character between them; twelve characters are seen too. What
# follows them, such as the suffix of a split case, is no part of the number.
CASE_URN = r"^\d{2}[ /-]?[A-Z0-9]{2}[ /-]?(\d{5}[ /-]?\d{2}|\d{8})$"

DATES = {"made_on": "hearing_date", "start_on": "order_start", "end_on": "order_end"}
A_DATE = "a date as yyyy-mm-dd"

MOST_AMENDED = 20
"""More results than this are not the history of one order: a key was sent by mistake, or to put orders together."""
STATUS_OF_EVENT = {"discharged": "discharged", "doubted": "doubtful", EVENT_REFUSED: "doubtful"}
ORDER_CHECKS = (
    *(date_check(column, f"sent_{field}", A_DATE) for column, field in DATES.items()),
    birth_check("sent_date_of_birth", A_DATE),
    *NAME_CHECKS,
    sex_check("sent_sex"),
    *pnc_id_checks("sent_pncid"),
    # What became of `the order` is said without its type, and is settled by the order that it is found to be about.
    Check(
        "order_type",
        "sent_result_text",
        "unknown_code",
        "words that name one type of order",
        pl.col("order_type").is_null() & pl.col("event").is_null(),
    ),
    doubt_check("sent_result_text"),
    basis_check("sent_result_text"),
    Check(
        "order_type",
        "sent_result_code",
        "unknown_code",
        "the code of the order that the words name, or blank; the words are followed",
        pl.col("is_code_refused"),
    ),
    Check("court_code", "sent_court_ou_code", "unknown_code", "a listed court", pl.col("is_court_code_refused")),
    court_check("sent_court_name"),
    Check("force_code", "sent_applicant", "unknown_code", "a listed force", pl.col("is_force_refused")),
    Check("case_urn", "sent_case_urn", "bad_format", "force, station, serial and year in 11 characters"),
    Check(
        "amends_source_key",
        "sent_amends_result_id",
        "amended_too_often",
        f"a result of the same order: at most {MOST_AMENDED} results amend one another",
        pl.col("is_amended_too_often"),
    ),
    Check("result_state", "sent_status", "unknown_code", f"one of {', '.join(RESULT_STATES)}"),
)


def standardise(raw: Mapping[str, pl.LazyFrame], as_of: date) -> dict[str, pl.DataFrame]:
    """The courts' core tables; see `assets.sources.contract.Source.records`."""
    sent = as_sent(raw["raw_court__results"], key="result_id", exact=("prohibitions",)).with_columns(
        record_columns("court", pl.col("sent_result_id"))
    )
    orders = _with_force(_with_court(_with_kind(_with_amended(_own_columns(sent, as_of)))))
    # Only a result that made or changed an order lists what it forbids.
    conditions = _conditions(sent.join(orders.filter(_sets_terms()), on="record_id", how="semi", maintain_order="left"))
    rejected = [rejected_values(orders, ORDER_CHECKS), rejected_values(conditions, [CONDITION_CHECK])]
    # The court that said what became of an order need not be the one that made it.
    made = orders.with_columns(court_code=pl.when(pl.col("event").is_null()).then("court_code"))
    return core_tables(
        orders=made,
        conditions=conditions,
        aliases=other_name_rows(orders),
        rejected=collect_rejected(rejected),
    )


def _own_columns(sent: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Columns that one field gives each."""
    dated = {column: pl.col(f"sent_{field}") for column, field in DATES.items()}
    urn = pl.col("sent_case_urn").str.to_uppercase()
    rows = (
        with_dates(sent, dated, forms=WRITTEN)
        .with_columns(
            name=read_name(pl.col("sent_defendant_name")),
            pnc=read_pnc_id(pl.col("sent_pncid"), this_year=as_of.year),
            sex=read_sex(pl.col("sent_sex")),
            result_state=coded("sent_status", {state: state for state in RESULT_STATES}),
            case_urn=pl.when(urn.str.contains(CASE_URN)).then(urn.str.replace_all(r"[^A-Z0-9]", "")),
            amends_source_key=pl.col("sent_amends_result_id"),
            defendant_id=pl.col("sent_defendant_id").str.to_lowercase(),
            recorded_on="made_on",
        )
        .unnest("name", "pnc")
    )
    return with_birth(rows, "sent_date_of_birth", forms=WRITTEN, this_year=as_of.year)


def _with_amended(rows: pl.DataFrame) -> pl.DataFrame:
    """What a result amends, unless so many results would become one order by it that they can't be of one person."""
    numbered = rows.select("sent_result_id", "amends_source_key").with_row_index("row")
    amended = numbered.join(numbered, left_on="amends_source_key", right_on="sent_result_id")
    ends = (amended.get_column(name).cast(pl.Int64).to_numpy() for name in ("row", "row_right"))
    chain = pl.Series("chain", label_components(rows.height, *ends))
    is_refused = pl.col("amends_source_key").is_not_null() & (pl.len().over("chain") > MOST_AMENDED)
    return (
        rows.with_columns(chain)
        .with_columns(is_amended_too_often=is_refused)
        .with_columns(amends_source_key=pl.when(~pl.col("is_amended_too_often")).then("amends_source_key"))
        .drop("chain")
    )


def _with_kind(rows: pl.DataFrame) -> pl.DataFrame:
    """Type, interim, term and end from the words of the result; its code only where there are no words.

    Only prevention orders have codes, so the words say more; a code that contradicts them is refused.
    """
    in_words = read_orders(rows.get_column("sent_result_text")).rename({"text": "sent_result_text"})
    in_code = reference("result_codes").select(
        sent_result_code="code", code_type="order_type", code_interim=pl.col("is_interim") == "true"
    )
    kinds = rows.join(in_words, on="sent_result_text", how="left", maintain_order="left").join(
        in_code, on="sent_result_code", how="left", maintain_order="left"
    )
    has_no_words = pl.col("sent_result_text").is_null()
    agrees = (pl.col("code_type") == pl.col("order_type")) & (pl.col("code_interim") == pl.col("is_interim"))
    differs = pl.col("order_type").is_not_null() & ~agrees.fill_null(value=False)
    is_making = pl.col("event_in_words").is_null()
    is_refusal = pl.col("event_in_words") == EVENT_REFUSED
    read = kinds.with_columns(
        *sentence_columns(pl.col("sent_result_text")),
        event="event_in_words",
        ends_another=pl.when((is_making | is_refusal) & pl.col("ends_another")).then(statement=True),
        order_type=pl.when(has_no_words | (pl.col("order_type").is_null() & ~is_making))
        .then("code_type")
        .otherwise("order_type"),
        is_interim=pl.when(has_no_words).then("code_interim").otherwise("is_interim"),
        is_code_refused=pl.col("sent_result_code").is_not_null()
        & (differs | (has_no_words & pl.col("code_type").is_null())),
        # Of an event the words say all that its hearing was not for.
        recorded_status=pl.when(is_making).then(status_by_words()).otherwise(_status_by_event()),
        # The hearing that discharged an order is not the one that made it.
        made_on=pl.when(is_making).then("made_on").otherwise("order_day"),
        start_on=pl.when(is_making).then("start_on"),
        recorded_on=pl.coalesce("effect_day", "recorded_on"),
    ).with_columns(_end_columns())
    return read.with_columns(
        pl.when(_sets_terms()).then(name).alias(name) for name in ("end_on", "is_until_further_order")
    ).with_columns(pl.when(is_making).then("term_months").alias("term_months"))


def _sets_terms() -> pl.Expr:
    return pl.col("event").is_null() | (pl.col("event") == "changed")


def _status_by_event() -> pl.Expr:
    """The status that the event gives the order: one that was changed or kept goes on, one in doubt is to be asked."""
    return pl.col("event_in_words").replace_strict(STATUS_OF_EVENT, default=None, return_dtype=pl.String)


def _end_columns() -> list[pl.Expr]:
    """The end in its own field counts; where that is blank, the end in the words."""
    end = pl.col("sent_order_end")
    has_no_end = end.is_null() & ~pl.col("is_until_further_order").fill_null(value=False)
    end_on = pl.coalesce("end_on", pl.when(has_no_end).then("end_in_text"))
    further = (
        pl.when(is_until_further_order(end))
        .then(statement=True)
        .when(end_on.is_not_null())
        .then(statement=False)
        .when(end.is_null() & pl.col("is_until_further_order"))
        .then(statement=True)
    )
    return [end_on.alias("end_on"), further.alias("is_until_further_order")]


def _with_court(rows: pl.DataFrame) -> pl.DataFrame:
    """The court by its code, else by its name. Where the two name different courts, the score of the code halves."""
    keys = ["order_type", "is_interim"]
    for field in ("court_ou_code", "court_name"):
        written = rows.select(*keys, court_as_written=f"sent_{field}")
        found = resolve_courts(written).rename(
            {
                "court_as_written": f"sent_{field}",
                "court_code": f"by_{field}",
                "court_score": f"{field}_score",
                "is_court_ambiguous": f"is_{field}_ambiguous",
            }
        )
        rows = rows.join(found, on=[*keys, f"sent_{field}"], how="left", nulls_equal=True, maintain_order="left")
    is_known = pl.col("by_court_ou_code").is_not_null()
    is_contradicted = pl.col("by_court_ou_code").ne(pl.col("by_court_name")).fill_null(value=False)
    return rows.with_columns(
        court_code=pl.coalesce("by_court_ou_code", "by_court_name"),
        court_score=pl.when(is_known)
        .then(pl.col("court_ou_code_score") / pl.when(is_contradicted).then(2).otherwise(1))
        .otherwise("court_name_score"),
        court_as_written=pl.coalesce("sent_court_name", "sent_court_ou_code"),
        is_court_ambiguous="is_court_name_ambiguous",
        is_court_code_refused=pl.col("sent_court_ou_code").is_not_null() & ~is_known,
    )


def _with_force(rows: pl.DataFrame) -> pl.DataFrame:
    """The applicant, if it is a police force; else the force that made the case, from its URN; else the applicant.

    `Chief Constable` alone is that of the force that made the case: a chief officer applies in respect of persons of
    their own area (MSA ss.15, 23).
    """
    kinds = reference("forces").select(applicant_code="code", applicant_kind="kind")
    applicants = (
        resolve_forces(rows.get_column("sent_applicant"))
        .rename({"force_as_written": "sent_applicant", "force_code": "applicant_code"})
        .join(kinds, on="applicant_code", how="left")
    )
    makers = resolve_forces(rows.get_column("case_urn").str.slice(0, 2)).select(
        urn_force="force_as_written", urn_force_code="force_code"
    )
    joined = rows.with_columns(urn_force=pl.col("case_urn").str.slice(0, 2))
    joined = joined.join(applicants, on="sent_applicant", how="left", maintain_order="left")
    joined = joined.join(makers, on="urn_force", how="left", maintain_order="left")
    police = pl.when(pl.col("applicant_kind").is_in(POLICE_KINDS)).then("applicant_code")
    return joined.with_columns(
        force_code=pl.coalesce(police, "urn_force_code", "applicant_code"),
        applicant_code=pl.when(pl.col("is_force_named").not_()).then("urn_force_code").otherwise("applicant_code"),
        force_as_written="sent_applicant",
        is_force_refused=pl.col("is_force_named").fill_null(value=False) & pl.col("applicant_code").is_null(),
    )


def _conditions(sent: pl.DataFrame) -> pl.DataFrame:
    cells = sent.select("record_id", "source", "source_key", text="sent_prohibitions")
    return condition_rows(in_sequence(split_conditions(cells)))
