"""How a table is declared: columns, types, keys, codes. Every other description of a table derives from it.

Belongs here: the classes and what derives from them (polars schema, DDL, empty frames, conforming).
Does not: the tables themselves (`warehouse.tables`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

import polars as pl
from polars.datatypes import DataType, DataTypeClass

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

type_names: dict[object, str] = {
    pl.String: "VARCHAR",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
    pl.Datetime("us", "UTC"): "TIMESTAMP WITH TIME ZONE",
    pl.List(pl.String): "VARCHAR[]",
}


MOST_CODES_NAMED: Final = 12
UNITS_BY_NAME: Final = {
    "_count": "number",
    "_days": "days",
    "_months": "months",
    "confidence": "probability, 0 to 1",
    "share": "share, 0 to 1",
    "row_number": "row",
}
"""Units of numbers by how the name of the column ends."""
UNITS_BY_BOUNDS: Final[dict[tuple[float | str | None, ...], str]] = {
    (0, 1): "share, 0 to 1",
    (0, 100): "score, 0 to 100",
}


@dataclass(frozen=True)
class Column:
    """One column: its name, type, meaning and what must hold of every value.

    Attributes:
        name: `is_`/`_on`/`_code` endings show the kind of value.
        description: what a value means, in plain words, and no more: the other parts of the data dictionary are below.
        dtype: a polars type among String, Int64, Float64, Boolean, Date, Datetime (microseconds, UTC), List(String).
        required: no row may lack it (a structural expectation).
        codes: the only values allowed, if the column is coded.
        pattern: a regular expression every text value matches.
        minimum: smallest value allowed (numbers, or an ISO date as text).
        maximum: largest value allowed.
        title: what it is called on screens and in files for people.
        unit: what a number counts or is measured in, where its name or its bounds do not say so.
        coding: what the codes mean, or where they are listed.
        source: where a value comes from.
        example: a value, as text, where it is no code and no yes or no.
        caveat: what to mind, and what it means where there is no value.
    """

    name: str
    description: str
    dtype: DataType | DataTypeClass = pl.String
    required: bool = False
    codes: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None
    title: str = ""
    unit: str = ""
    coding: str = ""
    source: str = ""
    example: str = ""
    caveat: str = ""

    @property
    def sql_type(self) -> str:
        """The DuckDB type of the column."""
        return type_names[self.dtype]

    @property
    def measured_in(self) -> str:
        """The unit of a number; empty for anything else."""
        if self.unit or self.dtype not in (pl.Int64, pl.Float64):
            return self.unit
        by_name = (unit for ending, unit in UNITS_BY_NAME.items() if self.name.endswith(ending))
        return next(by_name, UNITS_BY_BOUNDS.get((self.minimum, self.maximum), ""))

    @property
    def sample(self) -> str:
        """A value, as text: the example, or the first code, or a yes."""
        return self.example or next(iter(self.codes), "true" if self.dtype == pl.Boolean else "")

    @property
    def coded(self) -> str:
        """The codes where they are few, and what they mean or where they are listed."""
        if not self.codes or len(self.codes) > MOST_CODES_NAMED or all(code in self.coding for code in self.codes):
            return self.coding
        return ", ".join(self.codes) + (f" ({self.coding})" if self.coding else "")

    @property
    def meaning(self) -> str:
        """What a value means in one text: with its unit, codes and caveat."""
        named = all(code in self.description for code in self.codes) and not self.coding
        parts = (
            self.description,
            f"Unit: {self.measured_in}." if self.measured_in else "",
            f"Codes: {self.coded}." if self.coded and not named else "",
            self.caveat,
        )
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Table:
    """A table: its name (the asset's and the file's too), what one row is, its columns and its key."""

    name: str
    row_is: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    sort_by: tuple[str, ...] = field(default=())

    @property
    def schema(self) -> pl.Schema:
        """The polars schema, in column order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    @property
    def order(self) -> tuple[str, ...]:
        """The columns that put the rows of a release in one fixed order."""
        return self.sort_by or self.key

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: the table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name}")

    def empty(self) -> pl.DataFrame:
        """A frame with the table's columns and no rows."""
        return pl.DataFrame(schema=self.schema)

    def of_release(self, read: Callable[[str], pl.DataFrame]) -> pl.DataFrame:
        """Its rows in a release, by what reads the release's tables; none where an earlier release lacks it."""
        try:
            return read(self.name)
        except KeyError:
            return self.empty()

    def conform(self, frame: Frame) -> Frame:
        """Put the columns in declared order with declared types; a column not declared is dropped.

        Raises:
            polars.exceptions.ColumnNotFoundError: a declared column is missing.
            polars.exceptions.InvalidOperationError: a value does not fit the declared type.
        """
        return frame.select(pl.col(column.name).cast(column.dtype) for column in self.columns)

    def completed(self, frame: Frame) -> Frame:
        """Rows that were kept by an earlier version, in today's shape: a column that it did not have yet is empty."""
        held = frame.lazy().collect_schema()
        missing = [pl.lit(None, column.dtype).alias(column.name) for column in self.columns if column.name not in held]
        return self.conform(frame.with_columns(missing))

    def renamed(self, name: str) -> "Table":
        """The same table under another name (one shape, one table for each source)."""
        return Table(name, self.row_is, self.columns, self.key, self.sort_by)
