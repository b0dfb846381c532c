"""Decisions looked up by what they are about."""

import pytest
from ledger_cases import BY_KIM, MISTAKE, conflict, pair, undo, value
from shares import one_in

from ledger.decisions.in_force import fold
from ledger.decisions.lookup import decisions_about


@pytest.fixture
def asked(ledger):
    """Decisions on an order, on a record of it, and on others; the first is taken back and put in force again."""
    on_order = ledger.decide(value("ORD-1", "sex", "M"), BY_KIM).decision_id
    on_record = ledger.decide(pair("same_order", "h1", "h2"), BY_KIM).decision_id
    ledger.decide(value("ORD-2", "sex", "F"), BY_KIM)
    ledger.decide(pair("different_order", "h3", "h4"), BY_KIM)
    first = ledger.decide(undo(on_order), MISTAKE).decision_id
    second = ledger.decide(undo(first), MISTAKE).decision_id
    return {"order": on_order, "record": on_record, "undo": first, "undo of the undo": second}


@one_in(
    2,
    ("orders", "handles", "found"),
    [
        pytest.param(["ORD-1"], [], {"order", "undo", "undo of the undo"}, id="by order, with what took it back"),
        pytest.param([], ["h2"], {"record"}, id="by record"),
        pytest.param(["ORD-1"], ["h1"], {"order", "record", "undo", "undo of the undo"}, id="by both"),
        pytest.param(["ORD-3"], ["h9"], set(), id="of what nobody decided on"),
        pytest.param([], [], set(), id="of nothing"),
    ],
)
def test_decisions_are_found_by_order_and_by_record(ledger, asked, orders, handles, found):
    decisions = decisions_about(ledger.database, order_ids=orders, handles=handles)
    assert set(decisions.get_column("decision_id")) == {asked[name] for name in found}


def test_what_is_found_stands_or_has_ended_as_among_all_decisions(ledger, asked):
    ledger.decide(conflict("accept", "ORD-1"), BY_KIM)
    known = fold(decisions_about(ledger.database, order_ids=["ORD-1"], handles=["h1"]))
    assert known.equals(fold(ledger.read()).join(known, on="decision_id", how="semi", maintain_order="left"))
