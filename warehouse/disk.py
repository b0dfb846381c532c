"""Files that are private, and whole or not there, whatever happens while they are written.

Belongs here: the steps that make a file or a folder private and durable. Does not: what is written.
"""

import errno
import hashlib
import os
import stat
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""The rights of everybody but the owner of a file."""

BLOCK_BYTES = 1 << 20


def keep_private() -> None:
    """Make every file and folder that this process makes from now on its owner's alone, whatever was set before.

    The process's mask and not a mode at each `open`: libraries (DuckDB, SQLite, polars, Dagster) make files too.
    """
    os.umask(OTHERS)


def close_to_others(folder: Path) -> None:
    """Take from everybody else the rights on a folder and on all below it; links are not followed.

    What another user owns can't be changed and is left: nobody reaches it through a closed folder.
    """
    for path in (folder, *folder.rglob("*")):
        with suppress(FileNotFoundError, PermissionError):
            mode = path.lstat().st_mode
            if mode & OTHERS and not stat.S_ISLNK(mode):
                path.chmod(stat.S_IMODE(mode) & ~OTHERS)


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_regular(path: Path) -> bool:
    """Whether a path is a file of its own: no folder, link, pipe, socket or device."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def open_regular(path: Path) -> BufferedReader:
    """Open a file for reading that another process may replace; never waits.

    Raises:
        OSError: it can't be opened, or is a link, pipe, socket, device or folder.
    """
    if not is_regular(path) and os.path.lexists(path):
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    return os.fdopen(descriptor, "rb")


def regular_digest(path: Path) -> str:
    """SHA-256 of a regular file that another process may replace.

    Raises:
        OSError: as `open_regular`.
    """
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_regular(path: Path, to: Path, *, most_bytes: int) -> str | None:
    """Copy a regular file; the SHA-256 of the copy, or None if there are more bytes than allowed.

    Raises:
        OSError: as `open_regular`, or the copy can't be written.
    """
    digest, left = hashlib.sha256(), most_bytes
    with open_regular(path) as source, to.open("xb") as copy:
        while block := source.read(BLOCK_BYTES):
            left -= len(block)
            if left < 0:
                return None
            digest.update(block)
            copy.write(block)
    return digest.hexdigest()


def sync(path: Path) -> None:
    """Make sure that a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make sure that the files of a folder, and their names, are on the disk."""
    for file in folder.iterdir():
        sync(file)
    sync(folder)


def make_folder(folder: Path) -> Path:
    """Make a folder, and those above it, so that they are there after a power cut."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        sync(made.parent)
    return folder


def unfinished(path: Path) -> str:
    """What the names of unfinished files for that path begin with."""
    return f".{path.name}-"


def put_in_place(written: Path, path: Path) -> Path:
    """Give a written file its name in one step: after a power cut the former file is there, or this one whole."""
    sync(written)
    written.replace(path)
    sync(path.parent)
    return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Where to write a file aside; at the end of the block it is put in place, or removed if the block raises."""
    written = path.with_name(f"{unfinished(path)}{uuid.uuid4().hex}")
    try:
        yield written
        put_in_place(written, path)
    finally:
        written.unlink(missing_ok=True)


@contextmanager
def filling(folder: Path) -> Iterator[Path]:
    """Where to write the files of a folder aside; at the end they are put in place, the first written first.

    If the block raises, the folder, which is made if it is missing, holds what it held before.
    """
    make_folder(folder)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".unfinished-") as name:
        aside = Path(name)
        yield aside
        for file in sorted(aside.iterdir(), key=lambda path: path.stat().st_mtime_ns):
            put_in_place(file, folder / file.name)


def put_text(path: Path, text: str) -> None:
    """Write a small file in one step: a reader sees the former text or this one."""
    with replacing(path) as written:
        written.write_text(text, encoding="utf-8")
