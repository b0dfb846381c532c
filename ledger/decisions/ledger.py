"""The ledger: decisions are appended to it, replaced or taken back by later ones, and read from it.

Belongs here: what must hold of a decision when it is taken. Does not: the database (`ledger.decisions.database`),
what decisions lead to (`ledger.decisions.in_force`, `ledger.decisions.binding`), files (`ledger.decisions.exchange`).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import polars as pl
import sqlalchemy as sa

from ledger.decisions.chain import Chain, Link
from ledger.decisions.database import Database, SchemaState
from ledger.decisions.decision import Draft, Signature
from ledger.decisions.errors import (
    DecisionError,
    DecisionRefusedError,
    LedgerClockError,
    RefusedTogetherError,
)
from ledger.decisions.in_force import fold
from ledger.decisions.integrity import require_unchanged
from ledger.decisions.metadata import decisions as decisions_table
from ledger.decisions.metadata import users as users_table
from ledger.decisions.submitting import TICK, WEIGHED_COLUMNS, Bench, Taken, in_reference_order
from ledger.decisions.users import find_strangers, require_active
from warehouse.home import Home
from warehouse.tables.ledger import DECISIONS

CLOCK_TOLERANCE = timedelta(seconds=5)
"""How far clocks of two writers may differ: within it a decision is dated just after the last one."""

USERS = pl.Schema({"name": pl.String(), "added_at": pl.Datetime("us", "UTC"), "retired_at": pl.Datetime("us", "UTC")})


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


Beside = Callable[[sa.Connection, Sequence[Taken]], None]
"""Writes beside decisions, in their transaction; it is given what became of them."""


class Ledger:
    """The ledger at a place: `with Ledger.open(url, home) as ledger:`."""

    def __init__(self, database: Database, home: Home, clock: Callable[[], datetime] = now) -> None:
        """Use `open` or `create`; a clock is handed in only by tests and replays."""
        self._database = database
        self._clock = clock
        self._chain = Chain(home, database.name)

    @classmethod
    def open(cls, url: str, home: Home, *, clock: Callable[[], datetime] = now, patience: float = 10.0) -> Self:
        """Open the ledger there is. A SQLite file of an older schema is migrated; PostgreSQL never is.

        Args:
            url: where it lies.
            home: of the installation whose key marks the decisions.
            clock: gives the moment.
            patience: seconds that are waited for another process's lock.

        Raises:
            LedgerMissingError: there is none.
            LedgerSchemaError: it is of another schema.
            LedgerLockedError: another process holds it.
            LedgerError: it can't be reached or read.
        """
        database = Database(url, patience=patience)
        if database.is_file and database.state() == "older":
            return cls.create(url, home, clock=clock, patience=patience)[0]
        with database.reading():
            return cls(database, home, clock)

    @classmethod
    def create(
        cls, url: str, home: Home, *, clock: Callable[[], datetime] = now, patience: float = 10.0
    ) -> tuple[Self, SchemaState]:
        """Make the ledger or bring it to the current schema; returns the state it was in. Raises as `open`.

        Decisions that were taken before there were marks are marked, once.
        """
        database = Database(url, patience=patience)
        ledger, was = cls(database, home, clock), database.migrate()
        ledger._keep_chain(ledger._chain.adopt)
        return ledger, was

    def vouch(self) -> int:
        """Mark all decisions there are again, as a user holds them right; how many.

        Raises:
            LedgerDamagedError: what some say was edited: nobody can vouch for those.
        """
        with self._database.reading() as connection:
            count = require_unchanged(_read(connection), self._database.name).height
        self._keep_chain(self._chain.renew)
        return count

    @property
    def database(self) -> Database:
        """The database it lies in, where other logs are kept beside it."""
        return self._database

    def read(self) -> pl.DataFrame:
        """All decisions: `DECISIONS`, in ledger order.

        Raises:
            LedgerDamagedError: some are not as they were taken, or were not taken by this installation, or are gone.
        """
        noted = self._chain.noted()
        with self._database.reading() as connection:
            found = require_unchanged(_read(connection), self._database.name)
            self._chain.require_whole(connection, found.get_column("decision_id"), noted)
        return found

    def users(self) -> pl.DataFrame:
        """All users: `name`, `added_at`, `retired_at`, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(users_table).order_by(users_table.c.name))
            return pl.DataFrame(list(rows), schema=USERS, orient="row")

    def add_user(self, name: str) -> None:
        """Let a user decide from now on, again if they had retired."""
        if not name or name != name.strip() or not name.isprintable():
            raise DecisionError("a user's name is a printable text without blanks around it")
        with self._database.writing() as connection:
            known = connection.execute(sa.update(users_table).where(users_table.c.name == name).values(retired_at=None))
            if not known.rowcount:
                connection.execute(sa.insert(users_table).values(name=name, added_at=self._clock()))

    def retire_user(self, name: str) -> None:
        """Let a user decide no more; what they decided stays.

        Raises:
            DecisionError: nobody of that name may decide.
        """
        with self._database.writing() as connection:
            require_active(connection, name)
            connection.execute(
                sa.update(users_table).where(users_table.c.name == name).values(retired_at=self._clock())
            )

    def decide(self, draft: Draft, signature: Signature) -> Taken:
        """Take one decision.

        A decision that says what one in force says of the same evidence is not taken twice. One that says it of
        newer evidence takes the other's place automatically. One that says otherwise must name the other in `replaces`:
        nobody overrules what they have not seen.

        Raises:
            DecisionError: unknown or retired user, unfitting reason, nothing to take back.
            ContradictionError: it contradicts decisions in force.
            LedgerClockError: the clock stands before the last decision.
        """
        return self._decide_one(draft, signature, keep=True)

    def rehearse(self, draft: Draft, signature: Signature) -> Taken:
        """What `decide` would make of it now; nothing is kept. Raises as `decide`."""
        return self._decide_one(draft, signature, keep=False)

    def decide_all(
        self, requests: Sequence[tuple[Draft, Signature]], *, keep: bool = True, beside: Beside | None = None
    ) -> tuple[Taken, ...]:
        """Take several decisions one after the other, all or none; each as by `decide`.

        Args:
            requests: what is decided, and by whom and why.
            keep: otherwise only report what would become of them.
            beside: writes what must stand or fall with them; raises if they must not be kept.

        Raises:
            RefusedTogetherError: some can't be saved; it gives the reason for each.
            LedgerClockError: the clock stands before the last decision.
        """
        with self._database.writing() if keep else self._database.reading() as connection:
            known = _read(connection, WEIGHED_COLUMNS)
            strangers = find_strangers(connection, [signature.by for _, signature in requests])
            bench = Bench(known, at=self._next_moment(known))
            taken: list[Taken] = []
            refusals: dict[int, Exception] = {}
            for place, (draft, signature) in enumerate(requests):
                try:
                    if signature.by in strangers:
                        raise strangers[signature.by]
                    taken.append(bench.take(draft, signature))
                except (DecisionError, DecisionRefusedError) as error:
                    refusals[place] = error
            if refusals:
                raise RefusedTogetherError(refusals)
            end = self._append(connection, bench.appended) if keep else None
            if keep and beside is not None:
                beside(connection, taken)
        self._chain.note(end)
        return tuple(taken)

    def standing_of(self, batch_id: str) -> list[str]:
        """The ids of the decisions of a batch that still stand.

        Raises:
            DecisionError: none does.
        """
        of_batch = (pl.col("batch_id") == batch_id) & pl.col("ended_by").is_null()
        names = fold(self.read()).filter(of_batch).get_column("decision_id")
        if names.is_empty():
            raise DecisionError(f"no decision of batch {batch_id} stands")
        return names.to_list()

    def insert(self, rows: pl.DataFrame) -> int:
        """Put in decisions that were taken elsewhere; those that are here already are left. All or none.

        Args:
            rows: `DECISIONS`, each as it was exported (`ledger.decisions.exchange` checks that).

        Returns:
            How many were put in.

        Raises:
            RefusedTogetherError: some lie in the future, or name a user or a decision that is not known here.
        """
        with self._database.writing() as connection:
            known = _read(connection, WEIGHED_COLUMNS)
            refusals = _find_dangling(rows, known) | self._find_future(rows) | _find_strangers(connection, rows)
            if refusals:
                raise RefusedTogetherError(refusals)
            fresh = rows.unique("decision_id").join(known, on="decision_id", how="anti").sort(*DECISIONS.order)
            end = self._append(connection, in_reference_order(fresh))
        self._chain.note(end)
        return fresh.height

    def close(self) -> None:
        """Let the ledger go."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _decide_one(self, draft: Draft, signature: Signature, *, keep: bool) -> Taken:
        try:
            return self.decide_all([(draft, signature)], keep=keep)[0]
        except RefusedTogetherError as error:
            raise error.refusals[0] from None

    def _append(self, connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> Link | None:
        if not rows:
            return None
        connection.execute(sa.insert(decisions_table), rows)
        return self._chain.extend(connection, [row["decision_id"] for row in rows])

    def _keep_chain(self, change: Callable[[sa.Connection], Link | None]) -> None:
        with self._database.writing() as connection:
            end = change(connection)
        self._chain.note(end)

    def _next_moment(self, known: pl.DataFrame) -> datetime:
        """Now; never before the last decision, since the ledger's times give the order of decisions."""
        moment, last = self._clock(), known.get_column("decided_at").max()
        if not isinstance(last, datetime) or moment > last:
            return moment
        if last - moment > CLOCK_TOLERANCE:
            raise LedgerClockError(
                f"the clock says {moment:%Y-%m-%d %H:%M:%S} UTC, the last decision was taken at "
                f"{last:%Y-%m-%d %H:%M:%S} UTC: set the clock right"
            )
        return last + TICK

    def _find_future(self, rows: pl.DataFrame) -> dict[int, Exception]:
        late = pl.col("decided_at") > self._clock() + CLOCK_TOLERANCE
        return _refusals(rows, late, "it is in the future: is the clock right?")


def _find_strangers(connection: sa.Connection, rows: pl.DataFrame) -> dict[int, Exception]:
    """Rows by users who were never known here; those of users who have retired since are welcome."""
    names = list(connection.execute(sa.select(users_table.c.name)).scalars())
    return _refusals(rows, ~pl.col("decided_by").is_in(names), "its user is not known here")


def _find_dangling(rows: pl.DataFrame, known: pl.DataFrame) -> dict[int, Exception]:
    ids = pl.concat([rows.get_column("decision_id"), known.get_column("decision_id")])
    dangling = pl.col("replaces").is_not_null() & ~pl.col("replaces").is_in(ids.implode())
    return _refusals(rows, dangling, "it replaces a decision that is neither here nor in the file")


def _refusals(rows: pl.DataFrame, wrong: pl.Expr, words: str) -> dict[int, Exception]:
    places = rows.with_row_index("place").filter(wrong).get_column("place")
    return {int(place): DecisionError(words) for place in places}


def _read(connection: sa.Connection, names: Sequence[str] = tuple(DECISIONS.schema)) -> pl.DataFrame:
    rows = connection.execute(sa.select(*(decisions_table.c[name] for name in names))).fetchall()
    schema = {name: DECISIONS.schema[name] for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row").sort(*DECISIONS.order)
