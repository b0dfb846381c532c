"""The copy of a delivery that is read: taken from a regular file of bounded size, and archived as it was read.

Belongs here: taking, bounding and archiving copies. Does not: which delivery counts (`assets.deliveries`).

A sender may write over a file, or put a link or a pipe in its place, at any moment: so nothing in the landing folder is
opened twice, and readers never see it.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import NoReturn

from assets.delivery_files import file_digests
from assets.sources.contract import Delivery, DeliveryTooLargeError, Limits
from warehouse.disk import copy_regular, make_folder, put_in_place

TAKING = ".taking-"
SHOWN_DIGITS = 12
ANY_SIZE = Limits(bytes=sys.maxsize)


@contextmanager
def folder_for_copies(archive: Path | None) -> Iterator[Path]:
    """A folder beside the archived files, removed at the end of the block with all that was not archived.

    Without an archive it is the system's own for such files: what is only looked at changes nothing in the home.
    """
    if archive is None:
        with tempfile.TemporaryDirectory(prefix="concord-") as folder:
            yield Path(folder)
        return
    for abandoned in make_folder(archive).glob(f"{TAKING}*"):
        shutil.rmtree(abandoned)
    with tempfile.TemporaryDirectory(dir=archive, prefix=TAKING) as folder:
        yield Path(folder)


def take_copy(delivery: Delivery, folder: Path, *, limits: Limits) -> tuple[Delivery, str]:
    """Copy a delivery and its companion to where nobody writes; the copy, and the SHA-256 of its bytes.

    Raises:
        OSError: one of them can't be read, or is not a regular file.
        DeliveryTooLargeError: it has more bytes than a delivery may.
    """
    own = Path(tempfile.mkdtemp(dir=folder))
    companion = delivery.companion_path
    if companion is not None and os.path.lexists(companion) and (companion.is_symlink() or not companion.is_dir()):
        _copy(companion, own, limits)
    digest = _copy(delivery.path, own, limits)
    return replace(delivery, path=own / delivery.path.name, limits=limits), digest


def archive_copy(taken: Delivery, archive: Path) -> None:
    """Put a copy into the archive; what is there under its name with other bytes goes below the archive first.

    A release may rest on that, and a night falls back on it where this one is never published.
    """
    former = replace(taken, path=archive / taken.path.name)
    digests = file_digests(former)
    if digests[0] and digests != file_digests(taken):
        copy, digest = take_copy(former, taken.path.parent, limits=ANY_SIZE)
        _put(copy, folder_of_content(archive, digest))
    _put(taken, archive)


def folder_of_content(folder: Path, digest: str) -> Path:
    """A folder for one content, so that files of one name lie beside each other; it is made if it is missing."""
    return make_folder(folder / digest[:SHOWN_DIGITS])


def replaced_folders(archive: Path) -> list[Path]:
    """Where a source's archived files lie whose names came again with other bytes, the last replaced first."""
    return sorted(archive.glob("[!.]*/"), key=lambda folder: folder.stat().st_mtime_ns, reverse=True)


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """End a block that takes too long by an error; only the main thread can be interrupted.

    Raises:
        DeliveryTooLargeError: the block took longer.
    """

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise DeliveryTooLargeError("seconds", f"it could not be read within {seconds:,} seconds")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _put(delivery: Delivery, folder: Path) -> None:
    for path in delivery.files:
        put_in_place(path, folder / path.name)


def _copy(path: Path, folder: Path, limits: Limits) -> str:
    copied = copy_regular(path, folder / path.name, most_bytes=limits.bytes)
    if copied is None:
        raise DeliveryTooLargeError("bytes", f"it has more than {limits.bytes:,} bytes")
    return copied
