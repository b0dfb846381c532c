"""How a run shows its progress: a bar on a terminal, JSON lines anywhere else. Step names and counts only."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

RUN_LOG = logging.getLogger("concord.run")
STEP_EVENTS = {"STEP_START": "step_started", "STEP_SUCCESS": "step_done", "STEP_FAILURE": "step_failed"}


def run_logger(record: Callable[[str], logging.Handler]) -> dg.LoggerDefinition:
    """The logger that a run writes its events to: for its record, and for the progress on the command line.

    Args:
        record: makes what keeps the record of a run, from the run's id.
    """

    @dg.logger({}, description="Keeps the record of the run, and shows its progress.")
    def concord(context: dg.InitLoggerContext) -> logging.Logger:
        RUN_LOG.setLevel(logging.DEBUG)
        RUN_LOG.propagate = False
        logger = RUN_LOG.getChild(str(context.run_id))
        if not logger.handlers:  # Dagster asks for the logger of a run more than once
            logger.addHandler(record(str(context.run_id)))
        return logger

    return concord


class _StepHandler(logging.Handler):
    """Picks the steps' starts and ends out of what Dagster logs."""

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is not None and event.event_type_value in STEP_EVENTS:
            # A log that can't be written, for a full disk or a reader that left, must not fail the night.
            with suppress(OSError):
                self.show(STEP_EVENTS[event.event_type_value], event.step_key)

    def show(self, event: str, step: str) -> None:
        """Show one step event."""
        raise NotImplementedError


class JsonLines(_StepHandler):
    """One JSON object a line on standard error."""

    def show(self, event: str, step: str) -> None:
        """Write the event with its time."""
        write_json_line(event, step=step)


class ProgressBar(_StepHandler):
    """A bar with the name of the step that runs."""

    def __init__(self, progress: Progress, steps: int) -> None:
        super().__init__()
        self._progress = progress
        self._task = progress.add_task("starting", total=steps)

    def show(self, event: str, step: str) -> None:
        """Name the step that starts; advance when it is done."""
        if event == "step_started":
            self._progress.update(self._task, description=step.replace("_", " "))
        else:
            self._progress.advance(self._task)


def write_json_line(event: str, **details: object) -> None:
    """Write one JSON line to standard error."""
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **details}
    sys.stderr.write(json.dumps(line, default=str) + "\n")
    sys.stderr.flush()


@contextmanager
def shown_progress(steps: int) -> Iterator[None]:
    """Show the steps of the run inside the block, as fits where standard error goes."""
    if not sys.stderr.isatty():
        with _attached(JsonLines()):
            yield
        return
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
        _attached(ProgressBar(progress, steps)),
    ):
        yield


@contextmanager
def _attached(handler: logging.Handler) -> Iterator[None]:
    RUN_LOG.addHandler(handler)
    try:
        yield
    finally:
        RUN_LOG.removeHandler(handler)
