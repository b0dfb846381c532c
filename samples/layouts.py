"""How each regional unit lays out its monthly return: sheets, titles, headings, their order, notes."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReturnLayout:
    """A workbook's form.

    Attributes:
        orders, arrests: names of the two sheets.
        titles: rows above the headings; `{unit}`, `{period}` and `{old}` (a former name) are filled in.
        notes: rows below the data, after an empty one.
        columns, arrest_columns: heading and what stands under it.
        is_by_name: rows stand in the order of surnames, not as they came in.
    """

    orders: str
    arrests: str
    titles: tuple[str, ...]
    notes: tuple[str, ...]
    columns: Columns
    arrest_columns: Columns
    is_by_name: bool = False

    @property
    def not_carried(self) -> tuple[str, ...]:
        """Fields of the list of errors that this layout does not hold."""
        fields = {field for _, field in self.columns}
        return tuple(field for field in ("made", "start", "term", "end", "county_lines") if field not in fields)


def _read_layouts() -> dict[str, ReturnLayout]:
    """The layout of each unit."""
    layouts = {}
    for facts in tomllib.loads(files("samples").joinpath("layouts.toml").read_text(encoding="utf-8")).values():
        units = facts.pop("units")
        layout = ReturnLayout(**{name: _frozen(value) for name, value in facts.items()})
        layouts.update(dict.fromkeys(units, layout))
    return layouts


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


LAYOUTS = _read_layouts()
OLD_NAMES = {"ROCUWM": "WMROCU", "LONDON": "MPS"}
