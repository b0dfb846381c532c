"""A past night run again from what is kept: deliveries, decisions, models, settings and the release before.

Belongs here: putting together, in a folder of its own, what the night rested on. Does not: the night itself
(`pipelines.nightly`). The installation is only read; the replay is thrown away once it is compared.
"""

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from assets.sources.contract import Delivery
from ledger.decisions.errors import LedgerMissingError
from ledger.decisions.ledger import Ledger
from matching.trained import load_models, shipped_models
from pipelines.nightly import run_night
from pipelines.retention import archived_in
from pipelines.settings import Settings, StorageSettings
from warehouse.disk import file_digest, put_text
from warehouse.home import Home
from warehouse.models import list_models
from warehouse.releases.build import hash_of
from warehouse.releases.publication_checks import CODE
from warehouse.releases.release import Release, list_releases
from warehouse.tables.ledger import DECISIONS
from warehouse.tables.register import DELIVERIES
from warehouse.tables.release import ACCOUNT_OF_THE_NIGHT, KNOWN_DECISIONS


class NotReplayableError(Exception):
    """Something that the night rested on is no longer kept, or not as it was."""


@dataclass(frozen=True)
class Replay:
    """The result of running a night again.

    Attributes:
        is_same: the content hash is that of the release.
        differing: tables that differ.
        is_same_code: the code is that which made the release.
    """

    is_same: bool
    differing: tuple[str, ...]
    is_same_code: bool


def replay(home: Home, release: Release, settings: Settings) -> Replay:
    """Run the night of a release again from what is kept, and compare the result.

    Raises:
        NotReplayableError: a delivery, the models, the decisions or the release before are not as they were.
        NightFailedError: the night fails.
    """
    with tempfile.TemporaryDirectory(prefix="replay-", dir=home.path) as folder:
        copy = Home(Path(folder)).create()
        _lay_out_releases(home, release, copy)
        _lay_out_deliveries(home, release, copy)
        _lay_out_models(home, release, copy)
        days = release.manifest.get("settings", {}).get("presence_days", settings.presence_days)
        copy.desk.symlink_to(home.desk)  # the key that marks decisions
        url = home.ledger_url(settings.ledger)
        again = run_night(
            copy,
            landing=copy.path / "landing",
            as_of=release.as_of,
            # No deliveries but those laid out: not what has landed in the store since.
            settings=settings.model_copy(update={"presence_days": days, "ledger": url, "storage": StorageSettings()}),
            accepted=_accepted(release),
            known_at=_known_at(release, home, url),
        )
        account = {table.name for table in ACCOUNT_OF_THE_NIGHT}
        before, after = release.manifest["digests"], again.manifest["digests"]
        differing = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        return Replay(
            is_same=hash_of(after) == release.content_hash,
            differing=tuple(name for name in differing if name not in account),
            is_same_code=release.manifest["versions"].get(CODE) == again.manifest["versions"].get(CODE),
        )


def _lay_out_releases(home: Home, release: Release, copy: Home) -> None:
    """The releases up to the one that the night carried on from; they are only read."""
    if release.follows is None:
        return
    releases = list_releases(home)
    before = next((place for place, made in enumerate(releases) if made.release_id == release.follows), None)
    if before is None:
        raise NotReplayableError(f"release {release.follows}, from which the night carried on, is gone")
    for made in releases[: before + 1]:
        (copy.releases / made.release_id).symlink_to(made.path)


def _lay_out_deliveries(home: Home, release: Release, copy: Home) -> None:
    """The deliveries of the night where they land, and those of the night before where they are kept.

    With those the night compares its own: a delivery with the bytes of the one before it is late. Of a file's other
    revisions the night may have known nothing: none is laid out.
    """
    archived = list(archived_in(home))

    def find(delivery_id: str, digest: str) -> Delivery | None:
        named = (delivery for delivery in archived if delivery.delivery_id == delivery_id)
        return next((delivery for delivery in named if file_digest(delivery.path) == digest), None)

    for source, name, digest, delivery_id in _used(release):
        delivery = find(delivery_id, digest)
        if delivery is None:
            raise NotReplayableError(f"the archive does not hold {name} of {source} as the night read it")
        _copy(delivery, copy.path / "landing" / source)
    before = next((made for made in list_releases(home) if made.release_id == release.follows), None)
    for source, _, digest, delivery_id in _used(before) if before else ():
        if (delivery := find(delivery_id, digest)) is not None:
            _copy(delivery, copy.archive / source)


def _used(release: Release) -> Iterable[tuple[str, str, str, str]]:
    """The deliveries that a release rests on: source, name of the file, digest, id."""
    used = pl.read_parquet(release.parquet(DELIVERIES.name)).filter("is_used")
    return used.select("source", "file_name", "sha256", "delivery_id").iter_rows()


def _copy(delivery: Delivery, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in delivery.files:
        shutil.copyfile(path, folder / path.name)


def _lay_out_models(home: Home, release: Release, copy: Home) -> None:
    version = release.manifest["versions"].get("models")
    if version == shipped_models().version:
        return
    found = next((models for models in list_models(home) if load_models(models.verified()).version == version), None)
    if found is None:
        raise NotReplayableError(f"the models {version} are no longer kept")
    shutil.copytree(found.path, copy.models / found.set_id)
    put_text(copy.models_current, f"{found.set_id}\n")


def _accepted(release: Release) -> dict[str, str]:
    """What operators accepted, so that the gates let the night pass again."""
    gates: list[dict[str, Any]] = release.manifest.get("gates", [])
    deliveries = DELIVERIES.completed(pl.read_parquet(release.parquet(DELIVERIES.name))).filter("is_used")
    taken = deliveries.drop_nulls("accepted").select("feed", "accepted").iter_rows()
    return {gate["name"]: gate["accepted"] for gate in gates if gate["accepted"]} | {
        f"delivery:{feed}": reason for feed, reason in taken
    }


def _known_at(release: Release, home: Home, url: str) -> datetime | None:
    """The moment up to which decisions were known to the night; None: all that there are, or it is not recorded."""
    if KNOWN_DECISIONS.name not in release.manifest["digests"]:
        return None
    known = pl.read_parquet(release.parquet(KNOWN_DECISIONS.name))
    try:
        with Ledger.open(url, home) as ledger:
            decisions = ledger.read()
    except LedgerMissingError:
        decisions = DECISIONS.empty()
    held = decisions.join(known, on="decision_id", how="semi").get_column("decided_at")
    if held.len() < known.height:
        raise NotReplayableError("the ledger does not hold the decisions that the night knew")
    return held.max() or datetime.min.replace(tzinfo=UTC)  # type: ignore[return-value]  # a column of moments
