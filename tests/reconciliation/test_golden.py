"""Which value of an order is believed, and why."""

import random
from datetime import date

import polars as pl
import pytest
from golden_choice import choose_golden
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.golden import ORDER_FIELDS, PERSON_FIELDS
from warehouse.tables.core import CORE_ARRESTS, CORE_ORDERS
from warehouse.tables.link import LINK_CLUSTERS

FIELDS = [field.name for field in PERSON_FIELDS + ORDER_FIELDS]
GOOD_PNC_ID, BAD_PNC_ID, OTHER_PNC_ID = "2020/0131059J", "2020/0131059K", "2021/0095495N"


def record(source, key, **values):
    base = {
        "record_id": f"{source}:{key}",
        "source": source,
        "source_key": key,
        "delivery_id": f"{source}:2023-11-30:r1",
        "file_name": f"{source}.file",
        "row_number": 7,
        "is_birth_placeholder": False,
        "recorded_on": date(2023, 6, 1),
        "order_type": "STRO",
    }
    unknown = values.keys() - CORE_ORDERS.schema.keys()
    assert not unknown
    return base | values


def frame(rows):
    return pl.DataFrame([dict.fromkeys(CORE_ORDERS.schema) | row for row in rows], schema=CORE_ORDERS.schema)


def one_order(records):
    first = records.get_column("record_id").min()
    return LINK_CLUSTERS.conform(
        records.select(
            "record_id",
            pl.lit(first).alias("order_cluster"),
            pl.lit(first).alias("subject_cluster"),
            pl.lit(None).alias("match_weight"),
            pl.lit(value=False).alias("is_duplicate"),
        )
    )


def choose(*rows):
    records = frame(rows)
    golden, reasons = choose_golden(records, one_order(records))
    return golden.row(0, named=True), {row["field"]: row for row in reasons.to_dicts()}


D = date


@pytest.mark.parametrize(
    ("rows", "field", "value", "winner", "rule"),
    [
        pytest.param(
            [record("rocu", "a", force_code="20")], "force_code", "20", "rocu:a", "only_source", id="one source"
        ),
        pytest.param(
            [
                record("court", "a", made_on=D(2020, 5, 1)),
                record("pnc", "b", made_on=D(2020, 5, 4)),
                record("rocu", "c", made_on=D(2020, 5, 4)),
            ],
            "made_on",
            D(2020, 5, 4),
            "pnc:b",
            "agreement",
            id="two sources outvote the most trusted one",
        ),
        pytest.param(
            [record("court", "a", made_on=D(2020, 5, 1)), record("pnc", "b", made_on=D(2020, 5, 4))],
            "made_on",
            D(2020, 5, 1),
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
                record("pnc", "a", pnc_id=BAD_PNC_ID, is_pnc_id_valid=False),
                record("pnd", "b", pnc_id=BAD_PNC_ID, is_pnc_id_valid=False),
                record("rocu", "c", pnc_id=GOOD_PNC_ID, is_pnc_id_valid=True),
            ],
            "pnc_id",
            GOOD_PNC_ID,
            "rocu:c",
            "valid_over_invalid",
            id="a wrong check letter loses, however many sources copied it",
        ),
        pytest.param(
            [record("pnc", "a", pnc_id=BAD_PNC_ID, is_pnc_id_valid=False)],
            "pnc_id",
            None,
            None,
            "none_valid",
            id="no PNC id is published rather than one whose check letter is wrong",
        ),
        pytest.param(
            [
                record("pnc", "a", date_of_birth=D(1970, 1, 1), is_birth_placeholder=True),
                record("rocu", "b", date_of_birth=D(1985, 3, 9)),
            ],
            "date_of_birth",
            D(1985, 3, 9),
            "rocu:b",
            "valid_over_invalid",
            id="a filler date of birth loses",
        ),
        pytest.param(
            [
                record("pnc", "a", date_of_birth=D(2015, 3, 9), made_on=D(2020, 5, 1)),
                record("rocu", "b", date_of_birth=D(1985, 3, 9)),
            ],
            "date_of_birth",
            D(1985, 3, 9),
            "rocu:b",
            "valid_over_invalid",
            id="a child of five is not bound by an order",
        ),
        pytest.param(
            [
                record("court", "R1", made_on=D(2020, 5, 1), result_state="FINAL"),
                record("court", "R2", made_on=D(2020, 5, 11), result_state="AMENDED", amends_source_key="R1"),
            ],
            "made_on",
            D(2020, 5, 11),
            "court:R2",
            "amended_result",
            id="the amending result replaces the amended one",
        ),
        pytest.param(
            [
                record("court", "R1", made_on=D(2020, 5, 1), result_state="FINAL"),
                record("court", "R2", made_on=D(2020, 5, 11), result_state="AMENDED", amends_source_key="R1"),
                record("pnd", "b", made_on=D(2020, 5, 1)),
            ],
            "made_on",
            D(2020, 5, 11),
            "court:R2",
            "precedence",
            id="an amended result lends no weight to a source that copied it",
        ),
        pytest.param(
            [
                record("court", "R1", made_on=D(2020, 5, 1), result_state="WITHDRAWN"),
                record("rocu", "b", made_on=D(2020, 5, 4)),
            ],
            "made_on",
            D(2020, 5, 4),
            "rocu:b",
            "amended_result",
            id="a withdrawn result comes last",
        ),
        pytest.param(
            [record("court", "a", made_on=D(2010, 5, 1)), record("rocu", "b", made_on=D(2020, 5, 4))],
            "made_on",
            D(2020, 5, 4),
            "rocu:b",
            "valid_over_invalid",
            id="no order was made before the Act commenced",
        ),
        pytest.param(
            [record("court", "a", made_on=D(2023, 9, 1)), record("rocu", "b", made_on=D(2020, 5, 4))],
            "made_on",
            D(2020, 5, 4),
            "rocu:b",
            "valid_over_invalid",
            id="no order is recorded before it is made",
        ),
        pytest.param(
            [
                record("court", "a", start_on=D(2020, 5, 1), end_on=D(2019, 5, 1)),
                record("rocu", "b", start_on=D(2020, 5, 1), end_on=D(2022, 5, 1)),
            ],
            "end_on",
            D(2022, 5, 1),
            "rocu:b",
            "valid_over_invalid",
            id="an end before the start loses",
        ),
        pytest.param(
            [
                record("court", "a", start_on=D(2020, 5, 1), end_on=D(2025, 4, 30), term_months=24),
                record("pnd", "b", start_on=D(2020, 5, 1), end_on=D(2022, 4, 30), term_months=24),
            ],
            "end_on",
            D(2022, 4, 30),
            "pnd:b",
            "corroboration",
            id="between two ends, the one that start and term bear out",
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
                record("pnc", "a", recorded_on=D(2021, 1, 1), sex="M"),
                record("pnc", "b", recorded_on=D(2022, 1, 1), sex="F"),
            ],
            "sex",
            "F",
            "pnc:b",
            "precedence",
            id="within a source the record last touched",
        ),
        pytest.param(
            [
                record("pnc", "a", surname="Stefan", surname_folded="STEFAN"),
                record("pnd", "b", surname="Ștefan", surname_folded="STEFAN"),
                record("court", "c", surname="Stefan", surname_folded="STEFAN"),
            ],
            "surname",
            "Ștefan",
            "pnd:b",
            "agreement",
            id="of equal names the spelling with its diacritics",
        ),
        pytest.param(
            [
                record("court", "a", forenames="Coralia", forenames_folded="CORALIA"),
                record("pnd", "b", forenames="Coralia", forenames_folded="CORALIA"),
                record("pnc", "c", forenames="Coralia Adriana", forenames_folded="CORALIA ADRIANA"),
            ],
            "forenames",
            "Coralia Adriana",
            "pnc:c",
            "agreement",
            id="a name without its middle name supports the fuller one",
        ),
        pytest.param(
            [
                record("court", "a", order_type="STRO", start_on=D(2020, 5, 1), end_on=D(2021, 4, 30)),
                record("pnd", "b", order_type="STRO", start_on=D(2020, 5, 1), end_on=D(2022, 4, 30), is_interim=False),
            ],
            "end_on",
            D(2022, 4, 30),
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
                record("court", "a", made_on=D(2021, 5, 1), start_on=D(2020, 5, 1)),
                record("pnc", "b", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1)),
            ],
            "made_on",
            D(2020, 5, 1),
            "pnc:b",
            "corroboration",
            id="between two days of making, the one on which the order starts",
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
                record(
                    "court", "a", made_on=D(2020, 5, 1), start_on=D(2020, 6, 1), end_on=D(2025, 5, 31), term_months=60
                ),
                record("pnc", "b", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1)),
                record("pnd", "c", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1)),
            ],
            "start_on",
            D(2020, 6, 1),
            "court:a",
            "valid_over_invalid",
            id="the day of making filled in as the start does not outvote a later start that end and term bear out",
        ),
        pytest.param(
            [
                record("court", "a", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1)),
                record("pnc", "b", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1)),
                record("pnd", "c", made_on=D(2020, 5, 1), start_on=D(2021, 11, 23)),
            ],
            "start_on",
            D(2021, 11, 23),
            "pnd:c",
            "valid_over_invalid",
            id="a start put off by more than any slip is believed of one source",
        ),
        pytest.param(
            [
                record("court", "a", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1)),
                record("pnc", "b", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1)),
                record("pnd", "c", made_on=D(2020, 5, 1), start_on=D(2020, 5, 2)),
            ],
            "start_on",
            D(2020, 5, 1),
            "court:a",
            "agreement",
            id="a start a day after that of all others is a slip",
        ),
        pytest.param(
            [
                record(
                    "court", "a", made_on=D(2020, 5, 1), start_on=D(2020, 5, 2), end_on=D(2025, 5, 1), term_months=60
                ),
                record("pnc", "b", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1)),
                record("pnd", "c", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1)),
            ],
            "start_on",
            D(2020, 5, 1),
            "pnc:b",
            "agreement",
            id="an end that fits the day of making as well bears no later start out",
        ),
        pytest.param(
            [
                record("court", "a", made_on=D(2020, 5, 1), start_on=D(2020, 5, 20)),
                record(
                    "pnc", "b", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1), end_on=D(2025, 5, 19), term_months=60
                ),
                record("pnd", "c", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1)),
            ],
            "start_on",
            D(2020, 5, 20),
            "court:a",
            "valid_over_invalid",
            id="a start that another source's end and length bear out is believed",
        ),
        pytest.param(
            [
                record("court", "a", made_on=D(2020, 5, 4), start_on=D(2020, 5, 4)),
                record("pnc", "b", made_on=D(2020, 5, 4), start_on=D(2020, 5, 4)),
                record("pnd", "c", made_on=D(2019, 5, 4), start_on=D(2021, 5, 4)),
            ],
            "start_on",
            D(2020, 5, 4),
            "court:a",
            "agreement",
            id="a start that is another year than that of two sources is a slip",
        ),
        pytest.param(
            [
                record("court", "a", made_on=D(2021, 11, 23), start_on=D(2021, 11, 23)),
                record("rocu", "b", made_on=D(2021, 11, 23), start_on=D(2021, 11, 23)),
                record("pnc", "c", made_on=D(2020, 5, 1), start_on=D(2021, 11, 23)),
            ],
            "made_on",
            D(2020, 5, 1),
            "pnc:c",
            "valid_over_invalid",
            id="the start of an order put off does not stand for the day of making",
        ),
        pytest.param(
            [
                record("court", "a", made_on=D(2020, 5, 4), start_on=D(2020, 5, 4)),
                record("rocu", "b", made_on=D(2020, 5, 4), start_on=D(2020, 5, 4)),
                record("pnc", "c", made_on=D(2020, 5, 1), start_on=D(2020, 5, 4)),
            ],
            "made_on",
            D(2020, 5, 4),
            "court:a",
            "agreement",
            id="a day of making three days before the start may be a slip",
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
                record(
                    "court", "a", made_on=D(2020, 5, 1), start_on=D(2020, 6, 1), end_on=D(2025, 5, 31), term_months=48
                ),
                record("pnc", "b", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1)),
                record("pnd", "c", made_on=D(2020, 5, 1), start_on=D(2020, 5, 1)),
            ],
            "start_on",
            D(2020, 5, 1),
            "pnc:b",
            "agreement",
            id="a later start that its own end and term contradict is outvoted",
        ),
        pytest.param(
            [
                record("court", "a", start_on=D(2026, 5, 1), end_on=D(2025, 5, 1)),
                record("pnc", "b", start_on=D(2020, 5, 1), end_on=D(2025, 5, 1)),
            ],
            "start_on",
            D(2020, 5, 1),
            "pnc:b",
            "valid_over_invalid",
            id="a start after the record's own end loses",
        ),
        pytest.param(
            [
                record(
                    "court", "a", made_on=D(2020, 5, 1), start_on=D(2020, 6, 9), end_on=D(2025, 6, 8), term_months=60
                ),
                record("pnc", "b", made_on=D(2020, 5, 1), start_on=D(2020, 6, 9), end_on=D(2025, 5, 1), term_months=60),
                record("pnd", "c", made_on=D(2020, 5, 1), start_on=D(2020, 6, 9), end_on=D(2025, 5, 1), term_months=60),
            ],
            "end_on",
            D(2025, 6, 8),
            "court:a",
            "valid_over_invalid",
            id="an end counted from the day of making loses where the order starts later",
        ),
        pytest.param(
            [
                record("court", "a", start_on=D(2020, 5, 1), end_on=D(2025, 5, 1), term_months=120),
                record("pnc", "b", start_on=D(2020, 5, 1), end_on=D(2025, 5, 1)),
                record("pnd", "c", term_months=60),
            ],
            "term_months",
            60,
            "pnd:c",
            "valid_over_invalid",
            id="a length against the dates of the order loses",
        ),
        pytest.param(
            [
                record("court", "a", made_on=D(2020, 5, 3)),
                record("pnc", "b", made_on=D(2020, 5, 1)),
            ],
            "made_on",
            D(2020, 5, 1),
            "pnc:b",
            "corroboration",
            id="between two days of making, the one on which courts sit",
        ),
        pytest.param(
            [record("court", "a", made_on=D(2030, 5, 1)), record("pnc", "b", made_on=D(2020, 5, 1))],
            "made_on",
            D(2020, 5, 1),
            "pnc:b",
            "valid_over_invalid",
            id="a day of making after the night loses",
        ),
        pytest.param(
            [
                record("court", "a", is_interim=False, start_on=D(2020, 5, 1), end_on=D(2020, 11, 1)),
                record("pnd", "b", is_interim=True),
            ],
            "is_interim",
            True,
            "pnd:b",
            "valid_over_invalid",
            id="an order of six months is no full one",
        ),
        pytest.param(
            [
                record("court", "a", forenames="Liz", forenames_folded="LIZ"),
                record("pnd", "b", forenames="Liz", forenames_folded="LIZ"),
                record("pnc", "c", forenames="Elizabeth Ann", forenames_folded="ELIZABETH ANN"),
            ],
            "forenames",
            "Elizabeth Ann",
            "pnc:c",
            "agreement",
            id="the familiar form of a name supports the formal one",
        ),
        pytest.param(
            [
                record("court", "a", forenames="Ana", forenames_folded="ANA"),
                record("pnd", "b", forenames="Ana M", forenames_folded="ANA M"),
                record("pnc", "c", forenames="Ana Maria", forenames_folded="ANA MARIA"),
            ],
            "forenames",
            "Ana Maria",
            "pnc:c",
            "agreement",
            id="an initial supports the name that begins with it",
        ),
        pytest.param(
            [
                record("court", "a", forenames="Jess", forenames_folded="JESS"),
                record("pnd", "b", forenames="Jess", forenames_folded="JESS"),
                record("pnc", "c", forenames="Jessica", forenames_folded="JESSICA"),
            ],
            "forenames",
            "Jessica",
            "pnc:c",
            "agreement",
            id="a short form on no list supports the name that it begins",
        ),
        pytest.param(
            [
                record("court", "a", forenames="Daniel", forenames_folded="DANIEL"),
                record("pnc", "b", forenames="Daniell", forenames_folded="DANIELL"),
                record("pnd", "c", forenames="Daniel", forenames_folded="DANIEL"),
            ],
            "forenames",
            "Daniel",
            "court:a",
            "agreement",
            id="a letter too many makes no fuller name",
        ),
    ],
)
def test_value_believed(rows, field, value, winner, rule):
    golden, reasons = choose(*rows)
    assert golden[field] == value
    assert (reasons[field]["record_id"], reasons[field]["rule"]) == (winner, rule)


@pytest.mark.parametrize(
    ("rows", "period", "derived"),
    [
        pytest.param(
            [record("pnd", "a", start_on=D(2020, 5, 1), term_months=24)],
            (False, D(2022, 5, 1), 24),
            {"end_on"},
            id="end from start and term",
        ),
        pytest.param(
            [record("pnd", "a", start_on=D(2020, 5, 1), end_on=D(2022, 4, 30))],
            (False, D(2022, 4, 30), 24),
            {"term_months"},
            id="term from dates, the last day being the day before",
        ),
        pytest.param(
            [record("pnd", "a", start_on=D(2020, 5, 1), end_on=D(2022, 5, 1))],
            (False, D(2022, 5, 1), 24),
            {"term_months"},
            id="term from dates, the last day being the same day of the month",
        ),
        pytest.param(
            [record("pnd", "a", start_on=D(2020, 5, 1), end_on=D(2022, 5, 20))],
            (False, D(2022, 5, 20), None),
            set(),
            id="no term where the dates are not whole months apart",
        ),
        pytest.param(
            [
                record("court", "a", start_on=D(2020, 5, 1), is_until_further_order=True),
                record("pnc", "b", start_on=D(2020, 5, 1), is_until_further_order=True),
                record("rocu", "c", start_on=D(2020, 5, 1), end_on=D(2022, 5, 1), term_months=24),
            ],
            (True, None, None),
            {"end_on", "term_months"},
            id="until further order: neither end nor term",
        ),
        pytest.param(
            [
                record("rocu", "a", start_on=D(2020, 5, 1), is_until_further_order=True),
                record("court", "b", start_on=D(2020, 5, 1), end_on=D(2022, 5, 1)),
            ],
            (False, D(2022, 5, 1), 24),
            {"term_months"},
            id="a fixed end of the court against an open one of the region",
        ),
        pytest.param(
            [record("pnc", "a", start_on=D(2020, 5, 1), end_on=D(2020, 10, 1), term_months=5, is_interim=True)],
            (False, D(2020, 10, 1), None),
            {"term_months"},
            id="an interim order has no term",
        ),
        pytest.param(
            [
                record(
                    "pnc",
                    "a",
                    order_type="TERO",
                    start_on=D(2020, 5, 1),
                    is_until_further_order=True,
                    court_code=None,
                ),
                record("rocu", "b", order_type="TERO", end_on=D(2022, 5, 1)),
            ],
            (False, D(2022, 5, 1), 24),
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


def test_person_is_chosen_among_all_orders_of_the_person():
    records = frame(
        [
            record("court", "a", date_of_birth=D(1985, 9, 3)),
            record("pnc", "b", date_of_birth=D(1985, 3, 9)),
            record("pnd", "c", date_of_birth=D(1985, 3, 9)),
        ]
    )
    clusters = one_order(records).with_columns(pl.col("record_id").alias("order_cluster"))
    golden, reasons = choose_golden(records, clusters)
    assert golden.get_column("date_of_birth").to_list() == [D(1985, 3, 9)] * 3
    births = reasons.filter(pl.col("field") == "date_of_birth")
    assert births.get_column("losing").to_list() == [["court:a=1985-09-03"]] * 3


def test_between_two_names_the_one_that_others_bear_too():
    mother = {"surname": "Roberts", "surname_folded": "ROBERTS"}
    records = frame(
        [
            record("court", "a", surname="Roberrs", surname_folded="ROBERRS"),
            record("pnc", "b", **mother),
            record("pnc", "c", **mother),
        ]
    )
    clusters = one_order(records).with_columns(
        pl.Series(["x", "x", "y"]).alias("order_cluster"), pl.Series(["x", "x", "y"]).alias("subject_cluster")
    )
    golden, reasons = choose_golden(records, clusters)
    assert golden.get_column("surname").to_list() == ["Roberts", "Roberts"]
    assert (
        reasons.row(by_predicate=(pl.col("order_cluster") == "x") & (pl.col("field") == "surname"), named=True)["rule"]
        == "corroboration"
    )


def name(forenames, surname):
    return {
        "forenames": forenames,
        "surname": surname,
        "forenames_folded": forenames.upper(),
        "surname_folded": surname.upper(),
    }


def test_name_in_one_piece_is_split_as_the_source_with_fields_of_their_own_has_it():
    cooper = name("Paul", "Hall Cooper")
    golden, reasons = choose(
        record("pnc", "a", **cooper),
        record("court", "b", **name("Paul Hall", "Cooper")),
        record("pnd", "c", **name("Paul Hall", "Cooper")),
    )
    assert (golden["forenames"], golden["surname"]) == ("Paul", "Hall Cooper")
    assert (reasons["forenames"]["losing"], reasons["surname"]["losing"]) == ([], [])


@pytest.mark.parametrize(
    ("forenames", "expected"),
    [
        pytest.param("Paul Hlal", ("Paul", "Hall Cooper"), id="a slip in the first part of the surname"),
        pytest.param("Paul John", ("Paul John", "Hall Cooper"), id="a middle name that others leave out"),
    ],
)
def test_a_middle_name_is_no_part_of_a_surname_and_a_mistaken_part_no_middle_name(forenames, expected):
    cooper = name("Paul", "Hall Cooper")
    golden, _ = choose(
        record("pnc", "a", **cooper),
        record("court", "b", **cooper),
        record("pnd", "c", **name(forenames, "Cooper")),
    )
    assert (golden["forenames"], golden["surname"]) == expected


def test_alias_that_another_record_names_as_one_does_not_outvote_the_main_name():
    records = frame(
        [
            record("pnc", "a", **name("Douglas", "Savage")),
            record("court", "b", **name("John", "Sykes")),
            record("pnd", "c", **name("John", "Sykes")),
        ]
    )
    alias = pl.DataFrame([{"record_id": "pnc:a", "forenames_folded": "JOHN", "surname_folded": "SYKES"}])
    golden, _ = choose_golden(records, one_order(records), aliases=alias)
    assert golden.select("forenames", "surname").row(0) == ("Douglas", "Savage")


def test_alias_of_one_record_and_main_name_of_the_same_is_no_alias():
    records = frame([record("pnc", "a", **name("John", "Sykes")), record("pnd", "b", **name("Douglas", "Savage"))])
    alias = pl.DataFrame([{"record_id": "pnc:a", "forenames_folded": "JOHN", "surname_folded": "SYKES"}])
    golden, reasons = choose_golden(records, one_order(records), aliases=alias)
    assert set(reasons.filter(pl.col("field") == "surname").get_column("rule")) == {"precedence"}
    assert golden.get_column("surname").to_list() == ["Savage"]


def test_names_in_each_others_place_lose_where_the_night_knows_them_the_other_way_round():
    others = [record("pnc", f"x{n}", **name("Ashley", "Pickles")) for n in range(2)]
    turned = name("Pickles", "Ashley")
    records = frame(
        [
            record("court", "a", **name("Ashley", "Pickles")),
            record("pnc", "b", **turned),
            record("rocu", "c", **turned),
            *others,
        ]
    )
    subjects = pl.Series(["x", "x", "x", "y", "z"])
    clusters = one_order(records).with_columns(order_cluster=subjects, subject_cluster=subjects)
    golden, _ = choose_golden(records, clusters)
    assert golden.get_column("surname").to_list() == ["Pickles"] * 3


def arrest(source, key, **values):
    base = {"record_id": f"{source}:{key}", "source": source, "source_key": key, "is_birth_placeholder": False}
    placed = {"subject_cluster": "court:a", "event_cluster": f"event {key}", "arrested_on": D(2020, 2, 1)}
    schema = CORE_ARRESTS.schema | {"subject_cluster": pl.String, "event_cluster": pl.String}
    return pl.DataFrame([dict.fromkeys(schema) | base | placed | values], schema=schema)


def choose_person(*arrests):
    records = frame(
        [record("court", "a", date_of_birth=D(1985, 9, 3)), record("rocu", "b", date_of_birth=D(1985, 3, 9))]
    )
    golden, reasons = choose_golden(records, one_order(records), arrests=pl.concat(arrests))
    return golden.row(0, named=True), {row["field"]: row for row in reasons.to_dicts()}


def test_an_arrest_speaks_for_the_person():
    golden, reasons = choose_person(
        arrest("pnd", "x", date_of_birth=D(1985, 3, 9), pnc_id=GOOD_PNC_ID, is_pnc_id_valid=True)
    )
    assert (golden["date_of_birth"], golden["pnc_id"]) == (D(1985, 3, 9), GOOD_PNC_ID)
    assert reasons["date_of_birth"]["losing"] == ["court:a=1985-09-03"]
    assert (reasons["pnc_id"]["record_id"], reasons["pnc_id"]["source_key"]) == ("pnd:x", "x")


@pytest.mark.parametrize(
    "copied",
    [
        pytest.param({"source": "rocu"}, id="of a return, which copies the person"),
        pytest.param({"subject_cluster": "another"}, id="of another person"),
        pytest.param({"subject_cluster": None}, id="of nobody known"),
    ],
)
def test_an_arrest_that_is_not_heard(copied):
    source = copied.pop("source", "pnd")
    golden, _ = choose_person(arrest(source, "x", date_of_birth=D(1985, 3, 9), **copied))
    assert golden["date_of_birth"] == D(1985, 9, 3)


def test_the_folded_name_is_that_of_the_winner():
    golden, _ = choose(
        record("pnd", "a", **name("Ana", "Pop")), record("rocu", "b", surname="Popa", surname_folded="POPA")
    )
    assert (golden["surname"], golden["surname_folded"]) == ("Pop", "POP")


def test_interim_order_ends_when_the_full_one_is_made():
    interim = {"made_on": D(2022, 6, 1), "start_on": D(2022, 6, 1), "is_interim": True}
    records = frame(
        [
            record("court", "a", end_on=D(2022, 10, 1), **interim),
            record("pnc", "b", end_on=D(2022, 11, 1), **interim),
            record("pnd", "c", made_on=D(2022, 11, 1), is_interim=False),
        ]
    )
    clusters = one_order(records).with_columns(pl.Series("order_cluster", ["interim", "interim", "full"]))
    golden, _ = choose_golden(records, clusters)
    assert golden.filter(order_cluster="interim").get_column("end_on").item() == D(2022, 11, 1)


def test_only_end_before_the_start_is_not_published():
    golden, reasons = choose(record("pnc", "a", start_on=D(2022, 5, 1), end_on=D(2020, 5, 1)))
    assert golden["end_on"] is None
    assert reasons["end_on"]["losing"] == ["pnc:a=2020-05-01"]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param("20KH7041817", D(2020, 5, 4), id="of the same case"),
        pytest.param("20KH7041818", D(2020, 5, 5), id="of another case"),
    ],
)
def test_between_two_days_of_making_the_one_on_which_a_codefendant_was_dealt_with(case, expected):
    records = frame(
        [
            record("court", "a", made_on=D(2020, 5, 5), case_urn="20KH7041817"),
            record("pnc", "b", made_on=D(2020, 5, 4)),
            record("court", "c", made_on=D(2020, 5, 4), case_urn=case),
        ]
    )
    clusters = one_order(records).with_columns(
        pl.when(pl.col("record_id") == "court:c").then(pl.lit("other")).otherwise(pl.lit("one")).alias(name)
        for name in ("order_cluster", "subject_cluster")
    )
    golden, _ = choose_golden(records, clusters)
    assert golden.filter(pl.col("order_cluster") == "one").get_column("made_on").item() == expected


def test_no_record_of_another_order_speaks_for_an_order():
    records = frame([record("pnc", "a", made_on=D(2020, 1, 1)), record("pnd", "b", made_on=D(2021, 1, 1))])
    clusters = one_order(records).with_columns(pl.col("record_id").alias("order_cluster"))
    golden, _ = choose_golden(records, clusters)
    assert golden.get_column("made_on").to_list() == [D(2020, 1, 1), D(2021, 1, 1)]


def test_field_without_any_value_has_no_provenance():
    _, reasons = choose(record("pnc", "a", sex="M"))
    assert set(reasons) == {"sex", "order_type"}


days = st.none() | st.dates(D(2014, 1, 1), D(2026, 1, 1))
held = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["pnc", "pnd", "court", "rocu"]),
        "order": st.integers(0, 2),
        "made_on": days,
        "start_on": days,
        "end_on": days,
        "recorded_on": days,
        "date_of_birth": st.none() | st.dates(D(1960, 1, 1), D(2015, 1, 1)),
        "is_birth_placeholder": st.booleans(),
        "term_months": st.none() | st.integers(0, 120),
        "is_until_further_order": st.none() | st.booleans(),
        "is_interim": st.none() | st.booleans(),
        "order_type": st.sampled_from([None, "STRO", "STPO", "TERO"]),
        "court_code": st.sampled_from([None, "C37IP00", "B20BL00"]),
        "forenames": st.sampled_from([None, "Ana", "Ana Maria", "Ană"]),
        "sex": st.sampled_from([None, "M", "F"]),
        "pnc_id": st.sampled_from([None, GOOD_PNC_ID, BAD_PNC_ID, OTHER_PNC_ID]),
        "result_state": st.sampled_from([None, "FINAL", "WITHDRAWN"]),
        "amends": st.none() | st.integers(0, 5),
    }
)


def build(drawn):
    rows, orders = [], []
    for number, drawn_values in enumerate(drawn):
        values = dict(drawn_values)
        orders.append(f"order{values.pop('order')}")
        amends, forenames = values.pop("amends"), values["forenames"]
        values["amends_source_key"] = None if amends is None else str(amends)
        values["forenames_folded"] = forenames and forenames.replace("ă", "a").upper()
        values["is_pnc_id_valid"] = values["pnc_id"] and values["pnc_id"] != BAD_PNC_ID
        rows.append(record(values.pop("source"), str(number), **values))
    records = frame(rows)
    clusters = one_order(records).with_columns(pl.Series("order_cluster", orders))
    return records, clusters


@settings(max_examples=20, deadline=None)
@given(st.lists(held, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(drawn, shuffle: random.Random):
    records, clusters = build(drawn)
    order = list(range(records.height))
    shuffle.shuffle(order)
    once, again = choose_golden(records, clusters), choose_golden(records[order], clusters[order[::-1]])
    assert once[0].equals(again[0])
    assert once[1].sort("order_cluster", "field").equals(again[1].sort("order_cluster", "field"))


@settings(max_examples=20, deadline=None)
@given(st.lists(held, min_size=1, max_size=8))
def test_winner_agreeing_and_losing_are_all_records_with_a_value(drawn):
    records, clusters = build(drawn)
    _, reasons = choose_golden(records, clusters)
    of_order = records.join(clusters, on="record_id")
    for reason in reasons.to_dicts():
        field, order = reason["field"], reason["order_cluster"]
        told = of_order if field in {f.name for f in PERSON_FIELDS} else of_order.filter(order_cluster=order)
        stated = told.filter(pl.col(field).is_not_null()).get_column("record_id").to_list()
        if field == "is_until_further_order":
            has_end = pl.col("end_on").is_not_null() | pl.col("term_months").is_not_null()
            stated = told.filter(pl.col(field).is_not_null() | has_end).get_column("record_id").to_list()
        winner = [reason["record_id"]] if reason["record_id"] else []
        losers = [losing.split("=")[0] for losing in reason["losing"]]
        assert sorted(winner + reason["agreeing"] + losers) == sorted(stated)


@settings(max_examples=20, deadline=None)
@given(st.lists(held, min_size=1, max_size=8))
def test_invalid_value_never_wins_where_a_valid_one_is_held(drawn):
    records, clusters = build(drawn)
    golden, _ = choose_golden(records, clusters)
    valid = records.filter(pl.col("is_pnc_id_valid")).get_column("pnc_id").to_list()
    assert set(golden.get_column("pnc_id")) <= (set(valid) if valid else {None})
    assert (golden.filter(pl.col("end_on") < pl.col("start_on"))).height == 0


@settings(max_examples=20, deadline=None)
@given(st.lists(held, min_size=1, max_size=8))
def test_open_end_excludes_end_and_term(drawn):
    golden, _ = choose_golden(*build(drawn))
    is_open = golden.filter(pl.col("is_until_further_order"))
    assert is_open.get_column("end_on").null_count() == is_open.height
    assert is_open.get_column("term_months").null_count() == is_open.height
