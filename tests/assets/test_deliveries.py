"""Which delivery counts tonight: the newest sound one, whatever else lies in the folder."""

import gzip
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.copies import replaced_folders
from assets.deliveries import take_in
from assets.sources import find_sources
from samples.nights import write_nights
from tests.support.spoil import keep_rows

NIGHT = date(2026, 11, 20)
SOURCES = {source.name: source for source in find_sources()}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    write_nights(folder, orders=12, seed=7, as_of=NIGHT)
    return folder / "landing"


@pytest.fixture
def landing(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "landing"))


def look(landing, source, *, as_of=NIGHT, known=None):
    return take_in(SOURCES[source], landing=landing, archive=landing.parent / "archive", as_of=as_of, known=known)


def states(intake):
    return dict(intake.deliveries.select("feed", "state").iter_rows())


def only_file(landing, source, ending):
    (path,) = (landing / source).glob(f"*{ending}")
    return path


def cut_in_half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("source", SOURCES)
def test_every_row_of_a_whole_night_is_kept(landing, source):
    deliveries = look(landing, source).deliveries.filter(pl.col("state") != "missing")
    assert deliveries.filter(pl.col("state") != "fresh").is_empty()
    assert deliveries.get_column("rows_read").sum() > 0
    balance = pl.col("rows_kept") + pl.col("rows_quarantined") + pl.col("rows_duplicate")
    assert deliveries.filter(pl.col("rows_read") != balance).is_empty()


def test_a_source_that_sent_nothing_is_missing_and_gives_no_rows(tmp_path):
    intake = look(tmp_path / "landing", "pnd")
    assert states(intake) == {"pnd": "missing"}
    assert all(table.is_empty() for table in intake.tables.values())


def test_the_file_of_the_day_before_is_used_and_late_when_todays_has_not_come(landing):
    intake = look(landing, "pnd", as_of=date(2026, 11, 21))
    assert states(intake) == {"pnd": "late"}
    assert intake.deliveries.get_column("is_used").all()


@pytest.mark.parametrize(
    ("source", "as_of", "expected"),
    [
        pytest.param("pnd", date(2026, 12, 21), "late", id="nightly, a month old"),
        pytest.param("pnd", date(2026, 12, 22), "missing", id="nightly, older"),
        pytest.param("rocu", date(2027, 4, 30), "late", id="monthly, half a year old"),
        pytest.param("rocu", date(2027, 6, 30), "missing", id="monthly, older"),
    ],
)
def test_a_delivery_that_is_too_old_to_stand_for_its_feed_is_not_used(source, as_of, expected, landing):
    states_found = set(look(landing, source, as_of=as_of).deliveries.get_column("state"))
    assert states_found - {"missing"} == {expected} - {"missing"}


def test_a_delivery_of_a_later_date_is_not_read_for_an_earlier_night(landing):
    assert states(look(landing, "pnd", as_of=date(2026, 11, 19))) == {"pnd": "missing"}


def test_a_monthly_return_is_fresh_through_the_month_after_its_own_and_late_from_then_on(landing):
    def state_on(day):
        return set(look(landing, "rocu", as_of=day).deliveries.filter(pl.col("is_used")).get_column("state"))

    assert state_on(date(2026, 12, 31)) == {"fresh"}
    assert state_on(date(2027, 1, 1)) == {"late"}


def test_a_cut_file_does_not_replace_the_good_one_of_the_night_before(landing):
    good = only_file(landing, "pnd", ".gz")
    bad = good.with_name(good.name.replace("2026-11-20", "2026-11-21"))
    shutil.copy(good, bad)
    cut_in_half(bad)
    intake = look(landing, "pnd", as_of=date(2026, 11, 21))
    used = dict(intake.deliveries.select("file_name", "is_used").iter_rows())
    assert used == {good.name: True, bad.name: False}
    assert set(intake.deliveries.get_column("state")) == {"late", "truncated"}


def test_the_archived_file_is_used_when_the_same_name_comes_again_and_is_cut(landing):
    rows = look(landing, "pnd").tables["raw_pnd__orders"].height
    cut_in_half(only_file(landing, "pnd", ".gz"))
    intake = look(landing, "pnd")
    assert intake.tables["raw_pnd__orders"].height == rows
    assert intake.deliveries.get_column("delivery_id").is_unique().all()


def sent_again_under_its_name(landing):
    """The PND's file is archived, then comes under its name without its last record: what was used of it first."""
    first = look(landing, "pnd")
    file = only_file(landing, "pnd", ".gz")
    file.write_bytes(gzip.compress(b"".join(gzip.decompress(file.read_bytes()).splitlines(keepends=True)[:-1])))
    (digest,) = first.deliveries.get_column("sha256")
    look(landing, "pnd", known=(known := {first.deliveries.item(0, "delivery_id"): {digest}}))
    return file, first, known


def test_what_a_release_rests_on_is_used_when_its_name_came_again_and_no_release_rests_on_that(landing):
    file, first, known = sent_again_under_its_name(landing)
    file.unlink()
    intake = look(landing, "pnd", known=known)
    assert all(intake.tables[name].equals(table) for name, table in first.tables.items())
    assert intake.deliveries.filter("is_used").get_column("sha256").to_list() == list(*known.values())


def test_a_revision_that_brings_back_what_was_replaced_counts(landing):
    file, first, known = sent_again_under_its_name(landing)
    (replaced,) = (landing.parent / "archive" / "pnd").glob("*/*")
    assert replaced.name == file.name
    shutil.copy(replaced, file.with_name(file.name.replace(".jsonl", "_r2.jsonl")))
    used = look(landing, "pnd", known=known).deliveries.filter("is_used")
    assert used.select("revision", "sha256").rows() == [(2, *first.deliveries.get_column("sha256"))]


def test_a_replaced_delivery_keeps_its_companion_and_the_last_replaced_counts_first(landing):
    archive = landing.parent / "archive" / "court"
    file, sent = only_file(landing, "court", ".csv"), []
    for rows in (5, 4, 3):
        keep_rows(file, rows)
        sent.append((file.read_bytes(), file.with_name(f"{file.stem}.manifest.json").read_bytes()))
        look(landing, "court")
    folders = [archive, *replaced_folders(archive)]
    kept = [(only_file(folder, "", ".csv"), only_file(folder, "", ".json")) for folder in folders]
    assert [(csv.read_bytes(), manifest.read_bytes()) for csv, manifest in kept] == sent[::-1]


def test_the_readable_rest_of_a_cut_file_goes_on_when_there_is_no_other(landing):
    cut_in_half(only_file(landing, "pnd", ".gz"))
    intake = look(landing, "pnd")
    assert states(intake) == {"pnd": "truncated"}
    assert sum(table.height for table in intake.tables.values()) > 0


def test_the_highest_revision_of_a_date_counts(landing):
    first = only_file(landing, "pnd", ".gz")
    lines = gzip.decompress(first.read_bytes()).splitlines(keepends=True)
    second = first.with_name(first.name.replace(".jsonl", "_r2.jsonl"))
    second.write_bytes(gzip.compress(b"".join(lines[:-1])))
    (used,) = look(landing, "pnd").deliveries.filter(pl.col("is_used")).get_column("file_name")
    assert used == second.name


def test_a_file_sent_again_changes_no_row(landing):
    workbook = min((landing / "rocu").glob("*.xlsx"))
    before = look(landing, "rocu").tables
    shutil.copy(workbook, workbook.with_name(workbook.stem + "_r2.xlsx"))
    intake = look(landing, "rocu")
    assert all(intake.tables[name].equals(table) for name, table in before.items())
    assert intake.deliveries.filter(pl.col("state") == "repeated").height == 1


def test_an_old_file_under_a_new_date_is_used_and_late_with_its_reason(landing):
    look(landing, "pnd")
    file = only_file(landing, "pnd", ".gz")
    file.rename(file.with_name(file.name.replace("2026-11-20", "2026-11-21")))
    intake = look(landing, "pnd", as_of=date(2026, 11, 21))
    (row,) = intake.deliveries.to_dicts()
    assert (row["state"], row["is_used"], row["dated_on"]) == ("late", True, date(2026, 11, 21))
    assert "very bytes of the delivery before it" in " ".join(row["faults"])


def test_a_delivery_that_can_not_be_used_is_put_aside_whole_and_only_looking_puts_nothing_aside(landing):
    bad = only_file(landing, "pnd", ".gz")
    cut_in_half(bad)
    aside = landing.parent / "quarantine" / "deliveries" / "pnd"
    archive = landing.parent / "archive"
    take_in(SOURCES["pnd"], landing=landing, archive=archive, as_of=NIGHT, keeps=False)
    assert not aside.exists()
    assert not archive.exists()
    look(landing, "pnd")
    (kept,) = aside.glob("*/*")
    assert (kept.name, kept.read_bytes()) == (bad.name, bad.read_bytes())


def test_a_file_of_another_source_in_the_folder_is_named_and_not_read(landing):
    stray = landing / "pnc" / only_file(landing, "pnd", ".gz").name
    shutil.copy(only_file(landing, "pnd", ".gz"), stray)
    deliveries = look(landing, "pnc").deliveries
    (message,) = deliveries.filter(pl.col("file_name") == stray.name).get_column("faults").explode()
    assert "move it" in message
    assert deliveries.filter(pl.col("is_used")).height == 2


def test_an_empty_file_does_not_stop_the_other_feeds_of_its_source(landing):
    only_file(landing, "pnc", "ARREST_20261120.txt").write_bytes(b"")
    assert states(look(landing, "pnc")) == {"pnc_ancord": "fresh", "pnc_arrest": "empty"}
