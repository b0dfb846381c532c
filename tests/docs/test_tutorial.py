"""What the tutorial shows works: its commands and its Python, on a night."""

import re
import shlex

import pytest
from nights import command
from papers import ROOT

TUTORIAL = (ROOT / "docs" / "first-release.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TUTORIAL, flags=re.MULTILINE | re.DOTALL)
COMMANDS = [line for kind, block in BLOCKS if not kind for line in block.splitlines() if line.startswith("concord ")]


def test_the_tutorial_shows_commands_and_python():
    assert len(COMMANDS) >= 4
    assert "python" in dict(BLOCKS)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_tutorial_works(line, one_night, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = command(*shlex.split(line)[1:], home=one_night / "home")
    assert done.exit_code in (0, 3), done.stderr  # a night of which a return is missing is degraded
    assert done.stdout


def test_the_python_of_the_tutorial_works(one_night, monkeypatch, capsys):
    monkeypatch.setenv("CONCORD_HOME", str(one_night / "home"))
    exec(dict(BLOCKS)["python"], {})  # noqa: S102 (our own page)
    assert "orders bind" in capsys.readouterr().out
