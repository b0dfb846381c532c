"""Comparators: what they say of two values, and that they say it both ways round."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import comparators as compare
from matching.comparisons import LEFT, RIGHT, _levels, assess, code_values
from matching.names import describe_names, name_variants
from matching.orders import ORDER_MODEL
from matching.persons import PERSON_COLUMNS, person_model
from matching.weights import probability
from warehouse.tables.core import CORE_ALIASES, CORE_ORDERS

PERSONS = person_model(name_variants())


def holds(condition: pl.Expr, one: object, other: object, dtype: pl.DataType | None = None) -> bool | None:
    frame = pl.DataFrame({"value" + LEFT: [one], "value" + RIGHT: [other]})
    if dtype is not None:
        frame = frame.cast(dtype)
    return frame.select(condition).item()


@pytest.mark.parametrize(
    ("condition", "one", "other", "expected"),
    [
        pytest.param(compare.day_and_month_swapped("value"), date(2021, 3, 4), date(2021, 4, 3), True, id="exchanged"),
        pytest.param(
            compare.day_and_month_swapped("value"),
            date(2021, 3, 4),
            date(2020, 4, 3),
            False,
            id="exchanged, other year",
        ),
        pytest.param(compare.year_off("value", 1), date(2020, 5, 6), date(2021, 5, 6), True, id="a year off"),
        pytest.param(
            compare.year_off("value", 1), date(2020, 2, 29), date(2021, 2, 28), True, id="a year off a leap day"
        ),
        pytest.param(compare.year_off("value", 1), date(2020, 5, 6), date(2022, 5, 6), False, id="two years off"),
        pytest.param(compare.digits_off("value") == 1, date(1993, 5, 14), date(2003, 5, 14), False, id="two digits"),
        pytest.param(compare.digits_off("value") == 1, date(1993, 5, 14), date(1983, 5, 14), True, id="one digit"),
        pytest.param(compare.digits_off("value") == 1, date(1993, 5, 14), date(1993, 5, 14), False, id="no digit"),
        pytest.param(compare.same_year_and_month("value"), date(1993, 5, 1), date(1993, 5, 31), True, id="same month"),
        pytest.param(compare.days_apart("value") <= 2, date(2020, 12, 31), date(2021, 1, 2), True, id="two days"),
        pytest.param(compare.letter_off("value"), "2019/0086352Z", "2019/0086352K", True, id="letter differs"),
        pytest.param(compare.letter_off("value"), "2019/0086352Z", "2019/0086353Z", False, id="digit differs"),
        pytest.param(compare.overlap("value") == 0.5, ["C01", "C02"], ["C02", "C03", "C04"], True, id="half"),
        pytest.param(compare.overlap("value").is_null(), [], ["C02"], True, id="nothing to overlap"),
        pytest.param(compare.variant("value", [("WILLIAM", "BILL")]), "BILL", "WILLIAM", True, id="known variant"),
    ],
)
def test_condition(condition, one, other, expected):
    dtype = pl.List(pl.String) if isinstance(one, list) else None
    assert holds(condition, one, other, dtype) is expected
    assert holds(condition, other, one, dtype) is expected


def test_equal_texts_and_missing_texts_are_not_scored():
    frame = pl.DataFrame({"name_left": ["ANNA", "ANNA", None], "name_right": ["ANNA", "ANAN", "ANNA"]})
    assert compare.edits("name").compute(frame).to_list() == [None, 1.0, None]


names = st.sampled_from(["ANNA", "ANA", "MARIA ANNA", "VAN ANH", "NGUYEN", "NGUYEN VAN", "ROSS SHORT", "SHORT", "S"])
days = st.sampled_from([date(1984, 8, 17), date(1984, 7, 8), date(1984, 8, 7), date(1984, 1, 1), date(1900, 1, 1)])
identifiers = st.sampled_from(["2019/0086352Z", "2019/0086352K", "2019/0086353A", "1995/0689675R"])
record = st.fixed_dictionaries(
    {
        "forenames_folded": st.none() | names,
        "surname_folded": st.none() | names,
        "date_of_birth": st.none() | days,
        "birth_year": st.none() | st.sampled_from([1984, 1900]),
        "birth_month": st.none() | st.sampled_from([1, 7, 8]),
        "is_birth_placeholder": st.booleans(),
        "sex": st.sampled_from([None, "M", "F"]),
        "pnc_id": st.none() | identifiers,
        "is_pnc_id_valid": st.sampled_from([None, True, False]),
        "cro_number": st.sampled_from([None, "000123/20A", "000124/20B"]),
        "is_cro_valid": st.none(),
        "order_type": st.sampled_from([None, "STRO", "STPO"]),
        "is_interim": st.sampled_from([None, True, False]),
        "made_on": st.none() | days,
        "start_on": st.none() | days,
        "end_on": st.none() | days,
        "is_until_further_order": st.sampled_from([None, True, False]),
        "term_months": st.sampled_from([None, 12, 24]),
    }
)


def described(*records: dict[str, object]) -> pl.DataFrame:
    schema = CORE_ORDERS.schema
    frame = pl.DataFrame(records, schema={name: schema[name] for name in records[0]}, orient="row").with_columns(
        record_id=pl.Series(["a", "b"]), source=pl.Series(["pnc", "court"])
    )
    rest = [pl.lit(None, schema[name]).alias(name) for name in ("court_code", "force_code", "case_urn")]
    aliases = CORE_ALIASES.empty().select("record_id", "forenames_folded", "surname_folded")
    return describe_names(frame, aliases).with_columns(
        *rest,
        pl.lit(None, pl.String).alias("occurrence_ref"),
        pl.lit(None, pl.List(pl.String)).alias("condition_codes"),
    )


@settings(max_examples=40, deadline=None)
@given(record, record)
def test_comparisons_do_not_tell_left_from_right(one, other):
    frame = described(one, other)
    for comparison in (*PERSONS.comparisons, *ORDER_MODEL.comparisons):
        values = frame.select(comparison.columns)
        there = _levels(comparison, values, values.reverse())
        assert there.item(0) == there.item(1), comparison.name


@settings(max_examples=40, deadline=None)
@given(record)
def test_nothing_speaks_against_a_record_and_its_copy(one):
    frame, pair = described(one, one), pl.DataFrame({"left": [0], "right": [1]})
    for comparison in PERSONS.comparisons:
        if comparison.name != "date of birth":  # parts drawn apart need not fit together
            level = assess(code_values(comparison, frame), pair).item()
            assert comparison.weights[level] >= 0, comparison.name


@pytest.mark.parametrize("comparison", [*PERSONS.comparisons, *ORDER_MODEL.comparisons], ids=lambda item: item.name)
def test_shares_of_a_comparison_are_probabilities(comparison):
    assert all(0 < level.m <= 1 and 0 < level.u <= 1 for level in comparison.levels)


def test_person_columns_are_those_of_the_core_tables():
    assert set(PERSON_COLUMNS) <= set(CORE_ORDERS.schema)


def test_weight_reads_as_probability():
    assert probability(10, 1 / 1025) == pytest.approx(0.5)
