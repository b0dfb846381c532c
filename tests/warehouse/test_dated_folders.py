"""Folders named by a day: their order, and what a crash leaves."""

from datetime import date
from pathlib import Path

import pytest

from warehouse.dated_folders import BUILDING, MANIFEST, DatedFolders, changed_files, day_in
from warehouse.disk import file_digest

DAY = date(2026, 11, 20)


@pytest.fixture
def folders(tmp_path: Path) -> DatedFolders:
    return DatedFolders(tmp_path, "r")


def build(folders: DatedFolders, text: str, *, name: str | None = None) -> Path:
    with folders.building() as building:
        (building / "file").write_text(text)
        return folders.put_in_place(building, name or folders.next_name(DAY), {"text": text})


def test_what_else_is_made_for_a_day_is_numbered_on_and_other_kinds_do_not_count(folders: DatedFolders) -> None:
    (folders.place / "m2026-11-20.7").mkdir()
    (folders.place / "r2026-11-20.9.old").mkdir()
    made = [build(folders, str(number)).name for number in range(11)]
    assert (made[0], made[1], made[10]) == ("r2026-11-20", "r2026-11-20.2", "r2026-11-20.11")
    assert folders.names() == made
    assert folders.names(date(2026, 11, 19)) == []
    assert {day_in(name) for name in made} == {DAY}


def test_a_folder_put_in_the_place_of_another_leaves_no_trace_of_it(folders: DatedFolders) -> None:
    place = build(folders, "former")
    build(folders, "new", name=place.name)
    assert (place / "file").read_text() == "new"
    assert '"text": "new"' in (place / MANIFEST).read_text()
    assert not list(folders.place.glob(f"{BUILDING}*"))


def test_what_a_crash_left_goes_with_the_next_writer(folders: DatedFolders) -> None:
    (folders.place / f"{BUILDING}half").mkdir()
    folders.remove(build(folders, "whole").name)
    assert folders.names() == []
    assert [path.name for path in folders.place.iterdir()] == [".lock"]


def test_a_file_that_is_gone_or_differs_is_named(folders: DatedFolders) -> None:
    place = build(folders, "as it was")
    digests = {"file": file_digest(place / "file"), "other": "0"}
    assert changed_files(place, digests) == ["other"]
    (place / "file").write_text("changed")
    assert changed_files(place, digests) == ["file", "other"]


def test_no_day_is_read_from_another_name() -> None:
    with pytest.raises(LookupError, match="CURRENT"):
        day_in("CURRENT")
