"""A ledger that is down: records can be looked at, every look is logged, decisions wait and nothing typed is lost."""

import json
import multiprocessing
import shutil

import pytest
from access_cases import logged, probed_app
from desk_cases import ORIGIN, Client, settings_of

from ledger.audit import prove, unsealed
from review.access.audit_recorder import SPOOL_FILE, AuditRecorder, head_file
from review.desk import Desk
from warehouse.home import Home


@pytest.fixture
def desk_home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def desk(desk_home, ledger_file, clock):
    made = Desk(Home(desk_home), f"sqlite:///{ledger_file}", clock=clock, respite=0)
    yield made
    made.close()


@pytest.fixture
def client(desk):
    made = Client(probed_app(desk, settings_of()), base_url=ORIGIN, raise_server_exceptions=False)
    made.sign_in("steward")
    assert made.get("/probe/see").status_code == 200
    return made


@pytest.fixture
def outage(ledger_file):
    """Takes the ledger away, and brings it back."""
    hidden = ledger_file.with_suffix(".away")

    def switched():
        if ledger_file.exists():
            ledger_file.rename(hidden)
        else:
            hidden.rename(ledger_file)

    return switched


def spool_of(desk_home):
    return desk_home / "desk" / SPOOL_FILE


def proof_of(desk):
    with desk.database.reading() as connection:
        return prove(connection)


def test_looks_are_logged_while_the_ledger_is_down_and_chained_in_when_it_is_back(client, desk, desk_home, outage):
    outage()
    for number in range(3):
        assert client.get(f"/probe/orders/ORD-{number}").status_code == 200
    assert len(spool_of(desk_home).read_text().splitlines()) == 3
    assert spool_of(desk_home).stat().st_mode & 0o077 == 0
    outage()
    client.get("/probe/orders/ORD-3")
    looked = [json.loads(what)["orders"] for act, _, what, _ in logged(desk) if act == "consultation"]
    assert looked == [["ORD-0"], ["ORD-1"], ["ORD-2"], ["ORD-3"]]
    assert spool_of(desk_home).read_text() == ""
    assert proof_of(desk).broken_at is None


def test_a_page_says_that_nothing_can_be_saved(client, outage):
    outage()
    answer = client.get("/unsent")
    assert answer.status_code == 503
    assert "Read only" in answer.text
    assert "Read only" in client.get("/nowhere").text or client.get("/nowhere").status_code == 404


def test_what_was_typed_is_shown_again(client, outage, desk):
    client.app.post("/probe/taken")(lambda: desk.writing().__enter__())
    form_token = client.form_token()
    outage()
    answer = client.post("/probe/taken", data={"form_token": form_token, "comment": "Seen the sealed copy."})
    assert answer.status_code == 503
    assert "Nothing was saved." in answer.text
    assert "Seen the sealed copy." in answer.text


def test_nobody_comes_in_whom_this_desk_does_not_remember(client, outage, desk):
    other = Client(probed_app(desk, settings_of()), base_url=ORIGIN, raise_server_exceptions=False)
    other.cookies = client.cookies
    outage()
    assert client.get("/probe/see").status_code == 200
    assert other.get("/probe/see", follow_redirects=False).status_code == 303
    assert other.sign_in("steward").status_code == 503


def test_a_session_ends_in_time_though_the_ledger_is_down(client, outage, clock):
    outage()
    clock.move(minutes=30)
    assert client.get("/probe/see", follow_redirects=False).status_code == 303


def test_entries_that_a_crash_left_waiting_are_not_chained_in_twice(client, desk, desk_home, outage):
    outage()
    client.get("/probe/orders/ORD-1")
    waiting = spool_of(desk_home).read_bytes()
    outage()
    client.get("/probe/orders/ORD-2")
    spool_of(desk_home).write_bytes(waiting)  # as if the desk had ended before it emptied the file
    client.get("/probe/orders/ORD-3")
    looked = [json.loads(what)["orders"] for act, _, what, _ in logged(desk) if act == "consultation"]
    assert looked == [["ORD-1"], ["ORD-2"], ["ORD-3"]]


def test_a_line_that_a_crash_tore_is_left_out(client, desk, desk_home, outage):
    outage()
    client.get("/probe/orders/ORD-1")
    with spool_of(desk_home).open("ab") as file:
        file.write(b'{"at": "2026-11-20T09')
    client.get("/probe/orders/ORD-2")
    outage()
    client.get("/probe/orders/ORD-3")
    assert [act for act, *_ in logged(desk)].count("consultation") == 3


def test_what_can_be_logged_nowhere_is_not_shown(client, desk_home, outage):
    outage()
    (desk_home / "desk" / SPOOL_FILE).mkdir()
    answer = client.get("/probe/orders/ORD-1")
    assert answer.status_code == 503
    assert "can&#39;t be logged" in answer.text


def note_many(home, ledger, name, times):
    desk = Desk(Home(home), ledger)
    for number in range(times):
        AuditRecorder(desk).note("consultation", who=name, what={"orders": [number]})


@pytest.mark.long
def test_desks_that_log_at_once_make_one_chain(desk, desk_home, ledger_file):
    context = multiprocessing.get_context("spawn")
    arguments = [(desk_home, f"sqlite:///{ledger_file}", name, 15) for name in ("viewer", "steward", "approver")]
    writers = [context.Process(target=note_many, args=given) for given in arguments]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    AuditRecorder(desk).note("consultation", who="viewer", what={})
    assert proof_of(desk).head.sequence == 46
    assert proof_of(desk).broken_at is None


def test_an_end_that_was_not_noted_with_the_key_of_the_installation_is_not_believed(client, desk, desk_home, clock):
    file = head_file(desk)
    clock.move(minutes=2)
    client.get("/probe/orders/ORD-1")
    number, digest, mark = file.read_text().strip().split(":")
    with pytest.raises(ValueError, match="key of this installation"):
        unsealed(Home(desk_home), f"{int(number) - 1}:{digest}:{mark}")


def test_the_end_of_the_log_is_noted_beside_the_ledger(client, desk, desk_home, clock):
    clock.move(minutes=2)
    client.get("/probe/orders/ORD-1")
    noted = unsealed(Home(desk_home), head_file(desk).read_text())
    assert noted == proof_of(desk).head


def test_a_demo_in_the_same_home_notes_the_end_of_its_own_log(client, desk, desk_home, ledger_file, clock):
    own = shutil.copy(ledger_file, ledger_file.with_name("demo.sqlite"))
    demo = Desk(Home(desk_home), f"sqlite:///{own}", clock=clock, is_demo=True)
    clock.move(minutes=2)
    client.get("/probe/orders/ORD-1")
    AuditRecorder(demo).note("consultation", who="viewer", what={})
    assert unsealed(Home(desk_home), head_file(desk).read_text()) == proof_of(desk).head
    assert unsealed(Home(desk_home), head_file(demo).read_text()) == proof_of(demo).head
