"""Which orders and prohibitions that bind the register shows as ended, and the other way round."""

from datetime import date

import polars as pl
import pytest

from benchmarks.protection import Shown, count_prohibitions, count_shown

NIGHT = date(2026, 11, 20)
BEFORE, LATER = date(2026, 11, 19), date(2027, 1, 1)


def shown(folder, status, *ends):
    """What is counted of one true order, whose records are in orders of the register that bind until then."""
    keys = [str(place) for place in range(len(ends))]
    records = {"source": ["pnc"] * len(ends), "source_key": keys}
    pl.DataFrame({"order_id": ["T"], "status": [status]}).write_csv(folder / "orders.csv")
    pl.DataFrame(records | {"order_id": ["T"] * len(ends)}).write_csv(folder / "links.csv")
    register = {
        "order_sources": pl.DataFrame(records | {"order_id": keys}),
        "orders": pl.DataFrame({"order_id": keys, "binds_until": ends}, schema_overrides={"binds_until": pl.Date}),
    }
    return count_shown(register, folder, NIGHT)


@pytest.mark.parametrize(
    ("ends", "free"),
    [
        pytest.param([LATER], 0, id="to a later day"),
        pytest.param([NIGHT], 0, id="to the end of the day itself"),
        pytest.param([None], 0, id="without an end"),
        pytest.param([BEFORE], 1, id="until yesterday"),
        pytest.param([BEFORE, LATER], 0, id="in one of two orders that its records were put into"),
    ],
)
def test_an_order_that_binds_is_shown_as_bound(tmp_path, ends, free):
    assert shown(tmp_path, "L", *ends) == Shown(1, free, 0, 0)


@pytest.mark.parametrize(
    ("end", "bound"), [pytest.param(BEFORE, 0, id="as ended"), pytest.param(LATER, 1, id="as bound or in doubt")]
)
def test_an_order_that_ended_is_shown(tmp_path, end, bound):
    assert shown(tmp_path, "E", end) == Shown(0, 0, 1, bound)


def test_an_order_that_no_record_of_the_register_is_of_is_shown_as_free(tmp_path):
    pl.DataFrame({"order_id": ["T"], "status": ["L"]}).write_csv(tmp_path / "orders.csv")
    pl.DataFrame(schema={"source": pl.String, "source_key": pl.String, "order_id": pl.String}).write_csv(
        tmp_path / "links.csv"
    )
    register = {
        "order_sources": pl.DataFrame(schema=dict.fromkeys(("source", "source_key", "order_id"), pl.String)),
        "orders": pl.DataFrame(schema={"order_id": pl.String, "binds_until": pl.Date}),
    }
    assert count_shown(register, tmp_path, NIGHT).shown_free == 1


@pytest.mark.parametrize(
    ("true", "listed", "order_ends", "expected"),
    [
        pytest.param({}, {}, LATER, Shown(1, 0, 0, 0), id="believed"),
        pytest.param({}, {"is_golden": False}, LATER, Shown(1, 1, 0, 0), id="not believed"),
        pytest.param({}, {"is_golden": False, "is_doubtful": True}, LATER, Shown(1, 0, 0, 0), id="in doubt"),
        pytest.param({}, {"is_lapsed": True}, LATER, Shown(1, 1, 0, 0), id="shown as lapsed"),
        pytest.param({}, {"condition_code": "C02"}, LATER, Shown(1, 1, 0, 0), id="another one in its place"),
        pytest.param({}, {}, BEFORE, Shown(1, 1, 0, 0), id="of an order shown as ended"),
        pytest.param({"status": "E"}, {}, LATER, Shown(0, 0, 1, 1), id="of an order that has ended"),
        pytest.param(
            {"conditions": "C28", "travel_banned_until": BEFORE.isoformat()},
            {"condition_code": "C28"},
            LATER,
            Shown(0, 0, 1, 1),
            id="a ban on travel that has lapsed",
        ),
        pytest.param({"conditions": "C29"}, {}, LATER, Shown(0, 0, 0, 0), id="a duty to notify is no prohibition"),
    ],
)
def test_prohibitions_that_bind_are_shown_as_binding(tmp_path, true, listed, order_ends, expected):
    order = {"order_id": "T", "status": "L", "conditions": "C01", "travel_banned_until": None} | true
    pl.DataFrame([order]).write_csv(tmp_path / "orders.csv")
    record = {"source": "pnc", "source_key": "0"}
    pl.DataFrame([record | {"order_id": "T"}]).write_csv(tmp_path / "links.csv")
    condition = {"order_id": "0", "condition_code": "C01", "is_golden": True, "is_doubtful": False, "is_lapsed": False}
    register = {
        "order_sources": pl.DataFrame([record | {"order_id": "0"}]),
        "orders": pl.DataFrame([{"order_id": "0", "binds_until": order_ends}]),
        "conditions": pl.DataFrame([condition | listed]),
    }
    assert count_prohibitions(register, tmp_path, NIGHT) == expected
