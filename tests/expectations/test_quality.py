"""The six dimensions as a specification: what counts, what does not, and what has no score."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from order_cases import AS_OF, DELIVERED, delivery, discrepancies, evidence, golden, record, watched
from properties import THIRD

from expectations.discrepancies import PresenceClock
from expectations.measures import MEASURES
from expectations.quality import score_quality
from warehouse.tables.register import DIMENSIONS, QUALITY_SCORES

SOURCES = ("pnc", "pnd", "court", "rocu")
CONDITIONS = {row["record_id"]: ["C01"] for row in map(record, SOURCES)}


def scores(whole):
    return score_quality(watched(whole), discrepancies(whole), as_of=AS_OF, clock=PresenceClock())


def score(whole, scope, key, dimension):
    at = pl.col("scope").eq(scope) & pl.col("scope_key").eq(key) & pl.col("dimension").eq(dimension)
    return scores(whole).filter(at).select("numerator", "denominator", "score").row(0)


def whole_order(*changed, order=None, **more):
    taken = {row["source"] for row in changed}
    records = [*changed, *(record(source) for source in SOURCES if source not in taken)]
    settled = {"conditions": CONDITIONS, "golden_conditions": ["C01"], **more}
    return evidence(records, [order or golden()], **settled)


def test_an_order_that_all_sources_hold_alike_and_in_time_is_perfect():
    of_order = scores(whole_order()).filter(pl.col("scope") == "record")
    assert of_order.get_column("dimension").sort().to_list() == sorted(DIMENSIONS)
    assert of_order.get_column("score").to_list() == [1.0] * 6


def test_a_missing_value_lowers_completeness():
    numerator, denominator, _ = score(whole_order(record("pnc", date_of_birth=None)), "source", "pnc", "completeness")
    assert (numerator, denominator) == (9.0, 10.0)


def test_until_further_order_is_as_complete_as_an_end():
    open_end = record("pnc", end_on=None, is_until_further_order=True)
    assert score(whole_order(open_end), "source", "pnc", "completeness") == (10.0, 10.0, 1.0)


@pytest.mark.parametrize(
    ("record_of", "sources"),
    [
        pytest.param({"event": "discharged"}, ["court"], id="of which a court alone says what became"),
        pytest.param({"is_dropped": True}, [], id="that no source holds any more"),
    ],
)
def test_an_order_that_nobody_holds_is_expected_of_no_source(record_of, sources):
    told = evidence([record("court", **record_of)], [golden(sources=sources)])
    assert score(told, "source", "pnc", "completeness") == (0.0, 0.0, None)


def test_an_order_absent_from_a_source_counts_with_all_its_values():
    held = evidence([record("pnd"), record("court")], [golden(sources=["court", "pnd"])])
    assert score(held, "source", "pnc", "completeness") == (0.0, 10.0, 0.0)


def test_a_region_without_a_return_never_scores_as_perfect():
    held = [record(source) for source in ("pnc", "pnd", "court")]
    missing = delivery(
        "rocu", "rocu_EMSOU", state="missing", is_used=False, dated_on=None, delivery_id="rocu_EMSOU:missing"
    )
    whole = evidence(held, [golden(sources=["court", "pnc", "pnd"])], deliveries=(*DELIVERED[:3], missing))
    of_region = scores(whole).filter((pl.col("scope") == "region") & (pl.col("scope_key") == "EMSOU"))
    assert dict(of_region.select("dimension", "score").rows()) == {
        "completeness": 0.0,
        "timeliness": 0.0,
        "uniqueness": None,
        "consistency": None,
        "validity": None,
        "accuracy": None,
    }


def test_who_holds_nothing_has_no_score():
    of_region = scores(whole_order()).filter((pl.col("scope") == "region") & (pl.col("scope_key") == "TARIAN"))
    assert of_region.get_column("score").to_list() == [None] * 6
    assert of_region.get_column("denominator").to_list() == [0.0] * 6


def test_a_second_record_of_an_order_lowers_uniqueness():
    second = record("pnd", source_key="PND-0000009", is_duplicate=True)
    whole = evidence([*map(record, SOURCES), second])
    assert score(whole, "source", "pnd", "uniqueness") == (1.0, 2.0, 0.5)
    assert score(whole, "source", "pnc", "uniqueness") == (1.0, 1.0, 1.0)


def test_a_value_that_differs_lowers_consistency_of_its_source_alone():
    whole = whole_order(record("pnc", made_on=date(2021, 3, 11)))
    numerator, denominator, _ = score(whole, "source", "pnc", "consistency")
    assert denominator - numerator == 1
    assert score(whole, "source", "pnd", "consistency")[2] == 1.0


def test_the_same_fact_in_another_form_does_not_lower_consistency():
    assert score(whole_order(record("pnc", end_on=date(2026, 4, 1))), "source", "pnc", "consistency")[2] == 1.0


def test_an_order_that_one_record_holds_cannot_be_consistent_or_not():
    alone = evidence([record("pnd")], [golden(sources=["pnd"], record_count=1)])
    assert score(alone, "record", "ORDER-1", "consistency") == (0.0, 0.0, None)


@pytest.mark.parametrize(
    ("days", "passed"), [pytest.param(10, 1.0, id="on the last day"), pytest.param(11, 0.0, id="a day late")]
)
def test_a_record_is_timely_within_the_clock_of_its_source(days, passed):
    late = record("pnc", first_seen_on=date(2021, 3, 9 + days))
    assert score(whole_order(late), "record", "ORDER-1", "timeliness")[:2] == (1.0 + passed, 2.0)


def test_the_day_of_the_last_touch_makes_no_record_late():
    touched = record("pnc", recorded_on=date(2023, 6, 1))
    assert score(whole_order(touched), "record", "ORDER-1", "timeliness")[2] == 1.0


def test_an_order_that_never_came_is_not_in_time_once_its_time_is_up():
    absent = evidence([record("pnd"), record("court")], [golden(sources=["court", "pnd"])])
    assert score(absent, "record", "ORDER-1", "timeliness")[:2] == (1.0, 2.0)


def test_one_delivery_gives_no_rate():
    first_night = score_quality(whole_order(), discrepancies(whole_order()), as_of=AS_OF, clock=PresenceClock())
    assert first_night.filter(dimension="timeliness").get_column("score").null_count() == first_night.height // 6


def test_a_late_delivery_lowers_the_timeliness_of_its_source():
    deliveries = (delivery("pnc", "pnc_ancord", state="late"), *DELIVERED[1:])
    assert score(whole_order(deliveries=deliveries), "source", "pnc", "timeliness") == (1.0, 2.0, 0.5)


def test_a_wrong_check_letter_and_a_refused_value_lower_validity():
    wrong = record("pnc", pnc_id="2012/0612542M", is_pnc_id_valid=False)
    refused = {"record_id": wrong["record_id"], "source": "pnc", "source_key": wrong["source_key"]}
    refused |= {"field": "cro_number", "value": "x", "reason_code": "bad_format", "expected": "a CRO number"}
    numerator, denominator, _ = score(whole_order(wrong, rejected=[refused]), "source", "pnc", "validity")
    assert denominator - numerator == 2


def test_accuracy_is_agreement_with_the_court_and_the_court_is_not_judged():
    whole = whole_order(record("pnc", order_type="STRO"))
    assert score(whole, "source", "pnc", "accuracy") == (5.0, 6.0, 5 / 6)
    assert score(whole, "source", "court", "accuracy") == (0.0, 0.0, None)


def test_without_a_court_result_there_is_no_accuracy():
    held = evidence([record("pnc"), record("pnd")], [golden(sources=["pnc", "pnd"])])
    assert score(held, "record", "ORDER-1", "accuracy") == (0.0, 0.0, None)


def test_a_force_is_judged_by_the_police_records_of_its_orders():
    whole = whole_order(record("pnd", force_code="01", made_on=date(2021, 3, 11)))
    assert score(whole, "force", "33", "consistency")[2] < 1.0
    assert score(whole, "force", "01", "consistency") == (0.0, 0.0, None)
    assert score(whole, "force", "33", "uniqueness") == (2.0, 2.0, 1.0)


def test_sums_over_sources_are_the_sum_of_all():
    table = scores(whole_order(record("pnc", made_on=date(2021, 3, 11))))
    by_source = table.filter(pl.col("scope") == "source").group_by("dimension").agg(pl.col("denominator").sum())
    over_all = table.filter(pl.col("scope") == "all").select("dimension", "denominator")
    assert by_source.sort("dimension").equals(over_all.sort("dimension"))


def test_every_dimension_has_a_measure_with_its_formula_inputs_and_limits():
    assert [measure.dimension for measure in MEASURES] == list(DIMENSIONS)
    assert all(measure.formula and measure.inputs and measure.limits for measure in MEASURES)


def test_the_result_has_the_declared_shape_and_a_key():
    table = scores(whole_order())
    assert table.schema == QUALITY_SCORES.schema
    assert table.select(QUALITY_SCORES.key).is_duplicated().sum() == 0


@THIRD
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(random):
    rows = [record(source, start_on=date(2021, 4, day)) for day, source in enumerate(SOURCES, start=1)]
    assert scores(evidence(random.sample(rows, 4))).equals(scores(evidence(rows)))
