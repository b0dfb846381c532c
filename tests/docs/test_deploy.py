"""What a service is made of: units that systemd takes, a container file that its linter takes, secrets nowhere."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from papers import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(path for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))


def test_systemd_takes_every_unit(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd on this machine")
    programs = str(Path(sys.executable).parent)
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/concord/bin", programs))
        if unit.suffix == ".service":
            (tmp_path / f"{unit.name}.d").mkdir()
            shutil.copy(DEPLOY / "secrets.conf", tmp_path / f"{unit.name}.d")
    said = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(path for path in tmp_path.iterdir() if path.is_file()))],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize("unit", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.stem)
def test_a_service_runs_without_rights_of_its_own_and_reads_secrets_from_one_file(unit):
    settings = dict(re.findall(r"^(\w+)=(.*)$", unit.read_text(), flags=re.MULTILINE))
    assert settings["User"] == "concord"
    assert settings["UMask"] == "0077"
    assert (settings["NoNewPrivileges"], settings["ProtectSystem"]) == ("yes", "strict")
    assert settings["EnvironmentFile"] == "/etc/concord/environment"


def test_every_timer_has_its_service():
    assert all(path.with_suffix(".service").exists() for path in UNITS if path.suffix == ".timer")


def test_the_linter_of_container_files_finds_nothing():
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("no hadolint for this machine")
    said = subprocess.run([hadolint, DEPLOY / "Containerfile"], check=False, capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, "")


def test_variables_of_the_example_are_those_of_the_guide():
    guide = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    names = re.findall(r"^(CONCORD_\w+)=", (DEPLOY / "environment.example").read_text(), flags=re.MULTILINE)
    assert names
    assert all(f"| `{name}` |" in guide for name in names)
