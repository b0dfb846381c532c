"""Copies of all that can't be made again, proved before they are relied on.

Belongs here: which folders of a home are kept, copying and proving them. Does not: the ledger's database, whose copy
its own engine makes (`ledger.decisions.database`).
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from warehouse.disk import file_digest, keep_private, make_folder, put_text, sync, unfinished
from warehouse.home import Home

MANIFEST = "backup.json"
# `key` and the end of the audit log lie in `desk`; tables between stages and Dagster's records can be made again.
KEPT = ("releases", "archive", "quarantine", "runs", "models", "desk", "erasures", "packs")
# An alert that is acknowledged until a day is noted in its file alone.
KEPT_FILES = ("concord.toml", "alerts.json")


class BackupError(Exception):
    """A backup can't be made, or can't be relied on; the message says why."""


def back_up(home: Home, to: Path, *, copy_ledger: Callable[[Path], object] | None) -> int:
    """Copy a home into a new folder, whole or not at all; how many files. The caller keeps runs off.

    Args:
        home: what is copied.
        to: a folder that is not there yet.
        copy_ledger: writes a copy of the ledger to a file; None: there is none.

    Raises:
        BackupError: there is something at that place.
        OSError: something can't be read or written.
    """
    if to.exists():
        raise BackupError(f"{to} is there already: name a new folder")
    keep_private()
    building = to.with_name(f"{unfinished(to)}building")
    shutil.rmtree(building, ignore_errors=True)
    make_folder(building)
    try:
        _copy(home.path, building)
        if copy_ledger is not None:
            make_folder(building / "ledger")
            copy_ledger(building / home.ledger.relative_to(home.path))
        digests = _digests(building)
        put_text(building / MANIFEST, json.dumps(digests, indent=1) + "\n")
        _sync_all(building)
        building.replace(to)
        sync(to.parent)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return len(digests)


def restore(backup: Path, home: Home) -> int:
    """Put a backup into a home that has nothing yet, after proving it; how many files.

    Raises:
        BackupError: it is not a backup, is not as it was made, or the home has releases or decisions already.
        OSError: something can't be read or written.
    """
    if any(path.exists() for path in (home.releases, home.ledger, home.archive)):
        raise BackupError(f"{home.path} is in use: restore into a folder that has no releases, archive and ledger")
    digests = prove(backup)
    keep_private()
    make_folder(home.path)
    _copy(backup, home.path)
    ledger = home.ledger.relative_to(home.path)
    if (backup / ledger).exists():
        make_folder(home.ledger.parent)
        shutil.copyfile(backup / ledger, home.ledger)
    for name in (*KEPT, *KEPT_FILES, "ledger"):
        if (home.path / name).exists():
            _sync_all(home.path / name)
    sync(home.path)
    return len(digests)


def prove(backup: Path) -> dict[str, str]:
    """The files of a backup with their digests, if each is as it was copied.

    Raises:
        BackupError: it is not a backup, or files are missing, changed or added.
    """
    try:
        noted: dict[str, str] = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupError(f"{backup} is not a whole backup: {MANIFEST} can't be read") from error
    found = _digests(backup)
    differ = sorted(name for name in noted.keys() | found.keys() if noted.get(name) != found.get(name))
    if differ:
        more = f" and {len(differ) - 1} more" if len(differ) > 1 else ""
        raise BackupError(f"{backup} is not as it was made: {differ[0]}{more}; use another one")
    return noted


def _copy(folder: Path, to: Path) -> None:
    for name in KEPT:
        if (folder / name).exists():
            shutil.copytree(
                folder / name, to / name, ignore=shutil.ignore_patterns(".*"), copy_function=shutil.copyfile
            )
    for name in KEPT_FILES:
        if (folder / name).exists():
            shutil.copyfile(folder / name, to / name)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): file_digest(path) for path in files}


def _sync_all(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        sync(path)
