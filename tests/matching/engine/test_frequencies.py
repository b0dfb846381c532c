"""Term frequencies: agreement on a rare value says more, and a value is rare or common among other people alone."""

import numpy as np
import polars as pl
import pytest

from matching.engine.comparators.base import Exact
from matching.engine.frequencies import fit_frequencies
from matching.engine.parameters import Parameters, Shares
from matching.engine.patterns import Comparison, code_records, compare
from matching.engine.weights import Scales

SURNAME = Comparison("surname", ("surname",), Exact(), term="surname")
BORN = Comparison("born", ("born",), Exact())
LEVELS = SURNAME.levels
PARAMETERS = Parameters(
    model="people",
    prior=0.01,
    records=0,
    shares=(
        Shares(name="surname", levels=LEVELS, m=(0.0, 0.9, 0.1), u=(0.0, 0.05, 0.95)),
        Shares(name="born", levels=LEVELS, m=(0.0, 0.99, 0.01), u=(0.0, 1e-5, 1 - 1e-5)),
    ),
)


def people(*surnames: tuple[str | None, int]) -> pl.DataFrame:
    """So many different people of each surname, a record each."""
    rows = [surname for surname, count in surnames for _ in range(count)]
    return pl.DataFrame({"surname": pl.Series(rows, dtype=pl.String), "born": pl.int_range(len(rows), eager=True)})


def fit(
    records: pl.DataFrame, *, own: bool = True, sources: list[int] | None = None, surname: Comparison = SURNAME
) -> Scales:
    """All pairs are candidates; with `sources` those across them."""
    coded = code_records((surname, BORN), records, np.arange(records.height))
    left, right = (side.astype(np.int32) for side in np.triu_indices(records.height, 1))
    source = np.array(sources or [0] * records.height, np.int8)
    if sources:
        kept = source[left] != source[right]
        left, right = left[kept], right[kept]
    patterns = compare(coded, left, right)
    return fit_frequencies(
        coded, PARAMETERS, left=left, patterns=patterns, sources=source, across=sources is not None, own=own
    )


def added(scales: Scales, surname: str) -> float:
    """What agreement on a surname adds."""
    place = scales.coded.terms[0]
    assert place is not None
    code = scales.coded.columns[place].dictionary.values.to_list().index(surname)
    return float(scales.frequencies[0][code])


def test_the_rarer_the_value_the_more_it_adds() -> None:
    scales = fit(people(("smith", 80), ("nagy", 15), ("tran", 4), ("okafor", 1)))
    order = [added(scales, surname) for surname in ("smith", "nagy", "tran", "okafor")]
    assert order == sorted(order)
    assert order[0] < 0 < order[-1]


def test_a_value_of_average_frequency_adds_nothing() -> None:
    """One surname in twenty, as often as strangers agree on any."""
    scales = fit(people(*((f"name {number}", 100) for number in range(20))))
    assert added(scales, "name 3") == pytest.approx(0, abs=0.05)


def test_a_value_half_as_common_adds_one_bit() -> None:
    scales = fit(people(("smith", 800), ("nagy", 400), ("tran", 200)))
    assert added(scales, "nagy") - added(scales, "smith") == pytest.approx(1, abs=0.02)
    assert added(scales, "tran") - added(scales, "nagy") == pytest.approx(1, abs=0.02)


def repeated() -> pl.DataFrame:
    """One Okafor met ten times beside ten different Trans, among others."""
    others = people(("smith", 80), ("tran", 10))
    ten = pl.DataFrame({"surname": ["okafor"] * 10, "born": [1_000] * 10})
    return pl.concat([others, ten.cast(others.schema)])


def test_a_name_that_one_person_bears_in_ten_records_is_not_common() -> None:
    scales = fit(repeated())
    assert added(scales, "okafor") > added(scales, "tran") + 2
    alone = fit(people(("smith", 80), ("tran", 10), ("okafor", 1)))
    assert added(scales, "okafor") == pytest.approx(added(alone, "okafor"), abs=0.3)


def test_without_that_part_it_is_as_common_as_any_that_is_met_as_often() -> None:
    scales = fit(repeated(), own=False)
    assert added(scales, "okafor") == pytest.approx(added(scales, "tran"), abs=1e-9)


def test_across_tables_a_value_is_as_common_as_the_pairs_across_them() -> None:
    """Smith is common in one table and not met in the other: no pair of strangers across them agrees on it."""
    records = people(("smith", 50), ("nagy", 25), ("nagy", 25), ("tran", 50))
    scales = fit(records, sources=[0] * 75 + [1] * 75)
    assert added(scales, "smith") == pytest.approx(added(scales, "tran"))
    assert added(scales, "smith") > added(scales, "nagy") + 3


def test_only_agreement_on_the_value_adds_anything() -> None:
    records = people(("smith", 8), ("tran", 2), (None, 2))
    scales = fit(records)
    left, right = np.array([8, 0, 0, 10, 10], np.int32), np.array([9, 1, 8, 11, 0], np.int32)
    found = scales.rarity(left, compare(scales.coded, left, right))
    assert found == pytest.approx([added(scales, "tran"), added(scales, "smith"), 0, 0, 0])


def test_the_value_that_counts_may_stand_in_a_column_of_its_own() -> None:
    """Records agree on the surname as it is written; how common it is goes by its sound, where there is one."""
    sounds = pl.Series(["smit"] * 6 + [None] * 2, dtype=pl.String)
    records = people(("smith", 3), ("smyth", 3), ("tran", 2)).with_columns(sound=sounds)
    scales = fit(records, surname=Comparison("surname", ("surname",), Exact(), term="sound"))
    left, right = np.array([0, 3, 6, 0], np.int32), np.array([1, 4, 7, 3], np.int32)
    found = scales.rarity(left, compare(scales.coded, left, right))
    assert found == pytest.approx([added(scales, "smit"), added(scales, "smit"), 0, 0])


def test_a_list_is_as_common_as_the_whole_list() -> None:
    """Four records of the same other names, two of others; there are more lists than names in them."""
    names = [["ann"], ["ann"], ["ann"], ["ann"], ["ann", "lee"], ["ann", "lee"], ["lee"], ["lee", "may"], ["may"]]
    records = people(("smith", 9)).with_columns(names=pl.Series(names))
    scales = fit(records, surname=Comparison("surname", ("surname",), Exact(), term="names"))
    left, right = np.array([0, 4, 6], np.int32), np.array([1, 5, 7], np.int32)
    common, rare, _ = scales.rarity(left, compare(scales.coded, left, right))
    assert common < rare


@pytest.mark.parametrize(
    "records",
    [
        pytest.param(people(), id="no record"),
        pytest.param(people(("smith", 1)), id="one record"),
        pytest.param(people((None, 5)), id="no known value"),
        pytest.param(people(("", 5)), id="empty text alone"),
        pytest.param(people(("smith", 30)), id="one value alone"),
    ],
)
def test_a_column_that_says_little_has_finite_frequencies(records: pl.DataFrame) -> None:
    assert np.isfinite(fit(records).frequencies[0]).all()
