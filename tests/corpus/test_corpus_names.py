"""Names as offices write them.

`names.csv` holds names in one cell, `names_in_columns.csv` those with columns for their parts: each with the forenames,
the surname and the other names (`surname, forenames`) that are read from it, and what stands beside it.
`name_pairs.csv` holds two names of one person, or of two who are born on one day.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from assets.parsing.names import one_text, read_name
from assets.parsing.words import known
from matching.engine.patterns import code_records, compare, unpack
from matching.engine.weights import level_weights
from matching.names import describe_names
from matching.persons import person_model
from matching.trained import shipped_models
from warehouse.tables.core import CORE_ALIASES

# Four bits: sixteen to one.
SPEAKS = 4.0


def rows_of(file: str) -> pl.DataFrame:
    return pl.read_csv(Path(__file__).with_name(file), infer_schema=False)


def cases(file: str):
    return [pytest.param(row, id=row["id"]) for row in rows_of(file).iter_rows(named=True)]


def read_all(file: str, text: pl.Expr) -> dict[str, dict[str, object]]:
    """What is read from each row of a file, by its id; to read them together takes as long as to read one."""
    read = rows_of(file).select("id", read_name(text).struct.unnest())
    return {row["id"]: row | {"other_names": listed(row["other_names"])} for row in read.iter_rows(named=True)}


def listed(names: list[dict[str, str]] | None) -> str | None:
    return "; ".join(f"{name['surname'] or ''}, {name['forenames'] or ''}" for name in names or []) or None


@pytest.fixture(scope="module")
def read_in_one_cell():
    return read_all("names.csv", pl.col("written"))


@pytest.fixture(scope="module")
def read_in_columns():
    parts = {part: known(pl.col(f"sent_{part}")) for part in ("surname", "forenames", "name")}
    return read_all("names_in_columns.csv", one_text(**parts))


@pytest.mark.parametrize("case", cases("names.csv"))
def test_a_name_in_one_cell_is_read_as(case, read_in_one_cell):
    expected = {name: case[name] for name in ("forenames", "surname", "other_names", "birth_in_name", "beside_name")}
    found = read_in_one_cell[case["id"]]
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("case", cases("names_in_columns.csv"))
def test_a_name_in_columns_is_read_as(case, read_in_columns):
    expected = {name: case[name] for name in ("forenames", "surname", "other_names")}
    found = read_in_columns[case["id"]]
    assert {name: found[name] for name in expected} == expected


@pytest.fixture(scope="module")
def name_weights():
    """The match weight of the names of each pair of `name_pairs.csv`, for people of one date of birth, by id."""
    pairs = rows_of("name_pairs.csv").with_row_index("pair")
    sides = pl.concat([pairs.select("id", "pair", text=side, side=pl.lit(side)) for side in ("one", "other")])
    records = sides.sort("pair", "side").with_columns(
        read_name(pl.col("text")).struct.unnest(), record_id=pl.col("text")
    )
    born = describe_names(records, CORE_ALIASES.empty()).with_columns(
        date_of_birth=pl.date(1985, 1, 2), sex=pl.lit(None, pl.String)
    )
    names = person_model().comparisons[:1]
    places = np.arange(pairs.height, dtype=np.int32) * 2
    levels = unpack(compare(code_records(names, born, np.arange(born.height)), places, places + 1), names)[0]
    by_level = level_weights(shipped_models().person)[0]
    return dict(zip(pairs.get_column("id"), (by_level[level] for level in levels), strict=True))


@pytest.mark.parametrize("case", cases("name_pairs.csv"))
def test_names_of_one_person_speak_for_it_and_those_of_twins_do_not(case, name_weights):
    weight = name_weights[case["id"]]
    assert weight >= SPEAKS if case["is_one_person"] == "yes" else weight <= 0
