"""Reading each value once: by column, and for as long as the process lives."""

from datetime import date

import polars as pl

from assets.parsing import distinct
from assets.parsing.date_forms import WRITTEN
from assets.parsing.distinct import remembered
from assets.parsing.records import with_dates


def reader():
    """A reader that counts letters, and the lists of texts that it was given."""
    given: list[list[str]] = []

    @remembered
    def read(texts: pl.DataFrame) -> pl.DataFrame:
        given.append(texts["text"].to_list())
        return texts.with_columns(letters=pl.col("text").str.len_chars())

    return read, given


def ask(read, *texts: str) -> list[int]:
    return read(pl.DataFrame({"text": texts}, schema={"text": pl.String}))["letters"].to_list()


def test_a_text_that_was_read_is_not_read_again():
    read, given = reader()
    assert ask(read, "a", "bbb") == [1, 3]
    assert ask(read, "bbb", "cc", "a") == [3, 2, 1]
    assert ask(read, "cc") == [2]
    assert given == [["a", "bbb"], ["cc"]]


def test_with_too_many_texts_it_forgets_them_all(monkeypatch):
    monkeypatch.setattr(distinct, "MOST_REMEMBERED", 2)
    read, given = reader()
    ask(read, "a", "bb", "ccc")
    assert ask(read, "bb", "a") == [2, 1]
    assert ask(read, "a") == [1]
    assert given == [["a", "bb", "ccc"], ["bb", "a"]]


def test_no_texts_give_no_rows():
    read, _ = reader()
    assert ask(read) == []
    assert ask(read, "a") == [1]


def test_several_columns_of_dates_are_each_read_in_their_rows():
    rows = pl.DataFrame(
        {"made": ["01/02/2020", None, "32/01/2020"], "end": ["2021-02-01", "until further order", "n/k"]}
    )
    read = with_dates(rows, {"made_on": pl.col("made"), "end_on": pl.col("end")}, forms=WRITTEN)
    assert read["made_on"].to_list() == [date(2020, 2, 1), None, None]
    assert read["made_on_reason"].to_list() == [None, None, "impossible_date"]
    assert read["end_on"].to_list() == [date(2021, 2, 1), None, None]
    assert read["end_on_reason"].to_list() == [None, None, None]
