"""What changed between the drawing of a form and its sending: decisions of others, another release.

Belongs here: finding it and saying so. Does not: what is done about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ledger.decisions.decidable import Present
from ledger.decisions.decision import Draft, Sighting
from ledger.decisions.errors import DecisionError
from ledger.decisions.in_force import decisions_digest
from review.deciding.decision_request import DecisionRequest
from review.deciding.drafting import draft_all
from review.deciding.order_decisions import decisions_on
from review.desk import Desk, WholeRelease, decidable_night
from warehouse.releases.release import read_release

Sightings = tuple[Sighting, ...]
VERSION_DIGITS = 16


@dataclass(frozen=True, eq=False)
class ChangedSince:
    """What changed since a form was drawn.

    Attributes:
        decisions: all on the orders of the form, if there are others than when it was drawn; else none.
        was: canonical values that were seen and are no longer there.
        now: canonical values that are there and were not seen.
        version: the decisions on the orders now.
    """

    decisions: pl.DataFrame
    was: Sightings
    now: Sightings
    release_id: str
    version: str


def version_of(decisions: pl.DataFrame) -> str:
    """What a form remembers of the decisions on its orders (`decisions_on`), so that it shows when there are others."""
    return decisions_digest(decisions)[:VERSION_DIGITS]


def find_changed_since(
    desk: Desk, wanted: DecisionRequest, drafts: Sequence[Draft], present: Present, *, orders: Sequence[str]
) -> ChangedSince | None:
    """What changed since the form of a request was drawn; None if nothing did, or the form does not remember.

    Raises:
        DecisionError: the release that the form was drawn by is not there.
    """
    if not wanted.version:
        return None
    on_orders = decisions_on(desk, orders)
    version = version_of(on_orders)
    was, now = _changed_values(desk, wanted, drafts, present)
    if version == wanted.version and not was and not now:
        return None
    return ChangedSince(
        on_orders if version != wanted.version else on_orders.clear(), was, now, present.release_id, version
    )


def _changed_values(
    desk: Desk, wanted: DecisionRequest, drafts: Sequence[Draft], present: Present
) -> tuple[Sightings, Sightings]:
    """What was seen by the release that the form was drawn by, against what is there now."""
    if wanted.release_id in ("", present.release_id):
        return (), ()
    try:
        former = decidable_night(WholeRelease(read_release(desk.home, wanted.release_id)))
    except (LookupError, FileNotFoundError) as error:
        raise DecisionError("the form was made from a release that is no longer there: look again") from error
    seen = {sight for draft in draft_all(wanted, former) for sight in draft.seen}
    there = {sight for draft in drafts for sight in draft.seen}
    return _listed(seen - there), _listed(there - seen)


def _listed(sights: set[Sighting]) -> Sightings:
    return tuple(sorted(sights, key=lambda sight: (sight.field, sight.of, sight.value or "")))
