"""The gates before publication: what lets a register pass, what does not, and what an operator may accept."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from small_register import small_register

from expectations.bounds import Bounds
from expectations.gate_findings import GatedNight, GatedRegister, unbound_people
from expectations.gates import GATES, judge_gates, unacceptable
from expectations.rules.statute import STATUTE_RULES
from warehouse.tables.register import DELIVERIES, DISCREPANCIES, EXPECTATION_RESULTS, ID_REDIRECTS, RELEASE_CHANGES

COUNT = 300


def compared(register):
    return GatedRegister(
        register["orders"], register["discrepancies"], register["subjects"].height, register["arrests"].height
    )


@pytest.fixture(scope="module")
def night():
    """A night like the one before."""
    register = small_register(COUNT)
    register = register | {"discrepancies": DISCREPANCIES.empty()}
    return GatedNight(
        now=compared(register),
        before=compared(register),
        deliveries=DELIVERIES.empty(),
        order_sources=register["order_sources"],
        records=register["order_sources"].get_column("record_id"),
        changes=RELEASE_CHANGES.empty(),
        redirects=ID_REDIRECTS.empty(),
        suites=EXPECTATION_RESULTS.empty(),
        bounds=Bounds(),
        policies={},
    )


def shut(night, *, accepted=None, before=None):
    results = judge_gates(night, accepted=accepted or {}, accepted_before=before or {})
    return {result.name: result for result in results if not result.lets_pass}


def with_now(night, **parts):
    return replace(night, now=replace(night.now, **parts))


def ended(night, count, *, cause=None, status="discharged"):
    """A night on which the first orders in force ended."""
    orders = night.now.orders
    ids = orders.filter(pl.col("legal_status") == "live").get_column("order_id").head(count)
    status = pl.when(pl.col("order_id").is_in(ids.implode())).then(pl.lit(status)).otherwise("legal_status")
    rows = [
        {"order_id": order_id, "change": "changed", "field": "legal_status", "cause": cause}
        for order_id in ids
        if cause
    ]
    changed = with_now(night, orders=orders.with_columns(legal_status=status))
    return replace(changed, changes=pl.DataFrame(rows, schema=RELEASE_CHANGES.schema))


def found(rule_codes, orders):
    """Discrepancies that are new tonight, one an order."""
    rows = [
        {"discrepancy_id": f"d{place}", "order_id": order_id, "rule_code": code, "state": "new", "severity": "high"}
        for place, (order_id, code) in enumerate(zip(orders, rule_codes, strict=True))
    ]
    return pl.DataFrame(rows, schema=DISCREPANCIES.schema)


def test_a_night_like_the_one_before_passes_all_gates(night):
    assert not shut(night)


def test_the_first_night_is_compared_with_nothing_and_passes(night):
    assert not shut(replace(night, before=None))


def test_an_order_id_given_twice_is_refused_and_can_not_be_accepted(night):
    twice = with_now(night, orders=pl.concat([night.now.orders, night.now.orders.head(1)]))
    assert set(shut(twice, accepted={"unique_ids": "never mind"})) == {"unique_ids"}


def test_a_record_that_is_in_no_order_is_refused(night):
    lost = replace(night, order_sources=night.order_sources.slice(1))
    assert "1 in no order" in shut(lost)["nothing_lost"].found


def test_a_structural_expectation_that_is_not_met_is_refused_with_its_table(night):
    row = {"table_name": "orders", "severity": "structural", "is_met": False}
    refused = shut(replace(night, suites=pl.DataFrame([row], schema=EXPECTATION_RESULTS.schema)))
    assert refused["suites"].found.endswith("orders")


@pytest.mark.parametrize(
    ("orders", "passes"),
    [
        pytest.param(COUNT - 5, True, id="a few are gone"),
        pytest.param(COUNT - 40, False, id="one in eight is gone"),
    ],
)
def test_orders_that_are_gone_are_refused_beyond_the_bound(orders, passes, night):
    fewer = with_now(night, orders=night.now.orders.tail(orders))
    assert ("counts" not in shut(fewer)) is passes


def test_twice_as_many_people_are_refused(night):
    assert f"{COUNT} people, now {2 * COUNT}" in shut(with_now(night, people=2 * COUNT))["counts"].found


def test_an_unexplained_change_is_refused_by_count_and_key(night):
    rows = [
        {"order_id": f"O{place}", "change": "changed", "field": "end_on", "cause": cause}
        for place, cause in enumerate(("source", "unexplained", "unexplained"))
    ]
    refused = shut(replace(night, changes=pl.DataFrame(rows, schema=RELEASE_CHANGES.schema)))
    assert "2 differences of 2 orders" in refused["unexplained"].found
    assert refused["unexplained"].found.endswith("O1, O2")


@pytest.mark.parametrize(
    ("count", "cause", "passes"),
    [
        pytest.param(2, "source", True, id="two discharged by a source"),
        pytest.param(40, "source", False, id="forty discharged by a source"),
        pytest.param(40, "steward", False, id="forty by decisions"),
        pytest.param(40, "calendar", True, id="forty ran out"),
        pytest.param(1, None, False, id="one without a cause"),
        pytest.param(1, "unexplained", False, id="one unexplained"),
    ],
)
def test_people_who_are_no_longer_bound_are_few_and_each_has_a_cause(count, cause, passes, night):
    assert ("people_unbound" not in shut(ended(night, count, cause=cause))) is passes


def test_a_person_is_bound_while_one_of_several_orders_is_in_force(night):
    first, second = night.now.orders.filter(pl.col("legal_status") == "live").get_column("order_id").head(2)
    person = pl.when(pl.col("order_id") == second).then(pl.lit("s-one")).otherwise("subject_id")
    person = pl.when(pl.col("order_id") == first).then(pl.lit("s-one")).otherwise(person)
    together = compared_with(night, night.now.orders.with_columns(subject_id=person))
    assert unbound_people(ended(together, 1, cause="source")).is_empty()
    assert unbound_people(ended(together, 2, cause="source")).rows() == [("s-one", first, "source")]


def compared_with(night, orders):
    return replace(night, now=replace(night.now, orders=orders), before=replace(night.before, orders=orders))


def test_a_person_put_together_with_another_who_is_bound_stays_bound(night):
    orders = night.now.orders.filter(pl.col("legal_status") == "live")
    gone, kept = orders.select("order_id", "subject_id").head(2).rows()
    merged = with_now(night, orders=night.now.orders.filter(pl.col("order_id") != gone[0]))
    redirects = [
        {"kind": kind, "old_id": old, "new_id": new, "redirected_on": date(2026, 11, 20)}
        for kind, old, new in zip(("order", "subject"), gone, kept, strict=True)
    ]
    assert unbound_people(merged).height == 1
    assert unbound_people(replace(merged, redirects=pl.DataFrame(redirects, schema=ID_REDIRECTS.schema))).is_empty()


def test_many_new_breaches_of_the_statutes_are_refused(night):
    ids = night.now.orders.get_column("order_id").head(30)
    breaches = found([STATUTE_RULES[0].code] * 30, ids)
    assert "statutes" in shut(with_now(night, discrepancies=breaches))
    assert not shut(with_now(night, discrepancies=breaches.head(3)))


def test_new_discrepancies_of_most_orders_are_refused(night):
    ids = night.now.orders.get_column("order_id").head(200)
    refused = shut(with_now(night, discrepancies=found(["E16"] * 200, ids)))
    assert f"200 of {COUNT} orders have a new discrepancy" in refused["new_discrepancies"].found


def delivery(feed, source, state, *, accepted=None):
    row = {"feed": feed, "source": source, "state": state, "accepted": accepted, "rows_read": 0}
    return row | dict.fromkeys(("rows_kept", "rows_quarantined", "rows_duplicate"), 0)


def test_a_delivery_holds_the_release_only_where_the_setting_says_so(night):
    rows = [delivery("pnd", "pnd", "missing"), delivery("rocu_NW", "rocu", "missing")]
    missing = replace(night, deliveries=pl.DataFrame(rows, schema=DELIVERIES.schema))
    assert not shut(missing)
    assert set(shut(replace(missing, policies={"pnd:missing": "hold"}))) == {"delivery:pnd"}
    both = shut(replace(missing, policies={"missing": "hold"}))
    assert set(both) == {"delivery:pnd", "delivery:rocu_NW"}
    assert "--accept delivery:pnd --reason" in both["delivery:pnd"].refusal


def test_a_feed_that_holds_the_release_is_named_once_with_all_its_states(night):
    rows = [delivery("pnd", "pnd", state) for state in ("late", "implausible")]
    held = replace(night, deliveries=pl.DataFrame(rows, schema=DELIVERIES.schema))
    late = shut(replace(held, policies={"late": "hold"}))["delivery:pnd"]
    assert late.found == "pnd is late, and the setting is to hold the release"
    both = shut(replace(held, policies={"late": "hold", "implausible": "hold"}))["delivery:pnd"]
    assert both.found.startswith("pnd is late and implausible, and the setting is to hold the release; to accept it")


def test_an_acceptance_counts_again_only_for_the_same_finding(night):
    refused = shut(ended(night, 40, cause="source"))["people_unbound"]
    before = {("people_unbound", refused.found): "quashed on appeal"}
    assert not shut(ended(night, 40, cause="source"), before=before)
    assert shut(ended(night, 41, cause="source"), before=before)


def test_only_gates_that_can_be_accepted_are_known_by_name():
    acceptable = [gate.name for gate in GATES if gate.is_acceptable and gate.name != "delivery"]
    assert not unacceptable([*acceptable, "delivery:pnd"], ["pnd"])
    names = ["unique_ids", "delivery", "delivery:other", "weather"]
    assert unacceptable(names, ["pnd"]) == names
