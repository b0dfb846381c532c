"""What a page says for codes of the register."""

import pytest

from review.item.titles import with_titles


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        pytest.param("may be wrong: pnc_id (82 %)", "may be wrong: PNC ID (82 %)", id="initials stay capital"),
        pytest.param("may be wrong: end_on (12 %)", "may be wrong: last day (12 %)", id="other titles are small"),
        pytest.param("not before 2026-10-31", "not before 31 October 2026", id="days are words"),
        pytest.param("r2026-10-31 has no 2026-02-31", "r2026-10-31 has no 2026-02-31", id="names and no days stay"),
        pytest.param("breaks R16", "breaks R16", id="no column is named"),
    ],
)
def test_a_reason_names_columns_by_their_titles(reason, words):
    assert with_titles(reason) == words
