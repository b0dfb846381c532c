"""Somebody who sees the orders of some forces alone: no page, count, search, form or log shows them another's."""

import re
from dataclasses import dataclass

import polars as pl
import pytest
from deciding_cases import answered, forms_of, preview
from desk_cases import PASSWORD, STARTED_AT, settings_of

from ledger.decisions.ledger import Ledger
from ledger.desk.accounts import add_account, set_role
from ledger.desk.proposals import read_proposals
from review.access.passwords import Passwords
from review.access.viewer import Viewer
from review.access.visible_release import VisibleRelease
from review.desk import WholeRelease
from review.queue.visible_queue import open_queue

FORCE = "01"
BOUND = {"met-steward": "steward", "met-approver": "approver", "met-viewer": "viewer"}


@dataclass(frozen=True)
class Hidden:
    """What somebody of the force must not hear of.

    Attributes:
        orders: ids of orders that are neither theirs nor asked about together with one of theirs.
        items: ids of items on them.
        names: surnames that no order of theirs bears.
        item: an item of differences among them.
    """

    orders: frozenset[str]
    items: frozenset[str]
    names: frozenset[str]
    item: str

    def reported_in(self, text):
        words = set(re.findall(r"[\w-]+", text))
        return sorted(words & (self.orders | self.items))


@pytest.fixture
def bound(open_desk, desk):
    """Clients that see the orders of one force: `bound("met-steward")`."""
    kept = Passwords(settings_of()).hash_new(PASSWORD, name="met")
    with desk.database.writing() as connection:
        for name, role in BOUND.items():
            if name != "met-viewer":
                add_account(connection, name, role=role, forces=[FORCE], at=STARTED_AT, password_hash=kept)
    return lambda name: open_desk(name, second_look_share=0)


@pytest.fixture
def hidden(desk):
    whole = desk.whole_release()
    queue, orders = whole.table("review_queue"), whole.table("orders")
    theirs = VisibleRelease(whole, frozenset({FORCE})).only(queue)
    shown = {
        *VisibleRelease(whole, frozenset({FORCE})).visible_orders(),
        *theirs["order_id"],
        *theirs["other_order_id"].drop_nulls(),
    }
    unseen = orders.filter(~pl.col("order_id").is_in(list(shown)))
    items = queue.join(theirs, on="item_id", how="anti").sort("item_id")
    names = set(unseen["surname"].drop_nulls()) - set(orders.filter(pl.col("order_id").is_in(list(shown)))["surname"])
    of_differences = items.filter(kind="discrepancies")["item_id"][0]
    return Hidden(frozenset(unseen["order_id"]), frozenset(items["item_id"]), frozenset(names), of_differences)


@pytest.fixture
def busy(open_desk, desk, hidden):
    """Others have decided, proposed, said and kept things about orders that are hidden; the decision, the proposal."""
    steward = open_desk("steward", second_look_share=0)
    shown = preview(steward, hidden.item, kind="both_right", reason_code="different_facts", comment="not for the met")
    steward.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    steward.submit(f"/items/{hidden.item}/comment", {"words": "not for the met"})
    careful = open_desk("steward2", second_look_share=1)
    others = desk.whole_release().table("review_queue").filter(pl.col("item_id").is_in(list(hidden.items)))
    other = others.filter(pl.col("kind") == "discrepancies", pl.col("item_id") != hidden.item).sort("item_id")
    shown = preview(
        careful, other["item_id"][0], kind="both_right", reason_code="different_facts", comment="not for met"
    )
    careful.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    with Ledger.open(desk.ledger_url, desk.home) as ledger:
        decision = ledger.read().item(0, "decision_id")
    return decision, read_proposals(desk.database, waiting=True)[0].proposal_id


def pages_of(desk):
    rules = desk.whole_release().table("discrepancies")["rule_code"].unique().sort()
    return [
        "/queue",
        "/queue?page=2",
        "/queue?sort=name",
        "/queue?state=decided&state=waiting&state=open",
        "/dashboards",
        "/dashboards/work",
        "/dashboards/quality",
        "/dashboards/expiries",
        "/dashboards/in-force",
        "/dashboards/prohibitions",
        *(f"/bulk?rule={rule}" for rule in rules),
        "/proposals",
        "/decisions/mine",
    ]


@pytest.mark.parametrize(
    "name", ["met-steward", *(pytest.param(name, marks=pytest.mark.long) for name in ("met-viewer", "met-approver"))]
)
def test_no_page_speaks_of_an_order_of_another_force(bound, busy, desk, hidden, name):
    client, decision_and_proposal = bound(name), busy
    for path in pages_of(desk):
        text = client.get(path).text
        assert hidden.reported_in(text) == [], path
        assert "not for" not in text, path
        assert not hidden.names & set(re.findall(r"\w+", text)), path
    own = (
        VisibleRelease(desk.whole_release(), frozenset({FORCE}))
        .only(desk.whole_release().table("review_queue"))
        .sort("item_id")
    )
    for item in own["item_id"]:
        answer = client.get(f"/items/{item}")
        assert answer.status_code == 200
        assert hidden.reported_in(answer.text) == [], item
    for path in ("/orders/{}", "/items/{}"):
        ids = sorted(hidden.orders if "orders" in path else hidden.items)[:10]
        assert {client.get(path.format(one)).status_code for one in ids} == {404}
    decision, proposal = decision_and_proposal
    expected = 403 if name == "met-viewer" else 404
    assert client.get(f"/decisions/{decision}/undo").status_code == expected
    assert client.get(f"/proposals/{proposal}").status_code == expected


def test_counts_are_of_what_is_seen(bound, busy, desk):
    own = VisibleRelease(desk.whole_release(), frozenset({FORCE})).only(desk.whole_release().table("review_queue"))
    text = bound("met-viewer").get("/queue?stream=settle&stream=send&state=open&state=decided&state=waiting").text
    assert re.search(r'id="results-title">([\d,]+) items?', text)[1] == f"{own.height:,}"


def test_no_search_finds_another_forces_order(bound, hidden):
    client = bound("met-viewer")
    for text in [*sorted(hidden.orders)[:5], *sorted(hidden.items)[:3], *sorted(hidden.names)[:5]]:
        found = client.submit("/search", {"text": text}).text.replace(f'value="{text}"', "")
        assert hidden.reported_in(found) == [], text


def test_no_form_reaches_another_forces_order(bound, busy, open_desk, desk, hidden):
    client, (decision, proposal) = bound("met-approver"), busy
    html = open_desk("steward").get(f"/items/{hidden.item}").text
    token = {"form_token": client.form_token("/keys")}
    form = answered(forms_of(html, "/decide/preview")[0], "both_right", reason_code="different_facts") | token
    assert client.post("/decide/change", data=form).status_code == 404
    for path in ("/decide/preview", "/decide/save"):
        answer = client.post(path, data=form)
        assert (answer.status_code, "has no discrepancy" in answer.text) == (409, True), path
        assert hidden.reported_in(re.sub(r'value="[^"]*"', "", answer.text)) == []
    undo = {"kind": "undo", "replaces": decision, "reason_code": "mistake", "submission": "x"} | token
    assert client.post("/decisions/undo", data=undo).status_code == 404
    assert client.post("/decide/save", data=undo).status_code == 404
    for act in ("approve", "return", "withdraw"):
        assert client.post(f"/proposals/{proposal}/{act}", data=token | {"comment": "no"}).status_code == 404
    for act in ("defer", "assign", "comment"):
        assert client.post(f"/items/{hidden.item}/{act}", data=token | {"words": "hello"}).status_code == 404
    assert len(read_proposals(desk.database, waiting=True)) == 1


def own_form(client, desk):
    """The form of an own item with differences, filled in."""
    own = VisibleRelease(desk.whole_release(), frozenset({FORCE})).only(desk.whole_release().table("review_queue"))
    item = own.filter(kind="discrepancies").sort("item_id").item(0, "item_id")
    form = forms_of(client.get(f"/items/{item}").text, "/decide/preview")[0]
    return answered(form, "both_right", reason_code="different_facts")


def test_a_form_that_names_other_orders_says_nothing_of_them(bound, busy, desk, hidden):
    client = bound("met-steward")
    queue = desk.whole_release().table("review_queue").filter(item_id=hidden.item)
    forged = own_form(client, desk) | {"orders": queue["order_id"].to_list(), "version": "0" * 16}
    assert "not for the met" not in client.post("/decide/preview", data=forged).text


def test_a_value_for_an_order_of_another_force_is_not_compared_with_the_order(bound, desk, hidden):
    """By trying last days one could find out when it starts."""
    client = bound("met-steward")
    own = own_form(client, desk)
    form = {name: value for name, value in own.items() if not name.startswith("answer-")}
    form |= {"answer-field-end_on": "value|end_on|1900-01-01", "reason_code": "document_seen"}
    words = "would end before it starts"
    assert words in client.post("/decide/preview", data=form).text, "an own order is compared"
    nowhere = client.post("/decide/preview", data=form | {"order_id": "ORD-0000000000"})
    assert "has no order ORD-0000000000" in nowhere.text
    for order in sorted(hidden.orders)[:3]:
        answer = client.post("/decide/preview", data=form | {"order_id": order})
        assert words not in answer.text
        assert told(answer, order) == told(nowhere, "ORD-0000000000")


def told(answer, name):
    """What an answer says, whatever name was asked for: the tokens of its forms aside."""
    main = re.search(r"<main.*</main>", answer.text, re.DOTALL)[0]
    return answer.status_code, re.sub(r'value="[^"]*"', "", main).replace(name, "NAME")


def test_a_record_or_a_discrepancy_of_another_force_is_told_as_one_that_is_not_there(bound, desk, hidden):
    client, whole = bound("met-steward"), desk.whole_release()
    own = own_form(client, desk)
    form = {name: value for name, value in own.items() if not name.startswith("answer-")} | {"reason_code": "other"}
    form |= {"comment": "x"}
    of_hidden = pl.col("order_id").is_in(sorted(hidden.orders))
    record = whole.table("order_sources").filter(of_hidden).sort("record_id").item(0, "record_id")
    mine = whole.table("order_sources").filter(order_id=own["orders"][0]).item(0, "record_id")
    doubted = whole.table("discrepancies").filter(of_hidden).sort("discrepancy_id").item(0, "discrepancy_id")
    pair = {"kind": "pair_unclear", "left_record_id": mine, "reason_code": "needs_owner"}
    for name, asked in (
        (record, lambda name: pair | {"right_record_id": name}),
        (doubted, lambda name: {f"answer-{name}": "not_enough", "reason_code": "needs_owner"}),
    ):
        unknown = name[:-1] + ("0" if name[-1] != "0" else "1")
        answers = {
            asked_for: client.post("/decide/preview", data=form | asked(asked_for)) for asked_for in (name, unknown)
        }
        assert told(answers[name], name) == told(answers[unknown], unknown), name
        assert answers[name].status_code == 409


def test_what_a_fact_of_the_person_changes_elsewhere_is_said_without_the_orders(bound, desk):
    whole = desk.whole_release()
    orders = WholeRelease(whole.release).table("orders").sort("order_id")
    seen = VisibleRelease(WholeRelease(whole.release), frozenset({FORCE})).visible_orders()
    is_seen = pl.col("order_id").is_in(seen.implode())
    own, other = (orders.filter(of).row(0, named=True) for of in (is_seen, ~is_seen))
    of_one = pl.when(pl.col("order_id") == other["order_id"]).then(pl.lit(own["subject_id"])).otherwise("subject_id")
    # The night has no person with orders of two forces: the release is shown with one.
    whole.keep("table orders", lambda: orders.with_columns(of_one.alias("subject_id")))
    client = bound("met-steward")
    form = forms_of(client.get(f"/orders/{own['order_id']}").text, "/decide/preview")[0]
    form |= {"answer-field-date_of_birth": "value|date_of_birth|1961-02-03", "reason_code": "document_seen"}
    shown = client.post("/decide/preview", data=form)
    assert "3 February 1961" in shown.text
    assert "orders of the same person that other forces hold" in shown.text
    assert other["order_id"] not in shown.text


def test_a_form_that_names_another_item_does_not_hide_it(bound, open_desk, desk, hidden):
    bound("met-steward")
    client = open_desk("met-steward", second_look_share=1)
    shown = client.post("/decide/preview", data=own_form(client, desk))
    forged = forms_of(shown.text, "/decide/save")[0] | {"item_id": hidden.item}
    assert client.post("/decide/save", data=forged, follow_redirects=False).status_code == 303
    assert [entry.item_id for entry in read_proposals(desk.database)] == [None]
    rows = open_queue(desk, Viewer("steward", "steward", None, {}, "")).rows
    assert rows.filter(item_id=hidden.item).item(0, "state") != "waiting"


def test_what_one_decided_before_ones_forces_changed_is_reported_no_longer(bound, open_desk, busy, desk):
    with desk.database.writing() as connection:
        set_role(connection, "steward", role="steward", forces=[FORCE], at=STARTED_AT)
        set_role(connection, "steward2", role="steward", forces=[FORCE], at=STARTED_AT)
    for name, (decision, proposal) in {"steward": busy, "steward2": busy}.items():
        text = open_desk(name).get("/decisions/mine").text
        assert "not for" not in text
        assert decision not in text
        assert proposal not in text


def test_who_sees_one_of_two_orders_is_reported_why_they_can_not_decide(bound, desk):
    whole = desk.whole_release()
    seen = VisibleRelease(whole, frozenset({FORCE})).visible_orders()
    hidden = whole.table("orders").filter(~pl.col("order_id").is_in(seen.implode()))["order_id"][0]
    queue = pl.read_parquet(whole.release.parquet("review_queue"))
    item = queue.filter(pl.col("order_id").is_in(seen.implode())).sort("item_id")["item_id"][0]
    of_two = pl.when(pl.col("item_id") == item).then(pl.lit(hidden)).otherwise("other_order_id")
    # The night has no item of two forces: the release is shown with one.
    whole.keep("table review_queue", lambda: queue.with_columns(other_order_id=of_two))
    shown = bound("met-steward").get(f"/items/{item}")
    assert shown.status_code == 200
    assert "A steward who may see both must decide" in shown.text
    assert "/decide/preview" not in shown.text
