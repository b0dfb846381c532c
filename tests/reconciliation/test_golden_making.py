"""Which value of the making of an order is believed, and why: day, kind, court, force."""

from datetime import date

import polars as pl
import pytest
from golden_choice import assert_believed, choose_golden, frame, one_order, record
from shares import first_of_each

THREE_YEARS = {"start_on": date(2020, 5, 1), "end_on": date(2023, 4, 30), "term_months": 36}


@first_of_each(
    lambda rows, field, value, winner, rule: (field, rule),
    ("rows", "field", "value", "winner", "rule"),
    [
        pytest.param(
            [record("rocu", "a", force_code="20")], "force_code", "20", "rocu:a", "only_source", id="one source"
        ),
        pytest.param(
            [
                record("court", "a", made_on=date(2020, 5, 1)),
                record("pnc", "b", made_on=date(2020, 5, 4)),
                record("rocu", "c", made_on=date(2020, 5, 4)),
            ],
            "made_on",
            date(2020, 5, 4),
            "pnc:b",
            "agreement",
            id="two sources outvote the most trusted one",
        ),
        pytest.param(
            [record("court", "a", made_on=date(2020, 5, 1)), record("pnc", "b", made_on=date(2020, 5, 4))],
            "made_on",
            date(2020, 5, 1),
            "court:a",
            "precedence",
            id="one against one: the court is believed on the day of its hearing",
        ),
        pytest.param(
            [
                record("pnd", "a", court_code="B20BL00"),
                record("pnd", "b", court_code="B20BL00"),
                record("pnc", "c", court_code="B01IX00"),
            ],
            "court_code",
            "B01IX00",
            "pnc:c",
            "precedence",
            id="a source that holds the order twice is heard once",
        ),
        pytest.param(
            [
                record("court", "R1", made_on=date(2020, 5, 1), result_state="FINAL"),
                record("court", "R2", made_on=date(2020, 5, 11), result_state="AMENDED", amends_source_key="R1"),
            ],
            "made_on",
            date(2020, 5, 11),
            "court:R2",
            "amended_result",
            id="the amending result replaces the amended one",
        ),
        pytest.param(
            [
                record("court", "R1", made_on=date(2020, 5, 1), result_state="FINAL"),
                record("court", "R2", made_on=date(2020, 5, 11), result_state="AMENDED", amends_source_key="R1"),
                record("pnd", "b", made_on=date(2020, 5, 1)),
            ],
            "made_on",
            date(2020, 5, 11),
            "court:R2",
            "amended_result",
            id="an amended result lends no weight to a source that copied it",
        ),
        pytest.param(
            [
                record("court", "R1", made_on=date(2020, 5, 1), result_state="FINAL"),
                record("court", "R2", made_on=date(2020, 5, 11), result_state="AMENDED", amends_source_key="R1"),
                record("pnc", "a", made_on=date(2020, 5, 1)),
                record("pnd", "b", made_on=date(2020, 5, 1)),
            ],
            "made_on",
            date(2020, 5, 11),
            "court:R2",
            "amended_result",
            id="several copies of what the court has amended do not outvote it",
        ),
        pytest.param(
            [
                record("court", "R1", made_on=date(2020, 5, 1), result_state="WITHDRAWN"),
                record("rocu", "b", made_on=date(2020, 5, 4)),
            ],
            "made_on",
            date(2020, 5, 4),
            "rocu:b",
            "amended_result",
            id="a withdrawn result comes last",
        ),
        pytest.param(
            [record("court", "a", made_on=date(2010, 5, 1)), record("rocu", "b", made_on=date(2020, 5, 4))],
            "made_on",
            date(2020, 5, 4),
            "rocu:b",
            "valid_over_invalid",
            id="no order was made before the Act commenced",
        ),
        pytest.param(
            [record("court", "a", made_on=date(2023, 9, 1)), record("rocu", "b", made_on=date(2020, 5, 4))],
            "made_on",
            date(2020, 5, 4),
            "rocu:b",
            "valid_over_invalid",
            id="no order is recorded before it is made",
        ),
        pytest.param(
            [record("court", "a", order_type="STRO", court_code="C37IP00"), record("rocu", "b", order_type="STPO")],
            "order_type",
            "STRO",
            "court:a",
            "precedence",
            id="a Crown Court can make a risk order on appeal: its court is no ground for another type",
        ),
        pytest.param(
            [record("court", "a", order_type="STRO", court_code="SC-GLASGOW"), record("rocu", "b", order_type="TERO")],
            "order_type",
            "TERO",
            "rocu:b",
            "valid_over_invalid",
            id="a Scottish court makes no order of England and Wales",
        ),
        pytest.param(
            [
                record("court", "a", order_type="STPO", is_interim=False, term_months=24),
                record("pnd", "b", order_type="STRO", is_interim=False),
            ],
            "order_type",
            "STRO",
            "pnd:b",
            "corroboration",
            id="two years are too short for a prevention order",
        ),
        pytest.param(
            [
                record("court", "a", order_type="STPO", court_code="NI-NEWRY-MC", is_interim=False) | THREE_YEARS,
                record("pnd", "b", order_type="STRO", is_interim=False),
            ],
            "order_type",
            "STPO",
            "court:a",
            "precedence",
            id="the shortest term in Northern Ireland is not verified: three years are no ground for another type",
        ),
        pytest.param(
            [
                record("pnc", "a", order_type="STPO", is_interim=False) | THREE_YEARS,
                record("rocu", "b", order_type="STPO", is_interim=False) | THREE_YEARS,
                record("pnd", "c", order_type="STRO", is_interim=False),
            ],
            "order_type",
            "STRO",
            "pnd:c",
            "valid_over_invalid",
            id="a length and dates that agree on three years outvote two sources that say prevention order",
        ),
        pytest.param(
            [
                record("pnc", "a", order_type="STRO", court_code="NI-NEWRY-MC", made_on=date(2020, 9, 4)),
                record("pnd", "b", order_type="STPO"),
            ],
            "order_type",
            "STPO",
            "pnd:b",
            "valid_over_invalid",
            id="Northern Ireland had no risk order in 2020",
        ),
        pytest.param(
            [
                record("pnc", "a", order_type="STRO", court_code="NI-NEWRY-MC", made_on=date(2023, 9, 4)),
                record("pnd", "b", order_type="STPO"),
            ],
            "order_type",
            "STRO",
            "pnc:a",
            "precedence",
            id="the law of Northern Ireland of 2023 was not read: no ground for another type",
        ),
        pytest.param(
            [
                record("court", "a", made_on=date(2021, 5, 1), start_on=date(2020, 5, 1)),
                record("pnc", "b", made_on=date(2020, 5, 1), start_on=date(2020, 5, 1)),
            ],
            "made_on",
            date(2020, 5, 1),
            "pnc:b",
            "corroboration",
            id="between two dates of order, the one on which the order starts",
        ),
        pytest.param(
            [
                record("pnc", "a", force_code="01"),
                record("court", "b", force_code="48", case_urn="48KH7041817"),
            ],
            "force_code",
            "48",
            "court:b",
            "corroboration",
            id="between two forces, the one that numbered the case",
        ),
        pytest.param(
            [record("pnc", "a", force_code="22"), record("pnd", "b", force_code="20", court_code="B20BL00")],
            "force_code",
            "20",
            "pnd:b",
            "corroboration",
            id="between two forces, the one in whose area the court sits",
        ),
        pytest.param(
            [record("pnc", "a", force_code="IE"), record("rocu", "b", force_code="20")],
            "force_code",
            "20",
            "rocu:b",
            "valid_over_invalid",
            id="an agency applies for orders and holds none",
        ),
        pytest.param(
            [record("pnc", "a", force_code="20", court_code="C37IP00"), record("rocu", "b", force_code="PS")],
            "force_code",
            "20",
            "pnc:a",
            "valid_over_invalid",
            id="a Scottish force holds no order of an English court",
        ),
        pytest.param(
            [
                record("court", "a", made_on=date(2021, 11, 23), start_on=date(2021, 11, 23)),
                record("rocu", "b", made_on=date(2021, 11, 23), start_on=date(2021, 11, 23)),
                record("pnc", "c", made_on=date(2020, 5, 1), start_on=date(2021, 11, 23)),
            ],
            "made_on",
            date(2020, 5, 1),
            "pnc:c",
            "valid_over_invalid",
            id="the start of an order deferred does not stand for the date of order",
        ),
        pytest.param(
            [
                record("court", "a", made_on=date(2020, 5, 4), start_on=date(2020, 5, 4)),
                record("rocu", "b", made_on=date(2020, 5, 4), start_on=date(2020, 5, 4)),
                record("pnc", "c", made_on=date(2020, 5, 1), start_on=date(2020, 5, 4)),
            ],
            "made_on",
            date(2020, 5, 4),
            "court:a",
            "agreement",
            id="a date of order three days before the start may be a slip",
        ),
        pytest.param(
            [
                record("pnc", "a", force_code="20", court_code="C37IP00"),
                record("pnd", "b", force_code="20", court_code="B20BL00"),
            ],
            "court_code",
            "B20BL00",
            "pnd:b",
            "corroboration",
            id="between two courts, the one in the force's area",
        ),
        pytest.param(
            [
                record("court", "a", made_on=date(2020, 5, 3)),
                record("pnc", "b", made_on=date(2020, 5, 1)),
            ],
            "made_on",
            date(2020, 5, 1),
            "pnc:b",
            "corroboration",
            id="between two dates of order, the one on which courts sit",
        ),
        pytest.param(
            [record("court", "a", made_on=date(2030, 5, 1)), record("pnc", "b", made_on=date(2020, 5, 1))],
            "made_on",
            date(2020, 5, 1),
            "pnc:b",
            "valid_over_invalid",
            id="a date of order after the night loses",
        ),
        pytest.param(
            [
                record("court", "a", is_interim=False, start_on=date(2020, 5, 1), end_on=date(2020, 11, 1)),
                record("pnd", "b", is_interim=True),
            ],
            "is_interim",
            True,
            "pnd:b",
            "valid_over_invalid",
            id="an order of six months is no full one",
        ),
    ],
)
def test_value_of_the_making_believed(rows, field, value, winner, rule):
    assert_believed(rows, field, value, winner, rule)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param("20KH7041817", date(2020, 5, 4), id="of the same case"),
        pytest.param("20KH7041818", date(2020, 5, 5), id="of another case"),
    ],
)
def test_between_two_days_of_making_the_one_on_which_a_codefendant_was_dealt_with(case, expected):
    records = frame(
        [
            record("court", "a", made_on=date(2020, 5, 5), case_urn="20KH7041817"),
            record("pnc", "b", made_on=date(2020, 5, 4)),
            record("court", "c", made_on=date(2020, 5, 4), case_urn=case),
        ]
    )
    clusters = one_order(records).with_columns(
        pl.when(pl.col("record_id") == "court:c").then(pl.lit("other")).otherwise(pl.lit("one")).alias(name)
        for name in ("order_cluster", "subject_cluster")
    )
    golden, _ = choose_golden(records, clusters)
    assert golden.filter(pl.col("order_cluster") == "one").get_column("made_on").item() == expected
