"""What a steward names is found or reported to be missing; what a decision would change is shown before it is taken."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from ledger_cases import night

from ledger.decisions.bulk import draft_of, drafted_together
from ledger.decisions.errors import DecisionError
from ledger.decisions.preview import foresee, foresee_all
from ledger.decisions.values import read_value
from ledger.desk.four_eyes import reasons_for_approval
from warehouse.tables.ledger import DECISIONS


def changes(draft):
    return foresee(draft, night()).rows()


def test_a_value_says_what_it_replaces_and_what_becomes_of_the_status_in_law():
    assert changes(night().draft_value("ORD-1", "end_on", "2024-06-30")) == [
        ("ORD-1", "changed", "end_on", "2021-12-31", "2024-06-30"),
        ("ORD-1", "changed", "legal_status", "expired", "superseded"),
    ]


def test_a_later_order_that_was_perhaps_never_made_ends_none_when_a_value_is_decided():
    present = night()
    is_later = pl.col("order_id") == "ORD-2"
    doubtful = replace(present, orders=present.orders.with_columns(is_making_doubtful=is_later))
    reported = foresee(doubtful.draft_value("ORD-1", "end_on", "2029-06-30"), doubtful)
    assert ("legal_status", "expired", "live") in reported.select("field", "before", "after").rows()


def test_an_order_of_which_the_court_alone_speaks_is_known_by_the_last_day_that_is_given():
    present = night()
    alone = pl.when(pl.col("order_id") == "ORD-1")
    unknown = alone.then(pl.lit("not_known")).otherwise("legal_status").alias("legal_status")
    spoken_of = replace(present, orders=present.orders.filter(pl.col("order_id") != "ORD-2").with_columns(unknown))
    given = foresee(spoken_of.draft_value("ORD-1", "end_on", "2020-06-30"), spoken_of)
    assert given.filter(field="legal_status").rows() == [("ORD-1", "changed", "legal_status", "not_known", "expired")]


@pytest.mark.parametrize(
    ("end", "says"),
    [
        pytest.param("2021-12-31", [("in_force", "in doubt", "not in force")], id="the end that is believed"),
        pytest.param("2030-12-31", [("legal_status", "expired", "live")], id="a later one"),
    ],
)
def test_a_last_day_that_ends_a_doubt_is_reported_and_needs_a_second_steward(end, says):
    present = night()
    orders = present.orders.filter(order_id="ORD-1").with_columns(
        is_in_force_doubtful=True, disputed_ends=pl.lit(["until further order"])
    )
    doubted = replace(present, orders=orders)
    draft = doubted.draft_value("ORD-1", "end_on", end)
    reported = foresee(draft, doubted).select("field", "before", "after").rows()
    assert set(says) <= set(reported)
    assert "status" in reasons_for_approval(draft, "kim", doubted, DECISIONS.empty())


def test_an_order_with_a_decided_length_is_reported_its_end():
    present = night()
    order = {"start_on": date(2020, 1, 1), "end_on": None, "term_months": None, "is_until_further_order": True}
    columns = [pl.lit(value, present.orders.schema[name]).alias(name) for name, value in order.items()]
    is_meant = pl.col("order_id") == "ORD-1"
    open_ended = present.orders.with_columns(
        pl.when(is_meant).then(column).otherwise(column.meta.output_name()).alias(column.meta.output_name())
        for column in columns
    )
    present = replace(present, orders=open_ended)
    reported = foresee(present.draft_value("ORD-1", "term_months", "24"), present)
    assert reported.select("field", "before", "after").rows() == [
        ("is_until_further_order", "true", "false"),
        ("end_on", None, "2022-01-01"),
        ("term_months", None, "24"),
        ("legal_status", "superseded", "expired"),
    ]


@pytest.mark.parametrize("term", [24, None])
def test_a_last_day_leaves_the_length_as_it_was_made(term):
    present = night()
    columns = {"start_on": date(2020, 1, 1), "end_on": date(2021, 12, 31), "term_months": term}
    is_meant = pl.col("order_id") == "ORD-1"
    orders = present.orders.with_columns(
        pl.when(is_meant).then(pl.lit(value, present.orders.schema[name])).otherwise(name).alias(name)
        for name, value in columns.items()
    )
    present = replace(present, orders=orders)
    reported = foresee(present.draft_value("ORD-1", "end_on", "2020-01-20"), present)
    length = [] if term else [("term_months", None, "24")]
    assert reported.filter(pl.col("field").is_in(["end_on", "term_months"])).select(
        "field", "before", "after"
    ).rows() == [
        ("end_on", "2021-12-31", "2020-01-20"),
        *length,
    ]


@pytest.mark.parametrize("end", [date(2021, 12, 31), date(2022, 1, 1)])
def test_a_length_that_the_known_days_agree_with_moves_no_day(end):
    present = night()
    columns = {"start_on": date(2020, 1, 1), "end_on": end, "term_months": 24}
    orders = present.orders.filter(order_id="ORD-1").with_columns(
        pl.lit(value, present.orders.schema[name]).alias(name) for name, value in columns.items()
    )
    present = replace(present, orders=orders)
    assert foresee(present.draft_value("ORD-1", "term_months", "24"), present).is_empty()


def test_a_fact_of_the_person_changes_every_order_of_the_person():
    assert changes(night().draft_value("ORD-0", "sex", "F")) == [
        ("ORD-1", "changed", "sex", "M", "F"),
        ("ORD-2", "changed", "sex", "M", "F"),
    ]


def test_a_value_that_is_golden_already_changes_nothing():
    assert changes(night().draft_value("ORD-1", "is_interim", "false")) == []


@pytest.mark.parametrize(
    ("kind", "records", "reported"),
    [
        pytest.param("same_order", ("pnc:1", "pnc:3"), ("merged", "order_id", "ORD-1, ORD-2"), id="two orders"),
        pytest.param("same_order", ("pnc:1", "court:2"), None, id="one order already"),
        pytest.param("different_order", ("pnc:1", "court:2"), ("split", "order_id", "ORD-1"), id="one order"),
        pytest.param("different_order", ("pnc:1", "pnc:3"), None, id="two orders already"),
        pytest.param("same_person", ("pnc:1", "pnc:3"), None, id="one person already"),
        pytest.param("different_person", ("pnc:1", "pnc:3"), ("split", "subject_id", "SUB-1"), id="one person"),
    ],
)
def test_a_pair_says_what_is_merged_or_split(kind, records, reported):
    found = [row[1:4] for row in changes(night().draft_pair(kind, *records))]
    assert found == ([reported] if reported else [])


def test_orders_that_one_source_holds_both_of_are_not_promised_to_become_one():
    """The night may move the record instead, since a source should hold an order once."""
    present = night()
    more = pl.DataFrame({"record_id": ["court:4"], "order_id": ["ORD-2"], "subject_id": ["SUB-1"]})
    crowded = replace(present, owners=pl.concat([present.owners, more]))
    draft = present.draft_pair("same_order", "pnc:1", "pnc:3")
    reported = "2 become one, or one record moves to the other order: both have others of court"
    assert foresee(draft, crowded).get_column("after").to_list() == [reported]
    assert foresee(draft, present).get_column("after").to_list() == ["2 become one"]


def test_taking_back_is_not_foreseen():
    assert changes(night().draft_undo("DEC-1")) == []


def test_a_record_is_found_by_its_id_and_by_its_handle():
    draft = night().draft_pair("same_order", "pnc:1", "pnc:3")
    assert night().draft_pair("same_order", draft.right_handle, draft.left_handle) == draft
    assert {len(draft.left_handle), len(draft.right_handle)} == {20}


def test_an_order_that_was_split_is_reported_with_its_parts():
    with pytest.raises(DecisionError, match="split into ORD-1, ORD-2"):
        night().draft_value("ORD-X", "sex", "F")


@pytest.mark.parametrize(
    ("field", "text", "read"),
    [
        pytest.param("surname", "  van   der Berg ", "van der Berg", id="blanks in a name"),
        pytest.param("made_on", "2020-02-29", "2020-02-29", id="a leap day"),
        pytest.param("term_months", "60", "60", id="a number"),
        pytest.param("is_county_lines", "false", "false", id="no"),
        pytest.param("made_on", "2021-02-29", None, id="a day that there is not"),
        pytest.param("made_on", "20200229", None, id="a day in another form"),
        pytest.param("term_months", "-1", None, id="a negative number"),
        pytest.param("term_months", "٣", None, id="a number in other digits"),
        pytest.param("is_county_lines", "no", None, id="another word for false"),
        pytest.param("order_type", "ASBO", None, id="another kind of order"),
        pytest.param("pnc_id", "2000/0000001B", None, id="a wrong check letter"),
        pytest.param("pnc_id", "00/1A", None, id="the short form"),
        pytest.param("surname", "  ", None, id="nothing"),
        pytest.param("legal_status", "live", None, id="what is worked out"),
    ],
)
def test_a_value_is_read_or_reported_to_be_none_of_its_field(field, text, read):
    if read is None:
        with pytest.raises(DecisionError, match=r"can't be that|not a field to decide on"):
            read_value(field, text)
    else:
        assert read_value(field, text) == read


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        pytest.param("end_on", "9999-12-31", "more than 100 years", id="an end that stands for none"),
        pytest.param("end_on", "2010-01-01", "end before it starts", id="an end before the start"),
        pytest.param("start_on", "2030-01-01", "end before it starts", id="a start after the end"),
        pytest.param("start_on", "2000-01-01", "start before it was made", id="a start before the date of order"),
        pytest.param("term_months", "0", "expected 1 to 1200 months", id="no length"),
        pytest.param("term_months", "95679", "expected 1 to 1200 months", id="a length of thousands of years"),
        pytest.param("term_months", "-12", "expected a whole number", id="a negative length"),
    ],
)
def test_a_period_that_no_order_can_have_is_refused_before_anything_is_saved(field, value, said):
    with pytest.raises(DecisionError, match=said):
        night().draft_value("ORD-1", field, value)


def given(field, value):
    return {"kind": "value", "order_id": "ORD-1", "field": field, "value": value}


LATER = (given("made_on", "2022-03-01"), given("start_on", "2022-03-02"), given("end_on", "2024-03-01"))


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(LATER, id="as they follow"),
        pytest.param(LATER[::-1], id="the end first"),
        pytest.param((given("start_on", "2022-03-02"), given("term_months", "24")), id="a length that makes the end"),
        pytest.param(
            (given("start_on", "2022-03-02"), given("is_until_further_order", "true")), id="an end that is none"
        ),
    ],
)
def test_the_values_of_a_period_that_are_decided_together_are_judged_together(asked):
    together = drafted_together(asked, night())
    drafts = [draft_of(one, together) for one in asked]
    assert {(draft.field, draft.value) for draft in drafts} == {(one["field"], one["value"]) for one in asked}
    starts = next(one for one in asked if one["field"] == "start_on")
    with pytest.raises(DecisionError, match="end before it starts"):
        draft_of(starts, night())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param(
            (given("start_on", "2021-05-02"), given("end_on", "2021-05-01")), "end before", id="end and start"
        ),
        pytest.param(
            (given("made_on", "2021-05-02"), given("start_on", "2021-05-01")), "before it was made", id="made"
        ),
    ],
)
def test_values_decided_together_that_no_order_can_have_together_are_refused(asked, said):
    together = drafted_together(asked, night())
    assert [draft_of(one, night()).field for one in asked] == [one["field"] for one in asked], "each alone could be"
    with pytest.raises(DecisionError, match=said):
        [draft_of(one, together) for one in asked]


def test_a_start_and_a_length_decided_together_are_foreseen_as_one_period():
    asked = (given("start_on", "2025-06-01"), given("term_months", "24"))
    present = night()
    together = drafted_together(asked, present)
    drafts = [draft_of(one, together) for one in asked]
    # The later order, which would end it, is left out.
    alone = replace(present, orders=present.orders.filter(order_id="ORD-1"))
    reported = foresee_all(drafts, alone).select("field", "before", "after").rows()
    assert ("end_on", "2021-12-31", "2027-06-01") in reported
    assert ("legal_status", "expired", "live") in reported


def test_values_that_end_an_order_only_together_need_a_second_steward():
    present = night()
    open_order = {"end_on": None, "term_months": None, "is_until_further_order": True, "start_on": date(2026, 1, 1)}
    columns = [pl.lit(value, present.orders.schema[name]).alias(name) for name, value in open_order.items()]
    present = replace(present, orders=present.orders.filter(order_id="ORD-1").with_columns(columns))
    asked = (given("start_on", "2024-01-01"), given("term_months", "24"))
    drafts = [draft_of(one, drafted_together(asked, present)) for one in asked]
    alone = [reasons_for_approval(draft, "kim", present, DECISIONS.empty()) for draft in drafts]
    assert not any("status" in why for why in alone)
    changes = foresee_all(drafts, present)
    beside = [reasons_for_approval(draft, "kim", present, DECISIONS.empty(), changes=changes) for draft in drafts]
    assert all("status" in why for why in beside)
