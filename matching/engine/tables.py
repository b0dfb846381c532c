"""The tables that a user brings, as one frame of records.

Belongs here: which kinds of table are accepted, and what every table must hold. Does not: what the values mean
(`comparators`), how records are compared.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

MOST_TABLES = 127
EXPECTED = (
    "expected a polars DataFrame or LazyFrame, a pandas DataFrame or a pyarrow Table, or several by name in a "
    "dictionary, such as {'voters': voters, 'patients': patients}"
)


class ArrowTable(Protocol):
    """A table of another library that hands out its columns in the Arrow format, as pandas and pyarrow do."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The columns as an Arrow stream."""


Table = pl.DataFrame | pl.LazyFrame | ArrowTable
Described = Mapping[str, pl.DataFrame]
"""Columns that many records share, by the column of the records that holds the row of each."""
NOTHING: Described = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Records:
    """The records of all tables, in the order in which they came.

    Attributes:
        tables: names of the tables.
        frame: the key and every column that the model reads, or the rows that describe them.
        sources: for each record, the place of its table in `tables`.
        described: columns that the model reads and that are not in the frame.
    """

    tables: tuple[str, ...]
    frame: pl.DataFrame
    sources: npt.NDArray[np.int8]
    described: Described = field(default_factory=dict)


def narrowed(columns: Sequence[str], described: Described) -> list[str]:
    """The columns of the records that these follow from: a described one from the row that describes it."""
    by = {column: name for name, frame in described.items() for column in frame.columns}
    return list(dict.fromkeys(by.get(column, column) for column in columns))


def widened(records: pl.DataFrame, described: Described, columns: Collection[str]) -> pl.DataFrame:
    """The records with those of the columns that are described elsewhere."""
    found = [
        frame.select(own)[records.get_column(name)]
        for name, frame in described.items()
        if (own := [column for column in frame.columns if column in columns])
    ]
    return pl.concat([records, *found], how="horizontal") if found else records


def gather_records(
    tables: Table | Mapping[str, Table], *, key: str, columns: Sequence[str], described: Described = NOTHING
) -> Records:
    """Put the tables under each other.

    Raises:
        TypeError: this is not a table, or not a dictionary of tables.
        ValueError: there are too many tables, or a column or key is missing, repeated or of a type that can't be used.
    """
    named = dict(tables) if isinstance(tables, Mapping) else {"records": tables}
    if not 0 < len(named) <= MOST_TABLES:
        raise ValueError(f"1 to {MOST_TABLES} tables can be linked, not {len(named)}")
    wanted = [key, *(column for column in narrowed(columns, described) if column != key)]
    frames = {name: _check_table(name, _read_table(name, table, wanted), key) for name, table in named.items()}
    try:
        frame = pl.concat(frames.values(), how="vertical_relaxed")
    except pl.exceptions.PolarsError:
        raise ValueError(f"columns differ in type between tables: {_differing(frames)}") from None
    heights = [frame.height for frame in frames.values()]
    return Records(tuple(frames), frame, np.repeat(np.arange(len(frames), dtype=np.int8), heights), described)


def _read_table(name: object, table: object, wanted: Sequence[str]) -> pl.DataFrame:
    """The wanted columns of a table of any kind that is accepted."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a table is {name!r}: {EXPECTED}")
    if isinstance(table, pl.LazyFrame):
        has = table.collect_schema().names()
        table = table.select(column for column in wanted if column in has).collect()
    elif not isinstance(table, pl.DataFrame):
        table = _convert(name, table)
    if missing := [column for column in wanted if column not in table.columns]:
        raise ValueError(
            f"table {name!r} lacks columns {', '.join(missing)}; it has {', '.join(table.columns) or 'none'}"
        )
    return table.select(wanted)


def _convert(name: str, table: object) -> pl.DataFrame:
    """A table of another library. Its own message may quote values, so it is not passed on."""
    if isinstance(table, pl.Series) or not hasattr(table, "__arrow_c_stream__"):
        raise TypeError(f"table {name!r} is a {type(table).__name__}: {EXPECTED}")
    try:
        return pl.DataFrame(table)
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        raise ValueError(
            f"table {name!r}, a {type(table).__name__}, can't be read as named columns of one type each "
            f"({type(error).__name__})"
        ) from None


def _check_table(name: str, table: pl.DataFrame, key: str) -> pl.DataFrame:
    """A table whose keys identify its records and whose columns can be compared."""
    if objects := [column for column, kind in table.schema.items() if kind == pl.Object]:
        raise ValueError(f"columns {', '.join(objects)} of table {name!r} hold Python objects: convert them first")
    keys = table.get_column(key)
    if keys.dtype.is_nested():
        raise ValueError(f"the key {key} of table {name!r} is {keys.dtype}: it must be text, a number or a date")
    if nulls := keys.null_count():
        raise ValueError(f"{nulls} records of table {name!r} have no {key}")
    if repeated := len(keys) - keys.n_unique():
        raise ValueError(f"{repeated} records of table {name!r} have a {key} that another record has: make it unique")
    return table


def _differing(frames: Mapping[str, pl.DataFrame]) -> str:
    """Columns whose type differs between tables, with their types."""
    first, *others = frames.values()
    return "; ".join(
        f"{column} ({', '.join(f'{frame.schema[column]} in {name!r}' for name, frame in frames.items())})"
        for column in first.columns
        if any(frame.schema[column] != first.schema[column] for frame in others)
    )


def to_plain_types(table: pl.DataFrame) -> pl.DataFrame:
    """The table with arrays as lists and categories as text."""
    plain = {name: _plain_type(kind) for name, kind in table.schema.items()}
    return table.cast({name: kind for name, kind in plain.items() if kind != table.schema[name]})


def _plain_type(kind: pl.DataType) -> pl.DataType:
    if isinstance(kind, pl.List | pl.Array):
        return pl.List(_plain_type(kind.inner))  # type: ignore[arg-type]
    return pl.String() if isinstance(kind, pl.Categorical | pl.Enum) else kind
