"""Returns as regional units send them: every way of laying out, heading and saving a workbook that we know of.

The variants are data, in `sheets/`: what the sheets hold, and what must be read from them.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sheet_writer import read_table, write_workbook

from assets.sources.contract import Delivery, Reading
from assets.sources.rocu import SOURCE

MONTH_END = date(2023, 11, 30)
NAME = "ERSOU_STRO_return_2023-11.xlsx"
ARRESTS = """
Nominal         | DOB        | PNC ID | Date of arrest | Offence               | Custody ref
Tom Brackleyson | 01/02/1980 |        | 01/03/2022     | Arson endangering life | 46/CU/2022/000001
"""


def variants() -> list[Any]:
    files = sorted(Path(__file__).with_name("sheets").glob("*.toml"))
    declared = [variant for file in files for variant in tomllib.loads(file.read_text(encoding="utf-8"))["variant"]]
    return [pytest.param(variant, id=variant["id"]) for variant in declared]


def read_return(folder: Path, variant: Mapping[str, Any]) -> Reading:
    sheets = variant.get("sheets", {"Orders": variant.get("orders", "")})
    if "Arrests" not in sheets and variant.get("has_arrests", True):
        sheets = {**sheets, "Arrests": ARRESTS}
    path = write_workbook(folder / NAME, sheets, **variant.get("form", {}))
    feed = next(feed for feed in SOURCE.feeds if feed.pattern.fullmatch(NAME))
    return SOURCE.read(Delivery(feed, path, MONTH_END, 1))


def shown(core: pl.DataFrame, columns: list[str]) -> list[list[str]]:
    """These columns of a core table as text, in the order of the rows; `place` is the sheet and row."""
    row = pl.col("place").str.extract(r"#(\d+)$").cast(pl.Int64)
    placed = core.with_columns(place=pl.col("record_id").str.replace(f"rocu:{NAME}#", "", literal=True))
    in_order = placed.sort(row, pl.col("place").str.len_chars(), "place")
    return [list(cells) for cells in in_order.select(pl.col(columns).cast(pl.String).fill_null("")).iter_rows()]


def expected_rows(text: str) -> tuple[list[str], list[list[str]]]:
    """The columns of a table and its rows, each as long as the first."""
    columns, *rows = read_table(text)
    return columns, [[*row, *[""] * (len(columns) - len(row))] for row in rows]


@pytest.mark.parametrize("variant", variants())
def test_a_return_is_read_as_a_person_would_read_it(tmp_path: Path, variant: Mapping[str, Any]) -> None:
    reading, expected = read_return(tmp_path, variant), variant["expected"]
    core = SOURCE.standardise({name: table.lazy() for name, table in reading.tables.items()}, MONTH_END)
    for name in {"orders", "arrests", "rejected_values", "conditions"} & set(expected):
        columns, rows = expected_rows(expected[name])
        assert shown(core[name], columns) == rows
    place = pl.col("place").str.replace("sheet ", "").str.replace(" row ", "#")
    quarantined = reading.quarantine.select(pl.format("{} {}", place, "reason_code")).to_series()
    assert quarantined.to_list() == expected.get("quarantined", [])
    faults = sorted(f"{fault.code}{'!' * fault.is_structural}" for fault in reading.faults)
    assert faults == sorted(expected.get("faults", []))
    assert reading.is_balanced
