"""How long a prohibition on foreign travel lasts, and which orders forbid nothing else."""

from datetime import date

import polars as pl
import pytest

from reconciliation.travel import find_travel_only, own_end
from warehouse.tables.core import CORE_CONDITIONS

START, END = date(2020, 5, 1), date(2030, 4, 30)
LAST_OF_FIVE = date(2025, 4, 30)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"stated_months": 24}, date(2022, 4, 30), id="its own words"),
        pytest.param({"stated_months": 84}, date(2027, 4, 30), id="its own words, longer than the law allows"),
        pytest.param({"stated_until": date(2023, 1, 2)}, date(2023, 1, 2), id="a day in its words"),
        pytest.param({"stated_until": date(2023, 1, 2), "stated_months": 24}, date(2023, 1, 2), id="the later of both"),
        pytest.param({"stated_until": date(2019, 1, 2)}, LAST_OF_FIVE, id="a day before it begins says nothing"),
        pytest.param({"stated_months": 24, "runs_from": date(2021, 5, 1)}, date(2023, 4, 30), id="from a later day"),
        pytest.param({"is_from_release": True}, None, id="from release: as long as the order"),
        pytest.param({}, LAST_OF_FIVE, id="five years within a longer order"),
        pytest.param({"end_on": None}, LAST_OF_FIVE, id="five years within an order until further order"),
        pytest.param({"end_on": date(2022, 4, 30)}, date(2022, 4, 30), id="no longer than its order"),
        pytest.param({"is_travel_only": True}, END, id="an order of nothing else gives it its end"),
        pytest.param({"order_type": "TEPO", "jurisdiction": "Scotland"}, LAST_OF_FIVE, id="Scotland"),
        pytest.param({"jurisdiction": "Northern Ireland"}, END, id="Northern Ireland, whose limit was not read"),
        pytest.param({"jurisdiction": None}, END, id="a court that is not known"),
        pytest.param({"start_on": None, "made_on": None, "end_on": None}, None, id="no dates at all"),
        pytest.param({"kind": "prohibition"}, None, id="another kind lasts as its order does"),
        pytest.param({"kind": "prohibition", "stated_months": 24}, date(2022, 4, 30), id="another kind, its own words"),
    ],
)
def test_last_day_of_a_prohibition_on_travel(facts, expected):
    row = {
        "kind": "travel", "stated_months": None, "stated_until": None, "runs_from": None, "is_from_release": None,
        "is_travel_only": False, "order_type": "STPO", "made_on": START,
        "jurisdiction": "England and Wales", "start_on": START, "end_on": END,
    } | facts  # fmt: skip
    dates = dict.fromkeys(("made_on", "start_on", "end_on", "stated_until", "runs_from"), pl.Date)
    frame = pl.DataFrame(
        [row], schema_overrides={**dates, "stated_months": pl.Int64, "jurisdiction": pl.String}
    )  # fmt: skip
    assert frame.select(own_end()).item() == expected


def is_travel_only(held, *, order_type="STRO"):
    conditions = pl.DataFrame(
        [
            dict.fromkeys(CORE_CONDITIONS.schema)
            | {"record_id": record, "sequence": place, "text": "t", "is_cut": False}
            | {"condition_code": None if code == "?" else code}
            for record, codes in held.items()
            for place, code in enumerate(codes.split(), start=1)
        ],
        schema=CORE_CONDITIONS.schema,
    )
    places = pl.DataFrame({"record_id": list(held)}).with_columns(
        order_cluster=pl.lit("one"), order_type=pl.lit(order_type), standing=pl.lit(0)
    )
    return find_travel_only(conditions, places).get_column("is_travel_only").to_list()


@pytest.mark.parametrize(
    ("held", "order_type", "expected"),
    [
        pytest.param({"court": "C27", "pnc": "C27 C28"}, "STRO", [True], id="prohibitions on travel alone"),
        pytest.param({"court": "C28 C29"}, "STRO", [True], id="a duty to notify is no prohibition"),
        pytest.param({"court": "C28 C29"}, "TERO", [False], id="in Scotland a requirement beside is too much"),
        pytest.param({"court": "C28", "pnc": "C28 C01"}, "STRO", [False], id="one source holds another"),
        pytest.param({"court": "C28", "pnc": "C28 ?"}, "STRO", [False], id="one that could not be coded"),
        pytest.param({"court": "C29"}, "STRO", [False], id="a duty to notify alone"),
        pytest.param({"court": ""}, "STRO", [], id="no conditions listed"),
    ],
)
def test_orders_that_forbid_travel_alone(held, order_type, expected):
    assert is_travel_only(held, order_type=order_type) == expected
