"""What Dagster knows of Concord: the graph, the checks that block, the schedule, the sensor, the partitions."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import polars as pl
import pytest

from assets.frame import (
    NIGHTS,
    Night,
    NightResource,
    check_specs,
    content_check,
    is_night,
    night_resource,
    put_out,
    specs,
)
from assets.models import models_in_force, models_of_night, taken_models
from assets.publish import whole_night
from expectations.gx import Validator
from matching.trained import shipped_models
from pipelines.assembly import ASSETS, basis_of, build_definitions
from pipelines.failures import words_of_failure
from pipelines.jobs import RECORDED, nightly_job, nightly_schedule
from pipelines.runs import RunRecord, list_runs, write_run
from pipelines.sensors import delivery_sensor, failed_night, first_night, published_night
from pipelines.settings import Settings
from warehouse.home import Home
from warehouse.models import put_in_force, save_models
from warehouse.schema import Column, Table
from warehouse.sources import SOURCE_NAMES
from warehouse.tables.core import CORE_TABLES
from warehouse.tables.register import EXPECTATION_RESULTS, PUBLIC_TABLES, RELEASE_CHANGES


@pytest.fixture
def definitions(tmp_path):
    return build_definitions(tmp_path / "home", tmp_path / "landing", Settings())


@pytest.fixture
def night(tmp_path):
    return Night(home=tmp_path / "home", landing=tmp_path / "landing", presence_days={}, settings_digest="")


def test_an_empty_variable_means_the_home_that_none_means(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("CONCORD_HOME", "CONCORD_LANDING"):
        monkeypatch.setenv(name, "")
    named = "from pipelines.definitions import home, landing; print(home, landing)"
    said = subprocess.run([sys.executable, "-c", named], capture_output=True, text=True, check=True)
    assert said.stdout.split() == [str(tmp_path / ".concord"), str(tmp_path / ".concord" / "landing")]
    assert Home.find().path.resolve() == tmp_path / ".concord"


def asset_names(definitions):
    return {key.path[-1] for key in definitions.resolve_asset_graph().get_all_asset_keys()}


def test_every_core_and_public_table_is_an_asset_of_its_name(definitions):
    core = {table.name.replace("core__", f"core_{source}__") for table in CORE_TABLES for source in SOURCE_NAMES}
    reported_with_the_release = {RELEASE_CHANGES.name, EXPECTATION_RESULTS.name}
    public = {table.name for table in PUBLIC_TABLES} - reported_with_the_release
    assert core | public | {"release"} <= asset_names(definitions)


def test_every_table_but_those_not_yet_judged_has_a_check_that_blocks_and_one_that_warns(definitions):
    graph = definitions.resolve_asset_graph()
    checked = {key.asset_key.path[-1] for key in graph.asset_check_keys}
    assert asset_names(definitions) - checked == {"coded_conditions", "golden_orders", "models"}
    checks = {key.name for key in graph.asset_check_keys if key.asset_key.path[-1] != "release"}
    assert checks == {"structure", "content"}


def test_the_release_lies_downstream_of_every_source(definitions):
    graph = definitions.resolve_asset_graph()
    upstream = {key.path[-1] for key in graph.get_ancestor_asset_keys(dg.AssetKey("release"))}
    assert {f"core_{source}__orders" for source in SOURCE_NAMES} <= upstream


COUNTED = Table("counted", "a thing", (Column("thing", "Its name.", required=True),), key=("thing",))


@pytest.mark.parametrize(
    ("things", "succeeds"),
    [
        pytest.param(["a", "b"], True, id="whole table goes on", marks=pytest.mark.long),
        pytest.param(["a", None], False, id="required value missing stops the run"),
        pytest.param(["a", "a"], False, id="repeated key stops the run", marks=pytest.mark.long),
    ],
)
def test_a_structural_failure_stops_what_is_downstream(things, succeeds, night):
    @dg.multi_asset(specs=specs((COUNTED,), group="test"), check_specs=check_specs((COUNTED,)))
    def counted(night: NightResource):
        yield from put_out({COUNTED: pl.DataFrame({"thing": things}, schema=COUNTED.schema)}, night, date.min)

    @dg.asset(deps=["counted"], partitions_def=NIGHTS)
    def downstream():
        return None

    by_command = not succeeds
    result = dg.materialize(
        [counted, downstream],
        partition_key="2026-11-20",
        resources={"night": night_resource(replace(night, is_locked=by_command))},
        raise_on_error=False,
    )
    assert result.success is succeeds
    assert Validator.shared.cache_info().currsize == by_command, "only nights of one command share a worker"
    assert bool(result.asset_materializations_for_node("downstream")) is succeeds


HOLD = """
import sys
from pathlib import Path
from warehouse.home import Home
from warehouse.run_lock import only_run
with only_run(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.long
def test_a_run_of_dagster_and_another_process_keep_each_other_off(night, tmp_path):
    @dg.asset(partitions_def=NIGHTS)
    def state(night: NightResource):
        home = night.state
        other = subprocess.run([sys.executable, "-c", HOLD, home.path], capture_output=True, text=True, check=False)
        assert "another run is under way" in other.stderr

    def run():
        return dg.materialize(
            [state], partition_key="2026-11-20", resources={"night": night_resource(night)}, raise_on_error=False
        )

    assert run().success
    command = [sys.executable, "-c", HOLD, night.home]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        assert not run().success
        holder.stdin.close()
    assert run().success


def test_all_steps_of_a_night_use_the_models_that_it_took(night, tmp_path):
    store = night.store(date(2026, 11, 20))
    assert dg.materialize([taken_models], partition_key="2026-11-20", resources={"night": night}).success
    taken = models_of_night(store)
    assert taken.version == shipped_models().version
    other = replace(taken, order=taken.order.model_copy(update={"prior": taken.order.prior / 2}))
    put_in_force(night.state, save_models(night.state, other.save, as_of=date(2026, 11, 20)))
    assert models_in_force(night.state).version != taken.version
    assert models_of_night(store).version == taken.version


@pytest.mark.parametrize(
    ("fired", "night_of"),
    [
        pytest.param(datetime(2026, 11, 20, 2, 30, tzinfo=UTC), "2026-11-20", id="winter"),
        pytest.param(datetime(2026, 7, 1, 1, 30, tzinfo=UTC), "2026-07-01", id="summer time"),
    ],
)
def test_the_schedule_asks_for_the_night_of_the_day_that_has_begun_in_london(fired, night_of):
    context = dg.build_schedule_context(scheduled_execution_time=fired)
    assert nightly_schedule(context).partition_key == night_of


def land(night, name, *, age=120):
    folder = night.landing / "pnd"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"any")
    os.utime(folder / name, times=(time.time() - age,) * 2)


def look(night, cursor=None):
    with dg.build_sensor_context(cursor=cursor, resources={"night": night}) as context:
        return delivery_sensor(context)


def test_the_sensor_asks_for_the_newest_night_that_has_landed(night):
    for day in ("2026-11-18", "2026-11-20", "2026-11-19"):
        land(night, f"pnd_pole_{day}.jsonl.gz")
    (request,) = look(night).run_requests
    assert request.partition_key == "2026-11-20"


def test_the_sensor_asks_once_for_one_state_of_the_landing_and_again_when_a_file_lands(night):
    land(night, "pnd_pole_2026-11-20.jsonl.gz")
    first = look(night)
    assert isinstance(look(night, first.cursor), dg.SkipReason)
    land(night, "pnd_pole_2026-11-20_r2.jsonl.gz")
    assert look(night, first.cursor).run_requests[0].run_key != first.run_requests[0].run_key


@pytest.mark.parametrize(
    ("name", "age"),
    [
        pytest.param("pnd_pole_2026-11-20.jsonl.gz", 0, id="a file still being written"),
        pytest.param("pnd_pole_2026-13-45.jsonl.gz", 120, id="a name with no date"),
        pytest.param("holiday_plan.docx", 120, id="a file of no source"),
    ],
)
def test_the_sensor_waits_for(name, age, night):
    land(night, name, age=age)
    assert isinstance(look(night), dg.SkipReason)


def test_a_file_of_a_day_to_come_is_named_and_stops_no_night_and_counts_when_its_day_has_begun(night, monkeypatch):
    land(night, "pnd_pole_2026-11-20.jsonl.gz")
    before = look(night)
    land(night, "pnd_pole_2062-11-20.jsonl.gz")
    said = look(night, before.cursor)
    assert "pnd_pole_2062-11-20.jsonl.gz" in said.skip_message
    land(night, "pnd_pole_2026-11-21.jsonl.gz")
    after = look(night, before.cursor)
    assert [request.partition_key for request in after.run_requests] == ["2026-11-21"]
    monkeypatch.setattr("pipelines.sensors.is_night", lambda day: day <= date(2062, 11, 20))
    assert [request.partition_key for request in look(night, after.cursor).run_requests] == ["2062-11-20"]


def test_with_nothing_but_files_of_days_to_come_the_sensor_names_them(night):
    land(night, "pnd_pole_2062-11-20.jsonl.gz")
    assert "pnd_pole_2062-11-20.jsonl.gz" in look(night).skip_message


FORGED = {"home": "/elsewhere", "landing": "/elsewhere", "is_locked": True, "accepted": {"unexplained": "why not"}}


@pytest.mark.parametrize("job", [nightly_job.name, "__ASSET_JOB"])
def test_a_run_can_t_be_given_another_home_landing_folder_lock_or_acceptance(job, definitions):
    forged = {"resources": {"night": {"config": FORGED}}}
    with pytest.raises(dg.DagsterInvalidConfigError, match="Received unexpected config"):
        definitions.resolve_job_def(job).execute_in_process(partition_key="2026-11-20", run_config=forged)


@pytest.mark.parametrize(
    ("job", "config"),
    [
        pytest.param(nightly_job.name, {"loggers": {}}, id="a night that keeps no record"),
        pytest.param(nightly_job.name, RECORDED | {"ops": {"release": {"config": 1}}}, id="a step with a setting"),
        pytest.param("__ASSET_JOB", {}, id="single assets"),
    ],
)
def test_a_run_with_any_other_configuration_is_refused_before_anything_is_written(job, config, definitions, tmp_path):
    job = definitions.resolve_job_def(job)
    with dg.DagsterInstance.ephemeral() as instance:
        run = {"partition_key": "2026-11-20", "run_config": config, "instance": instance}
        said = job.execute_in_process(**run, raise_on_error=False)
    assert "start the job `nightly` as it is" in words_of_failure(said.all_events)
    assert not (tmp_path / "home" / "releases").exists()


@pytest.mark.long
def test_the_record_of_a_run_rests_on_what_the_run_brought_from_the_store_not_on_what_was_there_before(tmp_path):
    delivery = tmp_path / "store" / "court" / "court_results_2026-11-20.csv"
    delivery.parent.mkdir(parents=True)
    delivery.write_text("no court's")
    home, landing = Home(tmp_path / "home"), tmp_path / "landing"
    home.create()
    settings = Settings(storage={"landing": f"file://{tmp_path}/store"})
    before = basis_of(landing, settings)
    job = build_definitions(home.path, landing, settings).resolve_job_def(nightly_job.name)
    (court,) = (asset for asset in ASSETS if asset.node_def.name == "raw_court")
    with dg.DagsterInstance.ephemeral() as instance:
        run = {"partition_key": "2026-11-20", "instance": instance, "asset_selection": list(court.keys)}
        job.execute_in_process(**run, raise_on_error=False)
    (record,) = list_runs(home)
    assert (landing / "court" / delivery.name).exists()
    assert record.basis == basis_of(landing, settings) != before


def results_of(**is_met):
    """Results of expectations on the content of `counted`, by what they are about."""
    rows = [("counted", "is_known", subject, "warning", met, 9, 9 - 9 * met, []) for subject, met in is_met.items()]
    return pl.DataFrame(rows, schema=EXPECTATION_RESULTS.schema, orient="row")


@pytest.mark.parametrize(
    ("before", "now", "passed", "words"),
    [
        pytest.param({"sex": True}, {"sex": True}, True, "None", id="all are met"),
        pytest.param({"sex": False}, {"sex": False}, True, "1 are not met, as before", id="not met before either"),
        pytest.param({"sex": True}, {"sex": False}, False, "is a delivery wrong?", id="not met for the first time"),
        pytest.param({}, {"sex": False}, False, "1 expectations are not met", id="on the first night"),
        pytest.param({"sex": False}, {"sex": False, "age": False}, False, "1 are not met, as before", id="one more"),
    ],
)
def test_a_check_warns_of_what_was_met_before_and_is_no_more(before, now, passed, words):
    known = results_of(**before).filter(~pl.col("is_met"))
    check = content_check(COUNTED, results_of(**now), known)
    assert (check.passed, check.severity) == (passed, dg.AssetCheckSeverity.WARN)
    assert words in str(check.description)


def deliveries_of(*states):
    rows = {"feed": [f"feed_{number}" for number, _ in enumerate(states)], "state": states}
    return pl.DataFrame(rows).with_columns(rows_quarantined=pl.lit(0), rows_set_aside=pl.lit(0))


def test_a_degraded_release_warns_and_names_the_feeds():
    check = whole_night(deliveries_of("fresh", "late"))
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "feed_1 is late" in check.description
    assert "feed_0" not in check.description
    assert whole_night(deliveries_of("fresh", "repeated")).passed


def test_the_nights_begin_with_the_first_delivery_that_landed_or_is_archived(night, tmp_path):
    assert date.today() - first_night(night.home, night.landing) >= timedelta(days=30)  # noqa: DTZ011  # within a day
    land(night, "pnd_pole_2026-11-18.jsonl.gz")
    land(night, "pnd_pole_2014-01-01.jsonl.gz")
    assert first_night(night.home, night.landing) == date(2026, 11, 18)
    archived = night.home / "archive" / "pnd" / "pnd_pole_2026-11-10.jsonl.gz"
    archived.parent.mkdir(parents=True)
    archived.touch()
    assert first_night(night.home, night.landing) == date(2026, 11, 10)
    definitions = build_definitions(night.home, night.landing, Settings(), first_night=date(2026, 11, 10))
    for asset in ("release", "raw_pnd__quarantine", "models"):
        partitions = definitions.resolve_asset_graph().get(dg.AssetKey(asset)).partitions_def
        assert partitions.get_first_partition_key() == "2026-11-10"


@pytest.mark.parametrize(
    ("day", "found"),
    [
        pytest.param(date(2015, 7, 30), False, id="before the law"),
        pytest.param(date(2015, 7, 31), True, id="the day the law came into force"),
        pytest.param(date(2999, 1, 1), False, id="the future"),
    ],
)
def test_a_night_is_a_day_under_the_law_that_has_begun(day, found):
    assert is_night(day) is found


@pytest.mark.parametrize(
    ("fails", "words"),
    [
        pytest.param(True, ("night_failed", "the ledger is gone"), id="a night that failed"),
        pytest.param(False, ("night_published", "degraded"), id="a night that was published"),
    ],
)
def test_how_a_run_of_dagster_ended_is_logged_in_the_words_of_its_record(fails, words, night, capfd):
    @dg.op
    def step():
        if fails:
            raise ValueError

    @dg.job
    def ended():
        step()

    state, cause = ("failed", "the ledger is gone") if fails else ("degraded", "")
    with dg.DagsterInstance.ephemeral() as instance:
        run = ended.execute_in_process(
            instance=instance, raise_on_error=False, tags={"dagster/partition": "2026-11-20"}
        )
        record = RunRecord(run.run_id, "2026-11-20", "Dagster", "", "", "2026-11-20T02:30", state=state, cause=cause)
        write_run(night.state, record)
        context = dg.build_run_status_sensor_context(
            sensor_name="it",
            dagster_event=run.all_events[-1],
            dagster_instance=instance,
            dagster_run=run.dagster_run,
            resources={"night": night},
        )
        failed_night(context.for_run_failure()) if fails else published_night(context)
    said = capfd.readouterr().err
    assert not [word for word in words if word not in said]
