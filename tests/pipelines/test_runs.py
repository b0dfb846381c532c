"""The record of each run: what, when, how long, rows by step, state; and what a later run may go on from."""

import json
import subprocess
import sys
from dataclasses import replace

import dagster as dg
import pytest
from dagster._core.launcher import WorkerStatus
from nights import SERIES, command, copy_of
from papers import ROOT

from cli.status import growth_by_kind
from pipelines.jobs import RECORDED
from pipelines.launcher import WatchedRunLauncher
from pipelines.nightly import NightFailedError, NothingToRetryError, done_already, run_night, run_to_retry
from pipelines.progress import run_logger
from pipelines.runs import RunRecord, RunRecorder, RunStep, close_run, list_runs, write_run
from pipelines.settings import read_settings
from warehouse.home import Home
from warehouse.processes import own_mark

SAY_MARK = "from warehouse.processes import own_mark; print(own_mark())"


@pytest.fixture
def home(three_nights, tmp_path):
    return Home(copy_of(three_nights / "first", tmp_path / "home"))


def test_every_run_has_a_record_with_its_steps_and_their_rows(three_nights):
    runs = list_runs(Home(three_nights / "home"))
    assert [run.night for run in runs] == [str(night) for night in SERIES]
    for run in runs:
        assert (run.state in ("published", "degraded"), run.release_id, run.cause) == (True, f"r{run.night}", "")
        assert run.started_by == "command line"
        assert run.seconds >= max(step.seconds for step in run.steps.values()) > 0
        assert {step.state for step in run.steps.values()} == {"done"}
        assert run.steps["raw_pnc"].rows["raw_pnc__orders"] > 10
        assert run.disk["releases"] > 100_000


def test_no_record_holds_a_name_of_anybody(three_nights):
    (record,) = (three_nights / "first" / "runs").glob("*.json")
    text = record.read_text().upper()
    people = (three_nights / "night-1" / "landing" / "pnc").glob("PNC_ANCORD*")
    lines = next(people).read_text("cp1252").splitlines()
    names = {line.split("|")[4].split("/")[0] for line in lines if line.startswith("ORD|")}
    assert len(names) > 10
    assert not [name for name in names if len(name) > 4 and name in text]


def put_record(home, **details):
    run = RunRecord(
        "later", "2026-11-01", "command line", "basis", str(home.path), "2099-01-01T00:00:00+00:00", **details
    )
    (home.runs / "later.json").write_text(json.dumps(vars(run) | {"steps": {}}))


def test_after_a_run_that_published_there_is_nothing_to_retry(home):
    with pytest.raises(NothingToRetryError):
        run_to_retry(home)
    assert command("retry", home=home.path).exit_code == 2


@pytest.mark.parametrize(
    ("basis", "accepts", "done"),
    [
        pytest.param("basis", ["unexplained"], {"raw_pnc"}, id="nothing that it reads has changed"),
        pytest.param("another", [], set(), id="a delivery, a setting or the code has changed"),
        pytest.param("basis", ["delivery:pnc"], set(), id="a delivery is accepted only now"),
    ],
)
def test_a_retry_does_again_what_was_not_done_and_all_if_what_it_reads_has_changed(home, basis, accepts, done):
    put_record(home, state="failed")
    failed = replace(run_to_retry(home), steps={"raw_pnc": RunStep("done", 1.0), "raw_pnd": RunStep("failed", 1.0)})
    assert done_already(failed, basis, accepts) == done


def ended_process():
    """The mark of a process that ended."""
    said = subprocess.run([sys.executable, "-c", SAY_MARK], capture_output=True, text=True, check=True)
    return said.stdout.strip()


def test_a_run_whose_process_is_gone_was_killed_and_can_be_retried(home, monkeypatch):
    put_record(home, state="running", process=ended_process())
    killed = run_to_retry(home)
    assert (killed.run_id, killed.state) == ("later", "killed")
    said = command("status", home=home.path)
    assert said.exit_code == 1
    assert "night 2026-11-01, killed" in said.stdout
    assert "concord retry" in said.stdout

    monkeypatch.setenv("CONCORD_HOME", str(home.path))
    health = WatchedRunLauncher().check_run_worker_health(dg.DagsterRun("nightly", run_id="later"))
    assert health.status == WorkerStatus.FAILED


@pytest.mark.parametrize(
    "process", [pytest.param(own_mark(), id="a process that runs"), pytest.param("", id="a process that is not known")]
)
def test_a_run_that_may_run_still_is_running(process, home, monkeypatch):
    put_record(home, state="running", process=process)
    assert list_runs(home)[-1].state == "running"
    monkeypatch.setenv("CONCORD_HOME", str(home.path))
    for run_id in ("later", "one-of-which-there-is-no-record"):
        health = WatchedRunLauncher().check_run_worker_health(dg.DagsterRun("nightly", run_id=run_id))
        assert health.status == WorkerStatus.RUNNING


def test_the_next_run_writes_down_that_one_before_it_was_killed(home):
    @dg.op
    def step():
        return None

    def recorder(run_id):
        return RunRecorder(home, run_id, started_by="command line", landing="", basis=lambda: "basis")

    @dg.job(logger_defs={"concord": run_logger(recorder)}, config=RECORDED)
    def night():
        step()

    put_record(home, state="running", process=ended_process())
    assert night.execute_in_process().success
    assert json.loads((home.runs / "later.json").read_text())["state"] == "killed"


def test_a_run_that_fails_before_dagster_begins_has_a_record_too(home, three_nights, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(ROOT / "deploy"))
    monkeypatch.setenv("CONCORD_DAGSTER", str(home.dagster))
    monkeypatch.setenv("CONCORD_DAGSTER_URL", "postgresql://db.internal/dagster")
    landing = three_nights / "night-2" / "landing"
    with pytest.raises(NightFailedError, match="sslmode"):
        run_night(home, landing=landing, as_of=SERIES[1], settings=read_settings(home.path))
    last = run_to_retry(home)
    assert (last.state, last.night, last.landing) == ("failed", str(SERIES[1]), str(landing))
    assert "sslmode" in last.cause
    assert command("status", home=home.path).exit_code == 1


@pytest.mark.parametrize("end", ["failed", "published"])
def test_a_record_that_dagster_could_not_end_is_ended_once(home, end):
    began = RunRecord(
        "own", str(SERIES[1]), "command line", "basis", "", "2099-01-01T00:00:00+00:00", process=own_mark()
    )
    write_run(home, began)
    close_run(home, replace(began, run_id="none", state=end, cause="no space is left on the disk"))
    last = list_runs(home)[-1]
    assert (last.run_id, last.state, last.basis) == ("own", end, "basis")
    assert "no space" in last.cause
    close_run(home, replace(began, run_id="none", state="degraded"))
    assert list_runs(home)[-1] == last


def test_a_file_that_is_no_record_is_left_out(home):
    (home.runs / "other.json").write_text("{}")
    (home.runs / "torn.json").write_text("{")
    assert len(list_runs(home)) == 1


def test_a_record_that_can_not_be_read_is_not_taken_for_a_run_that_did_not_fail(home):
    put_record(home, state="failed", cause="a gate")
    (home.runs / "later.json").rename(home.runs / "record")
    (home.runs / "later.json").mkdir()  # the tests may read any file: a folder in its place can't be read either
    for tried in (lambda: run_to_retry(home), lambda: list_runs(home)):
        with pytest.raises(OSError, match=r"later\.json"):
            tried()
    assert len(list_runs(home, skip_unreadable=True)) == 1, "the night goes on without it"


def test_the_status_says_what_failed_last_and_exits_for_a_probe(home):
    put_record(home, state="failed", cause="step release: gate counts: 3 orders, now 1")
    said = command("status", home=home.path)
    assert said.exit_code == 1
    for words in ("OUT OF DATE", "night 2026-11-01, failed", "gate counts: 3 orders, now 1", "releases", "9 of 9 held"):
        assert words in said.stdout


def test_the_status_of_a_release_that_is_out_of_date_is_degraded_and_is_json_for_a_probe(home):
    said = command("status", "--json", home=home.path)
    assert said.exit_code == 3
    found = json.loads(said.stdout)
    assert (found["release"]["release_id"], found["last_run"]["state"]) == (f"r{SERIES[0]}", found["release"]["state"])
    assert {gate["name"] for gate in found["gates"]} >= {"counts", "people_unbound"}
    assert found["age_days"] > 1
    assert found["disk"]["releases"] > 0


def run_of(night, **disk):
    return RunRecord(night, night, "command line", "", "", night, steps={"release": RunStep()}, disk=disk)


def test_growth_is_measured_over_the_nights_that_were_run():
    runs = [run_of("2026-11-01", releases=100), run_of("2026-11-02", releases=150), run_of("2026-11-03", releases=220)]
    assert growth_by_kind(runs) == {"releases": 60}
    assert growth_by_kind(runs[:1]) == {}
