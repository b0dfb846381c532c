"""Entries of a model made from conditions, with the shares that are declared for their levels.

Belongs here: the way from declared levels to a `Comparison`. Does not: conditions
(`comparators.pair_conditions`), their evaluation (`comparators.expressions`).
"""

from collections.abc import Sequence

from matching.engine.comparators.expressions import Expressions, Feature, Level, Part
from matching.engine.comparators.pair_conditions import ANYTHING, equal, missing
from matching.engine.patterns import Comparison


def expression_comparison(
    name: str,
    columns: Sequence[str],
    levels: Sequence[Level],
    features: Sequence[Feature] = (),
    *,
    parts: Sequence[Part] = (),
    term: str | None = None,
    fixed: bool = False,
) -> Comparison:
    """The comparison of several columns by conditions, with declared shares.

    Args:
        name: of the comparison.
        columns: that conditions and features read.
        levels: from the first to be asked.
        features: what the conditions need.
        parts: conditions on some of the columns, which those of the levels call by name.
        term: see `Comparison.term`.
        fixed: the declared shares of all levels stand, whatever the data say.
    """
    comparator = Expressions(tuple(columns), tuple(levels), tuple(features), tuple(parts))
    return Comparison(
        name,
        tuple(columns),
        comparator,
        term=term,
        declared=tuple((level.m, level.u) for level in comparator.known),
        fixed=frozenset(place for place, level in enumerate(comparator.known, 1) if fixed or level.fixed),
    )


def same_or_not(name: str, column: str, same: tuple[float, float], other: tuple[float, float]) -> Comparison:
    """The comparison of coded values: the same or not.

    Args:
        name: of the comparison.
        column: compared.
        same: shares m and u of the same value.
        other: shares m and u of another value.
    """
    levels = (
        Level("not known", missing(column), 1, 1),
        Level("the same", equal(column), *same),
        Level("differs", ANYTHING, *other),
    )
    return expression_comparison(name, (column,), levels)
