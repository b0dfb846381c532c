"""One order, held by four sources, all in agreement: what the tests change a value of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from expectations.discrepancies import Evidence, PresenceClock, find_discrepancies
from warehouse.tables.core import CORE_ALIASES, CORE_CONDITIONS, CORE_ORDERS, CORE_REJECTED_VALUES
from warehouse.tables.register import ARRESTS, CONDITIONS, DELIVERIES, DISCREPANCIES, ORDER_SOURCES, ORDERS

Row = Mapping[str, Any]

AS_OF = date(2023, 11, 30)
KEYS = {"pnc": "00000001", "pnd": "PND-0000001", "court": "R000000001", "rocu": "EMSOU.xlsx#Orders#5"}
FACTS: Row = {
    "order_type": "STPO",
    "is_interim": False,
    "forenames": "Jana Maria",
    "surname": "Novak-Black",
    "date_of_birth": date(1988, 4, 17),
    "sex": "F",
    "pnc_id": "2012/0612542N",
    "cro_number": None,
    "made_on": date(2021, 3, 9),
    "start_on": date(2021, 4, 1),
    "end_on": date(2026, 3, 31),
    "is_until_further_order": False,
    "term_months": 60,
    "court_code": "C31NT00",
    "force_code": "33",
    "is_county_lines": None,
}
FOLDED: Row = {"forenames_folded": "JANA MARIA", "surname_folded": "NOVAK BLACK"}


def record(source: str = "pnc", **values: Any) -> Row:
    """A record of the order in a source; values replace the facts."""
    key = values.pop("source_key", KEYS[source])
    feed = "rocu_EMSOU" if source == "rocu" else source
    base = {
        **FACTS,
        **FOLDED,
        "record_id": f"{source}:{key}",
        "source": source,
        "source_key": key,
        "delivery_id": f"{feed}:2023-11-30:r1",
        "file_name": "file",
        "row_number": 1,
        "birth_year": 1988,
        "birth_month": 4,
        "is_birth_placeholder": False,
        "is_pnc_id_valid": True,
        "is_cro_valid": None,
        "recorded_status": None if source == "court" else "live",
        "recorded_on": date(2021, 3, 12),
        "first_seen_on": date(2021, 3, 12),
        "order_id": "ORDER-1",
        "is_duplicate": False,
        "is_amended": False,
        "is_dropped": False,
    }
    written = {name.removesuffix("_folded"): values[name] for name in FOLDED if name in values}
    return {**base, **written, **values}


def frame(rows: Sequence[Row], table: Any) -> pl.DataFrame:
    """Rows as a frame of the table; what a row does not say is null."""
    schema = table.schema
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def golden(**values: Any) -> Row:
    """The register's order; values replace the facts."""
    base = {
        **FACTS,
        "order_id": "ORDER-1",
        "subject_id": "SUBJECT-1",
        "region_code": "EMSOU",
        "legal_status": "live",
        "is_in_force_doubtful": False,
        "disputed_ends": [],
        "is_travel_only": False,
        "condition_count": 0,
        "sources": ["court", "pnc", "pnd", "rocu"],
        "record_count": 4,
        "discrepancy_count": 0,
    }
    named = {**base, **values}
    folded = {
        f"{name}_folded": named[name] and named[name].upper().replace("-", " ") for name in ("forenames", "surname")
    }
    return {**folded, **named}


def delivery(source: str, feed: str, **values: Any) -> Row:
    """A delivery that came and is used."""
    base = {"delivery_id": f"{feed}:1", "source": source, "feed": feed, "dated_on": AS_OF, "revision": 1}
    counts = dict.fromkeys(("rows_read", "rows_kept", "rows_quarantined", "rows_duplicate"), 0)
    return {**base, **counts, "state": "fresh", "is_used": True, "faults": [], **values}


DELIVERED = tuple(
    delivery(source, feed)
    for source, feed in (("pnc", "pnc_ancord"), ("pnd", "pnd"), ("court", "court"), ("rocu", "rocu_EMSOU"))
)


def evidence(
    records: Sequence[Row] | None = None,
    orders: Sequence[Row] | None = None,
    *,
    conditions: Mapping[str, Sequence[str | None]] | None = None,
    golden_conditions: Sequence[str] = (),
    travel: Sequence[Row] = (),
    arrests: Sequence[Row] = (),
    aliases: Sequence[Row] = (),
    rejected: Sequence[Row] = (),
    deliveries: Sequence[Row] = DELIVERED,
) -> Evidence:
    """Evidence of the records (by default one a source, all in agreement) and the golden orders.

    A condition that a court alone holds, and that is not golden, is in doubt.
    """
    held = [record(source) for source in KEYS] if records is None else list(records)
    coded = [
        {"record_id": record_id, "sequence": place, "text": "t", "condition_code": code, "is_cut": code is None}
        for record_id, codes in (conditions or {}).items()
        for place, code in enumerate(codes, start=1)
    ]
    sources = {
        code: sorted({record_id.partition(":")[0] for record_id, held in (conditions or {}).items() if code in held})
        for code in {code for held in (conditions or {}).values() for code in held if code} | {*golden_conditions}
    }
    judged = [
        {"order_id": "ORDER-1", "condition_code": code, "label": "l", "kind": "prohibition", "sources": held}
        | {"is_golden": code in golden_conditions, "is_lapsed": False}
        | {"is_doubtful": code not in golden_conditions and "court" in held}
        for code, held in sorted(sources.items())
    ]
    return Evidence(
        core_orders=frame(held, CORE_ORDERS),
        core_aliases=frame(aliases, CORE_ALIASES),
        core_conditions=frame(coded, CORE_CONDITIONS),
        rejected_values=frame(rejected, CORE_REJECTED_VALUES),
        orders=frame([golden()] if orders is None else orders, ORDERS),
        order_sources=frame(held, ORDER_SOURCES),
        conditions=frame([*judged, *travel], CONDITIONS),
        arrests=frame(arrests, ARRESTS),
        deliveries=frame(deliveries, DELIVERIES),
    )


def watched(whole: Evidence, since: date = date(2021, 3, 1)) -> Evidence:
    """The same, of sources that have delivered since a day before the order was made."""
    older = [record(source, source_key="older", order_id="ORDER-0", first_seen_on=since) for source in KEYS]
    held = pl.concat([whole.order_sources, frame(older, ORDER_SOURCES)])
    return replace(whole, order_sources=held, deliveries=whole.deliveries.with_columns(records_expected=pl.lit(1)))


def against_agreement(*records: Row, order: Row | None = None, **more: Any) -> Evidence:
    """The records beside three that agree with the register's (those of the same source give way)."""
    taken = {row["source"] for row in records}
    others = [record(source) for source in KEYS if source not in taken]
    return evidence([*records, *others], None if order is None else [order], **more)


def discrepancies(whole: Evidence, *, as_of: date = AS_OF, former: pl.DataFrame | None = None) -> pl.DataFrame:
    """What the rules find."""
    before = DISCREPANCIES.empty() if former is None else former
    return find_discrepancies(whole, as_of=as_of, clock=PresenceClock(), former=before)


def codes(whole: Evidence, **settings: Any) -> list[str]:
    """The codes of the rules that found something, sorted."""
    return sorted(discrepancies(whole, **settings).get_column("rule_code"))
