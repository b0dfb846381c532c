"""What can be done with nights that are kept, and before the first one: replay, backfill, init, check."""

from datetime import timedelta

import polars as pl
import pytest
from nights import SERIES, command, copy_of, nightly, quickly

from pipelines.replay import NotReplayableError, replay
from pipelines.settings import Settings, read_settings
from tests.support.spoil import change_rows, keep_first, send_again
from warehouse.home import Home
from warehouse.releases.release import read_release

LAST = SERIES[-1]


@pytest.fixture
def home(three_nights, tmp_path):
    return Home(copy_of(three_nights / "home", tmp_path / "home"))


def files_below(home):
    return {path.relative_to(home.path): path.stat().st_mtime_ns for path in home.path.rglob("*") if path.is_file()}


@pytest.mark.long
def test_a_past_night_replayed_from_what_is_kept_has_the_same_content(home):
    before = files_below(home)
    said = command("replay", f"r{SERIES[1]}", home=home.path)
    assert said.exit_code == 0, said.stderr
    assert "the same content" in said.stdout
    after = files_below(home)
    assert {path for path in after if path.parts[0] != "dagster"} == {
        path for path in before if path.parts[0] != "dagster"
    }


@pytest.mark.long
def test_what_came_after_a_night_or_before_it_does_not_change_its_replay(home, three_nights, tmp_path):
    landing = copy_of(three_nights / "night-3" / "landing", tmp_path / "landing")
    (court,) = (landing / "court").glob("*.csv")
    drop_last(send_again(court))
    nightly(home.path, landing, LAST)
    assert read_release(home, f"r{LAST}.2").follows == f"r{SERIES[1]}"
    # The courts send the same bytes under the next date: they are late, which the scores say.
    day_after = LAST + timedelta(days=1)
    for path in (landing / "court").glob(f"*{LAST}_r2*"):
        path.rename(path.with_name(path.name.replace(f"{LAST}_r2", str(day_after))))
    release = nightly(home.path, landing, day_after)
    assert "late" in pl.read_parquet(release.parquet("deliveries")).filter(pl.col("source") == "court")["state"]
    for name in (f"r{LAST}", f"r{LAST}.2", f"r{day_after}"):
        said = command("replay", name, home=home.path)
        assert said.exit_code == 0, said.stderr


@pytest.mark.long
def test_a_night_can_be_replayed_when_the_name_of_its_delivery_came_again_with_other_bytes(
    home, three_nights, tmp_path
):
    landing = copy_of(three_nights / "night-3" / "landing", tmp_path / "landing")
    drop_last(next((landing / "court").glob("*.csv")))
    nightly(home.path, landing, LAST)
    for name in (f"r{LAST}", f"r{LAST}.2"):
        said = command("replay", name, home=home.path)
        assert said.exit_code == 0, said.stderr


def drop_last(path):
    """Let a court file and its manifest hold one result less."""
    change_rows(path, lambda _, rows: rows.pop())


def test_a_night_whose_delivery_is_no_longer_kept_can_not_be_replayed(home):
    delivery = next((home.archive / "pnd").glob(f"*{LAST}*"))
    delivery.unlink()
    with quickly(), pytest.raises(NotReplayableError, match=delivery.name):
        replay(home, read_release(home, f"r{LAST}"), Settings())


def test_a_night_whose_former_release_is_gone_can_not_be_replayed(home):
    (home.releases / f"r{SERIES[1]}").rename(home.path / "elsewhere")
    with quickly(), pytest.raises(NotReplayableError, match=f"r{SERIES[1]}"):
        replay(home, read_release(home, f"r{LAST}"), Settings())


@pytest.mark.long
def test_a_backfill_with_other_deliveries_gives_revisions(home, three_nights, tmp_path):
    landing = copy_of(three_nights / "night-2" / "landing", tmp_path / "landing")
    (path,) = (landing / "pnd").glob(f"*{SERIES[1]}*")
    path.rename(path.with_name(path.name.replace(".jsonl", "_r2.jsonl")))
    keep_first(path.with_name(path.name.replace(".jsonl", "_r2.jsonl")), 40)
    said = command("backfill", "--landing", landing, "--from", SERIES[1], "--to", SERIES[1], home=home.path)
    assert said.exit_code in (0, 3), said.stderr
    assert read_release(home, f"r{SERIES[1]}.2").follows == f"r{SERIES[0]}"
    assert home.current.read_text() == f"r{LAST}\n"


def test_a_range_that_ends_before_it_begins_is_wrong_usage(tmp_path):
    said = command("backfill", "--landing", tmp_path, "--from", "2026-11-02", "--to", "2026-11-01", home=tmp_path)
    assert said.exit_code == 2


def test_init_makes_an_installation_whose_settings_can_be_read_and_leaves_what_is_there(tmp_path):
    home = tmp_path / "home"
    assert command("init", home=home).exit_code == 0
    assert read_settings(home) == Settings()
    text = (home / "concord.toml").read_text()
    assert "# idle_minutes = 30" in text
    assert (home / "landing" / "pnc").is_dir()
    (home / "concord.toml").write_text("marking = 'OFFICIAL'\n")
    assert command("init", home=home).exit_code == 0
    assert read_settings(home).marking == "OFFICIAL"


def test_check_says_what_a_night_would_find_and_keeps_nothing(three_nights, tmp_path):
    home = copy_of(three_nights / "first", tmp_path / "home")
    landing = copy_of(three_nights / "night-2" / "landing", tmp_path / "landing")
    keep_first(next((landing / "pnc").glob("PNC_ANCORD*")), 5)
    before = files_below(Home(home))
    said = command("check", "--landing", landing, "--as-of", SERIES[1], home=home)
    assert said.exit_code == 3
    assert "pnc: pnc_ancord: It holds 5 records" in said.stdout
    assert files_below(Home(home)) == before


def test_check_names_a_wrong_setting(tmp_path):
    (tmp_path / "concord.toml").write_text("colour = 3\n")
    said = command("check", "--landing", tmp_path, "--as-of", LAST, home=tmp_path)
    assert (said.exit_code, "line 1" in said.stderr) == (2, True)
