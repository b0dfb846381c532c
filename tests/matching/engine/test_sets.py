"""Sets of numbers: what two of them share is what Python's own sets say, however long they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.sets import BITS, Sets, collect

NUMBERS = st.frozensets(st.integers(0, 200), max_size=9)


def sets_of(sets: list[frozenset[int]]) -> Sets:
    rows = [row for row, numbers in enumerate(sets) for _ in numbers]
    numbers = [number for some in sets for number in some]
    return collect(np.array(rows, np.int64), np.array(numbers, np.int32), len(sets))


def every_pair(size: int) -> tuple[np.ndarray, np.ndarray]:
    left, right = (places.ravel().astype(np.int32) for places in np.indices((size, size)))
    return left, right


@given(st.lists(NUMBERS, max_size=7), st.booleans())
def test_two_sets_share_what_they_share_by_hand(sets: list[frozenset[int]], few: bool) -> None:
    sets = [frozenset(number % BITS for number in numbers) if few else numbers for numbers in sets]
    own = sets_of(sets)
    left, right = every_pair(len(sets))
    shared = [sorted(sets[one] & sets[other]) for one, other in zip(left, right, strict=True)]
    places, numbers = own.common(left, right)
    assert [*zip(places.tolist(), numbers.tolist(), strict=True)] == [
        (place, number) for place, some in enumerate(shared) for number in some
    ]
    assert own.count_shared(left, right).tolist() == list(map(len, shared))
    assert own.meet(left, right).tolist() == list(map(bool, shared))
    assert own.sizes.tolist() == list(map(len, sets))


@given(st.lists(NUMBERS, min_size=1, max_size=7))
def test_a_set_holds_its_own_numbers_and_an_unknown_set_none(sets: list[frozenset[int]]) -> None:
    rows, asked = (places.ravel().astype(np.int32) for places in np.indices((len(sets), 201)))
    held = sets_of(sets).hold(rows, asked)
    assert held.tolist() == [number in sets[row] for row, number in zip(rows.tolist(), asked.tolist(), strict=True)]
    assert not sets_of(sets).hold(np.full(len(asked), -1, np.int32), asked).any()


@pytest.mark.parametrize("size", [64, 65, 71, 5_000])
def test_one_shared_number_among_many_is_found(size: int) -> None:
    own = sets_of([frozenset(range(size)), frozenset(range(size, 2 * size)), frozenset({size - 1, 2 * size - 1})])
    left, right = every_pair(3)
    assert own.count_shared(left, right).reshape(3, 3).tolist() == [[size, 0, 1], [0, size, 1], [1, 1, 2]]


def test_pairs_of_many_long_sets_are_compared_piece_by_piece() -> None:
    own = sets_of([frozenset({0, *range(1 + 500 * row, 501 + 500 * row)}) for row in range(40)])
    left, right = every_pair(40)
    assert own.count_shared(left, right).tolist() == np.where(left == right, 501, 1).tolist()
