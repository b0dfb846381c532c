"""What the form of an item offers at first."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from shares import one_in

from expectations.discrepancies import RULES
from expectations.review_pairs import LOOKS_LIKE_ONE_PERSON
from review.deciding.form_options import FormEvidence, form_options
from review.deciding.value_options import all_values, code_of, names_to_search
from review.desk import decidable_night
from warehouse.codes import DOUBT
from warehouse.tables.ledger import DECISIONS


@pytest.fixture
def offered(desk):
    """Each item of the queue with what is known of its order, and what its form offers."""
    whole, nothing = desk.whole_release(), DECISIONS.empty()
    differing = whole.table("discrepancies").partition_by("order_id", as_dict=True)
    none, night = whole.table("discrepancies").clear(), decidable_night(whole)
    items = whole.table("review_queue").to_dicts()
    provenance = whole.table("field_provenance").partition_by("order_id", as_dict=True)

    def evidence(order_id: str) -> FormEvidence:
        return FormEvidence(
            discrepancies=differing.get((order_id,), none),
            provenance=provenance[(order_id,)],
            doubts={},
            present=night,
            standing=nothing,
            proposed=[],
        )

    return [(item, found := evidence(item["order_id"]), form_options(item, found)) for item in items]


def test_the_form_asks_all_that_the_item_asks_and_keeps_the_rest_apart(offered):
    asking = [(item, options) for item, _, options in offered if item["discrepancy_ids"]]
    assert asking
    for item, options in asking:
        assert {one.finding.discrepancy_id for one in options.asked} == set(item["discrepancy_ids"])
        assert not {one.finding.discrepancy_id for one in options.beside} & set(item["discrepancy_ids"])


def test_the_two_records_chosen_at_first_are_two(offered):
    pairs = [options.pair for _, _, options in offered if len(options.records) > 1]
    assert pairs
    assert all(left != right for left, right in pairs)


def test_the_records_of_an_item_about_two_are_chosen_at_first(offered):
    item, evidence, options = next(one for one in offered if len(one[2].records) > 1)
    right, left = options.pair
    about_two = item | {"kind": "link_conflict", "left_record_id": left, "right_record_id": right}
    asked = form_options(about_two, evidence)
    assert (asked.pair, asked.is_about_pair) == ((left, right), True)
    assert (options.pair, options.is_about_pair) == ((right, left), False)


def test_that_two_orders_differ_is_no_answer_to_whether_they_are_of_one_person(offered):
    item, evidence, options = offered[0]
    of_person = form_options(item | {"reason": f"{LOOKS_LIKE_ONE_PERSON}, and are kept apart: x"}, evidence)
    assert {kind.code for kind in options.on_records} - {kind.code for kind in of_person.on_records} == {
        "different_order"
    }


def test_the_form_asks_for_every_value_at_issue_that_no_discrepancy_is_about(offered):
    doubtful = [(item, options) for item, _, options in offered if item["kind"] == "doubtful_value"]
    assert doubtful
    for item, options in doubtful:
        assert [one.field for one in options.doubted] == item["fields"]
        assert not options.asked
        assert all("may be wrong" in one.sureness for one in options.doubted)
        assert all(any("the register" in value.held_by for value in one.values) for one in options.doubted)


def asking(offered, code):
    """The one question that a doubt whether an order is in force raises, its item and what is known."""
    item, evidence, _ = next(one for one in offered if one[0]["kind"] == "discrepancies")
    row = evidence.discrepancies.filter(pl.col("state") != "resolved").head(1)
    asked = row.with_columns(rule_code=pl.lit(code), field=pl.lit("legal_status"))
    about = item | {"kind": "constraint", "fields": [], "discrepancy_ids": asked["discrepancy_id"].to_list()}
    return about, replace(evidence, discrepancies=asked)


@one_in(
    2,
    ("code", "fields"),
    [
        pytest.param("DOUBT-DROPPED", ["end_on"], id="an order that no source holds any more"),
        pytest.param("DOUBT-DATES", ["made_on", "start_on", "end_on"], id="an order without dates"),
        pytest.param("DOUBT-TYPE", ["order_type", "end_on"], id="an order perhaps ended by one of another type"),
        pytest.param("START-BEFORE-MADE", ["start_on", "made_on"], id="a rule that holds two days against each other"),
        pytest.param("MADE-DAYS", [], id="a difference of a record, which has one field"),
    ],
)
def test_the_form_asks_for_every_value_that_settles_what_a_rule_found_in_the_order(offered, code, fields):
    options = form_options(*asking(offered, code))
    assert [one.field for one in options.doubted] == fields


@one_in(3, "code", [rule.code for rule in RULES if rule.code.startswith(DOUBT)])
def test_an_order_is_in_force_or_not_and_the_form_says_what_each_answer_does(offered, code):
    (question,) = form_options(*asking(offered, code)).asked
    assert [kind.code for kind in question.kinds] == ["accept", "refer", "not_enough"]
    assert question.words_of_kinds["accept"] == "It is in force: ask again later"
    assert "count as in force" in question.advice
    assert question.asks_which_order is (code == "DOUBT-NOT-HELD")


@one_in(
    2,
    ("code", "days_after", "is_settled"),
    [
        pytest.param("DOUBT-DROPPED", 0, True, id="it has ended"),
        pytest.param("DOUBT-DROPPED", 1, False, id="a last day to come does not say that nothing ended it"),
        pytest.param("DOUBT-DISCHARGE", 900, False, id="nor that it was not discharged"),
        pytest.param("DOUBT-END", 900, True, id="the end itself was in doubt"),
        pytest.param("DOUBT-NOT-HELD", 900, True, id="nobody else knew the order"),
    ],
)
def test_a_last_day_settles_a_doubt_as_the_next_night_will_see_it(offered, code, days_after, is_settled):
    item, evidence = asking(offered, code)
    day = evidence.present.as_of + timedelta(days=days_after)
    decided = {"kind": "value", "order_id": item["order_id"], "field": "end_on", "value": day.isoformat()}
    empty = dict.fromkeys(DECISIONS.schema)
    row = DECISIONS.conform(pl.DataFrame([empty | decided | {"decision_id": "DEC-1", "decided_by": "kim"}]))
    (question,) = form_options(item, replace(evidence, standing=row)).asked
    assert (question.decided is not None) is is_settled


@pytest.mark.parametrize(
    ("field", "values"),
    [
        pytest.param("is_interim", {"true", "false"}, id="yes or no"),
        pytest.param("order_type", {"STRO", "STPO", "TERO", "TEPO"}, id="a type of order"),
        pytest.param("surname", set(), id="a name is typed"),
        pytest.param("court_code", set(), id="a court is searched"),
    ],
)
def test_short_lists_are_shown_whole(field, values):
    assert set(all_values(field)) == values


def test_a_court_or_force_is_chosen_by_its_name():
    assert "Sussex Police" in names_to_search("force_code")
    assert code_of("force_code", "sussex police") == code_of("force_code", code_of("force_code", "Sussex Police"))
    assert code_of("court_code", "The Court of Nowhere") is None
    assert code_of("surname", "Nowhere") == "Nowhere"
