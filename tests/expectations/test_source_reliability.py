"""The table of error rates: its intervals, and what is called a change."""

import polars as pl
import pytest
from stated_cases import draw, register_of

from expectations.reliability import describe_reliability
from reconciliation.confidence.source_errors import estimate_errors
from warehouse.sources import SOURCE_NAMES
from warehouse.tables.register import SOURCE_RELIABILITY


def night(rate, *, former=None, seed=1):
    provenance, order_sources = register_of(draw(dict.fromkeys(SOURCE_NAMES, 0.05) | {"pnc": rate}, seed=seed))
    before = SOURCE_RELIABILITY.empty() if former is None else former
    return describe_reliability(estimate_errors(provenance, order_sources), former=before)


@pytest.fixture(scope="module")
def first():
    return night(0.05)


def row(table, source="pnc"):
    return table.row(by_predicate=pl.col("source") == source, named=True)


def test_an_estimate_lies_within_its_interval_and_the_first_night_has_no_trend(first):
    assert first.select((pl.col("error_rate").is_between("low", "high")).all()).item()
    assert set(first.get_column("trend")) == {"first"}
    assert first.get_column("error_rate_before").is_null().all()


@pytest.mark.parametrize(
    ("rate", "trend"),
    [
        pytest.param(0.15, "worse", id="three times as many errors"),
        pytest.param(0.005, "better", id="a tenth of them"),
        pytest.param(0.05, "within chance", id="as many as before"),
    ],
)
def test_a_change_is_named_if_it_is_more_than_chance(first, rate, trend):
    now = row(night(rate, former=first, seed=2))
    assert now["trend"] == trend
    assert now["error_rate_before"] == row(first)["error_rate"]


def test_without_statements_there_is_nothing_to_say():
    provenance, order_sources = register_of([{"pnc": "a"}])
    nothing = describe_reliability(
        estimate_errors(provenance.clear(), order_sources), former=SOURCE_RELIABILITY.empty()
    )
    assert nothing.equals(SOURCE_RELIABILITY.empty())
