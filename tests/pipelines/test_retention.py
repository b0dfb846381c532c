"""Retention: what is older is removed, and never what is in force or what a kept release rests on."""

from datetime import timedelta

import pytest
from nights import SERIES, command, copy_of, nightly

from pipelines.replay import replay
from pipelines.retention import find_outdated, prune_outdated
from pipelines.settings import RetentionSettings, Settings
from warehouse.home import Home
from warehouse.releases.release import current_release, list_releases, read_release, verify
from warehouse.run_lock import RunUnderWayError, only_run

SHORT = RetentionSettings(tables=1, archive=1, quarantine=1, releases=62, runs=1)


@pytest.fixture
def home(three_nights, tmp_path):
    return Home(copy_of(three_nights / "home", tmp_path / "home"))


def kinds(outdated):
    return {one.kind for one in outdated}


def test_nothing_is_removed_from_a_home_without_releases(tmp_path):
    assert find_outdated(Home(tmp_path), SHORT) == []


def test_by_default_only_tables_are_removed(home):
    assert kinds(find_outdated(home, RetentionSettings(tables=1))) == {"tables"}
    assert find_outdated(home, RetentionSettings()) == []


def test_what_a_kept_release_rests_on_stays_so_that_it_can_be_replayed(home):
    assert kinds(prune_outdated(home, SHORT)) == {"tables", "quarantine", "runs"}
    assert [path.name for path in home.tables.iterdir()] == [str(SERIES[-1])]
    assert all(verify(release) == () for release in list_releases(home))
    assert find_outdated(home, SHORT) == []


def test_of_old_releases_the_one_in_force_and_the_one_before_it_stay_and_deliveries_of_the_others_go(home):
    days = SHORT.model_copy(update={"releases": 1})  # shorter than settings allow, as the nights are close together
    outdated = prune_outdated(home, days)
    assert [one.path.name for one in outdated if one.kind == "releases"] == [f"r{SERIES[0]}"]
    assert [release.as_of for release in list_releases(home)] == list(SERIES[1:])
    assert not (home.archive / "pnc" / "PNC_ANCORD_20261031.txt").exists()
    assert (home.archive / "pnc" / "PNC_ANCORD_20261110.txt").exists()


@pytest.mark.long
def test_a_night_after_pruning_gives_what_it_gives_without_and_the_last_one_can_be_replayed(three_nights, home):
    prune_outdated(home, SHORT)
    landing = three_nights / "night-3" / "landing"
    assert nightly(home.path, landing, SERIES[-1]).release_id == f"r{SERIES[-1]}"
    store = Settings(storage={"landing": "s3://nowhere/landing"})  # from which a replay brings nothing
    assert replay(home, read_release(home, f"r{SERIES[-1]}"), store).is_same


def test_days_count_from_the_release_in_force_and_not_from_today(home):
    home.current.write_text(f"r{SERIES[0]}\n")
    everything = RetentionSettings(tables=1, archive=1, quarantine=1, runs=1)
    assert find_outdated(home, everything) == []
    assert current_release(home).as_of + timedelta(days=1) < SERIES[1]


def set_aside(home, name):
    """A delivery of bytes that could not be used, and came under several names."""
    folder = home.quarantine / "deliveries" / "court" / "0123456789ab"
    folder.mkdir(parents=True, exist_ok=True)
    for ending in (".csv", ".manifest.json"):
        (folder / f"court_results_{name}{ending}").write_text("spoilt")
    return folder


def test_of_deliveries_set_aside_for_the_same_bytes_only_the_older_goes(home):
    for night in (SERIES[0], SERIES[-1]):
        folder = set_aside(home, night)
    prune_outdated(home, SHORT)
    assert sorted(file.name for file in folder.iterdir()) == [
        f"court_results_{SERIES[-1]}.csv",
        f"court_results_{SERIES[-1]}.manifest.json",
    ]


def test_a_folder_of_deliveries_set_aside_goes_with_the_last_of_them(home):
    for night in SERIES[:2]:
        folder = set_aside(home, night)
    listed = [one for one in prune_outdated(home, SHORT) if one.path.parent == folder]
    assert len(listed) == 4
    assert not folder.exists()
    assert home.quarantine.exists()


def test_what_a_killed_run_left_in_the_folder_of_a_night_is_gone_after_any_later_run(home):
    night = home.tables / str(SERIES[0])
    (night / ".pieces_of_register" / "orders").mkdir(parents=True)
    (night / ".orders.parquet").write_bytes(b"PAR1")
    tables = sorted(night.glob("[!.]*"))
    assert prune_outdated(home, RetentionSettings()) == []
    assert sorted(night.iterdir()) == tables


def test_the_command_lists_and_removes_and_waits_for_no_run(home):
    (home.path / "concord.toml").write_text("[retention]\ntables = 5\n")
    listed = command("prune", "--dry-run", home=home.path).stdout
    assert f"tables  {SERIES[0]}  tables/{SERIES[0]}" in listed
    assert "2 files and folders" in listed
    with only_run(home), pytest.raises(RunUnderWayError):
        prune_outdated(home, SHORT)
    assert command("prune", home=home.path).exit_code == 0
    assert len(list(home.tables.iterdir())) == 1
