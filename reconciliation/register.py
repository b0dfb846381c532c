"""Reading a release: its tables as frames, and the evidence behind one order.

Belongs here: questions put to a published register. Does not: drawing the answers, publishing.
"""

import warnings
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import polars as pl

from reconciliation.confidence.population import Population
from reconciliation.confidence.trained import find_value_model
from reconciliation.confidence.values import explain_confidence, observe_values
from reconciliation.explanation import Explanation, Pair, read_pair
from reconciliation.known_releases import known_releases, read_day, release_known_on, words_for_early
from reconciliation.law import binds_on, counts_as_in_force
from reconciliation.redirects import FormerIdWarning, order_redirects, quoted_in, the_order_now, words_for_former
from reconciliation.release_diff import Difference, compare_releases
from reconciliation.statutes import FIRST_ORDER_ON
from warehouse.codes import FORCE_CODES, NATIONS, names_of
from warehouse.home import Home
from warehouse.releases.duckdb_file import (
    KNOWN_ON,
    Connection,
    QueryRefusedError,
    answer,
    open_history,
    open_register,
    say_what_lacks,
)
from warehouse.releases.release import Release, current_release, read_release
from warehouse.releases.views import VIEWS
from warehouse.releases.workbook import write_workbook
from warehouse.schema import Table
from warehouse.storage import fetch_release
from warehouse.tables.code_lists import CODE_LISTS
from warehouse.tables.register import FIELD_PROVENANCE, ID_REDIRECTS, ORDER_SOURCES, ORDERS, SOURCE_RELIABILITY
from warehouse.tables.release import ORDER_PAIRS, RELEASE_TABLES

_TABLES: Final = (*RELEASE_TABLES, *CODE_LISTS)
_VIEWS: Final = tuple(view for view in VIEWS if not view.parameters)
WORKBOOK_TABLES: Final = ("orders", "order_sources", "subjects", "conditions", "arrests", "discrepancies")
SURE: Final = 0.95
"""The confidence from which a golden value needs no explanation of its doubts."""


class Register:
    """A release, open for reading: `with Register.open() as register:`.

    Attributes:
        release: the release that is read; later publications do not change it.
    """

    def __init__(self, release: Release) -> None:
        self.release = release

    @property
    def home(self) -> Home:
        """The folder of all state."""
        return Home(self.release.path.parent.parent)

    @cached_property
    def _connection(self) -> Connection:
        """The DuckDB file: opened by the first query, since a program that writes may hold it."""
        return open_register(self.release.database)

    @cached_property
    def _history(self) -> Connection:
        """The same with `known_on(day)`, for which earlier releases are opened too."""
        return open_history(self.release.database, known_releases(self.home), early=words_for_early(self.home))

    @classmethod
    def open(
        cls, home: Home | Path | str | None = None, release: str | None = None, *, as_of: date | str | None = None
    ) -> Self:
        """Open the release in force, or another.

        Args:
            home: the folder of all state; where `CONCORD_HOME` says, or `.concord`, if not given. Or the URL of
                mirrored releases, such as `s3://bucket/releases`: the release is brought from there and proved.
            release: its id.
            as_of: a day, instead of an id: the release in force at the end of it (`release_known_on`).

        Raises:
            LookupError: there is no such release, or none has been published.
            ValueError: the day is none, or both an id and a day are given, or a day and a URL.
            StorageError: the releases can't be brought from the URL.
        """
        if isinstance(home, str) and "://" in home:
            if as_of is not None:
                raise ValueError("a release in a store is named by its id: it knows no release by a day")
            home = fetch_release(home, release)
        found_home = Home.find(home)
        if as_of is not None:
            if release is not None:
                raise ValueError("name a release or a day (as_of), not both")
            return cls(release_known_on(found_home, read_day(as_of)))
        found = read_release(found_home, release) if release else current_release(found_home)
        if found is None:
            raise LookupError(f"no release has been published in {found_home.path}")
        return cls(found)

    @property
    def table_names(self) -> tuple[str, ...]:
        """The tables that this release holds."""
        return tuple(table.name for table in _TABLES if self.release.parquet(table.name).exists())

    @property
    def view_names(self) -> tuple[str, ...]:
        """The views that it has, except those that ask for a day or an id."""
        return tuple(view.name for view in _VIEWS)

    def table(self, name: str) -> pl.DataFrame:
        """A table of the release, in the order of its key; code lists too.

        Raises:
            KeyError: the release has no table of that name.
            DamagedReleaseError: it had one, whose file is gone.
        """
        if name not in self.table_names:
            raise self.release.lack_of(name, self.table_names)
        return pl.read_parquet(self.release.parquet(name))

    def completed(self, table: Table) -> pl.DataFrame:
        """A table of the release in the shape declared today: columns that it does not have yet are empty.

        Raises:
            KeyError: the release has no such table.
        """
        return table.completed(self.table(table.name))

    def orders(
        self,
        *,
        force: str | None = None,
        nation: str | None = None,
        is_active: bool | None = None,
        in_force_on: date | str | None = None,
        known_on: date | str | None = None,
    ) -> pl.LazyFrame:
        """The orders, by two clocks: what was in force in law on a day, and what was known to us on a day.

        Args:
            force: code of the force that holds them; all forces if not given.
            nation: the nation they were made in; all nations if not given. In a release from before this was published
                no order has one.
            is_active: only those that are in force in law on the date of the release, or may be
                (`is_in_force_doubtful`); or only those that are not.
            in_force_on: only those that bound on that day, or may have, the last day of an order included
                (`binds_from`, `binds_until`). One that the court withdrew counts on no day.
            known_on: by the release in force at the end of that day (`release_known_on`) instead of this one.

        Returns:
            Rows of `ORDERS`, not collected yet.

        Raises:
            LookupError: nothing was known on that day.
            ValueError: there is no such force, nation or day; the message names those that there are. Or no order could
                be made by that day.
        """
        names = names_of("forces")
        for name, asked, known in (("force", force, FORCE_CODES), ("nation", nation, NATIONS)):
            if asked is not None and asked not in known:
                choices = ", ".join(" ".join((code, *names.get(code, "").split())) for code in known)
                raise ValueError(f"there is no {name} {asked!r}: one of {choices}")
        release = self.release if known_on is None else release_known_on(self.home, read_day(known_on))
        orders = ORDERS.completed(pl.read_parquet(release.parquet(ORDERS.name)))
        if in_force_on is not None:
            orders = orders.filter(binds_on(read_day(in_force_on, since=FIRST_ORDER_ON)))
        if is_active is not None:
            orders = orders.filter(counts_as_in_force() == is_active)
        for name, value in {"force_code": force, "nation": nation}.items():
            orders = orders.filter(pl.col(name) == value) if value is not None else orders
        return orders.lazy()

    def diff(self, before: str, after: str | None = None) -> Difference:
        """How two releases differ: orders, fields and discrepancies, and what made them differ.

        Args:
            before: the id of a release.
            after: of another one, later or earlier; this one if not given.

        Raises:
            LookupError: there is no such release.
        """
        later = self.release if after is None else read_release(self.home, after)
        return compare_releases(self.home, read_release(self.home, before), later)

    def sql(self, query: str, parameters: Sequence[object] = ()) -> pl.DataFrame:
        """The answer to a query on the tables, views and macros of the release, and on nothing else.

        `known_on(day)` is there too: `orders` as the release in force at the end of that day holds them.

        Args:
            query: one statement in the SQL of DuckDB; `?` stands for a parameter.
            parameters: their values, in order.

        Warns:
            FormerIdWarning: it names an order by an id that was merged or split since; the words say what it is now.

        Raises:
            QueryRefusedError: it would write, read a file or change a setting, or it can't be answered;
                the message says why.
        """
        if named := quoted_in(query, parameters):
            for words in words_for_former(named, *self._ids):
                warnings.warn(words, FormerIdWarning, stacklevel=2)
        connection = self._history if KNOWN_ON in query.lower() else self._connection
        try:
            return answer(connection, query, parameters)
        except QueryRefusedError as error:
            raise say_what_lacks(error, connection, query, self.release.release_id) from None

    def to_excel(self, path: Path | str, *names: str, marking: str = "OFFICIAL-SENSITIVE") -> None:
        """Write tables of the release as a workbook, with a sheet on how to read it and one on what columns mean.

        Args:
            path: the file.
            names: the tables and views; what describes orders (`WORKBOOK_TABLES`) if none is named.
            marking: the protective marking on every sheet.

        Raises:
            KeyError: the release has no table of that name.
            TooManyRowsError: a sheet can't hold the rows of a table.
            OSError: the file can't be written.
        """
        wanted = names or WORKBOOK_TABLES
        tables = {table: self.table(table.name) for table in _TABLES if table.name in wanted}
        for view in (found for found in _VIEWS if found.name in wanted):
            rows = self.sql(f"SELECT * FROM {view.name} ORDER BY ALL")  # noqa: S608 (a name of our own)
            tables[view.as_table(rows.columns)] = rows
        if unknown := sorted(set(wanted) - {table.name for table in tables}):
            known = ", ".join((*self.table_names, *self.view_names))
            raise KeyError(f"release {self.release.release_id} has no table {', '.join(unknown)}: it has {known}")
        write_workbook(Path(path), self.release, tables, marking=marking)

    def explain(self, order_id: str) -> Explanation:
        """The evidence behind an order: its records, their weights, its values, its discrepancies.

        Raises:
            UnknownOrderError: there is no such order; or it was split, and the message names the orders it became.
        """
        found = the_order_now(order_id, *self._ids, release_id=self.release.release_id)
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
        for name in {"_connection", "_history"} & self.__dict__.keys():
            getattr(self, name).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _rows(self, table: str, order_id: str) -> pl.DataFrame:
        return pl.scan_parquet(self.release.parquet(table)).filter(pl.col("order_id") == order_id).collect()

    @cached_property
    def _ids(self) -> tuple[pl.Series, pl.DataFrame]:
        """The ids of all orders, and the redirects of those that are no more."""
        orders = pl.read_parquet(self.release.parquet(ORDERS.name), columns=["order_id"])
        return orders.get_column("order_id"), order_redirects(pl.read_parquet(self.release.parquet(ID_REDIRECTS.name)))

    def _doubts(self, provenance: pl.DataFrame, order_id: str) -> dict[str, Sequence[str]]:
        """Why the register is unsure, by field; nothing in a release from before it had a confidence."""
        unsure = provenance.filter(pl.col("confidence") < SURE).get_column("field")
        if unsure.is_empty():
            return {}
        observed = observe_values(
            provenance,
            Population.of(self.completed(ORDERS)),
            ORDER_SOURCES.completed(self._rows("order_sources", order_id)),
            errors=self.table(SOURCE_RELIABILITY.name),
        )
        rows = observed.filter(pl.col("field").is_in(unsure.implode())).sort("field").iter_rows(named=True)
        model = find_value_model(self.home, self.release.manifest.get("versions", {}).get("models", ""))
        return {row["field"]: explain_confidence(row, model=model) for row in rows}

    def _pairs(self, order_id: str) -> tuple[Pair, ...]:
        if not self.release.parquet(ORDER_PAIRS.name).exists():
            return ()
        return tuple(read_pair(row) for row in self._rows(ORDER_PAIRS.name, order_id).iter_rows(named=True))
