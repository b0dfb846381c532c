"""How a run shows its progress on a terminal: a bar. Anywhere else its record logs it (`pipelines.runs`)."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

RUN_LOG = logging.getLogger("concord.run")


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


class ProgressBar(logging.Handler):
    """A bar with the name of the step that runs."""

    def __init__(self, progress: Progress, steps: int) -> None:
        super().__init__()
        self._progress = progress
        self._task = progress.add_task("starting", total=steps)

    def emit(self, record: logging.LogRecord) -> None:
        """Name the step that starts; advance when it is done."""
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is None:
            return
        kind = event.event_type_value
        if kind == "STEP_START":
            self._progress.update(self._task, description=event.step_key.replace("_", " "))
        elif kind in ("STEP_SUCCESS", "STEP_FAILURE"):
            self._progress.advance(self._task)


@contextmanager
def shown_progress(steps: int) -> Iterator[None]:
    """Show the steps of the run inside the block, on a terminal; elsewhere its record logs them."""
    if not sys.stderr.isatty():
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
