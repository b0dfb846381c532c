"""What the law makes of an order as of a day."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.law import judge_status
from warehouse.tables.register import LEGAL_STATUSES

D = date
AS_OF = D(2023, 11, 30)
SCHEMA = {
    "order_id": pl.String,
    "subject_id": pl.String,
    "order_type": pl.String,
    "is_interim": pl.Boolean,
    "made_on": pl.Date,
    "start_on": pl.Date,
    "end_on": pl.Date,
    "is_until_further_order": pl.Boolean,
    "is_withdrawn": pl.Boolean,
    "is_discharged": pl.Boolean,
}


def order(order_id="first", order_type="STRO", **values):
    return {
        "order_id": order_id,
        "subject_id": "subject",
        "order_type": order_type,
        "is_interim": False,
        "is_withdrawn": False,
        "is_discharged": False,
    } | values


def judge(*orders, as_of=AS_OF):
    rows = [dict.fromkeys(SCHEMA) | row for row in orders]
    judged = judge_status(pl.DataFrame(rows, schema=SCHEMA), as_of=as_of)
    return {row["order_id"]: (row["legal_status"], row["follows_order_id"]) for row in judged.to_dicts()}


@pytest.mark.parametrize(
    ("values", "status"),
    [
        pytest.param({"made_on": D(2022, 1, 1), "end_on": D(2024, 1, 1)}, "live", id="between start and end"),
        pytest.param({"made_on": D(2021, 12, 1), "end_on": AS_OF}, "live", id="on its last day"),
        pytest.param({"made_on": D(2021, 12, 1), "end_on": D(2023, 11, 29)}, "expired", id="the day after"),
        pytest.param({"made_on": D(2021, 12, 1)}, "live", id="no end recorded is no end"),
        pytest.param({"is_until_further_order": True}, "live", id="open, with no dates"),
        pytest.param({"made_on": D(2023, 1, 1), "start_on": AS_OF}, "live", id="on its first day"),
        pytest.param(
            {"made_on": D(2023, 1, 1), "start_on": D(2024, 6, 1), "end_on": D(2029, 6, 1)},
            "not_started",
            id="to run from release",
        ),
        pytest.param({}, "not_known", id="no dates at all"),
        pytest.param({"made_on": D(2022, 1, 1), "is_discharged": True}, "discharged", id="discharged"),
        pytest.param({"is_withdrawn": True, "is_discharged": True}, "withdrawn", id="withdrawn by the court"),
    ],
)
def test_status_of_an_order_alone(values, status):
    assert judge(order(**values)) == {"first": (status, None)}


@pytest.mark.parametrize(
    ("earlier", "later", "status", "follows"),
    [
        pytest.param(
            {"is_interim": True, "made_on": D(2022, 6, 1), "end_on": D(2022, 11, 1)},
            {"made_on": D(2022, 11, 1)},
            "superseded",
            "first",
            id="interim determined by the full order",
        ),
        pytest.param(
            {"is_interim": True, "made_on": D(2022, 6, 1), "end_on": D(2022, 11, 1), "order_type": "STPO"},
            {"made_on": D(2022, 11, 1)},
            "superseded",
            "first",
            id="interim of a mistaken type",
        ),
        pytest.param(
            {"is_interim": True, "made_on": D(2017, 6, 1), "end_on": D(2017, 11, 1)},
            {"made_on": D(2022, 11, 1)},
            "expired",
            None,
            id="interim of another application, years before",
        ),
        pytest.param(
            {"is_interim": True, "made_on": D(2022, 6, 1)},
            {"made_on": D(2022, 11, 1)},
            "superseded",
            "first",
            id="interim without a recorded end",
        ),
        pytest.param(
            {"made_on": D(2022, 6, 1), "end_on": D(2024, 6, 1)},
            {"made_on": D(2023, 6, 1)},
            "superseded",
            "first",
            id="later order of one type",
        ),
        pytest.param(
            {"made_on": D(2018, 6, 1), "end_on": D(2020, 6, 1)},
            {"made_on": D(2021, 6, 1)},
            "expired",
            None,
            id="ended before the later order was made",
        ),
        pytest.param(
            {"made_on": D(2018, 6, 1), "end_on": D(2020, 6, 1)},
            {"made_on": D(2019, 6, 1), "order_type": "STPO"},
            "superseded",
            "first",
            id="risk order overtaken by a prevention order",
        ),
        pytest.param(
            {"made_on": D(2018, 6, 1), "order_type": "STPO"},
            {"made_on": D(2019, 6, 1)},
            "live",
            None,
            id="a risk order does not overtake a prevention order",
        ),
        pytest.param(
            {"made_on": D(2022, 6, 1)},
            {"made_on": D(2023, 6, 1), "is_interim": True},
            "live",
            None,
            id="an interim order ends no full one",
        ),
        pytest.param(
            {"made_on": D(2022, 6, 1)},
            {"made_on": D(2023, 6, 1), "is_withdrawn": True},
            "live",
            None,
            id="a withdrawn order ends nothing",
        ),
        pytest.param(
            {"made_on": D(2022, 6, 1)},
            {"made_on": D(2023, 12, 1)},
            "live",
            None,
            id="an order made after the day ends nothing yet",
        ),
        pytest.param(
            {"made_on": D(2022, 6, 1)},
            {"made_on": D(2023, 6, 1), "subject_id": "another"},
            "live",
            None,
            id="the order of a co-defendant",
        ),
        pytest.param(
            {"made_on": D(2022, 6, 1), "order_type": None},
            {"made_on": D(2023, 6, 1), "order_type": None},
            "live",
            None,
            id="of types not known nothing follows",
        ),
    ],
)
def test_status_of_an_order_followed_by_another(earlier, later, status, follows):
    judged = judge(order(**earlier), order("second", **later))
    assert judged["first"][0] == status
    assert judged["second"][1] == follows


def test_interim_then_full_then_prevention_order_are_one_chain():
    judged = judge(
        order("interim", is_interim=True, made_on=D(2019, 9, 3), end_on=D(2019, 12, 24)),
        order("full", made_on=D(2019, 12, 24), end_on=D(2022, 12, 23)),
        order("prevention", "STPO", made_on=D(2021, 10, 21), end_on=D(2028, 10, 21)),
    )
    assert judged == {
        "interim": ("superseded", None),
        "full": ("superseded", "interim"),
        "prevention": ("live", "full"),
    }


drawn_orders = st.lists(
    st.fixed_dictionaries(
        {
            "subject_id": st.sampled_from(["a", "b"]),
            "order_type": st.sampled_from([None, "STRO", "STPO", "TERO", "TEPO"]),
            "is_interim": st.none() | st.booleans(),
            "made_on": st.none() | st.dates(D(2020, 1, 1), D(2024, 12, 31)),
            "end_on": st.none() | st.dates(D(2020, 1, 1), D(2024, 12, 31)),
            "is_withdrawn": st.booleans(),
            "is_discharged": st.booleans(),
        }
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=40, deadline=None)
@given(drawn_orders, st.randoms(use_true_random=False))
def test_every_order_has_one_status_in_any_row_order(drawn, shuffle):
    rows = [order(f"order{number}") | values for number, values in enumerate(drawn)]
    judged = judge(*rows)
    assert judged.keys() == {row["order_id"] for row in rows}
    assert {status for status, _ in judged.values()} <= set(LEGAL_STATUSES)
    shuffle.shuffle(rows)
    assert judge(*rows) == judged


@settings(max_examples=40, deadline=None)
@given(drawn_orders)
def test_no_order_follows_itself_round_a_ring(drawn):
    judged = judge(*(order(f"order{number}") | values for number, values in enumerate(drawn)))
    for start in judged:
        seen, here = {start}, judged[start][1]
        while here is not None:
            assert here not in seen
            seen.add(here)
            here = judged[here][1]
