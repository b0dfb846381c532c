"""Naming a wording at the desk: what is shown, what is asked, who looks twice, and how it is taken back."""

from html import unescape
from pathlib import Path

import polars as pl
import pytest
from deciding_cases import forms_of
from desk_cases import ORIGIN, Client, settings_of
from loose_wordings import WORDINGS, with_loose_wordings

from ledger.desk.proposals import read_proposals
from reconciliation.law import counts_as_in_force
from review.app import create_app

CHOSEN = {"condition": "P:", "title": "No keeping of dogs", "reason_code": "words_show"}
PAGE = "/wordings/one"


@pytest.fixture(scope="module")
def desk_home(desk_home, tmp_path_factory) -> Path:
    """A home whose release has two wordings that are alike and fit nothing, each of two orders."""
    return with_loose_wordings(desk_home, tmp_path_factory.mktemp("wordings"))


def send(client, **fields):
    return client.submit(PAGE, {"kind": "wording", "left_handle": "one", "submission": "s1"} | CHOSEN | fields)


def save(client, shown):
    return client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])


def test_the_library_leads_stewards_and_nobody_else_to_the_page(client, viewer):
    assert f'href="{PAGE}"' in client.get("/dashboards/prohibitions").text
    assert PAGE not in viewer.get("/dashboards/prohibitions").text
    assert viewer.get(PAGE).status_code == 403


def test_the_page_shows_every_wording_that_is_alike(client):
    page = unescape(client.get("/wordings/two").text)
    assert all(text in page for text in WORDINGS)
    assert client.get("/wordings/none").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"condition": ""}, "Choose a condition", id="no condition"),
        pytest.param({"title": ""}, "Enter what it is", id="a new condition without a title"),
        pytest.param({"title": "Dogs of 07700 900123"}, "Enter what it is", id="a title with a number"),
        pytest.param({"reason_code": ""}, "Choose a reason", id="no reason"),
        pytest.param({"reason_code": "relatives"}, "does not apply", id="a reason for something else"),
    ],
)
def test_what_is_missing_is_reported_and_what_was_typed_is_kept(client, fields, words):
    page = send(client, **{"comment": "two courts word it so"} | fields)
    assert page.status_code == 422
    assert words in unescape(page.text)
    assert "two courts word it so" in page.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"title": "No dogs near Hull"}, "leave out hull", id="a place"),
        pytest.param({"condition": "C28"}, "can't be given to a wording", id="a ban on travel"),
        pytest.param({"condition": "C99"}, "can't be given to a wording", id="a code that is none"),
    ],
)
def test_a_name_that_must_not_be_given_is_refused(client, desk, fields, words):
    page = send(client, **fields)
    assert page.status_code == 409
    assert words in unescape(page.text)
    assert desk.ledger.read().is_empty()


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        pytest.param("P:", "P:no-keeping-of-dogs", id="a new prohibition"),
        pytest.param("R:", "R:no-keeping-of-dogs", id="a new requirement"),
        pytest.param("C34", "C34", id="a condition of the catalogue"),
    ],
)
def test_a_name_is_given_by_two_stewards_and_can_be_taken_back(client, approver, desk, condition, code):
    shown = send(client, condition=condition)
    assert shown.status_code == 200
    assert "It says which condition a wording is" in unescape(shown.text)
    assert save(client, shown).status_code == 200
    (proposal,) = read_proposals(desk.database, waiting=True)
    assert WORDINGS[0] in unescape(approver.get(f"/proposals/{proposal.proposal_id}").text)
    approver.submit(f"/proposals/{proposal.proposal_id}/approve", {})
    (taken,) = desk.ledger.read().to_dicts()
    assert (taken["kind"], taken["value"], taken["decided_by"]) == ("wording", code, "steward")
    assert all(text in taken["seen"] for text in WORDINGS)
    own = unescape(client.get("/decisions/mine").text)
    assert "The wording is this condition" in own
    assert WORDINGS[1] in own
    undo = client.get(f"/decisions/{taken['decision_id']}/undo")
    assert undo.status_code == 200


@pytest.mark.parametrize("condition", ["P:", "C34"])
def test_the_preview_counts_and_lists_the_orders_that_would_have_the_condition(client, approver, desk, condition):
    whole = desk.whole_release()
    orders = whole.table("orders").sort("order_id").head(4)
    held = whole.table("conditions").filter(condition_code=condition).get_column("order_id")
    gaining = orders.filter(~pl.col("order_id").is_in(held.implode()))
    shown = send(client, condition=condition)
    live = gaining.filter(counts_as_in_force()).height
    said = (
        f"{gaining.height} orders would have this condition as well as the others, "
        f"{live} of them in force, or possibly in force"
    )
    save(client, shown)
    (proposal,) = read_proposals(desk.database, waiting=True)
    for page in (shown, approver.get(f"/proposals/{proposal.proposal_id}")):
        assert said in unescape(page.text)
        assert [order for order in orders["order_id"] if f'href="/orders/{order}"' in page.text] == list(
            gaining["order_id"]
        )


def test_the_page_of_an_order_shows_what_fits_nothing_with_who_holds_it(viewer, desk):
    order = desk.whole_release().table("orders").sort("order_id")["order_id"][0]
    page = unescape(viewer.get(f"/orders/{order}").text)
    row = page[page.index("Not in the catalogue") :].split("</tr>")[0]
    assert WORDINGS[0] in row
    assert "it counts as in force" in row
    assert 'data-label="Court">Yes' in row


def test_a_wording_that_says_too_little_is_not_named(client, desk):
    page = client.get("/wordings/three")
    assert page.status_code == 200
    refused = client.submit("/wordings/three", {"kind": "wording", "left_handle": "three", "submission": "s3"} | CHOSEN)
    assert refused.status_code == 409
    assert "nobody can see what […] was" in unescape(refused.text)
    assert desk.ledger.read().is_empty()


def test_one_cluster_has_one_name(client, approver, desk):
    save(client, send(client))
    (proposal,) = read_proposals(desk.database, waiting=True)
    approver.submit(f"/proposals/{proposal.proposal_id}/approve", {})
    page = send(client, condition="C34", left_handle="two", submission="s2")
    assert page.status_code == 409
    assert "says otherwise" in unescape(page.text)


def test_who_sees_some_forces_only_names_nothing(desk):
    client = Client(create_app(desk, settings_of()), base_url=ORIGIN, raise_server_exceptions=False)
    client.sign_in("met-viewer")
    assert client.get(PAGE).status_code in (403, 404)
