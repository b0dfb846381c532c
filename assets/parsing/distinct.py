"""Reading each distinct value once: columns of dates, names or wordings repeat themselves, and many are blank.

Belongs here: how a reader of values becomes a polars expression. Does not: any reader.
"""

from collections.abc import Callable, Mapping
from functools import wraps

import polars as pl
from polars.datatypes import DataType, DataTypeClass

Reader = Callable[[pl.DataFrame], pl.DataFrame]
TextReader = Callable[[pl.Expr], pl.Expr]
MOST_REMEMBERED = 20_000
"""Texts that a reader keeps; with more it forgets them all."""


def read_distinct(text: pl.Expr, read: Reader, fields: Mapping[str, DataType | DataTypeClass]) -> pl.Expr:
    """An expression that reads every distinct value of `text` once and gives each row what was read.

    Args:
        text: the values.
        read: from a frame with the column `text`, distinct values, to the frame with `fields` added. It can go step by
            step, where one nested expression would work out its parts over and over.
        fields: names and types of what is read.

    Returns:
        A struct of `fields`; of a null, all are null.
    """
    schema = {"text": pl.String, **fields}

    def read_values(values: pl.Series) -> pl.Series:
        texts = values.cast(pl.String).rename("text").to_frame()
        distinct = texts.unique().drop_nulls()
        # A small file has many blank columns, and some readers compile a hundred patterns.
        found = pl.DataFrame(schema=schema) if distinct.is_empty() else read(distinct)
        found = found.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
        joined = texts.join(found, on="text", how="left", maintain_order="left")
        return joined.select(pl.struct(*fields)).to_series().rename(values.name)

    return text.map_batches(read_values, return_dtype=pl.Struct(dict(fields)), is_elementwise=True)


def remembered(read: Reader) -> Reader:
    """A reader that keeps what it read while the process lives, for words that files and columns say over and over.

    To read one text costs nearly what a thousand do: it is patterns that are made ready.
    """
    kept: list[pl.DataFrame] = []

    @wraps(read)
    def read_new(texts: pl.DataFrame) -> pl.DataFrame:
        found = kept[0] if kept and kept[0].height <= MOST_REMEMBERED else None
        new = texts if found is None else texts.join(found, on="text", how="anti")
        if found is None or not new.is_empty():
            found = pl.concat([*([] if found is None else [found]), read(new)])
            kept[:] = [found]
        return texts.join(found, on="text", how="left", maintain_order="left")

    return read_new


def each_distinct(dtype: DataType | DataTypeClass) -> Callable[[TextReader], TextReader]:
    """Make a reader of one value read every distinct value once: see `read_distinct`; of a null it gives a null."""

    def decorate(read: TextReader) -> TextReader:
        @wraps(read)
        def read_column(text: pl.Expr) -> pl.Expr:
            def with_value(texts: pl.DataFrame) -> pl.DataFrame:
                return texts.with_columns(value=read(pl.col("text")))

            return read_distinct(text, with_value, {"value": dtype}).struct.field("value")

        return read_column

    return decorate
