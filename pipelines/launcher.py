"""How Dagster's daemon finds out that the process of a run is gone, so that a killed night does not block all others.

Belongs here: the health of a run, for run monitoring (`dagster.yaml`). Does not: the record it is read from
(`pipelines.runs`).
"""

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus

from pipelines.runs import read_run
from warehouse.home import Home


class WatchedRunLauncher(dg.DefaultRunLauncher):
    """Dagster's launcher of runs, which also knows whether a run that was started still runs."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Whether it can be asked if a run still runs: it can."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether a run still runs: it failed if the process that keeps its record is gone."""
        record = read_run(Home.find(), run.run_id)
        if record is not None and record.state == "killed":
            return CheckRunHealthResult(WorkerStatus.FAILED, record.cause)
        return CheckRunHealthResult(WorkerStatus.RUNNING)
