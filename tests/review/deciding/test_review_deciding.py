"""Deciding at the desk: what is shown before, who looks twice, what happens when something changed meanwhile."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import polars as pl
import pytest
import sqlalchemy as sa
from deciding_cases import answered, decisions, forms_of, item_of, preview
from shares import one_in

from ledger.audit import audit_log
from ledger.decisions.errors import DecisionError
from ledger.desk.proposals import read_proposals
from review.desk import decidable_night


def lone_question(desk):
    """The first item to send that asks about one discrepancy and nothing else: others come after it."""
    to_send = desk.whole_release().table("review_queue").filter(kind="discrepancies", stream="send")
    alone = (pl.col("discrepancy_ids").list.len() == 1) & (pl.col("fields").list.len() == 1)
    return to_send.filter(alone).sort("priority", "item_id", descending=[True, False]).row(0, named=True)


@pytest.fixture
def never(open_desk):
    """Clients of a desk that draws no ordinary decision for a second look."""
    return lambda name: open_desk(name, second_look_share=0)


def test_the_one_discrepancy_of_an_item_is_accepted_and_the_next_item_comes(never, desk):
    client, item = never("steward"), lone_question(desk)
    until = {"until-day": "31", "until-month": "3", "until-year": "2027"}
    view = "stream=send"
    shown = preview(client, item["item_id"], kind="accept", reason_code="cannot_be_corrected", view=view, **until)
    assert shown.status_code == 200
    assert "31 March 2027" in shown.text
    assert decisions(desk).is_empty()
    saved = client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0], follow_redirects=False)
    assert saved.status_code == 303
    assert saved.headers["location"].startswith("/items/")
    assert item["item_id"] not in saved.headers["location"]
    row = decisions(desk).row(0, named=True)
    assert (row["kind"], row["order_id"], row["decided_by"]) == ("accept", item["order_id"], "steward")


def test_a_form_that_is_sent_twice_decides_once(never, desk):
    client, item = never("steward"), item_of(desk, "discrepancies")
    shown = preview(client, item["item_id"], kind="both_right", reason_code="different_facts")
    form = forms_of(shown.text, "/decide/save")[0]
    for _ in range(2):
        client.post("/decide/save", data=form)
    assert decisions(desk).height == 1


def test_what_is_missing_is_reported_and_what_was_typed_is_kept(never, desk):
    client, item = never("steward"), item_of(desk, "discrepancies")
    words = '<script>alert("x")</script> ' + "é" * 9_000
    shown = preview(client, item["item_id"], kind="accept", reason_code="", comment=words)
    assert shown.status_code == 422
    assert "There is a problem" in shown.text
    assert "Choose a reason" in shown.text
    assert words in unescape(shown.text)
    assert "<script>alert" not in shown.text
    assert decisions(desk).is_empty()


def test_all_that_is_wrong_in_a_form_is_said_at_once_each_at_its_field(never, desk):
    client, item = never("steward"), item_of(desk, "discrepancies")
    html = client.get(f"/items/{item['item_id']}").text
    form = forms_of(html, "/decide/preview")[0]
    (order,) = desk.whole_release().table("orders").filter(order_id=item["order_id"]).to_dicts()
    typed = {
        "answer-x": "value|end_on|",
        "value_text-x-day": "1",
        "value_text-x-month": "1",
        "value_text-x-year": "1900",
    }
    typed |= {"answer-v": "value|start_on|"} | {
        name.replace("-x-", "-v-"): value for name, value in typed.items() if name.startswith("value_text-x-")
    }
    typed["value_text-v-day"] = "2"
    typed |= {"answer-y": "value|pnc_id|", "value_text-y": "12345"}
    typed |= {"answer-z": "accept", "until-day": "31", "until-month": "", "until-year": ""}
    typed |= {"answer-w": "refer", "referred_to": "nobody"}
    assert order["made_on"] is not None
    shown = client.post("/decide/preview", data=form | typed | {"reason_code": "other", "comment": ""})
    assert shown.status_code == 422
    for field, words in {
        "value_text-x-day": "The order would end before it starts",
        "value_text-v-day": "The order would start before it was made",
        "value_text-y": "PNC ID can’t be that",
        "until-month": "Accepted until: the date must include a month and a year",
        "referred_to": "Enter a force, court",
        "comment": "Enter a comment",
    }.items():
        assert f'<a href="#{field}">{words}' in unescape(shown.text).replace("'", "’"), field
    assert decisions(desk).is_empty()


def test_a_start_and_an_end_on_one_form_are_judged_beside_each_other(never, desk):
    """The end of the release, before which the new start would not lie, is replaced by the same form."""
    client, item = never("steward"), item_of(desk, "discrepancies")
    form = forms_of(client.get(f"/items/{item['item_id']}").text, "/decide/preview")[0]
    (order,) = desk.whole_release().table("orders").filter(order_id=item["order_id"]).to_dicts()
    begins = max(filter(None, (order["made_on"], order["start_on"], order["end_on"]))) + timedelta(days=1)
    days = {"x": ("start_on", begins), "v": ("end_on", begins + timedelta(days=730))}
    typed = {f"answer-{name}": f"value|{field}|" for name, (field, _) in days.items()} | {
        f"value_text-{name}-{part}": str(getattr(day, part))
        for name, (_, day) in days.items()
        for part in ("day", "month", "year")
    }
    shown = client.post("/decide/preview", data=form | typed | {"reason_code": "document_seen", "comment": ""})
    assert shown.status_code == 200
    assert all(day.isoformat() in shown.text or f"{day.day} {day:%B %Y}" in shown.text for _, day in days.values())
    alone = {name: value for name, value in typed.items() if "-v" not in name}
    refused = client.post("/decide/preview", data=form | alone | {"reason_code": "document_seen", "comment": ""})
    assert (refused.status_code, order["end_on"] is None) in ((422, False), (200, True))


def test_a_day_to_come_back_and_why_are_asked_for_at_once(never, desk):
    client, item = never("steward"), item_of(desk, "discrepancies")
    form = forms_of(client.get(f"/items/{item['item_id']}").text, f"/items/{item['item_id']}/defer")[0]
    day = {"deferred-day": "1", "deferred-month": "1", "deferred-year": "2020", "deferred_why": ""}
    shown = client.post(f"/items/{item['item_id']}/defer", data=form | day)
    assert (shown.status_code, shown.text.count('<a href="#deferred')) == (422, 2)


def test_two_records_that_are_one_and_no_answer_are_said_at_once(never, desk):
    client, item = never("steward"), item_of(desk, "discrepancies")
    form = forms_of(client.get(f"/items/{item['item_id']}").text, "/decide/preview")[-1]
    record = desk.whole_release().table("order_sources").filter(order_id=item["order_id"])["record_id"][0]
    sides = {"left_record_id": record, "right_record_id": record}
    shown = client.post("/decide/preview", data=form | sides)
    for words in ("Choose what you decide", "Choose another record: these are one", "Choose a reason"):
        assert f">{words}</a>" in shown.text


def near_pair(client, item):
    html = client.get(f"/items/{item['item_id']}").text
    return forms_of(html, "/decide/preview")[-1]


def test_two_people_become_one_only_after_a_second_steward_has_looked(never, desk):
    client, orders = never("steward"), desk.whole_release().table("orders")
    people = orders.unique("subject_id", maintain_order=True)
    sources = desk.whole_release().table("order_sources").sort("source", "source_key")
    names = [
        sources.filter(pl.col("order_id") == order)
        .select(pl.concat_str("source", "source_key", separator=":"))
        .item(0, 0)
        for order in people.head(2)["order_id"]
    ]
    item = item_of(desk, "discrepancies")
    pair = {"left_record_id": names[0], "right_record_id": names[1]}
    shown = preview(client, item["item_id"], -1, kind="same_person", reason_code="identifiers", **pair)
    assert "A second steward must approve it" in shown.text
    saved = client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0], follow_redirects=False)
    assert saved.status_code == 303
    assert decisions(desk).is_empty()
    assert [entry.proposed_by for entry in read_proposals(desk.database, waiting=True)] == ["steward"]


def test_what_another_steward_decided_meanwhile_is_shown_before_anything_is_saved(never, desk):
    item = item_of(desk, "discrepancies")
    first, second = never("steward"), never("steward2")
    html = first.get(f"/items/{item['item_id']}").text
    form = forms_of(html, "/decide/preview")[0]
    theirs = preview(second, item["item_id"], kind="both_right", reason_code="different_facts", comment="seal seen")
    second.post("/decide/save", data=forms_of(theirs.text, "/decide/save")[0])
    until = {"until-day": "31", "until-month": "3", "until-year": "2027"}
    shown = first.post("/decide/preview", data=answered(form, "accept", reason_code="document_seen") | until)
    assert shown.status_code == 409
    assert "steward2" in shown.text
    assert decisions(desk).height == 1
    assert forms_of(shown.text, "/decide/save") == []
    again = first.post("/decide/preview", data=forms_of(shown.text, "/decide/preview")[0])
    assert "It replaces or takes back another steward" in again.text


def test_a_decision_is_taken_back(never, desk):
    client, item = never("steward"), item_of(desk, "discrepancies")
    shown = preview(client, item["item_id"], kind="both_right", reason_code="different_facts")
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    name = decisions(desk).item(0, "decision_id")
    assert f"/decisions/{name}/undo" in client.get("/decisions/mine").text
    form = forms_of(client.get(f"/decisions/{name}/undo").text, "/decisions/undo")[0]
    assert client.post("/decisions/undo", data=form).status_code == 422
    shown = client.post("/decisions/undo", data=form | {"reason_code": "mistake"})
    assert "The values differ and both are right" in shown.text
    assert ">None<" not in shown.text
    assert 'href="/decisions/mine" data-key="back"' in shown.text
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    assert decisions(desk).get_column("kind").to_list() == ["both_right", "undo"]
    assert client.get(f"/decisions/{name}/undo").status_code == 410


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param({"answer-nothing": "both_right"}, id="a discrepancy that is not there"),
        pytest.param({"release_id": "r1999-01-01", "kind": "both_right"}, id="a release that is no longer there"),
        pytest.param({"fingerprint": ["a", "b"]}, id="more fingerprints than decisions"),
    ],
)
def test_a_forged_form_changes_nothing(never, desk, forged):
    client, item = never("steward"), item_of(desk, "discrepancies")
    shown = preview(client, item["item_id"], **({"kind": "both_right", "reason_code": "different_facts"} | forged))
    assert shown.status_code == 409
    assert decisions(desk).is_empty()


def test_a_viewer_sees_no_forms_and_can_send_none(never, desk, viewer):
    item = item_of(desk, "discrepancies")
    form = forms_of(never("steward").get(f"/items/{item['item_id']}").text, "/decide/preview")[0]
    html = viewer.get(f"/items/{item['item_id']}").text
    assert "/decide/preview" not in html
    sent = answered(form, "both_right", form_token=viewer.form_token("/queue"), reason_code="different_facts")
    assert viewer.post("/decide/preview", data=sent).status_code == 403
    assert viewer.post("/decide/save", data=sent).status_code == 403
    assert decisions(desk).is_empty()


def test_what_stewards_say_is_shown_as_text(never, desk):
    client, item = never("steward"), item_of(desk, "discrepancies")
    form = forms_of(client.get(f"/items/{item['item_id']}").text, f"/items/{item['item_id']}/comment")[0]
    client.post(f"/items/{item['item_id']}/comment", data=form | {"words": "<b>seal?</b>\nlook"})
    html = client.get(f"/items/{item['item_id']}").text
    assert "&lt;b&gt;seal?&lt;/b&gt;\nlook" in html
    refused = client.post(f"/items/{item['item_id']}/comment", data=form | {"words": " "})
    assert refused.status_code == 422


def test_an_item_is_deferred_and_given(never, desk):
    client, item = never("steward"), item_of(desk, "discrepancies")
    address = f"/items/{item['item_id']}"
    form = forms_of(client.get(address).text, f"{address}/defer")[0]
    assert client.post(f"{address}/defer", data=form | {"deferred-day": "32"}).status_code == 422
    day = {"deferred-day": "1", "deferred-month": "12", "deferred-year": "2026", "deferred_why": "the copy is ordered"}
    for wrong in ({"deferred-year": "2150"}, {"deferred_why": " "}):
        assert client.post(f"{address}/defer", data=form | day | wrong).status_code == 422
    assert client.post(f"{address}/defer", data=form | day, follow_redirects=False).status_code == 303
    assert item["item_id"] not in client.get("/queue").text
    assert "Deferred until 1 December 2026: the copy is ordered" in client.get(address).text
    client.post(f"{address}/assign", data=form | {"assignee": "steward2"})
    assert '<option value="steward2" selected>' in client.get(address).text
    assert (
        "Only stewards who may see the order"
        in client.post(f"{address}/assign", data=form | {"assignee": "team:nobody"}).text
    )
    assert "assigned to Approvers" in client.post(f"{address}/assign", data=form | {"assignee": "team:approvers"}).text
    assert item["item_id"] in client.get("/queue?state=deferred&assignee=team:approvers&stream=settle&stream=send").text


def test_an_item_that_somebody_holds_says_so(never, desk):
    item = item_of(desk, "discrepancies")
    never("steward").get(f"/items/{item['item_id']}")
    assert "steward is looking at this item" in never("steward2").get(f"/items/{item['item_id']}").text


@pytest.fixture
def proposed(open_desk, desk):
    """A decision of the steward that was drawn for a second look; its proposal's id."""
    client, item = open_desk("steward", second_look_share=1), item_of(desk, "discrepancies")
    shown = preview(client, item["item_id"], kind="both_right", reason_code="different_facts", comment="seal seen")
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    return read_proposals(desk.database, waiting=True)[0].proposal_id


def judge(client, proposal_id, verdict, **fields):
    return client.submit(f"/proposals/{proposal_id}/{verdict}", fields, follow_redirects=False)


def test_whose_order_a_decision_is_about_is_said_wherever_it_is_reported(open_desk, desk):
    client, item = open_desk("steward", second_look_share=0), item_of(desk, "discrepancies")
    order = desk.whole_release().table("orders").filter(order_id=item["order_id"]).row(0, named=True)
    person = f"{order['forenames']} {order['surname']}, born"
    shown = preview(client, item["item_id"], kind="both_right", reason_code="different_facts")
    assert "No golden value changes" in shown.text
    assert person in unescape(shown.text)
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    name = decisions(desk).item(0, "decision_id")
    undo = client.get(f"/decisions/{name}/undo").text
    taken_back = client.post("/decisions/undo", data=forms_of(undo, "/decisions/undo")[0] | {"reason_code": "mistake"})
    pages = [client.get("/decisions/mine").text, undo, taken_back.text]
    assert all(person in unescape(page) and f'href="/orders/{item["order_id"]}"' in page for page in pages)


def test_whose_order_waits_or_came_back_is_said(proposed, approver, steward, desk):
    item = item_of(desk, "discrepancies")
    order = desk.whole_release().table("orders").filter(order_id=item["order_id"]).row(0, named=True)
    words = f"{order['surname']}, born"
    assert words in unescape(steward.get("/decisions/mine").text)
    judge(approver, proposed, "return", comment="which seal?")
    assert words in unescape(steward.get("/decisions/mine").text)


def test_a_look_at_what_a_decision_would_change_is_logged(never, desk):
    item = item_of(desk, "discrepancies")
    preview(never("steward"), item["item_id"], kind="both_right", reason_code="different_facts")
    with desk.database.reading() as connection:
        entries = connection.execute(sa.select(audit_log.c.what).where(audit_log.c.act == "consultation")).scalars()
        looks = [json.loads(entry) for entry in entries]
    assert {"page": "preview", "orders": [item["order_id"]]} in looks


def test_the_preview_of_an_order_that_was_searched_leads_back_to_that_order(never, desk):
    order_id = item_of(desk, "discrepancies")["order_id"]
    client = never("steward")
    form = forms_of(client.get(f"/orders/{order_id}").text, "/decide/preview")[0]
    shown = client.post("/decide/preview", data=answered(form, "both_right", reason_code="different_facts"))
    assert "/bulk" not in shown.text
    back = client.post("/decide/change", data=forms_of(shown.text, "/decide/change")[0])
    assert order_id in back.text


def test_an_approver_sees_what_waits_and_approves_it(proposed, approver, desk):
    assert proposed in approver.get("/proposals").text
    html = approver.get(f"/proposals/{proposed}").text
    assert "seal seen" in html
    assert "drawn at random" in html
    assert judge(approver, proposed, "approve").status_code == 303
    assert decisions(desk).get_column("decided_by").to_list() == ["steward"]
    assert "It was approved by approver" in approver.get(f"/proposals/{proposed}").text
    assert judge(approver, proposed, "approve").status_code == 409


def test_a_second_look_shows_the_person_and_the_records(proposed, approver, desk):
    item = item_of(desk, "discrepancies")
    order = desk.whole_release().table("orders").filter(order_id=item["order_id"]).row(0, named=True)
    for path in ("/proposals", f"/proposals/{proposed}"):
        assert f"{order['forenames']} {order['surname']}, born" in unescape(approver.get(path).text)
    html = approver.get(f"/proposals/{proposed}").text
    assert "What the sources say" in html
    assert all(
        name in html
        for name in desk.whole_release().table("order_sources").filter(order_id=item["order_id"])["file_name"]
    )


def test_two_orders_that_become_one_show_what_the_one_would_hold(open_desk, approver, desk):
    client, item = open_desk("steward", second_look_share=1), item_of(desk, "discrepancies")
    whole = desk.whole_release()
    other = whole.table("orders").filter(pl.col("order_id") != item["order_id"]).sort("order_id").row(0, named=True)
    own = whole.table("orders").filter(order_id=item["order_id"]).row(0, named=True)
    places = whole.table("order_sources").sort("record_id")
    pair = [places.filter(order_id=order["order_id"]).item(0, "record_id") for order in (own, other)]
    sides = dict(zip(("left_record_id", "right_record_id"), pair, strict=True))
    shown = preview(client, item["item_id"], -1, kind="same_order", reason_code="document_seen", **sides)
    assert "What the one order would hold" in shown.text
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    (proposal,) = read_proposals(desk.database, waiting=True)
    html = unescape(approver.get(f"/proposals/{proposal.proposal_id}").text)
    assert "What the one order would hold" in html
    assert all(order["surname"] in html for order in (own, other))


def test_any_other_steward_approves_where_the_installation_lets_them(proposed, open_desk, desk):
    assert judge(open_desk("steward", stewards_approve=True), proposed, "approve").status_code == 409
    colleague = open_desk("steward2", stewards_approve=True)
    assert "/approve" in colleague.get(f"/proposals/{proposed}").text
    assert judge(colleague, proposed, "approve").status_code == 303
    assert decisions(desk).get_column("decided_by").to_list() == ["steward"]


def test_nobody_approves_what_they_proposed_nor_without_the_role(proposed, open_desk, desk):
    for name in ("steward", "steward2"):
        client = open_desk(name)
        assert "/approve" not in client.get(f"/proposals/{proposed}").text
        assert judge(client, proposed, "approve").status_code == 403
    assert judge(open_desk("steward2"), proposed, "withdraw").status_code == 409
    assert decisions(desk).is_empty()


def test_a_proposal_is_returned_with_a_word_and_its_maker_hears_of_it(proposed, approver, steward, desk):
    assert judge(approver, proposed, "return", comment=" ").status_code == 409
    assert judge(approver, proposed, "return", comment="which seal?").status_code == 303
    mine = steward.get("/decisions/mine").text
    assert "which seal?" in mine
    assert "The values differ and both are right: " in mine
    assert f">{proposed}<" not in mine
    assert decisions(desk).is_empty()


def test_a_proposal_is_withdrawn_by_its_maker(proposed, steward, approver, desk):
    assert judge(steward, proposed, "withdraw").status_code == 303
    assert judge(approver, proposed, "approve").status_code == 409
    assert decisions(desk).is_empty()


def test_a_proposal_that_is_not_there_is_not_found(approver):
    assert approver.get("/proposals/nothing").status_code == 404
    assert judge(approver, "nothing", "approve").status_code in (404, 409)


def rule_with_most(desk):
    """The rule with most open differences among those that are queued."""
    open_ones = (
        desk.whole_release()
        .table("discrepancies")
        .filter(pl.col("state") != "resolved", pl.col("severity") == "high", pl.col("source").is_not_null())
    )
    return open_ones.group_by("rule_code").len().sort("len", "rule_code", descending=True).item(0, "rule_code")


def test_differences_of_one_rule_are_decided_together_with_exceptions_and_one_undo(never, desk):
    client, rule = never("steward"), rule_with_most(desk)
    html = client.get(f"/bulk?stream=settle&stream=send&rule={rule}").text
    lines = re.findall(r'name="discrepancy_id" value="([^"]+)" checked', html)
    assert len(lines) > 2
    form = forms_of(html, "/bulk/preview")[0] | {"reason_code": "correction_requested"}
    assert client.post("/bulk/preview", data=form | {"kind": "refer"}).status_code == 422
    chosen = form | {"kind": "refer", "discrepancy_id": lines[1:]}
    shown = client.post("/bulk/preview", data=chosen)
    assert f"Save all {len(lines) - 1} decisions" in shown.text
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    taken = decisions(desk)
    assert set(taken.get_column("discrepancy_id")) == set(lines[1:])
    batch = taken.get_column("batch_id").unique().to_list()
    assert len(batch) == 1
    undo = forms_of(client.get(f"/batches/{batch[0]}/undo").text, "/decisions/undo")[0] | {"reason_code": "mistake"}
    shown = client.post("/decisions/undo", data=undo)
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    assert (decisions(desk).get_column("kind") == "undo").sum() == len(lines) - 1


def test_who_decides_is_not_shown_before_that_a_second_look_was_drawn(open_desk, desk):
    client, rule = open_desk("steward", second_look_share=1), rule_with_most(desk)
    html = client.get(f"/bulk?stream=settle&stream=send&rule={rule}").text
    form = forms_of(html, "/bulk/preview")[0] | {"kind": "refer", "reason_code": "correction_requested"}
    lines = re.findall(r'name="discrepancy_id" value="([^"]+)" checked', html)
    shown = client.post("/bulk/preview", data=form | {"discrepancy_id": lines})
    assert "drawn at random" not in shown.text
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    assert decisions(desk).is_empty()
    (proposal,) = read_proposals(desk.database, waiting=True)
    assert proposal.why == ("sample",)
    mine = client.get("/decisions/mine").text
    assert len(set(re.findall(r"ORD-\w+", mine))) == 3, "of many people three are named, the others are counted"
    assert re.search(r"\) and \d+ more\.", mine)


def test_differences_of_several_rules_are_never_decided_together(never):
    for query in ("", "rule=A&rule=B", "rule=NOTHING"):
        answer = never("steward").get(f"/bulk?{query}", follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/queue")


def test_a_reason_that_says_nothing_about_the_decision_is_to_be_mended(never, desk):
    client, item = never("steward"), item_of(desk, "discrepancies")
    shown = preview(client, item["item_id"], kind="both_right", reason_code="identifiers")
    assert shown.status_code == 422
    assert "Choose another reason" in shown.text


def test_an_acceptance_lasts_two_years_at_most(never, desk):
    until = {"until-day": "31", "until-month": "12", "until-year": "2199"}
    item = item_of(desk, "discrepancies")
    shown = preview(never("steward"), item["item_id"], kind="accept", reason_code="cannot_be_corrected", **until)
    assert shown.status_code == 422
    assert "An acceptance lasts two years at most: enter " in shown.text


@one_in(
    2,
    ("typed", "owner"),
    [
        pytest.param("essex police", "force:42", id="a force by its name"),
        pytest.param("force:42", "force:42", id="a force by its code"),
        pytest.param("", None, id="its owner, if left empty"),
    ],
)
def test_a_discrepancy_is_referred_to_an_owner_that_there_is(never, desk, typed, owner):
    client, item = never("steward"), item_of(desk, "discrepancies")
    shown = preview(client, item["item_id"], kind="refer", referred_to=typed)
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    found = desk.whole_release().table("discrepancies")
    row = decisions(desk).row(0, named=True)
    assert row["referred_to"] == (owner or found.filter(discrepancy_id=row["discrepancy_id"])["owner"][0])


def test_a_typing_error_makes_no_owner(never, desk):
    client, item = never("steward"), item_of(desk, "discrepancies")
    shown = preview(client, item["item_id"], kind="refer", referred_to="Esex Police")
    assert shown.status_code == 422
    assert 'href="#referred_to"' in shown.text
    assert "Esex Police" in shown.text
    with pytest.raises(DecisionError, match="there is no owner"):
        decidable_night(desk.whole_release()).draft_discrepancy(
            "refer", item["discrepancy_ids"][0], referred_to="Esex Police"
        )


def test_both_right_is_no_answer_to_whether_an_order_is_in_force(desk):
    night = decidable_night(desk.whole_release())
    doubt = night.discrepancies.filter(pl.col("rule_code").str.starts_with("DOUBT-"), pl.col("state") != "resolved")
    with pytest.raises(DecisionError, match="in force or it is not: give its last day"):
        night.draft_discrepancy("both_right", doubt.item(0, "discrepancy_id"))


def test_what_nobody_is_known_to_own_is_referred_to_somebody_by_name(desk):
    night = decidable_night(desk.whole_release())
    row = night.discrepancies.filter(pl.col("state") != "resolved").head(1)
    unknown = replace(night, discrepancies=row.with_columns(owner=pl.lit("court:not_known")))
    name = row.item(0, "discrepancy_id")
    with pytest.raises(DecisionError, match="say who it is referred to"):
        unknown.draft_discrepancy("refer", name)
    assert unknown.draft_discrepancy("refer", name, referred_to="force:13").referred_to == "force:13"
