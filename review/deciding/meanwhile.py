"""What changed between the drawing of a form and its sending: decisions of others, another release.

Belongs here: finding and telling it. Does not: what is done about it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from review.deciding.drafting import draft_all
from review.deciding.night import present_of
from review.deciding.wishes import Wish
from review.desk import Desk, Snapshot
from review.item.decided import former_ids
from warehouse.ledger.database import Database
from warehouse.ledger.decision import Draft, Sighting
from warehouse.ledger.errors import DecisionError
from warehouse.ledger.folding import digest_of
from warehouse.ledger.lookup import decisions_about
from warehouse.ledger.present import Present
from warehouse.releases import read_release

Sights = tuple[Sighting, ...]
VERSION_DIGITS = 16


@dataclass(frozen=True, eq=False)
class Meanwhile:
    """What changed since a form was drawn.

    Attributes:
        decisions: all on the orders of the form, if there are others than when it was drawn; else none.
        was: canonical values that were seen and are no longer there.
        now: canonical values that are there and were not seen.
        release_id: the release in force now.
        version: the decisions on the orders now.
    """

    decisions: pl.DataFrame
    was: Sights
    now: Sights
    release_id: str
    version: str


def version_of(database: Database, present: Present, orders: Collection[str]) -> str:
    """What a form remembers of the decisions on its orders, so that it shows when another was taken.

    Raises:
        LedgerError: the ledger is down.
    """
    return _digest(decisions_on(database, present, orders))


def decisions_on(database: Database, present: Present, orders: Collection[str]) -> pl.DataFrame:
    """All decisions on some orders and their records: `DECISIONS`, in ledger order."""
    owned = present.owners.filter(pl.col("order_id").is_in(sorted(orders)))
    handles = present.records.join(owned, on="record_id", how="semi").get_column("handle")
    return decisions_about(database, order_ids=former_ids(sorted(orders), present.redirects), handles=handles.to_list())


def find_meanwhile(desk: Desk, wish: Wish, drafts: Sequence[Draft], present: Present) -> Meanwhile | None:
    """What changed since the form of a wish was drawn; None if nothing did, or the form does not remember.

    Args:
        desk: with the ledger, and the release that the form was drawn by.
        wish: what was sent.
        drafts: what it comes to now.
        present: the night that is shown now.

    Raises:
        DecisionError: the release that the form was drawn by is not there.
    """
    if not wish.version:
        return None
    on_orders = decisions_on(desk.database, present, wish.orders)
    version = _digest(on_orders)
    was, now = _changed_values(desk, wish, drafts, present)
    if version == wish.version and not was and not now:
        return None
    return Meanwhile(on_orders if version != wish.version else on_orders.clear(), was, now, present.release_id, version)


def _changed_values(desk: Desk, wish: Wish, drafts: Sequence[Draft], present: Present) -> tuple[Sights, Sights]:
    """What was seen by the release that the form was drawn by, against what is there now."""
    if wish.release_id in ("", present.release_id):
        return (), ()
    try:
        former = present_of(Snapshot(read_release(desk.home, wish.release_id)))
    except LookupError as error:
        raise DecisionError("the form was drawn by a release that is not there: look again") from error
    seen = {sight for draft in draft_all(wish, former) for sight in draft.seen}
    there = {sight for draft in drafts for sight in draft.seen}
    return _listed(seen - there), _listed(there - seen)


def _digest(decisions: pl.DataFrame) -> str:
    return digest_of(decisions)[:VERSION_DIGITS]


def _listed(sights: set[Sighting]) -> Sights:
    return tuple(sorted(sights, key=lambda sight: (sight.field, sight.of, sight.value or "")))
