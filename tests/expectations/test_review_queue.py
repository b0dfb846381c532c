"""The steward's queue as a specification: what is queued, how urgent it is, and that the sum can be checked."""

import re
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from order_cases import AS_OF, against_agreement, discrepancies, evidence, frame, golden, record
from properties import HALF
from shares import one_in

from expectations.review_items import RULE_TITLES
from expectations.review_queue import Linked, build_review_queue
from warehouse.tables.link import LINK_CONFLICTS, LINK_PAIRS
from warehouse.tables.register import FIELD_PROVENANCE, ORDERS, REVIEW_QUEUE

NO_FORMER = (REVIEW_QUEUE.empty(), None)


DECIDED = {
    "kind": pl.String,
    "order_id": pl.String,
    "other_order_id": pl.String,
    "decision_ids": pl.List(pl.String),
    "fields": pl.List(pl.String),
}
KEPT_APART = dict.fromkeys(("level", "left_id", "right_id"), pl.String)
VALUE = dict.fromkeys(("order_id", "field"), pl.String)


def queue(
    whole,
    *,
    pairs=(),
    conflicts=(),
    decided=(),
    kept_apart=(),
    unclear=(),
    answered=(),
    provenance=(),
    found=None,
    former=NO_FORMER,
    as_of=AS_OF,
):
    linked = Linked(
        pairs=frame(pairs, LINK_PAIRS),
        conflicts=frame(conflicts, LINK_CONFLICTS),
        decided=pl.DataFrame(list(decided), schema=DECIDED, orient="row"),
        kept_apart=pl.DataFrame(list(kept_apart), schema=KEPT_APART, orient="row"),
        unclear=pl.DataFrame(list(unclear), schema=VALUE, orient="row"),
        answered=pl.DataFrame(list(answered), schema=VALUE, orient="row"),
    )
    return build_review_queue(
        whole,
        discrepancies(whole, as_of=as_of) if found is None else found,
        provenance=frame(provenance, FIELD_PROVENANCE),
        linked=linked,
        former=former[0],
        former_as_of=former[1],
        as_of=as_of,
    )


def two_orders():
    rows = [record("pnc"), record("pnd", order_id="ORDER-2")]
    orders = [golden(sources=["pnc"], record_count=1), golden(order_id="ORDER-2", sources=["pnd"], record_count=1)]
    return evidence(rows, [{**order, "legal_status": "expired"} for order in orders])


def pair(person, order):
    weights = {"person_weight": person, "order_weight": order, "match_weight": person + order}
    ids = {"left_id": "pnc:00000001", "right_id": "pnd:PND-0000001", "blocking_rule": "pnc_id"}
    return {**ids, **weights, "levels": [], "weights": []}


def near(pairs):
    return queue(two_orders(), pairs=pairs).filter(pl.col("kind") == "near_match")


@pytest.mark.parametrize(
    ("sure", "kept_apart", "is_asked"),
    [
        pytest.param(0.6, (), True, id="the two may be one order, in force"),
        pytest.param(0.99, (), False, id="the register is sure of it"),
        pytest.param(0.6, [("order", "pnc:00000001", "pnd:PND-0000001")], False, id="a steward keeps them apart"),
    ],
)
def test_an_order_that_may_have_been_ended_by_itself_is_asked_about_beside_the_later_one(sure, kept_apart, is_asked):
    whole = two_orders()
    ended = pl.when(pl.col("order_id") == "ORDER-1")
    orders = whole.orders.with_columns(
        legal_status=ended.then(pl.lit("superseded")).otherwise("legal_status"),
        followed_by_order_id=ended.then(pl.lit("ORDER-2")),
        made_on=ended.then("made_on").otherwise(pl.lit(date(2022, 3, 10))),
        start_on=ended.then("start_on").otherwise(pl.lit(date(2022, 3, 10))),
        end_on=ended.then("end_on").otherwise(pl.lit(date(2027, 3, 10))),
        status_confidence=ended.then(sure),
    )
    asked = queue(replace(whole, orders=orders), kept_apart=kept_apart).filter(pl.col("kind") == "near_match")
    assert asked.select("order_id", "other_order_id", "uncertainty", "stream").rows() == (
        [("ORDER-1", "ORDER-2", 0.4, "settle")] if is_asked else []
    )


@one_in(
    3,
    ("changed", "is_asked"),
    [
        pytest.param({"pnc_id": "2015/0000002B"}, True, id="another PNC id, and the same birth"),
        pytest.param({"pnc_id": None, "date_of_birth": None}, True, id="no birth, and the same name"),
        pytest.param({"surname_folded": "HORAKOVA"}, True, id="another surname, and the same birth"),
        pytest.param({"order_type": "STRO", "surname_folded": "NOVAKOV"}, True, id="a slip in the name, another type"),
        pytest.param({"made_on": date(2021, 3, 11)}, True, id="another day of making, and the same last day"),
        pytest.param({"made_on": date(2024, 11, 23), "end_on": None, "start_on": None}, False, id="another day"),
        pytest.param(
            {"surname_folded": "OKAFOR", "forenames_folded": "GRACE", "date_of_birth": None},
            False,
            id="no birth, and another name",
        ),
        pytest.param({"date_of_birth": date(1973, 12, 29)}, True, id="another birth, and the same name"),
        pytest.param(
            {"surname_folded": "OKAFOR", "forenames_folded": "GRACE", "date_of_birth": date(1988, 4, 19)},
            True,
            id="another name, and a birth two days off",
        ),
    ],
)
def test_two_orders_of_one_making_that_no_source_holds_both_of_are_asked_about(changed, is_asked):
    rows = [record("pnc"), record("pnd", order_id="ORDER-2")]
    whole = evidence(rows, [golden(sources=["pnc"]), golden(order_id="ORDER-2", sources=["pnd"], **changed)])
    found = queue(whole).filter(kind="near_match")
    assert found.select("order_id", "other_order_id", "uncertainty").rows() == (
        [("ORDER-1", "ORDER-2", 0.9)] if is_asked else []
    )
    apart_now = [("order", "pnc:00000001", "pnd:PND-0000001")]
    assert queue(whole, kept_apart=apart_now).filter(kind="near_match").is_empty(), "a steward keeps them apart"


ELSEWHERE = {"court_code": "B01LY00", "force_code": "01"}
MUCH_LATER = {"made_on": date(2024, 11, 23), "start_on": date(2024, 11, 23), "end_on": None}


@one_in(
    2,
    ("changed", "is_asked"),
    [
        pytest.param({}, True, id="the same days"),
        pytest.param({"date_of_birth": None, "surname_folded": "NOVAKOV"}, True, id="no birth, and a slip in the name"),
        pytest.param(
            {"made_on": None, "start_on": date(2021, 3, 17), "end_on": None}, True, id="a start near the making"
        ),
        pytest.param(MUCH_LATER, False, id="days far apart"),
        pytest.param({"surname_folded": "OKAFOR", "forenames_folded": "GRACE"}, False, id="another name"),
        pytest.param({"date_of_birth": date(1988, 1, 30)}, False, id="another birth"),
    ],
)
def test_two_orders_of_one_person_made_elsewhere_on_like_days_are_asked_about_as_less_likely(changed, is_asked):
    rows = [record("pnc"), record("pnd", order_id="ORDER-2")]
    other = golden(order_id="ORDER-2", sources=["pnd"], **ELSEWHERE, **changed)
    found = queue(evidence(rows, [golden(sources=["pnc"]), other])).filter(kind="near_match")
    assert found.select("order_id", "other_order_id", "uncertainty").rows() == (
        [("ORDER-1", "ORDER-2", 0.6)] if is_asked else []
    )
    assert not is_asked or "of one person" in found.item(0, "reason")


def test_two_orders_of_one_making_that_one_source_holds_both_of_are_two():
    rows = [record("pnc"), record("pnc", order_id="ORDER-2", source_key="00000002"), record("pnd", order_id="ORDER-2")]
    assert queue(evidence(rows, [golden(), golden(order_id="ORDER-2")])).filter(kind="near_match").is_empty()


def test_an_order_with_weighty_discrepancies_is_one_item():
    found = queue(against_agreement(record("pnc", is_interim=True, order_type="STRO")))
    assert found.select("kind", "order_id", "reason").rows() == [
        ("discrepancies", "ORDER-1", "sources differ: is_interim, order_type")
    ]


def surety(field, confidence, **more):
    """A golden value of which the register is so sure."""
    votes = {"order_id": "ORDER-1", "field": field, "rule": "precedence", "agreeing": [], "losing": []}
    return votes | {"confidence": confidence} | more


@pytest.mark.parametrize(
    ("confidence", "is_queued"),
    [
        pytest.param(0.99, False, id="the register is sure: its owner corrects it"),
        pytest.param(0.6, True, id="the register may be wrong: a person decides"),
    ],
)
def test_a_lesser_discrepancy_needs_a_person_only_where_the_register_may_be_wrong(confidence, is_queued):
    whole = against_agreement(record("pnc", made_on=date(2021, 3, 11)))
    found = queue(whole, provenance=[surety("made_on", confidence)])
    assert ("discrepancies" in found.get_column("kind")) is is_queued


def test_a_value_that_nobody_disputes_and_may_well_be_wrong_is_an_item():
    whole = evidence([record(source) for source in ("pnc", "pnd", "court", "rocu")])
    sure, unsure, idle = surety("made_on", 0.95), surety("end_on", 0.6), surety("is_county_lines", 0.2)
    (item,) = queue(whole, provenance=[sure, unsure, idle]).to_dicts()
    assert (item["kind"], item["fields"], item["reason"]) == (
        "doubtful_value",
        ["end_on"],
        "may be wrong: end_on (40 %)",
    )
    assert (item["uncertainty"], item["stream"]) == (0.4, "settle")


def test_a_value_that_a_steward_could_not_judge_is_asked_again_only_when_its_records_change():
    whole = evidence([record(source) for source in ("pnc", "pnd", "court", "rocu")])
    assert queue(whole, provenance=[surety("end_on", 0.6)], unclear=[("ORDER-1", "end_on")]).is_empty()


def test_a_value_whose_discrepancy_a_steward_dealt_with_does_not_come_back_as_one_that_may_be_wrong():
    whole = evidence([record(source) for source in ("pnc", "pnd", "court", "rocu")])
    unsure = [surety("end_on", 0.6), surety("start_on", 0.6)]
    (item,) = queue(whole, provenance=unsure, answered=[("ORDER-1", "end_on")]).to_dicts()
    assert item["fields"] == ["start_on"]


def test_a_value_that_was_dealt_with_is_no_part_of_what_else_is_asked_of_its_order():
    whole = against_agreement(record("pnc", order_type="STRO"))
    asked = queue(whole, provenance=[surety("end_on", 0.6)], answered=[("ORDER-1", "end_on")])
    assert asked.get_column("fields").to_list() == [["order_type"]]


def test_a_value_that_was_dealt_with_is_asked_about_again_where_a_record_newly_differs():
    whole = against_agreement(record("pnc", order_type="STRO"))
    asked = queue(whole, provenance=[surety("order_type", 0.6)], answered=[("ORDER-1", "order_type")])
    assert asked.get_column("fields").to_list() == [["order_type"]]


def test_a_doubtful_value_of_an_order_that_is_in_the_queue_is_no_second_item():
    whole = against_agreement(record("pnc", order_type="STRO"))
    kinds = queue(whole, provenance=[surety("end_on", 0.6)]).get_column("kind").to_list()
    assert kinds == ["discrepancies"]


@pytest.mark.parametrize(
    ("confidence", "stream"),
    [
        pytest.param(0.999, "send", id="the register is sure, and the source is wrong"),
        pytest.param(0.8, "settle", id="the register may be wrong"),
    ],
)
def test_what_the_register_is_sure_of_is_sent_and_the_rest_is_settled(confidence, stream):
    whole = against_agreement(record("pnc", order_type="STRO"))
    assert queue(whole, provenance=[surety("order_type", confidence)]).item(0, "stream") == stream


def test_what_breaks_a_rule_of_law_is_always_settled():
    values = {"order_type": "TERO", "term_months": None}
    whole = evidence([record(source, **values) for source in ("pnc", "pnd", "court", "rocu")], [golden(**values)])
    found = queue(whole, provenance=[surety("order_type", 0.999)])
    assert found.select("kind", "stream").rows() == [("constraint", "settle")]


def refused(**values):
    """An order that the PNC holds and the court refused, nobody knows whether it is in force."""
    court = record("court", **dict.fromkeys(("made_on", "start_on", "end_on", "term_months", "court_code")))
    told = court | {"event": "refused", "recorded_status": "doubtful"}
    return evidence([told, record("pnc")], [golden(is_in_force_doubtful=True, sources=["court", "pnc"], **values)])


def test_whether_an_order_is_in_force_is_asked_of_a_steward_also_where_a_record_raises_the_doubt():
    (item,) = queue(refused(), provenance=[surety("legal_status", 0.999)]).filter(kind="doubt").to_dicts()
    assert (item["stream"], item["uncertainty"]) == ("settle", 1.0)
    assert item["reason"] == RULE_TITLES["DOUBT-REFUSED"]


def test_of_an_order_of_which_the_court_alone_speaks_nothing_is_asked_once_a_steward_gave_its_last_day():
    told = record("court", event="discharged", recorded_status="discharged", made_on=None)
    whole = evidence([told], [golden(legal_status="discharged", sources=["court"])])
    assert queue(whole).get_column("rule_codes").to_list() == [["DOUBT-NOT-HELD"]]
    assert queue(whole, provenance=[surety("end_on", 1.0, decision_id="DEC-1")]).is_empty()


def test_discrepancies_of_form_alone_are_not_queued():
    assert queue(against_agreement(record("pnc", forenames_folded="JANA"))).height == 0


def test_an_order_that_one_record_alone_holds_is_a_lone_record():
    whole = evidence([record("pnd")], [golden(sources=["pnd"], record_count=1)])
    assert queue(whole).select("kind", "reason").rows() == [
        ("lone_record", "only one record holds it; missing from Court, PNC, Regional return")
    ]


def test_an_order_that_breaks_a_hard_rule_is_a_constraint():
    values = {"order_type": "TERO", "term_months": None}
    whole = evidence([record(source, **values) for source in ("pnc", "pnd", "court", "rocu")], [golden(**values)])
    assert queue(whole).select("kind", "reason").rows() == [("constraint", RULE_TITLES["R35"])]


def test_an_order_that_breaks_a_hard_rule_is_asked_about_every_value_that_may_be_the_wrong_one():
    values = {"start_on": date(2021, 3, 1), "made_on": date(2021, 3, 10), "end_on": date(2026, 3, 1)}
    whole = evidence([record(source, **values) for source in ("pnc", "pnd", "court", "rocu")], [golden(**values)])
    assert queue(whole).get_column("fields").to_list() == [["made_on", "start_on"]]


def test_an_early_discharge_is_a_question_and_hardly_a_fault():
    whole = against_agreement(record("pnc", order_type="STRO"))
    of_order = {"source": pl.lit(None, pl.String), "severity": pl.lit("high"), "rule_code": pl.lit("R16")}
    broken = discrepancies(whole).with_columns(**of_order)
    (item,) = queue(whole, found=broken).to_dicts()
    assert (item["kind"], item["uncertainty"], item["stream"]) == ("constraint", 0.05, "settle")


@pytest.mark.parametrize(
    ("person", "order"),
    [
        pytest.param(12.0, -1.0, id="surely one person, perhaps one order"),
        pytest.param(3.0, 9.0, id="surely one order, perhaps one person"),
    ],
)
def test_two_orders_that_are_nearly_one_are_queued(person, order):
    assert near([pair(person, order)]).select("order_id", "other_order_id").rows() == [("ORDER-1", "ORDER-2")]


@pytest.mark.parametrize(
    ("person", "order"),
    [
        pytest.param(12.0, -9.0, id="one person, clearly two orders"),
        pytest.param(-6.0, 9.0, id="co-defendants before one court"),
        pytest.param(1.0, 1.0, id="weak on both sides"),
    ],
)
def test_two_orders_that_are_clearly_two_are_not_queued(person, order):
    both = [record(source, order_id=name) for source in ("pnc", "pnd") for name in ("ORDER-1", "ORDER-2")]
    keys = ("00000001", "00000002", "PND-0000002", "PND-0000001")
    rows = [
        row | {"source_key": key, "record_id": f"{row['source']}:{key}"} for row, key in zip(both, keys, strict=True)
    ]
    whole = evidence(rows, [golden(), golden(order_id="ORDER-2")])
    assert queue(whole, pairs=[pair(person, order)]).filter(pl.col("kind") == "near_match").is_empty()


def test_a_pair_within_one_order_is_no_near_match():
    whole = evidence([record("pnc"), record("pnd")])
    assert queue(whole, pairs=[pair(12.0, 0.0)]).filter(pl.col("kind") == "near_match").height == 0


def test_the_weaker_the_evidence_the_less_likely_two_orders_are_one():
    chances = [near([pair(12.0, weight)]).item(0, "uncertainty") for weight in (0.0, -2.0, -4.0)]
    assert chances == sorted(chances, reverse=True)


def test_the_chance_of_an_item_is_that_any_of_its_values_is_wrong():
    whole = against_agreement(record("pnc", order_type="STRO", is_interim=True))
    found = queue(whole, provenance=[surety("order_type", 0.9), surety("is_interim", 0.8)])
    assert found.item(0, "uncertainty") == pytest.approx(1 - 0.9 * 0.8)


def test_what_is_in_force_comes_before_what_has_ended():
    def priority(status):
        order = golden(legal_status=status)
        closed = {"recorded_status": "expired"} if status == "expired" else {}
        rows = [record(source, **closed) for source in ("pnd", "rocu")] + [record("court")]
        return queue(evidence([*rows, record("pnc", order_type="STRO", **closed)], [order])).item(0, "priority")

    assert priority("live") > priority("expired")


def test_a_doubt_whether_an_order_is_in_force_comes_before_anything_however_old():
    doubted = golden(order_id="ORDER-2", legal_status="expired", is_in_force_doubtful=True, sources=["court"])
    wrong = record("pnc", order_type="STRO", breach_count=1)
    whole = against_agreement(wrong)
    both = replace(whole, orders=pl.concat([whole.orders, frame([doubted], ORDERS)]))
    found = discrepancies(both).with_columns(
        first_seen_on=pl.when(pl.col("order_id") == "ORDER-1").then(pl.lit(date(2020, 1, 1))).otherwise("first_seen_on")
    )
    first = queue(both, found=found).sort("priority", descending=True).row(0, named=True)
    assert (first["order_id"], first["kind"]) == ("ORDER-2", "doubt")
    assert "DOUBT-END" in first["rule_codes"]


def test_an_older_item_comes_first_and_age_counts_for_ninety_days():
    def factor(first_seen):
        whole = against_agreement(record("pnc", order_type="STRO"))
        found = discrepancies(whole).with_columns(first_seen_on=pl.lit(first_seen))
        item = queue(whole, found=found)
        return item.item(0, "priority") / (item.item(0, "impact") * item.item(0, "uncertainty"))

    assert [factor(day) for day in (AS_OF, date(2023, 10, 16), date(2020, 1, 1))] == pytest.approx([1.0, 1.5, 2.0])


def test_a_near_match_grows_older_from_night_to_night():
    first = queue(two_orders(), pairs=[pair(12.0, 0.0)], as_of=date(2023, 11, 27))
    former = (first, date(2023, 11, 27))
    second = queue(two_orders(), pairs=[pair(12.0, 0.0)], former=former).filter(pl.col("kind") == "near_match")
    assert second.item(0, "age_days") == 3


def test_an_item_keeps_its_id_while_its_findings_change():
    def item(**values):
        return queue(against_agreement(record("pnc", **values))).row(0, named=True)

    first, second = item(order_type="STRO"), item(order_type="TEPO", is_interim=True)
    assert first["item_id"] == second["item_id"] == "order-ORDER-1"
    assert first["discrepancy_ids"] != second["discrepancy_ids"]


def test_an_order_is_one_item_with_everything_that_is_open_on_it():
    order = golden(order_type="TERO", term_months=None, legal_status="expired", is_in_force_doubtful=True)
    found = queue(against_agreement(record("pnc", order_type="STRO"), order=order), provenance=[surety("made_on", 0.6)])
    (item,) = found.to_dicts()
    assert (item["item_id"], item["kind"]) == ("order-ORDER-1", "doubt")
    assert {"DOUBT-END", "R35", "TYPE-WRONG"} <= set(item["rule_codes"])
    assert {"legal_status", "made_on", "order_type"} <= set(item["fields"])
    assert item["reason"].startswith(RULE_TITLES["DOUBT-END"])
    assert "sources differ: " in item["reason"]


def test_an_item_that_an_older_release_named_by_its_kind_is_as_old_as_it_was():
    whole = evidence([record(source) for source in ("pnc", "pnd", "court", "rocu")])
    doubted = [surety("end_on", 0.6)]
    before = queue(whole, provenance=doubted).with_columns(item_id=pl.lit("doubtful_value-ORDER-1"))
    (item,) = queue(whole, provenance=doubted, former=(before, date(2023, 11, 27))).to_dicts()
    assert (item["age_days"], item["state"]) == (3, "open")


def test_a_value_that_a_steward_decided_is_asked_of_its_owner_and_not_of_a_steward_again():
    whole = against_agreement(record("pnc", order_type="STRO"))
    assert queue(whole, provenance=[surety("order_type", 0.5)]).height == 1
    decided = surety("order_type", 0.99, rule="steward", decision_id="DEC-1")
    assert queue(whole, provenance=[decided]).is_empty()


LEVELS = {"different_order": ("order",), "different_person": ("order", "person")}
"""What each decision keeps apart: people who are two have no order in common."""


def apart(decision):
    return [(level, "pnc:00000001", "pnd:PND-0000001") for level in LEVELS[decision]]


@pytest.mark.parametrize("decision", LEVELS)
def test_two_orders_that_a_steward_keeps_apart_are_no_near_match_again(decision):
    found = queue(two_orders(), pairs=[pair(12.0, 0.0)], kept_apart=apart(decision))
    assert "near_match" not in found["kind"].to_list()


@one_in(2, "kind", ["order", "person"])
@pytest.mark.parametrize("decision", LEVELS)
def test_a_link_conflict_that_a_steward_decided_does_not_come_back_in_any_form(kind, decision):
    found = queue(two_orders(), pairs=[pair(12.0, 0.0)], conflicts=[conflict(kind)], kept_apart=apart(decision))
    assert ("link_conflict" in found["kind"].to_list()) is (kind not in LEVELS[decision])
    assert "near_match" not in found["kind"].to_list()


@HALF
@given(st.integers(0, 400), st.sampled_from(["live", "expired", "superseded"]), st.randoms(use_true_random=False))
def test_the_arithmetic_is_the_priority_in_any_order_of_rows(days, status, random):
    rows = [record("pnc", order_type="STRO"), *map(record, ("pnd", "court", "rocu"))]
    whole = evidence(random.sample(rows, 4), [golden(legal_status=status)])
    found = discrepancies(whole).with_columns(first_seen_on=pl.lit(AS_OF) - pl.duration(days=days))
    result = queue(whole, found=found)
    assert result.equals(queue(evidence(rows, [golden(legal_status=status)]), found=found))
    for arithmetic, priority in result.select("arithmetic", "priority").rows():
        reported = re.fullmatch(
            r"harm if wrong (\d+) \((.+)\) × chance that it is wrong ([\d.]+) × age factor ([\d.]+) .* = ([\d.]+)",
            arithmetic,
        )
        impact, parts, uncertainty, factor, total = reported.groups()
        assert sum(int(points) for points in re.findall(r"(?:^|\+ )(\d+)", parts)) == int(impact)
        assert float(total) == priority == pytest.approx(int(impact) * float(uncertainty) * float(factor), abs=0.001)


def conflict(kind="order", weight=2.0, reason="weight"):
    ids = {"left_id": "pnc:00000001", "right_id": "pnd:PND-0000001"}
    return {"kind": kind, **ids, "weight": weight, "reason": reason}


@pytest.mark.parametrize(
    ("kept_apart", "words", "uncertainty"),
    [
        pytest.param(
            conflict(),
            "two records look like one order, and are kept apart: their other records are evidence against it",
            0.3,
            id="two orders that other records keep apart",
        ),
        pytest.param(
            conflict("subject", weight=40.0, reason="floor"),
            "two records look like one person, and are kept apart: two of their records exclude each other",
            0.3,
            id="two persons of whom two records exclude each other",
        ),
    ],
)
def test_what_the_linking_kept_apart_against_a_pair_is_a_link_conflict(kept_apart, words, uncertainty):
    found = queue(two_orders(), conflicts=[kept_apart]).filter(pl.col("kind") == "link_conflict")
    assert found.select("order_id", "other_order_id", "reason", "uncertainty").rows() == [
        ("ORDER-1", "ORDER-2", words, uncertainty)
    ]
    assert found.select("left_record_id", "right_record_id", "sources").row(0) == (
        "pnc:00000001",
        "pnd:PND-0000001",
        ["pnc", "pnd"],
    )


def test_two_orders_kept_apart_are_as_doubtful_as_they_are_likely_to_be_one():
    chances = [
        queue(two_orders(), pairs=[pair(12.0, weight)], conflicts=[conflict()])
        .filter(pl.col("kind") == "link_conflict")
        .item(0, "uncertainty")
        for weight in (8.0, -8.0)
    ]
    assert chances[0] > chances[1]


@pytest.mark.parametrize("reason", ["cannot", "decisions contradict"])
def test_what_a_steward_kept_apart_is_no_link_conflict(reason):
    assert queue(two_orders(), conflicts=[conflict(reason=reason)]).filter(pl.col("kind") == "link_conflict").is_empty()


def test_a_pair_of_orders_is_queued_once_as_conflict_or_as_near_match():
    kinds = queue(two_orders(), pairs=[pair(12.0, 1.0)], conflicts=[conflict()]).get_column("kind").to_list()
    assert [kind for kind in kinds if kind in ("near_match", "link_conflict")] == ["link_conflict"]


@pytest.mark.parametrize(
    ("decided", "words", "uncertainty"),
    [
        pytest.param(
            ("stale_decision", "ORDER-1", None, ["DEC-1"], ["end_on", "surname"]),
            "1 decision of which the evidence has changed: end_on, surname",
            0.7,
            id="the evidence has changed",
        ),
        pytest.param(
            ("contradiction", "ORDER-1", "ORDER-2", ["DEC-1", "DEC-2"], []),
            "2 decisions that exclude one another",
            1.0,
            id="two decisions can not both hold",
        ),
    ],
)
def test_decisions_to_be_looked_at_again_are_queued(decided, words, uncertainty):
    (item,) = queue(two_orders(), decided=[decided]).filter(pl.col("kind") == decided[0]).to_dicts()
    assert (item["reason"].split("; ")[0], item["uncertainty"], item["decision_ids"]) == (
        words,
        uncertainty,
        decided[3],
    )
    assert (item["order_id"], item["other_order_id"]) == (decided[1], decided[2])
    assert item["excluding_ids"] == (decided[3] if decided[0] == "contradiction" else [])


def test_an_order_or_a_pair_is_one_item_with_the_decisions_to_look_at_again_and_all_that_is_open_on_it():
    decided = [
        ("stale_decision", "ORDER-1", None, ["DEC-1"], ["end_on"]),
        ("contradiction", "ORDER-1", None, ["DEC-2", "DEC-3"], []),
        ("stale_decision", "ORDER-1", "ORDER-2", ["DEC-4"], ["surname"]),
    ]
    plain = queue(two_orders(), conflicts=[conflict()])
    found = queue(two_orders(), conflicts=[conflict()], decided=decided)
    assert (
        found["item_id"].to_list()
        == plain["item_id"].to_list()
        == ["order-ORDER-1", "order-ORDER-2", "pair-ORDER-1-ORDER-2"]
    )
    alone, _, pair = found.to_dicts()
    assert (alone["kind"], alone["decision_ids"]) == ("contradiction", ["DEC-1", "DEC-2", "DEC-3"])
    assert alone["excluding_ids"] == ["DEC-2", "DEC-3"]
    assert alone["discrepancy_ids"] == plain.row(0, named=True)["discrepancy_ids"] != []
    assert (pair["kind"], pair["decision_ids"], pair["left_record_id"]) == ("stale_decision", ["DEC-4"], "pnc:00000001")
    again = queue(two_orders(), conflicts=[conflict()], decided=decided[:1], former=(found, AS_OF))
    assert set(again["state"]) == {"open"}, "each keeps its name whatever is open on it"


def test_what_hangs_on_either_order_counts():
    rows = [record("pnc"), record("pnd", order_id="ORDER-2", breach_count=2)]
    orders = [
        golden(sources=["pnc"], record_count=1, legal_status="expired"),
        golden(order_id="ORDER-2", sources=["pnd"], record_count=1, legal_status="live"),
    ]
    item = queue(evidence(rows, orders), conflicts=[conflict()]).row(
        by_predicate=pl.col("kind") == "link_conflict", named=True
    )
    assert item["arithmetic"].startswith(
        "harm if wrong 9 (1 + 3 in force or about to be + 1 was breached + 2 who is bound"
    )
    assert item["legal_status"] == "expired"
    assert item["at_stake"] == [
        "in force or about to be",
        "was breached",
        "who is bound, until when or by what",
        "two orders or persons taken for one another",
    ]


def test_an_item_can_be_found_by_what_it_is_about():
    whole = against_agreement(record("pnc", is_interim=True, order_type="STRO"))
    found = discrepancies(whole)
    (item,) = queue(whole, found=found).to_dicts()
    assert (item["fields"], item["sources"], item["severity"]) == (["is_interim", "order_type"], ["pnc"], "high")
    assert set(item["discrepancy_ids"]) <= set(found.get_column("discrepancy_id"))
    assert set(item["rule_codes"]) == set(found.get_column("rule_code"))
    assert (item["order_type"], item["force_code"]) == ("STPO", "33")


def test_an_item_is_new_once_and_then_open():
    whole = against_agreement(record("pnc", order_type="STRO"))
    first = queue(whole, as_of=date(2023, 11, 27))
    second = queue(whole, former=(first, date(2023, 11, 27)))
    assert (first.get_column("state").to_list(), second.get_column("state").to_list()) == (["new"], ["open"])


def test_an_item_of_a_discrepancy_that_came_back_is_reopened():
    whole = against_agreement(record("pnc", order_type="STRO"))
    found = discrepancies(whole).with_columns(state=pl.lit("reopened"))
    assert queue(whole, found=found).get_column("state").to_list() == ["reopened"]


def test_the_greatest_impact_is_eleven():
    whole = against_agreement(record("pnc", order_type="STRO", force_code="01"))
    worst = golden(end_on=date(2023, 12, 31), is_county_lines=True, order_id="ORDER-1")
    rows = evidence(
        [
            record("pnc", order_type="STRO", force_code="01", breach_count=1),
            *map(record, ("pnd", "court", "rocu")),
        ],
        [worst],
        golden_conditions=["C17"],
    )
    travel = rows.conditions.with_columns(kind=pl.lit("travel"))
    assert queue(whole).item(0, "impact") < 11
    assert queue(replace(rows, conditions=travel)).item(0, "impact") == 11


def test_the_result_has_the_declared_shape_also_when_there_is_nothing():
    assert queue(evidence()).equals(REVIEW_QUEUE.empty())
    assert queue(against_agreement(record("pnc", order_type="STRO"))).schema == REVIEW_QUEUE.schema
