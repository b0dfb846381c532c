"""Comparators: what each says of two values, as the cases in `comparators.csv` read, and both ways round."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.engine.comparators import (
    AnyShared,
    Comparator,
    Custom,
    Dates,
    Edits,
    Exact,
    JaroWinkler,
    NamePart,
    Numbers,
    Overlap,
    Postcode,
    Tokens,
    Variants,
    Words,
)
from matching.engine.comparators.base import NOT_KNOWN, SAME
from matching.engine.values import encode

CASES = pl.read_csv(Path(__file__).with_name("comparators.csv"), infer_schema=False)
VARIANTS = Variants(
    (("WILLIAM", "BILL"), *(("ELIZABETH", short) for short in ("BETH", "LIZ", "BETTY", "ELSIE", "ELIZA")))
)
# Beside those of a case, so that words have a frequency.
COMPANIES = [f"{name} HOLDINGS" for name in ("ALPHA", "BETA", "GAMMA", "DELTA", "OMEGA", "SIGMA", "KAPPA", "LAMBDA")]

texts, days, reals, lists = pl.String(), pl.Date(), pl.Float64(), pl.List(pl.String)

COMPARATORS: dict[str, tuple[Comparator, pl.DataType]] = {
    "exact": (Exact(), texts),
    "jaro_winkler": (JaroWinkler((0.92, 0.8)), texts),
    "edits": (Edits((1, 2)), texts),
    "words": (Words((90.0,)), texts),
    "words of one": (Words((90.0,), subset=True), texts),
    "forename": (NamePart((0.92, 0.85), groups=VARIANTS), texts),
    "dates": (Dates(), days),
    "text dates": (Dates(), texts),
    "partial dates": (Dates(partial=True), texts),
    "placeholder dates": (Dates(placeholders=("01-01", "1900-01-01")), days),
    "numbers": (Numbers((1, 5)), reals),
    "shares": (Numbers((0.01, 0.1), relative=True), reals),
    "postcode": (Postcode(), texts),
    "overlap": (Overlap((1.0, 0.5, 0.0)), lists),
    "any shared": (AnyShared(), lists),
    "tokens": (Tokens((0.99, 0.5)), texts),
    "similarity": (Custom(lambda one, other: -(one - other).abs(), (-5,), ("near",)), reals),
}


def read(texts: Sequence[str | None], kind: pl.DataType) -> pl.Series:
    values = pl.Series("value", texts, dtype=pl.String)
    if kind == days:
        return values.str.to_date("%Y-%m-%d")
    return values.str.split("|") if kind == lists else values.cast(kind)


def levels_of(comparator: Comparator, values: pl.Series) -> np.ndarray:
    """The level of every two values, a row a value."""
    column, size = encode([values])[0], len(values)
    judge = comparator.bind([column])
    left, right = (places.ravel() for places in np.indices((size, size)))
    levels = judge([column.codes[left]], [column.codes[right]])
    assert levels.dtype == np.int8
    return levels.reshape(size, size)


@pytest.mark.parametrize(
    ("name", "left", "right", "level"),
    [
        pytest.param(name, left, right, level, id=f"{name}: {left} and {right}, {level}")
        for name, left, right, level, _ in CASES.iter_rows()
    ],
)
def test_case(name, left, right, level):
    comparator, kind = COMPARATORS[name]
    beside = COMPANIES if name == "tokens" else []
    levels = levels_of(comparator, read([left, right, *beside], kind))
    assert comparator.levels[levels[0, 1]] == level
    assert comparator.levels[levels[1, 0]] == level


@pytest.mark.parametrize("name", COMPARATORS)
def test_every_level_has_a_case(name):
    # Levels of comparators of one kind that read alike need one case among them.
    alike = [other for other in COMPARATORS if type(COMPARATORS[other][0]) is type(COMPARATORS[name][0])]
    met = CASES.filter(pl.col("comparator").is_in(alike)).get_column("level").to_list()
    assert set(COMPARATORS[name][0].levels) - {"not known", "alike (Jaro-Winkler 0.85)"} <= set(met)


letters = st.text(alphabet="ABCELMNORTZ -09é阮", max_size=9)
some_days = st.dates(date(1900, 1, 1), date(2026, 12, 31)) | st.sampled_from([date(1900, 1, 1), date(1984, 1, 1)])
digits = st.text(alphabet="0189-", max_size=10) | some_days.map(str) | some_days.map(lambda day: str(day)[:7])
reals_known = st.integers(-99, 99).map(float)
VALUES: dict[str, st.SearchStrategy[object]] = {
    "text dates": digits,
    "partial dates": digits,
    "similarity": reals_known,
    "exact": letters,
    "overlap": st.lists(st.sampled_from("ABCDEFG"), max_size=5),
    "any shared": st.lists(st.sampled_from("ABCDEFG"), max_size=5),
}


def values_for(name: str) -> st.SearchStrategy[object]:
    by_kind = {texts: letters, days: some_days, reals: st.floats(width=32) | reals_known}
    return VALUES[name] if name in VALUES else by_kind[COMPARATORS[name][1]]


@pytest.mark.parametrize("name", COMPARATORS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_comparators_do_not_distinguish_left_from_right_and_know_what_is_known(name, data):
    comparator, kind = COMPARATORS[name]
    values = data.draw(st.lists(st.none() | values_for(name), max_size=7))
    levels = levels_of(comparator, pl.Series("value", values, dtype=kind))
    assert np.array_equal(levels, levels.T)
    assert ((levels >= NOT_KNOWN) & (levels < len(comparator.levels))).all()
    missing = np.array([value in (None, []) for value in values], bool)
    assert (levels[missing] == NOT_KNOWN).all()
    if comparator.is_same_value and name != "text dates":
        sets = [frozenset(value or ()) if kind == lists else value for value in values]
        equal = np.array([[one == other for other in sets] for one in sets]).reshape(levels.shape)
        known = ~missing[:, None] & ~missing[None, :]
        assert np.array_equal((levels == SAME)[known], equal[known])


@pytest.mark.parametrize("name", COMPARATORS)
@pytest.mark.parametrize("kind", ["its own kind", "no kind at all"])
def test_a_column_without_a_value_is_not_known(name, kind):
    comparator, own = COMPARATORS[name]
    nothing = pl.Series("value", [None, None], dtype=own if kind == "its own kind" else pl.Null)
    assert (levels_of(comparator, nothing) == NOT_KNOWN).all()


@pytest.mark.parametrize("name", COMPARATORS)
def test_no_pairs_have_no_levels(name):
    comparator, kind = COMPARATORS[name]
    value = {texts: "1984-08-17", days: "1984-08-17", reals: "1", lists: "A|B"}[kind]
    for values in (read([value, value], kind), read([], kind)):
        column = encode([values])[0]
        nobody = np.zeros(0, np.int32)
        assert comparator.bind([column])([nobody], [nobody]).shape == (0,)
