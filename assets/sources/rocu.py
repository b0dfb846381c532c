"""The regional units (ROCUs): one workbook for each unit and month, filled in by hand.

Belongs here: the feeds, the raw tables, reading a delivery. Does not: the workbook format (`workbooks`), the tables on
a sheet (`rocu_tables`), which rows count (`rocu_verdicts`), what the values mean (`rocu_records`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from assets.parsing import outcomes, unmade_rows
from assets.sources.contract import Delivery, Feed, Reading, Source
from assets.sources.rocu_faults import ReadSheet, find_faults
from assets.sources.rocu_headings import sheet_kinds
from assets.sources.rocu_records import standardise
from assets.sources.rocu_rows import EXTRA_FIELDS, LONGEST_ROW_TEXT, ReadTable, read_rows
from assets.sources.rocu_tables import find_tables
from assets.sources.rocu_verdicts import ROCU_REASONS
from assets.sources.workbooks import read_workbook
from warehouse.codes import reference
from warehouse.schema import Table
from warehouse.tables.raw import QUARANTINE, raw_table


def _raw_table(kind: str, fields: Sequence[str]) -> Table:
    table = raw_table(
        f"raw_rocu__{kind}",
        f"a row of a sheet of {kind} in a unit's return, as sent, under the names of the fields",
        ("region_code", "sheet_name", *fields, *EXTRA_FIELDS),
        key=("file_name", "sheet_name", "row_number"),
    )
    return replace(table, sort_by=table.key)


RAW_TABLES = {kind.name: _raw_table(kind.name, kind.fields) for kind in sheet_kinds()}


def read(delivery: Delivery) -> Reading:
    """Read a unit's return: all tables of all its sheets, hidden ones too.

    What counts as a row is decided in `rocu_verdicts`. Rows alike are all kept: a row's key is its place.
    """
    sheets, refusal = read_workbook(delivery.path, most_bytes=delivery.limits.unpacked_bytes)
    if refusal:
        return Reading(_place([], delivery), faults=(refusal,))
    read_sheets = [
        ReadSheet(number, sheet, tuple(_without_unmade(read_rows(sheet, table)) for table in find_tables(sheet)))
        for number, sheet in enumerate(sheets, start=1)
    ]
    tables = [table for sheet in read_sheets for table in sheet.tables]
    quarantine = _as_quarantine(tables, delivery)
    return Reading(
        tables=_place(tables, delivery),
        quarantine=quarantine,
        rows_read=sum(table.rows.height for table in tables) + quarantine.height,
        faults=find_faults(read_sheets),
    )


def _without_unmade(table: ReadTable) -> ReadTable:
    """A table of orders without the rows whose words say that no order was made, which are set aside."""
    if table.layout.kind.name != "orders":
        return table
    judged = table.rows.with_columns(
        unmade_rows.set_aside(table.rows, words="order_type", status="status", made="made_on")
    )
    texts = pl.concat_str(
        pl.col(table.layout.kind.fields).str.head(LONGEST_ROW_TEXT), separator=" | ", ignore_nulls=True
    )
    unmade = judged.drop_nulls("reason_code").select(
        "row_number", "reason_code", row_text=texts.str.head(LONGEST_ROW_TEXT)
    )
    kept = judged.filter(pl.col("reason_code").is_null()).drop("reason_code")
    return replace(table, rows=kept, refused=pl.concat([table.refused, unmade]))


def _place(tables: Iterable[ReadTable], delivery: Delivery) -> dict[str, pl.DataFrame]:
    """The raw tables: the rows of all tables of a kind, with the file and the unit they came from."""
    frames: dict[str, list[pl.DataFrame]] = {kind: [] for kind in RAW_TABLES}
    for table in tables:
        rows = table.rows.with_columns(
            delivery_id=pl.lit(delivery.delivery_id),
            file_name=pl.lit(delivery.path.name),
            region_code=pl.lit(delivery.feed.region_code),
        )
        frames[table.layout.kind.name].append(RAW_TABLES[table.layout.kind.name].conform(rows))
    return {table.name: pl.concat([table.empty(), *frames[kind]]) for kind, table in RAW_TABLES.items()}


def _as_quarantine(tables: Iterable[ReadTable], delivery: Delivery) -> pl.DataFrame:
    refused = [
        table.refused.with_columns(
            source=pl.lit("rocu"),
            delivery_id=pl.lit(delivery.delivery_id),
            file_name=pl.lit(delivery.path.name),
            place=pl.format("sheet {} row {}", pl.lit(table.name), "row_number"),
            reason=pl.col("reason_code").replace_strict(ROCU_REASONS | outcomes.NO_ORDER, return_dtype=pl.String),
        )
        for table in tables
    ]
    return pl.concat([QUARANTINE.empty(), *(QUARANTINE.conform(rows) for rows in refused)])


def _feed(code: str, aliases: str | None) -> Feed:
    """The feed of a unit. Its file may go by an alias, or be of a kind that is refused, so that the reason is given."""
    names = [code, *(aliases or "").split("|")]
    spellings = [re.sub(r"\s+", "[ _-]?", name.strip()) for name in names if name]
    return Feed(
        name=f"rocu_{code}",
        source="rocu",
        pattern=re.compile(
            rf"(?i)(?:{'|'.join(spellings)})_STRO_return_(?P<date>\d{{4}}-\d{{2}})(?:_r(?P<revision>\d+))?\.xls[xm]?"
        ),
        cadence="month",
        region_code=code,
    )


SOURCE = Source(
    name="rocu",
    feeds=tuple(_feed(code, aliases) for code, aliases in reference("regions").select("code", "aliases").iter_rows()),
    raw_tables=tuple(RAW_TABLES.values()),
    read=read,
    records=standardise,
)
