"""Runs suites with Great Expectations, in a process of its own.

Belongs here: everything that touches Great Expectations. Does not: what is expected (`expectations.suites`).

Three choices, measured on 2 cores (Great Expectations 1.24, Python 3.11):

- *A spawned worker process.* The import takes 6 s. In a thread it holds the interpreter lock against the pipeline, and
  so does every later validation (7 ms an expectation, nearly all Python: 4.6 s for the 658 expectations of a night of
  45 small tables); in a worker both run on the second core. `submit` early, collect late.
- *First the verdicts, then the details of what failed, as a SUMMARY.* A verdict alone takes half the time, and most
  expectations are met. COMPLETE builds a list and a query text of all failing rows: 3 s for an expectation with 250,000
  failures in a million rows. SUMMARY takes 0.3 s and gives the positions of the first 20, from which the keys are read
  here.
- *Counts and positions only.* `exclude_unexpected_values` keeps failing values out of every result. Only columns that
  an expectation reads are handed over; all others go as empty columns, and lists as their lengths.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self

import polars as pl

from expectations.suites import Expectation
from warehouse.schema import Table
from warehouse.tables.register import EXPECTATION_RESULTS

KEYS_SHOWN = 20
VERDICT = {"result_format": "BOOLEAN_ONLY"}
DETAILS = {
    "result_format": "SUMMARY",
    "exclude_unexpected_values": True,
    "partial_unexpected_count": KEYS_SHOWN,
}
NOT_NULL = "expect_column_values_to_not_be_null"
NAMES_IN_KEYS = ("forenames_folded", "surname_folded")
"""Key columns that hold personal data: rows are named by the rest of their key."""

Source = pl.DataFrame | Path
"""A table in memory, or the Parquet file that holds it."""


class Validator:
    """Validates tables in a worker process that loads Great Expectations while the caller does other work.

    `with Validator() as validator:` or, for one that lives as long as the process, `Validator.shared()`. The worker
    imports the caller's main module, as every spawned process does: keep heavy imports out of it.
    """

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=end_with_parent)
        self._pool.submit(warm_up)

    @staticmethod
    @cache
    def shared() -> "Validator":
        """The one validator of this process; made, and its worker started, at the first call."""
        return Validator()

    @staticmethod
    def close_shared() -> None:
        """End the worker of the shared validator, if there is one; another call of `shared` makes a new one.

        The program that runs a night calls this at its end: a process that Dagster started for a run waits for its
        children and would wait for the worker for ever.
        """
        if Validator.shared.cache_info().currsize:
            Validator.shared().close()
            Validator.shared.cache_clear()

    def submit(
        self,
        table: Table,
        source: Source,
        suite: Sequence[Expectation],
        *,
        references: Mapping[str, Source] | None = None,
    ) -> Future[pl.DataFrame]:
        """Start a validation and return at once; arguments and result as for `validate`."""
        return self._pool.submit(validate, table, source, suite, references=references)

    def validate(
        self,
        table: Table,
        source: Source,
        suite: Sequence[Expectation],
        *,
        references: Mapping[str, Source] | None = None,
    ) -> pl.DataFrame:
        """Validate a table in the worker and wait for the result: see the function `validate`."""
        return self.submit(table, source, suite, references=references).result()

    def close(self) -> None:
        """End the worker; validations not yet begun are dropped."""
        self._pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def end_with_parent() -> None:
    """End this process when the one that started it does, even if that is killed: it would wait for work for ever."""

    def wait() -> None:
        parent_process().join()  # type: ignore[union-attr]  # a worker has one
        os._exit(1)

    Thread(target=wait, daemon=True).start()


@cache
def warm_up() -> Any:
    """Load Great Expectations and return the definition of a batch, which takes any frame; 6 s the first time."""
    import great_expectations
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    context.enable_analytics(enable=False)
    frames = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return frames.add_batch_definition_whole_dataframe("whole")


def validate(
    table: Table,
    source: Source,
    suite: Sequence[Expectation],
    *,
    references: Mapping[str, Source] | None = None,
) -> pl.DataFrame:
    """Put a suite to a table, in this process.

    Args:
        table: the declaration of the table.
        source: its rows, in any order, or the Parquet file that holds them.
        suite: what is expected, from `suite_for`.
        references: the tables that foreign keys of the suite point to, by name.

    Returns:
        A row an expectation, in the order of the suite, in the shape of `EXPECTATION_RESULTS`. An expectation that
        could not be evaluated (a column is missing, or holds another type) is not met, and structural.
    """
    frame = _sorted(table, _read(source))
    helpers = [helper for item in suite if (helper := _helper(frame, item, references or {})) is not None]
    prepared = _for_pandas(frame, suite).with_columns(*helpers, *_row_key(table, frame))
    outcomes = _outcomes(prepared, suite)
    keys = _shown_keys(table, frame)
    rows = [
        _result(table, item, outcome=outcomes.get(place), evaluated=_evaluated(prepared, item), keys=keys)
        for place, item in enumerate(suite)
    ]
    return pl.DataFrame(rows, schema=EXPECTATION_RESULTS.schema, orient="row")


def _read(source: Source) -> pl.DataFrame:
    return pl.read_parquet(source) if isinstance(source, Path) else source


def _sorted(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """One fixed order of rows, so that the keys shown do not depend on how the rows came."""
    order = [name for name in table.order if name in frame.columns]
    return frame.sort(order) if order else frame


def _helper(frame: pl.DataFrame, item: Expectation, references: Mapping[str, Source]) -> pl.Series | None:
    """The column of a rule or foreign key: 1 met, 0 broken, null not applicable. None if it can't be worked out."""
    if item.holds is None:
        return None
    try:
        values = frame.select(item.holds.alias(str(item.kwargs["column"]))).to_series()
        if item.parent is not None:
            values = _is_in_parent(values, item.parent, references)
        return values.cast(pl.Int8)
    except pl.exceptions.PolarsError:
        return None


def _is_in_parent(values: pl.Series, parent: tuple[str, str], references: Mapping[str, Source]) -> pl.Series:
    name, column = parent
    allowed = _read(references[name]).get_column(column).unique()
    is_in = values.is_in(allowed.implode())
    return pl.select(pl.when(values.is_not_null()).then(is_in)).to_series().alias(values.name)


def _for_pandas(frame: pl.DataFrame, suite: Sequence[Expectation]) -> pl.DataFrame:
    """Columns that an expectation reads as they are (lists as lengths), all others without values."""
    read = {item.kwargs.get("column") for item in suite}
    return frame.with_columns(_light(name, dtype, is_read=name in read) for name, dtype in frame.schema.items())


def _light(name: str, dtype: pl.DataType, *, is_read: bool) -> pl.Expr:
    if not is_read:
        return pl.lit(None, pl.Int8).alias(name)
    if isinstance(dtype, pl.List):
        return pl.col(name).list.len()
    return pl.col(name).cast(pl.Int8) if dtype == pl.Boolean else pl.col(name)


def _row_key(table: Table, frame: pl.DataFrame) -> list[pl.Series]:
    """The whole key as one number, for keys of several columns."""
    if len(table.key) < 2 or not set(table.key) <= set(frame.columns):
        return []
    return [frame.select(pl.struct(table.key).rank("dense").alias("row_key")).to_series()]


def _shown_keys(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in table.order if name in frame.columns and name not in NAMES_IN_KEYS]
    return frame.select(names) if names else frame.select(pl.int_range(1, pl.len() + 1).alias("row"))


def _outcomes(prepared: pl.DataFrame, suite: Sequence[Expectation]) -> dict[int, Any]:
    """What Great Expectations found, by place in the suite; an expectation that it could not evaluate is left out."""
    batch = warm_up().get_batch({"dataframe": prepared.to_pandas()})
    verdicts = _run(batch, dict(enumerate(suite)), VERDICT)
    failed = {place: suite[place] for place, outcome in verdicts.items() if not outcome.success}
    return verdicts | _run(batch, failed, DETAILS)


def _run(batch: Any, items: Mapping[int, Expectation], result_format: Mapping[str, object]) -> dict[int, Any]:
    import great_expectations
    from great_expectations.expectations.registry import get_expectation_impl

    if not items:
        return {}
    # Results come back in another order: the place shows which is which. Added one by one, each expectation would be
    # compared with all before it.
    wanted = great_expectations.ExpectationSuite(
        "suite",
        [get_expectation_impl(item.type)(**item.kwargs, meta={"place": place}) for place, item in items.items()],
    )
    return {
        result.expectation_config.meta["place"]: result
        for result in batch.validate(wanted, result_format=result_format).results
        if result.exception_info.get("raised_exception") is False
    }


def _evaluated(prepared: pl.DataFrame, item: Expectation) -> int:
    """Rows that the expectation speaks of: those with a value, unless it is about having one or about the table."""
    column = item.kwargs.get("column")
    if not isinstance(column, str) or column not in prepared.columns or item.type == NOT_NULL:
        return prepared.height
    return prepared.height - prepared.get_column(column).null_count()


def _result(table: Table, item: Expectation, *, outcome: Any, evaluated: int, keys: pl.DataFrame) -> tuple[object, ...]:
    """A row of `EXPECTATION_RESULTS`. An expectation about the table as a whole fails for all its rows."""
    name = (table.name, item.type, item.subject)
    if outcome is None:
        return (*name, "structural", False, 0, 0, [])
    if outcome.success:
        return (*name, item.severity, True, evaluated, 0, [])
    if "unexpected_count" not in outcome.result:
        return (*name, item.severity, False, evaluated, evaluated, [])
    shown = keys[outcome.result["partial_unexpected_index_list"][:KEYS_SHOWN]]
    texts = shown.select(pl.concat_str(pl.all().cast(pl.String), separator=" ", ignore_nulls=True)).to_series()
    return (*name, item.severity, False, evaluated, outcome.result["unexpected_count"], texts.to_list())
