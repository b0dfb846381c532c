"""Why a run failed, in words."""

import errno
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import dagster as dg
import pytest

from pipelines.failures import words_of_failure
from warehouse.releases.publication_checks import PublicationRefusedError


def fail_elsewhere() -> None:
    raise RuntimeError("Could not determine home directory.")


def in_another_process() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(fail_elsewhere).result()


def on_a_full_disk() -> None:
    raise ValueError(f"Could not write file: {os.strerror(errno.ENOSPC)}")


def refused() -> None:
    raise PublicationRefusedError("orders: 3 rows repeat the key order_id")


def with_a_value() -> None:
    raise ValueError("no such person: Smith")


def run(fail) -> str:
    @dg.op(name="register")
    def step() -> None:
        fail()

    @dg.job
    def night() -> None:
        step()

    return words_of_failure(night.execute_in_process(raise_on_error=False))


@pytest.mark.parametrize(
    ("fail", "words"),
    [
        pytest.param(in_another_process, "no home directory: set HOME", id="no home directory, in a worker process"),
        pytest.param(on_a_full_disk, "no space is left on the disk: make room", id="a full disk, told by a library"),
        pytest.param(refused, "orders: 3 rows repeat the key order_id", id="a refusal of our own, in its own words"),
        pytest.param(with_a_value, "ValueError; the run in Dagster has its traceback", id="another error, by its kind"),
    ],
)
def test_a_failure_names_its_cause_and_no_value(fail, words):
    told = run(fail)
    assert told.startswith("step register: ")
    assert words in told
    assert "Smith" not in told
