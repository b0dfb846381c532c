"""Faults in the middle of a night: killed at any moment, a full disk, a database that stops, two at once.

After each the release in force is readable and whole, and the next run gives what an undisturbed one gives.
"""

import os
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from nights import CONCORD, SERIES, concord, copy_of
from postgres_server import postgres_programs, running_server

from ledger.decisions.ledger import Ledger
from pipelines.runs import keep_room, list_runs
from reconciliation.register import Register
from warehouse.home import Home
from warehouse.releases.release import current_release, list_releases, verify

pytestmark = pytest.mark.long

FIRST, SECOND = SERIES[:2]
KILLS = 20
MOST_SECONDS = 25


@pytest.fixture
def home(three_nights, tmp_path):
    """A home with the first night, of which a reader holds the release open."""
    home = Home(copy_of(three_nights / "first", tmp_path / "home"))
    with Register.open(home) as register:
        before = register.orders().collect()
        yield home
        assert register.orders().collect().equals(before)


@pytest.fixture
def undisturbed(three_nights):
    """The content hash of the second night that nothing disturbed."""
    home = Home(three_nights / "home")
    (release,) = (release for release in list_releases(home) if release.as_of == SECOND)
    return release.content_hash


def started(home, three_nights, **options):
    command = [CONCORD, "nightly", "--landing", three_nights / "night-2" / "landing", "--as-of", SECOND]
    # Coverage of the child would write its own file, beside faults that are not meant for it.
    given = {name: value for name, value in os.environ.items() if not name.startswith(("CONCORD", "COVERAGE"))}
    environment = given | options.pop("env", {})
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([*map(str, command), "--home", str(home.path)], env=environment, **streams, **options)


def assert_whole(home, night=FIRST):
    release = current_release(home)
    assert release.as_of == night
    assert [verify(release) for release in list_releases(home)] == [()] * len(list_releases(home))


def assert_published(process, home, content):
    said = process.communicate()[1]
    assert process.returncode in (0, 3), said
    assert_whole(home, SECOND)
    assert current_release(home).content_hash == content


def test_a_night_that_is_killed_at_random_moments_leaves_the_last_release_and_then_publishes(
    home, three_nights, undisturbed
):
    moments = random.Random(5)
    for _ in range(KILLS):
        with started(home, three_nights) as process:
            try:
                process.wait(moments.uniform(1, MOST_SECONDS))
            except subprocess.TimeoutExpired:
                process.kill()
        assert_whole(home, current_release(home).as_of)
        assert "running" not in {run.state for run in list_runs(home)}
    assert_published(started(home, three_nights), home, undisturbed)


@pytest.mark.parametrize("most_bytes", [1_000, 10_000, 50_000, 500_000])
def test_a_disk_that_takes_no_more_fails_the_night_in_words(most_bytes, home, three_nights, undisturbed):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    with started(home, three_nights, preexec_fn=limit) as process:
        said = process.communicate()[1]
    assert process.returncode == 1
    assert "the last release is untouched" in said
    assert "Traceback" not in said
    assert_whole(home)
    assert_published(started(home, three_nights), home, undisturbed)


SMALL_DISK = """set -e; folder=$1; shift
mount -t tmpfs tmpfs "$folder/disk"; cp -r "$folder/home" "$folder/disk/home"
mount -o remount,size=$(( $(du -sk "$folder/disk" | cut -f1) + 6000 ))k "$folder/disk"
code=0; "$@" || code=$?
cp -r "$folder/disk/home/runs" "$folder/noted"; exit $code"""


def test_a_night_that_fills_the_disk_to_its_last_byte_still_says_in_its_record_that_it_failed(
    home, three_nights, tmp_path
):
    own = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
    if subprocess.run([*own, "mount -t tmpfs tmpfs /mnt"], check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a disk of their own")
    keep_room(home)  # as any night before this one did
    (tmp_path / "disk").mkdir()
    night = [CONCORD, "nightly", "--landing", three_nights / "night-2" / "landing", "--as-of", SECOND]
    command = [*own, SMALL_DISK, "sh", tmp_path, *night, "--home", tmp_path / "disk" / "home"]
    given = {name: value for name, value in os.environ.items() if not name.startswith(("CONCORD", "COVERAGE"))}
    said = subprocess.run([*map(str, command)], env=given, capture_output=True, text=True, check=False)
    assert (said.returncode, "no space is left" in said.stderr or "make room" in said.stderr) == (1, True), said.stderr
    shutil.copytree(tmp_path / "noted", home.runs, dirs_exist_ok=True)
    last = list_runs(home)[-1]
    assert (last.night, last.state) == (str(SECOND), "failed")
    assert "make room" in last.cause


def test_of_two_nights_at_once_one_is_published_and_the_other_says_so(home, three_nights, undisturbed):
    processes = [started(home, three_nights) for _ in range(2)]
    said = [process.communicate()[1] for process in processes]
    assert sorted(process.returncode for process in processes) == [1, 3]
    assert "another run is under way" in "".join(said)
    assert_whole(home, SECOND)
    assert current_release(home).content_hash == undisturbed


@contextmanager
def ledger_server(home):
    """A PostgreSQL server with a ledger: its URL, and how to stop it."""
    with tempfile.TemporaryDirectory(prefix="concord-") as name, running_server(postgres_programs(), Path(name)) as _:
        url = f"postgresql+psycopg://concord@/postgres?host={name}"
        Ledger.create(url, home)[0].close()
        yield url, int((Path(name) / "data" / "postmaster.pid").read_text().split()[0])


def test_a_night_without_its_database_fails_in_words_and_one_that_has_read_it_is_published(
    home, three_nights, undisturbed
):
    with ledger_server(home) as (url, server), started(home, three_nights, env={"CONCORD_LEDGER": url}) as process:
        for line in process.stderr:
            if '"step_started"' in line and "link_orders" in line:
                os.kill(server, signal.SIGQUIT)
        assert process.wait() in (0, 3)
    assert_whole(home, SECOND)
    assert current_release(home).content_hash == undisturbed
    said = concord("release", "rollback", str(f"r{FIRST}"), "--reason", "to try it", home=home.path)
    assert said.returncode == 0, said.stderr
    with started(home, three_nights, env={"CONCORD_LEDGER": url}) as process:
        said = process.communicate()[1]
    assert process.returncode == 1
    assert "ledger" in said
    assert_whole(home)


def test_a_clock_that_jumps_changes_nothing(home, three_nights, undisturbed):
    """Files from the future, and a record of a run that began after now."""
    for path in home.path.rglob("*"):
        os.utime(path, times=(time.time() + 86_400 * 400,) * 2)
    assert_published(started(home, three_nights), home, undisturbed)
