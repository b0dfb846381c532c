"""Bytes that a fuzzer made up (`make fuzz`): each gives rows, quarantined rows or a named fault, and loses none."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.deliveries import take_in
from assets.sources import find_sources
from benchmarks.fuzzed_forms import FIRST, form_of
from samples.nights import write_nights

NIGHT = date(2026, 11, 20)
FUZZED = Path(__file__).with_name("fuzzed")
SOURCES = {source.name: source for source in find_sources()}


@pytest.fixture(scope="module")
def landing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzzed")
    write_nights(folder, orders=3, seed=3, as_of=NIGHT)
    return folder / "landing"


@pytest.mark.parametrize("name", FIRST)
def test_bytes_that_a_fuzzer_made_up_neither_stop_the_night_nor_lose_a_row(landing, name):
    path = min((landing / name).glob(FIRST[name]))
    _, put = form_of(path)
    inputs = sorted((FUZZED / name).iterdir())
    assert len(inputs) > 3
    for bytes_of in inputs:
        put(bytes_of.read_bytes())
        intake = take_in(SOURCES[name], landing=landing, archive=landing / "none", as_of=NIGHT, keeps=False)
        balance = pl.col("rows_kept") + pl.col("rows_quarantined") + pl.col("rows_duplicate")
        assert intake.deliveries.filter(pl.col("rows_read") != balance).is_empty(), bytes_of.name
        fuzzed = intake.deliveries.filter(pl.col("file_name") == path.name)
        has_words = fuzzed.select((pl.col("faults").list.len() > 0) | (pl.col("rows_kept") > 0)).to_series()
        assert has_words.all(), bytes_of.name
        assert fuzzed.height == 1, bytes_of.name
