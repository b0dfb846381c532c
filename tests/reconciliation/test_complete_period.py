"""When the length of an order counts against an end that comes too soon."""

from datetime import date

import polars as pl
import pytest

from reconciliation.overrides import NO_OVERRIDES
from reconciliation.periods import complete_period

START, STATED, BY_TERM = date(2020, 5, 1), date(2022, 4, 30), date(2025, 5, 1)


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        pytest.param({}, BY_TERM, id="a prevention order of two years is too short: its length of five counts"),
        pytest.param({"is_travel_only": True}, STATED, id="prohibitions on travel alone have no shortest term"),
        pytest.param({"court_code": "NI-BELFAST-CC"}, STATED, id="the shortest term of Northern Ireland was not read"),
        pytest.param({"is_interim": True}, STATED, id="an interim order has no shortest term"),
        pytest.param({"order_type": "STRO"}, STATED, id="a risk order can last two years"),
        pytest.param(
            {"is_interim": None, "is_travel_only": None, "court_code": None}, BY_TERM, id="not known of either"
        ),
    ],
)
def test_a_length_counts_against_an_end_that_the_law_does_not_allow(facts, end):
    order = {
        "order_type": "STPO", "is_interim": False, "is_travel_only": False, "court_code": "B20BL00", "made_on": START,
        "start_on": START, "end_on": STATED, "term_months": 60, "is_until_further_order": None,
    } | facts  # fmt: skip
    flags = dict.fromkeys(("is_interim", "is_travel_only", "is_until_further_order"), pl.Boolean)
    frame = pl.DataFrame([order], schema_overrides={**flags, "court_code": pl.String})
    assert complete_period(frame, NO_OVERRIDES).get_column("end_on").item() == end
