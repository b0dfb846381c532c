"""Going back to a former release: what is proved, remembered, and carried on from."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from nights import copy_of
from typer.testing import CliRunner

from cli.main import app
from warehouse.home import Home
from warehouse.releases.release import current_release, list_releases, publish, release_before, verify
from warehouse.releases.rollback import RollbackRefusedError, roll_back
from warehouse.releases.rollback_history import list_rollbacks, withdrawn_releases
from warehouse.run_lock import only_run

pytestmark = pytest.mark.usefixtures("without_database")

NIGHTS = [date(2023, 11, 28) + timedelta(days=number) for number in range(4)]
IDS = [f"r{night}" for night in NIGHTS]
NOON = datetime(2023, 11, 30, 12, tzinfo=UTC)


def publish_night(home, tables, as_of):
    former = release_before(home, as_of)
    return publish(
        home,
        tables,
        as_of=as_of,
        inputs={},
        versions={},
        config_hash="",
        state="published",
        follows=former.release_id if former else None,
    )


def spelt(tables, surname):
    return tables | {"orders": tables["orders"].with_columns(surname=pl.lit(surname))}


@pytest.fixture(scope="module")
def tables(make_register):
    return make_register(3)


@pytest.fixture(scope="module")
def three_releases(tables, made_once):
    def make(folder):
        for night in NIGHTS[:3]:
            publish_night(Home(folder), tables, night)

    return made_once("three_releases", make)


@pytest.fixture
def home(three_releases, tmp_path):
    """Three nights; the fourth is still to come."""
    return Home(copy_of(three_releases, tmp_path / "home"))


def back(home, release_id=None, at=NOON):
    return roll_back(home, release_id, by="kim", reason="a merge was wrong", at=at)


def in_force(home):
    release = current_release(home)
    return release.release_id if release else None


def spoil(home, release_id):
    (home.releases / release_id / "orders.parquet").write_bytes(b"other")


@pytest.mark.parametrize(
    ("asked_for", "found", "withdrawn"),
    [
        pytest.param(None, IDS[1], IDS[2:3], id="the one before, if none is named"),
        pytest.param(IDS[0], IDS[0], IDS[1:3], id="one that is named"),
    ],
)
def test_a_former_release_is_put_in_force_and_remembered(home, asked_for, found, withdrawn):
    done = back(home, asked_for)

    assert in_force(home) == found
    assert vars(done) == {
        "release_id": found,
        "former": IDS[2],
        "by": "kim",
        "at": "2023-11-30T12:00:00+00:00",
        "reason": "a merge was wrong",
        "withdrawn": withdrawn,
    }
    assert list_rollbacks(home) == (done,)
    assert [release.release_id for release in list_releases(home)] == IDS[:3]
    assert all(verify(release) == () for release in list_releases(home))


def test_the_next_night_carries_on_from_it_and_says_so(home, tables):
    back(home)

    night = publish_night(home, tables, NIGHTS[3])

    assert night.follows == IDS[1]
    assert in_force(home) == IDS[3]
    assert release_before(home, NIGHTS[3] + timedelta(days=1)) == night


def test_the_one_before_passes_over_what_was_withdrawn(home, tables):
    back(home)
    publish_night(home, tables, NIGHTS[3])

    assert back(home).release_id == IDS[1]
    assert withdrawn_releases(home) == {IDS[2], IDS[3]}


def test_a_withdrawn_release_comes_back_by_a_rollback_only(home, tables):
    back(home)
    assert publish_night(home, tables, NIGHTS[2]).release_id == IDS[2]
    assert in_force(home) == IDS[1]

    back(home, IDS[2])

    assert in_force(home) == IDS[2]
    assert withdrawn_releases(home) == frozenset()
    assert publish_night(home, tables, NIGHTS[3]).follows == IDS[2]


def test_a_night_that_comes_to_other_content_takes_its_place(home, tables):
    back(home)

    revision = publish_night(home, spelt(tables, "OTHER"), NIGHTS[2])

    assert revision.release_id == f"{IDS[2]}.2"
    assert in_force(home) == revision.release_id
    assert release_before(home, NIGHTS[3]) == revision


def test_what_a_release_rests_on_comes_back_with_it(home, tables):
    back(home, IDS[0])

    back(home, IDS[2])

    assert withdrawn_releases(home) == frozenset()


def test_another_line_of_nights_stays_withdrawn(home, tables):
    back(home, IDS[0])
    publish_night(home, tables, NIGHTS[3])

    back(home, IDS[2])

    assert withdrawn_releases(home) == {IDS[3]}


def test_a_clock_moved_back_does_not_change_which_rollback_counts(home):
    back(home)
    back(home, IDS[0], at=NOON - timedelta(days=400))

    assert [rollback.release_id for rollback in list_rollbacks(home)] == [IDS[1], IDS[0]]
    assert withdrawn_releases(home) == {IDS[1], IDS[2]}


def lose_table(home):
    (home.releases / IDS[1] / "orders.parquet").unlink()


def lose_manifest(home):
    (home.releases / IDS[1] / "manifest.json").unlink()


def cut_manifest(home):
    (home.releases / IDS[1] / "manifest.json").write_text('{"as_of": "2023')


def empty_manifest(home):
    (home.releases / IDS[1] / "manifest.json").write_text("{}")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        pytest.param(
            lambda home: spoil(home, IDS[1]),
            f"{IDS[1]} is not as it was published (orders.parquet): restore it, or name another one "
            "(`concord release list`)",
            id="a file was changed",
        ),
        pytest.param(
            lose_table,
            f"{IDS[1]} is not as it was published (orders.parquet): restore it, or name another one "
            "(`concord release list`)",
            id="a file is gone",
        ),
        pytest.param(
            lose_manifest,
            f"release {IDS[1]} is damaged: its manifest can't be read: name another one (`concord release list`)",
            id="the manifest is gone",
        ),
        pytest.param(
            cut_manifest,
            f"release {IDS[1]} is damaged: its manifest can't be read: name another one (`concord release list`)",
            id="the manifest is cut short",
        ),
        pytest.param(
            empty_manifest,
            f"release {IDS[1]} is damaged: its manifest lacks entries: name another one (`concord release list`)",
            id="the manifest says nothing",
        ),
    ],
)
def test_a_damaged_release_is_not_put_in_force_but_one_further_back_can_be(home, damage, message):
    damage(home)

    with pytest.raises(RollbackRefusedError) as refusal:
        back(home)

    assert str(refusal.value) == message
    assert in_force(home) == IDS[2]
    assert list_rollbacks(home) == ()
    assert back(home, IDS[0]).release_id == IDS[0]


def test_a_damaged_release_in_force_can_be_left(home):
    spoil(home, IDS[2])
    (home.releases / IDS[2] / "manifest.json").unlink()

    done = back(home)

    assert (done.release_id, done.former) == (IDS[1], IDS[2])


def test_a_pointer_that_names_nothing_asks_for_a_name(home):
    home.current.write_text("gone")
    with pytest.raises(RollbackRefusedError, match="name the one to put in force"):
        back(home)

    done = back(home, IDS[1])

    assert done.former is None
    assert in_force(home) == IDS[1]


def test_a_damaged_release_of_the_same_night_is_replaced_by_running_it_again(home, tables):
    lose_manifest(home)

    assert publish_night(home, tables, NIGHTS[1]).release_id == f"{IDS[1]}.2"


def test_a_history_that_cannot_be_read_is_reported(home):
    back(home)
    with (home.releases / "rollbacks.jsonl").open("a") as file:
        file.write('{"release_id": "r20')

    with pytest.raises(LookupError, match=r"rollbacks\.jsonl line 2 can't be read"):
        back(home, IDS[2])
    assert in_force(home) == IDS[1]


CRASHING = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from warehouse.home import Home
from warehouse.releases.rollback import roll_back

def die(name, arguments):
    if name == "os.rename" and sys.argv[2] in str(arguments):
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die)
roll_back(Home(Path(sys.argv[1])), by="kim", reason="first try", at=datetime.now(UTC))
"""


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("/rollbacks.jsonl'", id="before it is remembered"),
        pytest.param("/CURRENT'", id="before it is in force"),
    ],
)
def test_a_crash_leaves_the_release_in_force_and_the_same_again_ends_it(home, tables, place):
    command = [sys.executable, "-c", CRASHING, str(home.path), place]
    crashed = subprocess.run(command, check=False, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    assert crashed.returncode == -signal.SIGKILL
    assert in_force(home) == IDS[2]

    assert back(home).release_id == IDS[1]

    assert in_force(home) == IDS[1]
    assert publish_night(home, tables, NIGHTS[3]).follows == IDS[1]


def concord(home, *arguments, code=0):
    done = CliRunner().invoke(app, ["release", *arguments, "--home", str(home.path)], env={"CONCORD_USER": "kim"})
    assert done.exit_code == code, done.output
    return done.output


def test_the_command_puts_it_in_force_and_the_list_says_all(home):
    assert concord(home, "rollback", "--reason", "a merge was wrong").splitlines() == [
        f"{IDS[1]} is in force instead of {IDS[2]}; the next night carries on from it",
        f"withdrawn: {IDS[2]}",
    ]

    lines = concord(home, "list").splitlines()

    assert [line[:13] for line in lines[:3]] == [f"  {IDS[0]}", f"* {IDS[1]}", f"- {IDS[2]}"]
    assert lines[1].endswith(f"follows {IDS[0]}")
    assert lines[3].endswith(f" kim put {IDS[1]} in force instead of {IDS[2]}: a merge was wrong")
    assert json.loads((home.releases / "rollbacks.jsonl").read_text())["by"] == "kim"


def test_the_list_names_a_damaged_release(home):
    lose_manifest(home)

    assert concord(home, "list").splitlines()[1] == f"  {IDS[1]:<16} damaged: its manifest can't be read"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(
            ("r1999-01-01",),
            1,
            f"there is no release r1999-01-01; of the 3 that there are, most like it: {IDS[2]}, {IDS[1]}, {IDS[0]} "
            "(`concord release list`); nothing was changed",
            id="no such release",
        ),
        pytest.param((IDS[2],), 1, f"{IDS[2]} is in force already; nothing was changed", id="in force already"),
        pytest.param((IDS[0], "--reason", " "), 2, "the --reason is empty: say why", id="no reason"),
    ],
)
def test_what_cannot_be_done_is_reported(home, arguments, code, message):
    said = concord(home, "rollback", "--reason", "why", *arguments, code=code)

    assert said.splitlines() == [message]
    assert in_force(home) == IDS[2]


def test_the_first_release_has_none_before_it(home):
    back(home, IDS[0])

    said = concord(home, "rollback", "--reason", "why", code=1)

    assert said.startswith(f"there is no release before {IDS[0]}")


def test_nothing_published_is_reported(tmp_path):
    assert "not known which release is in force" in concord(Home(tmp_path), "rollback", "--reason", "why", code=1)


def test_it_waits_for_no_night_that_is_under_way(home):
    with only_run(home):
        said = concord(home, "rollback", "--reason", "why", code=1)

    assert said.startswith("another run is under way")
    assert in_force(home) == IDS[2]
