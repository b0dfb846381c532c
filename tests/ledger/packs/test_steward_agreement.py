"""How far stewards agree on lines that two judged."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_cases import START

from ledger.packs.steward_agreement import measure_agreement
from warehouse.tables.packs import SAMPLE_CHECKS, VERDICTS

PAIRS = st.lists(st.tuples(st.sampled_from(VERDICTS), st.sampled_from(VERDICTS)), min_size=1, max_size=30)


def verdicts_of(pairs, field="surname"):
    rows = [
        {"reference": f"{field}/{line}", "field": field, "verdict": verdict, "checked_by": by, "checked_at": START}
        for line, pair in enumerate(pairs)
        for by, verdict in zip(("sam", "kim"), pair, strict=False)
    ]
    return pl.DataFrame(rows, schema=SAMPLE_CHECKS.schema)


def test_kappa_sets_off_what_chance_would_agree_on_and_stands_by_field():
    pairs = [("right", "right")] * 20 + [("right", "wrong")] * 5 + [("wrong", "right")] * 10 + [("wrong", "wrong")] * 15
    once = [("right",)] * 7
    found = measure_agreement(pl.concat([verdicts_of(pairs), verdicts_of(once, "sex")]))
    for row in found.iter_rows(named=True):
        assert (row["lines"], row["agreed"], row["kappa"]) == (50, pytest.approx(0.7), pytest.approx(0.4))
    assert found.get_column("field").to_list() == [None, "surname"]


def test_where_all_say_the_same_chance_says_as_much():
    assert measure_agreement(verdicts_of([("right", "right")] * 9)).get_column("kappa").to_list() == [None, None]


def test_without_a_line_that_two_judged_there_is_nothing_to_say():
    assert measure_agreement(verdicts_of([("right",)])).is_empty()


@given(PAIRS)
def test_kappa_is_one_at_most_and_no_matter_who_is_first(pairs):
    kappa = measure_agreement(verdicts_of(pairs)).get_column("kappa")[0]
    swapped = measure_agreement(verdicts_of([pair[::-1] for pair in pairs])).get_column("kappa")[0]
    assert kappa == (None if kappa is None else pytest.approx(swapped))
    assert kappa is None or kappa <= 1
