"""Texts keep to the words of docs/glossary.md: pages, and all code, templates and styles but tests."""

import re
from functools import cache

import pytest
from papers import ROOT, name_of, tracked_files, without_code, words_of

from warehouse.codes import LEGAL_STATUSES
from warehouse.delivery_states import STATE_NAMES

GLOSSARY = ROOT / "docs" / "glossary.md"
PAGES = [
    path
    for path in tracked_files()
    if name_of(path) in {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md"}
    or path.parent == ROOT / "docs" / "reference"
    or (path.parent == ROOT / "docs" and path.suffix == ".md" and path.name != GLOSSARY.name)
]
CODE = [
    path
    for path in tracked_files()
    if path.suffix in {".css", ".html", ".js", ".py", ".toml"}
    and not {"tests", "versions"} & set(path.relative_to(ROOT).parts)
]  # a migration that has run is never edited


@cache
def avoided() -> re.Pattern[str]:
    table = GLOSSARY.read_text(encoding="utf-8").split("## Words we do not use")[1]
    cells = re.findall(r"^\| (`[^|]+) \|", table, flags=re.MULTILINE)
    words = [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]
    assert len(words) > 20
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)


def test_no_text_uses_a_word_that_the_glossary_avoids():
    texts = {name_of(path): without_code(words_of(path)).replace("’", "'") for path in [*PAGES, *CODE]}
    assert len(texts) > 500
    found = {name: sorted(set(avoided().findall(text))) for name, text in texts.items()}
    assert {name: words for name, words in found.items() if words} == {}


def test_the_glossary_explains_every_legal_status_and_state_of_a_delivery():
    cells = re.findall(r"^\| ([^|]+) \|", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert not {*LEGAL_STATUSES, *STATE_NAMES} - set(re.findall(r"\w+", " ".join(cells)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("This is told of.", ["told"], id="a word"),
        pytest.param("It is so Unless set otherwise.", ["Unless set"], id="words, in any case"),
        pytest.param("The register's value wins.", ["register's value"], id="with an apostrophe"),
        pytest.param("An untold story of a teller, putting offers on.", [], id="not within other words"),
    ],
)
def test_what_counts_as_a_word_to_avoid(text, found):
    assert avoided().findall(text) == found
