"""Who is bound, counted by nation, region and force; how sources agree."""

from datetime import date, timedelta

import polars as pl

from study.agreement import agreement_matrix, compare_sources
from study.monitoring import LENGTHS, WATCHED, watch
from study.recording import describe_recording, draw_tiles
from warehouse.codes import reference
from warehouse.tables.core import CORE_ORDERS
from warehouse.tables.register import CONDITIONS, DISCREPANCIES, ORDER_SOURCES, ORDERS, QUALITY_SCORES

NIGHT = date(2026, 11, 20)


def rows(table, *given):
    return pl.DataFrame([dict.fromkeys(table.schema) | row for row in given], schema=table.schema)


def order(number, days, **values):
    row = {"order_id": f"ORD-{number}", "legal_status": "live", "is_in_force_doubtful": False, "is_interim": False}
    row |= {"binds_until": None if days is None else NIGHT + timedelta(days), "sources": ["pnc"], "nation": "England"}
    return row | {"region_code": "EMSOU", "force_name": "Nottinghamshire Police"} | values


TABLES = {
    "orders": rows(
        ORDERS,
        order(1, 0, sources=["court", "rocu"]),
        order(2, 45, is_interim=True, breach_count=1),
        order(3, None, nation=None, region_code=None, force_name=None, is_in_force_doubtful=True),
        order(4, 90, is_county_lines=False),
        order(5, 10, legal_status="discharged"),
    ),
    "conditions": rows(
        CONDITIONS,
        {"order_id": "ORD-1", "kind": "travel", "is_golden": True, "is_lapsed": False},
        {"order_id": "ORD-2", "kind": "travel", "is_golden": True, "is_lapsed": True},
        # In the court's result alone: it counts as in force until the court denies it.
        {"order_id": "ORD-4", "kind": "travel", "is_golden": False, "is_doubtful": True, "is_lapsed": False},
        {"order_id": "ORD-4", "kind": "notification", "is_golden": True, "is_lapsed": False},
        {"order_id": "ORD-1", "kind": "notification", "is_golden": False, "is_doubtful": False, "is_lapsed": False},
    ),
    "discrepancies": rows(
        DISCREPANCIES,
        {"order_id": "ORD-1", "rule_code": "Q-BREACH", "state": "open"},
        {"order_id": "ORD-2", "rule_code": "Q-BREACH", "state": "resolved"},
    ),
}


def test_orders_in_force_are_counted_by_nation_and_what_is_not_known_stands_last():
    counted = watch(TABLES.__getitem__, NIGHT).count("nation")
    assert counted.get_column("name").to_list() == ["England", "Not known"]
    england, unknown = counted.select(*LENGTHS, *WATCHED).to_dicts()
    assert england == {
        "orders": 3, "in_doubt": 0, "within_30": 1, "within_60": 2, "within_90": 3, "no_last_day": 0, "interim": 1,
        "travel_bans": 2, "to_notify": 1, "county_lines": 0, "lines_unknown": 2, "breached": 1, "unrecorded": 1,
        "off_police": 1,
    }  # fmt: skip
    assert (unknown["orders"], unknown["in_doubt"], unknown["no_last_day"]) == (1, 1, 1)


def test_a_force_of_a_nation_without_regional_units_is_known_and_stands_under_none():
    forces = [("EMSOU", "31"), (None, "PS"), (None, None)]
    orders = rows(
        ORDERS, *(order(n, 30, region_code=region, force_code=force) for n, (region, force) in enumerate(forces))
    )
    counted = watch((TABLES | {"orders": orders}).__getitem__, NIGHT).count("region")
    assert counted.get_column("name").to_list()[1:] == ["No regional unit", "Not known"]


def test_regions_have_names_and_every_scope_counts_every_order():
    watched = watch(TABLES.__getitem__, NIGHT)
    assert watched.count("region").item(0, "name") != "EMSOU"
    assert {watched.count(scope).get_column("orders").sum() for scope in ("nation", "region", "force")} == {4}


def test_two_sources_are_compared_where_both_say_something_and_no_second_record_counts():
    said = [("pnc", "M", "A"), ("pnd", "M", "B"), ("court", None, "A"), ("pnd", "F", "A")]
    records = [
        {"record_id": f"{source}:{number}", "source": source, "sex": sex, "surname_folded": surname}
        for number, (source, sex, surname) in enumerate(said)
    ]
    held = [
        {"record_id": row["record_id"], "order_id": "ORD-1", "is_duplicate": number == 3, "is_amended": False}
        for number, row in enumerate(records)
    ]
    matrix = agreement_matrix(compare_sources(rows(CORE_ORDERS, *records), rows(ORDER_SOURCES, *held)))
    assert matrix.filter(source="pnc").select("other_source", "compared", "agreeing").rows() == [
        ("pnd", 2, 1),
        ("court", 1, 1),
    ]
    assert matrix.height == 6


def test_a_force_is_described_by_what_its_systems_hold_and_every_force_has_a_tile_of_its_own():
    orders = rows(ORDERS, order(1, 9, force_code="31", sources=["pnc", "pnd", "rocu"]), order(2, 9, force_code="31"))
    recording = describe_recording(orders, QUALITY_SCORES.empty())
    notts = recording.filter(code="31").row(0, named=True)
    assert (notts["orders"], notts["pnc"], notts["pnd"], notts["court"], notts["everywhere"]) == (2, 1.0, 0.5, 0.0, 0.5)
    assert recording.filter(code="32").item(0, "orders") == 0
    places = reference("force_tiles")
    assert places.select("column", "row").is_duplicated().sum() == 0
    territorial = reference("forces").filter(pl.col("code") == pl.col("current_code"), kind="territorial")
    assert set(places["code"]) == set(territorial["code"])
    assert "Notts" in draw_tiles(recording).to_json()
