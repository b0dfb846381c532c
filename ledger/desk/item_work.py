"""Who works on what: assignments, deferrals, claims; and views that were saved.

Belongs here: reading the work of all items at once; assigning, deferring and claiming; saved views. Does not:
proposals (`ledger.desk.proposals`).

Assignments and deferrals are appended: the last one of an item counts. A claim is soft: it runs out on its own, and
hinders nobody from deciding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa

from ledger.decisions.database import Database
from ledger.decisions.errors import DecisionError
from ledger.decisions.users import require_active
from ledger.desk.desk_tables import assignments, claims, deferrals, saved_views
from warehouse.codes import FORCE_CODES
from warehouse.time_zone import day_in_london
from warehouse.wording import day_in_words

LONGEST_NAME = 60
LONGEST_QUERY = 4_000
MOST_VIEWS = 50

WORK = {
    "assignments": pl.Schema({"item_id": pl.String, "assignee": pl.String, "team": pl.String}),
    "deferrals": pl.Schema({"item_id": pl.String, "deferred_until": pl.Date}),
    "claims": pl.Schema({"item_id": pl.String, "held_by": pl.String}),
}


@dataclass(frozen=True, eq=False)
class ItemWork:
    """The work that is going on at a moment; items without any are not named.

    Attributes:
        assignments: `item_id`, and `assignee` or `team`.
        deferrals: `item_id`, `deferred_until`: items that are to come up again on that day, and not before.
        claims: `item_id`, `held_by`.
    """

    assignments: pl.DataFrame
    deferrals: pl.DataFrame
    claims: pl.DataFrame

    @classmethod
    def none(cls) -> "ItemWork":
        """Nobody works on anything, as far as is known."""
        return cls(**{name: pl.DataFrame(schema=schema) for name, schema in WORK.items()})


@dataclass(frozen=True)
class SavedView:
    """A view of the queue that a user keeps."""

    owner: str
    name: str
    query: str
    is_shared: bool


def read_item_work(connection: sa.Connection, *, at: datetime) -> ItemWork:
    """The work that is going on.

    Args:
        connection: to the ledger's database.
        at: the moment: claims that have run out by then, and deferrals to that day or before, are over.
    """
    queries = {
        "assignments": _last(
            assignments,
            "assignment",
            ("assignee", "team"),
            assignments.c.assignee.is_not(None) | assignments.c.team.is_not(None),
        ),
        "deferrals": _last(deferrals, "deferral", ("until",), deferrals.c.until > day_in_london(at)),
        "claims": sa.select(claims.c.item_id, claims.c.held_by).where(claims.c.held_until > at),
    }
    return ItemWork(**{name: _frame(connection, query, WORK[name]) for name, query in queries.items()})


APPROVERS = "approvers"
"""The team of all who may approve; the others are the stewards of a force, by its code."""
TEAMS = (APPROVERS, *FORCE_CODES)


def assign(
    database: Database,
    item_ids: Sequence[str],
    assignee: str | None,
    *,
    team: str | None = None,
    by: str,
    at: datetime,
) -> None:
    """Give items to a user or to a team, or to nobody again.

    Raises:
        DecisionError: who is named may not decide, or there is no such team.
    """
    if team is not None and team not in TEAMS:
        raise DecisionError("there is no such team")
    with database.writing() as connection:
        if assignee is not None:
            require_active(connection, assignee)
        rows = [
            {"item_id": item, "assignee": assignee, "team": team, "assigned_by": by, "at": at}
            for item in dict.fromkeys(item_ids)
        ]
        _insert(connection, assignments, rows)


LONGEST_DEFERRAL = 184
"""Days, half a year: nothing that may bind a person is deferred for longer."""


def require_deferral(until: date, *, at: datetime) -> None:
    """A day to which an item can be deferred.

    Raises:
        DecisionError: it is not to come, or too far away.
    """
    today = day_in_london(at)
    if until <= today:
        raise DecisionError("an item can only be deferred to a day in the future")
    if (until - today).days > LONGEST_DEFERRAL:
        last = day_in_words(today + timedelta(days=LONGEST_DEFERRAL))
        raise DecisionError(f"an item can be deferred by half a year at most: enter {last} or an earlier day")


def defer(database: Database, item_ids: Sequence[str], until: date | None, *, by: str, at: datetime) -> None:
    """Put items off to a day, or take that back.

    Raises:
        DecisionError: the day is not to come, or too far away.
    """
    if until is not None:
        require_deferral(until, at=at)
    with database.writing() as connection:
        rows = [{"item_id": item, "until": until, "deferred_by": by, "at": at} for item in dict.fromkeys(item_ids)]
        _insert(connection, deferrals, rows)


@dataclass(frozen=True)
class Claim:
    """An item that a user is looking at."""

    item_id: str
    held_by: str
    held_until: datetime


def claim(database: Database, item_id: str, *, by: str, at: datetime, lasting: timedelta) -> Claim:
    """Claim an item, or claim it for longer; whose claim stands now, which may be another steward's."""
    with database.writing() as connection:
        row = connection.execute(sa.select(claims).where(claims.c.item_id == item_id)).mappings().first()
        if row is not None and row["held_by"] != by and row["held_until"] > at:
            return Claim(**row)
        taken = Claim(item_id, by, at + lasting)
        connection.execute(sa.delete(claims).where((claims.c.item_id == item_id) | (claims.c.held_until <= at)))
        connection.execute(sa.insert(claims).values(**vars(taken)))
        return taken


def release_claim(database: Database, item_id: str, *, by: str) -> None:
    """End one's own claim; another's stays."""
    with database.writing() as connection:
        connection.execute(sa.delete(claims).where((claims.c.item_id == item_id) & (claims.c.held_by == by)))


def read_views(connection: sa.Connection, name: str) -> list[SavedView]:
    """The views that a user sees: their own, then those that others share, by name."""
    query = sa.select(saved_views).where((saved_views.c.owner == name) | saved_views.c.is_shared)
    found = [SavedView(row.owner, row.name, row.query, row.is_shared) for row in connection.execute(query)]
    return sorted(found, key=lambda view: (view.owner != name, view.name.casefold(), view.name, view.owner))


def save_view(database: Database, view: SavedView, *, at: datetime) -> None:
    """Keep a view, in place of the one of that name if its owner has one.

    Raises:
        DecisionError: the name is not a printable text of a length that can be shown, or there are too many.
    """
    if not view.name or view.name != view.name.strip() or not view.name.isprintable():
        raise DecisionError("give the view a name")
    if len(view.name) > LONGEST_NAME or len(view.query) > LONGEST_QUERY:
        raise DecisionError(f"the name of a view has at most {LONGEST_NAME} characters")
    with database.writing() as connection:
        own = saved_views.c.owner == view.owner
        connection.execute(sa.delete(saved_views).where(own, saved_views.c.name == view.name))
        kept = connection.execute(sa.select(sa.func.count()).where(own)).scalar_one()
        if kept >= MOST_VIEWS:
            raise DecisionError(f"nobody keeps more than {MOST_VIEWS} views: delete one first")
        connection.execute(sa.insert(saved_views).values(**vars(view), saved_at=at))


def forget_view(database: Database, owner: str, name: str) -> bool:
    """Keep a view no longer; whether there was one."""
    with database.writing() as connection:
        gone = sa.delete(saved_views).where(saved_views.c.owner == owner, saved_views.c.name == name)
        return connection.execute(gone).rowcount > 0


def _last(table: sa.Table, number: str, columns: Sequence[str], counts: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The last row of each item, where it counts."""
    last = sa.select(sa.func.max(table.c[number])).group_by(table.c.item_id)
    return sa.select(*(table.c[name] for name in ("item_id", *columns))).where(table.c[number].in_(last), counts)


def _insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


def _frame(connection: sa.Connection, query: sa.Select[Any], schema: pl.Schema) -> pl.DataFrame:
    rows = connection.execute(query.order_by(query.selected_columns[0])).fetchall()
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
