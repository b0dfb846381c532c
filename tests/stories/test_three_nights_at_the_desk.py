"""Three nights at the desk: a steward, a second steward and an approver, and what came of each thing they did."""

import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import polars as pl
import pytest
from deciding_cases import forms_of
from desk_cases import ORIGIN, PASSWORD, Client, Clock, settings_of
from nights import NIGHT, copy_of, nightly

from ledger.decisions.database import Database
from ledger.desk.accounts import add_account
from review.access.passwords import Passwords
from review.app import create_app
from review.desk import Desk
from warehouse.home import Home

pytestmark = pytest.mark.long

SECOND, THIRD = NIGHT + timedelta(days=1), NIGHT + timedelta(days=2)
TEAM = {"kim": "steward", "noor": "steward", "ada": "approver"}
LATER_END = date(2044, 3, 1)


class Team:
    """Three people at one desk, and what they see there."""

    def __init__(self, home: Path, landing: Path) -> None:
        self.home, self.landing, self.clock = home, landing, Clock()
        url = f"sqlite:///{home / 'ledger' / 'decisions.sqlite'}"
        database = Database(url)
        database.migrate()
        with database.writing() as connection:
            for name, role in TEAM.items():
                kept = Passwords(settings_of()).hash_new(PASSWORD, name=name)
                add_account(connection, name, role=role, at=self.clock(), password_hash=kept)
        database.close()
        self.desk = Desk(Home(home), url, clock=self.clock)
        self._app = create_app(self.desk, settings_of(second_look_share=0))
        self.kim, self.noor, self.ada = map(self._signed_in, TEAM)

    def table(self, name: str) -> pl.DataFrame:
        return self.desk.whole_release().table(name)

    def run_night(self, night: date) -> None:
        nightly(self.home, self.landing, night)
        self.clock.move(days=1)
        self.kim, self.noor, self.ada = map(self._signed_in, TEAM)

    def _signed_in(self, name: str) -> Client:
        client = Client(self._app, base_url=ORIGIN, raise_server_exceptions=False)
        assert client.sign_in(name).status_code == 303
        return client


def item_of(team: Team, kind: str, **more) -> dict:
    return team.table("review_queue").filter(kind=kind, **more).sort("item_id").row(0, named=True)


def save(client: Client, address: str, **fields):
    """Fill in the first form of a page, look at what it changes, and save it."""
    form = forms_of(client.get(address).text, "/decide/preview")[0]
    preview = client.post("/decide/preview", data=form | fields)
    assert preview.status_code == 200, re.findall(r"govuk-error-message.*", preview.text)
    return client.post("/decide/save", data=forms_of(preview.text, "/decide/save")[0])


@pytest.fixture(scope="module")
def story(one_night, tmp_path_factory):
    """What happened, night by night."""
    team = Team(copy_of(one_night / "home", tmp_path_factory.mktemp("desk") / "home"), one_night / "landing")
    reported: dict[str, object] = {"team": team}

    # The first morning. Kim confirms a value that the register doubted, from the court's order.
    doubted = item_of(team, "doubtful_value")
    golden = team.table("orders").filter(order_id=doubted["order_id"]).row(0, named=True)
    answers = {f"answer-field-{field}": f"value|{field}|{golden[field]}" for field in doubted["fields"]}
    reported["confirmed"] = save(team.kim, f"/items/{doubted['item_id']}", **answers, reason_code="document_seen")
    reported["doubted"] = doubted

    # Of two orders found by search Kim can't say whether they are one: only their owner could.
    others = team.table("orders").filter(pl.col("order_id") != doubted["order_id"]).sort("order_id")
    pair = others.unique("subject_id", keep="first", maintain_order=True).get_column("order_id").to_list()[:2]
    address = f"/compare?order={pair[0]}&order={pair[1]}"
    left, right = re.findall(r'<option value="([^"]+)" selected', team.kim.get(address).text)[:2]
    verdict = {"kind": "pair_unclear", "reason_code": "needs_owner", "comment": "Ask the owner."}
    reported["unclear"] = save(team.kim, address, left_record_id=left, right_record_id=right, **verdict)
    reported["pair"] = pair

    # Noor finds an order by search and gives it a much later end. That needs a second look.
    orders = team.table("orders").filter(pl.col("legal_status") == "live", pl.col("end_on").is_not_null())
    known = {doubted["order_id"], *pair}
    disputed = team.table("discrepancies").filter(field="end_on", state="new").sort("discrepancy_id")
    found = disputed.join(orders, on="order_id", how="semi").filter(~pl.col("order_id").is_in(known))
    moved = found.row(0, named=True)
    assert moved["order_id"] in team.noor.submit("/search", {"text": moved["order_id"]}).text
    name = moved["discrepancy_id"]
    day = dict(zip(("day", "month", "year"), (LATER_END.day, LATER_END.month, LATER_END.year), strict=True))
    typed = {f"value_text-{name}-{part}": str(number) for part, number in day.items()}
    answer = {f"answer-{name}": "value|end_on|", "reason_code": "varied"}
    reported["proposed"] = save(team.noor, f"/orders/{moved['order_id']}", **answer, **typed)
    reported["moved"] = moved

    # Ada sees what would change, and approves.
    proposals = team.ada.get("/proposals").text
    (proposal,) = set(re.findall(r'href="(/proposals/[0-9a-f]+)"', proposals))
    reported["second look"] = unescape(team.ada.get(proposal).text)
    reported["approved"] = team.ada.submit(f"{proposal}/approve", {"comment": "Seen the order of variation."})

    # The second night; then Noor would take back what Kim confirmed, and Ada returns it.
    team.run_night(SECOND)
    reported["second queue"] = team.table("review_queue")
    reported["second provenance"] = team.table("field_provenance")
    reported["second orders"] = team.table("orders")
    decisions = team.desk.ledger.read()
    kims = decisions.filter(kind="value", decided_by="kim").item(0, "decision_id")
    undo = forms_of(team.noor.get(f"/decisions/{kims}/undo").text, "/decisions/undo")[0]
    preview = team.noor.post("/decisions/undo", data=undo | {"reason_code": "mistake"})
    team.noor.post("/decide/save", data=forms_of(preview.text, "/decide/save")[0])
    (proposal,) = set(re.findall(r'href="(/proposals/[0-9a-f]+)"', team.ada.get("/proposals").text))
    team.ada.submit(f"{proposal}/return", {"comment": "The document is on file."})
    reported["returned"] = unescape(team.noor.get("/decisions/mine").text)

    team.run_night(THIRD)
    reported["third queue"] = team.table("review_queue")
    reported["third orders"] = team.table("orders")
    reported["third provenance"] = team.table("field_provenance")
    yield reported
    team.desk.close()


def test_what_kim_confirmed_is_saved_at_once_and_no_longer_doubted(story):
    assert "saved" in story["confirmed"].text
    doubted = story["doubted"]
    for night in ("second", "third"):
        assert doubted["item_id"] not in story[f"{night} queue"].get_column("item_id")
        values = story[f"{night} provenance"].filter(
            pl.col("order_id") == doubted["order_id"], pl.col("field").is_in(doubted["fields"])
        )
        assert set(values.get_column("rule")) == {"steward"}


def test_the_pair_of_which_nobody_can_say_stays_apart_and_is_not_asked_again(story):
    assert "saved" in story["unclear"].text
    one, other = story["pair"]
    for night in ("second", "third"):
        asked = story[f"{night} queue"].drop_nulls("other_order_id").select("order_id", "other_order_id").rows()
        assert not {(one, other), (other, one)} & set(asked)
        assert {one, other} <= set(story[f"{night} orders"].get_column("order_id"))


def test_the_later_end_waits_for_the_approver_and_binds_from_the_night_after(story):
    assert "waits for a second steward" in story["proposed"].text
    assert "1 March 2044" in story["second look"]
    assert "It moves the end of an order by more than a year" in story["second look"]
    assert "The decision is taken." in story["approved"].text
    for night in ("second", "third"):
        order = story[f"{night} orders"].filter(order_id=story["moved"]["order_id"])
        assert order.get_column("end_on").to_list() == [LATER_END]


def test_a_taking_back_that_is_returned_changes_nothing_and_says_why(story):
    assert "The document is on file." in story["returned"]
    assert story["doubted"]["item_id"] not in story["third queue"].get_column("item_id")
