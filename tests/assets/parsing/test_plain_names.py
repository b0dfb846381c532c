"""Names in the usual forms are read in a shorter way, and are what the long way gives."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.parsing import names
from assets.parsing.name_patterns import listed_words
from assets.parsing.name_split import PARTICLE_WORDS
from assets.parsing.names import read_name
from assets.parsing.plain_names import is_plain_name
from assets.parsing.words import UNKNOWN_WORDS
from reconciliation.name_forms import listed_family_names

PLAIN = (
    "Tom Smith", "Tom James SMITH", "SMITH, Tom James", "SMITH/TOM", "Smith/Tom James", "O'Brien, Łukasz",
    "Anne-Marie Smith-Jones", "ÖZTÜRK/Aydın", "Smith,Tom",
)  # fmt: skip
NOT_PLAIN = (
    "Mr Tom Smith", "SMITH, Tom Jnr", "Van Smith", "Nguyen Tom", "Ivan Ivanov Petrovich", "Smith Tom Smith", "SMITH/AJ",
    "Tom SMI", "Tom O Brien", "Not Known", "Иван Петров", "SMITH, TOM", "Tom Smith (Deano)", "Tom Smith Qc", "Tom", "",
)  # fmt: skip
ORDINARY = (
    "Smith",
    "Tom",
    "James",
    "Łuç",
    "O'Brien",
    "Smith-Jones",
    "Macy",
    "McCoy",
    "Obi",
    "Petrovich",
    "Oğlu",
    "Ng",
    "AJ",
)
ODD = (*listed_words()["word"], *UNKNOWN_WORDS, *PARTICLE_WORDS, *listed_family_names()[::20], "Row", "Page", "née")
WORDS = st.sampled_from(ORDINARY) | st.sampled_from(ODD)
CASES = st.sampled_from((str.title, str.upper, str.capitalize, str))


def _read(texts: list[str]) -> list[dict[str, object]]:
    return pl.DataFrame({"text": texts}).select(read_name(pl.col("text"))).unnest("text").to_dicts()


@pytest.mark.parametrize("text", PLAIN)
def test_most_names_are_plain(text: str) -> None:
    assert pl.select(is_plain_name(pl.lit(text))).item()


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_a_name_with_more_to_say_is_not_plain(text: str) -> None:
    read = _read([text])
    plain = pl.DataFrame({"text": [text]}).filter(is_plain_name(pl.col("text")))
    assert names.split_plain_names(plain).is_empty(), read


@given(
    st.lists(
        st.tuples(st.lists(st.tuples(WORDS, CASES), min_size=1, max_size=4), st.sampled_from((" ", ", ", "/", ","))),
        min_size=20,
        max_size=60,
    )
)
def test_a_plain_name_is_what_any_name_is(listed: list[tuple[list[tuple[str, object]], str]]) -> None:
    texts = []
    for words, between in listed:
        first, *others = [case(word) for word, case in words]
        texts.append(between.join((first, " ".join(others))) if others else first)
    texts += PLAIN
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "is_plain_name", lambda text: text.is_null())
        long_way = _read(texts)
    assert _read(texts) == long_way
