"""The judgement of a night is the same, however many of its orders are judged at a time."""

import pytest
from judged import assert_same_in_pieces
from nights import SERIES


@pytest.mark.parametrize(
    "size", [pytest.param(30, id="two pieces"), pytest.param(4, marks=pytest.mark.long, id="many")]
)
def test_a_night_is_judged_alike_in_pieces_of_any_size(three_nights, tmp_path, size):
    assert_same_in_pieces(three_nights / "home", SERIES[-1], tmp_path, size=size)
