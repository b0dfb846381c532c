"""The table of OWASP ASVS 5.0 has a row for every requirement of levels 1 and 2, and its tests are there."""

import re
from collections import Counter

from papers import ROOT

TABLE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in TABLE.splitlines() if re.match(r"\| \d+\.\d", line)]
ASVS = [row for row in ROWS if len(row) == 3]
LEVELS_1_AND_2 = {
    "1.1": "1-2", "1.2": "1-9", "1.3": "1-11", "1.4": "1-3", "1.5": "1-2",
    "2.1": "1-3", "2.2": "1-3", "2.3": "1-4", "2.4": "1-1",
    "3.2": "1-2", "3.3": "1-4", "3.4": "1-6", "3.5": "1-5", "3.7": "1-2",
    "4.1": "1-3", "4.2": "1-1", "4.3": "1-2", "4.4": "1-4",
    "5.1": "1-1", "5.2": "1-3", "5.3": "1-2", "5.4": "1-3",
    "6.1": "1-3", "6.2": "1-12", "6.3": "1-4", "6.4": "1-4", "6.5": "1-5", "6.6": "1-3", "6.8": "1-4",
    "7.1": "1-3", "7.2": "1-4", "7.3": "1-2", "7.4": "1-5", "7.5": "1-2", "7.6": "1-2",
    "8.1": "1-2", "8.2": "1-3", "8.3": "1-1", "8.4": "1-1",
    "9.1": "1-3", "9.2": "1-4",
    "10.1": "1-2", "10.2": "1-2", "10.3": "1-4", "10.4": "1-11", "10.5": "1-5", "10.6": "1-2", "10.7": "1-3",
    "11.1": "1-2", "11.2": "1-3", "11.3": "1-3", "11.4": "1-4", "11.5": "1-1", "11.6": "1-1",
    "12.1": "1-3", "12.2": "1-2", "12.3": "1-4",
    "13.1": "1-1", "13.2": "1-5", "13.3": "1-2", "13.4": "1-5",
    "14.1": "1-2", "14.2": "1-4", "14.3": "1-3",
    "15.1": "1-3", "15.2": "1-3", "15.3": "1-7",
    "16.1": "1-1", "16.2": "1-5", "16.3": "1-4", "16.4": "1-3", "16.5": "1-3",
}  # fmt: skip
"""Numbers of the requirements by section, of version 5.0.0; V17 does not apply."""
NAMED = re.compile(r"^(?:(?:, | to )?\d+\.\d+(?:\.\d+)?)+")


def requirements(section: str) -> list[str]:
    first, last = map(int, LEVELS_1_AND_2[section].split("-"))
    return [f"{section}.{number}" for number in range(first, last + 1)]


EVERY = [name for section in LEVELS_1_AND_2 for name in requirements(section)]


def covered(row: list[str]) -> list[str]:
    """The requirements that a row names: one by one, from one to another, or a section as a whole."""
    found = []
    for part in NAMED.match(row[0])[0].split(", "):
        ends = [requirements(name) if name.count(".") == 1 else [name] for name in part.split(" to ")]
        found += EVERY[EVERY.index(ends[0][0]) : EVERY.index(ends[-1][-1]) + 1]
    return found


def test_every_requirement_of_levels_1_and_2_has_just_one_row():
    named = Counter(name for row in ASVS for name in covered(row))
    assert [name for name in EVERY if name not in named] == []
    assert [name for name, times in named.items() if times > 1] == []


def test_the_tests_that_the_table_names_are_there():
    named = {path for row in ASVS for path in re.findall(r"`(tests/[^`]+)`", row[2])}
    assert len(named) > 20
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
