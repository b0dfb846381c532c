"""What a night tells of the release before: calendar, settings, and what stops it when nothing explains a change."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from samples.nights import write_nights
from warehouse.releases.build import hash_of
from warehouse.tables.register import UNEXPLAINED

CONCORD = Path(sys.executable).with_name("concord")
NIGHT = date(2026, 9, 20)
LATER = NIGHT + timedelta(days=30)


def nightly(home, landing, as_of, *options):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD")}
    command = [CONCORD, "nightly", "--landing", landing, "--as-of", str(as_of), "--home", home, *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A home with one night, and the deliveries it rests on."""
    folder = tmp_path_factory.mktemp("changes")
    write_nights(folder, orders=250, seed=7, as_of=NIGHT)
    said = nightly(folder / "home", folder / "landing", NIGHT)
    assert said.returncode in (0, 3), said.stderr
    return folder


@pytest.fixture
def home(world, tmp_path):
    return Path(shutil.copytree(world / "home", tmp_path / "home"))


def read(home, as_of, table):
    return pl.read_parquet(home / "releases" / f"r{as_of}" / f"{table}.parquet")


def test_of_the_same_deliveries_days_later_only_the_calendar_makes_a_difference(world, home):
    assert nightly(home, world / "landing", LATER).returncode == 3
    changes = read(home, LATER, "release_changes")
    assert set(changes.get_column("cause")) == {"calendar"}
    ended = read(home, NIGHT, "orders").filter(
        pl.col("legal_status") == "live", pl.col("end_on").is_between(NIGHT, LATER, closed="left")
    )
    expired = changes.filter(pl.col("field") == "legal_status", pl.col("after") == "expired")
    assert set(expired.get_column("order_id")) == set(ended.get_column("order_id"))
    assert ended.height > 0


def test_other_settings_are_the_cause_where_orders_are_only_judged(world, home):
    (home / "concord.toml").write_text("[presence_days]\npnc = 3000\npnd = 3000\n")
    nightly(home, world / "landing", NIGHT + timedelta(days=1))
    changes = read(home, NIGHT + timedelta(days=1), "release_changes")
    assert set(changes.filter(pl.col("cause") == "config").get_column("field")) == {
        "discrepancy_count",
        "quality_score",
    }
    assert set(changes.get_column("cause")) <= {"config", "calendar"}


def forge(release, order_ids):
    """Change what a release says of some orders, and all its digests with it, as if it had always been so."""
    file = release / "orders.parquet"
    is_meant = pl.col("order_id").is_in(order_ids)
    end = pl.when(is_meant).then(pl.col("end_on").fill_null(NIGHT) + timedelta(days=3)).otherwise("end_on")
    pl.read_parquet(file).with_columns(end.alias("end_on")).write_parquet(file)
    manifest = json.loads((release / "manifest.json").read_text())
    manifest["digests"]["orders"] = hashlib.sha256(file.read_bytes()).hexdigest()
    manifest["content_hash"] = hash_of(manifest["digests"])
    (release / "manifest.json").write_text(json.dumps(manifest))


@pytest.fixture
def forged(home):
    """The ids of two orders that will change without a cause."""
    order_ids = read(home, NIGHT, "orders").get_column("order_id").head(2).to_list()
    forge(home / "releases" / f"r{NIGHT}", order_ids)
    return order_ids


def test_a_change_that_nothing_explains_stops_the_publication_until_it_is_accepted(world, home, forged):
    night = NIGHT + timedelta(days=1)
    said = nightly(home, world / "landing", night)
    assert said.returncode == 1
    for word in ("unexplained", "2 end_on", *forged, "--accept-unexplained REASON"):
        assert word in said.stderr
    assert (home / "releases" / "CURRENT").read_text() == f"r{NIGHT}\n"
    assert nightly(home, world / "landing", night, "--accept-unexplained", "release mended by hand").returncode == 3
    changes = read(home, night, "release_changes").filter(pl.col("cause") == UNEXPLAINED)
    assert set(changes.get_column("order_id")) == set(forged)
    assert set(changes.get_column("accepted")) == {"release mended by hand"}
    assert (home / "releases" / "CURRENT").read_text() == f"r{night}\n"


def test_an_empty_reason_accepts_nothing(world, home):
    said = nightly(home, world / "landing", LATER, "--accept-unexplained", " ")
    assert (said.returncode, "say why" in said.stderr) == (2, True)


def damage_table(home):
    (home / "releases" / f"r{NIGHT}" / "identities.parquet").write_bytes(b"not what was published")


def damage_manifest(home):
    (home / "releases" / f"r{NIGHT}" / "manifest.json").write_text("{}")


def lose_release(home):
    shutil.rmtree(home / "releases" / f"r{NIGHT}")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(damage_table, "identities.parquet", id="a table of the release before is damaged"),
        pytest.param(damage_manifest, "its manifest lacks entries", id="its manifest is damaged"),
        pytest.param(lose_release, "is gone: restore it", id="the release in force is gone"),
    ],
)
def test_a_night_does_not_carry_on_from_a_release_that_is_not_as_published(world, home, damage, words):
    damage(home)
    said = nightly(home, world / "landing", NIGHT + timedelta(days=1))
    assert (said.returncode, words in said.stderr) == (1, True), said.stderr
    assert (home / "releases" / "CURRENT").read_text() == f"r{NIGHT}\n"
