"""Marks within a value: what the one it is compared with does not have there."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.item.value_marks import Piece, fold_name, mark_characters, mark_date, mark_name, mark_set, mark_whole

NAMES = st.text(st.sampled_from("aAäÄbBzßłŁ'’- \u0301\u202e李王;<>"), max_size=25)
# Forms of a letter that are no difference: capitals, accents, and signs without a sound behind it.
FORMS = {"A": ("a", "A", "ä", "Á", "a\u0301", "a'"), "N": ("n", "ñ", "N’"), "L": ("l", "ł", "L\u202e"), "王": ("王",)}
LETTERS = st.sampled_from(sorted(FORMS))


def written(pieces):
    """`{differs}` as a person would note it."""
    return "".join(f"{{{piece.text}}}" if piece.differs else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("value", "other", "marked"),
    [
        pytest.param("ŞAHIN", "Sahin", "ŞAHIN", id="capitals and accents are no difference"),
        pytest.param("S\u0327ahin", "Sahin", "S\u0327ahin", id="nor is a mark of its own behind the letter"),
        pytest.param("O'Brien", "OBrian", "O'Bri{e}n", id="nor an apostrophe"),
        pytest.param("Smyth-Jones", "SMITH JONES", "Sm{y}th-Jones", id="nor a hyphen"),
        pytest.param("\u202eevil", "evil", "\u202eevil", id="nor a direction of writing"),
        pytest.param("Vikram", "Vikram Shahid", "Vikram", id="a name left out at the end"),
        pytest.param("Douglas Ross", "Ross", "{Douglas} Ross", id="a name more at the beginning"),
        pytest.param("Dougls", "Douglas Ross", "Dougls", id="a letter and a name left out"),
        pytest.param("Anna Maria Lee", "Anna Lee", "Anna{ Maria} Lee", id="a name more"),
        pytest.param("Jon", "Peter", "{Jon}", id="another name is marked as a whole"),
        pytest.param("李 伟", "李 强", "李{ 伟}", id="letters of other scripts are compared as they are"),
        pytest.param("- -", "Lee", "{- -}", id="signs alone"),
        pytest.param("<script>", "Lee", "{<script>}", id="markup is text"),
    ],
)
def test_names_are_marked_word_by_word_and_letter_by_letter(value, other, marked):
    assert written(mark_name(value, other)) == marked


@given(NAMES, NAMES)
def test_what_is_marked_is_the_value_and_nothing_of_it_is_lost(value, other):
    assert "".join(piece.text for piece in mark_name(value, other)) == value


@given(NAMES)
def test_a_name_does_not_differ_from_itself(name):
    assert not any(piece.differs for piece in mark_name(name, name))


@st.composite
def spellings(draw):
    """Two names of the same letters or of letters that differ in one, each letter in any of its forms."""
    words = draw(st.lists(st.lists(LETTERS, min_size=1, max_size=6), min_size=1, max_size=3))
    others = [list(word) for word in words]
    if draw(st.booleans()):
        word = draw(st.sampled_from(others))
        word[draw(st.integers(0, len(word) - 1))] = draw(LETTERS)
    return spelt(draw, words), spelt(draw, others)


def spelt(draw, words):
    parts = ["".join(draw(st.sampled_from(FORMS[letter])) for letter in word) for word in words]
    return "".join(part + draw(st.sampled_from([" ", "-", "  "])) for part in parts[:-1]) + parts[-1]


@given(spellings())
def test_names_are_marked_exactly_where_they_are_not_the_same_name(names):
    value, other = names
    both_ways = (*mark_name(value, other), *mark_name(other, value))
    assert any(piece.differs for piece in both_ways) == (fold_name(value) != fold_name(other))


def test_long_names_are_marked_without_delay():
    pieces = mark_name("a" * 500 + " " + "b" * 500, "a" * 499 + " " + "b" * 500)
    assert [piece.differs for piece in pieces] == [False, True, False]
    assert mark_name("x " * 500, "y") == (Piece("x " * 500, differs=True),)


@pytest.mark.parametrize(
    ("value", "other", "marked"),
    [
        pytest.param(date(2027, 8, 6), date(2027, 6, 8), "{6} {August} 2027", id="day and month"),
        pytest.param(date(2026, 6, 8), date(2027, 6, 8), "8 June {2026}", id="year"),
        pytest.param(date(1970, 1, 1), date(1988, 3, 4), "{1 January 1970}", id="all of it"),
        pytest.param(date(1970, 1, 1), date(1970, 1, 1), "1 January 1970", id="nothing"),
    ],
)
def test_dates_are_marked_by_their_parts(value, other, marked):
    assert written(mark_date(value, other)) == marked


def test_ids_are_marked_by_their_characters():
    assert written(mark_characters("2022/0304377D", "2022/0304371D")) == "2022/030437{7}D"
    assert written(mark_whole("STRO", "STPO")) == "{STRO}"


def test_sets_are_marked_by_their_members():
    assert mark_set(["C08", "C07"], ["C08", "C25"]) == (Piece("C07", differs=True), Piece("C08"))
