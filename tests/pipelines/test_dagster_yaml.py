"""Dagster's own settings: those of one machine, and those of service, whose runs lie in PostgreSQL."""

import os

import dagster as dg
import pytest
import yaml
from papers import ROOT
from typer.testing import CliRunner

from cli.main import app
from pipelines.nightly import UnsafeDatabaseError, check_database, instance_of, name_folders
from pipelines.settings import SettingsError
from warehouse.home import Home

FILES = (ROOT / "dagster.yaml", ROOT / "deploy" / "dagster.yaml")


@dg.op
def step():
    return None


@dg.job
def night():
    step()


def test_service_differs_from_one_machine_in_where_runs_are_kept_alone():
    here, service = (yaml.safe_load(file.read_text()) for file in FILES)
    assert service.pop("storage") != here.pop("storage")
    assert service == here


def test_in_service_runs_are_kept_in_postgresql(postgres, monkeypatch, tmp_path):
    monkeypatch.setenv("CONCORD_DAGSTER_URL", postgres().replace("+psycopg", ""))
    monkeypatch.setenv("CONCORD_DAGSTER", str(tmp_path))
    with dg.DagsterInstance.from_config(str(FILES[1].parent)) as instance:
        run_id = night.execute_in_process(instance=instance).run_id
    with dg.DagsterInstance.from_config(str(FILES[1].parent)) as instance:
        assert instance.get_run_by_id(run_id).is_success
    assert not list(tmp_path.rglob("*.db"))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("postgresql://kim:secret@db.internal/dagster", "sslmode=verify-full", id="nothing of encryption"),
        pytest.param("kim:secret", "can't be read", id="no URL"),
    ],
)
def test_a_database_whose_way_is_not_said_to_be_protected_is_refused_by_nights_and_pages(
    url, words, monkeypatch, tmp_path
):
    monkeypatch.setenv("CONCORD_DAGSTER_URL", url)
    monkeypatch.setenv("CONCORD_DAGSTER", str(tmp_path / "dagster"))
    monkeypatch.setenv("DAGSTER_HOME", str(FILES[1].parent))
    with pytest.raises(UnsafeDatabaseError, match=words) as refused, instance_of(Home(tmp_path)):
        pass
    assert "secret" not in str(refused.value)
    said = CliRunner().invoke(app, ["dagster", "--port", "0", "--home", str(tmp_path)])
    assert (said.exit_code, words in said.stderr, "secret" in said.output) == (2, True, False)


def test_a_database_that_the_settings_of_one_machine_do_not_use_is_not_asked_about(monkeypatch, tmp_path):
    monkeypatch.setenv("CONCORD_DAGSTER_URL", "postgresql://db.internal/dagster")
    monkeypatch.setenv("CONCORD_DAGSTER", str(tmp_path))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    name_folders(Home(tmp_path))
    check_database()
    assert os.environ.pop("DAGSTER_HOME") == str(ROOT)


@pytest.mark.parametrize("named", ["nowhere", "a file"])
def test_settings_of_dagster_that_are_nowhere_are_named(named, monkeypatch, tmp_path):
    (tmp_path / "a file").touch()
    monkeypatch.setenv("CONCORD_DAGSTER", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / named))
    with pytest.raises(SettingsError, match="DAGSTER_HOME"), instance_of(Home(tmp_path)):
        pass
    said = CliRunner().invoke(app, ["dagster", "--port", "0", "--home", str(tmp_path)])
    assert isinstance(said.exception, SettingsError)
