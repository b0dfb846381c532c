"""A night takes over what has not changed since the night before, and gives what a full night gives."""

import gzip
import shutil
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nights import SERIES, command, copy_of
from polars.testing import assert_frame_equal

from assets.code import basis_of_tables
from assets.deliveries import take_in
from assets.frame import Night
from assets.ingest import core_tables_of, former_tables, quarantine_table
from assets.reuse import TakenOver, read_changed, readings_name, standardise_changed
from assets.sources import find_sources
from assets.sources.contract import Source
from pipelines.runs import list_runs
from pipelines.settings import Settings
from warehouse.disk import file_digest
from warehouse.home import Home
from warehouse.pieces import Pieces
from warehouse.stamps import STAMPS, change_stamps, read_stamps, stamp_tables
from warehouse.store import TableStore

SOURCES = {source.name: source for source in find_sources()}
PND, COURT = SOURCES["pnd"], SOURCES["court"]
QUICK = ("court",)
EACH_SOURCE = [
    pytest.param(source, id=name, marks=() if name in QUICK else pytest.mark.long) for name, source in SOURCES.items()
]


def run_source(source: Source, night: Night, as_of: date) -> tuple[dict[str, pl.DataFrame], list[TakenOver]]:
    """Read and standardise one source as a night does: its tables by name, and what was taken over."""
    store, former, aside = night.store(as_of), former_tables(night, as_of), quarantine_table(source).name
    intake, readings, read = read_changed(
        source,
        aside,
        former=former,
        as_of=as_of,
        take_in=partial(take_in, landing=night.landing, archive=night.state.archive, as_of=as_of),
    )
    raw = {**intake.tables, aside: intake.quarantine}
    written = {**raw, readings_name(source): readings}
    for name, frame in written.items():
        store.write(name, frame)
    basis = basis_of_tables(night.limits, as_of.year)
    stamp_tables(store, basis, dict.fromkeys(written, ()))
    lazy = {name: store.scan(name) for name in intake.tables}
    with Pieces.of_step(source.name, below=store.folder) as pieces:
        core, standardised = standardise_changed(
            source, lazy, former=former_tables(night, as_of), as_of=as_of, pieces=pieces
        )
        named = {table.name: table.conform(core[name]).collect() for name, table in core_tables_of(source).items()}
    for name, frame in named.items():
        store.write(name, frame)
    stamp_tables(store, basis, {name: list(intake.tables) for name in named})
    return raw | named, [read, standardised]


def night_over(folder: Path, landing: Path, **changed: object) -> Night:
    """A night over a folder of state, with the settings that nights of tests have."""
    limits = Settings().limits.model_dump()
    return replace(Night(home=folder, landing=landing, presence_days={}, settings_digest="", limits=limits), **changed)


def assert_same_tables(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> None:
    """All tables are the same, row for row."""
    assert one.keys() == other.keys()
    for name, table in one.items():
        assert_frame_equal(table, other[name])


@pytest.fixture
def second_night(three_nights, tmp_path):
    """Runs a source on the second night of the series upon the first: what it gave, and what was taken over."""

    def run(source: Source, between=lambda store: None, **changed):
        home = copy_of(three_nights / "first", tmp_path / f"home-{len(list(tmp_path.iterdir()))}")
        night = night_over(home, three_nights / "night-2" / "landing", **changed)
        between(night.store(SERIES[0]))
        return run_source(source, night, SERIES[1])

    return run


@pytest.fixture(scope="module")
def full_court(three_nights, tmp_path_factory) -> dict[str, pl.DataFrame]:
    """What the second night gives of the courts in full."""
    home = copy_of(three_nights / "first", tmp_path_factory.mktemp("full") / "home")
    return run_source(COURT, night_over(home, three_nights / "night-2" / "landing", is_full=True), SERIES[1])[0]


@pytest.mark.parametrize("source", EACH_SOURCE)
def test_records_that_did_not_change_are_taken_over_and_all_tables_are_those_of_a_full_night(source, second_night):
    tables, (_, standardised) = second_night(source)
    assert standardised.rows > 0 or source.name == "rocu"  # a new month of returns is new throughout
    assert_same_tables(tables, second_night(source, is_full=True)[0])


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_a_file_that_was_read_is_not_read_again_and_no_record_is_standardised_again(source, three_nights, tmp_path):
    night = night_over(copy_of(three_nights / "first", tmp_path / "home"), three_nights / "night-1" / "landing")
    unread = replace(source, read=lambda _: pytest.fail("a file was read"))
    day = SERIES[0] + timedelta(days=1)  # on which none of the files has its turn to be proved
    tables, (read, standardised) = run_source(unread, night, day)
    assert read.rows > 0
    assert standardised.rows > 0
    assert not any(taken.in_full for taken in (read, standardised))
    former = night.store(SERIES[0])
    assert_same_tables(tables, {name: former.scan(name).collect() for name in tables})


def spoil(name: str):
    """Change a byte of a table."""

    def change(store):
        content = bytearray(store.path(name).read_bytes())
        content[len(content) // 2] ^= 1
        store.path(name).write_bytes(content)

    return change


def stamp_again(store, name: str, frame: pl.DataFrame) -> None:
    """Write another table as if the night had made it."""
    stamp = read_stamps(store)[name]
    change_stamps(store, {name: replace(stamp, digest=file_digest(store.write(name, frame)))})


def spoil_basis(store) -> None:
    """Stamp a table as made by another version."""
    change_stamps(store, {name: replace(stamp, basis="another version") for name, stamp in read_stamps(store).items()})


NOT_RELIED_ON = [
    pytest.param(spoil("core_court__orders"), {}, "is not as it was written", id="a table is damaged"),
    pytest.param(
        lambda store: store.path("core_court__orders").unlink(),
        {},
        "is not as it was written",
        id="a table is gone",
        marks=pytest.mark.long,
    ),
    pytest.param(lambda store: (store.folder / STAMPS).unlink(), {}, "no stamp", id="there are no stamps"),
    pytest.param(
        lambda store: (store.folder / STAMPS).write_text("{"),
        {},
        "no stamp",
        id="stamps cut short",
        marks=pytest.mark.long,
    ),
    pytest.param(lambda store: shutil.rmtree(store.folder), {}, "no tables", id="the night is no longer kept"),
    pytest.param(lambda store: None, {"limits": {"rows": 9_999}}, "other code", id="other limits"),
    pytest.param(spoil_basis, {}, "other code", id="other code", marks=pytest.mark.long),
    pytest.param(lambda store: None, {"is_full": True}, "asked for", id="a full night was asked for"),
    pytest.param(
        lambda store: stamp_again(store, "raw_court__results", store.scan("raw_court__results").collect().head(5)),
        {},
        "not made from the tables",
        id="raw tables were read again and the core tables were not",
    ),
]


@pytest.mark.parametrize(("between", "changed", "why"), NOT_RELIED_ON)
def test_what_can_not_be_relied_on_is_done_in_full_and_it_says_why(between, changed, why, second_night, full_court):
    tables, (_, standardised) = second_night(COURT, between, **changed)
    assert why in standardised.in_full
    assert standardised.rows == 0
    assert_same_tables(tables, full_court)


def test_the_operator_reads_of_each_of_these_what_is_done_again():
    page = (Path(__file__).parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")
    assert all(f"\n| {case.id} | " in page for case in NOT_RELIED_ON)


def test_a_record_that_is_not_what_doing_it_again_gives_ends_all_reuse_of_that_night(
    second_night, full_court, monkeypatch
):
    stores = []

    def between(store):
        stores.append(store)
        stamp_again(
            store, "core_court__orders", store.scan("core_court__orders").with_columns(sex=pl.lit("unknown")).collect()
        )

    monkeypatch.setattr("assets.reuse.PROVED_IN", 1)  # all are proved
    tables, (_, standardised) = second_night(COURT, between)
    assert "standardising records of court again gives other orders" in standardised.in_full
    assert not (stores[0].folder / STAMPS).exists()
    assert_same_tables(tables, full_court)


def test_a_reading_that_is_not_what_reading_again_gives_ends_all_reuse_of_that_night(
    three_nights, tmp_path, monkeypatch
):
    night = night_over(copy_of(three_nights / "first", tmp_path / "home"), three_nights / "night-1" / "landing")
    store = night.store(SERIES[0])
    kept = store.scan("raw_court__results").with_columns(defendant_name=pl.lit("Ann Other")).collect()
    stamp_again(store, "raw_court__results", kept)
    monkeypatch.setattr("assets.reuse.PROVED_IN", 1)
    tables, (read, _) = run_source(COURT, night, SERIES[1])
    assert "reading court:2026-10-31:r1 again" in read.in_full
    assert "Ann Other" not in tables["raw_court__results"]["defendant_name"]


@pytest.mark.parametrize("source", EACH_SOURCE)
def test_the_year_alone_of_the_night_counts_for_what_a_record_gives(source, three_nights):
    store = TableStore(three_nights / "first" / "tables" / str(SERIES[0]))
    raw = {table.name: store.scan(table.name) for table in source.raw_tables}
    last_day = source.standardise(raw, date(SERIES[0].year, 12, 31))
    for name, frame in source.standardise(raw, SERIES[0]).items():
        assert_frame_equal(frame, last_day[name])


@pytest.mark.long
def test_a_night_that_took_over_has_the_content_of_a_full_night(three_nights, tmp_path):
    home = Home(copy_of(three_nights / "home", tmp_path / "home"))
    before = list_runs(home)[-1]
    assert before.steps["core_pnd"].taken_over > 0
    landing = three_nights / f"night-{len(SERIES)}" / "landing"
    said = command("nightly", "--landing", landing, "--as-of", SERIES[-1], "--full", home=home.path)
    assert said.exit_code == 3, said.stderr
    after = list_runs(home)[-1]
    assert after.steps["core_pnd"].in_full == "a full night was asked for"
    assert after.release_id == before.release_id  # another content would be a revision, or refused


@pytest.fixture(scope="module")
def snapshots(three_nights, made_once) -> Path:
    """All files of the three nights in one landing folder, and a revision of a delivery of the PND."""

    def make(folder: Path) -> None:
        for number in range(1, len(SERIES) + 1):
            shutil.copytree(three_nights / f"night-{number}" / "landing", folder, dirs_exist_ok=True)
        revised = folder / "pnd" / f"pnd_pole_{SERIES[1]}_r2.jsonl.gz"
        lines = gzip.decompress((folder / "pnd" / f"pnd_pole_{SERIES[1]}.jsonl.gz").read_bytes()).split(b"\n")
        revised.write_bytes(gzip.compress(b"\n".join(lines[7:])))

    return made_once("snapshots", make)


@pytest.mark.long
@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_series_of_nights_gives_what_full_nights_give(data, snapshots, tmp_path_factory):
    """Deliveries come late, are revised, withdrawn, and sent out of their order; limits change."""
    folder = tmp_path_factory.mktemp("series")
    days = sorted(data.draw(st.sets(st.dates(SERIES[0], SERIES[-1] + timedelta(days=20)), min_size=2, max_size=4)))
    for source in data.draw(st.lists(st.sampled_from(list(SOURCES.values())), min_size=1, max_size=2, unique=True)):
        files = sorted((snapshots / source.name).iterdir())
        for day in days:
            landing = folder / str(day) / "landing"
            (landing / source.name).mkdir(parents=True)
            for file in data.draw(st.sets(st.sampled_from(files))):
                shutil.copy(file, landing / source.name)
            limits = data.draw(st.sampled_from([{}, {}, {}, {"seconds": 800}]))
            ways = [
                night_over(folder / way, landing, limits=limits, is_full=way == "full")
                for way in ("incremental", "full")
            ]
            incremental, full = (run_source(source, night, day)[0] for night in ways)
            assert_same_tables(incremental, full)
