"""What a night speaks of the release before: calendar, settings, and what stops it when nothing explains a change."""

import hashlib
import json
import re
import shutil
from datetime import timedelta

import polars as pl
import pytest
from nights import SERIES, command, copy_of, nightly

from pipelines.nightly import NightFailedError
from pipelines.runs import list_runs
from warehouse.home import Home
from warehouse.releases.build import hash_of
from warehouse.tables.register import UNEXPLAINED

pytestmark = pytest.mark.long

NIGHT, LATER = SERIES[0], SERIES[-1]


@pytest.fixture
def home(three_nights, tmp_path):
    """A home with one night."""
    return copy_of(three_nights / "first", tmp_path / "home")


@pytest.fixture
def landing(three_nights):
    """The deliveries it rests on."""
    return three_nights / "night-1" / "landing"


def read(home, as_of, table):
    return pl.read_parquet(home / "releases" / f"r{as_of}" / f"{table}.parquet")


def test_of_the_same_deliveries_days_later_only_the_calendar_makes_a_difference(home, landing):
    nightly(home, landing, LATER)
    changes = read(home, LATER, "release_changes")
    assert set(changes.get_column("cause")) == {"calendar"}
    ended = read(home, NIGHT, "orders").filter(
        pl.col("legal_status") == "live", pl.col("end_on").is_between(NIGHT, LATER, closed="left")
    )
    expired = changes.filter(pl.col("field") == "legal_status", pl.col("after") == "expired")
    assert set(expired.get_column("order_id")) == set(ended.get_column("order_id"))
    assert ended.height > 0


def test_other_settings_are_the_cause_where_orders_are_only_judged(home, landing):
    (home / "concord.toml").write_text("[presence_days]\npnc = 3000\npnd = 3000\n")
    nightly(home, landing, NIGHT + timedelta(days=1))
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


def test_a_change_that_nothing_explains_stops_the_publication_until_it_is_accepted(home, landing, forged):
    night = NIGHT + timedelta(days=1)
    with pytest.raises(NightFailedError) as stopped:
        nightly(home, landing, night)
    for word in ("unexplained", "2 end_on", *forged, "--accept unexplained --reason REASON"):
        assert word in str(stopped.value)
    assert (home / "releases" / "CURRENT").read_text() == f"r{NIGHT}\n"
    retried = command("retry", "--accept", "unexplained", "--reason", "mended by hand", "--by", "Ann", home=home)
    assert retried.exit_code in (0, 3), retried.stderr
    failed, again = list_runs(Home(home))[-2:]
    assert (failed.state, failed.night, again.release_id) == ("failed", f"{night}", f"r{night}")
    assert failed.cause.startswith("step release: gate unexplained: ")
    assert set(again.steps) == {"release"}, "what was done is not done again"
    changes = read(home, night, "release_changes").filter(pl.col("cause") == UNEXPLAINED)
    assert set(changes.get_column("order_id")) == set(forged)
    assert set(changes.get_column("accepted")) == {"mended by hand (Ann)"}
    assert (home / "releases" / "CURRENT").read_text() == f"r{night}\n"


def test_an_empty_reason_accepts_nothing(home, landing):
    said = command(
        "nightly", "--landing", landing, "--as-of", LATER, "--accept", "unexplained", "--reason", " ", home=home
    )
    assert (said.exit_code, "say why" in said.stderr) == (2, True)


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
def test_a_night_does_not_carry_on_from_a_release_that_is_not_as_published(home, landing, damage, words):
    damage(home)
    with pytest.raises(NightFailedError, match=re.escape(words)):
        nightly(home, landing, NIGHT + timedelta(days=1))
    assert (home / "releases" / "CURRENT").read_text() == f"r{NIGHT}\n"
