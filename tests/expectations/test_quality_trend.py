"""The trend: what is reported as a change, what is chance, and what has nothing to be compared with."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.intervals import score_interval
from expectations.trend import describe_trend
from warehouse.releases.quality_history import SERIES

FIRST_NIGHT = date(2026, 11, 1)


def series(*counts, methods=(), scope_key="33"):
    """One score a night from (passed, judged)."""
    rows = [
        {
            "release_id": f"r{FIRST_NIGHT + timedelta(days=night)}",
            "as_of": FIRST_NIGHT + timedelta(days=night),
            "method": methods[night] if methods else "m",
            "scope": "force",
            "scope_key": scope_key,
            "dimension": "accuracy",
            "score": passed / judged if judged else None,
            "numerator": float(passed),
            "denominator": float(judged),
            "trials": float(judged) if judged else None,
        }
        for night, (passed, judged) in enumerate(counts)
    ]
    low, high = score_interval(pl.col("score"), pl.col("trials"))
    frame = pl.DataFrame(rows, schema_overrides={"score": pl.Float64, "trials": pl.Float64})
    return SERIES.completed(frame.with_columns(low=low, high=high))


def verdicts(table, name="verdict"):
    return describe_trend(table).get_column(name).to_list()


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        pytest.param((900, 1000), (960, 1000), "better", id="a rise beyond chance"),
        pytest.param((960, 1000), (900, 1000), "worse", id="a fall beyond chance"),
        pytest.param((9, 10), (10, 10), "within chance", id="one of ten"),
        pytest.param((950, 1000), (950, 1000), "within chance", id="no change"),
        pytest.param((0, 0), (950, 1000), "first of the series", id="the first score after none"),
        pytest.param((950, 1000), (0, 0), "no score", id="none sent after some"),
    ],
)
def test_a_change_is_reported_only_beyond_chance(before, after, verdict):
    assert verdicts(series(before, after))[-1] == verdict


def test_a_slow_fall_shows_against_the_first_night():
    table = describe_trend(series(*((900 - 8 * night, 1000) for night in range(8))))
    assert set(table.get_column("verdict")[1:]) == {"within chance"}
    assert table.get_column("total_verdict")[-1] == "worse"
    assert table.get_column("since_first")[-1] == "r2026-11-01"
    assert table.get_column("since")[-1] == "r2026-11-07"


def test_a_night_without_a_score_is_passed_over():
    table = describe_trend(series((900, 1000), (0, 0), (960, 1000)))
    assert table.get_column("verdict").to_list() == ["first of the series", "no score", "better"]
    assert table.get_column("since").to_list() == [None, None, "r2026-11-01"]


def test_a_release_without_intervals_is_no_measure_of_a_change():
    old = series((900, 1000), (960, 1000)).with_columns(
        pl.when(pl.col("as_of") > FIRST_NIGHT).then(name).alias(name) for name in ("low", "high", "trials")
    )
    table = describe_trend(old)
    assert table.get_column("verdict")[-1] == "no interval"
    assert table.get_column("change")[-1] == pytest.approx(0.06)


def test_a_change_of_code_models_or_settings_is_marked():
    table = describe_trend(series((900, 1000), (960, 1000), (960, 1000), methods=("a", "b", "b")))
    assert table.get_column("is_same_method").to_list() == [None, False, True]
    assert table.get_column("total_is_same_method").to_list() == [None, False, False]


def test_one_release_has_no_trend():
    assert verdicts(series((900, 1000))) == ["first of the series"]


def test_no_release_has_no_rows():
    assert describe_trend(SERIES.empty()).is_empty()


def test_keys_are_not_compared_with_each_other():
    table = pl.concat([series((900, 1000)), series((500, 1000), scope_key="31")])
    assert verdicts(table) == ["first of the series"] * 2


counts = st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(counts, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_and_none_is_lost(nights, random):
    table = series(*nights)
    reported = describe_trend(table)
    assert reported.height == len(nights)
    assert describe_trend(table[random.sample(range(table.height), table.height)]).equals(reported)


@given(counts, counts)
def test_a_change_there_is_one_back(before, after):
    mirrored = {"better": "worse", "worse": "better"}
    there, back = verdicts(series(before, after))[-1], verdicts(series(after, before))[-1]
    if before[1] and after[1]:
        assert back == mirrored.get(there, there)
