"""Returns as regional units send them: every way of laying out, heading and saving a workbook that we know of.

The variants are data, in `sheets/`: what the sheets hold, and what must be read from them.
"""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sheet_writer import read_table, write_workbook

from assets.sources.contract import Delivery, Reading
from assets.sources.rocu import SOURCE

MONTH_END = date(2023, 11, 30)
SHARE = 8
"""Of so many variants one is read at every change, and all by `make test-long`."""
FILES = sorted(Path(__file__).with_name("sheets").glob("*.toml"))
ARRESTS = """
Nominal         | DOB        | PNC ID | Date of arrest | Offence               | Custody ref
Tom Brackleyson | 01/02/1980 |        | 01/03/2022     | Arson endangering life | 46/CU/2022/000001
"""


def variants_in(file: Path) -> list[dict[str, Any]]:
    return tomllib.loads(file.read_text(encoding="utf-8"))["variant"]


@pytest.fixture(scope="module")
def read_share(tmp_path_factory) -> Callable[[Path, int], tuple[list[Reading], dict[str, pl.DataFrame]]]:
    """What each return of a share of a file's variants holds, and the core tables of all of them, read together."""

    @cache
    def read(file: Path, first: int) -> tuple[list[Reading], dict[str, pl.DataFrame]]:
        folder = tmp_path_factory.mktemp(file.stem)
        share = list(enumerate(variants_in(file)))[first::SHARE]
        readings = [read_return(folder / name_of(place), variant) for place, variant in share]
        raw = {table.name: pl.concat(reading.tables[table.name] for reading in readings) for table in SOURCE.raw_tables}
        return readings, SOURCE.standardise({name: rows.lazy() for name, rows in raw.items()}, MONTH_END)

    return read


def name_of(place: int) -> str:
    return f"ERSOU_STRO_return_2023-11_r{place + 1}.xlsx"


def read_return(to: Path, variant: Mapping[str, Any]) -> Reading:
    sheets = variant.get("sheets", {"Orders": variant.get("orders", "")})
    if "Arrests" not in sheets and variant.get("has_arrests", True):
        sheets = {**sheets, "Arrests": ARRESTS}
    path = write_workbook(to, sheets, **variant.get("form", {}))
    feed = next(feed for feed in SOURCE.feeds if feed.pattern.fullmatch(path.name))
    return SOURCE.read(Delivery(feed, path, MONTH_END, 1))


def shown(core: pl.DataFrame, columns: list[str], name: str) -> list[list[str]]:
    """These columns of a core table, of the return of this name, as text; `place` is the sheet and row, their order."""
    row = pl.col("place").str.extract(r"#(\d+)$").cast(pl.Int64)
    own = core.filter(pl.col("record_id").str.starts_with(f"rocu:{name}#"))
    placed = own.with_columns(place=pl.col("record_id").str.strip_prefix(f"rocu:{name}#"))
    in_order = placed.sort(row, pl.col("place").str.len_chars(), "place")
    return [list(cells) for cells in in_order.select(pl.col(columns).cast(pl.String).fill_null("")).iter_rows()]


def expected_rows(text: str) -> tuple[list[str], list[list[str]]]:
    """The columns of a table and its rows, each as long as the first."""
    columns, *rows = read_table(text)
    return columns, [[*row, *[""] * (len(columns) - len(row))] for row in rows]


@pytest.mark.parametrize(
    ("file", "place"),
    [
        pytest.param(file, place, id=variant["id"], marks=pytest.mark.long if place % SHARE else ())
        for file in FILES
        for place, variant in enumerate(variants_in(file))
    ],
)
def test_a_return_is_read_as_a_person_would_read_it(read_share, file: Path, place: int) -> None:
    readings, core = read_share(file, place % SHARE)
    reading, expected = readings[place // SHARE], variants_in(file)[place]["expected"]
    for name in {"orders", "arrests", "rejected_values", "conditions"} & set(expected):
        columns, rows = expected_rows(expected[name])
        assert shown(core[name], columns, name_of(place)) == rows
    row = pl.col("place").str.replace("sheet ", "").str.replace(" row ", "#")
    quarantined = reading.quarantine.select(pl.format("{} {}", row, "reason_code")).to_series()
    assert quarantined.to_list() == expected.get("quarantined", [])
    faults = sorted(f"{fault.code}{'!' * fault.is_structural}" for fault in reading.faults)
    assert faults == sorted(expected.get("faults", []))
    assert reading.is_balanced
