"""Whether decisions are as they were taken: the id of each is made of all that it says.

Belongs here: holding rows that were read to their ids. Does not: whether any are missing (`assets.decisions`).
"""

from functools import lru_cache

import polars as pl

from ledger.decisions.decision import CONTENT, name_row
from ledger.decisions.errors import LedgerDamagedError
from warehouse.tables.ledger import DECISIONS

MOST_NAMED = 50_000


def require_unchanged(rows: pl.DataFrame, place: str) -> pl.DataFrame:
    """The rows, `DECISIONS`, if the id of each is still made of what it says.

    Raises:
        LedgerDamagedError: some are not as they were taken.
    """
    edited = [name for name, *said in rows.select(*DECISIONS.key, *CONTENT).iter_rows() if _name_of(*said) != name]
    if edited:
        raise LedgerDamagedError(
            f"{len(edited)} decisions in the ledger {place} are not as they were taken, such as {edited[0]}: they were "
            "edited in the database. Restore the ledger from a backup"
        )
    return rows


@lru_cache(maxsize=MOST_NAMED)
def _name_of(*said: object) -> str:
    """The id of a row; worked out once, since a desk reads the ledger for every page."""
    return name_row(dict(zip(CONTENT, said, strict=True)))
