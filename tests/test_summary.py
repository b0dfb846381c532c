"""The summary of a night: no score without its parts."""

import polars as pl
import pytest
from rich.console import Console

from pipelines.summary import ScoreParts, Summary, quality_by_source, render
from warehouse.tables.core import SOURCES
from warehouse.tables.register import DIMENSIONS, QUALITY_SCORES


def scores(**parts: object) -> pl.DataFrame:
    row = {"scope": "source", "scope_key": "pnc", "dimension": "completeness"} | parts
    return pl.DataFrame([row], schema_overrides={"low": pl.Float64, "high": pl.Float64})


def printed(quality: dict[str, dict[str, ScoreParts]]) -> str:
    nothing = Summary("r", "2026-11-20", "published", None, "f", [], 0, 0, 0, 0, 0, {}, 0, 0, 0, quality, [])
    console = Console(width=100)
    with console.capture() as captured:
        render(nothing, console)
    return captured.get()


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        pytest.param({"score": 0.84, "low": 0.81, "high": 0.87}, "84 (81-87)", id="with an interval"),
        pytest.param({"score": 0.84}, "84 of 50", id="of a release made before there were intervals"),
        pytest.param({"score": 0.998, "low": 0.002, "high": 1.0}, "99 (1-100)", id="nearly all is not all"),
        pytest.param({"score": None}, "–", id="where nothing was judged"),
    ],
)
def test_a_score_is_printed_with_its_parts(parts, words):
    quality = quality_by_source(scores(numerator=42.0, denominator=50.0, **parts))
    line = next(line for line in printed(quality).splitlines() if line.startswith("pnc"))
    assert line.removeprefix("pnc").strip().startswith(words)


def test_every_source_and_dimension_is_told_even_if_nothing_was_scored():
    quality = quality_by_source(QUALITY_SCORES.empty())
    assert list(quality) == [*SOURCES, "all"]
    assert all(list(parts) == list(DIMENSIONS) for parts in quality.values())
    assert {part for parts in quality.values() for part in parts.values()} == {ScoreParts(None, None, None, 0, 0)}
