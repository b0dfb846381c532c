"""Reading each distinct value once: columns of dates, names or wordings repeat themselves.

Belongs here: how a reader of values becomes a polars expression. Does not: any reader.
"""

from collections.abc import Callable, Mapping

import polars as pl
from polars.datatypes import DataType, DataTypeClass

Reader = Callable[[pl.DataFrame], pl.DataFrame]


def read_distinct(text: pl.Expr, read: Reader, fields: Mapping[str, DataType | DataTypeClass]) -> pl.Expr:
    """An expression that reads every distinct value of `text` once and gives each row what was read.

    Args:
        text: the values.
        read: from a frame with the column `text`, distinct values, to the frame with `fields` added. It can go step by
            step, where one nested expression would work out its parts over and over.
        fields: names and types of what is read.

    Returns:
        A struct of `fields`.
    """

    def read_values(values: pl.Series) -> pl.Series:
        texts = values.cast(pl.String).rename("text").to_frame()
        found = read(texts.unique()).select("text", *(pl.col(name).cast(dtype) for name, dtype in fields.items()))
        joined = texts.join(found, on="text", how="left", nulls_equal=True, maintain_order="left")
        return joined.select(pl.struct(*fields)).to_series().rename(values.name)

    return text.map_batches(read_values, return_dtype=pl.Struct(dict(fields)), is_elementwise=True)
