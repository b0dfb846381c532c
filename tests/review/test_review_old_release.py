"""A release that an earlier version of Concord made, or none at all: the desk says so and fails nowhere."""

import shutil

import pytest
from desk_cases import ORIGIN, Client, settings_of

from review.app import create_app
from review.desk import Desk
from warehouse.home import Home


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        pytest.param("source_records.parquet", "made by an earlier version of Concord", id="without records"),
        pytest.param("obeyed_decisions.parquet", "made by an earlier version of Concord", id="without decisions"),
        pytest.param("../CURRENT", "No release has been published yet", id="no release in force"),
    ],
)
def test_a_release_that_keeps_too_little_is_reported_in_words(desk_home, ledger_file, tmp_path, missing, words):
    shutil.copytree(desk_home / "releases", tmp_path / "releases")
    (release,) = (folder for folder in (tmp_path / "releases").iterdir() if folder.is_dir())
    (release / missing).unlink()
    desk = Desk(Home(tmp_path), f"sqlite:///{ledger_file}")
    client = Client(create_app(desk, settings_of()), base_url=ORIGIN, raise_server_exceptions=False)
    assert client.sign_in("steward").status_code == 303
    for page in ("/queue", "/search", "/proposals"):
        answer = client.get(page)
        assert answer.status_code in (200, 503)
    assert words in client.get("/queue").text
    assert client.get("/ready").status_code == 503
    desk.close()
