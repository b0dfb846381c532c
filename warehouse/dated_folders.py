"""Folders that each hold what was made for a day: named by it, never changed once there.

Belongs here: their names, and how one is built aside and put in place. Does not: what they hold, and which is in force
(releases: `warehouse.releases.release`; trained models: `warehouse.models`).

A reader never sees half a folder: it gets its name by one rename, after `fsync`. A crash before leaves a folder that
the next writer removes.
"""

import fcntl
import json
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from warehouse.disk import file_digest, sync, sync_folder

BUILDING: Final = ".building-"
"""What the names of folders that are being built, or removed, begin with."""
MANIFEST: Final = "manifest.json"
_NAME: Final = re.compile(r"(?P<letter>[a-z])(?P<day>\d{4}-\d{2}-\d{2})(?:\.(?P<revision>\d+))?")


def day_in(name: str) -> date:
    """The day that a folder stands for.

    Raises:
        LookupError: it is not the name of such a folder.
    """
    return date.fromisoformat(_parts(name)[0])


def changed_files(folder: Path, digests: Mapping[str, str]) -> list[str]:
    """The files that are missing, or whose SHA-256 is another one."""
    return [
        name for name, digest in digests.items() if not (folder / name).exists() or file_digest(folder / name) != digest
    ]


@dataclass(frozen=True)
class DatedFolders:
    """The folders of one kind: `r2023-11-30`, then `r2023-11-30.2` for what else was made for that day.

    Attributes:
        place: the folder they lie in.
        letter: what their names begin with.
    """

    place: Path
    letter: str

    def is_name(self, name: str) -> bool:
        """Whether a folder of this kind may have the name."""
        match = _NAME.fullmatch(name)
        return match is not None and match["letter"] == self.letter

    def names(self, day: date | None = None) -> list[str]:
        """The names of all folders, or of those of a day: oldest day first, those of a day in order."""
        names = (path.name for path in self.place.iterdir()) if self.place.is_dir() else ()
        return sorted((name for name in names if self.is_name(name) and day in (None, day_in(name))), key=_parts)

    def next_name(self, day: date) -> str:
        """The name of the next folder of a day."""
        names = self.names(day)
        return f"{self.letter}{day.isoformat()}" + (f".{_parts(names[-1])[1] + 1}" if names else "")

    @contextmanager
    def only_writer(self) -> Iterator[None]:
        """Let nobody else change anything meanwhile."""
        with (self.place / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A folder to build in, for one writer at a time; whatever is left in it afterwards is removed."""
        with self.only_writer():
            for abandoned in self.place.glob(f"{BUILDING}*"):
                shutil.rmtree(abandoned)
            folder = self._aside()
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def put_in_place(self, built: Path, name: str, manifest: Mapping[str, Any]) -> Path:
        """Give a folder its manifest and, in one step, its name; what had that name goes."""
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (built / MANIFEST).write_text(text, encoding="utf-8")
        sync_folder(built)
        place, former = self.place / name, self._aside()
        if place.exists():
            place.rename(former)
        built.rename(place)
        sync(self.place)
        shutil.rmtree(former, ignore_errors=True)
        return place

    def remove(self, name: str) -> None:
        """Remove a folder: after a crash it is there whole, or no longer there."""
        former = (self.place / name).rename(self._aside())
        sync(self.place)
        shutil.rmtree(former)

    def _aside(self) -> Path:
        return self.place / f"{BUILDING}{uuid.uuid4().hex}"


def _parts(name: str) -> tuple[str, int]:
    match = _NAME.fullmatch(name)
    if match is None:
        raise LookupError(f"{name} is not the name of a dated folder")
    return match["day"], int(match["revision"] or 1)
