"""What a home keeps: it is there after a power cut, and nobody but its owner can read it."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from desk_cases import ORIGIN, PASSWORD, Client, settings_of
from ledger_cases import let_go
from nights import NIGHT, command, copy_of, nightly, open_to_others
from power_cuts import recorded_disk

from ledger.decisions.ledger import Ledger
from review.app import create_app
from review.desk import Desk
from samples.nights import write_nights
from warehouse.disk import file_digest
from warehouse.home import Home
from warehouse.releases.release import current_release, verify


@pytest.fixture
def open_mask():
    """A process that would let everybody read and write what it makes."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_nobody_else_can_read_what_a_desk_and_a_pack_leave(one_night, tmp_path, open_mask):
    home, packs = copy_of(one_night / "home", tmp_path / "home"), tmp_path / "packs"
    assert command("decisions", "migrate", home=home).exit_code == 0
    assert command("decisions", "users", "--add", "kim", home=home).exit_code == 0
    who = ("--by", "kim", "--reason", "to have records corrected")
    with Ledger.open(f"sqlite:///{home}/ledger/decisions.sqlite", Home(home)) as ledger:
        let_go(ledger)
    assert command("packs", "make", "--all", "--out", packs, *who, home=home).exit_code == 0
    assert command("decisions", "export", packs / "decisions.csv", home=home).exit_code == 0
    os.umask(0)
    desk = Desk(Home(home), f"sqlite:///{home}/ledger/decisions.sqlite")
    Client(create_app(desk, settings_of()), base_url=ORIGIN).sign_in("nobody", PASSWORD)
    desk.close()
    assert list(packs.glob("*.xlsx"))
    assert open_to_others(home) + open_to_others(packs) == []


def test_a_run_makes_private_what_was_left_open_to_others(tmp_path, open_mask):
    home = tmp_path / "home"
    for name in ("archive/pnc/PNC_ANCORD_20261120.txt", "ledger/decisions.sqlite", "dagster/runs.db"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("left by an earlier version")
    (home / "archive" / "link").symlink_to("/etc/hosts")
    command("nightly", "--landing", home, "--as-of", NIGHT, home=home)
    assert [path for path in open_to_others(home) if not path.endswith("/link")] == []
    assert Path("/etc/hosts").stat().st_mode & 0o044


@pytest.mark.long
def test_after_a_power_cut_at_any_moment_the_release_in_force_and_what_it_rests_on_are_whole(tmp_path):
    write_nights(tmp_path, orders=6, seed=5, nights=2, as_of=NIGHT)
    for folder in tmp_path.glob("night-*/landing/rocu"):
        shutil.rmtree(folder)  # nine workbooks, kept as any other delivery is
    home, in_force = Home(tmp_path / "home"), []

    def cut(disk, folder):
        if folder not in (home.releases, home.path):
            return
        image = Home(disk.image(home.path, tmp_path / f"image-{len(in_force)}"))
        release = current_release(image)
        in_force.append(release and release.release_id)
        if release is not None:
            assert verify(release) == ()
            pl.read_parquet(image.quarantine / f"{release.as_of}.parquet")
            archived = {file_digest(path) for path in image.archive.rglob("*") if path.is_file()}
            assert set(release.manifest["inputs"].values()) <= archived

    with recorded_disk(cut):
        for number, night in enumerate((NIGHT - timedelta(days=1), NIGHT), start=1):
            nightly(home.path, tmp_path / f"night-{number}" / "landing", night)
    assert in_force[0] is None
    assert in_force[-1] == f"r{NIGHT}"
    assert f"r{NIGHT - timedelta(days=1)}" in in_force
