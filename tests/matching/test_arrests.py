"""Arrest records: one event however many sources hold it, and its subject."""

from datetime import date, timedelta

import polars as pl
import pytest
from shares import one_in

from matching.arrests import link_arrests
from warehouse.tables.core import CORE_ALIASES, CORE_ARRESTS, CORE_ORDERS
from warehouse.tables.link import LINK_ARRESTS, LINK_CLUSTERS

PNC_ID = "2019/0086352Z"
PERSON = {
    "forenames_folded": "SAMUEL",
    "surname_folded": "OKONKWO",
    "date_of_birth": date(1984, 8, 17),
    "birth_year": 1984,
    "birth_month": 8,
    "is_birth_placeholder": False,
}
NAMELESS = dict.fromkeys(PERSON) | {"is_birth_placeholder": False}
IDENTIFIED = {"pnc_id": PNC_ID, "is_pnc_id_valid": True}
EVENT = {"arrested_on": date(2021, 4, 4), "offence_code": "MS15001"}
ASN = {"asn": "2133EF0100000000001A", "is_asn_valid": True}
CUSTODY = {"custody_ref": "33/CU/2021/000001"}


def frame_of(table, rows):
    columns = {column.name: column.dtype for column in table.columns}
    return pl.DataFrame([dict.fromkeys(columns) | row for row in rows], schema=columns, orient="row")


def arrest(source, **facts):
    return {"record_id": f"{source}:{facts.pop('key', '1')}", "source": source} | EVENT | facts


def link(*arrests, is_lazy=False, others=()):
    """Linked with one order record of the person, and those of others: these, and 200 more."""
    orders = [{"record_id": "pnc:order", "source": "pnc"} | PERSON | IDENTIFIED, *others]
    for index in range(200):
        birth = date(1960, 1, 1) + timedelta(days=97 * index)
        other = {"surname_folded": "OTHER" + chr(65 + index % 26) * (1 + index // 26), "date_of_birth": birth}
        orders.append({"record_id": f"pnc:other{index:03d}", "source": "pnc"} | PERSON | other)
    clusters = [
        {
            "record_id": order["record_id"],
            "order_cluster": order["record_id"],
            "subject_cluster": order["record_id"],
            "is_duplicate": False,
        }
        for order in orders
    ]
    tables = frame_of(CORE_ARRESTS, arrests), frame_of(CORE_ORDERS, orders), CORE_ALIASES.empty()
    return link_arrests(*(table.lazy() if is_lazy else table for table in tables), frame_of(LINK_CLUSTERS, clusters))


BROTHER = PERSON | {"forenames_folded": "EMEKA", "date_of_birth": date(1977, 9, 16), "birth_year": 1977}
RECORDED_BY_PNC = arrest("pnc", **NAMELESS, **IDENTIFIED, **ASN)


@one_in(
    2,
    ("one", "other", "events"),
    [
        pytest.param(RECORDED_BY_PNC, arrest("pnd", **PERSON, **ASN), 1, id="one ASN"),
        pytest.param(
            RECORDED_BY_PNC, arrest("rocu", **PERSON), 1, id="PNC id and name meet through the subject of an order"
        ),
        pytest.param(
            RECORDED_BY_PNC,
            arrest("rocu", **(PERSON | {"surname_folded": "OKONWO", "date_of_birth": None, "birth_year": None})),
            1,
            id="name mistyped and no date of birth, day and offence the same",
        ),
        pytest.param(RECORDED_BY_PNC, arrest("rocu", **BROTHER), 2, id="brothers arrested together"),
        pytest.param(
            RECORDED_BY_PNC | {"pnc_id": "2021/0000007G"},
            arrest("pnd", **PERSON, **IDENTIFIED, **ASN),
            1,
            id="one ASN, entered under a second PNC id",
        ),
        pytest.param(
            arrest("pnd", **PERSON),
            arrest("rocu", **PERSON, offence_code="MS15002"),
            1,
            id="one day, the charge amended to another of its kind",
        ),
        pytest.param(
            arrest("pnc", **NAMELESS, **ASN),
            arrest("pnd", **PERSON),
            2,
            id="no PNC id, too few arrests known to say that nobody else can be meant",
        ),
        pytest.param(
            arrest("pnd", **PERSON, **CUSTODY),
            arrest("rocu", **(PERSON | {"date_of_birth": None}), **CUSTODY),
            1,
            id="one custody reference",
        ),
        pytest.param(
            arrest("pnd", **PERSON, **CUSTODY),
            arrest("rocu", **PERSON, arrested_on=date(2021, 4, 6)),
            1,
            id="two days apart, one offence",
        ),
        pytest.param(
            arrest("pnd", **PERSON),
            arrest("rocu", **PERSON, offence_code="TH68001"),
            2,
            id="one day, two offences, no reference",
        ),
        pytest.param(
            arrest("pnd", **PERSON),
            arrest("rocu", **PERSON, arrested_on=date(2021, 9, 4)),
            2,
            id="one offence, five months apart",
        ),
        pytest.param(
            RECORDED_BY_PNC,
            RECORDED_BY_PNC | {"record_id": "pnc:2", "asn": "2133EF0100000000777B"},
            2,
            id="two ASNs on one day",
        ),
    ],
)
def test_one_event_or_two(one, other, events):
    assert link(one, other).get_column("event_cluster").n_unique() == events


def test_an_arrest_under_a_second_pnc_id_is_one_event_of_three_sources():
    entered = RECORDED_BY_PNC | {"pnc_id": "2021/0000007G"}
    linked = link(
        entered,
        arrest("pnd", **PERSON, **IDENTIFIED, **ASN, **CUSTODY),
        arrest("rocu", **PERSON, **CUSTODY, **IDENTIFIED),
    )
    assert linked.get_column("event_cluster").n_unique() == 1
    assert linked.get_column("subject_cluster").unique().to_list() == ["pnc:order"]


def test_an_arrest_is_of_the_one_person_that_most_of_its_records_fit():
    misread = PERSON | {"forenames_folded": "SAM", "surname_folded": "OKONKWA", "date_of_birth": date(1984, 8, 7)}
    another = {"record_id": "pnc:another", "source": "pnc"} | misread
    linked = link(
        RECORDED_BY_PNC,
        arrest("pnd", **misread, **ASN, **CUSTODY),
        arrest("rocu", **PERSON, **CUSTODY, **IDENTIFIED),
        others=[another],
    )
    assert linked.get_column("event_cluster").n_unique() == 1
    assert linked.get_column("subject_cluster").to_list() == ["pnc:order"] * 3


def test_subject_is_that_of_the_order_and_reaches_records_of_the_event_that_do_not_know_the_person():
    unknown = arrest("pnd", **NAMELESS, **ASN)
    linked = link(RECORDED_BY_PNC, unknown)
    assert linked.get_column("subject_cluster").to_list() == ["pnc:order", "pnc:order"]


def test_a_person_without_an_order_has_no_subject():
    linked = link(arrest("pnd", **BROTHER))
    assert linked.get_column("subject_cluster").to_list() == [None]
    assert linked.schema == LINK_ARRESTS.schema


def test_order_of_rows_does_not_matter():
    rows = [
        RECORDED_BY_PNC,
        arrest("pnd", **PERSON, **ASN),
        arrest("rocu", **PERSON),
        arrest("pnd", **BROTHER, key="2"),
    ]
    assert link(*rows).equals(link(*reversed(rows)))


def test_tables_on_the_disk_are_linked_as_those_in_memory():
    rows = [RECORDED_BY_PNC, arrest("pnd", **PERSON, **ASN), arrest("pnd", **BROTHER, key="2")]
    assert link(*rows, is_lazy=True).equals(link(*rows))
