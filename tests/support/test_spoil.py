import csv
import gzip
import hashlib
import io
import json
import shutil
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from samples.nights import write_nights
from tests.support import spoil


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    write_nights(folder, orders=40, seed=4)
    return folder / "landing"


@pytest.fixture
def landing(clean: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(clean, tmp_path / "landing"))


def only(landing: Path, pattern: str) -> Path:
    return min(landing.glob(pattern))


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


PNC, PND, COURT, ROCU = "pnc/PNC_ANCORD*.txt", "pnd/*.gz", "court/*.csv", "rocu/*.xlsx"


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        pytest.param(PNC, spoil.cut, id="a PNC file cut short"),
        pytest.param(PNC, spoil.cut_in_row, id="a PNC file cut in a row"),
        pytest.param(PNC, spoil.empty, id="an empty file"),
        pytest.param(PNC, spoil.drop_trailer, id="no trailer"),
        pytest.param(PNC, spoil.miscount_trailer, id="a wrong trailer"),
        pytest.param(PNC, spoil.insert_null_byte, id="a null byte"),
        pytest.param(PND, spoil.latin_1_documents, id="documents in Latin-1"),
        pytest.param(PND, spoil.break_document, id="a broken document"),
        pytest.param(COURT, spoil.insert_stray_quote, id="a stray quote"),
        pytest.param(COURT, spoil.add_column, id="a column more"),
        pytest.param(COURT, spoil.repeat_rows, id="rows sent twice"),
        pytest.param(ROCU, spoil.add_macros, id="macros"),
        pytest.param(ROCU, spoil.protect, id="a password"),
    ],
)
def test_a_fault_changes_the_file_and_always_in_the_same_way(
    clean: Path, landing: Path, pattern: str, fault: Callable[[Path], None]
) -> None:
    path = only(landing, pattern)
    before = path.read_bytes()
    fault(path)
    once = path.read_bytes()
    assert once != before
    shutil.copyfile(only(clean, pattern), path)
    if pattern == COURT:
        shutil.copytree(clean / "court", landing / "court", dirs_exist_ok=True)
    fault(path)
    assert path.read_bytes() == once


def test_a_cut_gzip_stream_cannot_be_unpacked(landing: Path) -> None:
    path = only(landing, PND)
    spoil.cut(path)
    with pytest.raises((EOFError, zlib.error)):
        gzip.decompress(path.read_bytes())


def test_a_cut_workbook_cannot_be_opened(landing: Path) -> None:
    path = only(landing, ROCU)
    spoil.cut(path)
    with pytest.raises(zipfile.BadZipFile):
        openpyxl.load_workbook(path)


def test_a_file_cut_in_a_row_ends_without_a_line_end(landing: Path) -> None:
    path = only(landing, PNC)
    spoil.cut_in_row(path)
    assert not path.read_bytes().endswith(b"\n")


def test_a_wrong_trailer_announces_more_than_there_is(landing: Path) -> None:
    path = only(landing, PNC)
    count = path.read_bytes().count(b"\r\nORD|")
    spoil.miscount_trailer(path, by=2)
    assert path.read_text(encoding="cp1252").splitlines()[-1].split("|")[1] == str(count + 2)


def test_text_in_another_encoding_holds_the_same_words(landing: Path) -> None:
    path = only(landing, COURT)
    words = path.read_bytes().decode("utf-8-sig")
    spoil.reencode(path, "utf-16")
    assert path.read_bytes().decode("utf-16") == words


def test_a_false_manifest_keeps_the_count_but_not_the_digest(landing: Path) -> None:
    path = only(landing, COURT)
    manifest = path.with_name(f"{path.stem}.manifest.json")
    before = json.loads(manifest.read_text())
    spoil.falsify_manifest(path)
    after = json.loads(manifest.read_text())
    assert after["rows"] == before["rows"]
    assert after["sha256"] != before["sha256"]


@pytest.mark.parametrize(
    ("fault", "headings"),
    [
        pytest.param(
            lambda path: spoil.drop_column(path, "sex"),
            lambda was: [x for x in was if x != "sex"],
            id="missing",
        ),
        pytest.param(spoil.add_column, lambda was: [*was, "hearing_type"], id="new"),
        pytest.param(lambda path: spoil.repeat_column(path, "sex"), lambda was: [*was, "sex"], id="twice"),
        pytest.param(
            lambda path: spoil.rename_column(path, "sex", "gender"),
            lambda was: ["gender" if x == "sex" else x for x in was],
            id="renamed",
        ),
    ],
)
def test_a_changed_column_leaves_whole_rows_and_a_fitting_manifest(
    landing: Path, fault: Callable[[Path], None], headings: Callable[[list[str]], list[str]]
) -> None:
    path = only(landing, COURT)
    before = table(path)
    fault(path)
    after = table(path)
    assert after[0] == headings(before[0])
    assert {len(row) for row in after} == {len(after[0])}
    manifest = json.loads(path.with_name(f"{path.stem}.manifest.json").read_text())
    assert manifest == {"rows": len(before) - 1, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def test_values_are_set_in_every_nth_row(landing: Path) -> None:
    path = only(landing, COURT)
    changed = spoil.set_values(path, "hearing_date", "2023-02-30", every=4)
    heading, *rows = table(path)
    assert [row[heading.index("hearing_date")] for row in rows].count("2023-02-30") == changed > 1


def test_fields_are_set_in_every_nth_record(landing: Path) -> None:
    path = only(landing, PNC)
    changed = spoil.set_field(path, "ORD", 7, "XXXX", every=4)
    assert path.read_text(encoding="cp1252").count("|XXXX|") == changed > 1


def test_a_huge_value_has_a_million_characters(landing: Path) -> None:
    path = only(landing, COURT)
    assert spoil.set_huge_value(path) == 1
    assert b"x" * spoil.HUGE in path.read_bytes()


def test_macros_are_found_in_a_workbook_that_still_opens(landing: Path) -> None:
    path = only(landing, ROCU)
    spoil.add_macros(path)
    assert "xl/vbaProject.bin" in zipfile.ZipFile(path).namelist()
    assert openpyxl.load_workbook(path).sheetnames


def test_a_protected_workbook_is_a_compound_file(landing: Path) -> None:
    path = only(landing, ROCU)
    spoil.protect(path)
    assert path.read_bytes().startswith(spoil.COMPOUND_FILE)
    assert not zipfile.is_zipfile(io.BytesIO(path.read_bytes()[:600]))


def test_a_heading_is_changed_in_the_workbook(landing: Path) -> None:
    path = only(landing, ROCU)

    def headings() -> list[object]:
        sheet = openpyxl.load_workbook(path).worksheets[0]
        return next(list(row) for row in sheet.iter_rows(values_only=True) if sum(cell is not None for cell in row) > 4)

    before = headings()
    spoil.change_heading(path, str(before[2]), "Something else")
    assert headings() == [*before[:2], "Something else", *before[3:]]


def test_a_second_revision_stands_beside_the_first_with_its_manifest(landing: Path) -> None:
    path = only(landing, COURT)
    second = spoil.send_again(path)
    assert second.name == path.stem + "_r2.csv"
    assert second.read_bytes() == path.read_bytes()
    assert second.with_name(f"{path.stem}_r2.manifest.json").exists()
    assert spoil.send_again(only(landing, PND), 3).name.endswith("_r3.jsonl.gz")


def test_a_misplaced_file_lies_in_the_folder_of_another_source(landing: Path) -> None:
    assert spoil.misplace(only(landing, PND), "court").parent.name == "court"


def test_a_return_may_bear_a_former_name_of_its_unit(landing: Path) -> None:
    assert spoil.rename_unit(only(landing, "rocu/NEROCU*"), "NERSOU").name == "NERSOU_STRO_return_2026-11.xlsx"


def test_a_dropped_manifest_is_gone(landing: Path) -> None:
    spoil.drop_manifest(only(landing, COURT))
    assert [path.suffix for path in (landing / "court").iterdir()] == [".csv"]
