"""How much may change by chance: exact for few, a share for many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.bounds import is_implausibly_few


@pytest.mark.parametrize(
    ("left", "of", "is_implausible"),
    [
        pytest.param(0, 3, False, id="a region of three orders may send none"),
        pytest.param(0, 4, True, id="a region of four may not"),
        pytest.param(4, 10, False, id="six of ten may be gone"),
        pytest.param(3, 10, True, id="seven of ten may not"),
        pytest.param(291, 348, False, id="a sixth of a national extract may be gone"),
        pytest.param(18, 348, True, id="18 of 348 orders"),
        pytest.param(348, 348, False, id="all are there"),
        pytest.param(0, 0, False, id="there were none"),
    ],
)
def test_few_may_go_by_chance_where_one_in_ten_may_be_gone(left, of, is_implausible):
    assert is_implausibly_few(left, of, gone=0.1) is is_implausible


@given(st.integers(1, 2_000), st.floats(0.01, 0.9), st.data())
def test_what_is_implausible_stays_so_when_fewer_are_left(of, gone, data):
    left = data.draw(st.integers(0, of))
    fewer = data.draw(st.integers(0, left))
    assert is_implausibly_few(fewer, of, gone=gone) or not is_implausibly_few(left, of, gone=gone)


@given(st.integers(1, 5_000), st.floats(0.01, 0.9))
def test_the_share_that_may_be_gone_never_is_implausible(of, gone):
    assert not is_implausibly_few(of - int(gone * of), of, gone=gone)
