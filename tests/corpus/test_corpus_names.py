"""Names as offices write them.

`names.csv` holds names in one cell, `names_in_columns.csv` those with columns for their parts: each with the forenames,
the surname and the other names (`surname, forenames`) that are read from it, and what stands beside it.
"""

from pathlib import Path

import polars as pl
import pytest

from assets.parsing.names import one_text, read_name
from assets.parsing.words import known


def cases(file: str):
    rows = pl.read_csv(Path(__file__).with_name(file), infer_schema=False)
    return [pytest.param(row, id=row["id"]) for row in rows.iter_rows(named=True)]


def read(text: pl.Expr) -> dict[str, object]:
    row = pl.select(read_name(text).struct.unnest()).row(0, named=True)
    others = [f"{name['surname'] or ''}, {name['forenames'] or ''}" for name in row["other_names"] or []]
    return row | {"other_names": "; ".join(others) or None}


@pytest.mark.parametrize("case", cases("names.csv"))
def test_a_name_in_one_cell_is_read_as(case):
    expected = {name: case[name] for name in ("forenames", "surname", "other_names", "birth_in_name", "beside_name")}
    found = read(pl.lit(case["written"]))
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("case", cases("names_in_columns.csv"))
def test_a_name_in_columns_is_read_as(case):
    surname, forenames, name = (
        known(pl.lit(case[f"sent_{part}"], pl.String)) for part in ("surname", "forenames", "name")
    )
    expected = {name: case[name] for name in ("forenames", "surname", "other_names")}
    found = read(one_text(surname=surname, forenames=forenames, name=name))
    assert {name: found[name] for name in expected} == expected
