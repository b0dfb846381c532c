"""From records to patterns: the level of a pair in every comparison, packed into one whole number.

Belongs here: comparisons as entries of a model, the coding of records, the patterns of pairs. Does not: weights.

Training and scoring see patterns only; a million pairs have a few thousand different ones.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.block_keys import Rows
from matching.engine.blocking import BlockingRule
from matching.engine.comparators.base import Comparator, Judge, Levels
from matching.engine.tables import NOTHING, Described, narrowed, to_plain_types, widened
from matching.engine.values import CodedColumn, Codes, encode, encode_rows

# `map`, or one that shares out pieces of work that are independent: to threads, or to a cluster (`spark`).
Each = Callable[..., Iterator[Any]]
# int32 where all patterns of the model fit, else int64.
Patterns = npt.NDArray[np.signedinteger]


@dataclass(frozen=True, eq=False)
class Comparison:
    """One entry of a model: what is compared, and how.

    Attributes:
        name: as shown in an explanation.
        columns: read by the comparator, in its order.
        comparator: gives the level.
        term: a column in which agreement on a rare value counts for more than on a common one; None for none.
        blocking: rules that this comparison adds to the model.
        declared: m and u of each level but not known. Training starts from them, and keeps them where it sees too few
            pairs. None: training has only the data.
        fixed: places of levels whose declared m and u are kept whatever the data say.
    """

    name: str
    columns: tuple[str, ...]
    comparator: Comparator
    term: str | None = None
    blocking: tuple[BlockingRule, ...] = ()
    declared: tuple[tuple[float, float], ...] | None = None
    fixed: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        # A missing comma makes a text of the tuple.
        if isinstance(self.columns, str):  # type: ignore[unreachable]
            raise TypeError(f"columns of comparison {self.name!r} are a tuple of names: ({self.columns!r},)")

    @property
    def read(self) -> tuple[str, ...]:
        """All columns that are read: those compared, and the term."""
        return tuple(dict.fromkeys((*self.columns, *([self.term] if self.term else []))))

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the levels."""
        return self.comparator.levels


@dataclass(frozen=True)
class Rival:
    """A class of pairs that agree in much and do not match: relatives, neighbours, two orders of one person.

    Attributes:
        name: as shown in an explanation.
        same: names of comparisons in which they agree as matches do.
        shared: names of comparisons in which they may agree.
    """

    name: str
    same: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Coded:
    """Records as numbers, ready to be compared.

    Attributes:
        comparisons: of the model.
        records: how many there are, copies not counted.
        codes: one row for each record; one column for each column of the comparisons, in their order, then for each
            term.
        columns: what the codes stand for.
        judges: one for each comparison.
        places: for each comparison the places of its columns in `codes`.
        terms: for each comparison the place of its term in `codes`, or None.
    """

    comparisons: tuple[Comparison, ...]
    records: int
    codes: Codes
    columns: tuple[CodedColumn, ...]
    judges: tuple[Judge, ...]
    places: tuple[tuple[int, ...], ...]
    terms: tuple[int | None, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        """Without the judges, which may hold functions that can't be sent to another process: they are made again."""
        columns = tuple(replace(column, codes=column.codes[:0]) for column in self.columns)
        return _bound_again, (self.comparisons, self.records, self.codes, columns, self.places, self.terms)


def radices(comparisons: Sequence[Comparison]) -> Patterns:
    """The value of one level of each comparison in a pattern: the product of the level counts before it.

    Raises:
        ValueError: there are so many comparisons and levels that a pattern does not fit into 63 bits.
    """
    sizes = [len(comparison.levels) for comparison in comparisons]
    if prod(sizes) >= 2**63:
        raise ValueError(f"{len(sizes)} comparisons with {sizes} levels do not fit into a pattern of 63 bits")
    return np.array([prod(sizes[:place]) for place in range(len(sizes))], np.int32 if prod(sizes) < 2**31 else np.int64)


def code_records(
    comparisons: Sequence[Comparison],
    records: pl.DataFrame,
    order: npt.NDArray[np.intp],
    *,
    each: Each = map,
    described: Described = NOTHING,
) -> Coded:
    """Code every column that the comparisons read.

    Columns that one comparator reads share a dictionary if they are of one type, so that it can compare
    one with another. `described` is as in `LinkageModel.on`.

    Raises:
        ValueError: a column is missing, or its comparator can't compare its values.
    """
    wanted = {column: comparison.name for comparison in comparisons for column in comparison.read}
    known = {*records.columns, *(column for frame in described.values() for column in frame.columns)}
    if missing := [f"{column!r} ({name})" for column, name in wanted.items() if column not in known]:
        raise ValueError(f"comparisons read columns that are missing: {', '.join(missing)}")
    described = {name: to_plain_types(frame) for name, frame in described.items()}
    coded = _code_columns(comparisons, to_plain_types(records), described, each)
    keys = [_keys(comparison) for comparison in comparisons]
    places = {key: place for place, key in enumerate(coded)}
    codes = np.stack(list(each(lambda column: column.codes[order], coded.values())), axis=1)
    # Once for all columns, not once more for each.
    coded = {key: replace(column, codes=codes[:, places[key]]) for key, column in coded.items()}
    return Coded(
        comparisons=tuple(comparisons),
        records=records.height,
        codes=codes,
        columns=tuple(coded.values()),
        judges=tuple(each(lambda comparison, own: _bind(comparison, [coded[key] for key in own]), comparisons, keys)),
        places=tuple(tuple(places[key] for key in own) for own in keys),
        terms=tuple(places[False, (comparison.term,)] if comparison.term else None for comparison in comparisons),
    )


def _bind(comparison: Comparison, columns: Sequence[CodedColumn]) -> Judge:
    try:
        return comparison.comparator.bind(columns)
    except ValueError as error:
        raise ValueError(f"comparison {comparison.name!r} of {', '.join(comparison.columns)}: {error}") from None


def _bound_again(
    comparisons: tuple[Comparison, ...],
    records: int,
    codes: Codes,
    columns: tuple[CodedColumn, ...],
    places: tuple[tuple[int, ...], ...],
    terms: tuple[int | None, ...],
) -> Coded:
    columns = tuple(replace(column, codes=codes[:, place]) for place, column in enumerate(columns))
    own = ([columns[place] for place in some] for some in places)
    judges = tuple(map(_bind, comparisons, own))
    return Coded(comparisons, records, codes, columns, judges, places, terms)


def _levels(coded: Coded, left: Rows, right: Rows) -> list[Levels]:
    """The level of each pair in every comparison. The codes of a record are side by side, so that it is read once."""
    one, other = coded.codes.take(left, axis=0), coded.codes.take(right, axis=0)
    return [
        judge(*([np.ascontiguousarray(side[:, place]) for place in places] for side in (one, other)))
        for judge, places in zip(coded.judges, coded.places, strict=True)
    ]


def compare(coded: Coded, left: Rows, right: Rows) -> Patterns:
    """The pattern of each pair."""
    steps = radices(coded.comparisons)
    patterns = np.zeros(len(left), steps.dtype)
    for levels, radix in zip(_levels(coded, left, right), steps, strict=True):
        patterns += levels * radix
    return patterns


def unpack(patterns: Patterns, comparisons: Sequence[Comparison]) -> list[Levels]:
    """The levels that patterns are made of, one array for each comparison."""
    return [
        (patterns // radix % len(comparison.levels)).astype(np.int8)
        for comparison, radix in zip(comparisons, radices(comparisons), strict=True)
    ]


# Whether columns are coded together, and which.
_Key = tuple[bool, tuple[str, ...]]


def _keys(comparison: Comparison) -> list[_Key]:
    """How the columns of a comparison are coded: all together, or one by one."""
    if comparison.comparator.jointly:
        return [(True, comparison.columns)]
    return [(False, (column,)) for column in comparison.columns]


def _code_columns(
    comparisons: Sequence[Comparison], records: pl.DataFrame, described: Described, each: Each
) -> dict[_Key, CodedColumn]:
    """Every column that is read, first those that are compared, then the terms."""
    coded = {
        key: encode_rows(records.select(narrowed(key[1], described)), described)
        for comparison in comparisons
        for key in _keys(comparison)
        if key[0]
    }
    single = {column for comparison in comparisons for joint, own in _keys(comparison) if not joint for column in own}
    single |= {comparison.term for comparison in comparisons if comparison.term}
    records = widened(records, described, single)
    groups = _shared_dictionaries(comparisons, records.schema)
    encoded = each(lambda group: encode([records.get_column(column) for column in group]), groups)
    for group, columns in zip(groups, encoded, strict=True):
        coded |= {(False, (column,)): entry for column, entry in zip(group, columns, strict=True)}
    order = [key for comparison in comparisons for key in _keys(comparison)]
    terms = [(False, (comparison.term,)) for comparison in comparisons if comparison.term]
    return {key: coded[key] for key in (*order, *terms)}


def _shared_dictionaries(comparisons: Sequence[Comparison], schema: pl.Schema) -> list[list[str]]:
    """Columns in groups that share a dictionary: read by one comparator, and of one type."""
    groups: list[list[str]] = []
    singles = [comparison.columns for comparison in comparisons if not comparison.comparator.jointly]
    for columns in (*singles, *((comparison.term,) for comparison in comparisons if comparison.term)):
        for kind in dict.fromkeys(_inner(schema[column]) for column in columns):
            own = [column for column in columns if _inner(schema[column]) == kind]
            met = [group for group in groups if set(group) & set(own)]
            merged = list(dict.fromkeys([*(column for group in met for column in group), *own]))
            groups = [group for group in groups if group not in met] + [merged]
    return groups


def _inner(kind: pl.DataType) -> pl.DataType:
    """The type of the values, or of the elements of lists."""
    return _inner(kind.inner) if isinstance(kind, pl.List) else kind  # type: ignore[arg-type]
