"""Arrests that name nobody: joined where only one can be meant, left alone where many are arrested together."""

from datetime import date, timedelta

import polars as pl
import pytest

from matching.nameless import chance_of_another, join_nameless

FACTS = ("arrested_on", "offence_code", "force_code")
SCHEMA = {
    "source": pl.String,
    "subject_cluster": pl.String,
    "full_name": pl.String,
    "pnc_id": pl.String,
    "is_pnc_id_valid": pl.Boolean,
    "arrested_on": pl.Date,
    "offence_code": pl.String,
    "force_code": pl.String,
}
EVENT = {"arrested_on": date(2021, 4, 4), "offence_code": "MS15001", "force_code": "33"}
KNOWN = EVENT | {"source": "pnd", "subject_cluster": "A", "full_name": "OKONKWO SAMUEL"}
NAMELESS = EVENT | {"source": "pnc"}
KNOWN_ID = {"pnc_id": "2019/0086352Z", "is_pnc_id_valid": True}
OTHER_ID = {"pnc_id": "2020/0000001A", "is_pnc_id_valid": True}
# Arrests of forty other people, no two alike.
OTHERS = [
    KNOWN | {"subject_cluster": f"other {index}", "arrested_on": date(2020, 1, 1) + timedelta(days=index)}
    for index in range(40)
]


def joined(*rows, others=OTHERS):
    """Whether the first two rows are one event afterwards."""
    records = pl.DataFrame([dict.fromkeys(SCHEMA) | row for row in (*rows, *others)], schema=SCHEMA, orient="row")
    events = join_nameless(records, pl.Series("label", range(records.height), dtype=pl.Int64))
    assert (events == events.gather(events)).all()
    return events[0] == events[1]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param((KNOWN, NAMELESS), True, id="one arrest that day for that offence by that force"),
        pytest.param((NAMELESS, KNOWN), True, id="the other way round"),
        pytest.param((KNOWN, NAMELESS, NAMELESS), False, id="two nameless arrests, one person"),
        pytest.param((KNOWN, NAMELESS, KNOWN | {"subject_cluster": "B"}), False, id="two persons, one nameless arrest"),
        pytest.param((KNOWN | {"source": "pnc"}, NAMELESS), False, id="the source holds the person's arrest already"),
        pytest.param((KNOWN, NAMELESS | {"force_code": "34"}), False, id="another force"),
        pytest.param((KNOWN, NAMELESS | {"arrested_on": date(2021, 4, 5)}), False, id="the next day"),
        pytest.param((KNOWN | {"force_code": None}, NAMELESS), True, id="force not known in one source, small night"),
        pytest.param(
            (KNOWN | KNOWN_ID, NAMELESS | OTHER_ID),
            False,
            id="another PNC id, and too few arrests to say that it is a second one",
        ),
        pytest.param(
            (KNOWN | KNOWN_ID, NAMELESS | {"pnc_id": "2019/0086353Z", "is_pnc_id_valid": False}),
            True,
            id="a mistyped PNC id",
        ),
    ],
)
def test_only_the_one_arrest_that_it_can_be(rows, expected):
    assert joined(*rows) is expected


def test_a_night_of_raids_joins_nothing():
    raids = [
        KNOWN | {"subject_cluster": f"raided {index}", "arrested_on": date(2019, 5, index // 8 + 1)}
        for index in range(40)
    ]
    assert not joined(KNOWN, NAMELESS, others=raids)


def test_another_pnc_id_is_taken_for_a_second_one_where_arrests_hardly_ever_agree_by_chance():
    many = [
        KNOWN | {"subject_cluster": f"other {index}", "arrested_on": date(1990, 1, 1) + timedelta(days=index)}
        for index in range(5000)
    ]
    assert joined(KNOWN | KNOWN_ID, NAMELESS | OTHER_ID, others=many)


def test_chance_counts_other_persons_and_not_a_second_record_of_one():
    rows = [KNOWN, KNOWN | {"source": "rocu"}, KNOWN | {"subject_cluster": "B"}, KNOWN | {"subject_cluster": None}]
    records = pl.DataFrame([dict.fromkeys(SCHEMA) | row for row in rows], schema=SCHEMA, orient="row")
    assert chance_of_another(records, FACTS) == pytest.approx((2 + 1) / (2 + 1))
    assert chance_of_another(records.clear(), FACTS) == 1.0
