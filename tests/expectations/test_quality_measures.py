"""The measures as they are documented: each worked example is counted here on the order it speaks of."""

from datetime import date

import polars as pl
import pytest
from order_cases import AS_OF, KEYS, delivery, discrepancies, evidence, golden, record, watched
from shares import one_in

from expectations.discrepancies import PresenceClock
from expectations.measures import MEASURES
from expectations.quality import score_quality
from warehouse.tables.register import DIMENSIONS

CONDITIONS = {record(source)["record_id"]: ["C01"] for source in KEYS}
BY_DIMENSION = {measure.dimension: measure for measure in MEASURES}


def held(*records, order=None, without=(), **more):
    taken = {row["source"] for row in records} | set(without)
    others = [record(source) for source in KEYS if source not in taken]
    return evidence([*records, *others], [order or golden()], conditions=CONDITIONS, **more)


def refused_cro_number():
    wrong = record("pnc", pnc_id="2012/0612542M", is_pnc_id_valid=False)
    refused = {"record_id": wrong["record_id"], "source": "pnc", "source_key": wrong["source_key"]}
    refused |= {"field": "cro_number", "value": "x", "reason_code": "bad_format", "expected": "a CRO number"}
    return held(wrong, rejected=[refused])


CASES = {
    "completeness": held(
        record("pnc", date_of_birth=None),
        order=golden(sources=["court", "pnc", "pnd"], record_count=3),
        without=["rocu"],
    ),
    "uniqueness": held(record("pnd"), record("pnd", source_key="PND-0000009", is_duplicate=True)),
    "consistency": held(record("pnc", made_on=date(2021, 9, 3))),
    "timeliness": held(record("pnc", first_seen_on=date(2021, 3, 29))),
    "validity": refused_cro_number(),
    "accuracy": held(record("pnc", order_type="STRO")),
}


def scores_of(whole, clock=None):
    return score_quality(watched(whole), discrepancies(whole), as_of=AS_OF, clock=clock or PresenceClock())


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_worked_example_of_a_dimension_is_counted_as_it_is_reported(dimension):
    at = (pl.col("scope") == "record") & (pl.col("dimension") == dimension)
    counted = scores_of(CASES[dimension]).filter(at).select("numerator", "denominator").row(0)
    example = BY_DIMENSION[dimension].example
    assert counted == (example.numerator, example.denominator)


def test_every_dimension_has_a_weight_with_its_reason():
    assert all(measure.weight > 0 and measure.reason for measure in MEASURES)


@pytest.fixture(scope="module")
def scores_of_nothing():
    """The scores of a night on which no delivery came."""
    missing = {"state": "missing", "is_used": False, "dated_on": None}
    feeds = (("pnc", "pnc_ancord"), ("pnd", "pnd"), ("court", "court"), ("rocu", "rocu_EMSOU"))
    nothing = tuple(delivery(source, feed, delivery_id=f"{feed}:missing", **missing) for source, feed in feeds)
    return scores_of(evidence([], [], deliveries=nothing))


@pytest.mark.parametrize("dimension", DIMENSIONS)
@pytest.mark.parametrize(
    ("scope", "key"),
    [
        pytest.param("source", "rocu", id="a source that sent nothing"),
        pytest.param("region", "EMSOU", id="a region that sent nothing"),
        pytest.param("all", "all", id="nothing came at all"),
        pytest.param("force", "33", id="a force without an order"),
        pytest.param("area", "EMSOU", id="forces without an order"),
    ],
)
def test_no_return_never_scores_as_perfect(scores_of_nothing, scope, key, dimension):
    at = (pl.col("scope") == scope) & (pl.col("scope_key") == key) & (pl.col("dimension") == dimension)
    score, low, high = scores_of_nothing.filter(at).select("score", "low", "high").row(0)
    is_late = dimension == "timeliness" and scope not in ("force", "area")
    assert score == (0.0 if is_late else None)
    assert (low is None, high is None) == (not is_late, not is_late)


@one_in(3, "dimension", DIMENSIONS)
def test_a_region_whose_return_lacks_an_order_that_is_due_is_perfect_in_nothing(dimension):
    whole = held(order=golden(sources=["court", "pnc", "pnd"], record_count=3), without=["rocu"])
    late = tuple(row if row["source"] != "rocu" else {**row, "state": "late"} for row in whole.deliveries.to_dicts())
    scores = scores_of(held(order=whole.orders.row(0, named=True), without=["rocu"], deliveries=late))
    at = (pl.col("scope") == "region") & (pl.col("scope_key") == "EMSOU") & (pl.col("dimension") == dimension)
    assert scores.filter(at).item(0, "score") in (None, 0.0)


def test_the_clock_of_an_order_type_counts_before_that_of_its_source():
    whole = held(record("pnc", first_seen_on=date(2021, 3, 29)))
    clock = PresenceClock(days=PresenceClock().days | {"pnc:STPO": 20})
    at = (pl.col("scope") == "record") & (pl.col("dimension") == "timeliness")
    assert scores_of(whole).filter(at).item(0, "score") == 0.5
    assert scores_of(whole, clock).filter(at).item(0, "score") == 1.0


def test_an_area_is_the_sum_of_its_forces():
    orders = [golden(), golden(order_id="ORDER-2", force_code="31")]
    second = [record(s, source_key=f"{s}-2", order_id="ORDER-2", force_code="31", surname=None) for s in ("pnc", "pnd")]
    scores = scores_of(evidence([*map(record, KEYS), *second], orders, conditions=CONDITIONS))
    of_forces = scores.filter((pl.col("scope") == "force") & pl.col("scope_key").is_in(["33", "31"]))
    of_area = scores.filter((pl.col("scope") == "area") & (pl.col("scope_key") == "EMSOU"))
    counts = ["numerator", "denominator", "units", "failed_units"]
    summed = of_forces.group_by("dimension").agg(pl.col(counts).sum()).sort("dimension")
    assert summed.equals(of_area.select("dimension", *counts).sort("dimension"))
