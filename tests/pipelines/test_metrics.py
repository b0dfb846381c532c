"""What monitoring reads: log lines of a run, and figures on the last run and the installation."""

import json
import logging

import pytest
from nights import NIGHT, copy_of
from prometheus_client.parser import text_string_to_metric_families

from pipelines.after_run import look_again
from pipelines.metrics import write_metrics
from pipelines.runs import list_runs
from pipelines.settings import Settings
from warehouse.home import Home
from warehouse.log_lines import log_as_json


@pytest.fixture
def home(one_night, tmp_path):
    return Home(copy_of(one_night / "home", tmp_path / "home"))


def test_log_lines_give_run_night_step_seconds_and_rows(one_night):
    lines = [json.loads(line) for line in (one_night / "stderr").read_text().splitlines()]
    (run,) = list_runs(Home(one_night / "home"))
    events = [line for line in lines if line.get("run") == run.run_id]
    assert [events[0]["event"], events[-1]["event"]] == ["run_started", "run_ended"]
    assert {line["night"] for line in events} == {str(NIGHT)}
    done = {line["step"]: line for line in events if line["event"] == "step_done"}
    assert done.keys() == run.steps.keys()
    assert done["raw_pnc"]["rows"]["raw_pnc__orders"] > 10
    assert done["raw_pnc"]["seconds"] >= 0
    assert events[-1]["state"] == "degraded"


def test_figures_are_those_of_the_run_and_the_release(home):
    write_metrics(home)
    found = list(text_string_to_metric_families(home.metrics.read_text()))
    values = {(one.name, *sorted(one.labels.values())): one.value for family in found for one in family.samples}
    (run,) = list_runs(home)
    assert values["concord_run_state", "degraded"] == 1
    assert values["concord_run_seconds",] == run.seconds
    assert values["concord_step_rows", "raw_pnc", "raw_pnc__orders"] == run.steps["raw_pnc"].rows["raw_pnc__orders"]
    assert values["concord_release_rows", "orders"] > 10
    assert values["concord_disk_bytes", "releases"] > 100_000


def test_what_fails_after_a_run_is_logged_in_words_and_raises_nothing(home, caplog):
    home.alerts.unlink(missing_ok=True)
    home.alerts.mkdir()  # no file can be put there
    look_again(home, Settings())
    assert "alerts failed after the run: Is a directory" in caplog.text
    assert home.metrics.exists()


def test_a_logged_error_gives_its_kind_and_not_its_words(capfd):
    before = logging.getLogger().handlers
    try:
        log_as_json()
        try:
            int("Maria Example")
        except ValueError:
            logging.getLogger("anybody").exception("a page failed")
    finally:
        logging.getLogger().handlers = before
    line = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert (line["event"], line["error"], line["logger"]) == ("a page failed", "ValueError", "anybody")
    assert "Maria" not in str(line)
