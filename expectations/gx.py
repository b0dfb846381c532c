"""Runs suites with Great Expectations, in a process of its own, on the rows that may break them.

Belongs here: everything that touches Great Expectations. Does not: what is expected (`expectations.suites`), which rows
may break it (`expectations.screen`).

Four choices, measured on 2 cores (Great Expectations 1.24, Python 3.11):

- *Doubtful rows alone.* Polars finds at once what meets its expectations beyond doubt; only the others go to Great
  Expectations, whose verdict counts. Whole tables took 8 of 94 s of processor in a night of 20,000 orders.
- *A spawned worker process.* The import takes 6 s. In a thread it holds the interpreter lock against the pipeline, and
  so does every later validation (7 ms an expectation, nearly all Python); in a worker both run on the second core.
  `submit` early, collect late.
- *Details as a SUMMARY.* COMPLETE builds a list and a query text of all failing rows: 3 s for an expectation with
  250,000 failures in a million rows. SUMMARY takes 0.3 s and gives the positions of the first 20, from which the keys
  are read here.
- *Counts and positions only.* `exclude_unexpected_values` keeps failing values out of every result. Only columns that
  an expectation reads are handed over; all others go as empty columns, and lists as their lengths.
"""

import atexit
import gc
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context, parent_process
from signal import SIG_IGN, SIGINT, signal
from threading import Thread
from typing import Any, Self

import polars as pl
from polars import selectors as cs

from expectations.screen import Screened, screen
from expectations.suites import ROW_KEY, Expectation
from warehouse.schema import Table
from warehouse.tables.register import EXPECTATION_RESULTS

KEYS_SHOWN = 20
DETAILS = {
    "result_format": "SUMMARY",
    "exclude_unexpected_values": True,
    "partial_unexpected_count": KEYS_SHOWN,
}
NAMES_IN_KEYS = ("forenames_folded", "surname_folded")
"""Key columns that hold personal data: rows are named by the rest of their key."""


class Validator:
    """Validates tables in a worker process that loads Great Expectations while the caller does other work.

    `with Validator() as validator:` or, for one that lives as long as the process, `Validator.shared()`. The worker
    imports the caller's main module, as every spawned process does: keep heavy imports out of it.
    """

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=prepare_worker)
        self._pool.submit(warm_up)

    @staticmethod
    @cache
    def shared() -> "Validator":
        """The one validator of this process; made, and its worker started, at the first call."""
        return Validator()

    @staticmethod
    def close_shared() -> None:
        """End the worker of the shared validator, if there is one; another call of `shared` makes a new one.

        A process that Dagster started for a run calls this at its end: it waits for its children and would wait for the
        worker for ever. Another program ends its worker when it ends.
        """
        if Validator.shared.cache_info().currsize:
            Validator.shared().close()
            Validator.shared.cache_clear()

    def submit(
        self, table: Table, frame: pl.DataFrame | pl.LazyFrame, suite: Sequence[Expectation]
    ) -> Future[pl.DataFrame]:
        """Start a validation and return at once, or after it where nothing is in doubt; gives what `judge` does."""
        screened = screen(table, frame, suite)
        if screened.doubtful:
            return self._pool.submit(judge, table, screened, suite)
        done: Future[pl.DataFrame] = Future()
        done.set_result(judge(table, screened, suite))
        return done

    def close(self) -> None:
        """End the worker; validations not yet begun are dropped."""
        self._pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def prepare_worker() -> None:
    """Make this process one that imports and ends without collections, which take 1.3 s, and ends with its parent."""
    gc.set_threshold(500_000)
    atexit.register(gc.freeze)
    end_with_parent()


def end_with_parent() -> None:
    """End this process when the one that started it does, even if that is killed: it would wait for work for ever.

    Ctrl-C at a terminal goes to both: the parent says that the night was stopped, and this process says nothing.
    """
    signal(SIGINT, SIG_IGN)

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


def judge(table: Table, screened: Screened, suite: Sequence[Expectation]) -> pl.DataFrame:
    """Put what is in doubt of a suite to Great Expectations, in this process.

    Returns:
        A row for each expectation, in the order of the suite, in the shape of `EXPECTATION_RESULTS`. An expectation
        that could not be evaluated (a column is missing, or holds another type) is not met, and structural.
    """
    outcomes = _run(table, screened.rows, {place: suite[place] for place in screened.doubtful})
    names = [name for name in table.order if name in screened.rows.columns and name not in NAMES_IN_KEYS]
    keys = screened.rows.select(names) if names else screened.rows.select(pl.int_range(1, pl.len() + 1).alias("row"))
    rows = [
        _result(table, item, outcome=outcomes.get(place), evaluated=screened.evaluated[place], keys=keys)
        if place in screened.doubtful
        else (table.name, item.type, item.subject, item.severity, True, screened.evaluated[place], 0, [])
        for place, item in enumerate(suite)
    ]
    return pl.DataFrame(rows, schema=EXPECTATION_RESULTS.schema, orient="row")


def _for_pandas(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Lists as lengths, truth values as numbers, and the whole of a key of several columns as one number."""
    light = rows.with_columns(cs.list().list.len(), cs.boolean().cast(pl.Int8))
    has_row_key = len(table.key) > 1 and set(table.key) <= set(rows.columns)
    return light.with_columns(pl.struct(table.key).rank("dense").alias(ROW_KEY)) if has_row_key else light


def _run(table: Table, rows: pl.DataFrame, items: Mapping[int, Expectation]) -> dict[int, Any]:
    """What Great Expectations finds, by place in the suite; an expectation that it can't evaluate is left out."""
    if not items:
        return {}
    import great_expectations
    from great_expectations.expectations.registry import get_expectation_impl

    batch = warm_up().get_batch({"dataframe": _for_pandas(table, rows).to_pandas()})
    # Results come back in another order: the place shows which is which. Added one by one, each expectation would be
    # compared with all before it.
    wanted = great_expectations.ExpectationSuite(
        "suite",
        [get_expectation_impl(item.type)(**item.kwargs, meta={"place": place}) for place, item in items.items()],
    )
    return {
        result.expectation_config.meta["place"]: result
        for result in batch.validate(wanted, result_format=DETAILS).results
        if result.exception_info.get("raised_exception") is False
    }


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
