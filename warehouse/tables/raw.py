"""The raw layer: every row read, as text, with the delivery, file and row it came from."""

import polars as pl

from warehouse.schema import Column, Table

PLACE = (
    Column("delivery_id", "The delivery the row came in (`deliveries.delivery_id`).", required=True),
    Column("file_name", "Name of the file as it was sent.", required=True),
    Column(
        "row_number",
        "Row in the file as a person counts it: line, document or sheet row, from 1.",
        pl.Int64,
        required=True,
    ),
)


def raw_table(name: str, row_is: str, fields: tuple[str, ...], key: tuple[str, ...] = ()) -> Table:
    """A raw table: the place of the row, then the source's own fields, all text, none required."""
    return Table(
        name,
        row_is,
        PLACE + tuple(Column(field, f"Field `{field}` as sent.") for field in fields),
        key,
        sort_by=("file_name", "row_number"),
    )


NOT_MADE, NOT_THE_MAKING, HEADING_AGAIN = "no_order_made", "not_the_making", "heading_again"
NO_RECORD_REASONS = (NOT_MADE, NOT_THE_MAKING, HEADING_AGAIN, "not_an_order")
"""Reasons to set aside a row that could be read but is not a record of an order. They are not faults of a delivery."""

QUARANTINE = Table(
    "quarantine",
    "a row that could not be read, or that is not a record, kept with its text, its place and the reason",
    (
        Column("source", "The source that sent it.", required=True),
        Column("delivery_id", "The delivery it came in.", required=True),
        Column("file_name", "Name of the file as it was sent.", required=True),
        Column("place", "Where it is: `line 12`, `document 7`, `sheet Orders row 9`.", required=True),
        Column("row_number", "Row in the file as a person counts it.", pl.Int64, required=True),
        Column("reason_code", "Why it was quarantined, as a code.", required=True),
        Column("reason", "What was expected and what to do, in words; holds no personal data.", required=True),
        Column("row_text", "The row as sent, at most 10,000 characters."),
    ),
    key=("source", "file_name", "place", "reason_code"),
)
