"""Partial dates among the rejected values, in one form.

Belongs here: that form. Does not: reading dates (`dates`) or collecting what was refused (`rejections`).
"""

import polars as pl

from assets.parsing.dates import read_date


def show_partial_dates(rejected: pl.DataFrame) -> pl.DataFrame:
    """The rejected values with `partial_date` values as `2019-03` or `2019`, however they were typed.

    What is known of a date can then be compared, though the column stays empty.
    """
    partial = read_date(pl.col("value"))
    year, month = (partial.struct.field(part).cast(pl.String) for part in ("year", "month"))
    shown = pl.concat_str(year, month.str.zfill(2), separator="-", ignore_nulls=True)
    is_read = (pl.col("reason_code") == "partial_date") & year.is_not_null()
    return rejected.with_columns(value=pl.when(is_read).then(shown).otherwise("value"))
