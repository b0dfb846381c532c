"""The regional units (ROCUs): one workbook a unit and month, filled in by hand.

Belongs here: the feeds, the raw tables, reading a delivery. Does not: the workbook format (`workbooks`), the layouts
(`rocu_layouts`), which rows count (`rocu_rows`), what the values mean (`rocu_records`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from assets.sources.contract import Delivery, Fault, Feed, Reading, Source
from assets.sources.rocu_layouts import Layout, find_layout, sheet_kinds
from assets.sources.rocu_records import standardise
from assets.sources.rocu_rows import EXTRA_FIELDS, REASONS, ReadSheet, read_rows
from assets.sources.workbooks import Sheet, read_workbook
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
    """Read a unit's return.

    A row is what says something of a person or an order; titles, notes, totals, repeated headings and rows with
    nothing but prefilled cells are no rows (see `rocu_rows`). Rows alike are kept both: a row's key is its place.
    """
    sheets, refusal = read_workbook(delivery.path)
    if refusal:
        return Reading(_place([], delivery), faults=(refusal,))
    found = [(sheet, find_layout(sheet.cells)) for sheet in sheets]
    read_sheets = [read_rows(sheet, layout) for sheet, layout in found if layout is not None and sheet.is_visible]
    quarantine = _as_quarantine(read_sheets, delivery)
    return Reading(
        tables=_place(read_sheets, delivery),
        quarantine=quarantine,
        rows_read=sum(sheet.rows.height for sheet in read_sheets) + quarantine.height,
        faults=(
            *_find_skipped_sheets(found),
            *(fault for sheet in read_sheets for fault in _find_heading_faults(sheet)),
            *_find_return_faults(read_sheets),
        ),
    )


def _place(sheets: Iterable[ReadSheet], delivery: Delivery) -> dict[str, pl.DataFrame]:
    """The raw tables: the rows of all sheets of a kind, with the file and the unit they came from."""
    frames: dict[str, list[pl.DataFrame]] = {kind: [] for kind in RAW_TABLES}
    for sheet in sheets:
        rows = sheet.rows.with_columns(
            delivery_id=pl.lit(delivery.delivery_id),
            file_name=pl.lit(delivery.path.name),
            region_code=pl.lit(delivery.feed.region_code),
        )
        frames[sheet.layout.kind.name].append(RAW_TABLES[sheet.layout.kind.name].conform(rows))
    return {table.name: pl.concat([table.empty(), *frames[kind]]) for kind, table in RAW_TABLES.items()}


def _as_quarantine(sheets: Iterable[ReadSheet], delivery: Delivery) -> pl.DataFrame:
    refused = [
        sheet.refused.with_columns(
            source=pl.lit("rocu"),
            delivery_id=pl.lit(delivery.delivery_id),
            file_name=pl.lit(delivery.path.name),
            place=pl.format("sheet {} row {}", pl.lit(sheet.name), "row_number"),
            reason=pl.col("reason_code").replace_strict(REASONS, return_dtype=pl.String),
        )
        for sheet in sheets
    ]
    return pl.concat([QUARANTINE.empty(), *(QUARANTINE.conform(rows) for rows in refused)])


def _find_skipped_sheets(found: Iterable[tuple[Sheet, Layout | None]]) -> list[Fault]:
    """Sheets that were not read."""
    faults = []
    for sheet, layout in found:
        if layout is None:
            faults += [_skipped(sheet.name, "no known headings")] if sheet.cells.height else []
        elif not sheet.is_visible:
            faults.append(_skipped(sheet.name, f"headings of {layout.kind.name} but is hidden"))
    return faults


def _skipped(sheet_name: str, what: str) -> Fault:
    return Fault(
        "sheet_skipped",
        f"Sheet `{sheet_name}` has {what} and was not read. If it belongs to the return, show it, put headings as in "
        "the template above its rows and send the workbook again.",
        is_structural=False,
    )


def _find_heading_faults(sheet: ReadSheet) -> list[Fault]:
    layout = sheet.layout
    place = f"Sheet `{sheet.name}`, row {layout.heading_row}"
    return [
        *(
            Fault(
                "missing_heading",
                f"{place}: no heading for {name.replace('_', ' ')} of {layout.kind.name}. Every return needs it: add "
                "the column, or its heading to `rocu_headings.toml`.",
            )
            for name in layout.missing
        ),
        *(
            Fault(
                "heading_twice",
                f"{place}: {len(columns)} columns are headed as {name.replace('_', ' ')}. Rows where they differ are "
                "quarantined: keep one of the columns.",
                is_structural=False,
            )
            for name, columns in layout.columns.items()
            if len(columns) > 1
        ),
        *(
            Fault(
                "unknown_heading",
                f"{place}: `{heading[:60]}` is no known heading. The values are kept in `other_fields` and not used: "
                "name it as in the template, or add it to `rocu_headings.toml`.",
                is_structural=False,
            )
            for heading in sheet.others
        ),
        *(
            Fault(
                "misspelt_heading",
                f"{place}: heading `{heading[:60]}` was read as {name.replace('_', ' ')}. If that is wrong, correct "
                "the heading or add it to `rocu_headings.toml`.",
                is_structural=False,
            )
            for name, heading in layout.guessed.items()
        ),
    ]


def _find_return_faults(sheets: Sequence[ReadSheet]) -> list[Fault]:
    """What is wrong with the return as a whole."""
    orders = [sheet for sheet in sheets if sheet.layout.kind.name == "orders"]
    rules = (
        (
            not orders,
            Fault(
                "no_orders_sheet",
                "No visible sheet has the headings of orders (a name, a type of order, dates). Ask the unit for the "
                "return in the template's layout, or add its headings to `rocu_headings.toml`.",
            ),
        ),
        (
            bool(orders) and not any(sheet.rows.height + sheet.refused.height for sheet in orders),
            Fault(
                "empty",
                "The orders sheet has headings and no rows. A unit without orders is not expected: ask the unit "
                "whether the return is complete.",
            ),
        ),
        (
            len(orders) == len(sheets),
            Fault(
                "no_arrests_sheet",
                "No visible sheet has the headings of the offending history (a name, a date of arrest, an offence). "
                "Arrests of this unit are missing: ask the unit for the sheet.",
                is_structural=False,
            ),
        ),
    )
    return [fault for applies, fault in rules if applies]


def _feed(code: str, aliases: str | None) -> Feed:
    """The feed of a unit. Its file may go by an alias, and may be of a kind that is refused, so as to be told why."""
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
    standardise=standardise,
)
