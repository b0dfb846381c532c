"""A decision whose evidence has changed: the steward says that it still stands, or takes it back."""

from dataclasses import replace

import polars as pl
from deciding_cases import decisions, forms_of, item_of, preview

from ledger.decisions.decision import Signature
from review.desk import WholeRelease, decidable_night


def decide(client, item, **chosen):
    shown = preview(client, item["item_id"], **chosen)
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])


def ask_again(desk, item, kind, names):
    """Put an item into the queue that asks to look at decisions again."""
    whole = desk.whole_release()
    queue = pl.read_parquet(whole.release.parquet("review_queue"))
    own = queue.filter(item_id=item["item_id"]).with_columns(
        item_id=pl.lit("again"),
        kind=pl.lit(kind),
        decision_ids=pl.lit(names),
        excluding_ids=pl.lit(names if kind == "contradiction" else [], pl.List(pl.String)),
        discrepancy_ids=pl.lit([], pl.List(pl.String)),
    )
    desk._release = WholeRelease(whole.release)
    desk.whole_release().keep("table review_queue", lambda: queue.vstack(own.select(queue.columns)))


def test_a_decision_of_which_the_evidence_changed_still_stands_when_the_steward_says_so(client, desk):
    item = item_of(desk, "discrepancies")
    records = desk.whole_release().table("order_sources").filter(order_id=item["order_id"])["record_id"].sort()
    draft = decidable_night(desk.whole_release()).draft_pair("same_order", *records.head(2))
    seen_before = replace(draft, seen=draft.seen[1:])
    (taken,) = desk.ledger.decide_all([(seen_before, Signature("steward", "document_seen"))])
    former = taken.decision_id
    ask_again(desk, item, "stale_decision", [former])
    html = client.get("/items/again").text
    assert "Does the decision still stand?" in html
    assert "The decision still stands" in html
    assert f'href="/decisions/{former}/undo"' in html
    form = forms_of(html, "/decide/preview")[0] | {"reason_code": "document_seen"}
    shown = client.post("/decide/preview", data=form)
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    again = decisions(desk).tail(1).row(0, named=True)
    assert (again["kind"], again["replaces"]) == ("same_order", former)
    assert "again" not in client.get("/queue?kind=stale_decision").text


def test_decisions_that_exclude_one_another_are_listed_to_be_taken_back(client, desk):
    item = item_of(desk, "discrepancies")
    decide(client, item, kind="both_right", reason_code="different_facts")
    (name,) = decisions(desk)["decision_id"]
    ask_again(desk, item, "contradiction", [name])
    html = client.get("/items/again").text
    assert "Which decision should be undone?" in html
    assert f'href="/decisions/{name}/undo"' in html
    assert "still stands" not in html


def test_one_record_is_not_decided_on_with_itself(client, desk):
    item = item_of(desk, "discrepancies")
    record = desk.whole_release().table("order_sources").filter(order_id=item["order_id"])["record_id"][0]
    chosen = {"left_record_id": record, "right_record_id": record, "reason_code": "document_seen"}
    shown = preview(client, item["item_id"], place=-1, kind="same_order", **chosen)
    assert shown.status_code == 422
    assert "Choose another record: these are one" in shown.text
