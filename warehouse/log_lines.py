"""Log lines as JSON on standard error, for the journal of the system or a collector: names, keys and counts only.

Belongs here: their form. Does not: what is logged. An error is logged by its kind: its words may quote a value.
"""

import json
import logging
import sys
from contextlib import suppress
from typing import Any

import structlog

SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.EventRenamer("event"),
)


def log_event(event: str, **details: object) -> None:
    """Write a line on something that happened; a log that can't be written, for a full disk, is not a failure."""
    with suppress(OSError):
        lines = structlog.wrap_logger(structlog.WriteLogger(sys.stderr), [*SHARED, _rendered])
        lines.info(event, **details)


def log_as_json() -> None:
    """Let all that this process logs from now on be lines of the same form, unless a person reads along."""
    if sys.stderr.isatty():
        return
    handler = logging.StreamHandler()
    processors = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _kind_of_error, *SHARED]
    left_out = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=processors, processors=[left_out, _rendered])
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


_rendered = structlog.processors.JSONRenderer(serializer=json.dumps, default=str)


def _kind_of_error(_logger: Any, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    error = line.pop("exc_info", None)
    if isinstance(error, tuple) and error[0] is not None:
        line["error"] = error[0].__name__
    return line
