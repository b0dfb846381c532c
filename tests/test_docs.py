"""The documentation holds: pages are current, links lead somewhere, every command is named, examples parse."""

import re
import tomllib
from pathlib import Path

import pytest
import typer.main

from cli.main import app
from docs.generate import FOLDER, pages
from pipelines.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands(group, prefix="concord"):
    for name, command in group.commands.items():
        children = getattr(command, "commands", None)
        yield from commands(command, f"{prefix} {name}") if children else [f"{prefix} {name}"]


@pytest.mark.parametrize("name", pages())
def test_generated_page_is_current(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == pages()[name]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_to_one(page):
    targets = re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_every_command_is_in_the_reference():
    text = (FOLDER / "command-line.md").read_text(encoding="utf-8")
    assert not [name for name in commands(typer.main.get_command(app)) if f"`{name}`" not in text]


def test_every_make_target_the_readme_names_exists():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    named = set(re.findall(r"\bmake ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"demo", "test", "setup"} <= named <= set(targets)


def test_every_path_in_the_readmes_table_of_places_exists():
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("## Where to change what")[1].split("## Data")[0]
    paths = [path for path in re.findall(r"`([a-z]+/[a-z_./*]+)`", text) if "<" not in path]
    assert paths
    assert not [path for path in paths if not list(ROOT.glob(path.rstrip("/")))]


def test_the_settings_shown_to_the_operator_are_settings():
    (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "operate.md").read_text(encoding="utf-8"), re.DOTALL)
    assert Settings.model_validate(tomllib.loads(example)).clock.days["court"] == 7


@pytest.mark.parametrize("decision", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=lambda path: path.stem)
def test_every_decision_has_a_status_a_context_and_a_decision(decision):
    text = decision.read_text(encoding="utf-8")
    assert "Status: " in text
    assert decision.name.startswith("0001") or {"## Context", "## Decision"} <= set(text.splitlines())
