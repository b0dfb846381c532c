"""Going back: a former release is put in force instead of one that should not have been.

Belongs here: what is proved before, and what is out of force since. Does not: the file that remembers it
(`warehouse.releases.rollback_history`), publishing (`warehouse.releases.release`).

Nothing is deleted. It is remembered before the pointer moves: a crash between the two leaves the release in force that
was, and the same command again ends it.
"""

from datetime import datetime

from warehouse.disk import put_text
from warehouse.home import Home
from warehouse.releases.release import (
    DamagedReleaseError,
    Release,
    current_release,
    named_release,
    read_release,
    release_folders,
    release_ids,
    verify,
)
from warehouse.releases.rollback_history import Rollback, remember, withdrawn_releases


class RollbackRefusedError(Exception):
    """The release can't be put in force; the one in force stays. The message says why and what to do."""


def roll_back(home: Home, release_id: str | None = None, *, by: str, reason: str, at: datetime) -> Rollback:
    """Put a former release in force, after proving that it is as it was published.

    The releases after it are withdrawn: no night carries on from them, and running their night again puts none of them
    in force, unless it comes to other content. To undo it, put one of them in force the same way.

    Args:
        home: the folder of all state.
        release_id: the release to put in force; defaults to the one before that in force.
        by: who does it.
        reason: why.
        at: now, with its offset from UTC.

    Raises:
        LookupError: there is no such release, or nothing was published yet.
        RollbackRefusedError: the release is in force already, or is not as it was published.
    """
    if not home.releases.exists():
        raise LookupError("no release has been published")
    with release_folders(home).only_writer():
        former = _in_force(home)
        target = _whole(home, release_id or _one_before(home, former))
        if target.release_id == former:
            raise RollbackRefusedError(f"{target.release_id} is in force already")
        rollback = Rollback(
            target.release_id, former, by, at.isoformat(timespec="seconds"), reason, _withdrawn_by(home, target)
        )
        remember(home, rollback)
        put_text(home.current, f"{target.release_id}\n")
    return rollback


def _in_force(home: Home) -> str | None:
    """The id of the release in force, even if it is damaged; None where the pointer names none."""
    try:
        current = current_release(home)
    except DamagedReleaseError:
        return named_release(home)
    except LookupError:
        return None
    return current.release_id if current else None


def _one_before(home: Home, former: str | None) -> str:
    if former is None:
        raise RollbackRefusedError("it is not known which release is in force: name the one to put in force")
    withdrawn = withdrawn_releases(home)
    ids = release_ids(home)
    standing = [release_id for release_id in ids[: ids.index(former)] if release_id not in withdrawn]
    if not standing:
        raise RollbackRefusedError(f"there is no release before {former}")
    return standing[-1]


def _whole(home: Home, release_id: str) -> Release:
    try:
        release = read_release(home, release_id)
        changed = verify(release)
    except DamagedReleaseError as error:
        raise RollbackRefusedError(f"{error}: name another one (`concord release list`)") from error
    if changed:
        what = f"{release_id} is not as it was published ({', '.join(changed)})"
        raise RollbackRefusedError(f"{what}: restore it, or name another one (`concord release list`)")
    return release


def _withdrawn_by(home: Home, target: Release) -> list[str]:
    """What is out of force once `target` is in force: all after it, and what was before except what it rests on."""
    ids, withdrawn = release_ids(home), withdrawn_releases(home)
    rests_on, found = {target.release_id}, target.follows
    while found in withdrawn and found not in rests_on:
        rests_on.add(found)
        found = read_release(home, found).follows
    after = ids[ids.index(target.release_id) + 1 :]
    return [release_id for release_id in ids if release_id in withdrawn.union(after) - rests_on]
