"""What can't be shown never changes the outcome: signs, full disks, readers that left, a register open elsewhere."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from samples.nights import write_nights

pytestmark = pytest.mark.long

ENTRY = (sys.executable, "-c", "from cli.main import main; main()")
NIGHT = "2026-11-20"


def run(home: Path, *arguments: object, **more) -> subprocess.CompletedProcess[str]:
    given = os.environ | {"CONCORD_HOME": str(home), "CONCORD_DAGSTER": str(home / "dagster")} | more.pop("env", {})
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
    return subprocess.run([*ENTRY, *map(str, arguments)], env=given, text=True, check=False, **streams)


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """A night that was run with a standard output that is a full disk, in an encoding without names' letters."""
    folder = tmp_path_factory.mktemp("unwritable")
    write_nights(folder, orders=5, seed=3)
    with Path("/dev/full").open("w") as full:
        done = run(folder / "home", "nightly", "--landing", folder / "landing", "--as-of", NIGHT, stdout=full,
                   env={"PYTHONIOENCODING": "ascii"})  # fmt: skip
    return folder / "home", done


def test_a_published_night_is_published_though_its_summary_cannot_be_written(night):
    home, done = night
    assert done.returncode == 3, done.stderr
    assert (home / "releases" / "CURRENT").read_text().strip() == f"r{NIGHT}"
    assert f"release r{NIGHT} is published and in force" in done.stderr
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize("stream", [1, 2], ids=["standard output", "standard errors"])
def test_a_night_is_published_though_a_stream_is_closed(tmp_path, stream):
    write_nights(tmp_path, orders=5, seed=3)
    home = tmp_path / "home"
    done = run(home, "nightly", "--landing", tmp_path / "landing", "--as-of", NIGHT,
               preexec_fn=lambda: os.close(stream))  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert (home / "releases" / "CURRENT").read_text().strip() == f"r{NIGHT}"
    assert "Traceback" not in done.stderr


def test_a_night_is_published_though_the_reader_of_its_summary_left(tmp_path):
    write_nights(tmp_path, orders=5, seed=3)
    reading, writing = os.pipe()
    os.close(reading)
    done = run(tmp_path / "home", "nightly", "--landing", tmp_path / "landing", "--as-of", NIGHT, stdout=writing)
    os.close(writing)
    assert done.returncode == 3, done.stderr
    assert (tmp_path / "home" / "releases" / "CURRENT").read_text().strip() == f"r{NIGHT}"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("status", 3, id="status: what probes go by"),
        pytest.param("status --json", 3, id="status as JSON"),
        pytest.param("release list", 0, id="a table"),
        pytest.param("quality show", 0, id="figures"),
        pytest.param("nightly --help", 0, id="help"),
        pytest.param("explain ORD-0", 1, id="a command that failed"),
    ],
)
def test_a_command_ends_with_its_own_outcome_though_its_reader_left(night, words, expected):
    home, _ = night
    reading, writing = os.pipe()
    os.close(reading)
    done = run(home, *words.split(), stdout=writing)
    os.close(writing)
    assert done.returncode == expected, done.stderr
    assert "Traceback" not in done.stderr


def test_names_that_the_terminal_cannot_show_are_shown_with_other_signs(night):
    home, _ = night
    done = run(home, "status", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 3, done.stderr
    assert "REGISTER" in done.stdout


def test_a_command_whose_output_is_a_full_disk_ends_without_a_traceback(night):
    home, _ = night
    with Path("/dev/full").open("w") as full:
        done = run(home, "release", "list", stdout=full)
    assert "Traceback" not in done.stderr


def test_a_register_that_is_open_for_writing_elsewhere_can_be_summed_up_and_says_who_holds_it(night):
    home, _ = night
    database = home / "releases" / f"r{NIGHT}" / "register.duckdb"
    hold = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert run(home, "status").returncode == 3
        look = (
            "import sys; from pathlib import Path; from reconciliation.register import Register; "
            "Register.open(Path(sys.argv[1])).sql('SELECT 1')"
        )
        asked = subprocess.run([sys.executable, "-c", look, home], capture_output=True, text=True, check=False)
        holder.communicate("")
    assert f"open for writing in another program (process {holder.pid})" in asked.stderr


def test_python_without_docstrings_is_refused_in_words():
    done = subprocess.run([*ENTRY, "status"], env=os.environ | {"PYTHONOPTIMIZE": "2"}, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 2
    assert "-OO" in done.stderr


@pytest.mark.parametrize("words", ["init", "backup copy", "alerts send"])
def test_a_disk_that_takes_nothing_is_named_with_what_to_do(night, tmp_path, words):
    home, _ = night

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    unmeasured = {"COVERAGE_PROCESS_CONFIG": ""}  # coverage would write on the same full disk, and say that it can't
    done = run(home, *words.split(), preexec_fn=limit, cwd=tmp_path, env=unmeasured)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert "then try again" in done.stderr
