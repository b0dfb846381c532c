import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from shares import one_in

from assets.sources.contract import Delivery, Reading
from assets.sources.rocu import SOURCE
from assets.sources.rocu_headings import sheet_kinds
from warehouse.codes import REGION_CODES

MONTH_END = date(2023, 11, 30)
NAME = "EMSOU_STRO_return_2023-11.xlsx"
DATA = Path(__file__).with_name("data")
SURNAME = "Quillfeather"

Rows = list[list[Any]]

HEADINGS = ["Nominal", "DOB", "PNC ID", "Force", "Order Type", "Interim/Full", "Date Obtained", "End Date", "Court"]
PERSON = [
    f"Jon {SURNAME}",
    date(1990, 5, 17),
    None,
    "33",
    "STRO",
    "Full",
    date(2022, 1, 3),
    None,
    "Leicester MC",
]
ARREST_HEADINGS = ["Nominal", "DOB", "PNC ID", "Date of arrest", "Offence", "Custody ref"]
ARREST = [f"Jon {SURNAME}", "17/05/1990", None, date(2021, 4, 5), "Arson endangering life", "33/CU/2021/000001"]


def workbook(path: Path, sheets: dict[str, Rows], change: Callable[[openpyxl.Workbook], object] | None = None) -> Path:
    """Write a workbook; `None` cells stay empty."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    book.save(path)
    return path


def read_file(path: Path) -> Reading:
    feed = next(feed for feed in SOURCE.feeds if feed.pattern.fullmatch(path.name))
    return SOURCE.read(Delivery(feed, path, MONTH_END, 1))


def read(
    folder: Path,
    orders: Rows,
    arrests: Rows | None = None,
    change: Callable[[openpyxl.Workbook], object] | None = None,
) -> Reading:
    history: Rows = [ARREST_HEADINGS, ARREST] if arrests is None else arrests
    return read_file(workbook(folder / NAME, {"Orders": orders, "Offending": history}, change))


def core(reading: Reading) -> dict[str, pl.DataFrame]:
    return SOURCE.standardise({name: table.lazy() for name, table in reading.tables.items()}, MONTH_END)


def codes(reading: Reading) -> set[str]:
    return {fault.code for fault in reading.faults}


def row(**values: Any) -> list[Any]:
    return [
        values.get(heading.lower().replace(" ", "_").replace("/", "_"), value)
        for heading, value in zip(HEADINGS, PERSON, strict=True)
    ]


def raw_orders(reading: Reading) -> pl.DataFrame:
    return reading.tables["raw_rocu__orders"]


def cut(path: Path) -> None:
    content = workbook(path, {"Orders": [HEADINGS, PERSON]}).read_bytes()
    path.write_bytes(content[: len(content) // 2])


def damaged(path: Path) -> None:
    content = bytearray(workbook(path, {"Orders": [HEADINGS, *[PERSON] * 200]}).read_bytes())
    middle = content.index(b"xl/worksheets/sheet1.xml") + 100
    content[middle : middle + 50] = bytes(50)
    path.write_bytes(content)


def in_no_encoding(path: Path) -> None:
    workbook(path, {"Orders": [HEADINGS, PERSON]})
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].partition(b"?>")[2] or parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = b'<?xml version="1.0" encoding="UPF-8"?>' + sheet
    with ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def with_macros(path: Path) -> None:
    book = xlsxwriter.Workbook(path.with_suffix(".xlsm"))
    book.add_worksheet("Orders").write_row(0, 0, HEADINGS)
    project = path.with_name("vbaProject.bin")
    project.write_bytes(b"\xd0\xcf\x11\xe0")
    book.add_vba_project(project)
    book.close()
    path.with_suffix(".xlsm").rename(path)


def zipped_text(path: Path) -> None:
    with ZipFile(path, "w") as archive:
        archive.writestr("return.csv", "Nominal,DOB")


def with_a_far_cell(path: Path) -> None:
    workbook(path, {"Orders": [HEADINGS, PERSON]}, lambda book: book["Orders"].cell(1_048_576, 16_384, "x"))


@pytest.mark.parametrize(
    ("write", "code"),
    [
        pytest.param(lambda path: path.write_bytes(b""), "empty", id="a file without a byte"),
        pytest.param(
            lambda path: path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(2000)),
            "password_protected",
            id="a workbook with a password",
        ),
        pytest.param(lambda path: path.write_text("Nominal,DOB\n"), "not_a_workbook", id="a CSV under the wrong name"),
        pytest.param(zipped_text, "not_a_workbook", id="an archive that is no workbook"),
        pytest.param(cut, "cut_short", id="a workbook cut in the middle"),
        pytest.param(damaged, "cut_short", id="a workbook with a damaged sheet"),
        pytest.param(in_no_encoding, "cut_short", id="a sheet in an encoding that does not exist"),
        pytest.param(with_macros, "macro_workbook", id="a workbook with macros"),
        pytest.param(with_a_far_cell, "too_large", id="a stray cell in the far corner"),
    ],
)
def test_a_file_that_is_unfit_is_refused_with_what_to_do(
    tmp_path: Path, write: Callable[[Path], object], code: str
) -> None:
    write(tmp_path / NAME)
    reading = read_file(tmp_path / NAME)
    assert codes(reading) == {code}
    assert not reading.is_sound
    assert reading.rows_kept == 0
    assert reading.is_balanced
    assert "sk the unit" in reading.faults[0].message


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        pytest.param({"Notes": [["Nothing to report this month"]]}, "no_orders_sheet", id="no headings at all"),
        pytest.param({"Offending": [ARREST_HEADINGS, ARREST]}, "no_orders_sheet", id="no orders sheet"),
        pytest.param({"Orders": [HEADINGS]}, "empty", id="headings and no rows"),
        pytest.param(
            {"Orders": [[*HEADINGS[:4], "Colour", *HEADINGS[5:]], PERSON]}, "missing_heading", id="no type of order"
        ),
        pytest.param({"Orders": [["Ref 1", *HEADINGS[1:]], PERSON]}, "missing_heading", id="no name"),
    ],
)
def test_a_return_without_what_every_return_needs_is_unsound(
    tmp_path: Path, sheets: dict[str, Rows], code: str
) -> None:
    reading = read_file(workbook(tmp_path / NAME, sheets))
    assert code in codes(reading)
    assert not reading.is_sound
    assert reading.is_balanced


@one_in(
    2,
    ("orders", "arrests", "change", "code", "kept"),
    [
        pytest.param([HEADINGS, PERSON], [["x"]], None, "no_arrests_sheet", 1, id="no offending history"),
        pytest.param(
            [[*HEADINGS, "Shoe size"], [*PERSON, 9]], None, None, "unknown_heading", 2, id="an unknown heading"
        ),
        pytest.param([HEADINGS, [*PERSON, "stray"]], None, None, "unknown_heading", 2, id="a column without a heading"),
        pytest.param(
            [["Nominall", *HEADINGS[1:6], "Dat Obtained", *HEADINGS[7:]], PERSON],
            None,
            None,
            "misspelt_heading",
            2,
            id="misspelt headings",
        ),
        pytest.param([[*HEADINGS, "DOB"], [*PERSON, None]], None, None, "heading_twice", 2, id="a heading twice"),
    ],
)
def test_an_oddity_is_reported_and_the_return_stays_sound(
    tmp_path: Path, orders: Rows, arrests: Rows | None, change: Any, code: str, kept: int
) -> None:
    reading = read(tmp_path, orders, arrests, change)
    assert code in codes(reading)
    assert reading.is_sound
    assert reading.rows_kept == kept
    assert raw_orders(reading).select("name", "order_type", "made_on").rows() == [(PERSON[0], "STRO", "2022-01-03")]
    assert all(SURNAME not in fault.message for fault in reading.faults)


def test_values_of_unknown_headings_are_kept(tmp_path: Path) -> None:
    reading = read(tmp_path, [[*HEADINGS, "Shoe size", "Shoe size"], [*PERSON, 9, 10]])
    assert json.loads(raw_orders(reading)["other_fields"].item()) == {"Shoe size": "9", "column K": "10"}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param([*PERSON[:-1], "x" * 1_000_000, None], "too_long", id="a cell of a million characters"),
        pytest.param([*PERSON, date(1991, 1, 1)], "heading_twice", id="two columns of one heading that differ"),
        pytest.param([SURNAME], "lone_value", id="a name and nothing else"),
    ],
)
def test_a_row_that_cannot_be_used_is_quarantined(tmp_path: Path, bad: list[Any], reason: str) -> None:
    # openpyxl cuts long texts, so the workbook is written with the other library.
    path = tmp_path / NAME
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("Orders")
    sheet.xls_strmax = 2_000_000
    for number, cells in enumerate([[*HEADINGS, "DOB"], [*PERSON, PERSON[1]], [*PERSON, None], bad]):
        sheet.write_row(number, 0, cells)
    book.close()
    reading = read_file(path)
    assert reading.quarantine.select("place", "reason_code").rows() == [("sheet Orders row 4", reason)]
    assert reading.rows_kept == 2
    assert reading.is_balanced
    assert reading.quarantine["row_text"].str.len_chars().max() <= 10_000  # type: ignore[operator]
    assert SURNAME not in reading.quarantine["reason"].item()


def test_titles_empty_rows_notes_and_totals_are_no_rows(tmp_path: Path) -> None:
    orders: Rows = [
        ["EMSOU – slavery and trafficking orders return"],
        ["OFFICIAL-SENSITIVE"],
        [],
        HEADINGS,
        PERSON,
        [],
        HEADINGS,
        PERSON,
        [None, None, None, None, None, "n/k", None, None, "-"],
        ["Total", 2],
        ["N.B. some dates awaited from force"],
        ["Return completed by the intelligence unit"],
    ]
    reading = read(tmp_path, orders)
    assert raw_orders(reading)["row_number"].to_list() == [5, 8]
    assert (reading.quarantine.height, reading.faults) == (0, ())


LIKE_WORDS = (
    "N. B. Brown", "NB", "Total", "Total Ali", "Grand Total", "Notes: A Man", "Notes: Ali", "Key, Ann", "Please Adams",
    "Nil Return", "Page 1 Smith", "Example Jones", "See Above", "* Smith", "ann of the green hills by the sea",
)  # fmt: skip


@one_in(2, "born", [date(1990, 5, 17), "17/05/1990", "17 May 90", "33010"])
@pytest.mark.parametrize("further", [{}, {"type": "STRO"}], ids=["birth alone", "birth and type"])
def test_who_has_a_date_of_birth_is_counted_whatever_the_words(tmp_path: Path, born: Any, further: Any) -> None:
    people = [[name, born, None, None, further.get("type"), None, None, None, None] for name in LIKE_WORDS]
    reading = read(tmp_path, [HEADINGS, PERSON, *(row for person in people for row in (person, PERSON))])
    texts = " | ".join([*raw_orders(reading)["name"], *reading.quarantine["row_text"]])
    assert [name for name in LIKE_WORDS if name not in texts] == []
    assert reading.rows_read == 1 + 2 * len(LIKE_WORDS) + 1  # with an arrest
    assert reading.is_balanced


@pytest.mark.parametrize(
    "headings",
    [
        pytest.param([*HEADINGS, SURNAME], id="unknown heading"),
        pytest.param([*HEADINGS[:-2], f"{SURNAME} end", *HEADINGS[-1:]], id="heading of a date that is not known"),
        pytest.param([*HEADINGS, "DOB"], id="a heading twice"),
    ],
)
def test_no_name_of_a_sheet_and_no_heading_stands_in_a_fault(tmp_path: Path, headings: list[str]) -> None:
    sheet: Rows = [headings, [*PERSON[:7], date(2027, 1, 3), PERSON[8], date(2020, 2, 3)][: len(headings)]]
    reading = read_file(workbook(tmp_path / NAME, {f"{SURNAME} 1": sheet, f"{SURNAME} 2": [["no", "headings"]]}))
    assert reading.faults
    assert all(SURNAME not in fault.message for fault in reading.faults)


def test_the_key_of_a_row_is_its_place_as_excel_shows_it(tmp_path: Path) -> None:
    orders = core(read(tmp_path, [["Title"], [], HEADINGS, PERSON, PERSON]))["orders"]
    assert orders["source_key"].to_list() == [f"{NAME}#Orders#4", f"{NAME}#Orders#5"]


def test_two_sheets_of_orders_are_both_read(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {
        "North": [HEADINGS, PERSON],
        "South": [HEADINGS, PERSON],
        "History": [ARREST_HEADINGS, ARREST],
    }
    reading = read_file(workbook(tmp_path / NAME, sheets))
    assert raw_orders(reading)["sheet_name"].to_list() == ["North", "South"]


def test_a_merged_cell_belongs_to_all_its_rows(tmp_path: Path) -> None:
    reading = read(
        tmp_path, [HEADINGS, PERSON, row(nominal=None)], change=lambda book: book["Orders"].merge_cells("A2:A3")
    )
    assert raw_orders(reading)["name"].to_list() == [PERSON[0], PERSON[0]]


def test_a_formula_gives_its_value_and_an_error_is_no_blank(tmp_path: Path) -> None:
    path = tmp_path / NAME
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Orders")
    sheet.write_row(0, 0, ["Nominal", "Order Type", "Force", "Court", "Breaches"])
    sheet.write_row(1, 0, ["Jon Smith"])
    sheet.write_formula(1, 1, '="ST"&"RO"', None, "STRO")
    sheet.write_number(1, 2, 33.0)
    sheet.write_formula(1, 3, "=NA()", None, "#N/A")
    sheet.write_boolean(1, 4, False)
    book.close()
    (found,) = raw_orders(read_file(path)).select("order_type", "force", "court", "breaches").rows()
    assert found == ("STRO", "33", "#NA", "false")


LAYOUTS = [
    pytest.param(["Nominal", "Order Type"], [f"Jon {SURNAME}", "STRO"], id="whole name"),
    pytest.param(["Surname", "Forename(s)", "Type of order"], [SURNAME, "Jon", "STRO"], id="surname and forenames"),
    pytest.param(
        ["No.", "NAME OF SUBJECT", "Stro / Stpo"],
        [1, f"{SURNAME.upper()}, Jon", "S&T Risk Order"],
        id="other case and signs",
    ),
]


@one_in(3, ("headings", "values"), LAYOUTS)
def test_layouts_give_the_same_person_and_type(tmp_path: Path, headings: list[str], values: list[Any]) -> None:
    orders = core(read(tmp_path, [[*headings, "DOB"], [*values, "17.05.90"]]))["orders"]
    assert orders.select("forenames", "surname", "order_type", "date_of_birth", "made_on").rows() == [
        ("Jon", SURNAME, "STRO", date(1990, 5, 17), None)
    ]


SHAPES = [
    pytest.param({}, {"is_interim": False}, id="no column for interim and no word of it"),
    pytest.param({"order_type": "Interim STRO"}, {"order_type": "STRO", "is_interim": True}, id="interim by type"),
    pytest.param({"interim": None}, {"is_interim": None}, id="a blank cell in a column for interim"),
    pytest.param({"interim": "I"}, {"is_interim": True}, id="interim by letter"),
    pytest.param({"interim": "full"}, {"is_interim": False}, id="full by word"),
    pytest.param({"made_on": "1st March 2019"}, {"made_on": date(2019, 3, 1)}, id="a date in words"),
    pytest.param({"made_on": date(2019, 3, 1)}, {"made_on": date(2019, 3, 1)}, id="an Excel date"),
    pytest.param({"start_on": "01.03.19"}, {"start_on": date(2019, 3, 1), "made_on": None}, id="only a start date"),
    pytest.param({"end_on": "indefinite"}, {"end_on": None, "is_until_further_order": True}, id="an indefinite end"),
    pytest.param({"length": "UFO"}, {"term_months": None, "is_until_further_order": True}, id="a length without end"),
    pytest.param({"length": "n/k", "end_on": "TBC"}, {"is_until_further_order": None}, id="an end not known"),
    pytest.param({"length": "3 yrs"}, {"term_months": 36}, id="years"),
    pytest.param({"length": 7}, {"term_months": 84}, id="a bare number of years"),
    pytest.param({"length_months": 24}, {"term_months": 24}, id="a length headed as months"),
    pytest.param({"force": "01"}, {"force_code": "01"}, id="a force with a leading zero"),
    pytest.param({"force": 1}, {"force_code": "01"}, id="a force that lost its leading zero"),
    pytest.param({"force": "33.0"}, {"force_code": "33"}, id="a force that another program made a fraction"),
    pytest.param({"force": "Leicestershire"}, {"force_code": "33"}, id="a force by its name"),
    pytest.param({"county_lines": "y"}, {"is_county_lines": True}, id="county lines"),
    pytest.param({"county_lines": None}, {"is_county_lines": None}, id="county lines not reported"),
    pytest.param({"breaches": 2}, {"breach_count": 2}, id="breaches"),
    pytest.param({"status": "Expired"}, {"recorded_status": "expired"}, id="a status"),
    pytest.param({"occurrence_ref": 332063453421}, {"occurrence_ref": "332063453421"}, id="a reference as number"),
    pytest.param({}, {"recorded_on": MONTH_END}, id="the state at the end of the month"),
]
REJECTED = [
    pytest.param({"made_on": "03/2019"}, "made_on", "partial_date", id="a partial date"),
    pytest.param({"made_on": "soon"}, "made_on", "unreadable_date", id="no date"),
    pytest.param({"interim": "maybe"}, "is_interim", "unknown_code", id="neither interim nor full"),
    pytest.param({"length": "a while"}, "term_months", "bad_format", id="no length"),
    pytest.param({"force": "Ruritania"}, "force_code", "unknown_code", id="an unknown force"),
    pytest.param({"breaches": "Y"}, "breach_count", "bad_format", id="breaches not counted"),
    pytest.param({"county_lines": "perhaps"}, "is_county_lines", "unknown_code", id="neither yes nor no"),
    pytest.param({"order_type": "ASBO"}, "order_type", "unknown_code", id="another kind of order"),
]
SENT: list[dict[str, Any]] = [case.values[0] for case in (*SHAPES, *REJECTED)]


def write_one_order(path: Path, fields: dict[str, Any]) -> Path:
    headings = {
        "interim": "Interim/Full",
        "length_months": "Length (months)",
        "date_of_birth": "DOB",
        "name": "Nominal",
        "start_on": "Start date",
        "end_on": "End date",
    }
    values = {"name": "Jon Smith", "order_type": "STRO", "date_of_birth": "17/05/1990", **fields}
    titles = [headings.get(field, field.replace("_", " ")) for field in values]
    return workbook(path, {"Orders": [titles, list(values.values())]})


@pytest.fixture(scope="module")
def read_order(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, Any]], tuple[dict[str, Any], list]]:
    """An order of `SENT` as it is read, and what of it was rejected: all returns, of one order each, read together."""
    names = [f"ERSOU_STRO_return_2023-11_r{place}.xlsx" for place in range(1, len(SENT) + 1)]
    folder = tmp_path_factory.mktemp("returns")
    readings = [read_file(write_one_order(folder / name, sent)) for name, sent in zip(names, SENT, strict=True)]
    raw = {table.name: pl.concat(reading.tables[table.name] for reading in readings) for table in SOURCE.raw_tables}
    tables = SOURCE.standardise({name: rows.lazy() for name, rows in raw.items()}, MONTH_END)

    def read_one(fields: dict[str, Any]) -> tuple[dict[str, Any], list]:
        own = pl.col("source_key").str.starts_with(f"{names[SENT.index(fields)]}#")
        rejected = tables["rejected_values"].filter(own).select("field", "reason_code").rows()
        return tables["orders"].filter(own).row(0, named=True), rejected

    return read_one


@pytest.mark.parametrize(("fields", "expected"), SHAPES)
def test_an_order_in_the_canonical_shape(read_order, fields: dict[str, Any], expected: dict[str, Any]) -> None:
    found, rejected = read_order(fields)
    assert {name: found[name] for name in expected} == expected
    assert rejected == []


@pytest.mark.parametrize(("fields", "field", "reason"), REJECTED)
def test_a_value_that_cannot_be_read_is_rejected_with_its_reason(
    read_order, fields: dict[str, Any], field: str, reason: str
) -> None:
    found, rejected = read_order(fields)
    assert found[field] is None
    assert rejected == [(field, reason)]


def test_a_partial_date_is_shown_in_one_form(tmp_path: Path) -> None:
    tables = core(read(tmp_path, [["Nominal", "Order type", "Date made"], ["Jon Smith", "STRO", "03/2019"]]))
    assert tables["rejected_values"]["value"].to_list() == ["2019-03"]


def test_conditions_of_one_cell_are_parted(tmp_path: Path) -> None:
    cell = "Agree to regular property inspections; No transport of workers"
    tables = core(read(tmp_path, [["Nominal", "Order type", "Conditions"], ["Jon Smith", "STRO", cell]]))
    assert tables["conditions"]["text"].to_list() == cell.split("; ")


@one_in(
    2,
    ("custody_ref", "force"),
    [
        pytest.param("33/CU/2019/000041", "33", id="a known force"),
        pytest.param("XX/CU/2019/000041", None, id="an unknown force"),
        pytest.param(None, None, id="no reference"),
    ],
)
def test_the_force_of_an_arrest_begins_its_custody_reference(
    tmp_path: Path, custody_ref: str | None, force: str | None
) -> None:
    tables = core(read(tmp_path, [HEADINGS, PERSON], [ARREST_HEADINGS, [*ARREST[:-1], custody_ref]]))
    arrests = tables["arrests"]
    assert arrests.select("arrested_on", "offence_code", "force_code").rows() == [(date(2021, 4, 5), "CD71003", force)]
    assert tables["rejected_values"].is_empty()


@pytest.mark.parametrize(
    ("name", "region", "revision"),
    [
        pytest.param("EMSOU_STRO_return_2023-11.xlsx", "EMSOU", None, id="by code"),
        pytest.param("WMROCU_STRO_return_2023-11_r2.xlsx", "ROCUWM", "2", id="by alias, second revision"),
        pytest.param("ROCU WM_STRO_return_2023-11.xlsx", "ROCUWM", None, id="by alias of two words"),
        pytest.param("nersou_STRO_return_2023-11.xlsm", "NEROCU", None, id="in small letters, with macros"),
    ],
)
def test_one_feed_knows_a_units_files(name: str, region: str, revision: str | None) -> None:
    found = [(feed, match) for feed in SOURCE.feeds if (match := feed.pattern.fullmatch(name))]
    ((feed, match),) = found
    assert (feed.region_code, feed.name, match["revision"]) == (region, f"rocu_{region}", revision)


def test_every_region_has_a_feed() -> None:
    assert {feed.region_code for feed in SOURCE.feeds} == set(REGION_CODES)


def test_nothing_sent_gives_empty_tables_in_shape(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"")
    assert all(table.is_empty() for table in core(read_file(tmp_path / NAME)).values())


def test_substantive_and_required_fields_are_fields() -> None:
    for kind in sheet_kinds():
        assert {*kind.required, *kind.substantive} <= set(kind.fields)


ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def cells(row: list[Any]) -> list[Any]:
    return [date.fromisoformat(cell) if ISO_DATE.fullmatch(str(cell)) else cell for cell in row]


def test_returns_as_three_units_send_them_are_read_whole(tmp_path: Path) -> None:
    readings = []
    for path in sorted(DATA.glob("*_return_*.json")):
        sheets = {name: [cells(row) for row in rows] for name, rows in json.loads(path.read_text("utf-8")).items()}
        readings.append(read_file(workbook(tmp_path / f"{path.stem}.xlsx", sheets)))
    assert sum(reading.quarantine.height for reading in readings) == 0
    assert [reading.faults for reading in readings] == [()] * 3
    raw = {name: pl.concat([reading.tables[name] for reading in readings]).lazy() for name in readings[0].tables}
    tables = SOURCE.standardise(raw, MONTH_END)
    found = tables["orders"].select("source_key", "surname", "order_type", "made_on", "end_on", "force_code")
    assert found.sort("source_key").rows() == [
        ("EMSOU_STRO_return_2023-11.xlsx#Orders#2", "Adeyemi", "STRO", date(2020, 1, 31), date(2023, 1, 30), "33"),
        ("EMSOU_STRO_return_2023-11.xlsx#Orders#3", "Tanner", "STRO", date(2020, 1, 31), date(2024, 1, 30), "33"),
        ("EMSOU_STRO_return_2023-11.xlsx#Orders#4", "Adeyemi", "STRO", date(2019, 9, 8), date(2020, 1, 31), "33"),
        ("EMSOU_STRO_return_2023-11.xlsx#Orders#5", "Adeyemi", "STRO", date(2020, 1, 31), date(2022, 1, 31), "33"),
        ("ERSOU_STRO_return_2023-11.xlsx#STRO STPO#5", "Dinu", "STPO", date(2017, 2, 24), date(2019, 2, 24), "46"),
        ("ERSOU_STRO_return_2023-11.xlsx#STRO STPO#6", "Dinu", "STPO", date(2017, 8, 18), date(2024, 8, 18), "46"),
        ("ERSOU_STRO_return_2023-11.xlsx#STRO STPO#7", "Savage", "STRO", date(2017, 1, 9), date(2017, 2, 24), "46"),
        ("LONDON_STRO_return_2023-11.xlsx#Sheet1#3", "Penrose", "STPO", date(2020, 8, 28), date(2030, 8, 28), "48"),
        ("LONDON_STRO_return_2023-11.xlsx#Sheet1#4", "Penrise", "STPO", date(2020, 8, 28), date(2027, 8, 27), "48"),
        ("LONDON_STRO_return_2023-11.xlsx#Sheet1#5", "Loxley", "STPO", date(2020, 8, 28), date(2030, 8, 27), "48"),
    ]
    assert tables["arrests"].height == 14
