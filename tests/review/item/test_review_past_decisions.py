"""What was decided on an order before: who, why, on what evidence, and whether that still stands."""

from datetime import date, timedelta

import polars as pl
import pytest

from ledger.decisions.decidable import Present
from ledger.decisions.decision import Signature
from ledger.decisions.ledger import Ledger
from ledger.decisions.lookup import decisions_about
from review.desk import WholeRelease
from review.item.item_page import decision_keys
from review.item.past_decisions import describe_past_decisions, former_ids

TABLES = ("orders", "order_sources", "discrepancies", "id_redirects")
BY_STEWARD = Signature("steward", "document_seen", "seen <b>in</b> the court file")


class Case:
    """A desk at which somebody decides."""

    def __init__(self, desk):
        self.desk, self.release = desk, desk.whole_release().release
        self.table = desk.whole_release().table
        self.present = Present.of(
            self.table("source_records"),
            {name: self.table(name) for name in TABLES},
            release_id=self.release.release_id,
            as_of=self.release.as_of,
            model_version="1",
        )
        self.ledger = Ledger(desk.database, desk.home, desk.clock)
        counted = self.table("order_sources").group_by("order_id").len().filter(pl.col("len") >= 2).sort("order_id")
        self.order_id = counted.item(0, "order_id")
        self.records = self.table("order_sources").filter(pl.col("order_id") == self.order_id)
        self.record_ids = self.records.get_column("record_id").to_list()

    def decide(self, draft, by=BY_STEWARD):
        return self.ledger.decide(draft, by).decision_id

    def reported(self, table=None, as_of=None):
        known_ids, handles = decision_keys([self.order_id], self.table)
        decisions = decisions_about(self.desk.database, order_ids=known_ids, handles=handles)
        return describe_past_decisions(decisions, table or self.table, as_of=as_of or self.release.as_of)

    def changed(self, **values):
        """The tables of a night in which the records of the order say something else."""
        of_order = pl.col("record_id").is_in(self.record_ids)
        records = self.table("source_records").with_columns(
            pl.when(of_order).then(pl.lit(value)).otherwise(name).alias(name) for name, value in values.items()
        )
        return lambda name: records if name == "source_records" else self.table(name)


@pytest.fixture
def case(desk):
    return Case(desk)


def test_a_decided_value_is_reported_with_who_why_and_what_they_saw(case):
    name = case.decide(case.present.draft_value(case.order_id, "made_on", "2020-02-03"))
    (decided,) = case.reported()
    assert (decided.decision_id, decided.by, decided.state) == (name, "steward", "In force")
    assert decided.about == "Date of order: 3 February 2020"
    assert decided.reason == "I have seen the court's order or its sealed copy."
    assert decided.comment == "seen <b>in</b> the court file"
    assert {seen.field for seen in decided.seen} == {"Date of order"}
    assert all(seen.of.split()[0] in {"PNC", "PND", "Court", "Regional"} for seen in decided.seen)


def test_a_decision_goes_stale_and_names_the_value_that_changed(case):
    case.decide(case.present.draft_value(case.order_id, "made_on", "2020-02-03"))
    (decided,) = case.reported(case.changed(made_on=date(2019, 1, 1)))
    assert decided.state == "Stale: its evidence has changed"
    assert {(change.field, change.now) for change in decided.changed} == {("Date of order", "1 January 2019")}


def test_a_decision_on_two_records_is_reported_their_order(case):
    left, right = case.record_ids[:2]
    case.decide(case.present.draft_pair("same_order", left, right))
    (decided,) = case.reported()
    assert decided.title == "The two records are about the same order"
    assert decided.state == "In force"
    assert " and " in decided.about


def test_what_was_taken_back_is_reported_as_ended_and_its_taking_back_is_not_kept_apart(case):
    name = case.decide(case.present.draft_value(case.order_id, "made_on", "2020-02-03"))
    undo = case.decide(case.present.draft_undo(name), Signature("steward", "mistake"))
    (decided,) = case.reported()
    assert (decided.state, decided.ended_by) == ("Taken back", undo)


def test_an_acceptance_runs_out(case):
    found = case.table("discrepancies").filter(pl.col("state") == "new").sort("discrepancy_id").row(0, named=True)
    case.order_id = found["order_id"]
    last = case.release.as_of + timedelta(days=3)
    case.decide(case.present.draft_discrepancy("accept", found["discrepancy_id"], accepted_until=last))
    assert [decided.state for decided in case.reported()] == ["In force"]
    assert [decided.state for decided in case.reported(as_of=last + timedelta(days=1))] == ["Run out"]


def test_an_order_that_nobody_decided_on_has_nothing_to_say(case):
    assert case.reported() == ()


def test_orders_are_found_by_all_ids_that_led_to_them():
    moves = [("order", "A", "B"), ("order", "B", "C"), ("order", "X", "Y"), ("subject", "S", "C"), ("order", "C", "A")]
    redirects = pl.DataFrame(moves, schema=["kind", "old_id", "new_id"], orient="row")
    assert former_ids(["C"], redirects) == ["A", "B", "C"]


def test_the_page_shows_decisions_as_text(case, viewer):
    case.decide(case.present.draft_value(case.order_id, "made_on", "2020-02-03"))
    html = viewer.get(f"/orders/{case.order_id}").text
    assert "seen &lt;b&gt;in&lt;/b&gt; the court file" in html
    assert "What they saw" in html


def test_the_page_can_be_read_while_the_ledger_is_down(case, viewer, ledger_file):
    assert viewer.get(f"/orders/{case.order_id}").status_code == 200
    case.desk.database.close()
    kept = ledger_file.read_bytes()
    ledger_file.write_bytes(b"no database" * 100)
    answer = viewer.get(f"/orders/{case.order_id}")
    ledger_file.write_bytes(kept)
    assert answer.status_code == 200
    assert "The ledger can’t be read now." in answer.text


def test_a_snapshot_of_the_release_says_the_same(case):
    case.decide(case.present.draft_value(case.order_id, "made_on", "2020-02-03"))
    assert case.reported(WholeRelease(case.release).table) == case.reported()
