"""How a release is published: built aside, proved, then put in place in one atomic step.

Belongs here: the manifest of a release, its place, the pointer to the one in force. Does not: folders of a day in
general (`warehouse.dated_folders`), writing its tables (`warehouse.releases.build`) and its DuckDB file
(`warehouse.releases.duckdb_file`), reading it (`reconciliation.register`), going back to a former one
(`warehouse.releases.rollback`).

A reader never sees half a release: the folder gets its name by one rename, `CURRENT` its content by another, both
after `fsync`. A crash before the first leaves a `.building-` folder, which the next publication removes; a crash
between the two leaves a whole release, which the next publication of the same content puts in force.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.dated_folders import MANIFEST, DatedFolders, changed_files, day_in
from warehouse.disk import file_digest, put_text, unfinished
from warehouse.home import Home
from warehouse.releases.build import hash_of, write_tables
from warehouse.releases.duckdb_file import write_register
from warehouse.releases.marks import marked
from warehouse.releases.publication_checks import check_repeated
from warehouse.releases.rollback_history import withdrawn_releases
from warehouse.tables.release import DATABASE_TABLES

DATABASE = "register.duckdb"
# Without these a manifest says nothing that can be relied on.
MANIFEST_KEYS = frozenset({"as_of", "state", "content_hash", "rows", "digests", "database_digest"})


class DamagedReleaseError(LookupError):
    """A release has no manifest that can be read, or a table of it is gone."""


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
    def state(self) -> str:
        """`published`, or `degraded` where it rests on late or missing deliveries."""
        return str(self.manifest["state"])

    @property
    def follows(self) -> str | None:
        """The release it carries on from: the ids, the states of discrepancies, the changes listed; None for none."""
        return self.manifest.get("follows")

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

    def lack_of(self, table: str, held: Iterable[str]) -> LookupError:
        """Why it does not hold a table: it was published with it, or it has no table of that name."""
        if table in self.manifest["digests"]:
            return DamagedReleaseError(
                f"release {self.release_id} is damaged: its table {table} is gone. Restore it, or put another release "
                "in force with `concord release rollback RELEASE`"
            )
        return KeyError(f"release {self.release_id} has no table {table}: it has {', '.join(held)}")


def publish(  # noqa: PLR0913  # each is an entry of the manifest
    home: Home,
    tables: Mapping[str, pl.LazyFrame | pl.DataFrame],
    *,
    as_of: date,
    inputs: Mapping[str, str],
    versions: Mapping[str, str],
    config_hash: str,
    state: str,
    follows: str | None = None,
    ledger_heads: Mapping[str, str] | None = None,
    notes: Mapping[str, Any] | None = None,
) -> Release:
    """Publish the tables as the release of a date, and put it in force.

    Safe to repeat: content that was already published for the date is not published again, but put in force. A release
    of an earlier date than the one in force is published without taking its place; so is one that was rolled back.

    Args:
        home: the folder of all state.
        tables: every public table by name; `link_orders__pairs` for the waterfall of each order, `source_records` for
            stewards to decide on, and `CARRIED_TABLES` for the next night to carry on from.
        as_of: the date whose deliveries the release rests on.
        inputs: deliveries used, from their id to the SHA-256 of the file.
        versions: of the package and its libraries.
        config_hash: digest of the settings in force.
        state: `published` or `degraded`.
        follows: id of the release that the night carried on from; None for the first.
        ledger_heads: what proves later that the ledger and its audit log lost nothing.
        notes: what else the manifest says, which the content does not follow from: settings, gates.

    Raises:
        PublicationRefusedError: a table is missing or breaks a gate, or differs from another release of its date and
            nothing explains it; nothing was published.
    """
    folders = release_folders(home.create())
    with folders.building() as building:
        for unused in home.releases.glob(f"{unfinished(home.current)}*"):
            unused.unlink()
        rows = write_tables(building, tables)
        digests = {name: file_digest(building / f"{name}.parquet") for name in rows}
        release = _published_as(home, as_of, digests)
        if release is None:
            account = {
                "as_of": as_of.isoformat(),
                "state": state,
                "follows": follows,
                "content_hash": hash_of(digests),
                "config_hash": config_hash,
                "versions": dict(sorted(versions.items())),
                "inputs": dict(sorted(inputs.items())),
                "ledger": dict(sorted((ledger_heads or {}).items())),
                "rows": rows,
                "digests": digests,
            } | dict(notes or {})
            check_repeated(account, [made.manifest for made in revisions_of(home, as_of)])
            release = _put_in_place(home, building, account)
        _put_in_force(home, release)
    return release


def _put_in_place(home: Home, building: Path, account: Mapping[str, Any]) -> Release:
    """Make the DuckDB file of the tables in a folder, and give the folder its name and manifest."""
    folders = release_folders(home)
    write_register(
        building, building / DATABASE, tables=[table for table in DATABASE_TABLES if table.name in account["rows"]]
    )
    name = folders.next_name(date.fromisoformat(account["as_of"]))
    written = {"release_id": name, **account, "database_digest": file_digest(building / DATABASE)}
    manifest = marked(home, written)
    return Release(folders.put_in_place(building, name, manifest), manifest)


def release_folders(home: Home) -> DatedFolders:
    """The folders of all releases."""
    return DatedFolders(home.releases, "r")


def release_ids(home: Home) -> list[str]:
    """The ids of all releases, oldest date first, revisions of a date in order."""
    return release_folders(home).names()


def list_releases(home: Home) -> tuple[Release, ...]:
    """All releases, in the order of `release_ids`.

    Raises:
        DamagedReleaseError: one has no manifest that can be read.
    """
    return tuple(read_release(home, release_id) for release_id in release_ids(home))


def named_release(home: Home) -> str | None:
    """What stands as the id of the release in force, whether or not there is such a release; None before the first."""
    try:
        return home.current.read_text(errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None


def current_release(home: Home) -> Release | None:
    """The release in force; None before the first.

    Raises:
        LookupError: the file that names it names no release.
        DamagedReleaseError: it has no manifest that can be read.
    """
    release_id = named_release(home)
    if release_id is None:
        return None
    if release_id not in release_ids(home):
        raise LookupError(f"{home.current} names no release: write the id of one into it, or run a night")
    return read_release(home, release_id)


def revisions_of(home: Home, as_of: date) -> tuple[Release, ...]:
    """The releases of a date; one that is damaged is left out, and another takes its place."""
    revisions = []
    for release_id in release_folders(home).names(as_of):
        with suppress(DamagedReleaseError):
            revisions.append(read_release(home, release_id))
    return tuple(revisions)


def release_before(home: Home, as_of: date) -> Release | None:
    """The release that a night of that date carries on from: the last one of an earlier date that was not rolled back.

    Raises:
        DamagedReleaseError: it has no manifest that can be read.
    """
    withdrawn = withdrawn_releases(home)
    earlier = [name for name in release_ids(home) if day_in(name) < as_of and name not in withdrawn]
    return read_release(home, earlier[-1]) if earlier else None


def read_release(home: Home, release_id: str) -> Release:
    """The release of that id.

    Raises:
        LookupError: there is none.
        DamagedReleaseError: it has no manifest that can be read.
    """
    path = home.releases / release_id
    if not release_folders(home).is_name(release_id) or not path.exists():
        raise no_such_release(home, release_id)
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedReleaseError(f"release {release_id} is damaged: its manifest can't be read") from error
    if not isinstance(manifest, dict) or not manifest.keys() >= MANIFEST_KEYS:
        raise DamagedReleaseError(f"release {release_id} is damaged: its manifest lacks entries")
    return Release(path, manifest)


def follows_removed(home: Home, release_id: str) -> bool:
    """Whether a release carried on from one that is no longer kept."""
    former = read_release(home, release_id).follows
    return former is not None and not (home.releases / former).exists()


def no_such_release(home: Home, release_id: str) -> LookupError:
    """There is no such release: earlier ones were removed, or the ids that are most like it."""
    kept, said = release_ids(home), f"there is no release {release_id}"
    if not kept:
        return LookupError(f"{said}: none has been published")
    is_earlier = release_folders(home).is_name(release_id) and release_id < kept[0]
    if is_earlier and follows_removed(home, kept[0]):
        return LookupError(f"{said} any more: the first that is kept is {kept[0]}")
    alike = ", ".join(get_close_matches(release_id, kept, n=3, cutoff=0))
    return LookupError(f"{said}; of the {len(kept)} that there are, most like it: {alike} (`concord release list`)")


def verify(release: Release) -> tuple[str, ...]:
    """The files of a release that are missing or not as published; none if it is whole."""
    tables = {f"{name}.parquet": digest for name, digest in release.manifest["digests"].items()}
    digests = tables | {DATABASE: release.manifest["database_digest"]}
    changed = changed_files(release.path, digests)
    is_consistent = hash_of(release.manifest["digests"]) == release.content_hash
    return tuple(changed) if is_consistent else (MANIFEST, *changed)


def _put_in_force(home: Home, release: Release) -> None:
    try:
        current = current_release(home)
    except LookupError:
        current = None  # the file was damaged: this writes it again
    is_passed = current is not None and (current.as_of > release.as_of or current.path == release.path)
    if not is_passed and release.release_id not in withdrawn_releases(home):
        put_text(home.current, f"{release.release_id}\n")


def _published_as(home: Home, as_of: date, digests: Mapping[str, str]) -> Release | None:
    same = (release for release in revisions_of(home, as_of) if release.manifest["digests"] == digests)
    return next(same, None)
