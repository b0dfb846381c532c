"""A night whose deliveries lie in an object store, and whose release one takes in the end: it stands without that."""

import pytest
from nights import NIGHT, command

from cli.options import Exit
from pipelines.alert_conditions import find_conditions
from pipelines.alert_kinds import AlertSettings
from pipelines.alerts import read_alerts
from reconciliation.register import Register
from warehouse.home import Home
from warehouse.releases.release import current_release


@pytest.mark.long
def test_a_release_that_a_store_refuses_is_in_force_here_and_mirrored_later(
    one_night, object_store, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for path in (one_night / "landing").rglob("*.*"):
        object_store.put(f"landing/{path.relative_to(one_night / 'landing')}", path.read_bytes())
    home, landing = tmp_path / "home", tmp_path / "landing"
    home.mkdir()
    landing.mkdir()
    places = 'landing = "s3://concord/landing"\nreleases = "s3://concord/releases"\n'
    (home / "concord.toml").write_text(f"[storage]\n{places}")
    with object_store.failing(object_store.refuse_uploads_after(3)):
        ran = command("nightly", "--landing", landing, "--as-of", NIGHT, home=home)
    published = current_release(Home(home))
    assert ran.exit_code == Exit.DEGRADED
    assert published.content_hash == current_release(Home(one_night / "home")).content_hash
    (alert,) = (alert for alert in read_alerts(Home(home)) if alert.key == "mirror")
    assert "does not answer" in alert.words
    with pytest.raises(LookupError, match="holds no release in force"):
        Register.open("s3://concord/releases")
    assert command("release", "mirror", home=home).exit_code == 0
    assert "mirror" not in {condition.key for condition in find_conditions(Home(home), AlertSettings(), today=NIGHT)}
    with Register.open("s3://concord/releases") as register:
        assert register.release.manifest == published.manifest


@pytest.mark.parametrize(
    ("storage", "said"),
    [
        pytest.param('releases = "s3://key:secret@concord/releases"', "credentials", id="a secret in the address"),
        pytest.param('landing = "/srv/landing"', "URL", id="a folder"),
        pytest.param("", "name no object store", id="none named"),
    ],
)
def test_a_store_that_is_not_named_rightly_is_wrong_usage(tmp_path, storage, said):
    (tmp_path / "concord.toml").write_text(f"[storage]\n{storage}\n")
    taken = command("release", "mirror", home=tmp_path)
    assert taken.exit_code == 2
    assert said in taken.stderr
