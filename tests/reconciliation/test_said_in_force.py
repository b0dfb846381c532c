"""An order that a steward said to be in force stays in doubt until the day that was given, whatever sources say."""

from datetime import date

import polars as pl
import pytest

from reconciliation.said_in_force import SAID_IN_FORCE, hold_in_force

UNTIL, SAID_ON = date(2027, 7, 4), date(2026, 11, 1)
ENDED, TO_COME = date(2022, 7, 12), date(2027, 3, 31)


def disputed(end_on, *, is_discharged=False, disputed_ends=(), decided=(), said=True):
    endings = pl.DataFrame(
        {"order_id": ["ORD-1"], "is_discharged": [is_discharged], "disputed_ends": [list(disputed_ends)]},
        schema_overrides={"disputed_ends": pl.List(pl.String)},
    )
    golden = pl.DataFrame({"order_id": ["ORD-1"], "end_on": [end_on]}, schema_overrides={"end_on": pl.Date})
    row = pl.DataFrame({"order_id": ["ORD-1"], "until": [UNTIL], "said_on": [SAID_ON]})
    held = hold_in_force(
        endings,
        golden,
        said=row if said else SAID_IN_FORCE,
        decided={name: pl.DataFrame({"order_id": ["ORD-1"]}) for name in decided},
    )
    assert held.columns == endings.columns
    return held.get_column("disputed_ends").to_list()[0]


@pytest.mark.parametrize(
    ("end_on", "more", "ends"),
    [
        pytest.param(ENDED, {}, ["2027-07-04"], id="its end had passed, and no source differs any more"),
        pytest.param(ENDED, {"disputed_ends": ["2027-07-12"]}, ["2027-07-12", "2027-07-04"], id="sources still differ"),
        pytest.param(TO_COME, {}, [], id="its end was to come: it runs until then"),
        pytest.param(TO_COME, {"is_discharged": True}, ["2027-03-31"], id="discharged since, before its end"),
        pytest.param(None, {"is_discharged": True}, ["2027-07-04"], id="discharged since, without an end"),
        pytest.param(ENDED, {"decided": ["term_months"]}, [], id="a steward decided the period"),
        pytest.param(ENDED, {"said": False}, [], id="nobody said so"),
    ],
)
def test_what_a_steward_said_is_one_of_the_ends(end_on, more, ends):
    assert disputed(end_on, **more) == ends
