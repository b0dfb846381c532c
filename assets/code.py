"""The code, reference data and libraries by which a night's content is made, as digests. No Dagster here."""

import hashlib
import json
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from warehouse.disk import file_digest

ROOT = Path(__file__).parent.parent
PACKAGES = ("assets", "expectations", "ledger", "matching", "reconciliation", "study", "warehouse")
CODE_SUFFIXES = frozenset({".py", ".csv", ".json", ".toml"})


@cache
def code_digest(root: Path = ROOT) -> str:
    """Digest of the code and reference data below a folder that a night's content follows from, as first read."""
    files = (file for package in PACKAGES for file in (root / package).rglob("*") if file.suffix in CODE_SUFFIXES)
    lines = "".join(f"{file.relative_to(root).as_posix()} {file_digest(file)}\n" for file in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


@cache
def loaded_code() -> str:
    """Digest of the code, Python and all installed libraries that this process runs."""
    # Of each the file that says both is read once.
    versions = sorted(f"{said['Name']} {said['Version']}" for said in (library.metadata for library in distributions()))
    return hashlib.sha256("\n".join((code_digest(), platform.python_version(), *versions)).encode()).hexdigest()


def basis_of_tables(limits: Mapping[str, int], year: int) -> str:
    """Digest of what tables that a later night takes over rest on, beside what they are made from.

    Args:
        limits: how large a delivery may be.
        year: of the night: after it nobody is born yet.
    """
    said = (loaded_code(), json.dumps(dict(limits), sort_keys=True), str(year))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
