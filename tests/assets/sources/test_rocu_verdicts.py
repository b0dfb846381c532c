"""What the first letter of a cell shows of it."""

import polars as pl
import pytest

from assets.parsing.words import UNKNOWN_WORDS
from assets.sources.rocu_verdicts import says_something


@pytest.mark.parametrize("word", [*UNKNOWN_WORDS, *map(str.upper, UNKNOWN_WORDS), "1899-12-30", "?", "-", " ", ""])
def test_a_word_for_not_known_says_nothing(word: str) -> None:
    assert not pl.DataFrame({"cell": [word]}).select(says_something(pl.col("cell"))).item()


@pytest.mark.parametrize("word", ["Smith", "0", "1", "Nil return", "Łuç", "2024-01-02", "to be", "N", "*"])
def test_other_words_say_something_unless_they_are_no_words(word: str) -> None:
    assert pl.DataFrame({"cell": [word]}).select(says_something(pl.col("cell"))).item() == (word != "*")
