"""The layouts of the regional returns: which row holds the headings, which column holds which field.

Belongs here: recognising a sheet by its headings. Does not: the headings (`rocu_headings.toml`), the rows below them.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
from rapidfuzz import fuzz, process

from matching.standardise import fold

ROWS_ABOVE_HEADINGS = 40  # headings are looked for in this many rows from the top
FEWEST_HEADINGS = 3  # a row with fewer known headings is no row of headings
LONGEST_HEADING = 60
ALIKE_FROM = 88.0  # least likeness of a misspelt heading, 0 to 100
CLEAR_BY = 5.0  # lead over the best heading of another field
SHORTEST_FUZZY = 5  # letters; shorter headings differ by too few
IGNORED = "ignored"


@dataclass(frozen=True)
class SheetKind:
    """What a kind of sheet holds: its fields, and the field of every heading, folded and without blanks."""

    name: str
    fields: tuple[str, ...]
    required: tuple[str, ...]
    telling: tuple[str, ...]
    field_of: Mapping[str, str]


@dataclass(frozen=True)
class Layout:
    """A sheet's layout.

    Attributes:
        kind: what the sheet holds.
        heading_row: number of the row of headings, as Excel shows it.
        columns: the columns of each field; several where a heading stands twice.
        others: headings of no known field, by column.
        guessed: fields whose heading is misspelt, with the heading as written.
        headings: all headings as written, by column.
    """

    kind: SheetKind
    heading_row: int
    columns: Mapping[str, tuple[str, ...]]
    others: Mapping[str, str]
    guessed: Mapping[str, str]
    headings: Mapping[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """Required fields that the sheet has no heading for; a surname stands for a name."""
        present = {*self.columns, *(["name"] if "surname" in self.columns else [])}
        return tuple(name for name in self.kind.required if name not in present)


@dataclass(frozen=True)
class Finding:
    """What one heading is: its field and how alike it is to a known heading, 0 to 100."""

    field: str
    likeness: float


@cache
def sheet_kinds() -> tuple[SheetKind, ...]:
    """The kinds of sheets, as declared in `rocu_headings.toml`.

    Raises:
        ValueError: a heading is given to two fields of one kind.
    """
    declared = tomllib.loads(files("assets.sources").joinpath("rocu_headings.toml").read_text(encoding="utf-8"))
    return tuple(_sheet_kind(name, content) for name, content in declared.items())


def find_layout(cells: pl.DataFrame) -> Layout | None:
    """The layout of a sheet, or none if no row near its top holds known headings.

    The row with the most known headings counts, the upper one among equals; of two kinds, the one that more headings
    speak for which the other does not know.
    """
    top = cells.head(ROWS_ABOVE_HEADINGS)
    folded = top.select("row_number", fold_heading(pl.exclude("row_number")))
    layouts = [
        layout
        for kind in sheet_kinds()
        for written, row in zip(top.iter_rows(named=True), folded.iter_rows(named=True), strict=True)
        if (layout := _read_headings(kind, written, row)) is not None
    ]
    return max(layouts, key=_fitness, default=None)


def fold_heading(text: pl.Expr) -> pl.Expr:
    """A heading without case, accents, signs and blanks: `D.O.B.` and `dob` are one."""
    return fold(text.str.head(LONGEST_HEADING + 1)).str.replace_all(" ", "")


def _sheet_kind(name: str, content: Mapping[str, Any]) -> SheetKind:
    by_field = {**content["headings"], IGNORED: content[IGNORED]}
    pairs = [(key, field) for field, headings in by_field.items() for key in _fold_all(headings)]
    field_of = dict(pairs)
    twice = sorted({key for key, field in pairs if field_of[key] != field})
    if twice:
        raise ValueError(f"rocu_headings.toml gives a heading of {name} to two fields: {', '.join(twice)}")
    return SheetKind(name, tuple(content["headings"]), tuple(content["required"]), tuple(content["telling"]), field_of)


def _fold_all(headings: Collection[str]) -> list[str]:
    return (
        pl.DataFrame({"heading": headings}).select(fold_heading(pl.col("heading"))).to_series().drop_nulls().to_list()
    )


def _read_headings(
    kind: SheetKind, written: Mapping[str, str | int | None], folded: Mapping[str, str | int | None]
) -> Layout | None:
    headings = {column: str(text) for column, text in folded.items() if column != "row_number" and text is not None}
    found = {column: _find_field(kind, text) for column, text in headings.items()}
    exact = {finding.field for finding in found.values() if finding and finding.likeness == 100}
    columns: dict[str, tuple[str, ...]] = {}
    guessed, others = {}, {}
    for column, finding in found.items():
        if finding is None or (finding.likeness < 100 and finding.field in exact):
            others[column] = str(written[column])
        elif finding.field != IGNORED:
            columns[finding.field] = (*columns.get(finding.field, ()), column)
            if finding.likeness < 100:
                guessed[finding.field] = str(written[column])
    if len(columns) < FEWEST_HEADINGS:
        return None
    return Layout(
        kind,
        int(written["row_number"] or 0),
        columns,
        others,
        guessed,
        {column: str(written[column]) for column in headings},
    )


def _find_field(kind: SheetKind, heading: str) -> Finding | None:
    """The field of a heading: by the exact heading, else by the most alike one if that is clear."""
    if heading in kind.field_of:
        return Finding(kind.field_of[heading], 100)
    if not SHORTEST_FUZZY <= len(heading) <= LONGEST_HEADING:
        return None
    best: dict[str, float] = {}
    for _, likeness, known in process.extract(
        heading,
        {known: known for known in kind.field_of},
        scorer=fuzz.ratio,
        score_cutoff=ALIKE_FROM - CLEAR_BY,
        limit=None,
    ):
        field = kind.field_of[known]
        best[field] = max(likeness, best.get(field, 0))
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < ALIKE_FROM or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < CLEAR_BY):
        return None
    # Never 100: that stands for the heading itself.
    return Finding(ranked[0][0], min(ranked[0][1], 99.0))


def _fitness(layout: Layout) -> tuple[int, int, int]:
    own = sum(
        1
        for field in layout.columns
        if not any(field in kind.fields for kind in sheet_kinds() if kind.name != layout.kind.name)
    )
    return own, len(layout.columns), -layout.heading_row
