"""The documentation holds: pages are current, links lead somewhere, what they name exists, what exists is named."""

import pkgutil
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from papers import ROOT, name_of, without_blocks
from pydantic import BaseModel

from cli.main import app
from docs.generate import FOLDER, pages
from pipelines.settings import Settings
from review.desk_settings import OidcSettings

GUIDES = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md")), *sorted((ROOT / "docs").glob("*.md"))]
PAGES = [*GUIDES, *(ROOT / name for name in ("CHANGELOG.md", "benchmarks/README.md")), *ROOT.glob("docs/*/*.md")]
FOLDERS = "|".join(sorted(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")))
CONCORD: Any = typer.main.get_command(app)


def commands(group: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        words = (*before, name)
        yield from commands(command, words) if hasattr(command, "commands") else [words]


def code_of(page: Path) -> list[str]:
    """The lines of a page's code blocks, a command continued on the next line as one, and its code in running text."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in re.sub(r"\\\n", " ", block).splitlines()]
    return lines + re.findall(r"`([^`\n]+)`", without_blocks(text))


def commands_in(page: Path) -> Iterator[list[str]]:
    """The words of every `concord …` that a page shows."""
    for line in code_of(page):
        if shown := re.match(r"(?:\.venv/bin/)?concord (?=[a-z])(.*)", line.strip()):
            yield shlex.split(shown[1], comments=True)


def unknown_words(words: list[str]) -> list[str]:
    """The commands and options among the words that the command line does not have."""
    command, rest = CONCORD, words
    while rest and hasattr(command, "commands"):
        if rest[0] not in command.commands:
            return [] if rest[0] in ("|", "…") or rest[0].startswith("-") else [rest[0]]
        command, rest = command.commands[rest[0]], rest[1:]
    options = {option for parameter in command.params for option in parameter.opts}
    return [word for word in rest if word.startswith("--") and word not in options]


def settings_of(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings_of(field.annotation)


@pytest.mark.parametrize("name", pages())
def test_generated_page_is_current(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == pages()[name]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_to_a_file_leads_to_one(page):
    targets = re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/**/*.md")), ids=name_of)
def test_no_page_of_the_site_links_to_what_is_not_on_it(page):
    targets = re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).resolve().is_relative_to(ROOT / "docs")]


@pytest.mark.parametrize("page", [*GUIDES, *sorted(ROOT.glob("docs/adr/*.md"))], ids=name_of)
def test_every_path_that_a_page_names_exists(page):
    paths = [code for code in code_of(page) if re.fullmatch(rf"(?:{FOLDERS})/[\w./*{{}}-]*", code)]
    assert not [path for path in paths if not list(ROOT.glob(path.rstrip("/")))]


@pytest.mark.parametrize("page", GUIDES, ids=name_of)
def test_every_python_name_that_a_guide_gives_exists(page):
    named = {code for code in code_of(page) if re.fullmatch(rf"(?:{FOLDERS})(?:\.[a-z_]\w*)+", code)}
    files = {name for name in named if name.rpartition(".")[2] in {"py", "md", "csv", "toml"}}
    assert all(pkgutil.resolve_name(name) for name in named - files)


@pytest.mark.parametrize("page", GUIDES, ids=name_of)
def test_every_command_and_option_that_a_guide_shows_exists(page):
    assert not [(words, lost) for words in commands_in(page) if (lost := unknown_words(words))]


def test_every_command_is_shown_in_a_guide():
    shown = {tuple(words) for page in GUIDES for words in commands_in(page)}
    assert not [name for name in commands(CONCORD) if not any(words[: len(name)] == name for words in shown)]


@pytest.mark.parametrize("page", [*GUIDES, ROOT / "CHANGELOG.md"], ids=name_of)
def test_every_make_target_that_a_guide_names_exists(page):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    named = {name for code in code_of(page) for name in re.findall(r"^make ([a-z-]+)", code)}
    assert named <= set(targets)


def test_every_setting_is_documented():
    guides = " ".join(
        (ROOT / "docs" / name).read_text(encoding="utf-8")
        for name in ("operate.md", "review.md", "reference/settings.md")
    )
    names = {*settings_of(Settings), *settings_of(OidcSettings)} - {"review"}
    assert not sorted(name for name in names if not re.search(rf"\b{name}\b", guides))


def test_every_environment_variable_is_documented():
    code = [path for folder in FOLDERS.split("|") if folder != "tests" for path in (ROOT / folder).rglob("*.py")]
    used = {name for path in code for name in re.findall(r"\bCONCORD_[A-Z_]+\b", path.read_text(encoding="utf-8"))}
    documented = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "operate.md").read_text("utf-8"), re.MULTILINE)
    assert "CONCORD_HOME" in used
    assert not used - set(documented)


def test_the_settings_shown_to_the_operator_are_settings():
    (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "operate.md").read_text(encoding="utf-8"), re.DOTALL)
    assert Settings.model_validate(tomllib.loads(example)).clock.days["court"] == 7


DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))


def test_decisions_are_numbered_without_a_gap_and_all_are_on_the_site():
    assert [int(decision.name[:4]) for decision in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    site = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert [decision.name for decision in DECISIONS if f"adr/{decision.name}\n" not in site] == []


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_every_decision_has_a_status_a_context_and_a_decision(decision):
    text = decision.read_text(encoding="utf-8")
    assert "Status: " in text
    assert decision.name.startswith("0001") or {"## Context", "## Decision"} <= set(text.splitlines())
