"""The files of a pack: whatever a source sent stands in them as text, under the marking, and nothing runs."""

import csv
import hashlib
from datetime import UTC, datetime
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.packs import workbook
from ledger.packs.columns import COLUMNS
from ledger.packs.handing import write_csv
from ledger.packs.log import Disclosure
from ledger.packs.workbook import Cover, TooManyLinesError, write_workbook
from warehouse.codes import DISAGREEMENTS
from warehouse.csv_text import LONGEST_CELL, for_cell, for_csv, plain

MARKING = "OFFICIAL-SENSITIVE & LAW ENFORCEMENT"
DISCLOSURE = Disclosure(
    owner="pnc_bureau",
    recipient="The records desk",
    reason="to have records corrected",
    disclosed_by="kim",
    disclosed_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    release_id="r2026-11-19",
    marking=MARKING,
)
COVER = Cover(DISCLOSURE, "DIS-1", "desk@example.test")
ASKED = [column.name for column in COLUMNS if not column.is_answer]
HOSTILE = (
    "=1+1", "+44 20 7946 0000", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "'quoted",
    '=cmd|" /C calc"!A0', '=HYPERLINK("https://example.test","x")', "https://example.test", "mailto:a@example.test", "file:///etc/passwd",
    "internal:Sheet1!A1", "<b>x</b>", "_x0041_", "a,b;c\"d'e", "{=1}", "\x00\x01", "\ufffe", "00000289", "1e5",
    "2026-11-20", "12/061254X", "TRUE", "#REF!", "&C&BHeader", "Đỗ Ngọc 🙂", "x" * 40_000,
)  # fmt: skip


def lines(*values):
    """Lines of which every column holds the value."""
    rows = [dict.fromkeys(ASKED, value) | {"severity": "high"} for value in values]
    return pl.DataFrame(rows, schema=dict.fromkeys(ASKED, pl.String))


def written(frame, folder):
    path = folder / "pack.xlsx"
    write_workbook(frame, path, COVER)
    return path


def cells(path, sheet="Corrections"):
    return list(openpyxl.load_workbook(path)[sheet].iter_rows(min_row=5))


def unescaped(text):
    """What openpyxl leaves as the file has it: signs that a spreadsheet writes by their numbers."""
    return openpyxl.utils.escape.unescape(text) if text else text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


def test_every_value_is_a_string_in_the_workbook_and_no_cell_a_formula_or_a_link(folder):
    path = written(lines(*HOSTILE), folder)
    for row, value in zip(cells(path), HOSTILE, strict=True):
        for cell, name in zip(row, ASKED, strict=False):
            assert (cell.data_type, cell.hyperlink) == ("s", None)
            assert unescaped(cell.value) == ("high" if name == "severity" else for_cell(value))
    with ZipFile(path) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/")]
        assert not [name for name in parts.namelist() if "externalLink" in name or "vba" in name.lower()]
    assert not [sheet for sheet in sheets if "<f>" in sheet or "<hyperlink" in sheet]


@given(st.lists(st.text(max_size=50), min_size=1, max_size=3))
def test_any_text_survives_both_files(folder, values):
    path = written(lines(*values), folder)
    shown = [unescaped(row[0].value) or "" for row in cells(path)]
    assert shown == [plain(value) for value in values]
    write_csv(lines(*values), folder / "pack.csv", marking=MARKING, disclosure_id="DIS-1")
    with (folder / "pack.csv").open(encoding="utf-8-sig", newline="") as file:
        read = [row["reference"] for row in csv.DictReader(file)]
    assert read == [for_csv(value) for value in values]


@given(st.text(max_size=20))
def test_nothing_in_the_csv_file_begins_like_a_formula_and_nothing_is_lost(value):
    shown = for_csv(value)
    assert not shown.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert shown in (plain(value), f"'{plain(value)}")


@pytest.mark.parametrize(
    "value", ["2026-11-20", "00000289", "2012/0612542N", "R000000001", "ORD-1/d", "Jana Maria", "", "O'Neill"]
)
def test_dates_keys_and_names_stay_as_they_are(value):
    assert (for_csv(value), for_cell(value)) == (value, value)


def test_a_text_longer_than_a_cell_says_that_it_was_cut():
    shown = for_cell("x" * (LONGEST_CELL + 1))
    assert len(shown) == LONGEST_CELL
    assert shown.endswith("the CSV file has all")
    assert for_cell("x" * LONGEST_CELL) == "x" * LONGEST_CELL


def test_the_marking_stands_on_every_sheet_and_page_and_on_every_line_of_the_csv_file(folder):
    book = openpyxl.load_workbook(written(lines("a", "b"), folder))
    assert book.sheetnames == ["Read me", "Corrections", "Columns"]
    for sheet in book:
        assert sheet["A1"].value == MARKING
        assert MARKING in (sheet.oddHeader.center.text or "").replace("&&", "&")
        assert MARKING in (sheet.oddFooter.center.text or "").replace("&&", "&")
        assert "DIS-1" in (sheet.oddFooter.left.text or "")
    write_csv(lines("a", "b"), folder / "pack.csv", marking=MARKING, disclosure_id="DIS-1")
    with (folder / "pack.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["marking"], row["disclosure_id"]) for row in rows] == [(MARKING, "DIS-1")] * 2


def test_the_lines_can_be_filtered_and_answered_from_a_list(folder):
    sheet = openpyxl.load_workbook(written(lines("a", "b"), folder))["Corrections"]
    assert [cell.value for cell in sheet[4]] == [column.title for column in COLUMNS]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("B5", "A4:Z6", "$1:$4")
    (validation,) = sheet.data_validations.dataValidation
    assert validation.formula1 == f'"{",".join(DISAGREEMENTS.values())}"'
    assert str(validation.sqref) == "W5:W6"


def test_the_first_sheet_says_what_it_is_and_the_last_what_each_column_means(folder):
    path = written(lines("a", "b"), folder)
    said = {row[0].value: row[1].value for row in openpyxl.load_workbook(path)["Read me"].iter_rows(min_row=4)}
    assert said["For"] == "PNC bureau"
    assert said["Received by"] == DISCLOSURE.recipient
    assert DISCLOSURE.reason in said["Handed out"]
    assert COVER.answers_to in said["How to answer"]
    assert "2 lines, 2 of high severity" in said["Made from"]
    reported = [tuple(cell.value for cell in row) for row in cells(path, "Columns")]
    assert reported == [(column.title, column.name, column.meaning) for column in COLUMNS]


def test_the_same_pack_is_the_same_files_byte_by_byte(folder):
    digests = {hashlib.sha256(written(lines("a"), folder).read_bytes()).hexdigest() for _ in range(2)}
    assert len(digests) == 1


def test_more_lines_than_a_sheet_holds_are_refused(folder, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_LINES", 1)
    with pytest.raises(TooManyLinesError, match="2 lines"):
        written(lines("a", "b"), folder)


def test_the_answers_fit_into_the_list_of_a_cell():
    assert len(",".join(DISAGREEMENTS.values())) <= 255
    assert not [answer for answer in DISAGREEMENTS.values() if "," in answer]
