"""How sure conditions and statuses are: what sources list, and whether a later order is the same order once more."""

from datetime import date

import polars as pl

from ledger.packs.policy import PolicyTerms
from reconciliation.confidence.contents import contents_as_values, with_contents_confidence
from warehouse.tables.register import CONDITIONS, FIELD_PROVENANCE, ORDER_SOURCES, ORDERS

ENDED = {
    "order_id": "ORD-1", "subject_id": "SUB-1", "legal_status": "superseded", "followed_by_order_id": "ORD-2",
    "is_in_force_doubtful": False, "start_on": date(2022, 1, 3), "end_on": date(2027, 1, 2), "sources": ["pnc", "pnd"],
}  # fmt: skip
LATER = {"order_id": "ORD-2", "legal_status": "live", "start_on": date(2023, 6, 5), "end_on": date(2030, 6, 4)}


def sure(*, ended=None, later=None, conditions=()):
    orders = [ENDED | (ended or {}), ENDED | {"followed_by_order_id": None} | LATER | (later or {})]
    records = [{"order_id": name, "source": source, "record_id": f"{source}:{name}"}
               for name in ("ORD-1", "ORD-2") for source in ("pnc", "pnd")]  # fmt: skip
    named = [{"order_id": "ORD-1", "condition_code": code, "sources": list(by), "is_golden": believed}
             for code, by, believed in conditions]  # fmt: skip
    found = with_contents_confidence(
        pl.DataFrame(orders, schema=ORDERS.schema),
        pl.DataFrame(named, schema=CONDITIONS.schema),
        FIELD_PROVENANCE.empty(),
        pl.DataFrame(records, schema=ORDER_SOURCES.schema),
    )
    return found.row(by_predicate=pl.col("order_id") == "ORD-1", named=True)


def test_an_order_is_less_surely_ended_by_a_later_one_of_the_same_end():
    assert sure(later={"end_on": ENDED["end_on"]})["status_confidence"] < sure()["status_confidence"]


def test_an_order_in_doubt_claims_no_status_to_be_sure_of():
    assert sure(ended={"is_in_force_doubtful": True})["status_confidence"] is None


def test_conditions_that_all_list_are_surer_than_those_that_half_dispute_or_one_source_lists_alone():
    agreed = [("C1", ("pnc", "pnd"), True), ("C2", ("pnc", "pnd"), True)]
    divided = [*agreed, ("C3", ("pnc",), False)]
    lone = [("C1", ("pnc",), True)]
    of = [sure(conditions=listed)["conditions_confidence"] for listed in (agreed, divided, lone)]
    assert of[0] > max(of[1:])


def test_of_a_status_in_doubt_no_line_is_sure_enough_to_be_sent():
    found = sure(ended={"is_in_force_doubtful": True})
    rows = contents_as_values(pl.DataFrame([found], schema=ORDERS.schema))
    assert dict(rows.select("field", "confidence").iter_rows())["legal_status"] < PolicyTerms().least_confidence


def test_both_are_rows_as_golden_values_are():
    found = sure(conditions=[("C1", ("pnc",), True)])
    rows = contents_as_values(pl.DataFrame([found], schema=ORDERS.schema))
    assert dict(rows.select("field", "confidence").iter_rows()) == {
        "conditions": found["conditions_confidence"],
        "legal_status": found["status_confidence"],
    }
