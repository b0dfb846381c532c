"""Values as a person sees them: even texts are left as they are, and are what the long way gives."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.parsing import words
from assets.parsing.words import EVEN, UNKNOWN_WORDS, known

NO_TEXT = "a^"
EVEN_TEXTS = ("Tom Smith", "1. Not to\n2. Not to", "n/k", "?", "a", "N/A", "- -")
UNEVEN_BLANKS = ("", " ", " a", "a ", "a  b", "a \nb", "a\n\nb", "a\n", "a\tb", "a\r\nb")
UNEVEN_TEXTS = (*UNEVEN_BLANKS, "Łuç", "e\u0301", "a\u200bB", "\x7f")
PIECES = st.sampled_from((*UNKNOWN_WORDS, *EVEN_TEXTS, *UNEVEN_TEXTS, "\u00ad", "\u00a0", "Kelvin \u212a", "nil\u2028"))
TEXTS = st.lists(PIECES, max_size=4).map("".join) | st.text(max_size=12)


def _known(texts: list[str | None]) -> list[str | None]:
    return pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(known(pl.col("text")))["text"].to_list()


@pytest.mark.parametrize("text", EVEN_TEXTS)
def test_a_text_of_ascii_with_single_blanks_is_even(text: str) -> None:
    assert pl.select(pl.lit(text).str.contains(EVEN)).item()


@pytest.mark.parametrize("text", UNEVEN_TEXTS)
def test_any_other_text_is_looked_at_closely(text: str) -> None:
    assert not pl.select(pl.lit(text).str.contains(EVEN)).item()


@given(st.lists(st.none() | TEXTS, min_size=20, max_size=60))
def test_an_even_text_is_known_as_any_other_is(texts: list[str | None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "EVEN", NO_TEXT)
        long_way = _known(texts)
    assert _known(texts) == long_way
