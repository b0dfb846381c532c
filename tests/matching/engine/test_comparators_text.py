"""Bounds and batches against plain functions: what settles a pair early never settles it wrongly."""

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz import distance, fuzz

from matching.engine.comparators import Edits, JaroWinkler, Overlap, Tokens, Words
from matching.engine.comparators.text import edits, jaro_winkler
from matching.engine.values import Dictionary, encode

# Few letters, so that texts are often alike; digits, accents and signs that share a class of the signature with them.
few_letters = st.text(alphabet="ABab01é阮 -", max_size=12)
any_text = st.text(max_size=40)
# Longer than signatures count.
long_text = st.builds(
    lambda text, times: (text * times)[:600], st.text(alphabet="ABC", min_size=1), st.integers(1, 300)
)
texts = st.lists(few_letters | any_text | long_text, min_size=2, max_size=8, unique=True)


def every_pair(size: int) -> tuple[np.ndarray, np.ndarray]:
    left, right = (places.ravel().astype(np.int32) for places in np.indices((size, size)))
    return left, right


@given(texts, st.sampled_from([0.5, 0.7, 0.75, 0.82, 0.85, 0.92, 0.97]))
@example(["MARTHA", "MARHTA", "MARTHAMARHTA"], 0.82)
@example(["A" * 300, "A" * 299 + "B", "B" * 600], 0.92)
@example(["阮" * 150, "阮" * 149 + "A"], 0.92)
@example(["", "A"], 0.5)
def test_jaro_winkler_is_that_of_the_library_from_the_least_score_on(values, least):
    dictionary = Dictionary(pl.Series("value", values))
    left, right = every_pair(len(values))
    scores = jaro_winkler(dictionary, left, right, least=least)
    plain = np.array(
        [
            distance.JaroWinkler.similarity(values[min(pair)], values[max(pair)], score_cutoff=least)
            for pair in zip(left, right, strict=True)
        ]
    )
    assert np.array_equal(scores, plain.astype(np.float32))


@given(texts, st.integers(0, 4))
@example(["é", "e", "éé"], 1)
@example(["A" * 300, "A" * 299 + "B", "A" * 254], 2)
@example(["阮" * 150, "阮" * 149 + "A"], 2)
def test_edits_are_those_of_the_library_up_to_the_most(values, most):
    dictionary = Dictionary(pl.Series("value", values))
    left, right = every_pair(len(values))
    plain = [
        min(distance.OSA.distance(values[one], values[other]), most + 1) for one, other in zip(left, right, strict=True)
    ]
    assert edits(dictionary, left, right, most=most).tolist() == plain


@given(st.lists(st.text(alphabet="ABC0é ", min_size=1, max_size=14), min_size=2, max_size=6, unique=True))
@pytest.mark.parametrize(
    "subset", [pytest.param(False, id="words in any order"), pytest.param(True, id="words of one")]
)
def test_words_are_compared_as_the_library_does(subset, values):
    scorer = fuzz.token_set_ratio if subset else fuzz.token_sort_ratio
    column = encode([pl.Series("value", values)])[0]
    judge = Words((90.0, 60.0), subset=subset).bind([column])
    left, right = every_pair(len(values))
    levels = judge([column.codes[left]], [column.codes[right]])
    for one, other, level in zip(left, right, levels, strict=True):
        score = np.float32(scorer(values[one], values[other]))
        if values[one] == values[other]:
            assert level == 1
        # Nothing can be reported a text of spaces; the library gives 0 or 100 by its own choice.
        elif values[one].split() and values[other].split():
            assert level == 2 + (score < 90) + (score < 60), (values[one], values[other])


@pytest.mark.parametrize(
    ("comparator", "reported"),
    [
        pytest.param(lambda: JaroWinkler((0.8, 0.9)), "descending order", id="thresholds that rise"),
        pytest.param(lambda: JaroWinkler((92, 80)), "descending order", id="thresholds in hundredths"),
        pytest.param(lambda: JaroWinkler(()), "at least one threshold", id="no threshold"),
        pytest.param(lambda: Edits((2, 1)), "limits", id="limits that fall"),
    ],
)
def test_degrees_that_can_never_be_reached_are_refused(comparator, reported):
    with pytest.raises(ValueError, match=reported):
        comparator()


@pytest.mark.parametrize("comparator", [JaroWinkler(), Edits(), Words(), Tokens()])
def test_numbers_are_no_text(comparator):
    with pytest.raises(ValueError, match="values must be text, not Int64"):
        comparator.bind(encode([pl.Series("value", [1, 2])]))


@given(st.lists(st.frozensets(st.sampled_from("ABCDEFG"), min_size=1, max_size=5), min_size=2, max_size=6))
def test_overlap_is_the_share_of_the_shorter_list(lists):
    column = encode([pl.Series("value", [sorted(values) for values in lists], dtype=pl.List(pl.String))])[0]
    judge = Overlap((1.0, 0.5, 0.0)).bind([column])
    left, right = every_pair(len(lists))
    levels = judge([column.codes[left]], [column.codes[right]])
    for one, other, level in zip(left, right, levels, strict=True):
        share = len(lists[one] & lists[other]) / min(len(lists[one]), len(lists[other]))
        expected = 1 if lists[one] == lists[other] else 2 + (share < 1) + (share < 0.5) + (share == 0)
        assert level == expected


def test_tokens_weigh_words_by_how_rare_they_are_in_records():
    # LTD stands in eight records of eight, ACORN in two: log2(4) = 2 of 2.001 in all.
    names = ["ACORN LTD", "ACORN", *[f"FIRM{place} LTD" for place in range(6)]]
    names[1] = "LTD ACORN SHOP"
    column = encode([pl.Series("name", names)])[0]
    judge = Tokens((0.99, 0.5)).bind([column])
    pairs = [column.codes[[0, 2, 2]]], [column.codes[[1, 3, 0]]]
    assert judge(*pairs).tolist() == [2, 4, 4]
