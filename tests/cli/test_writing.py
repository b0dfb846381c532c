"""What a user asked for can't be written: it is named, with what to do, nothing is left behind, a former file stays."""

import errno
import os
import resource
from contextlib import contextmanager
from pathlib import Path

import pytest
from nights import command

from cli.main import _run
from cli.writing import naming, writing

FULL = Path("/dev/full")
ORDERS = ("query", "SELECT * FROM orders")


@contextmanager
def files_of_at_most(most_bytes):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("export", FULL), id="a workbook"),
        pytest.param((*ORDERS, "--format", "csv", "--out", FULL), id="an answer as CSV"),
        pytest.param((*ORDERS, "--format", "json", "--out", FULL), id="an answer as JSON"),
        pytest.param((*ORDERS, "--format", "parquet", "--out", FULL), id="an answer as Parquet"),
        pytest.param((*ORDERS, "--format", "xlsx", "--out", FULL), id="an answer as a workbook"),
        pytest.param(("report", FULL), id="a report"),
        pytest.param(("study", "figures", "--out", FULL), id="figures"),
    ],
)
def test_a_file_on_a_full_disk_is_named_with_what_to_do(words, one_night):
    done = command(*words, home=one_night / "home")
    assert str(done.exception) == f"{FULL} can't be written: no space is left on the disk: make room, then try again"


@pytest.mark.parametrize("words", [("backup",), ("quality", "export", "--out")])
def test_a_folder_on_a_full_disk_is_named_with_what_to_do(words, one_night, tmp_path):
    with files_of_at_most(0):
        done = command(*words, tmp_path / "asked", home=one_night / "home")
    said = f"{done.stderr}{done.exception}"
    assert said.startswith(f"{tmp_path / 'asked'} can't be written: a file may not grow larger")


def test_a_workbook_that_finds_no_room_leaves_the_former_one_and_nothing_beside_it(one_night, tmp_path, capfd):
    book = tmp_path / "book.xlsx"
    book.write_text("the former one")
    with files_of_at_most(3_000):
        done = command("export", book, home=one_night / "home")
    assert "can't be written" in str(done.exception)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("book.xlsx", "the former one")]
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("quality", "export", "--out"), id="figures on quality"),
        pytest.param(("study", "effect", "--out"), id="a study", marks=pytest.mark.long),
    ],
)
def test_a_folder_that_finds_no_room_is_as_it_was_before(one_night, tmp_path, words):
    out, home = tmp_path / "asked", one_night / "home"
    assert command(*words, out, home=home).exit_code == 0
    former = {file.name: file.read_bytes() for file in out.iterdir()}
    for file in out.iterdir():
        file.write_bytes(former[file.name] + b" as it was")
    largest = max(map(len, former.values()))
    with files_of_at_most(largest - 1):
        done = command(*words, out, home=home)
    assert done.exit_code == 1
    assert f"{out} can't be written: a file may not grow larger" in f"{done.stderr}{done.exception}"
    assert {file.name: file.read_bytes() for file in out.iterdir()} == {
        name: content + b" as it was" for name, content in former.items()
    }


def test_a_file_in_a_folder_that_is_not_there_is_named_with_it(tmp_path):
    with pytest.raises(OSError, match=r"there is no folder .*/none$"), writing(tmp_path / "none" / "a.csv"):
        pytest.fail("nothing is written")


def test_a_fault_of_ours_is_no_fault_of_the_disk(tmp_path):
    for where in (naming, writing):
        with pytest.raises(ZeroDivisionError), where(tmp_path / "a.csv"):
            raise ZeroDivisionError


def test_a_library_that_wraps_a_full_disk_in_an_error_of_its_own_is_understood(monkeypatch, capsys):
    class WrappedError(Exception):
        pass

    def write(**_: object) -> None:
        raise WrappedError(f"underlying IO error: {os.strerror(errno.ENOSPC)}")

    monkeypatch.setattr("cli.main.app", write)
    assert _run() == 1
    assert capsys.readouterr().err == "WrappedError: no space is left on the disk: make room, then try again\n"
