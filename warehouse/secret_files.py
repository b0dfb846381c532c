"""Secrets from files: what systemd or an agent of a vault puts into a folder, one file for each variable.

Belongs here: making them variables of this process and those that it starts. Does not: what each is for.

A file is seen by its reader alone; a variable of a unit by anybody who may ask systemd for it, and by every program
that the unit starts.
"""

import os
import re
from collections.abc import MutableMapping
from pathlib import Path

FOLDERS = ("CONCORD_SECRETS", "CREDENTIALS_DIRECTORY")
"""Variables that name such a folder; the second is set by systemd."""
NAME = re.compile(r"(?:CONCORD|AWS|PG)[A-Z_]*", re.ASCII)
OTHERS_READ = 0o004


class SecretFileError(Exception):
    """A secret can't be taken from its file; the message names the variable, never its value."""


def read_secret_files(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set a variable for each file that is named like one of ours; other files are left alone.

    Raises:
        SecretFileError: a file can't be read, is empty, others may read it, or its variable has another value already.
    """
    folders = [environment[name] for name in FOLDERS if environment.get(name)]
    for folder in folders:
        for name in _names_in(Path(folder)):
            secret = _read(Path(folder) / name)
            if environment.get(name, secret) != secret:
                raise SecretFileError(f"{name} is set twice, and not alike: keep it in the folder of secrets alone")
            environment[name] = secret


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if NAME.fullmatch(path.name))
    except OSError as error:
        raise SecretFileError(f"the folder of secrets can't be read: {error.strerror}") from None


def _read(path: Path) -> str:
    try:
        if path.stat().st_mode & OTHERS_READ:
            raise SecretFileError(f"the file of {path.name} may be read by anybody: chmod o-r")
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        raise SecretFileError(f"the file of {path.name} can't be read") from None
    if not secret:
        raise SecretFileError(f"the file of {path.name} is empty")
    return secret
