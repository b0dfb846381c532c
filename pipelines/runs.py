"""The record of each run, by the command line or Dagster: `runs/<run id>.json`, and log lines, at its start and steps.

Belongs here: what a record says, writing and reading it. Does not: why a run failed, in words (`pipelines.failures`).
Counts, names of steps and tables, and no personal data.
"""

import json
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Literal

import dagster as dg

from pipelines.failures import words_of_failure
from warehouse.disk import put_text
from warehouse.home import Home
from warehouse.log_lines import log_event
from warehouse.processes import is_gone, own_mark
from warehouse.stamps import IN_FULL, TAKEN_OVER

RunState = Literal["running", "published", "degraded", "failed", "killed"]
STARTS, SUCCEEDS, FAILS = ("PIPELINE_START", "PIPELINE_SUCCESS", "PIPELINE_FAILURE")
KILLED = (
    "its process is gone: it was killed, the machine stopped, or the disk was too full to say how it ended; run "
    "the night again (`concord retry`)"
)
COMMAND_LINE, DAGSTER = "command line", "Dagster"
ROOM, ROOM_BYTES = ".room", 1 << 16
"""Space that runs keep beside their records, so that one that fails on a full disk can still say so."""


@dataclass
class RunStep:
    """A step of a run.

    Attributes:
        state: running, done or failed.
        rows: of the tables that it made, by their names.
        processor: seconds of processor time of its process; validating its tables is not among them.
        taken_over: rows that had not changed and were taken over from the night before.
        in_full: why none could be, in words.
    """

    state: str = "running"
    seconds: float = 0.0
    processor: float = 0.0
    rows: dict[str, int] = field(default_factory=dict)
    taken_over: int = 0
    in_full: str = ""


@dataclass
class RunRecord:
    """A run.

    Attributes:
        run_id: as Dagster knows it.
        started_by: the command line or Dagster.
        basis: digest of what it read (files that landed, settings, code): a run of the same basis may go on from it.
        landing: the folder that its deliveries landed in.
        state: running, published, degraded, failed, or killed: it ended without a word.
        seconds: how long it took.
        steps: by name, in the order in which they started.
        release_id: the release that it published, or found to be published already.
        cause: why it failed, in words; empty if it did not.
        disk: bytes by kind of state at its end.
        process: the mark of the process that runs it.
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
    process: str = ""

    @property
    def done(self) -> frozenset[str]:
        """The steps that were done."""
        return frozenset(name for name, step in self.steps.items() if step.state == "done")


class RunRecorder(logging.Handler):
    """Keeps the record of a run by the events that Dagster logs. That it can't be written never fails the run."""

    def __init__(self, home: Home, run_id: str, *, started_by: str, landing: str, basis: Callable[[], str]) -> None:
        super().__init__()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._home, self._record = home, RunRecord(run_id, "", started_by, "", landing, now)
        self._basis = basis
        self._record.process = own_mark()
        self._events: list[dg.DagsterEvent] = []
        self._started: dict[str, tuple[float, float]] = {}

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
            for killed in [other for other in list_runs(self._home, skip_unreadable=True) if other.state == "killed"]:
                write_run(self._home, killed)
            write_run(self._home, run)
            keep_room(self._home)
            self._log("run_started")
        if kind in (SUCCEEDS, FAILS):
            run.seconds = round(at - datetime.fromisoformat(run.started_at).timestamp(), 1)
            run.disk = disk_by_kind(self._home)
            if kind == FAILS:
                run.state, run.cause = "failed", words_of_failure(self._events)
            self._log("run_ended", state=run.state, seconds=run.seconds, release=run.release_id, cause=run.cause)
            write_run(self._home, run)

    def _note_step(self, event: dg.DagsterEvent, kind: str, at: float) -> None:
        step = self._record.steps.setdefault(str(event.step_key), RunStep())
        if kind == "STEP_START":
            self._record.basis = self._record.basis or self._basis()  # a store's deliveries have been brought by now
            self._started[str(event.step_key)] = at, process_time()
            self._log("step_started", step=event.step_key)
        elif kind in ("STEP_SUCCESS", "STEP_FAILURE"):
            step.state = "done" if kind == "STEP_SUCCESS" else "failed"
            began, used = self._started.get(str(event.step_key), (at, process_time()))
            step.seconds, step.processor = round(at - began, 1), round(process_time() - used, 2)
            write_run(self._home, self._record)
            said = {name: value for name, value in asdict(step).items() if name != "state"}
            self._log(f"step_{step.state}", step=event.step_key, **said)
        elif kind == "ASSET_MATERIALIZATION":
            self._note_table(step, event)

    def _note_table(self, step: RunStep, event: dg.DagsterEvent) -> None:
        made = event.step_materialization_data.materialization
        if "dagster/row_count" in made.metadata:
            step.rows[made.asset_key.path[-1]] = int(str(made.metadata["dagster/row_count"].value))
        if TAKEN_OVER in made.metadata:
            step.taken_over = int(str(made.metadata[TAKEN_OVER].value))
            step.in_full = str(made.metadata[IN_FULL].value)
        if "release_id" in made.metadata:
            self._record.release_id = str(made.metadata["release_id"].value)
            self._record.state = "degraded" if made.metadata["state"].value == "degraded" else "published"

    def _log(self, event: str, **details: object) -> None:
        if not sys.stderr.isatty():  # there a bar shows it
            log_event(event, run=self._record.run_id, night=self._record.night, **details)


def write_run(home: Home, run: RunRecord) -> None:
    """Keep the record of a run; of one that has ended on a full disk too, in the room that was kept for it."""
    home.runs.mkdir(parents=True, exist_ok=True)
    path, text = home.runs / f"{run.run_id}.json", json.dumps(asdict(run), indent=2) + "\n"
    room = home.runs / ROOM
    try:
        put_text(path, text)
    except OSError:
        if run.state == "running" or not room.exists():
            raise
        room.unlink()
        put_text(path, text)


def keep_room(home: Home) -> None:
    """Keep room for the end of a run, if it is not kept and the disk has it."""
    room = home.runs / ROOM
    with suppress(OSError):
        if not room.exists():
            put_text(room, " " * ROOM_BYTES)


def close_run(home: Home, ended: RunRecord) -> None:
    """Note how a run of this process ended, if its recorder could not: before Dagster began, or on a full disk.

    Args:
        home: the folder of all state.
        ended: what is known of it, with the moment from which on it may have begun.
    """
    runs = list_runs(home, skip_unreadable=True)
    since = [run for run in runs if run.process == ended.process and run.started_at >= ended.started_at]
    noted = since[-1] if since else ended
    if since and noted.state != "running":
        return
    seconds = round((datetime.now(UTC) - datetime.fromisoformat(noted.started_at)).total_seconds(), 1)
    noted = replace(noted, state=ended.state, cause=ended.cause, release_id=ended.release_id, seconds=seconds)
    with suppress(OSError):
        write_run(home, noted)


def list_runs(home: Home, *, skip_unreadable: bool = False) -> list[RunRecord]:
    """All runs, the last one last; a file that is no record is left out.

    Args:
        home: the folder of all state.
        skip_unreadable: leave out also what the disk does not give, where it does not matter how the last run ended.

    Raises:
        OSError: a record can't be read; it may be that of the last run.
    """
    passed_over = (OSError,) if skip_unreadable else ()
    records: list[RunRecord | None] = []
    with suppress(*passed_over):
        for path in home.runs.iterdir() if home.runs.is_dir() else ():
            if path.suffix == ".json":
                with suppress(*passed_over):
                    records.append(_read_record(path))
    return sorted((record for record in records if record is not None), key=lambda record: record.started_at)


def read_run(home: Home, run_id: str) -> RunRecord | None:
    """The record of a run; None if there is none that can be read. Without its process a run is not running."""
    with suppress(OSError):
        return _read_record(home.runs / f"{run_id}.json")
    return None


def _read_record(path: Path) -> RunRecord | None:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        run = RunRecord(**said | {"steps": {name: RunStep(**step) for name, step in said["steps"].items()}})
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return replace(run, state="killed", cause=KILLED) if run.state == "running" and is_gone(run.process) else run


def disk_by_kind(home: Home) -> dict[str, int]:
    """Bytes below the folder of all state, by the name of the folder in it."""
    folders = sorted(path for path in home.path.iterdir() if path.is_dir())
    return {folder.name: sum(file.stat().st_size for file in _files(folder)) for folder in folders}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
