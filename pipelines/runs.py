"""The record of each run, by the command line or Dagster: `runs/<run id>.json`, written at its start and its steps.

Belongs here: what a record says, writing and reading it. Does not: why a run failed, in words (`pipelines.failures`).
Counts, names of steps and tables, and no personal data.
"""

import json
import logging
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import dagster as dg

from pipelines.failures import words_of_failure
from warehouse.disk import put_text
from warehouse.home import Home

RunState = Literal["running", "published", "degraded", "failed"]
STARTS, SUCCEEDS, FAILS = ("PIPELINE_START", "PIPELINE_SUCCESS", "PIPELINE_FAILURE")
COMMAND_LINE, DAGSTER = "command line", "Dagster"


@dataclass
class RunStep:
    """A step of a run.

    Attributes:
        state: running, done or failed.
        rows: of the tables that it made, by their names.
    """

    state: str = "running"
    seconds: float = 0.0
    rows: dict[str, int] = field(default_factory=dict)


@dataclass
class RunRecord:
    """A run.

    Attributes:
        run_id: as Dagster knows it.
        started_by: the command line or Dagster.
        basis: digest of what it read (files that landed, settings, code): a run of the same basis may go on from it.
        landing: the folder that its deliveries landed in.
        state: running (or interrupted, if nothing runs any more), published, degraded or failed.
        seconds: how long it took.
        steps: by name, in the order in which they started.
        release_id: the release that it published, or found to be published already.
        cause: why it failed, in words; empty if it did not.
        disk: bytes by kind of state at its end.
    """

    run_id: str
    night: str
    started_by: str
    basis: str
    landing: str
    started_at: str
    state: RunState = "running"
    seconds: float = 0.0
    steps: dict[str, RunStep] = field(default_factory=dict)
    release_id: str | None = None
    cause: str = ""
    disk: dict[str, int] = field(default_factory=dict)

    @property
    def done(self) -> frozenset[str]:
        """The steps that were done."""
        return frozenset(name for name, step in self.steps.items() if step.state == "done")


class RunRecorder(logging.Handler):
    """Keeps the record of a run by the events that Dagster logs. That it can't be written never fails the run."""

    def __init__(self, home: Home, run_id: str, *, started_by: str, landing: str, basis: str) -> None:
        super().__init__()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._home, self._record = home, RunRecord(run_id, "", started_by, basis, landing, now)
        self._events: list[dg.DagsterEvent] = []
        self._started: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of an event."""
        logged = getattr(record, "dagster_meta", {})
        event = logged.get("dagster_event")
        if event is not None:
            self._record.night = logged["job_tags"].get("dagster/partition", self._record.night)
            with suppress(OSError):
                self._note(event, record.created)

    def _note(self, event: dg.DagsterEvent, at: float) -> None:
        kind, run = event.event_type_value, self._record
        if event.is_failure:
            self._events.append(event)
        if event.is_step_event and event.step_key:
            self._note_step(event, kind, at)
        if kind == STARTS:
            self._write()
        if kind in (SUCCEEDS, FAILS):
            run.seconds = round(at - datetime.fromisoformat(run.started_at).timestamp(), 1)
            run.disk = disk_by_kind(self._home)
            if kind == FAILS:
                run.state, run.cause = "failed", words_of_failure(self._events)
            self._write()

    def _note_step(self, event: dg.DagsterEvent, kind: str, at: float) -> None:
        step = self._record.steps.setdefault(str(event.step_key), RunStep())
        if kind == "STEP_START":
            self._started[str(event.step_key)] = at
        elif kind in ("STEP_SUCCESS", "STEP_FAILURE"):
            step.state = "done" if kind == "STEP_SUCCESS" else "failed"
            step.seconds = round(at - self._started.get(str(event.step_key), at), 1)
            self._write()
        elif kind == "ASSET_MATERIALIZATION":
            self._note_table(step, event)

    def _note_table(self, step: RunStep, event: dg.DagsterEvent) -> None:
        made = event.step_materialization_data.materialization
        if "dagster/row_count" in made.metadata:
            step.rows[made.asset_key.path[-1]] = int(str(made.metadata["dagster/row_count"].value))
        if "release_id" in made.metadata:
            self._record.release_id = str(made.metadata["release_id"].value)
            self._record.state = "degraded" if made.metadata["state"].value == "degraded" else "published"

    def _write(self) -> None:
        self._home.runs.mkdir(parents=True, exist_ok=True)
        put_text(self._home.runs / f"{self._record.run_id}.json", json.dumps(asdict(self._record), indent=2) + "\n")


def list_runs(home: Home) -> list[RunRecord]:
    """All runs, the last one last; a file that can't be read as a record is left out."""
    records = []
    for path in home.runs.glob("*.json") if home.runs.is_dir() else ():
        with suppress(OSError, ValueError, TypeError, KeyError):
            records.append(_read(json.loads(path.read_text(encoding="utf-8"))))
    return sorted(records, key=lambda record: record.started_at)


def _read(said: dict[str, Any]) -> RunRecord:
    return RunRecord(**said | {"steps": {name: RunStep(**step) for name, step in said["steps"].items()}})


def disk_by_kind(home: Home) -> dict[str, int]:
    """Bytes below the folder of all state, by the name of the folder in it."""
    folders = sorted(path for path in home.path.iterdir() if path.is_dir())
    return {folder.name: sum(file.stat().st_size for file in _files(folder)) for folder in folders}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
