"""What all sources do alike to bring a row into the canonical shape.

Belongs here: record keys, codes, dates, conditions, the columns as sent. Does not: what one source
alone needs.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

import polars as pl

from assets.parsing.conditions import code_conditions
from assets.parsing.date_forms import HAND_TYPED, DateForm
from assets.parsing.dates import BIRTH_FIELDS, read_birth, read_date
from assets.parsing.terms import is_until_further_order
from assets.parsing.words import known
from warehouse.schema import Table
from warehouse.tables.core import CORE_ALIASES, CORE_ARRESTS, CORE_CONDITIONS, CORE_ORDERS
from warehouse.tables.raw import PLACE


def as_sent(raw: pl.LazyFrame, *, key: str | None = None, exact: tuple[str, ...] = ()) -> pl.DataFrame:
    """The raw rows with each field as `sent_<field>`, unknown words null, sorted by file and row.

    The field `key` is only trimmed: a key may look like a word for nothing. The fields `exact` are kept to the letter:
    the name of a sheet is part of where a row stands, and another sheet may differ from it by a blank alone; the breaks
    of a cell of conditions part them.
    """
    places = [column.name for column in PLACE]
    fields = [name for name in raw.collect_schema().names() if name not in places]
    sent = {field: known(pl.col(field)) for field in fields}
    if key is not None:
        sent[key] = pl.col(key).str.strip_chars()
    sent.update({field: pl.col(field) for field in exact})
    columns = [text.alias(f"sent_{field}") for field, text in sent.items()]
    return raw.select(*places, *columns).collect().sort("file_name", "row_number")


def record_columns(source: str, source_key: pl.Expr) -> list[pl.Expr]:
    """`record_id`, `source` and `source_key`."""
    return [
        (pl.lit(f"{source}:") + source_key).alias("record_id"),
        pl.lit(source).alias("source"),
        source_key.alias("source_key"),
    ]


def as_one(frames: Sequence[pl.DataFrame], read: Callable[[pl.DataFrame], pl.DataFrame]) -> list[pl.DataFrame]:
    """What is read of each frame, read of all as one: to make patterns ready takes longer than to read a small file.

    Args:
        frames: in whatever columns.
        read: adds to rows and keeps all of them in their order; a column that a frame lacks is null there.
    """
    rows, sent = read(pl.concat(frames, how="diagonal")), {name for frame in frames for name in frame.columns}
    starts = [0, *accumulate(frame.height for frame in frames)]
    return [
        rows.slice(start, frame.height).select(
            name for name in rows.columns if name in frame.columns or name not in sent
        )
        for frame, start in zip(frames, starts, strict=False)
    ]


def with_dates(rows: pl.DataFrame, sent: Mapping[str, pl.Expr], *, forms: tuple[DateForm, ...]) -> pl.DataFrame:
    """The rows with each core column of `sent` as a date, and `<column>_reason`, why it is null though not blank.

    `end_on` is null without a reason where its text says that there is no end (`is_until_further_order`).
    """
    dated = dict(sent)
    if "end_on" in dated:
        dated["end_on"] = pl.when(~is_until_further_order(dated["end_on"])).then(dated["end_on"])
    # All columns as one: the patterns are made ready once.
    texts = rows.select(**dated).unpivot()
    read = texts.select(read_date(pl.col("value"), forms=forms).alias("read")).unnest("read")
    parts = [(column, read.slice(place * rows.height, rows.height)) for place, column in enumerate(dated)]
    return rows.with_columns(
        series.alias(name)
        for column, part in parts
        for series, name in ((part["date"], column), (part["reason"], f"{column}_reason"))
    )


def with_birth(rows: pl.DataFrame, sent: str, *, forms: tuple[DateForm, ...], this_year: int) -> pl.DataFrame:
    """The rows with the columns on birth: from their own field or, where that is blank, from the name.

    Args:
        rows: the column `sent` and `birth_in_name` (see `assets.parsing.names.read_name`).
        sent: the date of birth as sent.
        forms: the forms in which the source writes it; beside a name it is typed by hand.
        this_year: the year after which nobody is born yet.

    Returns:
        The rows with `assets.parsing.dates.BIRTH_FIELDS`, and `birth_in_name_reason`: why the date beside the name is
        not used, or null.
    """
    stated, beside = pl.col("stated_birth").struct, pl.col("birth_beside_name").struct
    is_stated = pl.col(sent).is_not_null()
    read = rows.with_columns(
        stated_birth=read_birth(pl.col(sent), forms=forms, this_year=this_year),
        birth_beside_name=read_birth(pl.col("birth_in_name"), forms=HAND_TYPED, this_year=this_year),
    )
    is_other = stated.field("date_of_birth").ne_missing(beside.field("date_of_birth"))
    return (
        read.with_columns(
            pl.when(is_stated).then(stated.field(name)).otherwise(beside.field(name)).alias(name)
            for name in BIRTH_FIELDS
            if name != "birth_reason"
        )
        .with_columns(
            pl.col("is_birth_placeholder").fill_null(value=False),
            birth_reason=stated.field("birth_reason"),
            birth_in_name_reason=pl.when(~is_stated)
            .then(beside.field("birth_reason"))
            .when(pl.col("birth_in_name").is_not_null() & is_other)
            .then(pl.lit("beside_name")),
        )
        .drop("stated_birth", "birth_beside_name")
    )


def in_sequence(conditions: pl.DataFrame) -> pl.DataFrame:
    """The conditions of each record (`record_id`) numbered from 1, as they stand: `sequence`."""
    return conditions.with_columns(sequence=pl.int_range(1, pl.len() + 1).over("record_id"))


def runs_on(is_open: pl.Expr) -> pl.Expr:
    """Whether an order runs until further order: not where an end is given; null where nothing is said of the end."""
    return pl.when(is_open).then(statement=True).when(pl.col("end_on").is_not_null()).then(statement=False)


def condition_rows(records: pl.DataFrame, *, cut_at: int | None = None) -> pl.DataFrame:
    """Conditions coded to the catalogue.

    Args:
        records: `record_id`, `source`, `source_key`, `sequence`, `text`; one row for each condition.
        cut_at: the length at which the source cuts conditions, if it does.

    Returns:
        The rows with `condition_code`, `match_score`, `is_cut`, sorted by record and sequence.
    """
    coded = records.join(code_conditions(records.get_column("text"), cut_at=cut_at), on="text", how="left")
    is_cut = pl.lit(value=False) if cut_at is None else pl.col("text").str.len_chars() >= cut_at
    return coded.with_columns(is_cut=is_cut).sort("record_id", "sequence")


def coded(sent: str, codes: Mapping[str, str | bool | None]) -> pl.Expr:
    """What the source's code in a column as sent means, in any case; null for codes that are not listed."""
    is_flag = any(isinstance(meaning, bool) for meaning in codes.values())
    return (
        pl.col(sent)
        .str.to_uppercase()
        .replace_strict(dict(codes), default=None, return_dtype=pl.Boolean if is_flag else pl.String)
    )


def core_tables(
    *,
    orders: pl.DataFrame,
    conditions: pl.DataFrame,
    rejected: pl.DataFrame,
    aliases: pl.DataFrame | None = None,
    arrests: pl.DataFrame | None = None,
) -> dict[str, pl.DataFrame]:
    """A source's core tables in their shape, by short name; empty where the source sends none.

    Each table is sorted by its key, one row for each key; columns not sent are null. `rejected` comes from
    `assets.parsing.rejections.collect_rejected`.
    """
    shaped = {
        "orders": (CORE_ORDERS, orders),
        "aliases": (CORE_ALIASES, aliases),
        "conditions": (CORE_CONDITIONS, conditions),
        "arrests": (CORE_ARRESTS, arrests),
    }
    tables = {
        name: table.empty() if frame is None else _in_shape(table, frame) for name, (table, frame) in shaped.items()
    }
    return {**tables, "rejected_values": rejected}


def _in_shape(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    absent = [column for column in table.columns if column.name not in frame.columns]
    shaped = table.conform(frame.with_columns(pl.lit(None, column.dtype).alias(column.name) for column in absent))
    keys = list(table.key)
    if shaped.select(pl.struct(keys).is_duplicated().any()).item():
        shaped = shaped.sort(shaped.columns, nulls_last=True).unique(keys, keep="first", maintain_order=True)
    return shaped.sort(keys, nulls_last=True)
