"""Dagster's events in SQLite: kept over connections that stay open, read by any other process, closed at the end."""

import dagster as dg
import pytest
import sqlalchemy as sa
from papers import ROOT

from pipelines import event_log


@dg.asset
def register():
    return 1


@pytest.fixture
def opened(monkeypatch):
    """The addresses of the databases that were opened."""
    urls, open_database = [], event_log.open_database

    def noted(url):
        urls.append(url)
        return open_database(url)

    monkeypatch.setattr(event_log, "open_database", noted)
    return urls


@pytest.fixture
def instance_here(monkeypatch, tmp_path):
    monkeypatch.setenv("CONCORD_DAGSTER", str(tmp_path))
    return lambda: dg.DagsterInstance.from_config(str(ROOT))


def test_a_run_opens_each_database_once(instance_here, opened):
    with instance_here() as instance:
        assert dg.materialize([register], instance=instance).success
    assert len(opened) == len(set(opened)) == 2, "the index of all runs, and the run's own"


def test_what_happened_is_read_by_another_process_while_the_run_lasts_and_after_it(instance_here):
    with instance_here() as running:
        run = dg.materialize([register], instance=running)
        for _ in range(2):
            with instance_here() as reader:
                assert reader.get_latest_materialization_event(register.key).run_id == run.run_id
            running.dispose()


def test_nothing_stays_open_once_it_is_done(instance_here, tmp_path):
    with instance_here() as instance:
        dg.materialize([register], instance=instance)
        assert list(tmp_path.rglob("*.db-wal"))
    assert not list(tmp_path.rglob("*.db-wal"))


def test_of_many_runs_a_few_databases_stay_open_and_all_are_read(instance_here, tmp_path, monkeypatch):
    monkeypatch.setattr(event_log, "OPEN_DATABASES", 2)
    with instance_here() as instance:
        runs = [dg.materialize([register], instance=instance).run_id for _ in range(3)]
        assert len(list(tmp_path.rglob("*.db-wal"))) <= 2 + 1  # Dagster's own list of runs
        assert all(instance.all_logs(run) for run in runs)


def test_a_power_cut_can_not_damage_a_database(tmp_path):
    engine = event_log.open_database(f"sqlite:///{tmp_path}/events.db")
    with engine.connect() as connection:
        connection.execute(sa.text("PRAGMA journal_mode = WAL"))
        assert connection.scalar(sa.text("PRAGMA synchronous")) == 1  # NORMAL: whole in any case in WAL mode
    engine.dispose()
