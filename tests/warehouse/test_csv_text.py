"""No cell of a CSV file begins like a formula, and no text is lost by it."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.csv_text import FORMULA_SIGNS, LONGEST_CELL, for_cell, for_cells, guard_cell, guard_cells, unguard_cell

TEXTS = st.text() | st.text(alphabet=[*FORMULA_SIGNS, " ", "\n", "1"])


@given(text=TEXTS)
def test_a_guarded_text_is_read_back_as_it_was(text):
    assert unguard_cell(guard_cell(text)) == text


@given(texts=st.lists(TEXTS.filter(lambda text: text.isprintable() or text.isspace())))
def test_a_column_is_guarded_as_its_cells_are(texts):
    column = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(guard_cells(pl.col("text")))
    assert column.to_series().to_list() == [guard_cell(text) for text in texts]


CELLS = st.text(st.characters(exclude_categories=["Cs"])) | st.integers(LONGEST_CELL - 1, LONGEST_CELL + 1).map(
    "x".__mul__
)


@given(texts=st.lists(CELLS))
def test_a_column_of_a_workbook_holds_what_its_cells_hold_and_a_text_that_was_cut_says_so(texts):
    column = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(for_cells(pl.col("text")))
    assert column.to_series().to_list() == [for_cell(text) for text in texts]


@given(text=TEXTS)
def test_no_cell_begins_like_a_formula(text):
    first = guard_cell(text).lstrip(" \n")[:1]
    assert first == "'" or first not in set(FORMULA_SIGNS)


@pytest.mark.parametrize("text", ["=1+1", "+44 20", "-5", "@SUM(A1)", " \n=1", "\tx", "＝1", "'quoted"])
def test_what_a_spreadsheet_would_run_is_guarded(text):
    assert guard_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "5", "O'Neill", "a=b", " plain"])
def test_other_texts_are_left_as_they_are(text):
    assert guard_cell(text) == text
