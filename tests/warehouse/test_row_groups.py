"""Rows that are read some at a time are those that would be read at once."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse import row_groups
from warehouse.row_groups import with_facts

KEYS = st.lists(st.sampled_from("abcdefgh"), max_size=30)


@pytest.mark.parametrize(
    "at_once", [pytest.param(1, id="one row at a time"), pytest.param(7, id="some rows at a time")]
)
@given(keys=KEYS, known=st.sets(st.sampled_from("abcdefgh")))
def test_rows_have_the_facts_that_an_inner_join_gives_them(at_once, keys, known):
    rows = pl.LazyFrame({"key": keys, "number": range(len(keys))}, {"key": pl.String, "number": pl.Int64})
    facts = pl.LazyFrame({"key": sorted(known), "fact": range(len(known))}, {"key": pl.String, "fact": pl.Int64})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_groups, "ROWS_AT_ONCE", at_once)
        joined = with_facts(rows, facts, "key").collect()
    assert joined.equals(rows.join(facts, on="key", maintain_order="left").collect())


def test_facts_that_are_not_sorted_are_refused_as_rows_would_be_lost():
    rows = pl.LazyFrame({"key": ["a", "b"]})
    with pytest.raises(ValueError, match="must be sorted by key"):
        with_facts(rows, rows.reverse(), "key")
