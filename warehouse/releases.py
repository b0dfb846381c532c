"""How a release is published: built aside, proved, then put in place in one atomic step.

Belongs here: the gates, the files and the manifest of a release, the pointer to the one in force. Does not: what the
tables hold, the DuckDB file itself (`warehouse.duck`), reading a release (`warehouse.register`).

A reader never sees half a release: the folder gets its name by one rename, `CURRENT` its content by another, both
after `fsync`. A crash before the first leaves a `.building-` folder, which the next publication removes; a crash
between the two leaves a whole release, which the next publication of the same content puts in force.
"""

import fcntl
import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.disk import digest_of, put_text, sync, sync_folder, unfinished
from warehouse.duck import write_register
from warehouse.gates import check_relations, check_table
from warehouse.home import Home
from warehouse.schema import Table
from warehouse.tables.link import IDENTITIES, LINK_PAIRS
from warehouse.tables.register import PUBLIC_TABLES
from warehouse.tables.release import ACCOUNT_OF_THE_NIGHT, ORDER_PAIRS, QUERIED_TABLES

RELEASE_NAME = re.compile(r"r(?P<as_of>\d{4}-\d{2}-\d{2})(?:\.(?P<revision>\d+))?")
ROW_GROUP_SIZE = 100_000
COMPRESSION_LEVEL = 3
DATABASE = "register.duckdb"
MANIFEST = "manifest.json"
BUILDING = ".building-"


@dataclass(frozen=True)
class Release:
    """A published release.

    Attributes:
        path: its folder; the name of the folder is the id of the release.
        manifest: what `manifest.json` says.
    """

    path: Path
    manifest: Mapping[str, Any]

    @property
    def release_id(self) -> str:
        """`r2023-11-30`, or `r2023-11-30.2` for the second content published for that date."""
        return self.path.name

    @property
    def as_of(self) -> date:
        """The date whose deliveries it rests on."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def revision(self) -> int:
        """Which content of its date it is, from 1."""
        return _order_of(self.release_id)[1]

    @property
    def state(self) -> str:
        """`published`, or `degraded` where it rests on late or missing deliveries."""
        return str(self.manifest["state"])

    @property
    def content_hash(self) -> str:
        """Digest over the digests of its tables: equal for equal content (`hash_of`)."""
        return str(self.manifest["content_hash"])

    @property
    def database(self) -> Path:
        """The DuckDB file."""
        return self.path / DATABASE

    def parquet(self, table: str) -> Path:
        """The Parquet file of a table."""
        return self.path / f"{table}.parquet"


def publish(
    home: Home,
    tables: Mapping[str, pl.LazyFrame | pl.DataFrame],
    *,
    as_of: date,
    inputs: Mapping[str, str],
    versions: Mapping[str, str],
    config_hash: str,
    state: str,
) -> Release:
    """Publish the tables as the release of a date, and put it in force.

    Safe to repeat: content that was already published for the date is not published again, but put in force. A release
    of an earlier date than the one in force is published without taking its place.

    Args:
        home: the folder of all state.
        tables: every public table by name; `link_orders__pairs` too, if the waterfall of each order is to be kept,
            and `identities`, if the next night is to carry on its ids.
        as_of: the date whose deliveries the release rests on.
        inputs: deliveries used, from their id to the SHA-256 of the file.
        versions: of the package and its libraries.
        config_hash: digest of the settings in force.
        state: `published` or `degraded`.

    Raises:
        PublicationRefusedError: a table is missing or breaks a gate; nothing was published.
    """
    home.create()
    with _publishing(home) as building:
        rows = _write_tables(building, tables)
        digests = {name: digest_of(building / f"{name}.parquet") for name in rows}
        release = _published_as(home, as_of, digests)
        if release is None:
            write_register(building, building / DATABASE, tables=[t for t in QUERIED_TABLES if t.name in rows])
            manifest = {
                "release_id": _next_id(home, as_of),
                "as_of": as_of.isoformat(),
                "state": state,
                "content_hash": hash_of(digests),
                "config_hash": config_hash,
                "versions": dict(sorted(versions.items())),
                "inputs": dict(sorted(inputs.items())),
                "rows": rows,
                "digests": digests,
                "database_digest": digest_of(building / DATABASE),
            }
            release = _put_in_place(home, building, manifest)
        _put_in_force(home, release)
    return release


def list_releases(home: Home) -> tuple[Release, ...]:
    """All whole releases, oldest date first, revisions of a date in order."""
    if not home.releases.exists():
        return ()
    names = [path.name for path in home.releases.iterdir() if RELEASE_NAME.fullmatch(path.name)]
    return tuple(read_release(home, name) for name in sorted(names, key=_order_of))


def current_release(home: Home) -> Release | None:
    """The release in force; None before the first.

    Raises:
        LookupError: the file that names it names no release.
    """
    if not home.current.exists():
        return None
    try:
        return read_release(home, home.current.read_text(errors="replace").strip())
    except LookupError as error:
        raise LookupError(f"{home.current} names no release: write the id of one into it, or run a night") from error


def release_before(home: Home, as_of: date) -> Release | None:
    """The last release of an earlier date: the one whose changes a release of that date tells."""
    return next((release for release in reversed(list_releases(home)) if release.as_of < as_of), None)


def read_release(home: Home, release_id: str) -> Release:
    """The release of that id.

    Raises:
        LookupError: there is none.
    """
    path = home.releases / release_id
    if not RELEASE_NAME.fullmatch(release_id) or not (path / MANIFEST).exists():
        raise LookupError(f"there is no release {release_id}")
    return Release(path, json.loads((path / MANIFEST).read_text(encoding="utf-8")))


def verify(release: Release) -> tuple[str, ...]:
    """The files of a release that are missing or not as published; none if it is whole."""
    digests = {f"{name}.parquet": digest for name, digest in release.manifest["digests"].items()}
    digests[DATABASE] = release.manifest["database_digest"]
    changed = [
        name
        for name, digest in digests.items()
        if not (release.path / name).exists() or digest_of(release.path / name) != digest
    ]
    is_consistent = hash_of(release.manifest["digests"]) == release.content_hash
    return tuple(changed) if is_consistent else (MANIFEST, *changed)


def hash_of(digests: Mapping[str, str]) -> str:
    """The content hash: the digest over the sorted table names and their digests, but for the account of the night."""
    account = {table.name for table in ACCOUNT_OF_THE_NIGHT}
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(digests.items()) if name not in account)
    return hashlib.sha256(lines.encode()).hexdigest()


@contextmanager
def _publishing(home: Home) -> Iterator[Path]:
    """A folder to build in, for one publication at a time; whatever is left in it afterwards is removed."""
    with (home.releases / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for abandoned in home.releases.glob(f"{BUILDING}*"):
            shutil.rmtree(abandoned)
        for unused in home.releases.glob(f"{unfinished(home.current)}*"):
            unused.unlink()
        building = home.releases / f"{BUILDING}{uuid.uuid4().hex}"
        building.mkdir()
        try:
            yield building
        finally:
            shutil.rmtree(building, ignore_errors=True)


def _write_tables(building: Path, tables: Mapping[str, pl.LazyFrame | pl.DataFrame]) -> dict[str, int]:
    """Write every table as Parquet and hold it to its gates; rows by table."""
    rows = {table.name: _write_table(building, table, tables.get(table.name)) for table in PUBLIC_TABLES}
    check_relations(building)
    if LINK_PAIRS.name in tables:
        pairs = _order_pairs(tables[LINK_PAIRS.name].lazy(), building)
        rows[ORDER_PAIRS.name] = _write_table(building, ORDER_PAIRS, pairs)
    if IDENTITIES.name in tables:
        rows[IDENTITIES.name] = _write_table(building, IDENTITIES, tables[IDENTITIES.name])
    return rows


def _write_table(building: Path, table: Table, frame: pl.LazyFrame | pl.DataFrame | None) -> int:
    ordered = check_table(table, frame)
    # One chunk: the pages of the file would follow the chunks, and the chunks the number of threads.
    ordered.rechunk().write_parquet(
        building / f"{table.name}.parquet",
        compression="zstd",
        compression_level=COMPRESSION_LEVEL,
        row_group_size=ROW_GROUP_SIZE,
    )
    return ordered.height


def _order_pairs(pairs: pl.LazyFrame, building: Path) -> pl.LazyFrame:
    """The pairs whose records belong to one order."""
    orders = pl.scan_parquet(building / "order_sources.parquet").select(
        pl.concat_str("source", "source_key", separator=":").alias("record_id"), "order_id"
    )
    return pairs.join(orders, left_on="left_id", right_on="record_id").join(
        orders, left_on=["right_id", "order_id"], right_on=["record_id", "order_id"]
    )


def _put_in_place(home: Home, building: Path, manifest: Mapping[str, Any]) -> Release:
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (building / MANIFEST).write_text(text, encoding="utf-8")
    sync_folder(building)
    place = home.releases / str(manifest["release_id"])
    building.replace(place)
    sync(home.releases)
    return Release(place, manifest)


def _put_in_force(home: Home, release: Release) -> None:
    try:
        current = current_release(home)
    except LookupError:
        current = None  # the file was damaged: this writes it anew
    if current is not None and (current.as_of > release.as_of or current.path == release.path):
        return
    put_text(home.current, f"{release.release_id}\n")


def _published_as(home: Home, as_of: date, digests: Mapping[str, str]) -> Release | None:
    same = (
        release for release in list_releases(home) if release.as_of == as_of and release.manifest["digests"] == digests
    )
    return next(same, None)


def _next_id(home: Home, as_of: date) -> str:
    revisions = [release.revision for release in list_releases(home) if release.as_of == as_of]
    return f"r{as_of.isoformat()}" + (f".{max(revisions) + 1}" if revisions else "")


def _order_of(release_id: str) -> tuple[str, int]:
    match = RELEASE_NAME.fullmatch(release_id)
    if match is None:
        raise LookupError(f"{release_id} is not the id of a release")
    return match["as_of"], int(match["revision"] or 1)
