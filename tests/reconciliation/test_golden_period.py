"""Which start, end and length of an order are believed, and why."""

from datetime import date

import polars as pl
import pytest
from golden_choice import assert_believed, choose, choose_golden, frame, one_order, record
from shares import first_of_each, one_in


@first_of_each(
    lambda rows, field, value, winner, rule: (field, rule),
    ("rows", "field", "value", "winner", "rule"),
    [
        pytest.param(
            [
                record("court", "a", start_on=date(2020, 5, 1), end_on=date(2019, 5, 1)),
                record("rocu", "b", start_on=date(2020, 5, 1), end_on=date(2022, 5, 1)),
            ],
            "end_on",
            date(2022, 5, 1),
            "rocu:b",
            "valid_over_invalid",
            id="an end before the start loses",
        ),
        pytest.param(
            [
                record("court", "a", start_on=date(2020, 5, 1), end_on=date(2025, 4, 30), term_months=24),
                record("pnd", "b", start_on=date(2020, 5, 1), end_on=date(2022, 4, 30), term_months=24),
            ],
            "end_on",
            date(2022, 4, 30),
            "pnd:b",
            "corroboration",
            id="between two ends, the one that start and term bear out",
        ),
        pytest.param(
            [
                record("court", "a", order_type="STRO", start_on=date(2020, 5, 1), end_on=date(2021, 4, 30)),
                record(
                    "pnd", "b", order_type="STRO", start_on=date(2020, 5, 1), end_on=date(2022, 4, 30), is_interim=False
                ),
            ],
            "end_on",
            date(2022, 4, 30),
            "pnd:b",
            "valid_over_invalid",
            id="a full risk order runs for two years at least",
        ),
        pytest.param(
            [
                record("court", "a", order_type="STPO", term_months=12, is_interim=False),
                record("pnd", "b", order_type="STPO", term_months=120),
            ],
            "term_months",
            120,
            "pnd:b",
            "valid_over_invalid",
            id="a full prevention order runs for five years at least",
        ),
        pytest.param(
            [
                record(
                    "court",
                    "a",
                    made_on=date(2020, 5, 1),
                    start_on=date(2020, 6, 1),
                    end_on=date(2025, 5, 31),
                    term_months=60,
                ),
                record("pnc", "b", made_on=date(2020, 5, 1), start_on=date(2020, 5, 1)),
                record("pnd", "c", made_on=date(2020, 5, 1), start_on=date(2020, 5, 1)),
            ],
            "start_on",
            date(2020, 6, 1),
            "court:a",
            "valid_over_invalid",
            id="the date of order filled in as the start does not outvote a later start that end and term bear out",
        ),
        pytest.param(
            [
                record("court", "a", made_on=date(2020, 5, 1), start_on=date(2020, 5, 1)),
                record("pnc", "b", made_on=date(2020, 5, 1), start_on=date(2020, 5, 1)),
                record("pnd", "c", made_on=date(2020, 5, 1), start_on=date(2021, 11, 23)),
            ],
            "start_on",
            date(2021, 11, 23),
            "pnd:c",
            "valid_over_invalid",
            id="a start deferred by more than any slip is believed of one source",
        ),
        pytest.param(
            [
                record("court", "a", made_on=date(2020, 5, 1), start_on=date(2020, 5, 1)),
                record("pnc", "b", made_on=date(2020, 5, 1), start_on=date(2020, 5, 1)),
                record("pnd", "c", made_on=date(2020, 5, 1), start_on=date(2020, 5, 2)),
            ],
            "start_on",
            date(2020, 5, 1),
            "court:a",
            "agreement",
            id="a start a day after that of all others is a slip",
        ),
        pytest.param(
            [
                record(
                    "court",
                    "a",
                    made_on=date(2020, 5, 1),
                    start_on=date(2020, 5, 2),
                    end_on=date(2025, 5, 1),
                    term_months=60,
                ),
                record("pnc", "b", made_on=date(2020, 5, 1), start_on=date(2020, 5, 1)),
                record("pnd", "c", made_on=date(2020, 5, 1), start_on=date(2020, 5, 1)),
            ],
            "start_on",
            date(2020, 5, 1),
            "pnc:b",
            "agreement",
            id="an end that fits the date of order as well bears no later start out",
        ),
        pytest.param(
            [
                record("court", "a", made_on=date(2020, 5, 1), start_on=date(2020, 5, 20)),
                record(
                    "pnc",
                    "b",
                    made_on=date(2020, 5, 1),
                    start_on=date(2020, 5, 1),
                    end_on=date(2025, 5, 19),
                    term_months=60,
                ),
                record("pnd", "c", made_on=date(2020, 5, 1), start_on=date(2020, 5, 1)),
            ],
            "start_on",
            date(2020, 5, 20),
            "court:a",
            "valid_over_invalid",
            id="a start that another source's end and length bear out is believed",
        ),
        pytest.param(
            [
                record("court", "a", made_on=date(2020, 5, 4), start_on=date(2020, 5, 4)),
                record("pnc", "b", made_on=date(2020, 5, 4), start_on=date(2020, 5, 4)),
                record("pnd", "c", made_on=date(2019, 5, 4), start_on=date(2021, 5, 4)),
            ],
            "start_on",
            date(2020, 5, 4),
            "court:a",
            "agreement",
            id="a start that is another year than that of two sources is a slip",
        ),
        pytest.param(
            [
                record(
                    "court",
                    "a",
                    made_on=date(2020, 5, 1),
                    start_on=date(2020, 6, 1),
                    end_on=date(2025, 5, 31),
                    term_months=48,
                ),
                record("pnc", "b", made_on=date(2020, 5, 1), start_on=date(2020, 5, 1)),
                record("pnd", "c", made_on=date(2020, 5, 1), start_on=date(2020, 5, 1)),
            ],
            "start_on",
            date(2020, 5, 1),
            "pnc:b",
            "agreement",
            id="a later start that its own end and term contradict is outvoted",
        ),
        pytest.param(
            [
                record("court", "a", start_on=date(2026, 5, 1), end_on=date(2025, 5, 1)),
                record("pnc", "b", start_on=date(2020, 5, 1), end_on=date(2025, 5, 1)),
            ],
            "start_on",
            date(2020, 5, 1),
            "pnc:b",
            "valid_over_invalid",
            id="a start after the record's own end loses",
        ),
        pytest.param(
            [
                record(
                    "court",
                    "a",
                    made_on=date(2020, 5, 1),
                    start_on=date(2020, 6, 9),
                    end_on=date(2025, 6, 8),
                    term_months=60,
                ),
                record(
                    "pnc",
                    "b",
                    made_on=date(2020, 5, 1),
                    start_on=date(2020, 6, 9),
                    end_on=date(2025, 5, 1),
                    term_months=60,
                ),
                record(
                    "pnd",
                    "c",
                    made_on=date(2020, 5, 1),
                    start_on=date(2020, 6, 9),
                    end_on=date(2025, 5, 1),
                    term_months=60,
                ),
            ],
            "end_on",
            date(2025, 6, 8),
            "court:a",
            "valid_over_invalid",
            id="an end counted from the date of order loses where the order starts later",
        ),
        pytest.param(
            [
                record("court", "a", start_on=date(2020, 5, 1), end_on=date(2025, 5, 1), term_months=120),
                record("pnc", "b", start_on=date(2020, 5, 1), end_on=date(2025, 5, 1)),
                record("pnd", "c", term_months=60),
            ],
            "term_months",
            60,
            "pnd:c",
            "valid_over_invalid",
            id="a length against the dates of the order loses",
        ),
    ],
)
def test_value_of_the_period_believed(rows, field, value, winner, rule):
    assert_believed(rows, field, value, winner, rule)


@one_in(
    2,
    ("rows", "period", "derived"),
    [
        pytest.param(
            [record("pnd", "a", start_on=date(2020, 5, 1), term_months=24)],
            (False, date(2022, 5, 1), 24),
            {"end_on"},
            id="end from start and term",
        ),
        pytest.param(
            [record("pnd", "a", start_on=date(2020, 5, 1), end_on=date(2022, 4, 30))],
            (False, date(2022, 4, 30), 24),
            {"term_months"},
            id="term from dates, the last day being the day before",
        ),
        pytest.param(
            [record("pnd", "a", start_on=date(2020, 5, 1), end_on=date(2022, 5, 1))],
            (False, date(2022, 5, 1), 24),
            {"term_months"},
            id="term from dates, the last day being the same day of the month",
        ),
        pytest.param(
            [record("pnd", "a", start_on=date(2020, 5, 1), end_on=date(2022, 5, 20))],
            (False, date(2022, 5, 20), None),
            set(),
            id="no term where the dates are not whole months apart",
        ),
        pytest.param(
            [
                record("court", "a", start_on=date(2020, 5, 1), is_until_further_order=True),
                record("pnc", "b", start_on=date(2020, 5, 1), is_until_further_order=True),
                record("rocu", "c", start_on=date(2020, 5, 1), end_on=date(2022, 5, 1), term_months=24),
            ],
            (True, None, None),
            {"end_on", "term_months"},
            id="until further order: neither end nor term",
        ),
        pytest.param(
            [
                record("rocu", "a", start_on=date(2020, 5, 1), is_until_further_order=True),
                record("court", "b", start_on=date(2020, 5, 1), end_on=date(2022, 5, 1)),
            ],
            (False, date(2022, 5, 1), 24),
            {"term_months"},
            id="a fixed end of the court against an open one of the region",
        ),
        pytest.param(
            [record("pnc", "a", start_on=date(2020, 5, 1), end_on=date(2020, 10, 1), term_months=5, is_interim=True)],
            (False, date(2020, 10, 1), None),
            {"term_months"},
            id="an interim order has no term",
        ),
        pytest.param(
            [
                record(
                    "pnc",
                    "a",
                    order_type="TERO",
                    start_on=date(2020, 5, 1),
                    is_until_further_order=True,
                    court_code=None,
                ),
                record("rocu", "b", order_type="TERO", end_on=date(2022, 5, 1)),
            ],
            (False, date(2022, 5, 1), 24),
            {"term_months"},
            id="a Scottish order has an end",
        ),
        pytest.param([record("pnc", "a")], (None, None, None), set(), id="nothing is known of the end"),
    ],
)
def test_period_hangs_together(rows, period, derived):
    golden, reasons = choose(*rows)
    assert (golden["is_until_further_order"], golden["end_on"], golden["term_months"]) == period
    assert {field for field, reason in reasons.items() if reason["rule"] == "derived"} == derived


def test_interim_order_ends_when_the_full_one_is_made():
    interim = {"made_on": date(2022, 6, 1), "start_on": date(2022, 6, 1), "is_interim": True}
    records = frame(
        [
            record("court", "a", end_on=date(2022, 10, 1), **interim),
            record("pnc", "b", end_on=date(2022, 11, 1), **interim),
            record("pnd", "c", made_on=date(2022, 11, 1), is_interim=False),
        ]
    )
    clusters = one_order(records).with_columns(pl.Series("order_cluster", ["interim", "interim", "full"]))
    golden, _ = choose_golden(records, clusters)
    assert golden.filter(order_cluster="interim").get_column("end_on").item() == date(2022, 11, 1)


def test_only_end_before_the_start_is_not_published():
    golden, reasons = choose(record("pnc", "a", start_on=date(2022, 5, 1), end_on=date(2020, 5, 1)))
    assert golden["end_on"] is None
    assert reasons["end_on"]["losing"] == ["pnc:a=2020-05-01"]


@one_in(
    3,
    ("stated", "term", "rule"),
    [
        pytest.param({"term_months": 60}, 60, "agreement", id="a length that records give"),
        pytest.param({"term_months": None}, 60, "derived", id="a length worked out from the end that records give"),
        pytest.param({"term_months": None, "end_on": None}, None, None, id="no length, and no end to work it out from"),
    ],
)
@pytest.mark.parametrize("last_day", [date(2020, 4, 30), date(2020, 5, 20), date(2022, 4, 30)])
def test_the_last_day_that_a_steward_gives_leaves_the_length_as_it_was_made(stated, term, rule, last_day):
    period = {"start_on": date(2020, 5, 1), "end_on": date(2025, 4, 30)} | stated
    records = frame([record("pnc", "a", **period), record("court", "b", **period)])
    names = {"order_cluster": ["court:b"], "value": [last_day], "canonical": [last_day], "decision_id": ["D"]}
    decided = {"end_on": pl.DataFrame(names)}
    golden, reasons = choose_golden(records, one_order(records), decided=decided)
    assert golden.select("end_on", "term_months").row(0) == (last_day, term)
    why = dict(reasons.select("field", "rule").iter_rows())
    assert (why["end_on"], why.get("term_months")) == ("steward", rule)
    assert not [name for name in golden.columns if name.startswith("stated_")]


@pytest.mark.parametrize("last_day", [date(2025, 4, 30), date(2025, 5, 1)])
def test_a_length_that_a_steward_confirms_leaves_the_last_day_that_says_the_same(last_day):
    period = {"start_on": date(2020, 5, 1), "end_on": last_day, "term_months": 60}
    records = frame([record("pnc", "a", **period), record("court", "b", **period)])
    names = {"order_cluster": ["court:b"], "value": [60], "canonical": [60], "decision_id": ["D"]}
    golden, _ = choose_golden(records, one_order(records), decided={"term_months": pl.DataFrame(names)})
    assert golden.select("end_on", "term_months").row(0) == (last_day, 60)
