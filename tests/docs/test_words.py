"""Documents keep to the words of docs/glossary.md. The list of files grows as the words of other parts are mended."""

import re
from pathlib import Path

import pytest

from warehouse.tables.register import DELIVERY_STATES, LEGAL_STATUSES

ROOT = Path(__file__).resolve().parent.parent.parent
GLOSSARY = ROOT / "docs" / "glossary.md"
NOT_YET = {"error-budget.md", "matching-benchmark.md", "matching.md", "models.md"}
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name not in NOT_YET | {GLOSSARY.name}),
]


def avoided() -> re.Pattern[str]:
    table = GLOSSARY.read_text(encoding="utf-8").split("## Words we do not use")[1]
    cells = re.findall(r"^\| (`[^|]+) \|", table, flags=re.MULTILINE)
    words = [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]
    assert len(words) > 20
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)


def prose(page: Path) -> str:
    """A page without its code: what a program prints or is called is not ours to word here."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text).replace("’", "'")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_uses_no_word_that_the_glossary_avoids(page):
    assert not sorted(set(avoided().findall(prose(page))))


def test_the_glossary_explains_every_legal_status_and_state_of_a_delivery():
    terms = set(re.findall(r"\w+", " ".join(re.findall(r"^\| ([^|]+) \|", GLOSSARY.read_text("utf-8"), re.MULTILINE))))
    assert not {*LEGAL_STATUSES, *DELIVERY_STATES} - terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("This is told of.", ["told"], id="a word"),
        pytest.param("It is so Unless set otherwise.", ["Unless set"], id="words, in any case"),
        pytest.param("The register’s value wins.".replace("’", "'"), ["register's value"], id="with an apostrophe"),
        pytest.param("An untold story of a teller, putting offers on.", [], id="not within other words"),
    ],
)
def test_what_counts_as_a_word_to_avoid(text, found):
    assert avoided().findall(text) == found
