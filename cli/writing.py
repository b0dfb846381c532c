"""Files that a user asks for: whole or as they were before, and what keeps one from being written said in words.

Belongs here: a file or folder of a user's own, named on the command line. Does not: files of the installation
(`warehouse.disk`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.disk import is_regular, replacing

OF_THE_PLACE = ("make room", "file sizes", "read-only")
"""Causes of a failure that lie in where something is written, and in no single file that is read or copied."""


@contextmanager
def naming(folder: Path) -> Iterator[None]:
    """Say which folder is full or can't be written, and what to do: libraries say neither.

    Raises:
        OSError: nothing more can be written there; its words are a whole sentence.
    """
    try:
        yield
    except Exception as error:
        cause = _cause_of(error)
        if cause is None or not any(words in cause for words in OF_THE_PLACE):
            raise
        raise OSError(f"{folder} can't be written: {cause}") from error


@contextmanager
def writing(out: Path) -> Iterator[Path]:
    """Where to write a file that is to be at that place, in place of a former one, once it is whole.

    What is no regular file (`/dev/stdout`, a pipe) is written as it is: it can't be replaced.

    Raises:
        OSError: it can't be written; its words are a whole sentence.
    """
    if not out.parent.is_dir():
        raise OSError(f"{out} can't be written: there is no folder {out.parent}")
    try:
        if out.exists() and not is_regular(out):
            yield out
        else:
            with replacing(out) as written:
                yield written
    except Exception as error:
        cause = _cause_of(error) or (error.strerror if isinstance(error, OSError) else None)
        if cause is None:
            raise
        raise OSError(f"{out} can't be written: {cause}") from error


def _cause_of(error: Exception) -> str | None:
    from pipelines.failures import known_cause  # it imports Dagster, which takes seconds

    return known_cause(str(error))
