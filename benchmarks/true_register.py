"""A synthetic night as it truly is, in the tables of the register's form.

Belongs here: those tables, as far as truth has their columns. Does not: canonical values field by field
(`benchmarks.truth`), asking both sides the same questions (`benchmarks.answers`).
"""

from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.truth import STATUSES, squashed
from reconciliation.register import Register
from reconciliation.statutes import BREACH_OFFENCES
from samples.cases import TRAVEL
from warehouse.codes import reference
from warehouse.tables.register import (
    ARRESTS,
    CONDITIONS,
    DISCREPANCIES,
    FIELD_PROVENANCE,
    ORDERS,
    SOURCE_RELIABILITY,
)

DAYS: Final = ("made", "start", "end", "discharged_on", "superseded_on", "travel_banned_until")
NUMBERS: Final = ("breaches", "breaches_said")
NAMES: Final = ("forenames", "surname")
STATED: Final = (
    *NAMES, "date_of_birth", "sex", "pnc_id", "order_type", "is_interim", "made_on", "start_on", "end_on",
    "is_until_further_order", "term_months", "court_code", "force_code", "is_county_lines",
)  # fmt: skip
"""Columns of `orders` that records state, and truth knows."""


def true_tables(register: Register, truth: Path) -> dict[str, pl.DataFrame]:
    """`orders` and their values, `conditions`, `arrests`, how often sources are wrong, discrepancies of rule Q-BREACH.

    Orders and arrests have the register's id where it holds them.
    """
    said = _read(truth, "orders").with_columns(pl.col(DAYS).str.to_date(), pl.col(NUMBERS).cast(pl.Int64))
    links = _read(truth, "links")
    ids = _ids(register, links, "order")
    known = (
        said.join(ids, on="order_id", how="left")
        .with_columns(true_id="order_id")
        .with_columns(order_id=pl.coalesce("register_id", "order_id"))
        .join(_sources(links, "order_id"), on="true_id")
    )
    orders = _orders(known, register)
    arrests = _arrests(register, truth)
    return {
        table.name: table.completed(frame)
        for table, frame in (
            (ORDERS, orders),
            (CONDITIONS, _conditions(known, register)),
            (ARRESTS, arrests),
            (DISCREPANCIES, _unrecorded_breaches(known, orders, arrests)),
            (FIELD_PROVENANCE, values_of(orders, "order_id")),
            (SOURCE_RELIABILITY, _error_rates(register, known, orders, links)),
        )
    }


def values_of(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """A row a value, as text: the keys, `field`, `value`; names in one form, since form is no matter of truth."""
    texts = frame.with_columns(squashed(name) for name in NAMES).with_columns(pl.col(STATED).cast(pl.String))
    return texts.unpivot(STATED, index=keys, variable_name="field", value_name="value").drop_nulls("value")


def comparable_tables(register: Register) -> dict[str, pl.DataFrame]:
    """Tables of the register that hold fields by name, without those that truth does not know, in the same form."""
    golden = register.table("field_provenance").drop_nulls("value")
    is_name = pl.col("field").is_in(NAMES)
    formed = golden.with_columns(value=pl.when(is_name).then(squashed("value")).otherwise("value"))
    tables = {"field_provenance": formed, "source_reliability": register.table("source_reliability")}
    return {name: table.filter(pl.col("field").is_in(STATED)) for name, table in tables.items()}


def _error_rates(register: Register, known: pl.DataFrame, orders: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """`source`, `field`, `statements`, `error_rate`: the share of what its records state that is not true."""
    records = register.table("source_records").join(links, on=["source", "source_key"])
    ids = known.select(order_id="true_id", own_id="order_id")
    stated = values_of(records.join(ids, on="order_id"), "source", "own_id")
    true = values_of(orders, "order_id").select("field", own_id="order_id", true="value")
    return (
        stated.join(true, on=["own_id", "field"])
        .group_by("source", "field")
        .agg(statements=pl.len(), error_rate=(pl.col("value") != pl.col("true")).mean())
    )


def _read(truth: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(truth / f"{name}.csv", infer_schema=False)


def _sources(links: pl.DataFrame, key: str) -> pl.DataFrame:
    """`true_id` and `sources`, those that hold a record of it."""
    return links.group_by(true_id=key).agg(sources=pl.col("source").unique().sort())


def _ids(register: Register, links: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The true id and `register_id`: what of the register most of its records are in, each given once."""
    true_id = links.columns[-1]
    records = register.table(f"{kind}_sources").select("source", "source_key", register_id=f"{kind}_id")
    shared = links.join(records, on=["source", "source_key"]).group_by(true_id, "register_id").len()
    best = shared.sort("len", true_id, "register_id", descending=[True, False, False])
    once = best.unique(true_id, keep="first", maintain_order=True)
    return once.unique("register_id", keep="first", maintain_order=True).select(true_id, "register_id")


def _orders(known: pl.DataFrame, register: Register) -> pl.DataFrame:
    courts = reference("courts").unique("code").select(court_ou="code", court_name="name")
    forces = register.table("forces").select("nation", force="code", force_name="name", region_code="region_code")
    applicants = register.table("forces").select(applicant="code", applicant_kind="kind")
    places = known.join(courts, on="court_ou", how="left").join(forces, on="force", how="left")
    named = places.join(applicants, on="applicant", how="left").join(_chained(known), on="order_id", how="left")
    is_interim = pl.col("interim") == "True"
    before = pl.col("discharged_on", "superseded_on").dt.offset_by("-1d")
    return named.select(
        "order_id", "court_name", "force_name", "region_code", "nation", "sources", "applicant_kind",
        "follows_order_id", "followed_by_order_id",
        subject_id="person_id", order_type="kind", is_interim=is_interim,
        forenames="forenames", surname="surname", date_of_birth=pl.col("dob").str.to_date(), sex="sex", pnc_id="pncid",
        made_on="made", start_on="start", end_on="end",
        term_months=pl.when(~is_interim).then(pl.col("months").cast(pl.Int64)),
        court_code="court_ou", force_code="force", case_urn="urn", applicant_code="applicant", breach_count="breaches",
        is_until_further_order=pl.col("end").is_null(),
        legal_status=_status(register),
        is_in_force_doubtful=pl.lit(value=False),
        is_county_lines=pl.col("county_lines") == "True",
        binds_from="start",
        binds_until=pl.min_horizontal("end", before),
    )  # fmt: skip


def _status(register: Register) -> pl.Expr:
    """Truth has no words for an order that has not begun, nor for an interim one whose application was decided."""
    return (
        pl.when(pl.col("status") == "L", pl.col("start") > register.release.as_of)
        .then(pl.lit("not_started"))
        .when(pl.col("status") == "S", pl.col("interim") == "True")
        .then(pl.lit("determined"))
        .otherwise(pl.col("status").replace_strict(STATUSES))
    )


def _chained(known: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `follows_order_id`, `followed_by_order_id`: of several that follow an order the first made."""
    ids = known.select(follows="true_id", follows_order_id="order_id")
    follows = known.select("order_id", "follows", "made").join(ids, on="follows", how="left")
    first = follows.drop_nulls("follows_order_id").sort("made", "order_id").unique("follows_order_id", keep="first")
    followed = first.select(order_id="follows_order_id", followed_by_order_id="order_id")
    return follows.select("order_id", "follows_order_id").join(followed, on="order_id", how="left")


def _conditions(known: pl.DataFrame, register: Register) -> pl.DataFrame:
    catalogue = register.table("condition_catalogue").select(condition_code="code", label="label", kind="kind")
    codes = known.select("order_id", "travel_banned_until", condition_code=pl.col("conditions").str.split(";"))
    coded = codes.explode("condition_code").drop_nulls("condition_code").join(catalogue, on="condition_code")
    end_on = pl.when(pl.col("condition_code").is_in(TRAVEL)).then("travel_banned_until")
    return coded.with_columns(
        end_on=end_on,
        is_golden=pl.lit(value=True),
        is_doubtful=pl.lit(value=False),
        is_lapsed=(end_on < register.release.as_of).fill_null(value=False),
    )


def _arrests(register: Register, truth: Path) -> pl.DataFrame:
    """The arrests of which a record was delivered."""
    links = _read(truth, "arrest_links")
    offences = reference("offences").select("offence_id", offence_title="title")
    delivered = _read(truth, "arrests").join(_sources(links, "event_id"), left_on="event_id", right_on="true_id")
    named = delivered.join(offences, on="offence_id", how="left")
    return named.join(_ids(register, links, "arrest"), on="event_id", how="left").select(
        "offence_title",
        "sources",
        arrest_id=pl.coalesce("register_id", "event_id"),
        subject_id="person_id",
        arrested_on=pl.col("date").str.to_date(),
        offence_code="cjs_code",
        offence_category="category",
    )


def _unrecorded_breaches(known: pl.DataFrame, orders: pl.DataFrame, arrests: pl.DataFrame) -> pl.DataFrame:
    """Orders that bound a person arrested for breach, of whom no return counts one."""
    recorded = known.filter(pl.col("breaches_said") > 0).select(subject_id="person_id")
    breaches = arrests.filter(pl.col("offence_code").is_in(BREACH_OFFENCES)).join(recorded, on="subject_id", how="anti")
    bound = orders.join(breaches.select("subject_id", "arrested_on"), on="subject_id").filter(
        pl.col("arrested_on") >= pl.col("binds_from"),
        (pl.col("arrested_on") <= pl.col("binds_until")).fill_null(value=True),
    )
    return bound.select("order_id").unique().with_columns(rule_code=pl.lit("Q-BREACH"), state=pl.lit("open"))
