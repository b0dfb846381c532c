"""Every citation tag in the repository leads to an entry of docs/sources.md."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from papers import ROOT, name_of, tracked_files, words_of

PAGE = ROOT / "docs" / "sources.md"
TEXTS = {".css", ".csv", ".html", ".js", ".md", ".mjs", ".toml", ".yaml"}

# A citation starts a word and opens with a tag in capitals; a link is followed by its target.
BRACKETS = re.compile(r"(?<![\w`\\^$|(\[\]])\[([A-Z][A-Z0-9-]{2,}(?:[ :;,][^\[\]]*)?)\](?![\w`(\[*+?{])")
TAG = re.compile(r"\s*([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*)")
RULE_OR_ERROR = re.compile(r"\b[RE]\d\d\b")
COURT_FAULT = re.compile(r"\bHO\d{6}\b")
STATUTE = re.compile(r"\b((?:[A-Z]{3,}(?:\([A-Z]\)[A-Z]*)?|\d{4} Act)(?: \d{4})?)(?: ss?\.| section| Sch)")
INSTRUMENT = re.compile(r"\bS[IR] \d{4}/\d+\b")


def tags_of(cited: str) -> set[str]:
    """The tags of a list of sources, without section, page or note; other words stand for themselves."""
    parts = re.sub(r"\([^)]*\)", "", cited).split(";")
    return {found[1] if (found := TAG.match(part)) else part.strip() for part in parts}


def tags_in(text: str) -> Iterator[str]:
    """The tags that a text cites, in the words in which the page lists them."""
    for brackets in BRACKETS.findall(text):
        yield from sorted(tags_of(brackets), key=brackets.index)
    yield from RULE_OR_ERROR.findall(text)
    yield from COURT_FAULT.findall(text)
    yield from (re.sub(r"(?<=[A-Z)]) \d{4}$", "", name) for name in STATUTE.findall(text))
    yield from INSTRUMENT.findall(text)


def listed() -> set[str]:
    """Everything that the page explains: the first cell of each row, and other names given for a statute."""
    rows = re.findall(r"^\| ([^|]+) \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    tags = {tag.strip("` ") for row in rows for tag in row.split(",")}
    return tags | {"HTE(S)A", "general knowledge"}


PAPERS = [path for path in tracked_files() if path.suffix in TEXTS | {".py"} and path not in (PAGE, Path(__file__))]


def test_every_citation_in_words_leads_to_an_entry():
    known = listed()
    lost = {(name_of(path), tag) for path in PAPERS for tag in tags_in(words_of(path))}
    assert not sorted(used for used in lost if used[1] not in known)


def test_every_source_of_a_code_list_leads_to_an_entry():
    lists = [path for path in PAPERS if path.suffix == ".csv"]
    rows = [(path.name, row) for path in lists for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))]
    cited = {(name, tag) for name, row in rows if row.get("source") for tag in tags_of(row["source"])}
    assert len(cited) > 10
    assert not sorted(used for used in cited if used[1] not in listed())


def test_the_page_itself_cites_only_what_it_lists():
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([RE]\d\d) \|.*\| ([^|]+) \| [^|]+ \|$", text, flags=re.MULTILINE)
    assert [tag for tag, _ in rows] == [f"R{n:02}" for n in range(1, 37)] + [f"E{n:02}" for n in range(1, 36)]
    assert not [(tag, lost) for tag, cited in rows if (lost := tags_of(cited) - listed())]


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        pytest.param("Held elsewhere [IASC-2022].", ["IASC-2022"], id="one source"),
        pytest.param("A letter [HMPPS-PR; B7-CORE HO100209].", ["HMPPS-PR", "B7-CORE", "HO100209"], id="two sources"),
        pytest.param("Put off (R23, E08) [UKAUTH: news]", ["UKAUTH", "R23", "E08"], id="rule, error and a note"),
        pytest.param("MSA ss.21, 28 with SI 2015/1476", ["MSA", "SI 2015/1476"], id="a section and an instrument"),
        pytest.param("HTE(S)A 2015 s.26; HTENI Schedule 3", ["HTE(S)A", "HTENI"], id="statutes with a year or none"),
        pytest.param("results get lost [NAO 2023]", ["NAO"], id="a tag in another form is a tag"),
        pytest.param("[MIT](LICENSE) and `[A-Z]`", [], id="neither links nor code are citations"),
    ],
)
def test_what_counts_as_a_citation(text, tags):
    assert list(tags_in(text)) == tags
