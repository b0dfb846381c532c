"""Figures on the last run and the installation, in the text format of Prometheus: `metrics.prom` in the home.

Belongs here: which figures there are. Does not: those of the desk, which hands these out too (`review.metrics`).
"""

from collections import Counter
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from pipelines.alerts import RESOLVED, read_alerts
from pipelines.runs import RunRecord, list_runs
from warehouse.home import Home
from warehouse.releases.release import current_release


def write_metrics(home: Home) -> None:
    """Write the figures as of now, in one step."""
    registry, runs, release = CollectorRegistry(), list_runs(home, skip_unreadable=True), current_release(home)
    if runs:
        _add_run(registry, runs[-1])
    if release is not None:
        at = datetime(release.as_of.year, release.as_of.month, release.as_of.day, tzinfo=UTC).timestamp()
        Gauge("concord_release_night_seconds", "Night of the release in force, Unix time.", registry=registry).set(at)
        rows = Gauge("concord_release_rows", "Rows of a table of it.", ["table"], registry=registry)
        for table, count in release.manifest["rows"].items():
            rows.labels(table).set(count)
    alerts = Gauge("concord_alerts", "Open alerts, by kind.", ["kind"], registry=registry)
    standing = (
        alert.key.partition(":")[0] for alert in read_alerts(home, skip_unreadable=True) if alert.state != RESOLVED
    )
    for kind, count in Counter(standing).items():
        alerts.labels(kind).set(count)
    write_to_textfile(str(home.metrics), registry)


def _add_run(registry: CollectorRegistry, run: RunRecord) -> None:
    state = Gauge("concord_run_state", "1 for the state of the last run.", ["state"], registry=registry)
    state.labels(run.state).set(1)
    started = datetime.fromisoformat(run.started_at).timestamp()
    Gauge("concord_run_started_seconds", "Start of the last run, Unix time.", registry=registry).set(started)
    Gauge("concord_run_seconds", "Seconds that it took.", registry=registry).set(run.seconds)
    seconds = Gauge("concord_step_seconds", "Seconds that a step of it took.", ["step"], registry=registry)
    rows = Gauge("concord_step_rows", "Rows of a table that a step of it made.", ["step", "table"], registry=registry)
    disk = Gauge("concord_disk_bytes", "Bytes by kind of state at its end.", ["kind"], registry=registry)
    for kind, size in run.disk.items():
        disk.labels(kind).set(size)
    for name, step in run.steps.items():
        seconds.labels(name).set(step.seconds)
        for table, count in step.rows.items():
            rows.labels(name, table).set(count)
