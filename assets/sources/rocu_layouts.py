"""The layout of a table: which of its columns holds which field.

Belongs here: reading a row of headings. Does not: what one heading names (`rocu_headings`), where the rows of headings
are (`rocu_tables`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.sources.rocu_headings import IGNORED, SheetKind, read_headings, sheet_kinds

FEWEST_HEADINGS = 3  # a row with fewer known headings is not a row of headings
TWO_TICKED = " / "
NAMES = {"name", "surname"}
LEAST_SHARE = 1 / 3  # of its cells are known headings

Headings = Mapping[str, str]  # text by column


@dataclass(frozen=True)
class Layout:
    """The layout of a table.

    Attributes:
        kind: what the table holds.
        heading_row: number of the last row of headings, as Excel shows it.
        columns: the columns of each field; several where a heading stands twice.
        others: headings of no known field, by column.
        guessed: fields whose heading is misspelt, with the heading as written.
        headings: all headings as written, by column.
        ticked: by column, the answer that a tick below its heading gives.
    """

    kind: SheetKind
    heading_row: int
    columns: Mapping[str, tuple[str, ...]]
    others: Mapping[str, str]
    guessed: Mapping[str, str]
    headings: Headings
    ticked: Mapping[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """Required fields that the table has no heading for; a surname stands for a name."""
        present = {*self.columns, *(["name"] if "surname" in self.columns else [])}
        return tuple(name for name in self.kind.required if name not in present)

    @property
    def repeated(self) -> tuple[str, ...]:
        """Fields that are in several columns and cannot be joined."""
        return tuple(field for field, own in self.columns.items() if len(own) > 1 and self.between(field) is None)

    def between(self, field: str) -> str | None:
        """What stands between the values of the columns of a field; null if they cannot be joined."""
        is_ticked = any(column in self.ticked for column in self.columns[field])
        return self.kind.joined.get(field, TWO_TICKED if is_ticked else None)

    @property
    def are_two(self) -> bool:
        """Whether so many headings stand twice that this is two tables that cannot be separated."""
        return len(self.repeated) >= FEWEST_HEADINGS


def read_layout(texts: Headings, heading_row: int, titles: Sequence[str]) -> Layout | None:
    """The layout that a row of headings makes, of the kind that its title names or that more headings speak for."""
    layouts = [layout for kind in sheet_kinds() if (layout := _layout_of(kind, texts, heading_row)) is not None]
    named = [layout for layout in layouts if layout.kind.is_named_in(titles)]
    return max(named if len(named) == 1 else layouts, key=_fitness, default=None)


def _layout_of(kind: SheetKind, texts: Headings, heading_row: int) -> Layout | None:
    found = dict(zip(texts, read_headings(kind, texts.values()), strict=True))
    exact = {finding.field for finding in found.values() if finding and finding.likeness == 100}
    if not NAMES & exact:  # `Force | STRO | STPO` heads a count of orders
        found = {column: finding for column, finding in found.items() if not (finding and finding.answer)}
    columns: dict[str, tuple[str, ...]] = {}
    guessed, others = {}, {}
    for column, finding in found.items():
        if finding is None or (finding.likeness < 100 and finding.field in exact):
            others[column] = texts[column]
        elif finding.field != IGNORED:
            columns[finding.field] = (*columns.get(finding.field, ()), column)
            if finding.likeness < 100:
                guessed[finding.field] = texts[column]
    if len(columns) < max(FEWEST_HEADINGS, LEAST_SHARE * len(texts)):
        return None
    ticked = {column: finding.answer for column, finding in found.items() if finding and finding.answer}
    return Layout(kind, heading_row, columns, others, guessed, texts, ticked)


def _fitness(layout: Layout) -> tuple[int, int]:
    """Fields that no other kind has, and all fields."""
    own = sum(
        not any(field in kind.fields for kind in sheet_kinds() if kind.name != layout.kind.name)
        for field in layout.columns
    )
    return own, len(layout.columns)
