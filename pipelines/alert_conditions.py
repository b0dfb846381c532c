"""What is wrong with an installation now: sources, gates, runs, disk. Counts, keys and names of feeds only.

Belongs here: finding it. Does not: its kinds (`pipelines.alert_kinds`), sending it (`pipelines.alerts`).
"""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.alert_kinds import DISK, GATE, MIRROR, OPERATOR, RELEASE, RUN, SOURCE, AlertSettings
from pipelines.runs import RunRecord, list_runs
from warehouse.delivery_states import STATES, WHOLE
from warehouse.home import Home
from warehouse.releases.release import Release, current_release
from warehouse.tables.register import DELIVERIES, STRAY_FEED
from warehouse.wording import count_words

TITLES = {state.name: state.title for state in STATES}
REFUSED_GATE = re.compile(r"\bgate ([a-z_]+(?::\w+)?): (.*)")


@dataclass(frozen=True)
class Condition:
    """Something that is wrong now.

    Attributes:
        key: kind and what it is about; the same as long as it is about the same thing.
        state: another state of the same key is a change.
        words: what is wrong, for a person to read.
        owner: who has to deal with it.
        since: the night in which it was first seen, if it is new.
    """

    key: str
    state: str
    words: str
    owner: str
    since: str


def find_conditions(home: Home, settings: AlertSettings, *, today: date) -> list[Condition]:
    """All that is wrong now, by key."""
    release, runs = current_release(home), list_runs(home, skip_unreadable=True)
    last = runs[-1] if runs else None
    found = [*_of_run(last), *_of_mirror(home, today), *_of_disk(home, settings, today)]
    if release is not None:
        found += [*_of_sources(release), *_of_gates(release), *_of_age(release, settings, today)]
    # What the last run refused comes first: it is newer than what was accepted for the release in force.
    latest = {one[0]: one for one in reversed(found)}
    return [
        Condition(key, state, words, _owner(owned_by, settings), since)
        for key, state, words, since, owned_by in sorted(latest.values())
    ]


Found = tuple[str, str, str, str, tuple[str, ...]]


def _owner(names: tuple[str, ...], settings: AlertSettings) -> str:
    return next((settings.owners[name] for name in names if name in settings.owners), OPERATOR)


def _of_run(run: RunRecord | None) -> Iterator[Found]:
    if run is None or run.state not in ("failed", "killed"):
        return
    gates = REFUSED_GATE.findall(run.cause)
    for gate, found in gates:
        yield f"{GATE.name}:{gate}", "refused", f"nothing is published: {found}", run.night, (GATE.name,)
    if not gates:
        words = f"night {run.night or 'unknown'} {run.state}" + (f": {run.cause}" if run.cause else "")
        yield RUN.name, run.state, words, run.night, (RUN.name,)


def _of_mirror(home: Home, today: date) -> Iterator[Found]:
    if home.unmirrored.exists():
        words = f"releases are not mirrored: {home.unmirrored.read_text(encoding='utf-8')}"
        yield MIRROR.name, "failed", words, today.isoformat(), (MIRROR.name,)


def _of_disk(home: Home, settings: AlertSettings, today: date) -> Iterator[Found]:
    disk = shutil.disk_usage(home.path)
    if not os.access(home.path, os.W_OK):
        words = "nothing can be written to the folder of all state"
        yield DISK.name, "not writable", words, today.isoformat(), (DISK.name,)
    elif disk.free < settings.free_disk * disk.total:
        words = f"{disk.free / disk.total:.0%} of the disk is free, {disk.free / 1e9:,.1f} GB"
        yield DISK.name, "nearly full", words, today.isoformat(), (DISK.name,)


def _of_age(release: Release, settings: AlertSettings, today: date) -> Iterator[Found]:
    if (today - release.as_of).days > settings.late_days:
        night = release.as_of.isoformat()
        yield RELEASE.name, "late", f"the release in force is of the night {night}", night, (RELEASE.name,)


def _of_gates(release: Release) -> Iterator[Found]:
    for gate in release.manifest.get("gates", ()):
        if not gate["is_met"]:
            words = f"{release.release_id} was published though {gate['found']}; accepted: {gate['accepted']}"
            yield f"{GATE.name}:{gate['name']}", "accepted", words, release.as_of.isoformat(), (GATE.name,)


def _of_sources(release: Release) -> Iterator[Found]:
    deliveries = DELIVERIES.completed(pl.read_parquet(release.parquet(DELIVERIES.name)))
    put_aside = (pl.col("rows_quarantined") - pl.col("rows_set_aside")).sum().alias("put_aside")
    rows = deliveries.group_by("source", "feed").agg(put_aside)
    for table in (feed_states(deliveries), _refused_states(deliveries)):
        rows = rows.join(table, on="feed", how="left")
    for source, feed, count, state, refused in rows.iter_rows():
        if state in WHOLE and not count and refused is None:
            continue
        name = TITLES.get(state, "A file that no feed knows") if state not in WHOLE else "Rows quarantined"
        if refused is not None:
            used = name if state not in WHOLE else "An earlier delivery is used"
            name = f"{used}; what came: {TITLES[refused].lower().partition(':')[0]}"
        quarantined = f"; {count_words(count, 'row', 'rows')} quarantined" if count else ""
        words = f"{source}, {feed}: {name[0].lower()}{name[1:]}{quarantined}"
        # How many rows are quarantined differs every night and is not a change of state.
        yield (
            f"{SOURCE.name}:{source if feed == STRAY_FEED else feed}",
            name,
            words,
            release.as_of.isoformat(),
            (feed, source, SOURCE.name),
        )


def _refused_states(deliveries: pl.DataFrame) -> pl.DataFrame:
    """The state of the newest delivery of each feed that came and could not be used: what to ask the sender about."""
    came = pl.col("dated_on").is_not_null() & ~pl.col("is_used") & ~pl.col("state").is_in(WHOLE)
    newest = deliveries.filter(came).sort("dated_on", "revision", "delivery_id", descending=True)
    return newest.unique("feed", keep="first", maintain_order=True).select("feed", refused="state")


def feed_states(deliveries: pl.DataFrame) -> pl.DataFrame:
    """The state of each feed: that of the delivery the register rests on, or else of the newest that came."""
    due = deliveries.filter(pl.col("feed") != STRAY_FEED)
    newest_used = due.sort("is_used", "dated_on", "revision", "delivery_id", descending=True, nulls_last=True)
    return newest_used.unique("feed", keep="first", maintain_order=True).select("feed", "state")
