"""How often sources are wrong, found from who agrees with whom."""

import polars as pl
import pytest
from stated_cases import draw, register_of

from reconciliation.confidence.source_errors import estimate_errors
from warehouse.sources import SOURCE_NAMES


def rates(provenance, order_sources):
    found = estimate_errors(provenance, order_sources)
    return dict(found.select("source", "error_rate").iter_rows())


def test_rates_are_found_without_labels():
    errors = dict(zip(SOURCE_NAMES, (0.03, 0.08, 0.01, 0.15), strict=True))
    assert rates(*register_of(draw(errors))) == pytest.approx(errors, abs=0.015)


def test_a_copied_error_is_found_by_the_orders_that_the_copy_does_not_hold():
    errors = dict(zip(SOURCE_NAMES, (0.1, 0.05, 0.02, 0.05), strict=True))
    first, last = SOURCE_NAMES[0], SOURCE_NAMES[-1]
    rows = draw(errors, copies=0.8)
    # Where both hold every order, two against two could be either pair's error.
    held = [
        {source: value for source, value in row.items() if place % 2 or source != last}
        for place, row in enumerate(rows)
    ]
    found = rates(*register_of(held))
    assert found[first] == pytest.approx(0.1, abs=0.02)
    assert found[last] == pytest.approx(0.05 + 0.95 * 0.1 * 0.8, abs=0.03)


def test_values_that_fail_a_check_are_wrong_whatever_the_votes():
    rows = [{"court": "right", "pnc": "wrong", "pnd": "wrong"}] * 200
    provenance, sources = register_of(rows)
    believed = provenance.with_columns(
        value=pl.lit("right"),
        source=pl.lit("court"),
        rule=pl.lit("valid_over_invalid"),
        agreeing=pl.lit([], pl.List(pl.String)),
        losing=pl.concat_list(pl.format("pnc:{}=wrong", "source_key"), pl.format("pnd:{}=wrong", "source_key")),
    )
    found = rates(believed, sources)
    assert found["pnc"] > 0.9
    assert found["court"] < 0.1


def test_a_field_that_one_source_states_alone_keeps_what_was_assumed():
    provenance, sources = register_of([{"pnc": "a"}] * 50)
    assert rates(provenance, sources) == pytest.approx({"pnc": 0.05}, abs=0.01)


def test_the_order_of_rows_makes_no_difference():
    provenance, sources = register_of(draw(dict.fromkeys(SOURCE_NAMES, 0.1)))
    shuffled = estimate_errors(provenance.sample(fraction=1, shuffle=True, seed=3), sources.reverse())
    assert shuffled.equals(estimate_errors(provenance, sources))
