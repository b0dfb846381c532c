"""What decisions, checks and answers say of golden values."""

import polars as pl
import pytest
from ledger_cases import START, conflict, rows, value

from ledger.packs.labels import collect_labels
from warehouse.tables.ledger import DECISIONS
from warehouse.tables.packs import DISCLOSURES, PACK_ANSWERS, PACK_LINES, SAMPLE_CHECKS

LINE = {"disclosure_id": "DIS-1", "reference": "ORD-1/d", "order_id": "ORD-1", "field": "end_on"}
PACK = {"disclosure_id": "DIS-1", "release_id": "r1"}


def frame(table, *given):
    return pl.DataFrame(list(given), schema=table.schema)


def collected(*, decisions=None, checks=(), answers=()):
    labels = collect_labels(
        DECISIONS.empty() if decisions is None else decisions,
        frame(SAMPLE_CHECKS, *({**LINE, "release_id": "r1", "checked_at": START, **check} for check in checks)),
        frame(PACK_ANSWERS, *({**LINE, "received_at": START, **answer} for answer in answers)),
        pack_lines=frame(PACK_LINES, LINE),
        disclosures=frame(DISCLOSURES, PACK),
    )
    return labels.select("release_id", "order_id", "field", "true", "is_right", "origin").rows()


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        pytest.param({"corrected_on": START.date()}, [True], id="corrected to what was asked"),
        pytest.param({"disagrees_because": "right_as_it_is"}, [False], id="the owner's record is right"),
        pytest.param({"corrected_on": START.date(), "value_now": "x"}, [], id="corrected to another value"),
        pytest.param({"disagrees_because": "cannot_correct"}, [], id="the system can't hold it"),
        pytest.param({"disagrees_because": "not_ours"}, [], id="not the owner's record"),
    ],
)
def test_what_an_answer_says(answer, is_right):
    assert collected(answers=[answer]) == [("r1", "ORD-1", "end_on", None, found, "answer") for found in is_right]


@pytest.mark.parametrize(("verdict", "is_right"), [("right", [True]), ("wrong", [False]), ("not_known", [])])
def test_what_a_check_of_the_sample_says(verdict, is_right):
    said = collected(checks=[{"verdict": verdict}])
    assert said == [("r1", "ORD-1", "end_on", None, found, "check") for found in is_right]


def test_a_decided_value_is_the_true_one_of_the_release_that_was_seen():
    decided = rows(value("ORD-1", "end_on", "2027-01-01", release_id="r1"), conflict("refer"))
    assert collected(decisions=decided, checks=[{"verdict": "right"}]) == [
        ("r1", "ORD-1", "end_on", "2027-01-01", None, "decision")
    ]
