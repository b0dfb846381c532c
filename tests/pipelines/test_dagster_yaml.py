"""Dagster's own settings: those of one machine, and those of service, whose runs lie in PostgreSQL."""

import dagster as dg
import yaml
from papers import ROOT

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
