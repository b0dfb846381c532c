"""Names in the usual forms are read in a shorter way, and are what the long way gives."""

import inspect
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.parsing import name_additions, name_letters, name_patterns, name_split, names
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
    "Smith", "Tom", "James", "Łuç", "O'Brien", "Smith-Jones", "Macy", "McCoy", "Obi", "Petrovich", "Oğlu", "Ng", "AJ",
)  # fmt: skip
ODD = (*listed_words()["word"], *UNKNOWN_WORDS, *PARTICLE_WORDS, *listed_family_names()[::20], "Row", "Page", "née")
WORDS = st.sampled_from(ORDINARY) | st.sampled_from(ODD)
CASES = st.sampled_from((str.title, str.upper, str.capitalize, str))


FORMS = ("{} Tom", "Tom {}", "{} Tom Smith", "Tom {} Smith", "Tom Smith {}", "{}, Tom", "Smith, {}", "Smith, Tom {}")


def _read(texts: list[str]) -> list[dict[str, object]]:
    return pl.DataFrame({"text": texts}).select(read_name(pl.col("text"))).unnest("text").to_dicts()


def _read_the_long_way(texts: list[str]) -> list[dict[str, object]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "is_plain_name", lambda text: text.is_null())
        return _read(texts)


@pytest.mark.parametrize(
    "module", [name_additions, name_letters, name_patterns, name_split], ids=lambda module: module.__name__
)
def test_no_word_that_a_pattern_names_makes_a_plain_name_that_is_read_otherwise(module) -> None:
    words = {word.title() for word in re.findall(r"[A-Za-z]{2,}", inspect.getsource(module))}
    texts = [form.format(said) for word in sorted(words) for said in (word, word.upper()) for form in FORMS]
    differing = [
        text for text, short, long in zip(texts, _read(texts), _read_the_long_way(texts), strict=True) if short != long
    ]
    assert not differing


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
    assert _read(texts) == _read_the_long_way(texts)
