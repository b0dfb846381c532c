"""Choosing golden values of records and clusters, as a night does, and records to choose from."""

from datetime import date

import polars as pl

from reconciliation import golden
from reconciliation.golden import ORDER_FIELDS, PERSON_FIELDS
from reconciliation.record_context import hold_records
from warehouse.tables.core import CORE_ORDERS
from warehouse.tables.link import LINK_CLUSTERS

NIGHT = date(2030, 1, 1)
FIELDS = [field.name for field in PERSON_FIELDS + ORDER_FIELDS]
GOOD_PNC_ID, BAD_PNC_ID, OTHER_PNC_ID = "2020/0131059J", "2020/0131059K", "2021/0095495N"


def choose_golden(records, clusters, **more):
    return golden.choose_golden(hold_records(records, clusters), **{"as_of": NIGHT} | more)


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


def assert_believed(rows, field, value, winner, rule):
    golden, reasons = choose(*rows)
    assert golden[field] == value
    assert (reasons[field]["record_id"], reasons[field]["rule"]) == (winner, rule)
