"""Reading a release: its tables as frames, and the evidence behind one order.

Belongs here: questions put to a published register. Does not: drawing the answers, publishing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import polars as pl

from reconciliation.confidence.values import explain_confidence, observe_values
from reconciliation.law import counts_as_in_force, facts_of, judge_status
from reconciliation.redirects import follow_redirects, order_redirects
from warehouse.home import Home
from warehouse.releases.duckdb_file import Connection, open_register
from warehouse.releases.release import RELEASE_NAME, Release, current_release, read_release, release_ids
from warehouse.releases.rollback_history import withdrawn_releases
from warehouse.tables.register import FIELD_PROVENANCE, ID_REDIRECTS, ORDER_SOURCES, ORDERS, SOURCE_RELIABILITY
from warehouse.tables.release import ORDER_PAIRS, RELEASE_TABLES

SURE: Final = 0.95
"""The confidence from which a golden value needs no explanation of its doubts."""


class UnknownOrderError(LookupError):
    """The register holds no order of that id, nor a redirect that leads to one order."""


@dataclass(frozen=True)
class WeightStep:
    """One bar of a waterfall: a comparison, the level that the two records reach, its weight (log2 Bayes factor)."""

    comparison: str
    level: str
    weight: float


@dataclass(frozen=True)
class Pair:
    """Two records of an order and why they belong together."""

    left_id: str
    right_id: str
    person_weight: float
    order_weight: float
    match_weight: float
    steps: tuple[WeightStep, ...]


@dataclass(frozen=True)
class Explanation:
    """The evidence behind one order.

    Attributes:
        order_id: the order.
        asked_for: the id that was asked for; another one if it was redirected.
        order: its row in `orders`.
        records: its rows in `order_sources`.
        pairs: its pairs of records with their weights, if the release keeps them.
        provenance: its rows in `field_provenance`.
        discrepancies: its rows in `discrepancies`.
        doubts: by field, of which the register is less than `SURE`: what weighs most for and against the golden value.
    """

    order_id: str
    asked_for: str
    order: Mapping[str, Any]
    records: pl.DataFrame
    pairs: tuple[Pair, ...]
    provenance: pl.DataFrame
    discrepancies: pl.DataFrame
    doubts: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Register:
    """A release, open for reading: `with Register.open(home) as register:`.

    Attributes:
        release: the release that is read; later publications do not change it.
    """

    def __init__(self, release: Release) -> None:
        self.release = release

    @cached_property
    def _connection(self) -> Connection:
        """The DuckDB file: opened by the first query, since a program that writes may hold it."""
        return open_register(self.release.database)

    @classmethod
    def open(cls, home: Home | Path, release: str | None = None) -> Self:
        """Open a release by id, or the one in force.

        Raises:
            LookupError: there is no such release, or none has been published.
        """
        home = Home(home) if isinstance(home, Path) else home
        found = read_release(home, release) if release else current_release(home)
        if found is None:
            raise LookupError("no release has been published")
        return cls(found)

    def table(self, name: str) -> pl.DataFrame:
        """A table of the release, in the order of its key.

        Raises:
            KeyError: the release has no table of that name.
        """
        table = next((table for table in RELEASE_TABLES if table.name == name), None)
        if table is None or not self.release.parquet(name).exists():
            raise KeyError(f"release {self.release.release_id} has no table {name}")
        return pl.read_parquet(self.release.parquet(name))

    def orders(
        self,
        *,
        force: str | None = None,
        is_active: bool | None = None,
        in_force_on: date | None = None,
        known_on: date | None = None,
    ) -> pl.DataFrame:
        """The orders, by two clocks: what was in force in law on a day, and what was known to us on a day.

        Args:
            force: code of the force that holds them; all forces if not given.
            is_active: only those that are in force in law on the date of the release, or may be
                (`is_in_force_doubtful`); or only those that are not.
            in_force_on: only those that were in force in law on that day, or may have been, the last day of an order
                included, by the rules of `reconciliation.law`. No source gives the day of a discharge: such an order
                counts as in force until the day by which a source showed it (`ended_by`). One that the court
                withdrew counts on no day.
            known_on: by the release in force at the end of that day (`release_known_on`) instead of this one.

        Raises:
            LookupError: nothing was known on that day.
        """
        home = Home(self.release.path.parent.parent)
        release = self.release if known_on is None else release_known_on(home, known_on)
        orders = ORDERS.completed(pl.read_parquet(release.parquet(ORDERS.name)))
        if in_force_on is not None:
            orders = orders.join(_in_force(orders, in_force_on), on="order_id", how="semi", maintain_order="left")
        if force is not None:
            orders = orders.filter(pl.col("force_code") == force)
        if is_active is not None:
            orders = orders.filter(counts_as_in_force() == is_active)
        return orders

    def query(self, sql: str, parameters: tuple[object, ...] = ()) -> pl.DataFrame:
        """The answer to a query on the tables and views of the release; nothing can be written."""
        return pl.DataFrame(self._connection.sql(sql, params=list(parameters)).to_arrow_table())

    def explain(self, order_id: str) -> Explanation:
        """The evidence behind an order: its records, their weights, its values, its discrepancies.

        Raises:
            UnknownOrderError: there is no such order; or it was split, and the message names the orders it became.
        """
        found = self._follow(order_id)
        provenance = FIELD_PROVENANCE.completed(self._rows("field_provenance", found))
        return Explanation(
            order_id=found,
            asked_for=order_id,
            order=ORDERS.completed(self._rows("orders", found)).row(0, named=True),
            records=ORDER_SOURCES.completed(self._rows("order_sources", found)),
            pairs=self._pairs(found),
            provenance=provenance,
            discrepancies=self._rows("discrepancies", found),
            doubts=self._doubts(provenance, found),
        )

    def close(self) -> None:
        """Let the file go."""
        if "_connection" in self.__dict__:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _rows(self, table: str, order_id: str) -> pl.DataFrame:
        return pl.scan_parquet(self.release.parquet(table)).filter(pl.col("order_id") == order_id).collect()

    def _follow(self, order_id: str) -> str:
        """The order itself, or the one that its redirects lead to."""
        orders, redirects = (
            pl.read_parquet(self.release.parquet(table.name), columns=columns)
            for table, columns in ((ORDERS, ["order_id"]), (ID_REDIRECTS, None))
        )
        known = orders.get_column("order_id")
        reached = follow_redirects(pl.Series([order_id]), order_redirects(redirects), until=known)
        ends = known.filter(known.is_in(reached.get_column("reached").implode())).sort().to_list()
        if len(ends) == 1:
            return str(ends[0])
        if ends:
            raise UnknownOrderError(f"order {order_id} was split into {', '.join(ends)}: ask for one of them")
        raise UnknownOrderError(f"release {self.release.release_id} has no order {order_id}")

    def _doubts(self, provenance: pl.DataFrame, order_id: str) -> dict[str, Sequence[str]]:
        """Why the register is unsure, by field; nothing in a release of before it had a confidence."""
        unsure = provenance.filter(pl.col("confidence") < SURE).get_column("field")
        if unsure.is_empty():
            return {}
        observed = observe_values(
            provenance,
            ORDERS.completed(self.table(ORDERS.name)),
            ORDER_SOURCES.completed(self._rows("order_sources", order_id)),
            errors=self.table(SOURCE_RELIABILITY.name),
        )
        rows = observed.filter(pl.col("field").is_in(unsure.implode())).sort("field").iter_rows(named=True)
        return {row["field"]: explain_confidence(row) for row in rows}

    def _pairs(self, order_id: str) -> tuple[Pair, ...]:
        if not self.release.parquet(ORDER_PAIRS.name).exists():
            return ()
        return tuple(read_pair(row) for row in self._rows(ORDER_PAIRS.name, order_id).iter_rows(named=True))


def release_known_on(home: Home, day: date) -> Release:
    """The release in force at the end of a day: the last of a date up to it that had not been rolled back by then.

    A revision counts from its night on, whenever it was published.

    Raises:
        LookupError: there is none of so early a date.
    """
    withdrawn, ids = withdrawn_releases(home, known_on=day), release_ids(home)
    known = [name for name in ids if name not in withdrawn and _date_in(name) <= day]
    if not known:
        first = f"the first release is {ids[0]}" if ids else "no release has been published"
        raise LookupError(f"nothing was known on {day}: {first}")
    return read_release(home, known[-1])


def _date_in(release_id: str) -> date:
    return date.fromisoformat(RELEASE_NAME.sub(r"\g<as_of>", release_id))


def _in_force(orders: pl.DataFrame, day: date) -> pl.DataFrame:
    """The ids of the orders that were in force on a day, or may have been, as far as a release shows."""
    is_known_discharged = pl.col("is_discharged") & (pl.col("ended_by") <= day).fill_null(value=True)
    facts = facts_of(orders).with_columns(is_discharged=is_known_discharged)
    judged = judge_status(facts, as_of=day)
    # A day of making after the release is in doubt; one after the day asked about is not.
    return judged.filter(counts_as_in_force() & (pl.col("legal_status") != "not_started")).select("order_id")


def read_pair(row: Mapping[str, Any]) -> Pair:
    """A pair from a row of `order_pairs` or `near_pairs`."""
    return Pair(
        left_id=row["left_id"],
        right_id=row["right_id"],
        person_weight=row["person_weight"],
        order_weight=row["order_weight"],
        match_weight=row["match_weight"],
        steps=tuple(_step(level, weight) for level, weight in zip(row["levels"], row["weights"], strict=True)),
    )


def _step(level: str, weight: str) -> WeightStep:
    """A step from `comparison=level` and `comparison=+1.23`; the two lists stand in the order of the model."""
    comparison, _, reached = level.partition("=")
    return WeightStep(comparison, reached, float(weight.rpartition("=")[2]))
