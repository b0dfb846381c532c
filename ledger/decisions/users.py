"""Who may decide: users of the ledger by name, until they retire.

Belongs here: holding names to the list. Does not: accounts and their roles (`ledger.desk.accounts`).
"""

from collections.abc import Sequence

import sqlalchemy as sa

from ledger.decisions.errors import DecisionError
from ledger.decisions.metadata import users as users_table


def require_active(connection: sa.Connection, name: str) -> None:
    """Hold that a user of that name may act.

    Raises:
        DecisionError: there is no such user, or they have retired.
    """
    for error in find_strangers(connection, [name]).values():
        raise error


def find_strangers(connection: sa.Connection, names: Sequence[str]) -> dict[str, DecisionError]:
    """Those of the names that may not decide, and why."""
    found = connection.execute(sa.select(users_table.c.name, users_table.c.retired_at))
    retired_at = {row.name: row.retired_at for row in found}
    unknown = "there is no user {!r}: an administrator adds one by `concord decisions users --add`"
    retired = "user {!r} has retired and decides no more"
    return {
        name: DecisionError((retired if name in retired_at else unknown).format(name))
        for name in names
        if name not in retired_at or retired_at[name] is not None
    }
