"""Coding conditions as stewards named their wordings."""

import polars as pl
import pytest

from assets.wording_decisions import code_by_decisions
from ledger.decisions.decision import Sighting, write_sightings
from warehouse.tables.core import CORE_CONDITIONS
from warehouse.tables.ledger import DECISIONS

DOGS, WALKS = "P:no-keeping-of-dogs", "P:no-walking-of-dogs"


def named(*wordings):
    """Decisions in force: pairs of a code and the wording that was named so."""
    rows = [
        {
            "decision_id": f"DEC-{number}",
            "kind": "wording",
            "value": code,
            "seen": write_sightings([Sighting("w", "wording", wording)]),
        }
        for number, (code, wording) in enumerate(wordings)
    ]
    return DECISIONS.completed(pl.DataFrame([dict.fromkeys(DECISIONS.schema) | row for row in rows], DECISIONS.schema))


def coded(text, *wordings, code=None, is_cut=False):
    """Code and score that a text gets."""
    row = {"record_id": "pnc:1", "sequence": 1, "text": text, "condition_code": code, "is_cut": is_cut}
    conditions = pl.DataFrame([dict.fromkeys(CORE_CONDITIONS.schema) | row], CORE_CONDITIONS.schema)
    after = code_by_decisions(conditions.lazy(), named(*wordings)).collect()
    assert after.schema == conditions.schema
    return after.select("condition_code", "match_score").row(0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Not to keep or breed dogs", (DOGS, 100.0), id="the very words"),
        pytest.param("NOT TO KEEP OR BREED DOGS.", (DOGS, 100.0), id="in capitals"),
        pytest.param("Not to keep or to breed dogs", (DOGS, 94.3), id="nearly the words, with a lower score"),
        pytest.param("Not to keep or breed children", (None, None), id="a word that makes another condition of it"),
        pytest.param("Not to fly a drone", (None, None), id="other words"),
        pytest.param("Not to keep or breed cats", (None, None), id="another thing in the same words"),
        pytest.param("Not to keep or breed a dog", (DOGS, 94.1), id="another form of a word"),
    ],
)
def test_a_text_is_coded_by_its_likeness_to_a_named_wording(text, expected):
    assert coded(text, (DOGS, "Not to keep or breed dogs")) == expected


def test_a_place_is_left_out_before_wordings_are_compared():
    assert coded("Not to keep dogs in Leeds", (DOGS, "Not to keep dogs in […]")) == (DOGS, 100.0)


GAPPED = "Not to keep dogs at any address in […] or to own them"


@pytest.mark.parametrize(
    ("text", "is_coded"),
    [
        pytest.param("Not to keep dogs at any address in Leeds or to own them", True, id="one place"),
        pytest.param("Not to keep dogs at any address in Wick Leeds York Derby or to own them", True, id="four words"),
        pytest.param(
            "Not to keep dogs at any address in Wick Leeds York Derby Hull or to own them", False, id="five words"
        ),
        pytest.param("Not to keep dogs at any address in Leeds. York or to own them", False, id="two sentences"),
        pytest.param("Not to keep dogs at any address in Leeds or to own them in York", False, id="a second gap"),
        pytest.param("Not to keep dogs at any address in Leeds except York or to own them", False, id="an exception"),
        pytest.param("To keep dogs at any address in Leeds or to own them", False, id="the contrary"),
        pytest.param("NOT TO KEEP DOGS AT ANY ADDRESS IN LEEDS OR TO OWN THEM", True, id="a place in capitals"),
        pytest.param(
            "Not to keep dogs at any address in Leeds or to own them. Not to fly.", False, id="a further sentence"
        ),
    ],
)
def test_what_is_left_out_stands_for_few_words_of_one_sentence(text, is_coded):
    assert (coded(text, (DOGS, GAPPED))[0] == DOGS) is is_coded


@pytest.mark.parametrize("named", ["NOT TO POSSESS ANY […]", "Not to […]"])
def test_a_wording_that_does_not_say_what_is_forbidden_codes_nothing(named):
    for text in ("NOT TO POSSESS ANY CROSSBOW", "NOT TO POSSESS ANY MACHETE", "Not to Crossbow"):
        assert coded(text, (DOGS, named)) == (None, None)


def test_a_word_in_capitals_that_is_no_known_name_is_not_what_was_left_out():
    named = (DOGS, "Not to possess or carry any […] in public")
    assert coded("Not to possess or carry any Brightwash in public", named)[0] == DOGS
    assert coded("NOT TO POSSESS OR CARRY ANY CROSSBOW IN PUBLIC", named) == (None, None)


def test_a_text_about_as_like_to_two_names_has_none():
    names = (DOGS, "Not to keep large dogs"), (WALKS, "Not to keep small dogs")
    assert coded("Not to keep any dogs", *names) == (None, None)
    assert coded("Not to keep small dogs", *names) == (WALKS, 100.0)


def test_one_wording_with_two_names_has_none():
    assert coded("Not to keep dogs", (DOGS, "Not to keep dogs"), (WALKS, "Not to keep dogs")) == (None, None)


def test_a_text_that_was_cut_and_one_that_the_catalogue_knows_are_left_as_they_are():
    assert coded("Not to keep dogs", (DOGS, "Not to keep dogs"), is_cut=True) == (None, None)
    assert coded("Not to keep dogs", (DOGS, "Not to keep dogs"), code="C34") == ("C34", None)


def test_a_name_of_a_wording_that_nobody_uses_any_more_does_no_harm():
    conditions = CORE_CONDITIONS.empty()
    after = code_by_decisions(conditions.lazy(), named((DOGS, "Not to keep dogs"))).collect()
    assert after.equals(conditions)
