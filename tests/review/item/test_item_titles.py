"""What a page says for codes of the register."""

import pytest

from review.item.titles import with_titles, within_text


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        pytest.param("may be wrong: pnc_id (82 %)", "may be wrong: PNC ID (82 %)", id="initials stay capital"),
        pytest.param("may be wrong: end_on (12 %)", "may be wrong: last day (12 %)", id="other titles are small"),
        pytest.param("not before 2026-10-31", "not before 31 October 2026", id="days are words"),
        pytest.param("r2026-10-31 has no 2026-02-31", "r2026-10-31 has no 2026-02-31", id="names and no days stay"),
        pytest.param(
            "Two live orders; sources differ: legal_status, presence",
            "Two live orders; sources differ: status, record of the order",
            id="a column of one word is named too",
        ),
        pytest.param("his presence was denied", "his presence was denied", id="a word that is no column stays"),
        pytest.param("breaks R16", "breaks R16", id="no column is named"),
    ],
)
def test_a_reason_names_columns_by_their_titles(reason, words):
    assert with_titles(reason) == words


@pytest.mark.parametrize(
    ("title", "words"),
    [
        pytest.param("Last day", "last day", id="a word"),
        pytest.param("PNC ID", "PNC ID", id="initials"),
        pytest.param(
            "Not on the PNC, and held by one source only",
            "not on the PNC, and held by one source only",
            id="a sentence with initials",
        ),
    ],
)
def test_a_title_within_a_sentence_keeps_initials(title, words):
    assert within_text(title) == words
