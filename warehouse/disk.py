"""Files that are whole or not there, whatever happens while they are written.

Belongs here: the steps that make a file or a folder durable. Does not: what is written.
"""

import hashlib
import os
import uuid
from pathlib import Path


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def unfinished(path: Path) -> str:
    """What the names of unfinished files for that path begin with."""
    return f".{path.name}-"


def put_text(path: Path, text: str) -> None:
    """Write a small file in one step: a reader sees the former text or this one."""
    written = path.with_name(f"{unfinished(path)}{uuid.uuid4().hex}")
    written.write_text(text, encoding="utf-8")
    sync(written)
    written.replace(path)
    sync(path.parent)
