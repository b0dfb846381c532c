"""What holds of golden values whatever is recorded."""

import random
from datetime import date

import polars as pl
from golden_choice import (
    BAD_PNC_ID,
    GOOD_PNC_ID,
    OTHER_PNC_ID,
    choose,
    choose_golden,
    frame,
    one_order,
    record,
)
from hypothesis import given
from hypothesis import strategies as st
from properties import SEVENTH, THIRD

from reconciliation.golden import PERSON_FIELDS


def test_no_record_of_another_order_speaks_for_an_order():
    records = frame([record("pnc", "a", made_on=date(2020, 1, 1)), record("pnd", "b", made_on=date(2021, 1, 1))])
    clusters = one_order(records).with_columns(pl.col("record_id").alias("order_cluster"))
    golden, _ = choose_golden(records, clusters)
    assert golden.get_column("made_on").to_list() == [date(2020, 1, 1), date(2021, 1, 1)]


def test_field_without_any_value_has_no_provenance():
    _, reasons = choose(record("pnc", "a", sex="M"))
    assert set(reasons) == {"sex", "order_type"}


days = st.none() | st.dates(date(2014, 1, 1), date(2026, 1, 1))


held = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["pnc", "pnd", "court", "rocu"]),
        "order": st.integers(0, 4),
        "made_on": days,
        "start_on": days,
        "end_on": days,
        "recorded_on": days,
        "date_of_birth": st.none() | st.dates(date(1960, 1, 1), date(2015, 1, 1)),
        "is_birth_placeholder": st.booleans(),
        "term_months": st.none() | st.integers(0, 120),
        "is_until_further_order": st.none() | st.booleans(),
        "is_interim": st.none() | st.booleans(),
        "order_type": st.sampled_from([None, "STRO", "STPO", "TERO"]),
        "court_code": st.sampled_from([None, "C37IP00", "B20BL00"]),
        "forenames": st.sampled_from([None, "Ana", "Ana Maria", "Ană"]),
        "sex": st.sampled_from([None, "M", "F"]),
        "pnc_id": st.sampled_from([None, GOOD_PNC_ID, BAD_PNC_ID, OTHER_PNC_ID]),
        "result_state": st.sampled_from([None, "FINAL", "WITHDRAWN"]),
        "amends": st.none() | st.integers(0, 5),
    }
)


def build(drawn):
    rows, orders = [], []
    for number, drawn_values in enumerate(drawn):
        values = dict(drawn_values)
        orders.append(f"order{values.pop('order')}")
        amends, forenames = values.pop("amends"), values["forenames"]
        values["amends_source_key"] = None if amends is None else str(amends)
        values["forenames_folded"] = forenames and forenames.replace("ă", "a").upper()
        values["is_pnc_id_valid"] = values["pnc_id"] and values["pnc_id"] != BAD_PNC_ID
        rows.append(record(values.pop("source"), str(number), **values))
    records = frame(rows)
    clusters = one_order(records).with_columns(pl.Series("order_cluster", orders))
    return records, clusters


@SEVENTH
@given(st.lists(held, min_size=1, max_size=16), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(drawn, shuffle: random.Random):
    records, clusters = build(drawn)
    order = list(range(records.height))
    shuffle.shuffle(order)
    once, again = choose_golden(records, clusters), choose_golden(records[order], clusters[order[::-1]])
    assert once[0].equals(again[0])
    assert once[1].sort("order_cluster", "field").equals(again[1].sort("order_cluster", "field"))


@SEVENTH
@given(st.lists(held, min_size=1, max_size=16))
def test_winner_agreeing_and_losing_are_all_records_with_a_value(drawn):
    records, clusters = build(drawn)
    _, reasons = choose_golden(records, clusters)
    of_order = records.join(clusters, on="record_id")
    for reason in reasons.to_dicts():
        field, order = reason["field"], reason["order_cluster"]
        reported = of_order if field in {f.name for f in PERSON_FIELDS} else of_order.filter(order_cluster=order)
        stated = reported.filter(pl.col(field).is_not_null()).get_column("record_id").to_list()
        if field == "is_until_further_order":
            has_end = pl.col("end_on").is_not_null() | pl.col("term_months").is_not_null()
            stated = reported.filter(pl.col(field).is_not_null() | has_end).get_column("record_id").to_list()
        winner = [reason["record_id"]] if reason["record_id"] else []
        losers = [losing.split("=")[0] for losing in reason["losing"]]
        assert sorted(winner + reason["agreeing"] + losers) == sorted(stated)


@THIRD
@given(st.lists(held, min_size=1, max_size=16))
def test_invalid_value_never_wins_where_a_valid_one_is_held(drawn):
    records, clusters = build(drawn)
    golden, _ = choose_golden(records, clusters)
    valid = records.filter(pl.col("is_pnc_id_valid")).get_column("pnc_id").to_list()
    assert set(golden.get_column("pnc_id")) <= (set(valid) if valid else {None})
    assert (golden.filter(pl.col("end_on") < pl.col("start_on"))).height == 0


@SEVENTH
@given(st.lists(held, min_size=1, max_size=16))
def test_open_end_excludes_end_and_term(drawn):
    golden, _ = choose_golden(*build(drawn))
    is_open = golden.filter(pl.col("is_until_further_order"))
    assert is_open.get_column("end_on").null_count() == is_open.height
    assert is_open.get_column("term_months").null_count() == is_open.height
