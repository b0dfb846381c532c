"""How much a user who is signed in may ask for, and who is held up by it."""

from datetime import timedelta

import pytest
from desk_cases import STARTED_AT, settings_of
from prometheus_client import CollectorRegistry

from ledger.audit import audit_log
from review.access.audit_recorder import AuditRecorder
from review.access.pace import Pace, TooManyRequestsError, kinds_of


def held_up(desk):
    with desk.reading() as connection:
        entries = connection.execute(audit_log.select()).mappings().all()
    return [(entry["who"], entry["what"]) for entry in entries if entry["act"] == "refused"]


def statuses(client, times, path="/queue"):
    return [client.get(path).status_code for _ in range(times)]


def test_who_reads_pages_like_a_program_has_to_wait_and_goes_on_when_the_time_is_over(open_desk, desk, clock):
    client = open_desk("steward", most_pages=20, pace_minutes=10)
    answers = statuses(client, 23)
    assert answers[-1] == 429
    assert answers == sorted(answers)
    answer = client.get("/queue")
    assert "Too much in a short time" in answer.text
    assert "Wait 10 minutes" in answer.text
    assert answer.headers["retry-after"] == "600"
    assert held_up(desk) == [("steward", '{"too_many":"pages"}')]
    clock.move(minutes=10)
    assert client.get("/queue").status_code == 200


def test_one_user_does_not_hold_up_another(open_desk):
    assert statuses(open_desk("steward", most_pages=20), 23)[-1] == 429
    assert statuses(open_desk("steward2", most_pages=20), 3) == [200] * 3


def test_a_new_session_does_not_lift_the_limit(open_desk):
    client = open_desk("steward", most_pages=20)
    statuses(client, 23)
    assert client.submit("/sign-out", follow_redirects=False).status_code == 303
    assert client.sign_in("steward").status_code == 303
    assert client.get("/queue").status_code == 429


def test_searches_are_held_up_before_pages_and_what_was_typed_can_be_sent_again(open_desk, monkeypatch):
    monkeypatch.setenv("CONCORD_METRICS_TOKEN", "a-long-token")
    client = open_desk("viewer", most_searches=5)
    answers = [client.submit("/search", {"text": "EXAMPLE"}, follow_redirects=False) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert 'desk-typed">EXAMPLE<' in answers[-1].text
    assert client.get("/search").status_code == 200
    figures = client.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).text
    assert 'concord_desk_held_up_total{kind="searches"} 1.0' in figures


def test_packs_are_not_fetched_one_after_the_other(open_desk, desk):
    client = open_desk("steward", most_exports=3)
    path = "/packs/handed-out/DIS-0000000000000000/pack.csv"
    assert statuses(client, 4, path) == [404] * 3 + [429]
    assert held_up(desk) == [("steward", '{"too_many":"exports"}')]


def test_decisions_sent_like_a_program_have_to_wait(open_desk):
    client = open_desk("steward", most_changes=5)
    # What can't be read counts too: a program that guesses forms is one.
    sent = [client.submit("/decide/save", {"kind": "nonsense"}).status_code for _ in range(6)]
    assert sent[-1] == 429
    assert 429 not in sent[:-1]


@pytest.mark.parametrize("seconds", [3, 2])
def test_a_steward_who_decides_without_a_pause_for_an_hour_is_never_held_up(desk, seconds):
    """By keys: an item, its preview, saving. In less than two seconds nobody reads one."""
    settings = settings_of()
    pace = Pace(settings, AuditRecorder(desk), CollectorRegistry())
    steps = [("GET", "/items/{item_id}"), ("POST", "/decide/preview"), ("POST", "/decide/save")]
    for number in range(3600 // seconds):
        for method, route in steps:
            pace.admit("steward", kinds_of(method, route), at=STARTED_AT + timedelta(seconds=seconds * number))


def test_a_refused_request_does_not_make_the_wait_longer(desk):
    pace = Pace(settings_of(most_exports=2, pace_minutes=10), AuditRecorder(desk), CollectorRegistry())
    for minute in (0, 1):
        pace.admit("steward", ("exports",), at=STARTED_AT + timedelta(minutes=minute))
    for minute in range(2, 10):
        with pytest.raises(TooManyRequestsError):
            pace.admit("steward", ("exports",), at=STARTED_AT + timedelta(minutes=minute))
    pace.admit("steward", ("exports",), at=STARTED_AT + timedelta(minutes=10))
