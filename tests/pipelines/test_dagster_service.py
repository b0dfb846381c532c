"""`concord dagster` as an operator runs it: real processes, real requests, a run that is killed."""

import json
import os
import re
import signal
import subprocess
import time
from contextlib import contextmanager, suppress

import httpx2
import pytest
from nights import CONCORD, NIGHT

from pipelines.jobs import RECORDED
from pipelines.runs import list_runs
from samples.nights import write_nights
from warehouse.home import Home
from warehouse.releases.release import current_release, verify

pytestmark = pytest.mark.long

PATIENCE = 240
LAUNCH = """mutation($run: ExecutionParams!) { launchPipelineExecution(executionParams: $run) {
  __typename ... on RunConfigValidationInvalid { errors { message } } } }"""
LOADED = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }"


@contextmanager
def served(home, landing, *words):
    """Serve Dagster's pages as on a terminal; a client that holds the token, and the process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CONCORD", "DAGSTER"))}
    command = [CONCORD, "dagster", "--port", "0", "--home", home, *words]
    environment["CONCORD_LANDING"] = str(landing)
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    ) as process:
        try:
            origin, token = re.search(r"(http://\S+)/\?token=([\w-]+)", process.stdout.readline()).groups()
            with httpx2.Client(base_url=origin, headers={"authorization": f"Bearer {token}"}, timeout=60) as client:
                wait_until(lambda: ask(client, LOADED)["repositoriesOrError"]["nodes"])
                yield client, process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def wait_until(found):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if result := found():
                return result
        except (httpx2.HTTPError, KeyError):
            pass
        time.sleep(0.5)
    raise AssertionError("it did not happen in time")


def ask(client, query, **variables):
    return client.post("/graphql", json={"query": query, "variables": variables}).json()["data"]


def launch(client, config=RECORDED):
    selector = {
        "repositoryLocationName": "pipelines.definitions",
        "repositoryName": "__repository__",
        "pipelineName": "nightly",
    }
    tags = [{"key": "dagster/partition", "value": NIGHT.isoformat()}]
    run = {"selector": selector, "runConfigData": config, "executionMetadata": {"tags": tags}}
    return ask(client, LAUNCH, run=run)["launchPipelineExecution"]


def test_a_forged_request_starts_nothing_and_a_killed_run_starts_again_by_itself(tmp_path):
    home = Home(tmp_path / "home")
    write_nights(tmp_path, orders=20, seed=5, as_of=NIGHT)
    with served(home.path, tmp_path / "landing", "--operate") as (client, _):
        nobody, page = {"authorization": ""}, {"origin": "https://evil.example"}
        query = {"query": "mutation { reloadWorkspace { __typename } }"}
        assert client.post("/graphql", json=query, headers=nobody).status_code == 401
        assert client.post("/graphql", json=query, headers=page).status_code == 403
        assert client.get("/graphql", params=query).status_code == 405
        assert client.get("/graphql", params=query, headers=nobody).status_code == 401
        forged = {"resources": {"night": {"config": {"home": str(tmp_path / "x"), "is_locked": True}}}}
        assert launch(client, RECORDED | forged)["__typename"] == "RunConfigValidationInvalid"
        assert list_runs(home) == []

        assert launch(client)["__typename"] == "LaunchRunSuccess"
        (run,) = wait_until(lambda: [run for run in list_runs(home) if run.steps])
        os.kill(int(run.process.split()[1]), signal.SIGKILL)
        first, second = wait_until(lambda: [*list_runs(home), None][:2] if len(list_runs(home)) > 1 else [])
        assert (first.run_id, first.state) == (run.run_id, "killed")
        release = wait_until(lambda: current_release(home))
        assert verify(release) == ()
        assert wait_until(lambda: list_runs(home)[-1].state not in ("running", "killed"))
        assert list_runs(home)[-1].run_id == second.run_id
        record = json.loads((home.runs / f"{run.run_id}.json").read_text())
        assert record["state"] == "killed"


def test_its_pages_only_show_and_the_first_interrupt_ends_all_of_it(tmp_path):
    (tmp_path / "landing").mkdir()
    with served(tmp_path / "home", tmp_path / "landing") as (client, process):
        assert launch(client)["__typename"] == "UnauthorizedError"
        reported = client.post("/report_asset_materialization/release", json={})
        assert reported.status_code in (401, 403)
        process.send_signal(signal.SIGINT)  # to it alone: it ends the others
        assert process.wait(60) == 0
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
