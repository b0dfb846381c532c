"""What each source is stands in one place, and nowhere else."""

import ast
from pathlib import Path

import polars as pl
import pytest

from assets.sources import find_sources
from warehouse.sources import SOURCES, feed_of_orders, region_of_feed

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "assets",
    "cli",
    "expectations",
    "ledger",
    "matching",
    "pipelines",
    "reconciliation",
    "review",
    "study",
    "warehouse",
)
NAMES = tuple(source.name for source in SOURCES)
A_WORD_TOO = frozenset({"court"})
"""Also a word of the language: only where it is compared with a source, or begins a key, does it name one."""
OF_OWNERS = ("expectations/discrepancies.py", "ledger/owners.py")
"""Modules in which `court:` begins the code of a court that owns a record."""


def modules() -> list[Path]:
    """All modules but the declaration and the readers. The samples are the sources' own."""
    found = [file for room in ROOMS for file in (ROOT / room).rglob("*.py") if "node_modules" not in file.parts]
    readers = tuple(f"assets/sources/{name}" for name in (*NAMES, "workbooks", "merged_cells", "json_lines"))
    return [
        file for file in sorted(found) if not str(file.relative_to(ROOT)).startswith((*readers, "warehouse/sources.py"))
    ]


def names_in(tree: ast.AST, *, is_of_owners: bool = False) -> list[str]:
    """The names of sources that stand in a module as text, or that a source is compared with."""
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    compared = [
        constant.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and "'source'" in ast.unparse(node.left)
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant)
    ]
    feeds = tuple(f"{name}{sign}" for name in set(NAMES) - A_WORD_TOO for sign in (":", "_ancord", "_arrest"))
    feeds += () if is_of_owners else ("court:",)
    regional = tuple(f"{source.name}_" for source in SOURCES if source.kind == "region")
    return [
        *(text for text in texts if text in set(NAMES) - A_WORD_TOO or text.startswith((*feeds, *regional))),
        *(text for text in compared if text in A_WORD_TOO),
    ]


def test_no_other_module_names_a_source():
    named = {
        name: found
        for name, file in ((str(file.relative_to(ROOT)), file) for file in modules())
        if (found := names_in(ast.parse(file.read_text(encoding="utf-8")), is_of_owners=name in OF_OWNERS))
    }
    assert not named


@pytest.mark.parametrize(
    "code",
    [
        pytest.param('x = pl.col("source") == "court"', id="a source compared with a word"),
        pytest.param('SHARES = {"pnc": 1}', id="a key"),
        pytest.param('feed = "rocu_" + region', id="the beginning of a feed"),
        pytest.param('key = "pnd:PND-1"', id="the beginning of a key"),
        pytest.param('x = pl.col("voice").str.starts_with("court:")', id="the beginning of a key that is a word too"),
    ],
)
def test_a_name_of_a_source_is_found(code):
    assert names_in(ast.parse(code))


@pytest.mark.parametrize("code", ['owner = "court"', 'column = "pnc_id"', 'text = "the court made it"'])
def test_words_that_only_look_like_one_are_let_through(code):
    assert not names_in(ast.parse(code))


def test_every_source_has_a_reader_and_every_reader_a_source():
    assert {source.name for source in find_sources()} == set(NAMES)


def test_orders_come_by_feeds_that_the_readers_know():
    known = {feed.name for source in find_sources() for feed in source.feeds}
    asked = pl.DataFrame({"source": NAMES}).select(feed_of_orders(pl.lit("EMSOU"))).to_series()
    assert set(asked) <= known


def test_the_region_of_a_feed_is_read_from_feeds_and_deliveries():
    feeds = pl.DataFrame({"feed": ["rocu_EMSOU", "rocu_EMSOU:2026-11-30:r1", "pnc_ancord", "court"]})
    assert feeds.select(region_of_feed(pl.col("feed"))).to_series().to_list() == ["EMSOU", "EMSOU", None, None]
