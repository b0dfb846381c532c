"""Values that could not be read: how a source collects them.

Belongs here: turning checks into rows of `core__rejected_values`. Does not: the reading itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from assets.parsing.dates import read_date
from warehouse.tables.core import CORE_REJECTED_VALUES

LONGEST_VALUE = 200


@dataclass(frozen=True)
class Check:
    """What was sent for a core column, and why it may have been refused.

    Attributes:
        field: the core column that stays empty.
        sent: the column that holds the value as sent.
        reason: the reason code, or the column that holds it (null where the value was read).
        expected: what was expected, in words.
        is_refused: when the value is refused; by default, where it says something and the core column is null
            (or, if `reason` is a column, where that holds a reason).
    """

    field: str
    sent: str
    reason: str | pl.Expr
    expected: str
    is_refused: pl.Expr | None = None


def rejected_values(frame: pl.DataFrame, checks: Sequence[Check]) -> pl.DataFrame:
    """The rows of `core__rejected_values`: one a refused value, sorted.

    Args:
        frame: holds `record_id`, `source`, `source_key`, the core columns and the columns as sent. Unknown words must
            be null in the columns as sent (`assets.parsing.words.known`).
        checks: what to look at.
    """
    return collect_rejected([_refused(frame, check) for check in checks])


def collect_rejected(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The rows of several parts of `core__rejected_values` as one table, each once, sorted by its key."""
    rows = CORE_REJECTED_VALUES.conform(pl.concat([CORE_REJECTED_VALUES.empty(), *parts]))
    keys = list(CORE_REJECTED_VALUES.key)
    return rows.sort(*keys, "value", nulls_last=True).unique(subset=keys, keep="first", maintain_order=True)


def _refused(frame: pl.DataFrame, check: Check) -> pl.DataFrame:
    reason = pl.lit(check.reason) if isinstance(check.reason, str) else check.reason
    default = (
        pl.col(check.sent).is_not_null() & pl.col(check.field).is_null()
        if isinstance(check.reason, str)
        else reason.is_not_null()
    )
    refused = frame.filter(default if check.is_refused is None else check.is_refused)
    return refused.select(
        "record_id",
        "source",
        "source_key",
        field=pl.lit(check.field),
        value=pl.col(check.sent).str.slice(0, LONGEST_VALUE),
        reason_code=reason,
        expected=pl.lit(check.expected),
    )


def show_partial_dates(rejected: pl.DataFrame) -> pl.DataFrame:
    """The rejected values with `partial_date` values as `2019-03` or `2019`, however they were typed.

    What is known of a date can then be compared, though the column stays empty.
    """
    partial = read_date(pl.col("value"))
    year, month = (partial.struct.field(part).cast(pl.String) for part in ("year", "month"))
    shown = pl.concat_str(year, month.str.zfill(2), separator="-", ignore_nulls=True)
    is_read = (pl.col("reason_code") == "partial_date") & year.is_not_null()
    return rejected.with_columns(value=pl.when(is_read).then(shown).otherwise("value"))
