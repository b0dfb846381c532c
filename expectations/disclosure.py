"""What may be published outside: small numbers are hidden, and others with them, so that none can be worked out.

Belongs here: which scores are hidden. Does not: files and pictures (`cli.quality_pages`). Inside the register all
numbers stay whole.

A person who knows of one order in a force learns from a small number what is recorded of it. Hidden is every score of
which a count lies between 1 and the threshold: orders judged, orders of which something failed, values that passed,
values that failed. Where a total and all but one of its parts are shown, the one that is hidden is their difference;
so another part is hidden with it, the smallest of those shown, until no sum gives a hidden number away, and the hidden
parts of a total together are no small number either. Which of the two a score is hidden for is not shown.

Source of the threshold: the Office for National Statistics asks for ten observations behind each number that leaves
its research service (threshold rule of thumb of the Handbook on Statistical Disclosure Control for Outputs, 2019).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from warehouse.codes import reference
from warehouse.sources import POLICE_SOURCES, REGIONAL_SOURCES, SOURCE_NAMES
from warehouse.tables.register import DIMENSIONS

# Two people in a cell know each other's number.
LEAST_THRESHOLD = 3
COUNTS = ("units", "failed_units", "numerator", "failed")
NUMBERS = ("score", "low", "high", "numerator", "denominator", "units", "failed_units", "trials")

# Whether a score shows only which deliveries came: they are not about people.
counts_deliveries = (pl.col("dimension") == "timeliness") & (
    (pl.col("scope") == "region") | ((pl.col("scope") == "source") & ~pl.col("scope_key").is_in(POLICE_SOURCES))
)

Cell = tuple[str, str]
Counts = tuple[float, ...]
# The PNC and PND records of all forces together: not published, but known where those of both sources are.
POLICE_CELL: Cell = ("police", "all")
POLICE_PARTS: tuple[Cell, ...] = tuple(("source", source) for source in POLICE_SOURCES)


@dataclass(frozen=True)
class Total:
    """A number and the parts it is the sum of."""

    whole: Cell
    parts: tuple[Cell, ...]


def protect(scores: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Hide what must not be published.

    Args:
        scores: `QUALITY_SCORES`; scores of single orders are left out.
        threshold: the smallest count that is shown, apart from 0.

    Returns:
        The scores with `is_hidden`; the numbers of hidden ones are null.

    Raises:
        ValueError: the threshold would hide nothing worth hiding; or the scores do not say of how many orders they
            are, or lack a total, so that nothing could be hidden soundly.
    """
    if threshold < LEAST_THRESHOLD:
        raise ValueError(f"a threshold of {threshold} hides too little: {LEAST_THRESHOLD} or more")
    public = scores.filter(pl.col("scope") != "record").sort("scope", "scope_key", "dimension")
    totals = public.filter(pl.col("scope").is_in(["source", "all"]))
    if totals.height != len(DIMENSIONS) * (len(SOURCE_NAMES) + 1) or public.get_column("units").has_nulls():
        raise ValueError("these scores lack totals or numbers of orders: make them again, by running the night again")
    hidden = [
        (scope, key, dimension)
        for (dimension,), cells in public.partition_by("dimension", as_dict=True, maintain_order=True).items()
        for scope, key in sorted(_hide(cells, threshold))
    ]
    marks = pl.DataFrame(hidden, schema=dict.fromkeys(("scope", "scope_key", "dimension"), pl.String), orient="row")
    marked = public.join(
        marks.with_columns(is_hidden=pl.lit(True)), on=marks.columns, how="left", maintain_order="left"
    )
    shown = pl.col("is_hidden").is_null()
    return marked.with_columns(pl.when(shown).then(name).alias(name) for name in NUMBERS).with_columns(is_hidden=~shown)


def totals_of(cells: Iterable[Cell]) -> tuple[Total, ...]:
    """Which published numbers add up to which others; each is part of one total, and total of one set of parts.

    Since no number stands in a circle of sums, it is enough that no sum lacks a single number.
    """
    forces = reference("forces").filter(pl.col("code") == pl.col("current_code"))
    area_of = dict(forces.select("code", "region_code").iter_rows())
    known = set(cells)
    areas = sorted(cell for cell in known if cell[0] == "area")
    of_forces = {cell: area_of.get(cell[1]) for cell in sorted(known) if cell[0] == "force"}
    alone = [cell for cell, area in of_forces.items() if ("area", area) not in known]
    regions = tuple(sorted(cell for cell in known if cell[0] == "region"))
    others = sorted(cell for cell in known if cell[0] == "source" and cell not in POLICE_PARTS)
    return (
        Total(("all", "all"), (POLICE_CELL, *others)),
        Total(POLICE_CELL, POLICE_PARTS),
        Total(POLICE_CELL, (*areas, *alone)),
        *(Total(area, tuple(cell for cell, of in of_forces.items() if of == area[1])) for area in areas),
        *(Total(("source", source), regions) for source in REGIONAL_SOURCES),
    )


def _hide(cells: pl.DataFrame, threshold: int) -> set[Cell]:
    """The cells of one dimension that are hidden."""
    failed = pl.col("denominator") - pl.col("numerator")
    rows = cells.with_columns(failed=failed).select("scope", "scope_key", *COUNTS).iter_rows()
    counts: dict[Cell, Counts] = {(scope, key): tuple(numbers) for scope, key, *numbers in rows}
    of_deliveries = set(cells.filter(counts_deliveries).select("scope", "scope_key").iter_rows())
    hidden = {cell for cell, numbers in counts.items() if _is_small(numbers, threshold)} - of_deliveries
    counts[POLICE_CELL] = _sum(counts, POLICE_PARTS)
    totals = totals_of(cell for cell in counts if cell != POLICE_CELL)
    while victim := next(filter(None, (_victim(total, hidden, counts, threshold) for total in totals)), None):
        hidden.add(victim)
    return hidden


def _victim(total: Total, hidden: set[Cell], counts: Mapping[Cell, Counts], threshold: int) -> Cell | None:
    """The cell to hide next so that the sum gives no hidden number away; None if it gives none."""
    unknown = [cell for cell in total.parts if _is_unknown(cell, hidden)]
    is_whole_unknown = _is_unknown(total.whole, hidden)
    if not unknown and not is_whole_unknown:
        return None
    is_alone = len(unknown) + is_whole_unknown == 1
    if not is_alone and (is_whole_unknown or not _is_small(_sum(counts, unknown), threshold)):
        return None
    shown = [cell for cell in total.parts if cell not in unknown and any(counts[cell])]
    shown += [] if is_whole_unknown or shown else [total.whole]
    smallest = min(shown, key=lambda cell: (counts[cell], cell), default=None)
    # The police are not published as such: the smaller of their two sources is hidden.
    return min(POLICE_PARTS, key=lambda cell: (counts[cell], cell)) if smallest == POLICE_CELL else smallest


def _is_unknown(cell: Cell, hidden: set[Cell]) -> bool:
    return not hidden.isdisjoint(POLICE_PARTS) if cell == POLICE_CELL else cell in hidden


def _sum(counts: Mapping[Cell, Counts], cells: Sequence[Cell]) -> Counts:
    return tuple(map(sum, zip(*(counts[cell] for cell in cells), strict=True)))


def _is_small(numbers: Counts, threshold: int) -> bool:
    return any(0 < number < threshold for number in numbers)
