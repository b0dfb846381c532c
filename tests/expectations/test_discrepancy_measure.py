"""The measure of discrepancies against planted errors."""

import polars as pl
from order_cases import against_agreement, discrepancies, record

from benchmarks.discrepancies import measure


def errors(*planted):
    rows = [{"source": "pnc", "source_key": "00000001", "field": field} for field in planted]
    return pl.DataFrame(rows, schema={"source": pl.String, "source_key": pl.String, "field": pl.String})


def counts(planted):
    found = discrepancies(against_agreement(record("pnc", surname_folded="NOVAK", order_type="STRO")))
    table = measure(found, errors(*planted))
    return {field: tuple(values) for field, *values in table.select("field", "planted", "found", "hits").rows()}


def test_found_planted_and_hits_are_counted_by_field():
    assert counts(["name", "name", "made"]) == {
        "kind": (0, 1, 0),
        "made": (1, 0, 0),
        "name": (1, 1, 1),
        "all": (2, 2, 1),
    }
