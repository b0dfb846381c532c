"""Which decisions are about an order."""

from dataclasses import replace

import pytest
from ledger_cases import conflict, night, rows, undo, value

from warehouse.ledger.about import decisions_about, version_of


def drafts(present):
    return {
        "pair": present.draft_pair("different_order", "pnc:1", "pnc:3"),
        "value": present.draft_value("ORD-1", "sex", "M"),
        "old id": value("ORD-0", "made_on", "2020-01-01"),
        "split id": value("ORD-X", "made_on", "2020-01-01"),
        "discrepancy": present.draft_discrepancy("both_right", "d1"),
        "elsewhere": conflict("both_right", "ORD-9"),
    }


@pytest.mark.parametrize(
    ("orders", "found"),
    [
        pytest.param({"ORD-1"}, {"pair", "value", "old id"}, id="by a record, its own id and a former one"),
        pytest.param({"ORD-2"}, {"pair", "discrepancy"}, id="by the other record and a discrepancy"),
        pytest.param({"ORD-1", "ORD-2"}, {"pair", "value", "old id", "discrepancy"}, id="of two orders"),
        pytest.param({"ORD-7"}, set(), id="of an order that nobody knows"),
        pytest.param(set(), set(), id="of no order"),
    ],
)
def test_decisions_are_found_by_what_they_are_about(orders, found):
    present = night()
    named = drafts(present)
    decisions = rows(*named.values())
    ids = dict(zip(decisions.get_column("decision_id"), named, strict=True))
    assert {ids[name] for name in decisions_about(decisions, present, orders).get_column("decision_id")} == found


def test_what_takes_a_decision_back_is_about_the_same_order():
    present = night()
    first = rows(present.draft_value("ORD-1", "sex", "M"))
    second = rows(undo(first.item(0, "decision_id")))
    third = rows(undo(second.item(0, "decision_id")))
    decisions = first.vstack(second).vstack(third)
    assert decisions_about(decisions, present, {"ORD-1"}).height == 3
    assert decisions_about(decisions, present, {"ORD-2"}).is_empty()


def test_the_version_of_an_order_changes_with_decisions_on_it_alone():
    present = night()
    before = rows(present.draft_value("ORD-1", "sex", "M"))
    elsewhere = before.vstack(rows(present.draft_discrepancy("both_right", "d1")))
    on_it = before.vstack(rows(present.draft_value("ORD-1", "made_on", "2020-01-02")))
    versions = [version_of(decisions, present, {"ORD-1"}) for decisions in (before, elsewhere, on_it)]
    assert versions[0] == versions[1] != versions[2]
    assert versions[0] == version_of(before, replace(present, release_id="later"), {"ORD-1"})
