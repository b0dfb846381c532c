"""Values as numbers: one code for one value wherever it stands, and a bound on shared letters that never lies."""

from collections import Counter
from itertools import combinations
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.values import (
    UNKNOWN,
    Dictionary,
    agreeing_pairs,
    distinct_pairs,
    encode,
    encode_rows,
    places_in_order,
)

TEXTS = st.text(alphabet="abAB19é -", max_size=6)
COLUMNS = st.lists(st.none() | TEXTS, max_size=30)


def texts(values: list[str | None]) -> pl.Series:
    return pl.Series("value", values, dtype=pl.String)


@given(COLUMNS, COLUMNS)
def test_two_values_have_one_code_exactly_if_they_are_equal_in_whatever_column(
    one: list[str | None], other: list[str | None]
) -> None:
    columns = encode([texts(one), texts(other)])
    codes = [*columns[0].codes.tolist(), *columns[1].codes.tolist()]
    values = [*one, *other]
    for code, value in zip(codes, values, strict=True):
        assert (code == UNKNOWN) == (value is None)
        if value is not None:
            assert columns[0].dictionary.values[code] == value
    assert len(set(codes) - {UNKNOWN}) == len(set(values) - {None})


@given(st.lists(TEXTS, min_size=1, max_size=30), st.randoms())
def test_the_code_of_a_value_does_not_depend_on_the_order_of_the_records(values: list[str], chance: Random) -> None:
    shuffled = list(values)
    chance.shuffle(shuffled)
    one, other = encode([texts(list(values))])[0], encode([texts(list(shuffled))])[0]
    assert one.dictionary.values.to_list() == other.dictionary.values.to_list()
    assert dict(zip(values, one.codes.tolist(), strict=True)) == dict(zip(shuffled, other.codes.tolist(), strict=True))


@given(st.lists(st.tuples(st.integers(UNKNOWN, 4), st.integers(0, 2)), max_size=12), st.booleans())
def test_pairs_that_agree_on_a_value_are_those_found_by_hand(records: list[tuple[int, int]], is_across: bool) -> None:
    ordered = sorted(records, key=lambda record: record[1])
    codes, sources = (np.array([record[end] for record in ordered], np.int32) for end in (0, 1))
    agreeing, known = agreeing_pairs(codes, sources.astype(np.int8) if is_across else None)
    pairs = [
        (one[0], other[0])
        for one, other in combinations(ordered, 2)
        if UNKNOWN not in (one[0], other[0]) and (one[1] != other[1] or not is_across)
    ]
    assert known == len(pairs)
    assert agreeing.tolist() == [pairs.count((code, code)) for code in range(len(agreeing))]
    assert len(agreeing) == 1 + max((code for code, _ in records), default=UNKNOWN)


@given(st.lists(st.integers(0, 40) | st.integers(0, 2**64 - 1), max_size=40))
def test_places_are_in_the_order_of_their_hashes_even_where_these_begin_alike(hashes: list[int]) -> None:
    numbers = np.array(hashes, np.uint64)
    places = places_in_order(numbers)
    assert numbers[places].tolist() == sorted(hashes)
    assert sorted(places.tolist()) == list(range(len(hashes)))


@given(st.lists(st.none() | st.lists(st.none() | TEXTS, max_size=4), max_size=20), COLUMNS)
def test_a_list_is_known_by_its_elements_whatever_their_order(
    lists: list[list[str | None] | None], singles: list[str | None]
) -> None:
    coded, plain = encode([pl.Series(lists, dtype=pl.List(pl.String)), texts(singles)])
    assert coded.members is not None
    reported = coded.dictionary.values.to_list()
    for code, elements in zip(coded.codes.tolist(), lists, strict=True):
        known = {element for element in elements or [] if element is not None}
        if known:
            start, stop = coded.members.starts[code], coded.members.starts[code + 1]
            assert sorted(reported[member] for member in coded.members.numbers[start:stop]) == sorted(known)
    assert [None if code == UNKNOWN else reported[code] for code in plain.codes.tolist()] == singles


@pytest.mark.parametrize(
    "nothing",
    [pytest.param(None, id="no list"), pytest.param([], id="an empty list")],
)
def test_a_list_of_nothing_is_not_known(nothing: list[str] | None) -> None:
    column = encode([pl.Series([["ann"], nothing], dtype=pl.List(pl.String))])[0]
    assert column.codes[0] != UNKNOWN
    assert column.codes[1] == UNKNOWN


@pytest.mark.parametrize(
    ("values", "size"),
    [
        pytest.param(pl.Series([], dtype=pl.String), 0, id="no record"),
        pytest.param(pl.Series([None, None], dtype=pl.String), 0, id="all null"),
        pytest.param(pl.Series([None, None]), 0, id="all null and of no type"),
        pytest.param(pl.Series(["", ""]), 1, id="all empty text"),
        pytest.param(pl.Series([1, 2, 1]), 2, id="whole numbers"),
        pytest.param(pl.Series([True, False, True]), 2, id="true and false"),
        pytest.param(pl.Series([1.5, float("nan"), float("nan")]), 2, id="a number that is none"),
        pytest.param(pl.Series([[], None], dtype=pl.List(pl.String)), 0, id="lists of nothing"),
    ],
)
def test_any_kind_of_column_is_coded(values: pl.Series, size: int) -> None:
    column = encode([values])[0]
    assert len(column.codes) == len(values)
    assert len(column.dictionary.values) == size


def test_columns_of_different_kinds_are_refused() -> None:
    with pytest.raises(pl.exceptions.SchemaError):
        encode([pl.Series(["1"]), pl.Series([1])])


def test_rows_have_one_code_exactly_if_all_their_values_are_equal() -> None:
    rows = pl.DataFrame({"one": ["a", "a", None, None], "other": [1, 1, 1, None]})
    codes = encode_rows(rows).codes.tolist()
    assert codes[0] == codes[1]
    assert len(set(codes)) == 3
    assert encode_rows(rows).dictionary.values[codes[2]] == {"one": None, "other": 1}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40))
def test_each_pair_of_codes_is_looked_at_once_whichever_comes_first(pairs: list[tuple[int, int]]) -> None:
    left, right = (np.array(side, np.int32) for side in (zip(*pairs, strict=True) if pairs else ((), ())))
    one, other, places = distinct_pairs(left, right, 10)
    found = list(zip(one.tolist(), other.tolist(), strict=True))
    assert len(found) == len(set(found))
    assert [found[place] for place in places] == [(min(pair), max(pair)) for pair in pairs]


@given(st.text(max_size=12), st.text(max_size=12))
def test_two_texts_never_share_more_letters_than_their_signatures_allow(one: str, other: str) -> None:
    dictionary = Dictionary(texts([one, other]))
    bound = dictionary.signatures.shared_at_most(np.array([0], np.int32), np.array([1], np.int32))
    assert sum((Counter(one) & Counter(other)).values()) <= bound[0]


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        pytest.param("smith", "jones", 1, id="one letter"),
        pytest.param("anna", "hannah", 4, id="letters that stand twice"),
        pytest.param("ab", "cd", 0, id="no letter"),
        pytest.param("", "ann", 0, id="no text"),
        pytest.param("1984", "1948", 4, id="digits"),
    ],
)
def test_the_bound_on_short_words_is_what_they_share(one: str, other: str, shared: int) -> None:
    dictionary = Dictionary(texts([one, other]))
    for left, right in ((0, 1), (1, 0)):
        bound = dictionary.signatures.shared_at_most(np.array([left], np.int32), np.array([right], np.int32))
        assert bound[0] == shared


def test_a_signature_of_a_very_long_text_still_bounds_what_it_shares() -> None:
    dictionary = Dictionary(texts(["a" * 250, "a" * 250 + "b"]))
    bound = dictionary.signatures.shared_at_most(np.array([0], np.int32), np.array([1], np.int32))
    assert bound[0] >= 250


def test_signatures_say_length_and_first_letter() -> None:
    signatures = Dictionary(texts(["", "ann", "é"])).signatures
    assert signatures.lengths.tolist() == [0, 3, 1]
    assert signatures.firsts[1] == ord("a")
    assert signatures.firsts[0] != signatures.firsts[1]
