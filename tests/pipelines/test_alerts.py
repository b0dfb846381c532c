"""Alerts: one for each change of state, to its owner, and its end; acknowledged ones wait; what fails is sent again."""

import json
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nights import SERIES, command, copy_of
from receivers import mailbox, webhook

from pipelines.alert_conditions import Condition, find_conditions
from pipelines.alert_kinds import AlertSettings
from pipelines.alerts import (
    RESOLVED,
    Alert,
    acknowledge,
    compare,
    read_alerts,
    send_changes,
    send_or_log,
)
from pipelines.runs import RunRecord
from warehouse.home import Home
from warehouse.releases.release import current_release

TODAY = date(2026, 11, 21)
SETTINGS = AlertSettings(owners={"rocu": "regions", "disk": "platform"}, late_days=30, free_disk=0)


@pytest.fixture
def home(three_nights, tmp_path):
    return Home(copy_of(three_nights / "home", tmp_path / "home"))


def in_force(home: Home, night: date) -> None:
    home.current.write_text(f"r{night}\n")


def put_run(home: Home, **details: object) -> None:
    run = RunRecord("later", "2026-11-21", "command line", "", "", "2099-01-01T00:00:00+00:00", **details)
    (home.runs / "later.json").write_text(json.dumps(vars(run) | {"steps": {}}))


def states(home: Home, settings: AlertSettings = SETTINGS) -> dict[str, str]:
    return {found.key: found.state for found in find_conditions(home, settings, today=TODAY)}


def test_alerts_that_can_not_be_read_are_not_none(home):
    home.alerts.unlink(missing_ok=True)
    assert read_alerts(home) == []
    home.alerts.mkdir()
    with pytest.raises(OSError, match=r"alerts\.json"):
        read_alerts(home)


def test_an_absent_region_is_one_alert_over_three_nights_and_goes_to_its_owner(home):
    with webhook() as (regions, to_regions), webhook() as (other, to_others):
        urls = {"CONCORD_ALERTS_REGIONS": regions, "CONCORD_ALERTS": other}
        for night in SERIES:
            in_force(home, night)
            send_changes(home, SETTINGS, today=night + timedelta(days=1), environment=urls)
    absent = [alert.key for alert in read_alerts(home) if "missing" in alert.words]
    assert absent
    said = "\n".join(got["message"] for got in to_regions)
    assert [said.count(f"{key})") for key in absent] == [1] * len(absent)
    assert f"since {SERIES[0]}" in said
    assert not [got for got in to_others if "rocu" in got["message"]]


def test_the_end_is_sent_once_and_then_the_alert_is_gone(home):
    with webhook() as (url, got):
        urls = {"CONCORD_ALERTS": url}
        put_run(home, state="failed", cause="step release: no space is left on the disk")
        send_changes(home, SETTINGS, today=TODAY, environment=urls)
        (home.runs / "later.json").unlink()
        send_changes(home, SETTINGS, today=TODAY, environment=urls)
        send_changes(home, SETTINGS, today=TODAY, environment=urls)
    about = [line for message in got for line in message["message"].splitlines() if "; run)" in line]
    assert [line.split("]")[0] for line in about] == ["[failed", "[resolved"]
    assert "no space is left" in about[0]
    assert "concord retry" in about[0]
    assert "run" not in {alert.key for alert in read_alerts(home)}


def test_mail_arrives_with_title_and_lines(home):
    with mailbox() as (url, got):
        assert all(send_changes(home, SETTINGS, today=TODAY, environment={"CONCORD_ALERTS": url}).values())
    assert "to look at" in got[0]
    assert any("[Missing]" in mail for mail in got)


@pytest.mark.parametrize("target", ["json://127.0.0.1:9/nobody", "nonsense"], ids=["nobody listens", "no address"])
def test_what_can_not_be_sent_changes_nothing_and_is_sent_the_next_time(home, target, monkeypatch, caplog):
    monkeypatch.setenv("CONCORD_ALERTS", target)
    send_or_log(home, SETTINGS, today=TODAY)
    assert "sent the next time" in caplog.text
    assert target not in caplog.text
    with webhook() as (url, got):
        assert all(send_changes(home, SETTINGS, today=TODAY, environment={"CONCORD_ALERTS": url}).values())
    assert got


def test_a_receiver_that_refuses_counts_as_not_sent(home):
    with webhook(status=500) as (url, _):
        assert not any(send_changes(home, SETTINGS, today=TODAY, environment={"CONCORD_ALERTS": url}).values())


def test_an_address_that_is_down_does_not_bring_what_the_other_had_again(home):
    put_run(home, state="failed", cause="step pnc: the disk reports an error")
    with webhook() as (good, got):
        with webhook(status=500) as (down, _):
            for _hour in range(3):
                urls = {"CONCORD_ALERTS": f"{good} {down}"}
                assert not any(send_changes(home, SETTINGS, today=TODAY, environment=urls).values())
        assert "\n".join(message["message"] for message in got).count("the disk reports an error") == 1
        with webhook() as (mended, late):
            urls = {"CONCORD_ALERTS": f"{good} {mended}"}
            assert all(send_changes(home, SETTINGS, today=TODAY, environment=urls).values())
            assert "the disk reports an error" in "\n".join(message["message"] for message in late)
            (home.runs / "later.json").unlink()
            send_changes(home, SETTINGS, today=TODAY, environment=urls)
        told = "\n".join(message["message"] for message in got)
    assert (told.count("the disk reports an error"), told.count("[resolved]")) == (2, 1)


def test_the_end_is_told_to_the_address_that_heard_of_the_beginning_though_another_never_did(home):
    put_run(home, state="failed", cause="step pnc: the disk reports an error")
    with webhook() as (good, got), webhook(status=500) as (down, _):
        urls = {"CONCORD_ALERTS": f"{good} {down}"}
        send_changes(home, SETTINGS, today=TODAY, environment=urls)
        (home.runs / "later.json").unlink()
        send_changes(home, SETTINGS, today=TODAY, environment=urls)
    assert "[resolved] night" in got[-1]["message"]


def test_a_home_in_which_nothing_can_be_written_is_told_all_the_same(home):
    home.alerts.mkdir()  # as on a disk that is full or read-only: the file can't be put in its place
    put_run(home, state="failed", cause="step release: no space is left on the disk")
    with webhook() as (url, got):
        with pytest.raises(OSError, match="directory"):
            send_changes(home, SETTINGS, today=TODAY, environment={"CONCORD_ALERTS": url})
        assert "no space is left on the disk" in got[0]["message"]


def test_an_acknowledged_alert_waits_until_its_day_and_is_then_sent_again(home):
    put_run(home, state="failed", cause="step pnc: the disk reports an error")
    with webhook() as (url, got):
        send = lambda day: send_changes(home, SETTINGS, today=day, environment={"CONCORD_ALERTS": url})  # noqa: E731
        send(TODAY)
        acknowledge(home, "run", until=TODAY + timedelta(days=2), words="disk is ordered (somebody)")
        before = len(got)
        send(TODAY + timedelta(days=2))
        assert len(got) == before
        send(TODAY + timedelta(days=3))
    assert "the disk reports an error" in got[-1]["message"]


def test_gates_that_refuse_and_killed_runs_and_late_releases_are_alerts_and_a_run_that_goes_on_is_none(home):
    put_run(home, state="failed", cause="step release: gate counts: 3 orders, now 1. Look.\ngate statutes: 9. Look.")
    assert {"gate:counts": "refused", "gate:statutes": "refused"}.items() <= states(home).items()
    assert "run" not in states(home)
    put_run(home, state="killed", cause="its process is gone")
    assert states(home)["run"] == "killed"
    put_run(home, state="running")
    assert "run" not in states(home)
    assert states(home, AlertSettings(free_disk=1, late_days=1)).items() >= {"disk": "nearly full"}.items()
    in_force(home, SERIES[0])
    assert states(home, AlertSettings(late_days=1))["release"] == "late"


def test_each_gate_that_refuses_is_told_by_its_own_words_alone(home):
    put_run(home, state="failed", cause="step release: gate counts: 3 orders, now 1. Look.\ngate statutes: 9. Look.")
    found = {found.key: found.words for found in find_conditions(home, SETTINGS, today=TODAY)}
    assert found["gate:counts"] == "nothing is published: 3 orders, now 1. Look."
    assert found["gate:statutes"] == "nothing is published: 9. Look."


def put_deliveries(home: Home, feed: str, *rows: tuple[str, bool]) -> None:
    """Let the release in force have these deliveries of a feed, the oldest first: their states, and which is used."""
    path = current_release(home).parquet("deliveries")
    held = pl.read_parquet(path)
    one = held.filter(pl.col("feed") == feed).head(1)
    made = [
        one.with_columns(
            delivery_id=pl.lit(f"{feed}:{day}"),
            dated_on=date(2026, 11, day),
            state=pl.lit(state),
            is_used=pl.lit(is_used),
        )
        for day, (state, is_used) in enumerate(rows, start=1)
    ]
    pl.concat([held.filter(pl.col("feed") != feed), *made]).write_parquet(path)


@pytest.mark.parametrize(
    ("deliveries", "state"),
    [
        pytest.param([("late", True)], "Late: an earlier delivery is used", id="nothing came"),
        pytest.param(
            [("late", True), ("empty", False), ("implausible", False)],
            "Late: an earlier delivery is used; what came: implausible",
            id="what came last does not fit: it is for the operator to accept",
        ),
        pytest.param(
            [("fresh", True), ("unreadable", False)],
            "An earlier delivery is used; what came: can’t be read",
            id="a newer revision can't be read, and the one before is in time",
        ),
        pytest.param([("fresh", True), ("repeated", False)], None, id="sent again"),
    ],
)
def test_an_alert_says_what_is_wrong_with_what_came(home, deliveries, state):
    put_deliveries(home, "pnd", *deliveries)
    assert states(home).get("source:pnd") == state


def test_the_commands_list_acknowledge_and_refuse_what_is_unknown(home, monkeypatch):
    monkeypatch.delenv("CONCORD_ALERTS", raising=False)
    put_run(home, state="failed", cause="step pnc: the disk reports an error")
    assert command("alerts", "send", home=home.path).exit_code == 1
    assert "the disk reports an error" in command("alerts", "list", home=home.path).stdout
    words = ("alerts", "acknowledge", "run", "--until", "2099-12-01", "--reason", "ordered")
    assert command(*words, home=home.path).exit_code == 0
    (alert,) = (alert for alert in read_alerts(home) if alert.key == "run")
    assert alert.acknowledged.startswith("ordered (")
    past = ("alerts", "acknowledge", "run", "--until", "2026-01-01", "--reason", "x")
    assert command(*past, home=home.path).exit_code == 2
    unknown = ("alerts", "acknowledge", "nothing", "--until", "2026-12-01", "--reason", "x")
    assert command(*unknown, home=home.path).exit_code == 2


looks = st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from(["late", "missing"])), max_size=8)


@given(looks)
def test_every_message_is_a_change_of_state_of_its_key(nights):
    alerts, said = [], {}
    for number, found in enumerate(nights):
        conditions = [Condition(key, state, key, "operator", str(number)) for key, state in found.items()]
        alerts = compare(alerts, conditions, today=TODAY)
        for alert in alerts:
            if alert.is_due:
                assert said.get(alert.key, RESOLVED) != alert.state
                said[alert.key] = alert.state
        alerts = [Alert(**vars(alert) | {"sent": alert.state}) for alert in alerts]
        alerts = [alert for alert in alerts if alert.state != RESOLVED]
        assert {key: state for key, state in said.items() if state != RESOLVED} == found
