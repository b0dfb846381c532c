"""Which conditions of an order are believed, where its sources differ."""

from datetime import date

import polars as pl
import pytest

from reconciliation.conditions import believe_conditions, find_orders_beside, list_conditions
from warehouse.tables.core import CORE_CONDITIONS

HEARD_ON, LAST_DAY, LATER = date(2022, 11, 1), date(2024, 10, 31), date(2026, 10, 31)


def judged_conditions(held, *, beside=None, heard_on=HEARD_ON, person="somebody else", as_of=HEARD_ON, **facts):
    """The conditions of an order: `held` by record, `beside` by record of another order."""
    records = {**held, **{f"{record}2": codes for record, codes in (beside or {}).items()}}
    conditions = pl.DataFrame(
        [
            dict.fromkeys(CORE_CONDITIONS.schema) | {"record_id": record, "sequence": place, "text": code}
            | {"condition_code": code, "is_cut": False}
            for record, codes in records.items()
            for place, code in enumerate(codes.split(), start=1)
        ],
        schema=CORE_CONDITIONS.schema,
    )  # fmt: skip
    places = pl.DataFrame(
        [
            {
                "record_id": record,
                "source": record.rstrip("ab2"),
                "order_id": "other" if record.endswith("2") else "one",
                "standing": 0,
            }
            for record in records
        ]
    )
    golden = pl.DataFrame(
        {
            "order_id": ["one", "other"],
            "subject_id": ["somebody", person],
            "court_code": ["B20BL00"] * 2,
            "made_on": [HEARD_ON, heard_on],
            "start_on": [HEARD_ON, heard_on],
            "end_on": [LAST_DAY] * 2,
            "binds_until": [facts.get("binds_until", LAST_DAY)] * 2,
            "disputed_ends": [facts.get("disputed_ends", [])] * 2,
            "order_type": ["STRO"] * 2,
            "is_travel_only": [facts.get("is_travel_only", False)] * 2,
        },
        schema_overrides={"binds_until": pl.Date, "disputed_ends": pl.List(pl.String)},
    )
    listed = list_conditions(conditions, places)
    judged = believe_conditions(listed, golden, find_orders_beside(listed, golden), as_of=as_of)
    return judged.filter(pl.col("order_id") == "one")


def codes_of(conditions, mark):
    return " ".join(sorted(conditions.filter(mark).get_column("condition_code")))


def believed(held, **beside):
    return codes_of(judged_conditions(held, **beside), "is_golden")


@pytest.mark.parametrize(
    ("held", "beside", "expected"),
    [
        pytest.param({"court": "C01 C09"}, {}, "C01 C09", id="one source alone"),
        pytest.param({"court": "C01", "pnc": "C01 C09"}, {}, "C01 C09", id="half of the sources"),
        pytest.param({"court": "C01", "pnc": "C01", "pnd": "C01 C09"}, {}, "C01", id="one source in three"),
        pytest.param(
            {"court": "C01", "pnc": "C01", "pnd": "C01 C09"},
            {"court": "C09", "pnc": "C09"},
            "C01 C09",
            id="one source in three, and two of a co-defendant's order",
        ),
        pytest.param(
            {"court": "C01", "pnc": "C01", "pnd": "C01 C09", "rocu": "C01"},
            {"court": "C09", "pnc": "C09"},
            "C01",
            id="three sources that lack it are not outvoted by a co-defendant's order",
        ),
        pytest.param(
            {"court": "C01", "pnc": "C01", "pnd": "C01 C09"},
            {"court": "C09", "pnc": "C02"},
            "C01",
            id="one source of a co-defendant's order is not enough",
        ),
        pytest.param(
            {"court": "C01", "pnc": "C01 C09"},
            {"court": "C01"},
            "C01",
            id="half of the sources, and a co-defendant's order has none of it",
        ),
        pytest.param(
            {"court": "C01 C02", "pnc": "C01 C02 C09"},
            {"court": "C09"},
            "C01 C02 C09",
            id="half of the sources, and a co-defendant's order has it",
        ),
        pytest.param(
            {"pnc": "C01", "pnda": "C01", "pndb": "C01 C09"},
            {},
            "C01",
            id="one of two records of a source is half a voice",
        ),
        pytest.param({"pnda": "C01", "pndb": "C01 C09"}, {}, "C01 C09", id="one of two records of the only source"),
    ],
)
def test_conditions_believed(held, beside, expected):
    assert believed(held, beside=beside) == expected


def test_the_orders_of_one_person_stand_beside_one_another():
    held = {"court": "C01", "pnc": "C01", "pnd": "C01 C09"}
    beside = {"court": "C09", "pnc": "C09"}
    assert believed(held, beside=beside, heard_on=date(2021, 5, 4)) == "C01"
    assert believed(held, beside=beside, heard_on=date(2021, 5, 4), person="somebody") == "C01 C09"


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        pytest.param({"court": "C01 C09", "pnc": "C01", "pnd": "C01"}, "C09", id="the court's result alone"),
        pytest.param({"court": "C01", "pnc": "C01", "pnd": "C01 C09"}, "", id="a source that copies the court"),
        pytest.param({"court": "C01 C09", "pnc": "C01 C09"}, "", id="believed, and so not in doubt"),
    ],
)
def test_a_condition_of_the_court_that_is_not_believed_is_in_doubt(held, expected):
    assert codes_of(judged_conditions(held), "is_doubtful") == expected


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        pytest.param({"court": "C01", "pnc": "C01 C09"}, "C09", id="one of two"),
        pytest.param({"court": "C01", "pnc": "C01", "pnd": "C01 C09"}, "", id="one of three"),
    ],
)
def test_a_condition_that_half_of_the_sources_hold_is_in_doubt_where_orders_beside_have_none_of_it(held, expected):
    assert codes_of(judged_conditions(held, beside={"court": "C01"}), "is_doubtful") == expected


@pytest.mark.parametrize(
    ("facts", "end_on", "is_lapsed"),
    [
        pytest.param({}, LAST_DAY, True, id="the end of its order"),
        pytest.param(
            {"disputed_ends": ["2026-10-31"], "binds_until": LATER}, LATER, False, id="a later end in dispute"
        ),
        pytest.param(
            {"disputed_ends": ["until further order"], "binds_until": None, "is_travel_only": True},
            None,
            False,
            id="no end, by some source",
        ),
        pytest.param(
            {"disputed_ends": ["until further order"], "binds_until": None},
            date(2027, 10, 31),
            False,
            id="no end, by some source, and other prohibitions beside: five years",
        ),
    ],
)
def test_a_prohibition_on_travel_lasts_as_long_as_its_order_may(facts, end_on, is_lapsed):
    [ban] = judged_conditions({"court": "C28"}, as_of=date(2025, 1, 1), **facts).to_dicts()
    assert (ban["end_on"], ban["is_lapsed"]) == (end_on, is_lapsed)
