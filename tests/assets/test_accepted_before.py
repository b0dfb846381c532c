"""What an operator accepted when a night ran before, though that run failed."""

import json
from datetime import date

import pytest

from assets.gates import GATES_FOUND, accepted_before
from warehouse.home import Home
from warehouse.store import TableStore

FOUND = [
    {"name": "counts", "found": "12 orders fewer", "accepted": "quashed, ticket 1 (Ann)"},
    {"name": "unexplained", "found": "2 end_on", "accepted": None},
]


@pytest.mark.parametrize(
    ("kept", "counts"),
    [
        pytest.param(json.dumps(FOUND), {("counts", "12 orders fewer"): "quashed, ticket 1 (Ann)"}, id="one of two"),
        pytest.param("[", {}, id="cut short by a full disk"),
        pytest.param(None, {}, id="it never came to the gates"),
    ],
)
def test_only_what_was_accepted_counts_again_and_only_for_the_words_that_were_found(tmp_path, kept, counts):
    if kept is not None:
        (tmp_path / GATES_FOUND).write_text(kept)
    assert accepted_before(Home(tmp_path / "home"), TableStore(tmp_path), date(2026, 11, 20)) == counts
