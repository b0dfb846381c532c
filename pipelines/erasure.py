"""A person erased from all that an installation keeps: releases, deliveries, tables, quarantine, ledger, packs.

Belongs here: what is about the person, and in which order it goes. Does not: rewriting a release
(`warehouse.releases.erasing`), the ledger's rows (`ledger.erasing`). Whom sources still send is not erased: the next
night would bring them back, and nobody may be shown as free who is bound.
"""

import json
import shutil
import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from ledger.decisions.database import Database
from ledger.erasing import erase_from_ledger, known_in_ledger
from ledger.packs.metadata import pack_lines
from pipelines.retention import archived_in, dated, deliveries_in
from reconciliation.law import may_bind_from
from warehouse.disk import file_digest, make_folder, put_text, replacing
from warehouse.home import Home
from warehouse.installation_key import keyed_mark
from warehouse.releases.erasing import can_be_rewritten, erase_from_release, without
from warehouse.releases.release import Release, current_release, list_releases
from warehouse.run_lock import only_run
from warehouse.stamps import STAMPS
from warehouse.store import remove_unfinished
from warehouse.tables.register import ORDER_SOURCES, ORDERS

CERTIFICATES = "erasures"


class NotErasableError(Exception):
    """The person can't be erased; the message says why, and what to do first."""


def erase_subject(home: Home, subject_id: str, *, database: Database | None, at: datetime) -> dict[str, object]:
    """Erase a person; the certificate, which does not repeat who it was.

    What is under way is noted in the certificate's place, with the person's opaque ids, until it is done: begun again
    after a crash it goes on, and its one certificate counts all of it (but for the step that was cut off).

    Args:
        home: the folder of all state.
        subject_id: the person, as any release knows them.
        database: of the ledger; None: there is none.
        at: now.

    Raises:
        NotErasableError: no release knows the person, or the one in force still does.
        RunUnderWayError: a run is under way.
        LookupError: a release can't be read.
        LedgerError: the ledger can't be written.
    """
    with only_run(home):
        releases, current = list_releases(home), current_release(home)
        holders = [release for release in releases if subject_id in _subjects(release)]
        work = _interrupted(home, subject_id)
        if holders or not work:
            _require_erasable(holders, current, subject_id)
        work = work or _begun(home, holders, subject_id)
        certificate, ids, removed = work["certificate"], frozenset(work["ids"]), Counter[str](work["removed"])

        def note(what: str, count: int) -> None:
            removed[what] += count
            _put(home, work | {"ids": sorted(ids), "removed": dict(removed)})

        until, held_until = (date.fromisoformat(work[name]) for name in ("sent_until", "held_until"))
        note("deliveries", _erase_deliveries(home, current, work["sources"], until))
        note("tables", _erase_tables(home, current, ids, held_until))
        if database is not None:
            ids = known_in_ledger(database, ids)
            note("packs", _erase_packs(home, database, ids))
            note("rows of the ledger", erase_from_ledger(database, home, ids).total())
        for release in releases:
            note("rows of releases", erase_from_release(home, release, ids, certificate=certificate))
        said: dict[str, object] = {
            "certificate": certificate,
            "erased_at": at.isoformat(timespec="seconds"),
            "mark": work["mark"],
            "last_held_by": work["last_held_by"],
            "removed": dict(removed),
            "remains": "keys in the audit log; backups made before, which hold the person until they are deleted",
        }
        _put(home, said)
    return said


def _begun(home: Home, holders: Collection[Release], subject_id: str) -> dict[str, Any]:
    """What an erasure has to know from its beginning to its end, and forgets then."""
    ids = _ids_of(holders, subject_id)
    sent = [release for release in holders if _is_sent(release, subject_id)] or holders
    sent_in = max(sent, key=lambda release: release.as_of)
    return {
        "certificate": f"ERA-{uuid.uuid4().hex[:12]}",
        "mark": _mark(home, subject_id),
        "last_held_by": sent_in.release_id,
        "sent_until": sent_in.as_of.isoformat(),
        "held_until": max(release.as_of for release in holders).isoformat(),
        "sources": sorted(_sources_of(holders, ids)),
        "ids": sorted(ids),
        "removed": {},
    }


def _interrupted(home: Home, subject_id: str) -> dict[str, Any] | None:
    """An erasure of the person that was begun and not ended; None: there is none."""
    mark = _mark(home, subject_id)
    noted = (json.loads(path.read_text(encoding="utf-8")) for path in (home.path / CERTIFICATES).glob("ERA-*.json"))
    return next((work for work in noted if "ids" in work and work["mark"] == mark), None)


def _mark(home: Home, subject_id: str) -> str:
    return keyed_mark(home, "erasure", subject_id)


def _put(home: Home, said: Mapping[str, object]) -> None:
    text = json.dumps(said, indent=2) + "\n"
    put_text(make_folder(home.path / CERTIFICATES) / f"{said['certificate']}.json", text)


def _require_erasable(holders: Collection[Release], current: Release | None, subject_id: str) -> None:
    if not holders or current is None:
        raise NotErasableError(f"no release knows a person {subject_id}")
    if not can_be_rewritten(current):
        raise NotErasableError("the release in force was made by an earlier version: run a night by this one first")
    redirects = pl.read_parquet(current.parquet("id_redirects")).filter(pl.col("old_id") == subject_id)
    if _is_sent(current, subject_id) or not redirects.is_empty():
        raise NotErasableError(
            f"sources still hold {subject_id}, under this or another id, and the next night would bring the person "
            "back: have each source erase its records, run a night, then erase"
        )
    orders = ORDERS.completed(pl.read_parquet(current.parquet(ORDERS.name))).filter(subject_id=subject_id)
    if binding := orders.filter(may_bind_from(current.as_of)).get_column("order_id").to_list():
        raise NotErasableError(
            f"{', '.join(binding)} may still bind {subject_id}, though no source holds it any longer, and nobody would "
            "know: enter its last day (`concord decide value ORDER end_on DAY`), run a night, then erase"
        )


def _is_sent(release: Release, subject_id: str) -> bool:
    """Whether a source held the person then: an order that all have dropped is kept, in doubt, without any."""
    if subject_id not in _subjects(release):
        return False
    own = {
        name: pl.read_parquet(release.parquet(name), columns=[key, "subject_id"]).filter(subject_id=subject_id)[key]
        for name, key in (("orders", "order_id"), ("arrests", "arrest_id"))
    }
    records = ORDER_SOURCES.completed(pl.read_parquet(release.parquet(ORDER_SOURCES.name)))
    held = records.filter(
        pl.col("order_id").is_in(own["orders"].implode()), ~pl.col("is_dropped").fill_null(value=False)
    )
    return not held.is_empty() or not own["arrests"].is_empty() or own["orders"].is_empty()


def _subjects(release: Release) -> Collection[str]:
    return frozenset(pl.read_parquet(release.parquet("subjects"), columns=["subject_id"]).to_series())


def _ids_of(holders: Collection[Release], subject_id: str) -> frozenset[str]:
    """The ids of the person, and of all that is theirs alone, in any release."""
    ids = {subject_id}
    for release in holders:
        for table, about, names in (
            ("orders", "subject_id", ["order_id"]),
            ("arrests", "subject_id", ["arrest_id"]),
            ("order_sources", "order_id", ["record_id"]),
            ("discrepancies", "order_id", ["discrepancy_id"]),
            ("review_queue", "order_id", ["item_id"]),
        ):
            own = pl.read_parquet(release.parquet(table)).filter(pl.col(about).is_in(ids))
            ids |= {value for name in names for value in own[name].drop_nulls()}
    return frozenset(ids)


def _sources_of(holders: Collection[Release], ids: Collection[str]) -> frozenset[str]:
    """The sources that sent records of the person."""
    sources = set[str]()
    for release in holders:
        for table, key in (("order_sources", "order_id"), ("arrest_sources", "arrest_id")):
            records = pl.read_parquet(release.parquet(table), columns=["source", key])
            sources |= set(records.filter(pl.col(key).is_in(ids))["source"])
    return frozenset(sources)


def _erase_deliveries(home: Home, current: Release | None, sources: Collection[str], until: date) -> int:
    """Whole deliveries of the person's sources up to the last night that held them, except those in force now."""
    inputs: Mapping[str, str] = current.manifest["inputs"] if current else {}
    archived = [
        one
        for one in archived_in(home)
        if one.delivery_id not in inputs or inputs[one.delivery_id] != file_digest(one.path)
    ]
    aside = list(deliveries_in(home.quarantine / "deliveries", "*/*"))
    removed = 0
    for delivery in (one for one in (*archived, *aside) if one.feed.source in sources and one.dated_on <= until):
        for path in delivery.files:
            path.unlink()
            removed += 1
    for path, night in dated(home.quarantine):
        if night <= until:
            rows = pl.read_parquet(path).filter(~pl.col("source").is_in(sources))
            with replacing(path) as written:
                rows.write_parquet(written)
    return removed


def _erase_tables(home: Home, current: Release | None, ids: Collection[str], until: date) -> int:
    remove_unfinished(home.tables)
    removed = 0
    for path, night in list(dated(home.tables)):
        if night <= until:
            shutil.rmtree(path)
            removed += 1
        elif current is not None and night == current.as_of:
            (path / STAMPS).unlink(missing_ok=True)
            for file in path.glob("*.parquet"):
                frame = pl.read_parquet(file)
                if (left := without(frame, ids)).height < frame.height:
                    left.write_parquet(file)
    return removed


def _erase_packs(home: Home, database: Database, ids: Collection[str]) -> int:
    """Whole packs in which an order of the person stood."""
    with database.reading() as connection:
        query = pack_lines.select().where(pack_lines.c.order_id.in_(sorted(ids)))
        named = {row.disclosure_id for row in connection.execute(query)}
    files = [file for name in named for file in home.packs.glob(f"*_{name}.*")]
    for file in files:
        file.unlink()
    return len(files)
