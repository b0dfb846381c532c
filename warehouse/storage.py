"""Deliveries and releases in an object store such as S3 or Azure: deliveries brought here, releases put there.

Belongs here: what is brought and put, and in which order. Does not: how a store is spoken to
(`warehouse.object_store`), what a release is (`warehouse.releases.release`), when it is mirrored
(`pipelines.after_run`).

Stores have no rename. A release is put there file by file, its manifest last; then `CURRENT`, which readers go by, is
moved on the condition that nobody else has moved it since. Readers hold every file to the digests of the manifest. So
a reader sees whole releases, and an upload that stops half-way changes nothing. Credentials come from the environment
alone, as the store's own tools read them.
"""

import hashlib
import logging
import os
import re
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.dated_folders import BUILDING, MANIFEST
from warehouse.disk import make_folder, put_text, replacing, sync_folder
from warehouse.home import Home
from warehouse.object_store import StorageError, download, explained, library, open_store, read_object
from warehouse.releases.release import (
    DATABASE,
    Release,
    list_releases,
    named_release,
    read_release,
    release_folders,
    verify,
)
from warehouse.sources import SOURCE_NAMES

if TYPE_CHECKING:
    from obstore import ObjectMeta, UpdateVersion
    from obstore.store import ObjectStore

log = logging.getLogger("concord.storage")

CURRENT = "CURRENT"
TABLE_FILE = re.compile(r"\w+")


@dataclass(frozen=True)
class _Pointer:
    """What `CURRENT` says, and the version of it that the store has."""

    release_id: str
    version: "UpdateVersion"


def fetch_landing(url: str | None, landing: Path) -> list[Path]:
    """Bring what is in the store, if there is one, and not here or not as it is there; the files that were brought.

    A delivery is `SOURCE/FILE` below the URL; other objects are left. One that is gone there stays here.

    Raises:
        StorageError: the store does not answer, or a delivery changed or went while it was read.
    """
    if not url:
        return []
    store = open_store(url)
    with explained(url):
        listed = [found for some in library().list(store) for found in some]
    brought = []
    for found in listed:
        source, _, name = found["path"].partition("/")
        path = landing / source / name
        if source in SOURCE_NAMES and name and "/" not in name and not _is_as_there(path, found):
            make_folder(path.parent)
            with explained(url):
                _bring_delivery(store, found, path)
            brought.append(path)
    return brought


def mirror_release(release: Release, url: str, *, is_in_force: bool) -> bool:
    """Put a release into the store, and put it in force there if it is here; safe to repeat.

    Returns:
        Whether the store would have noticed a second writer in the very moment `CURRENT` was moved.

    Raises:
        StorageError: the store does not answer, or another installation writes to it; what was in force there still is.
    """
    store = open_store(url)
    with explained(url):
        seen = _read_current(store) if is_in_force else None
        if not _is_there(store, release, url):
            tables = [release.parquet(name) for name in release.manifest["digests"]]
            for path in (*tables, release.database, release.path / MANIFEST):
                library().put(store, f"{release.release_id}/{path.name}", path)
        return _move_current(store, seen, release.release_id, url) if is_in_force else True


def mirror_releases(home: Home, url: str) -> str | None:
    """Put all releases into the store, and in force there what is in force here: its id.

    Keeps in the home why it could not be done, until it is.

    Raises:
        StorageError: see `mirror_release`.
        LookupError: a release here can't be read.
    """
    try:
        in_force = named_release(home)
        for release in list_releases(home):
            if not mirror_release(release, url, is_in_force=release.release_id == in_force):
                log.warning("%s can't set conditions: a second writer would not be noticed", url)
    except (StorageError, LookupError, OSError) as error:
        put_text(home.unmirrored, str(error))
        raise
    home.unmirrored.unlink(missing_ok=True)
    return in_force


def fetch_release(url: str, release_id: str | None = None, *, cache: Path | None = None) -> Home:
    """Bring a release from the store, unless it is here already; a folder of state that holds it and has it in force.

    Args:
        url: of the releases.
        release_id: defaults to the one in force there.
        cache: the folder for what is brought; below the user's own for such things if not given. Private to the user.

    Raises:
        LookupError: there is no such release.
        StorageError: the store does not answer, or a file is not as the manifest says.
    """
    store = open_store(url)
    own = cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "concord"
    home = Home(make_folder(own / hashlib.sha256(url.encode()).hexdigest()[:16]))
    home.path.chmod(0o700)
    with explained(url):
        named = release_id or getattr(_read_current(store), "release_id", None)
        manifest = read_object(store, f"{named}/{MANIFEST}") if release_folders(home).is_name(named or "") else None
        if named is None or manifest is None:
            raise LookupError(f"{url} holds no release{f' {named}' if named else ' in force'}")
        if not _is_here(home, named, manifest):
            _bring_release(store, home, named, manifest)
    put_text(home.current, f"{named}\n")
    return home


def _is_as_there(path: Path, found: "ObjectMeta") -> bool:
    if not path.exists():
        return False
    here = path.stat()
    # Stores give milliseconds at best; a disk keeps them as binary fractions.
    is_same_time = abs(here.st_mtime - found["last_modified"].timestamp()) < 0.001
    return bool(here.st_size == found["size"] and is_same_time)


def _bring_delivery(store: "ObjectStore", found: "ObjectMeta", path: Path) -> None:
    """Bring it as it was listed, with its time: by size and time it is known again."""
    condition = {"if_match": found["e_tag"]} if found["e_tag"] else {}
    moment = found["last_modified"].timestamp()
    with replacing(path) as written:
        download(store, found, written, condition)
        os.utime(written, (moment, moment))


def _is_there(store: "ObjectStore", release: Release, url: str) -> bool:
    """Whether the store has the release whole.

    Raises:
        StorageError: it has another content of that id, which this installation did not make.
    """
    there = read_object(store, f"{release.release_id}/{MANIFEST}")
    former = {erased["content_hash"] for erased in release.manifest.get("erasures", ())}
    own = {release.content_hash, *former}
    if there is not None and not any(known.encode() in there for known in own):
        raise StorageError(
            f"{url} holds another {release.release_id}: another installation writes there. Give each a place of its own"
        )
    return there == (release.path / MANIFEST).read_bytes()


def _read_current(store: "ObjectStore") -> _Pointer | None:
    try:
        found = library().get(store, CURRENT)
    except FileNotFoundError:
        return None
    version: UpdateVersion = {"e_tag": found.meta["e_tag"]}
    if found.meta["version"]:
        version["version"] = found.meta["version"]
    return _Pointer(bytes(found.bytes()).decode(errors="replace").strip(), version)


def _move_current(store: "ObjectStore", seen: _Pointer | None, release_id: str, url: str) -> bool:
    if seen is not None and seen.release_id == release_id:
        return True
    obstore = library()
    try:
        obstore.put(store, CURRENT, f"{release_id}\n".encode(), mode=seen.version if seen else "create")
    except (obstore.exceptions.AlreadyExistsError, obstore.exceptions.PreconditionError):
        # A try that got through though its answer was lost makes the next one fail.
        _check_unmoved(store, release_id, url)
    except (obstore.exceptions.NotSupportedError, NotImplementedError):
        if (now := _read_current(store)) != seen and now is not None:
            _check_unmoved(store, release_id, url)
        obstore.put(store, CURRENT, f"{release_id}\n".encode())
        return False
    return True


def _check_unmoved(store: "ObjectStore", release_id: str, url: str) -> None:
    now = _read_current(store)
    if now is None or now.release_id != release_id:
        raise StorageError(
            f"{url}: {now.release_id if now else 'nothing'} was put in force there meanwhile; {release_id} was "
            "not. See who else writes there, then run again"
        )


def _is_here(home: Home, release_id: str, manifest: bytes) -> bool:
    path = home.releases / release_id / MANIFEST
    return path.exists() and path.read_bytes() == manifest and not verify(read_release(home, release_id))


def _bring_release(store: "ObjectStore", home: Home, release_id: str, manifest: bytes) -> None:
    """Bring a release aside, hold it to its manifest, then put it in its place."""
    building = Home(home.path / f"{BUILDING}{uuid.uuid4().hex}")
    place = make_folder(building.releases / release_id)
    try:
        (place / MANIFEST).write_bytes(manifest)
        release = read_release(building, release_id)
        for name in (
            *(f"{table}.parquet" for table in release.manifest["digests"] if TABLE_FILE.fullmatch(table)),
            DATABASE,
        ):
            download(store, library().head(store, f"{release_id}/{name}"), place / name, {})
        if changed := verify(release):
            raise StorageError(
                f"release {release_id} is not as its manifest says, or is just being replaced: {', '.join(changed)}"
            )
        sync_folder(place)
        make_folder(home.releases)
        shutil.rmtree(home.releases / release_id, ignore_errors=True)
        place.replace(home.releases / release_id)
    finally:
        shutil.rmtree(building.path, ignore_errors=True)
