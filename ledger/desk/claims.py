"""Who is looking at which item: a claim is soft, runs out on its own, and hinders nobody from deciding.

Belongs here: taking, keeping and letting go of claims. Does not: assignments, which stay until they are changed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from ledger.decisions.database import Database
from ledger.desk.desk_tables import claims


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
