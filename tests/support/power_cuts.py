"""What a disk holds after a power cut: only what was synced, under names that were synced.

Belongs here: the record of what was synced, and the folder as it would be found. Does not: what must hold of it.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Disk:
    """A disk that keeps the bytes of a file when the file is synced, and the names in a folder when that is synced."""

    def __init__(self) -> None:
        self._bytes: dict[int, bytes] = {}
        self._names: dict[int, dict[str, int]] = {}

    def sync(self, descriptor: int) -> None:
        """Keep what a file or folder holds now."""
        path, state = Path(f"/proc/self/fd/{descriptor}").resolve(), os.fstat(descriptor)
        if stat.S_ISDIR(state.st_mode):
            self._names[state.st_ino] = {entry.name: entry.inode() for entry in os.scandir(path)}
        else:
            self._bytes[state.st_ino] = path.read_bytes()

    def image(self, folder: Path, to: Path) -> Path:
        """What is found of a folder after a power cut now; a file that was never synced is empty."""
        self._restore(folder.stat().st_ino, to)
        return to

    def _restore(self, inode: int, to: Path) -> None:
        to.mkdir()
        for name, held in self._names.get(inode, {}).items():
            if held in self._names:
                self._restore(held, to / name)
            else:
                (to / name).write_bytes(self._bytes.get(held, b""))


@contextmanager
def recorded_disk(after_sync: Callable[[Disk, Path], None]) -> Iterator[Disk]:
    """Record what this process syncs; `after_sync` is called with each folder that was."""
    disk, sync = Disk(), os.fsync

    def recording(descriptor: int) -> None:
        sync(descriptor)
        disk.sync(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").resolve()
        if path.is_dir():
            after_sync(disk, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", recording)
        yield disk
