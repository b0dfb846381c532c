"""A pack that comes back, as workbook and as CSV: what is read of it, and what is refused with the cell it is in."""

import csv
import io
from datetime import UTC, date, datetime

import openpyxl
import polars as pl
import pytest

from ledger.packs.columns import COLUMNS
from ledger.packs.handing import write_csv
from ledger.packs.log import Disclosure
from ledger.packs.workbook import Cover, write_workbook
from review.packs.answer_file import AnswerFileError, read_answer_file

PACK, TODAY = "DIS-0123456789ABCDEF", date(2026, 11, 27)
REFERENCES = ("ORD-1/d1", "ORD-1/d2", "ORD-2/d3")
MADE_AT = datetime(2026, 11, 20, tzinfo=UTC)
COVER = Cover(Disclosure("pnc_bureau", "desk", "x", "kim", MADE_AT, "r2026-11-20", "OFFICIAL"), PACK, "desk")
HEADING = 4


@pytest.fixture
def pack(tmp_path):
    """Makes the workbook or the CSV file of a pack with these cells filled in: by row of the lines, by title."""
    asked = [column.name for column in COLUMNS if not column.is_answer]
    lines = pl.DataFrame([dict.fromkeys(asked, "x") | {"reference": name} for name in REFERENCES])
    lines = lines.with_columns(handed_out_on=pl.lit(None, pl.String))

    def made(*rows, form="xlsx", name="Corrections"):
        path = tmp_path / f"pack.{form}"
        if form == "csv":
            write_csv(lines, path, marking="OFFICIAL", disclosure_id=PACK)
            fill_csv(path, rows)
            return path
        write_workbook(lines, path, COVER)
        book = openpyxl.load_workbook(path)
        sheet = book["Corrections"]
        places = {cell.value: cell.column for cell in sheet[HEADING]}
        for place, cells in enumerate(rows, HEADING + 1):
            for title, value in cells.items():
                sheet.cell(place, places[title], value)
        sheet.title = name
        book.save(path)
        return path

    return made


def fill_csv(path, rows):
    titles = {column.title: column.name for column in COLUMNS}
    lines = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    for line, cells in zip(lines, rows, strict=False):
        line.update({titles[title]: str(value) for title, value in cells.items()})
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows(lines)


def read(path, pack_id=PACK):
    return read_answer_file(path, disclosure_id=pack_id, references=REFERENCES, today=TODAY)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_answers_are_read_and_lines_without_one_are_left_out(pack, form):
    rows = ({"Corrected on": "2026-11-25", "Answered by": "R. Jones"}, {}, {"Disagree because": "Not our record"})
    reported = read(pack(*rows, form=form))
    assert reported.faults == ()
    assert reported.answers.select("reference", "corrected_on", "disagrees_because", "answered_by").rows() == [
        ("ORD-1/d1", date(2026, 11, 25), None, "R. Jones"),
        ("ORD-2/d3", None, "not_ours", None),
    ]


@pytest.mark.parametrize("typed", ["2026-11-25", "25/11/2026", "25 November 2026", date(2026, 11, 25)], ids=str)
def test_a_day_is_read_as_people_and_spreadsheets_write_it(pack, typed):
    assert read(pack({"Corrected on": typed})).answers.item(0, "corrected_on") == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("cells", "cell", "words"),
    [
        pytest.param({"Corrected on": "soon"}, "V5", "date", id="no day"),
        pytest.param({"Corrected on": "31 2 2026"}, "V5", "real date", id="a day that there is not"),
        pytest.param({"Corrected on": "2027-01-01"}, "V5", "future", id="a day to come"),
        pytest.param({"Disagree because": "we are busy"}, "W5", "Choose one of", id="no reason of the list"),
        pytest.param({"Corrected on": "2026-11-25", "Disagree because": "not our record"}, "W5", "one of", id="both"),
        pytest.param({"Remarks": "see file 7"}, "V5", "no answer", id="remarks alone"),
        pytest.param(
            {"Disagree because": "not our record", "Remarks": "x" * 501}, "Z5", "longer", id="remarks too long"
        ),
        pytest.param({"Our reference": "ORD-9/d9", "Corrected on": "2026-11-25"}, "A5", "no such line", id="not asked"),
        pytest.param({"Our reference": " ", "Corrected on": "2026-11-25"}, "A5", "no such line", id="no reference"),
    ],
)
def test_a_cell_that_can_not_be_taken_is_named_and_nothing_is_taken(pack, cells, cell, words):
    reported = read(pack(cells, {"Corrected on": "2026-11-25"}))
    assert [fault.cell for fault in reported.faults] == [cell]
    assert words in reported.faults[0].words
    assert reported.answers.is_empty()


def test_a_line_answered_twice_is_refused(pack):
    said = {"Corrected on": "2026-11-25"}
    (fault,) = read(pack(said, said | {"Our reference": REFERENCES[0]})).faults
    assert (fault.cell, "another row" in fault.words) == ("A6", True)


def test_what_else_was_changed_in_the_workbook_counts_for_nothing(pack):
    reported = read(pack({"Correct to": "=1+1", "Corrected on": "2026-11-25"}))
    assert set(reported.answers.columns) & {"asked", "held"} == set()
    assert reported.answers.height == 1


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_another_pack_is_refused_by_its_name(pack, form):
    with pytest.raises(AnswerFileError, match=PACK):
        read(pack({}, form=form), "DIS-FFFFFFFFFFFFFFFF")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "neither", id="an empty file"),
        pytest.param(b"PK\x03\x04 not really", "workbook", id="a damaged workbook"),
        pytest.param(b"\xff\xfe\x00a", "neither", id="neither a workbook nor text"),
        pytest.param(b"a,b\n1,2\n", "no heading", id="another table"),
        pytest.param(b"reference,remarks\n1,2\n", "no column", id="a column short"),
    ],
)
def test_a_file_that_is_no_pack_is_refused_with_what_is_expected(tmp_path, content, words):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(AnswerFileError, match=words):
        read(path)


def test_a_workbook_whose_sheet_was_renamed_is_refused(pack):
    with pytest.raises(AnswerFileError, match="no sheet"):
        read(pack({}, name="Tabelle1"))
