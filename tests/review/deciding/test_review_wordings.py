"""Naming a wording at the desk: what is shown, what is asked, who looks twice, and how it is taken back."""

import shutil
from html import unescape
from pathlib import Path

import polars as pl
import pytest
from deciding_cases import forms_of
from desk_cases import ORIGIN, Client, settings_of

from ledger.desk.proposals import read_proposals
from review.app import create_app
from warehouse.home import Home
from warehouse.tables.register import CONDITION_WORDINGS

WORDINGS = ("Not to keep or breed any dogs", "Not to keep dogs or breed any")
CHOSEN = {"condition": "P:", "title": "No keeping of dogs", "reason_code": "words_show"}
PAGE = "/wordings/one"


@pytest.fixture(scope="module")
def desk_home(desk_home, tmp_path_factory) -> Path:
    """A home whose release has two wordings that are alike and fit nothing."""
    home = Home(tmp_path_factory.mktemp("wordings") / "home").create()
    shutil.copytree(desk_home / "releases", home.releases, dirs_exist_ok=True)
    rows = [
        {"wording_id": name, "wording": text, "cluster": WORDINGS[0], "order_count": count, "sources": ["court"]}
        for name, text, count in zip(("one", "two"), WORDINGS, (5, 4), strict=True)
    ]
    loose = CONDITION_WORDINGS.completed(pl.DataFrame(rows))
    (path,) = home.releases.glob("r*/condition_wordings.parquet")
    pl.concat([pl.read_parquet(path), loose]).write_parquet(path)
    return home.path


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
