"""Which orders that bind the register shows as ended, and the other way round."""

from datetime import date

import polars as pl
import pytest

from benchmarks.protection import Shown, count_shown

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
