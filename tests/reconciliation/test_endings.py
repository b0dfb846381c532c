"""What the records say of the end of an order: discharged or not, between which days, and which later ends are open."""

from datetime import date

import polars as pl
import pytest

from reconciliation.endings import Before, read_endings
from reconciliation.law import OPEN_END
from reconciliation.standing import AMENDED, STANDS, WITHDRAWN
from warehouse.tables.core import CORE_ORDERS
from warehouse.tables.register import ORDERS

D = date
AS_OF = D(2023, 11, 30)
SCHEMA = CORE_ORDERS.schema | {
    "order_id": pl.String,
    "subject_id": pl.String,
    "standing": pl.Int32,
    "is_dropped": pl.Boolean,
}
MADE = {"made_on": D(2021, 4, 1), "start_on": D(2021, 4, 1)}
FULL = {"order_type": "STRO", "is_interim": False, "is_travel_only": False, "court_code": "B20BL00"}
ENDS = {"end_on": D(2023, 3, 31), "is_until_further_order": False}


def held(source, **values):
    row = {"record_id": f"{source}:1", "source": source, "order_id": "ORD-1", "standing": STANDS, "is_dropped": False}
    return dict.fromkeys(SCHEMA) | row | MADE | values


def endings(*records, golden=ENDS, decided=(), before=None):
    order = {"order_id": "ORD-1"} | FULL | MADE | dict.fromkeys(("end_on",)) | golden
    settled = {name: pl.DataFrame({"order_id": ["ORD-1"]}) for name in decided}
    found = read_endings(
        pl.DataFrame(records, schema=SCHEMA),
        pl.DataFrame([order], schema_overrides={"end_on": pl.Date}),
        before=before or Before(),
        decided=settled,
        as_of=AS_OF,
    )
    return found.row(0, named=True)


def told(event, **values):
    """A court result that tells what became of an order made before, heard on 5 May 2022."""
    status = {"discharged": "discharged", "doubted": "doubtful", "refused": "doubtful"}.get(event)
    row = {"made_on": None, "start_on": None, "event": event, "recorded_status": status, "recorded_on": D(2022, 5, 5)}
    return held("court", **(row | values))


POLICE_LIVE = (held("pnc", recorded_status="live"), held("pnd", recorded_status="live"))


@pytest.mark.parametrize(
    ("values", "golden", "is_determined"),
    [
        pytest.param({}, {"is_interim": True}, True, id="the interim order"),
        pytest.param({}, {}, False, id="an order that the police hold as full"),
        pytest.param({"ends_another": None}, {"is_interim": True}, False, id="not for good"),
        pytest.param({"recorded_on": D(2027, 1, 4)}, {"is_interim": True}, False, id="on a day to come"),
    ],
)
def test_a_refused_application_ends_its_interim_order_on_the_day_of_the_hearing(values, golden, is_determined):
    made = held("court", case_urn="13AB0000124")
    refused = told("refused", case_urn="13AB0000124", **({"ends_another": True} | values))
    found = endings(made, *POLICE_LIVE, refused, golden={"is_interim": False} | golden)
    assert (found["is_determined"], found["is_discharged"]) == (is_determined, is_determined)
    assert found["ended_by"] == (D(2022, 5, 5) if is_determined else None)
    assert found["disputed_ends"] == []


@pytest.mark.parametrize("field", ["end_on", "is_until_further_order", "term_months"])
def test_an_order_of_which_the_court_alone_speaks_is_known_once_a_steward_gave_its_period(field):
    assert endings(told("changed"))["is_without_making"] is True
    assert endings(told("changed"), decided=[field])["is_without_making"] is False


@pytest.mark.parametrize(
    ("values", "disputed"),
    [
        pytest.param({"made_on": D(2021, 4, 1)}, [], id="by its day"),
        pytest.param({"amends_source_key": "R1"}, [], id="by the result that made it"),
        pytest.param({"case_urn": "13AB0000124"}, [], id="by its case"),
        pytest.param({"case_urn": "13AB9999926"}, ["2023-03-31"], id="by the person alone"),
    ],
)
def test_a_discharge_told_by_the_court_is_beyond_doubt_if_it_names_the_order(values, disputed):
    made = held("court", case_urn="13AB0000124")
    found = endings(made, *POLICE_LIVE, told("discharged", **values))
    assert (found["is_discharged"], found["disputed_ends"]) == (True, disputed)
    assert (found["ended_after"], found["ended_by"]) == (D(2022, 5, 4), D(2022, 5, 5))


def test_a_discharge_of_the_person_s_order_is_beyond_doubt_once_another_source_has_it_too():
    police = (held("pnc", recorded_status="discharged"), held("pnd", recorded_status="live"))
    assert endings(*police, told("discharged"))["disputed_ends"] == []


def test_a_discharge_from_a_day_to_come_ends_nothing_yet():
    found = endings(held("court"), *POLICE_LIVE, told("discharged", made_on=D(2021, 4, 1), recorded_on=D(2030, 1, 1)))
    assert not found["is_discharged"]


def test_a_discharge_that_the_court_withdrew_or_a_refusal_makes_no_order_a_withdrawn_one():
    withdrawn = told("discharged", result_state="WITHDRAWN", standing=WITHDRAWN)
    found = endings(held("pnc", recorded_status="live"), withdrawn)
    assert (found["is_withdrawn"], found["is_discharged"], found["disputed_ends"]) == (False, False, [])


@pytest.mark.parametrize("police", [POLICE_LIVE[:1], POLICE_LIVE])
def test_an_order_that_the_court_refused_and_the_police_hold_is_in_doubt(police):
    found = endings(*police, told("refused"))
    assert (found["is_shown_ended"], found["is_discharged"], found["is_withdrawn"]) == (True, False, False)


def test_an_order_extended_to_no_day_is_not_known_to_end_on_the_old_one():
    assert endings(held("court", **ENDS), *POLICE_LIVE, told("changed"))["disputed_ends"] == [OPEN_END]
    assert endings(held("court", **ENDS), told("changed", end_on=D(2025, 1, 1)))["disputed_ends"] == ["2025-01-01"]
    assert endings(held("court", **ENDS), told("kept"))["disputed_ends"] == []


def test_a_type_that_one_source_alone_gives_is_in_no_doubt_where_it_shows_the_order_as_ended():
    assert not endings(held("pnc", order_type="STRO", recorded_status="expired"))["is_type_doubtful"]


@pytest.mark.parametrize(
    ("types", "is_doubtful"),
    [
        pytest.param({"court": "STPO", "pnc": "STRO", "pnd": "STRO"}, True, id="the court against two"),
        pytest.param({"court": "STRO", "pnc": "STRO", "pnd": "STPO"}, False, id="the court and another against one"),
        pytest.param({"pnc": "STRO", "pnd": "STPO"}, True, id="one against one"),
        pytest.param({"pnc": "STRO", "pnd": "STRO", "rocu": "STPO"}, False, id="two against one"),
        pytest.param({"court": "STRO", "pnc": "STPO", "pnd": "STPO"}, True, id="two against the court"),
        pytest.param({"court": "STRO", "pnc": None}, False, id="nobody against it"),
        pytest.param({"pnc": "STRO", "pnd": "STRO"}, False, id="two that agree"),
        pytest.param({"pnc": "STRO", "pnd": None}, True, id="one police source alone"),
    ],
)
def test_the_type_of_an_order_is_in_doubt_where_the_court_or_as_many_sources_give_another(types, is_doubtful):
    records = [held(source, order_type=kind, recorded_status="live") for source, kind in types.items()]
    assert endings(*records)["is_type_doubtful"] == is_doubtful
    assert not endings(*records, decided=["order_type"])["is_type_doubtful"]


@pytest.mark.parametrize(
    ("earlier", "is_shown_ended"),
    [
        pytest.param({"order_type": "STRO"}, True, id="of another type"),
        pytest.param({"order_type": "STPO"}, False, id="of the same type: the law ends it"),
        pytest.param({"order_type": "STRO", "made_on": D(2023, 1, 1)}, False, id="made later"),
        pytest.param({"order_type": "STRO", "subject_id": "other"}, False, id="of another person"),
    ],
)
def test_an_order_is_in_doubt_where_the_result_that_made_another_discharged_one(earlier, is_shown_ended):
    made = {"order_id": "ORD-2", "order_type": "STPO", "made_on": D(2022, 5, 5), "ends_another": True}
    records = held("pnc", **({"subject_id": "person"} | earlier)), held("court", subject_id="person", **made)
    assert endings(*records)["is_shown_ended"] == is_shown_ended


def test_what_became_of_an_order_that_no_record_holds_makes_none_and_ends_none():
    found = endings(told("kept", made_on=D(2021, 4, 1)))
    assert (found["is_without_making"], found["is_making_doubtful"]) == (True, True)
    assert not endings(held("pnc"), told("kept"))["is_without_making"]


@pytest.mark.parametrize(
    ("statuses", "is_discharged", "disputed"),
    [
        pytest.param({"pnc": "discharged", "pnd": "discharged"}, True, [], id="two sources, and no other"),
        pytest.param({"pnc": "discharged", "pnd": "live"}, True, ["2023-03-31"], id="one of two"),
        pytest.param({"pnc": "discharged", "pnd": "live", "rocu": "live"}, False, [], id="fewer than half"),
        pytest.param({"pnc": "discharged", "pnd": None}, True, ["2023-03-31"], id="one police source alone"),
        pytest.param({"court": "discharged"}, True, [], id="the court alone"),
        pytest.param(
            {"court": "discharged", "pnc": "live", "pnd": "live", "rocu": "live"}, True, [], id="the court against all"
        ),
        pytest.param({"pnc": "withdrawn"}, False, [], id="withdrawn is no discharge"),
        pytest.param({"pnc": "discharged", "pnd": "withdrawn"}, True, ["2023-03-31"], id="withdrawn bears out nothing"),
        pytest.param({"pnc": "live", "pnd": "expired"}, False, [], id="nobody"),
    ],
)
def test_a_discharge_is_beyond_doubt_if_the_court_says_so_or_two_sources_without_dissent(
    statuses, is_discharged, disputed
):
    found = endings(*(held(source, recorded_status=said) for source, said in statuses.items()))
    assert (found["is_discharged"], found["disputed_ends"]) == (is_discharged, disputed)


def test_a_later_end_is_disputed_beside_a_disputed_discharge():
    records = held("pnc", **ENDS, recorded_status="discharged"), held("pnd", **LATER, recorded_status="live")
    assert endings(*records)["disputed_ends"] == ["2023-03-31", "2025-03-31"]


def test_a_disputed_discharge_of_an_order_without_an_end_leaves_it_open_for_good():
    both = (held("pnc", recorded_status="discharged"), held("pnd", recorded_status="live"))
    assert endings(*both, golden={})["disputed_ends"] == ["until further order"]


LATER = {"end_on": D(2025, 3, 31)}


@pytest.mark.parametrize(
    ("records", "disputed"),
    [
        pytest.param([held("court", **ENDS), held("pnc", **LATER)], ["2025-03-31"], id="one against one"),
        pytest.param(
            [held("court", **ENDS), held("pnd", **ENDS), held("pnc", **LATER)], [], id="two against one are enough"
        ),
        pytest.param(
            [held("pnc", **ENDS), held("pnd", **ENDS), held("court", **LATER)],
            ["2025-03-31"],
            id="the court alone against two",
        ),
        pytest.param(
            [held("pnc", **ENDS), held("court", **ENDS), held("court", record_id="court:2", **LATER)],
            ["2025-03-31"],
            id="a second result of the court, which varies the first",
        ),
        pytest.param([held("court", **ENDS), held("pnc", end_on=D(2022, 3, 31))], [], id="an earlier end"),
        pytest.param([held("court", **ENDS), held("pnc", end_on=D(2023, 4, 1))], [], id="the last day counted in"),
        pytest.param(
            [held("court", **ENDS), held("pnc", is_until_further_order=True)],
            ["until further order"],
            id="open by another source",
        ),
        pytest.param([held("court", **ENDS), held("pnc", term_months=24)], [], id="a length that gives the same end"),
        pytest.param([held("court", **ENDS, term_months=36)], ["2024-03-31"], id="its own length gives a later end"),
        pytest.param(
            [held("court", made_on=D(2023, 3, 15), **ENDS, term_months=24), held("pnc", **ENDS)],
            [],
            id="it starts before it was made, and others give an earlier date of order",
        ),
        pytest.param(
            [held("pnd", **ENDS), held("pnc", **LATER, term_months=24)],
            ["2025-03-31"],
            id="one against one that names the later end, though its length gives the earlier",
        ),
        pytest.param(
            [held("court", **ENDS), held("court", **LATER, standing=AMENDED)], [], id="a result since amended"
        ),
    ],
)
def test_a_later_end_that_as_many_sources_give_or_the_court_is_disputed(records, disputed):
    assert endings(*records)["disputed_ends"] == disputed


def test_an_order_that_starts_before_it_was_made_may_have_both_days_in_each_others_place():
    exchanged = held("rocu", made_on=D(2023, 3, 15), **ENDS, term_months=24)
    assert endings(exchanged, golden=ENDS | {"made_on": D(2023, 3, 15)})["disputed_ends"] == ["2025-03-14"]


SHORT = {"end_on": D(2022, 9, 30)}


@pytest.mark.parametrize(
    ("order", "disputed"),
    [
        pytest.param({}, ["2023-03-31"], id="a risk order of 18 months"),
        pytest.param(
            {"order_type": "STPO", "end_on": D(2024, 3, 31)}, ["2026-03-31"], id="a prevention order of 3 years"
        ),
        pytest.param({"start_on": D(2022, 1, 1)}, ["2023-12-31"], id="counted from a start put off"),
        pytest.param({"end_on": D(2023, 3, 31)}, [], id="of 2 years to the day before"),
        pytest.param({"is_interim": True}, [], id="interim"),
        pytest.param({"is_travel_only": True}, [], id="prohibitions on foreign travel alone"),
        pytest.param(
            {"order_type": "STPO", "court_code": "NI-BELFAST-CC"}, [], id="of Northern Ireland, whose text was not read"
        ),
    ],
)
def test_an_end_sooner_than_the_law_allows_is_disputed_until_the_soonest_that_it_does(order, disputed):
    assert endings(held("court"), golden=SHORT | order)["disputed_ends"] == disputed


@pytest.mark.parametrize(
    ("statuses", "order", "disputed"),
    [
        pytest.param({"pnc": "discharged", "pnd": "discharged"}, {}, ["2023-03-31"], id="by two police sources"),
        pytest.param({"court": "discharged", "pnc": "discharged"}, {}, [], id="by the court"),
        pytest.param({"pnc": "discharged", "pnd": "discharged"}, {"is_interim": True}, [], id="of an interim order"),
        pytest.param(
            {"pnc": "discharged", "pnd": "discharged"}, {"order_type": "TERO"}, [], id="of a Scottish order: not read"
        ),
    ],
)
def test_a_discharge_within_the_least_length_is_disputed_unless_the_court_says_so(statuses, order, disputed):
    records = (held(source, recorded_status=said, recorded_on=D(2022, 5, 1)) for source, said in statuses.items())
    assert endings(*records, golden=ENDS | order)["disputed_ends"] == disputed


@pytest.mark.parametrize("field", ["end_on", "term_months", "is_until_further_order"])
def test_what_a_steward_decided_is_not_disputed(field):
    assert endings(held("court", **ENDS), held("pnc", **LATER), golden=SHORT, decided=[field])["disputed_ends"] == []


def night(day, **values):
    orders = pl.DataFrame([dict.fromkeys(ORDERS.schema) | {"order_id": "ORD-1"} | values], schema=ORDERS.schema)
    return Before(orders, day)


@pytest.mark.parametrize(
    ("touched", "before", "bounds"),
    [
        pytest.param(None, None, (None, AS_OF), id="on the first night"),
        pytest.param(D(2023, 2, 3), None, (None, D(2023, 2, 3)), id="recorded before"),
        pytest.param(
            None, night(D(2023, 11, 20), legal_status="live"), (D(2023, 11, 20), AS_OF), id="between two nights"
        ),
        pytest.param(
            D(2023, 2, 3),
            night(D(2023, 11, 20), legal_status="live"),
            (None, D(2023, 2, 3)),
            id="recorded before the last night that still showed it live",
        ),
        pytest.param(
            None,
            night(D(2023, 11, 29), legal_status="discharged", ended_after=D(2023, 11, 10), ended_by=D(2023, 11, 20)),
            (D(2023, 11, 10), D(2023, 11, 20)),
            id="known for some nights",
        ),
    ],
)
def test_the_day_of_a_discharge_lies_between_two_nights(touched, before, bounds):
    found = endings(held("pnc", recorded_status="discharged", recorded_on=touched), before=before)
    assert (found["ended_after"], found["ended_by"]) == bounds


HELD_LIVE = [held("pnc", recorded_status="live"), held("pnd", recorded_status="live")]


@pytest.mark.parametrize(
    ("records", "is_withdrawn"),
    [
        pytest.param([held("court", result_state="WITHDRAWN"), held("pnc")], True, id="the only result"),
        pytest.param(
            [held("court", result_state="WITHDRAWN"), held("court", result_state="FINAL")], False, id="entered again"
        ),
        pytest.param([held("pnc")], False, id="no result at all"),
        pytest.param([held("court")], False, id="a result of no known state"),
        pytest.param(
            [held("court", result_state="WITHDRAWN"), held("pnc", recorded_status="live")], True, id="one holds it live"
        ),
        pytest.param([held("court", result_state="WITHDRAWN"), *HELD_LIVE], False, id="two hold it live"),
    ],
)
def test_an_order_is_withdrawn_if_every_result_of_the_court_is(records, is_withdrawn):
    assert endings(*records)["is_withdrawn"] == is_withdrawn


@pytest.mark.parametrize(
    ("records", "is_shown_ended"),
    [
        pytest.param(
            [held("pnd", recorded_status="withdrawn"), held("pnc", recorded_status="live")], True, id="withdrawn"
        ),
        pytest.param([held("rocu", recorded_status="ended"), held("pnc", recorded_status="live")], True, id="ended"),
        pytest.param(
            [held("pnd", recorded_status="withdrawn", standing=AMENDED)], False, id="by a record that is amended"
        ),
        pytest.param([held("court", recorded_status="doubtful")], True, id="by words that leave it open"),
        pytest.param([held("pnc", recorded_status="expired")], False, id="expired: its dates speak for themselves"),
        pytest.param([held("court")], False, id="no status at all"),
        pytest.param(
            [held("court", result_state="WITHDRAWN"), *HELD_LIVE], True, id="by the court, where two say live"
        ),
    ],
)
def test_a_source_shows_an_order_as_ended_without_saying_what_ended_it(records, is_shown_ended):
    assert endings(*records)["is_shown_ended"] == is_shown_ended


@pytest.mark.parametrize(
    ("records", "is_making_doubtful"),
    [
        pytest.param([held("court", recorded_status="doubtful")], True, id="by the court alone"),
        pytest.param([held("court", recorded_status="doubtful"), HELD_LIVE[0]], True, id="one other holds it live"),
        pytest.param([held("court", recorded_status="doubtful"), *HELD_LIVE], False, id="two others hold it live"),
        pytest.param([held("pnd", recorded_status="withdrawn")], False, id="withdrawn: it was made"),
        pytest.param(
            [held("court", result_state="WITHDRAWN"), *HELD_LIVE], True, id="the court took it back, two hold it live"
        ),
    ],
)
def test_words_leave_open_whether_an_order_was_made(records, is_making_doubtful):
    assert endings(*records)["is_making_doubtful"] == is_making_doubtful
