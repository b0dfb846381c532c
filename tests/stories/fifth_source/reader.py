"""The British Transport Police: a nightly list of orders, a plain CSV file."""

import io
import re
from collections.abc import Mapping
from datetime import date

import polars as pl

from assets.parsing.checks import birth_check, court_check, date_check, pnc_id_checks
from assets.parsing.courts import add_court
from assets.parsing.date_forms import WRITTEN
from assets.parsing.forces import add_force
from assets.parsing.identifiers import read_pnc_id
from assets.parsing.names import read_name
from assets.parsing.records import as_sent, coded, core_tables, record_columns, with_birth, with_dates
from assets.parsing.rejections import Check, collect_rejected, rejected_values
from assets.sources.contract import Delivery, Feed, Reading, Source
from warehouse.tables.core import CORE_CONDITIONS
from warehouse.tables.raw import raw_table

FIELDS = ("list_no", "name", "born", "pncid", "order_type", "made", "start", "end", "court", "force")
RAW_ORDERS = raw_table("raw_btp__orders", "an order of the list as sent", FIELDS, key=("list_no",))
DATES = {"made_on": "made", "start_on": "start", "end_on": "end"}
TYPES = {"STRO": "STRO", "STPO": "STPO", "ISTRO": "STRO", "ISTPO": "STPO", "TERO": "TERO", "TEPO": "TEPO"}
INTERIM = {name: name.startswith("I") for name in TYPES}
CHECKS = (
    *(date_check(column, f"sent_{field}", "a date as YYYY-MM-DD") for column, field in DATES.items()),
    birth_check("sent_born", "a date as YYYY-MM-DD"),
    *pnc_id_checks("sent_pncid"),
    Check("order_type", "sent_order_type", "unknown_code", f"one of {', '.join(TYPES)}"),
    court_check("sent_court"),
)


def read(delivery: Delivery) -> Reading:
    rows = pl.read_csv(io.BytesIO(delivery.path.read_bytes()), infer_schema=False, row_index_name="row_number")
    placed = rows.with_columns(
        pl.lit(delivery.delivery_id).alias("delivery_id"),
        pl.lit(delivery.path.name).alias("file_name"),
        (pl.col("row_number") + 2).cast(pl.Int64),
    )
    return Reading({RAW_ORDERS.name: RAW_ORDERS.conform(placed)}, rows_read=rows.height)


def standardise(raw: Mapping[str, pl.LazyFrame], as_of: date) -> dict[str, pl.DataFrame]:
    sent = as_sent(raw[RAW_ORDERS.name], key="list_no")
    rows = sent.with_columns(
        *record_columns("btp", pl.col("sent_list_no")),
        name=read_name(pl.col("sent_name")),
        pnc=read_pnc_id(pl.col("sent_pncid"), this_year=as_of.year),
    ).unnest("name", "pnc")
    dated = {column: pl.col(f"sent_{field}") for column, field in DATES.items()}
    born = with_birth(rows, "sent_born", forms=WRITTEN, this_year=as_of.year)
    judged = with_dates(born, dated, forms=WRITTEN).with_columns(
        coded("sent_order_type", TYPES).alias("order_type"),
        coded("sent_order_type", INTERIM).alias("is_interim"),
        court_as_written=pl.col("sent_court"),
        force_as_written=pl.col("sent_force"),
    )
    orders = add_force(add_court(judged))
    return core_tables(
        orders=orders,
        conditions=CORE_CONDITIONS.empty(),
        rejected=collect_rejected([rejected_values(orders, CHECKS)]),
    )


FEED = Feed("btp", "btp", re.compile(r"btp_orders_(?P<date>\d{4}-\d{2}-\d{2})(?:_r(?P<revision>\d+))?\.csv"))
SOURCE = Source(name="btp", feeds=(FEED,), raw_tables=(RAW_ORDERS,), read=read, records=standardise)
