"""The summary of a night: no score without its parts."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from nights import SERIES, copy_of
from rich.console import Console

from cli.night import print_summary
from cli.night_summary import ScoreParts, SourceLine, Summary, next_steps, quality_by_source, source_line
from cli.printed_summary import render
from expectations.workload import Workload
from warehouse.home import Home
from warehouse.releases.rollback import roll_back
from warehouse.sources import SOURCE_NAMES
from warehouse.tables.register import DIMENSIONS, QUALITY_SCORES

NO_WORK = Workload(0, 0, 0, 0.0, 0, 0.0, None)


def scores(**parts: object) -> pl.DataFrame:
    row = {"scope": "source", "scope_key": "pnc", "dimension": "completeness"} | parts
    return pl.DataFrame([row], schema_overrides={"low": pl.Float64, "high": pl.Float64})


def line(**parts) -> SourceLine:
    given = {"state": "fresh", "read": 9, "kept": 9, "quarantined": 0, "duplicate": 0, "notes": []}
    return SourceLine("pnc", **(given | parts))


def printed(quality: dict[str, dict[str, ScoreParts]]) -> str:
    nothing = Summary(
        "r", "2026-11-20", "published", None, "f", [], 0, 0, 0, 0, 0, 0, {}, 0, 0, 0, quality, [], NO_WORK, ""
    )
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


def test_every_source_and_dimension_is_reported_even_if_nothing_was_scored():
    quality = quality_by_source(QUALITY_SCORES.empty())
    assert list(quality) == [*SOURCE_NAMES, "all"]
    assert all(list(parts) == list(DIMENSIONS) for parts in quality.values())
    assert {part for parts in quality.values() for part in parts.values()} == {ScoreParts(None, None, None, 0, 0)}


@pytest.mark.parametrize(
    ("count", "words"),
    [
        pytest.param(1, "pnc: 1 row quarantined, see the quarantine folder", id="one row"),
        pytest.param(2, "pnc: 2 rows quarantined, see the quarantine folder", id="two rows"),
    ],
)
def test_quarantined_rows_are_something_to_look_at(count, words):
    assert next_steps([line(quarantined=count)], 0) == [words]


def test_the_release_is_named_as_seen_from_the_folder_one_is_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here, elsewhere = tmp_path / "releases" / "r1", tmp_path.parent / "r1"
    nothing = Summary(
        "r",
        "2026-11-20",
        "published",
        None,
        "f",
        [],
        0,
        0,
        0,
        0,
        0,
        0,
        {},
        0,
        0,
        0,
        quality_by_source(QUALITY_SCORES.empty()),
        [],
        NO_WORK,
        "",
    )
    for folder, shown in ((here, Path("releases/r1")), (elsewhere, elsewhere)):
        console = Console(width=200)
        with console.capture() as captured:
            render(replace(nothing, folder=str(folder)), console)
        assert f"RELEASE  {shown}\n" in captured.get()


@pytest.mark.parametrize(
    ("no_records", "notes"),
    [
        pytest.param(
            2, ["2 of the quarantined rows are not records: refused applications, headings again"], id="two refusals"
        ),
        pytest.param(0, [], id="none"),
    ],
)
def test_quarantined_rows_that_are_no_records_are_counted_apart(make_register, no_records, notes):
    deliveries = make_register()["deliveries"].with_columns(
        rows_quarantined=pl.lit(3, pl.Int64), rows_set_aside=pl.lit(no_records, pl.Int64)
    )
    assert source_line("pnc", deliveries).notes == notes


def test_feeds_that_are_not_fresh_are_named(make_register):
    of_pnc = make_register()["deliveries"].filter(pl.col("source") == "pnc").head(1)
    feeds = [
        of_pnc.with_columns(feed=pl.lit(feed), state=pl.lit(state)) for feed, state in (("a", "late"), ("b", "fresh"))
    ]
    assert source_line("pnc", pl.concat(feeds)).notes[0] == "1 of 2 late: a"


@pytest.mark.parametrize(
    ("state", "asks"),
    [
        pytest.param(
            "implausible",
            "what came by a does not fit recent nights: ask whether it is whole; if it is, run the night again with "
            "--accept delivery:a --reason REASON",
            id="implausible",
        ),
        pytest.param(
            "truncated", "what came by a is cut off: ask for it again, then run the night again", id="cut off"
        ),
        pytest.param(None, "ask for what is late, then run the night again", id="nothing came"),
    ],
)
def test_what_to_do_about_a_delivery_that_is_not_used_says_what_is_wrong_with_it(make_register, state, asks):
    former = make_register()["deliveries"].filter(pl.col("source") == "pnc").head(1)
    used = former.with_columns(
        feed=pl.lit("a"), state=pl.lit("late"), is_used=pl.lit(value=True), dated_on=pl.lit(date(2026, 11, 19))
    )
    came = used.with_columns(
        pl.col("dated_on").dt.offset_by("1d"), state=pl.lit(state or "late"), is_used=pl.lit(value=False)
    )
    other = former.with_columns(feed=pl.lit("b"), state=pl.lit("fresh"), is_used=pl.lit(value=True))
    rows = [used, other, came] if state else [used, other]
    found = source_line("pnc", pl.concat(rows))
    assert found.asks == [asks]
    assert next_steps([found], 0)[0] == f"pnc: {asks}"


def test_feeds_of_which_nothing_came_are_asked_for_beside_what_came_and_is_spoilt(make_register):
    row = make_register()["deliveries"].filter(pl.col("source") == "pnc").head(1)
    states = {"a": "unreadable", "b": "missing", "c": "late"}
    feeds = [row.with_columns(feed=pl.lit(feed), state=pl.lit(state)) for feed, state in states.items()]
    spoilt, absent = source_line("pnc", pl.concat(feeds)).asks
    assert spoilt.startswith("what came by a can't be read")
    assert absent == "ask for what is missing, then run the night again"


@pytest.mark.usefixtures("capsys")
def test_a_release_that_is_not_in_force_says_so_before_anything_else(three_nights, tmp_path):
    home = Home(copy_of(three_nights / "home", tmp_path / "home"))
    first, *_, last = (f"r{night}" for night in SERIES)
    assert not [step for step in print_summary(home, last).next_steps if "in force" in step]
    older = print_summary(home, first).next_steps[0]
    assert older == f"none for {first}: it is of an older night, and {last} stays in force"
    put_back = roll_back(home, by="kim", reason="wrong", at=datetime(2026, 12, 1, tzinfo=UTC)).release_id
    withdrawn = print_summary(home, last).next_steps[0]
    assert withdrawn == f"none for {last}: it was withdrawn by a rollback, and {put_back} stays in force"
