"""The scores of former releases: which of them count, and what becomes of those that can't be read."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from warehouse.home import Home
from warehouse.releases.quality_history import SERIES, read_quality_history
from warehouse.releases.release import publish
from warehouse.releases.rollback import roll_back

pytestmark = pytest.mark.usefixtures("without_database")

NIGHTS = [date(2023, 11, day) for day in (28, 29, 30)]


def put(home, tables, as_of, *, used="a", **versions):
    return publish(
        home,
        tables,
        as_of=as_of,
        inputs={"pnc": f"{as_of} {used}"},
        versions={"code": "c", "models": "m", **versions},
        config_hash="s",
        state="published",
    )


@pytest.fixture
def tables(make_register):
    return make_register(3)


@pytest.fixture
def home(tmp_path, tables):
    home = Home(tmp_path / "home")
    for night in NIGHTS:
        put(home, tables, night)
    return home


def releases(history):
    return history.scores.get_column("release_id").unique().sort().to_list()


def test_the_last_nights_are_read_in_the_declared_shape(home):
    history = read_quality_history(home, last=2)
    assert history.scores.schema == SERIES.schema
    assert releases(history) == ["r2023-11-29", "r2023-11-30"]
    assert history.left_out == ()
    assert history.scores.get_column("method").unique().to_list() == ["c m s"]


def test_a_series_can_end_at_a_former_release(home):
    assert releases(read_quality_history(home, last=9, until="r2023-11-29")) == ["r2023-11-28", "r2023-11-29"]


def test_a_revision_takes_the_place_of_what_it_revises(home, make_register):
    put(home, make_register(2), NIGHTS[1], used="b")
    assert releases(read_quality_history(home, last=9)) == ["r2023-11-28", "r2023-11-29.2", "r2023-11-30"]


def test_what_was_rolled_back_does_not_count(home):
    roll_back(home, "r2023-11-29", by="operator", reason="wrong", at=datetime(2023, 12, 1, tzinfo=UTC))
    assert releases(read_quality_history(home, last=9)) == ["r2023-11-28", "r2023-11-29"]
    assert releases(read_quality_history(home, last=1, until="r2023-11-30")) == ["r2023-11-30"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("manifest.json", b"{", id="its manifest is damaged"),
        pytest.param("quality_scores.parquet", b"other", id="its scores are damaged"),
        pytest.param("quality_scores.parquet", None, id="its scores are gone"),
    ],
)
def test_a_release_that_cannot_be_read_is_left_out_and_named(home, name, content):
    path = home.releases / "r2023-11-29" / name
    path.unlink()
    if content:
        path.write_bytes(content)
    history = read_quality_history(home, last=9)
    assert releases(history) == ["r2023-11-28", "r2023-11-30"]
    assert history.left_out == ("r2023-11-29",)


def test_columns_that_a_former_release_did_not_have_are_empty(home):
    path = home.releases / "r2023-11-28" / "quality_scores.parquet"
    columns = ["scope", "scope_key", "dimension", "score", "numerator", "denominator"]
    pl.read_parquet(path).select(columns).write_parquet(path)
    oldest = read_quality_history(home, last=9).scores.filter(pl.col("release_id") == "r2023-11-28")
    assert oldest.get_column("low").is_null().all()
    assert oldest.get_column("score").is_not_null().all()


def test_without_any_release_there_is_nothing_to_read(tmp_path):
    with pytest.raises(LookupError, match="no release has been published"):
        read_quality_history(Home(tmp_path), last=9)


def test_an_unknown_release_is_reported(home):
    with pytest.raises(LookupError, match="there is no release r2020-01-01"):
        read_quality_history(home, last=9, until="r2020-01-01")


def test_no_nights_are_no_series(home):
    with pytest.raises(ValueError, match="one or more"):
        read_quality_history(home, last=0)
