"""Which order a court's result is about that tells what became of one made before."""

from datetime import date

import polars as pl
import pytest

from matching.engine.merges import NO_PAIRS
from matching.events import FACTS, place_events
from warehouse.tables.core import CORE_ORDERS

MADE, LATER, HEARD = date(2024, 3, 4), date(2025, 6, 2), date(2026, 5, 5)
FULL = {"order_type": "STRO", "is_interim": False}
FIRST, SECOND = FULL | {"made_on": MADE}, FULL | {"made_on": LATER}
INTERIM = {"order_type": "STRO", "is_interim": True, "made_on": MADE}


def told(event="discharged", **values):
    return {"source": "court", "event": event, "recorded_on": HEARD} | values


def label_of_event(event, *orders, subjects=None, apart=NO_PAIRS):
    """The row of the order that an event is put to, or None: the event is row 0, each order a row of its own after."""
    rows = [event, *({"source": "court"} | order for order in orders)]
    schema = {name: CORE_ORDERS.schema[name] for name in FACTS}
    records = pl.DataFrame([dict.fromkeys(FACTS) | row for row in rows], schema=schema)
    labels = pl.Series(range(len(rows)), dtype=pl.Int64)
    people = pl.Series(subjects or [0] * len(rows), dtype=pl.Int64)
    placed = place_events(records, labels, people, apart=apart)
    return placed.item(0, "label") if placed.height else None


@pytest.mark.parametrize(
    ("event", "orders", "expected"),
    [
        pytest.param(told(), [FIRST], 1, id="the only order of the person"),
        pytest.param(told(), [], None, id="nobody holds one"),
        pytest.param(told(order_type="STPO", is_interim=False), [FIRST], None, id="of another type"),
        pytest.param(told(**FULL), [INTERIM], None, id="a full order is no interim one"),
        pytest.param(told(is_interim=True), [INTERIM, SECOND], 1, id="the interim order"),
        pytest.param(told(made_on=MADE), [FIRST, SECOND], 1, id="by its day"),
        pytest.param(told(made_on=date(2023, 1, 9)), [FIRST], None, id="a day on which none was made"),
        pytest.param(told(**FULL), [FIRST, SECOND], None, id="one of two: nobody can say which"),
        pytest.param(told(case_urn="C2"), [FIRST, SECOND | {"case_urn": "C2"}], 2, id="one of two, by its case"),
        pytest.param(told(), [FIRST | {"end_on": date(2026, 1, 1)}, SECOND], 2, id="the one that had not ended"),
        pytest.param(told(), [FIRST, SECOND | {"made_on": HEARD}], 1, id="the one that was made before"),
        pytest.param(told("kept"), [FIRST], 1, id="kept as it was"),
        pytest.param(told("changed"), [FIRST], 1, id="changed"),
        pytest.param(told(), [FIRST | {"made_on": None}], 1, id="of no known day"),
    ],
)
def test_an_event_is_put_to_the_one_order_that_it_can_be_about(event, orders, expected):
    assert label_of_event(event, *orders) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        pytest.param({"source": "pnc", "made_on": HEARD}, 1, id="held by the police as of that day"),
        pytest.param({"source": "pnd", "made_on": date(2026, 5, 12)}, 1, id="made a week later"),
        pytest.param({"source": "pnc", "made_on": MADE}, None, id="made two years before: another matter"),
        pytest.param({"source": "court", "made_on": HEARD}, None, id="the court made it too"),
    ],
)
def test_a_refusal_is_put_to_an_order_of_its_time_that_the_police_alone_hold(order, expected):
    assert label_of_event(told("refused", **FULL), FULL | order) == expected


DETERMINED = FULL | {"ends_another": True, "case_urn": "C2"}


@pytest.mark.parametrize(
    ("refusal", "order", "expected"),
    [
        pytest.param(DETERMINED, {"case_urn": "C2"}, 1, id="of the same case"),
        pytest.param(
            DETERMINED | {"made_on": MADE, "is_interim": True, "case_urn": None}, {}, 1, id="named by its day"
        ),
        pytest.param(DETERMINED, {"case_urn": "C1"}, None, id="of another case"),
        pytest.param(DETERMINED | {"made_on": LATER}, {"case_urn": "C2"}, None, id="another day named"),
        pytest.param(
            DETERMINED | {"ends_another": None}, {"case_urn": "C2"}, 1, id="not refused for good: in question"
        ),
        pytest.param(
            DETERMINED | {"ends_another": None, "is_interim": True},
            {"case_urn": "C2"},
            None,
            id="another interim order",
        ),
        pytest.param(DETERMINED | {"order_type": None}, {"case_urn": "C2"}, None, id="of what type is not said"),
        pytest.param(DETERMINED | {"order_type": "STPO"}, {"case_urn": "C2"}, None, id="of another type"),
        pytest.param(DETERMINED, {"case_urn": "C2", "is_interim": False}, None, id="a full order"),
        pytest.param(DETERMINED, {"case_urn": "C2", "end_on": date(2024, 9, 1)}, None, id="over by then"),
    ],
)
def test_a_refusal_is_put_to_the_interim_order_that_it_names_or_of_its_case(refusal, order, expected):
    assert label_of_event(told("refused", **refusal), INTERIM | order) == expected


def test_an_event_is_put_to_no_order_of_another_person():
    assert label_of_event(told(), FIRST, subjects=[0, 1]) is None


def test_an_event_is_put_to_no_order_from_which_a_steward_keeps_it():
    apart = pl.DataFrame({"left": [0], "right": [1]}, schema=NO_PAIRS.schema)
    assert label_of_event(told(), FIRST, apart=apart) is None
    assert label_of_event(told(), FIRST, SECOND, apart=apart) == 2
