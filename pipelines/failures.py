"""Why a run failed, in words that an operator can act on, without a value of anybody's record.

Belongs here: from the error of a step to one line. Does not: running (`pipelines.nightly`).
"""

from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg

# Failures whose own words hold counts, keys and paths alone. Others may quote a value.
OWN_FAILURES = frozenset(
    {
        "DagsterAssetCheckFailedError",
        "DamagedReleaseError",
        "Failure",
        "LedgerLockedError",
        "LedgerUnreachableError",
        "LostRecordError",
        "NotADirectoryError",
        "OSError",
        "PermissionError",
        "PublicationRefusedError",
        "RunUnderWayError",
        "SparkError",
        "StorageError",
        "UnbalancedDeliveryError",
    }
)
KNOWN_CAUSES = (
    ("no space left on device", "no space is left on the disk: make room, then try again"),
    ("file too large", "a file may not grow larger: raise the limit of file sizes (ulimit -f), then try again"),
    ("database or disk is full", "no space is left on the disk: make room, then try again"),
    ("invalid thrift", "a table can't be written whole: make room on the disk, then try again"),
    ("file out of specification", "a table between stages is damaged: `concord nightly` for that night makes it again"),
    ("disk i/o error", "a database can't be written: make room on the disk or have it checked, then try again"),
    ("disk quota exceeded", "the disk quota of the user that runs Concord is used up: make room, then try again"),
    ("interrupted", "it was stopped (Ctrl-C): run `concord retry`, which continues from the step that was stopped"),
    ("home directory", "the user that runs Concord has no home directory: set HOME, then try again"),
    ("getpwuid", "the user that runs Concord has no entry and no home directory: set HOME, then try again"),
    ("too many open files", "too many files are open: raise the limit of open files, then try again"),
    (
        "unable to open database file",
        "a database can't be opened: its folder must be there and writable, and enough files may be open (ulimit -n)",
    ),
    ("can't start new thread", "too few processes may run: raise their limit (ulimit -u), then try again"),
    ("cannot allocate memory", "the machine has too little memory: free some, then try again"),
    ("out of memory", "the machine has too little memory: free some, then try again"),
    ("read-only file system", "the file system is read-only: mount it for writing, then try again"),
    ("permission denied", "the user that runs Concord may not read or write a file: set its owner, then try again"),
    ("unicodedecodeerror", "a text is in another encoding than UTF-8: save it as UTF-8, then try again"),
    ("unicodeencodeerror", "a text can't be written in the encoding of the system: set PYTHONUTF8=1, then try again"),
    ("database is locked", "another program holds a database: wait for it to end, then try again"),
    ("input/output error", "the disk reports an error: have it checked, then try again"),
)
"""What the messages of libraries and of the operating system mean, by a part of them in small letters."""
NO_WORDS = "an error that Concord knows no words for"


def words_of_failure(events: Iterable[dg.DagsterEvent]) -> str:
    """The step that failed first and why: known causes and our own failures in words, others by where to look."""
    happened = list(events)
    failure = next((event for event in happened if event.is_step_failure), None)
    if failure is not None and failure.step_failure_data.error is not None:
        return f"step {failure.step_key}: {_words(list(_chain(failure.step_failure_data.error)))}"
    ending = next((event for event in happened if event.is_job_failure), None)
    error = ending.job_failure_data.error if ending else None
    return _words(list(_chain(error))) if error else "the run failed before its first step"


def known_cause(said: str) -> str | None:
    """What the message of a library or of the operating system means, by `KNOWN_CAUSES`; None if it is not there."""
    return next((words for part, words in KNOWN_CAUSES if part in said.lower()), None)


def _words(chain: list[Any]) -> str:
    own = next((error for error in chain if error.cls_name in OWN_FAILURES), None)
    known = known_cause(" ".join(error.to_string() for error in chain))
    if known is not None:
        return known
    if own is not None:
        # The outermost of our own failures says most: its message includes what it was raised from.
        return str(own.message).split(":", 1)[-1].strip()
    return f"{NO_WORDS}; the run in Dagster has its traceback"


def _chain(error: Any) -> Iterator[Any]:
    """Dagster's record of an error and of what it was raised from; a traceback of another process is not a cause."""
    cause = error
    while cause is not None:
        if cause.cls_name != "_RemoteTraceback":
            yield cause
        cause = cause.cause
