"""A night whose pairs are compared on Spark: one setting, the same release; and a cluster that is not there."""

import socket

import pytest
from nights import NIGHT, nightly

from pipelines.nightly import NightFailedError
from warehouse.home import Home
from warehouse.releases.release import current_release

pytest.importorskip("pyspark", reason="PySpark is an extra that `make setup` leaves out: `make test-long` installs it")


def home_on(master, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "concord.toml").write_text(f'engine = "spark"\n[spark]\nmaster = "{master}"\n')
    return home


@pytest.mark.long
def test_the_release_is_that_of_the_night_in_threads(one_night, tmp_path):
    release = nightly(home_on("local[2]", tmp_path), one_night / "landing", NIGHT)
    assert release.content_hash == current_release(Home(one_night / "home")).content_hash


@pytest.mark.long
def test_a_cluster_out_of_reach_fails_the_night_in_words(one_night, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        home = home_on(f"spark://127.0.0.1:{taken.getsockname()[1]}", tmp_path)
        with pytest.raises(NightFailedError, match=r'step link_orders: .*can\'t be reached.*engine = "local"'):
            nightly(home, one_night / "landing", NIGHT)
