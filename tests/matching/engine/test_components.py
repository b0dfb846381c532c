"""Connected components: each row has the label of the smallest row that any chain of pairs leads to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.components import label_components


@given(st.integers(1, 10), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=15))
def test_components_join_what_pairs_reach(rows: int, pairs: list[tuple[int, int]]) -> None:
    pairs = [(one % rows, other % rows) for one, other in pairs]
    reached = [{row} for row in range(rows)]
    for _ in range(rows):
        for one, other in pairs:
            reached[one] |= reached[other]
            reached[other] |= reached[one]
    left, right = (np.array([pair[end] for pair in pairs], np.int64) for end in (0, 1))
    assert label_components(rows, left, right).tolist() == [min(some) for some in reached]


@pytest.mark.parametrize("size", [0, 3])
def test_without_pairs_each_row_stays_alone(size: int) -> None:
    nothing = np.zeros(0, np.int64)
    assert label_components(size, nothing, nothing).tolist() == list(range(size))


def test_a_pair_given_many_times_counts_once() -> None:
    """As many times as a small counter overflows at."""
    assert label_components(3, np.zeros(256, np.int64), np.full(256, 2)).tolist() == [0, 1, 0]
