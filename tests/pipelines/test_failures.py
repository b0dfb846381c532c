"""Why a run failed, in words."""

import errno
import io
import os
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import dagster as dg
import polars as pl
import pytest

from assets.frame import tried_again
from ledger.decisions.errors import LedgerLockedError
from pipelines.failures import words_of_failure
from warehouse.releases.publication_checks import PublicationRefusedError


def fail_elsewhere() -> None:
    raise RuntimeError("Could not determine home directory.")


def in_another_process() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(fail_elsewhere).result()


def on_a_full_disk() -> None:
    raise ValueError(f"Could not write file: {os.strerror(errno.ENOSPC)}")


def with_a_table_cut_short() -> None:
    raise ValueError("parquet: File out of specification: Invalid thrift: transport error")


def stopped() -> None:
    raise dg._core.errors.DagsterExecutionInterruptedError


def with_a_database_that_is_nowhere():
    sqlite3.connect("/nowhere/of/Smith.db")


def without_permission() -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/state/ledger")


def in_another_encoding() -> None:
    b"\xff".decode("utf-8")


def refused() -> None:
    raise PublicationRefusedError("orders: 3 rows repeat the key order_id")


def with_a_value() -> None:
    raise ValueError("no such person: Smith")


def by_a_damaged_table() -> None:
    pl.read_parquet(io.BytesIO(b"PAR1"))


def run(fail) -> str:
    @dg.op(name="register")
    def step() -> None:
        fail()

    @dg.job
    def night() -> None:
        step()

    return words_of_failure(night.execute_in_process(raise_on_error=False).all_events)


@pytest.mark.parametrize(
    ("fail", "words"),
    [
        pytest.param(by_a_damaged_table, "a table between stages is damaged", id="a damaged table"),
        pytest.param(
            in_another_process,
            "no home directory: set HOME",
            id="no home directory, in a worker process",
            marks=pytest.mark.long,
        ),
        pytest.param(
            on_a_full_disk, "no space is left on the disk: make room", id="a full disk, reported by a library"
        ),
        pytest.param(with_a_table_cut_short, "make room on the disk", id="a full disk that cut a table short"),
        pytest.param(stopped, "concord retry", id="stopped by somebody"),
        pytest.param(with_a_database_that_is_nowhere, "enough files may be open", id="a database that can't be opened"),
        pytest.param(without_permission, "may not read or write a file", id="no permission"),
        pytest.param(in_another_encoding, "another encoding than UTF-8", id="another encoding"),
        pytest.param(refused, "orders: 3 rows repeat the key order_id", id="a refusal of our own, in its own words"),
        pytest.param(with_a_value, "an error that Concord knows no words for", id="another error"),
    ],
)
def test_a_failure_names_its_cause_and_no_value(fail, words):
    reported = run(fail)
    assert reported.startswith("step register: ")
    assert words in reported
    assert "Smith" not in reported
    assert "Error" not in reported


def run_with_faults(*faults):
    """Run a step that meets these faults, one a try; why it failed, or None, and how often it was tried."""
    left, tries = list(faults), []

    @dg.op(name="decisions")
    def step(context) -> None:
        with tried_again(context):
            tries.append(1)
            if left:
                raise left.pop(0)

    @dg.job
    def night() -> None:
        step()

    result = night.execute_in_process(raise_on_error=False)
    return (None if result.success else words_of_failure(result.all_events)), len(tries)


LOCKED = LedgerLockedError("the ledger sqlite:///l is locked by another process: try again")


@pytest.mark.parametrize(
    ("faults", "words", "tries"),
    [
        pytest.param([LOCKED, LOCKED], None, 3, id="a ledger that is held for a while"),
        pytest.param([OSError(errno.ESTALE, "Stale file handle")], None, 2, id="a network disk that comes back"),
        pytest.param([LOCKED] * 9, "step decisions: the ledger sqlite:///l is locked", 4, id="a ledger held for good"),
        pytest.param([OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))], "no space is left", 1, id="a full disk"),
    ],
)
def test_a_fault_that_may_pass_is_tried_again(faults, words, tries, monkeypatch):
    monkeypatch.setattr("assets.frame.FIRST_WAIT", 0)
    cause, tried = run_with_faults(*faults)
    assert tried == tries
    assert cause is None if words is None else words in cause
