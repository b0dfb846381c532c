"""What a page says for codes of the register."""

import pytest

from review.item.titles import with_titles


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        pytest.param("may be wrong: pnc_id (82 %)", "may be wrong: PNC ID (82 %)", id="initials stay capital"),
        pytest.param("may be wrong: end_on (12 %)", "may be wrong: last day (12 %)", id="other titles are small"),
        pytest.param("breaks R16", "breaks R16", id="no column is named"),
    ],
)
def test_a_reason_names_columns_by_their_titles(reason, words):
    assert with_titles(reason) == words
