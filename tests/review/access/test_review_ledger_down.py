"""A ledger that is down in its several ways: every page is read only, says so, and nothing typed is lost."""

import sqlite3

import pytest
import sqlalchemy as sa
from deciding_cases import answered, forms_of, item_of
from desk_cases import ORIGIN, PASSWORD, STARTED_AT, Client, settings_of

from ledger.audit import prove
from ledger.desk.accounts import add_account
from review.access.audit_recorder import SPOOL_FILE
from review.access.passwords import Passwords
from review.app import create_app
from review.desk import Desk
from warehouse.home import Home

READ = (
    "/queue",
    "/search",
    "/dashboards",
    "/dashboards/work",
    "/dashboards/quality",
    "/dashboards/expiries",
    "/dashboards/in-force",
    "/dashboards/prohibitions",
    "/keys",
)
NEEDS_LEDGER = ("/proposals", "/decisions/mine", "/unsent")
COMMENT = "The seal was seen twice."


@pytest.fixture
def desk(desk_home, ledger_url, make_ledger, clock, tmp_path):
    """A desk with a home of its own, so that what waits to be logged waits there; its ledger in either database."""
    database = make_ledger(ledger_url)
    with database.writing() as connection:
        kept = Passwords(settings_of()).hash_new(PASSWORD, name="steward")
        add_account(connection, "steward", role="steward", at=STARTED_AT, password_hash=kept)
    database.close()
    home = Home(tmp_path / "home").create()
    home.releases.rmdir()
    home.releases.symlink_to(desk_home / "releases")
    made = Desk(home, ledger_url, clock=clock, respite=0)
    yield made
    made.close()


@pytest.fixture
def outage(desk, tmp_path):
    """Takes the ledger away and brings it back: a file is renamed, a table of a server."""

    def switched(*, down):
        if desk.database.is_file:
            path = tmp_path / "ledger" / "decisions.sqlite"
            away = path.with_suffix(".away")
            (path if down else away).rename(away if down else path)
            return
        names = ("alembic_version", "alembic_away")
        engine = sa.create_engine(desk.ledger_url)
        with engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE {} RENAME TO {}".format(*(names if down else names[::-1]))))
        engine.dispose()

    return switched


def test_pages_are_read_only_and_what_is_typed_comes_back(client, desk, outage, tmp_path):
    item = item_of(desk, "discrepancies")
    form = forms_of(client.get(f"/items/{item['item_id']}").text, "/decide/preview")[0]
    form = answered(form, "both_right", reason_code="different_facts", comment=COMMENT)
    shown = client.post("/decide/preview", data=form)
    save = forms_of(shown.text, "/decide/save")[0]
    outage(down=True)
    for path in (*READ, f"/items/{item['item_id']}", f"/orders/{item['order_id']}"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "Read only" in answer.text, path
        assert 'action="/decide/preview"' not in answer.text
    for path in NEEDS_LEDGER:
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "Read only" in answer.text, path
    said = {"form_token": form["form_token"], "words": COMMENT}
    sent = {"/decide/preview": form, "/decide/save": save, f"/items/{item['item_id']}/comment": said}
    for path, fields in sent.items():
        answer = client.post(path, data=fields)
        assert answer.status_code == 503, path
        assert COMMENT in answer.text, path
    assert (tmp_path / "home" / "desk" / SPOOL_FILE).read_text().count("\n") > 3
    outage(down=False)
    assert client.post("/decide/save", data=save, follow_redirects=False).status_code == 303
    client.get("/queue")
    assert (tmp_path / "home" / "desk" / SPOOL_FILE).read_text() == ""
    with desk.database.reading() as connection:
        assert prove(connection).broken_at is None


@pytest.mark.long
def test_a_file_that_somebody_holds_locked_is_reported_and_read(desk_home, ledger_file, clock, tmp_path):
    home = Home(tmp_path / "home").create()
    home.releases.rmdir()
    home.releases.symlink_to(desk_home / "releases")
    desk = Desk(home, f"sqlite:///{ledger_file}", clock=clock)
    client = Client(create_app(desk, settings_of()), base_url=ORIGIN, raise_server_exceptions=False)
    client.sign_in("steward")
    client.get("/queue")
    holder = sqlite3.connect(ledger_file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    answer = client.get("/queue")
    assert answer.status_code == 200
    assert "Read only" in answer.text
    holder.execute("ROLLBACK")
    holder.close()
    assert "Read only" not in client.get("/queue").text, "a lock that is gone holds nobody up"
    desk.close()
