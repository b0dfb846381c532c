"""All that an item asks, answered on one form: together, one by one, at once or after a look at what changes."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from deciding_cases import answered, decisions, forms_of

from review.deciding.drafting import refusal
from review.desk import decidable_night


@pytest.fixture
def item(desk):
    """An item that asks about several discrepancies, one of them of a value that can be decided."""
    whole = desk.whole_release()
    found = whole.table("discrepancies").filter(field="term_months").select("discrepancy_id")
    queue = whole.table("review_queue").filter(kind="discrepancies").sort("item_id")
    parts = queue.explode("discrepancy_ids").join(found, left_on="discrepancy_ids", right_on="discrepancy_id")
    asking = queue.join(parts, on="item_id", how="semi")
    return next(row for row in asking.to_dicts() if len(row["discrepancy_ids"]) > 1)


def form_of(client, item):
    return forms_of(client.get(f"/items/{item['item_id']}").text, "/decide/preview")[0]


def answers(item, kind):
    return {f"answer-{name}": kind for name in item["discrepancy_ids"]}


def test_all_discrepancies_of_an_item_are_answered_together_and_the_next_item_comes(client, item, desk):
    saved = client.post("/decide/save", data=form_of(client, item) | answers(item, "refer"), follow_redirects=False)
    assert saved.status_code == 303
    assert item["item_id"] not in saved.headers["location"]
    taken = decisions(desk)
    assert set(taken["discrepancy_id"]) == set(item["discrepancy_ids"])
    assert set(taken["reason_code"]) == {"correction_requested"}


def test_after_one_of_several_the_item_stays_and_shows_what_was_decided(client, item, desk):
    form = form_of(client, item)
    shown = client.post("/decide/save", data=answered(form, "both_right"))
    assert shown.url.path == f"/items/{item['item_id']}"
    assert "Something that this item asks is still open." in shown.text
    assert shown.text.count(">Decided<") == 1
    assert "both are right" in shown.text
    again = forms_of(shown.text, "/decide/preview")[0]
    assert list(again) == list(form)


def test_answers_of_several_kinds_are_previewed_by_kind(client, item, desk):
    first, second, *_ = item["discrepancy_ids"]
    form = form_of(client, item) | {f"answer-{first}": "both_right", f"answer-{second}": "refer"}
    unclear = client.post("/decide/preview", data=form)
    assert unclear.status_code == 422
    assert "Choose a reason" in unclear.text
    shown = client.post("/decide/preview", data=form | {"reason_code": "document_seen"})
    assert "The values differ and both are right." in shown.text
    assert "The discrepancy is referred to its owner." in shown.text
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    assert set(decisions(desk)["kind"]) == {"both_right", "refer"}


def test_a_reason_that_fits_some_answers_alone_names_the_others(client, item):
    first, second, *_ = item["discrepancy_ids"]
    mixed = form_of(client, item) | {f"answer-{first}": "both_right", f"answer-{second}": "not_enough"}
    refused = client.post("/decide/preview", data=mixed | {"reason_code": "document_seen"})
    assert refused.status_code == 422
    assert "save those answers separately" in refused.text
    assert "“what is known is not enough to decide”" in refused.text
    assert "“the values differ and both are right”" not in refused.text


def test_who_says_that_an_order_is_in_force_gives_no_value_beside_it_that_ends_it(desk):
    whole = decidable_night(desk.whole_release())
    row = whole.discrepancies.filter(pl.col("rule_code").str.starts_with("DOUBT-")).row(0, named=True)
    is_meant, as_of = pl.col("order_id") == row["order_id"], whole.as_of
    ended = {"legal_status": "expired", "start_on": date(2020, 1, 1), "end_on": date(2022, 1, 1), "term_months": 24}
    orders = whole.orders.filter(is_meant).with_columns(
        **{name: pl.lit(value, whole.orders.schema[name]) for name, value in ended.items()},
        disputed_ends=pl.lit(["until further order"]),
        is_in_force_doubtful=True,
        is_without_making=False,
    )
    night = replace(whole, orders=orders.select(whole.orders.columns))
    accept = {"kind": "accept", "discrepancy_id": row["discrepancy_id"], "accepted_until": as_of + timedelta(days=9)}
    length = {"kind": "value", "order_id": row["order_id"], "field": "term_months", "value": "24"}
    later = {"kind": "value", "order_id": row["order_id"], "field": "end_on", "value": f"{as_of.year + 3}-01-01"}
    assert refusal(accept, (accept,), night) is None
    assert refusal(accept, (accept, later), night) is None
    assert "another answer says that the order has ended".capitalize() in str(refusal(accept, (accept, length), night))


def test_a_value_is_never_saved_before_its_change_was_seen(client, item, desk):
    lengths = desk.whole_release().table("discrepancies").filter(field="term_months", order_id=item["order_id"])
    name = next(name for name in lengths["discrepancy_id"] if name in item["discrepancy_ids"])
    chosen = {f"answer-{name}": "value|term_months|", f"value_text-{name}": "7", "reason_code": "document_seen"}
    shown = client.post("/decide/save", data=form_of(client, item) | chosen)
    assert shown.status_code == 200
    assert "What it changes in the register" in shown.text
    assert decisions(desk).is_empty()
    missing = client.post("/decide/save", data=form_of(client, item) | chosen | {f"value_text-{name}": " "})
    assert missing.status_code == 422
    assert ": enter the right value" in missing.text


def test_a_steward_who_finds_it_not_enough_says_what_would_settle_it(client, item, desk):
    form = form_of(client, item) | answers(item, "not_enough")
    unclear = client.post("/decide/save", data=form | {"reason_code": "slip"})
    assert unclear.status_code == 422
    client.post("/decide/save", data=form | {"reason_code": "needs_document"})
    assert set(decisions(desk)["kind"]) == {"not_enough"}
    assert item["item_id"] not in client.get("/queue").text
    dashboard = client.get("/dashboards/work").text
    assert "Not clear from this" in dashboard
    assert f"{len(item['discrepancy_ids'])} questions wait for other evidence" in dashboard


def test_an_end_is_typed_in_three_fields_and_what_is_wrong_is_said_at_its_field(client, desk):
    whole = desk.whole_release()
    ends = whole.table("discrepancies").filter(field="end_on").filter(pl.col("state") != "resolved")
    queue = whole.table("review_queue").filter(kind="discrepancies").sort("item_id")
    row = (
        queue.explode("discrepancy_ids")
        .join(ends, left_on="discrepancy_ids", right_on="discrepancy_id")
        .row(0, named=True)
    )
    field = f"value_text-{row['discrepancy_ids']}"
    form = form_of(client, row) | {f"answer-{row['discrepancy_ids']}": "value|end_on|", "reason_code": "varied"}
    day = {f"{field}-day": "4", f"{field}-month": "July", f"{field}-year": "2038"}
    shown = client.post("/decide/preview", data=form | day)
    assert "4 July 2038" in shown.text
    wrong = client.post("/decide/preview", data=form | day | {f"{field}-year": ""})
    assert wrong.status_code == 422
    assert f'href="#{field}-year"' in wrong.text
    assert ": the date must include a year" in wrong.text
    assert f'id="{field}-year"' in wrong.text


def test_a_form_without_an_answer_asks_for_one(client, item, desk):
    shown = client.post("/decide/save", data=form_of(client, item))
    assert shown.status_code == 422
    assert "Choose an answer" in shown.text


def test_the_question_comes_before_the_evidence_and_the_values_that_differ_before_the_rest(client, item):
    html = client.get(f"/items/{item['item_id']}").text
    places = [html.index(f'id="{name}"') for name in ("why", "decide", "comparison", "weights")]
    assert places == sorted(places)
    assert html.index("Values that differ") < html.index("in which no record differs from the register")
