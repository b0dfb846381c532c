"""Many stewards at once, on each kind of database: nothing is lost, nothing doubled, nobody is reported a failure."""

from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
from deciding_cases import forms_of, preview
from desk_cases import ORIGIN, PASSWORD, STARTED_AT, Client, settings_of

from ledger.audit import prove
from ledger.decisions.ledger import Ledger
from ledger.desk.accounts import add_account
from ledger.desk.proposals import read_proposals
from review.access.passwords import Passwords
from review.app import create_app
from review.desk import Desk
from warehouse.home import Home

# The ledger's own tests hold writers at once against both kinds of database.
ON_EITHER = pytest.mark.parametrize(
    "ledger_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)
PEOPLE = {f"steward-{number}": "steward" for number in range(4)} | {"second": "approver", "third": "approver"}
SHARED = 2


@pytest.fixture
def desk(desk_home, ledger_url, make_ledger, clock):
    """A desk whose ledger lies in either kind of database."""
    database = make_ledger(ledger_url)
    kept = Passwords(settings_of()).hash_new(PASSWORD, name="nobody")
    with database.writing() as connection:
        for name, role in PEOPLE.items():
            add_account(connection, name, role=role, at=STARTED_AT, password_hash=kept)
    database.close()
    made = Desk(Home(desk_home), ledger_url, clock=clock)
    yield made
    made.close()


@pytest.fixture
def enter(desk):
    """Makes browsers of one served app: `enter("steward-0")`."""
    apps = {share: create_app(desk, settings_of(second_look_share=share)) for share in (0, 1)}

    def entered(name, share=0):
        client = Client(apps[share], base_url=ORIGIN, raise_server_exceptions=False)
        assert client.sign_in(name).status_code == 303
        return client

    return entered


def at_once(calls):
    """What calls come to that are made at the same time."""
    with ThreadPoolExecutor(8) as pool:
        return [done.result() for done in [pool.submit(call) for call in calls]]


def items_of(desk, count):
    """Items of differences that settle one each, so that what is decided can be counted."""
    queue, found = (desk.whole_release().table(name) for name in ("review_queue", "discrepancies"))
    open_ones = found.filter(pl.col("state") != "resolved").group_by("order_id").len().filter(len=1)
    alone = queue.filter(kind="discrepancies").join(open_ones, on="order_id", how="semi").sort("item_id")
    rows = alone if alone.height >= count else queue.filter(kind="discrepancies").sort("item_id")
    return rows["item_id"].head(count).to_list()


def read(desk):
    with Ledger.open(desk.ledger_url, desk.home) as ledger:
        return ledger.read()


def decide(client, item):
    """Decide on an item as a steward does; the statuses of what was answered."""
    shown = preview(client, item, kind="both_right", reason_code="different_facts", comment=f"on {item}")
    forms = forms_of(shown.text, "/decide/save")
    saved = [client.post("/decide/save", data=form, follow_redirects=False).status_code for form in forms]
    return [shown.status_code, *saved]


@pytest.mark.long  # `test_writers_at_once_lose_nothing_and_double_nothing` shows it of the ledger
@ON_EITHER
def test_stewards_who_decide_at_once_lose_nothing_and_double_nothing(enter, desk):
    items = items_of(desk, SHARED + 4 * 2)
    shared, own = items[:SHARED], items[SHARED:]
    # Each steward has two tabs, and one of the shared items in each.
    parts = [
        (name, [own[2 * place + tab], shared[tab]]) for place, name in enumerate(list(PEOPLE)[:4]) for tab in (0, 1)
    ]
    work = [(enter(name), part) for name, part in parts]
    answers = at_once(
        [lambda client=client, part=part: [decide(client, item) for item in part] for client, part in work]
    )
    statuses = {status for answer in answers for steps in answer for status in steps}
    assert statuses <= {200, 303, 409}
    taken = read(desk)
    assert taken["discrepancy_id"].is_unique().all()
    assert set(taken["comment"]) == {f"on {item}" for item in items}
    assert taken.height == len(items)
    with desk.database.reading() as connection:
        assert prove(connection).broken_at is None


def test_a_form_sent_many_times_at_once_counts_once(enter, desk):
    client = enter("steward-0")
    shown = preview(client, items_of(desk, 1)[0], kind="both_right", reason_code="different_facts")
    form = forms_of(shown.text, "/decide/save")[0]
    answers = at_once([lambda: client.post("/decide/save", data=form, follow_redirects=False).status_code] * 6)
    assert set(answers) <= {303, 409}
    assert 303 in answers
    assert read(desk).height == 1


@ON_EITHER
def test_what_waits_is_proposed_once_and_approved_once(enter, desk):
    client = enter("steward-0", share=1)
    shown = preview(client, items_of(desk, 1)[0], kind="both_right", reason_code="different_facts")
    form = forms_of(shown.text, "/decide/save")[0]
    answers = at_once([lambda: client.post("/decide/save", data=form, follow_redirects=False).status_code] * 4)
    assert set(answers) == {303}
    (proposal,) = read_proposals(desk.database)
    judges = [enter(name) for name in ("second", "third", "second", "third")]
    tokens = [judge.form_token("/keys") for judge in judges]
    path = f"/proposals/{proposal.proposal_id}"
    acts = ("approve", "approve", "approve", "return")
    answers = at_once(
        lambda judge=judge, token=token, act=act: (
            judge.post(
                f"{path}/{act}", data={"form_token": token, "comment": "seen"}, follow_redirects=False
            ).status_code
        )
        for judge, token, act in zip(judges, tokens, acts, strict=True)
    )
    assert sorted(answers) == [303, 409, 409, 409]
    (judged,) = read_proposals(desk.database)
    assert read(desk).height == (1 if judged.verdict == "approved" else 0)


@pytest.mark.long
@ON_EITHER
def test_many_who_look_at_once_are_all_logged(enter, desk):
    items = items_of(desk, 4)
    clients = [enter(name) for name in list(PEOPLE)[:4] * 2]
    answers = at_once(
        lambda client=client: [client.get(f"/items/{item}").status_code for item in items] for client in clients
    )
    assert {status for answer in answers for status in answer} == {200}
    with desk.database.reading() as connection:
        proof = prove(connection)
    assert proof.broken_at is None
    assert proof.head.sequence == len(clients) * (1 + len(items))
