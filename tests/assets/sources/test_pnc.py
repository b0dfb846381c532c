"""The PNC: what is read, what is put aside and why, what the rows mean."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shares import one_in

from assets.sources.contract import Delivery, Reading
from assets.sources.pnc import SOURCE, read
from warehouse.tables.core import CORE_TABLES

DATA = Path(__file__).with_name("data")
AS_OF = date(2023, 11, 30)
HEADER = "HDR|PNC|ANCORD|20231130|020000"
ORDER = (
    "ORD|00000001|20200131059J|128800/21L|SMITH-JONES/ANN MARIE|29101998|F|ISTRO|07102022|08102022|02032028|0506"
    "|LEICESTER MC|33|L|31102022"
)
ALIAS = "ALS|00000001|JONES/ANN|29101998"
CONDITION = "CON|00000001|1|NO BANK CARDS SAVE IN OWN NAME"
RECORDS = (ORDER, ALIAS, CONDITION)
ARREST = "ARR|2020/0131059J|2161EF0100000000001A|04042021|MS15001|61|NFA"


def trailer(records: tuple[str, ...], tag: str = "ORD") -> str:
    return f"TRL|{sum(record.startswith(tag) for record in records)}|{len(records)}"


def whole(records: tuple[str, ...]) -> str:
    return "\r\n".join((HEADER, *records, trailer(records), ""))


def read_text(folder: Path, text: str | bytes, name: str = "PNC_ANCORD_20231130.txt") -> Reading:
    feed = next(feed for feed in SOURCE.feeds if feed.pattern.fullmatch(name))
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("cp1252"))
    return read(Delivery(feed, path, AS_OF, 1))


def standardised(folder: Path, orders: str, arrests: str = "") -> dict[str, pl.DataFrame]:
    arrest_file = arrests or "HDR|PNC|ARREST|20231130|020000\r\nTRL|0|0\r\n"
    tables = {
        **read_text(folder, orders).tables,
        **read_text(folder, arrest_file, "PNC_ARREST_20231130.txt").tables,
    }
    return SOURCE.standardise({name: table.lazy() for name, table in tables.items()}, AS_OF)


def test_a_whole_file_is_kept_whole(tmp_path):
    reading = read_text(tmp_path, whole(RECORDS))
    assert (reading.rows_read, reading.rows_kept, reading.rows_declared) == (3, 3, 3)
    assert reading.is_sound
    assert reading.is_balanced
    assert reading.quarantine.is_empty()


@pytest.mark.parametrize(
    ("name", "feed", "revision"),
    [
        pytest.param("PNC_ANCORD_20231130.txt", "pnc_ancord", None, id="orders"),
        pytest.param("PNC_ARREST_20231130.txt", "pnc_arrest", None, id="arrests"),
        pytest.param("PNC_ANCORD_20231130_r2.txt", "pnc_ancord", "2", id="second revision"),
    ],
)
def test_a_file_name_belongs_to_a_feed(name, feed, revision):
    found = [(one.name, match["revision"]) for one in SOURCE.feeds if (match := one.pattern.fullmatch(name))]
    assert found == [(feed, revision)]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        pytest.param("", {"empty_file"}, id="nothing at all"),
        pytest.param("\r\n\r\n", {"empty_file"}, id="blank lines"),
        pytest.param(f"{HEADER}\r\nTRL|0|0\r\n", {"empty_file"}, id="header and trailer without records"),
        pytest.param("\r\n".join((*RECORDS, trailer(RECORDS))), {"no_header"}, id="no header"),
        pytest.param("\r\n".join((HEADER, *RECORDS)), {"no_trailer"}, id="header without a trailer"),
        pytest.param(whole(RECORDS).replace("TRL|1|3", "TRL|1|4"), {"trailer_count"}, id="a record too few"),
        pytest.param(whole(RECORDS).replace("TRL|1|3", "TRL|2|3"), {"trailer_count"}, id="an order too few"),
        pytest.param(whole(RECORDS).replace("TRL|1|3", "TRL|1"), {"trailer_unreadable"}, id="trailer cut short"),
        pytest.param(whole(RECORDS).replace("TRL|1|3", "TRL|x|y"), {"trailer_unreadable"}, id="trailer without counts"),
        pytest.param(whole(RECORDS).replace("20231130", "20231129"), {"date_differs"}, id="header of another day"),
        pytest.param(whole(RECORDS).replace("HDR|PNC", "HDR|PND"), {"wrong_source"}, id="header of another source"),
        pytest.param(whole(RECORDS).replace("ANCORD", "ARREST"), {"wrong_kind"}, id="header of the other kind"),
        pytest.param(whole(RECORDS).replace("|020000", ""), {"header_unreadable"}, id="header cut short"),
        pytest.param(whole(RECORDS) + CONDITION, {"after_trailer"}, id="a record after the trailer"),
        pytest.param(whole(RECORDS).encode("utf-16"), {"wrong_encoding"}, id="UTF-16 with a mark"),
        pytest.param(whole(RECORDS).encode("utf-16-le"), {"wrong_encoding"}, id="UTF-16 without a mark"),
        pytest.param(whole(RECORDS).encode("utf-8-sig"), {"wrong_encoding"}, id="UTF-8 with a mark"),
        pytest.param(
            whole(RECORDS).replace("SMITH", "ŞMITH").encode(), {"wrong_encoding"}, id="UTF-8 letters beyond ASCII"
        ),
        pytest.param(bytes(range(256)) * 4, {"no_header", "no_trailer"}, id="no text at all"),
    ],
)
def test_a_fault_of_the_file_is_reported_and_the_rows_that_can_be_read_go_on(tmp_path, content, codes):
    reading = read_text(tmp_path, content)
    assert {fault.code for fault in reading.faults} == codes
    assert not reading.is_sound
    assert reading.is_balanced
    if RECORDS[1] in str(content):
        assert reading.rows_kept == 3


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(CONDITION.replace("|1|", "|2|").replace("NAME", "N\x00ME"), "null_byte", id="null byte"),
        pytest.param("CON|00000001|2|NO\x81 CARDS", "undecodable", id="byte that is no Windows-1252"),
        pytest.param("XYZ|00000001|2|NO CARDS", "unknown_record_type", id="unknown record type"),
        pytest.param(ARREST, "unknown_record_type", id="record type of the other file"),
        pytest.param(HEADER, "unknown_record_type", id="second header"),
        pytest.param("CON|00000001|2", "field_count", id="too few fields"),
        pytest.param("CON|00000001|2|NO CARDS|MORE", "field_count", id="too many fields"),
        pytest.param("CON|00000001|2|" + "X" * 10_001, "too_long", id="field above 10,000 characters"),
        pytest.param(ORDER.replace("00000001", ""), "key_missing", id="order without a number"),
        pytest.param("CON|00000001||NO CARDS", "key_missing", id="condition without a sequence"),
        pytest.param("CON|00000001|one|NO CARDS", "key_missing", id="sequence that is no number"),
        pytest.param("CON|00000002|1|NO CARDS", "without_order", id="condition without its order"),
        pytest.param("ALS|00000002|JONES/ANN|", "without_order", id="alias without its order"),
        pytest.param(ORDER.replace("LEICESTER", "DERBY"), "key_reused", id="order number used again"),
        pytest.param("CON|00000001|1|NO CARDS", "key_reused", id="sequence used again"),
    ],
)
def test_a_record_that_cannot_be_read_is_put_aside_with_its_reason(tmp_path, bad, reason):
    records = (*RECORDS, bad)
    content = "\r\n".join((HEADER, *records, trailer(records), "")).encode("latin-1")
    reading = read_text(tmp_path, content)
    row = reading.quarantine.row(0, named=True)
    assert (row["reason_code"], row["place"], row["row_number"]) == (reason, "line 5", 5)
    assert len(row["row_text"]) == min(len(bad), 10_000)
    assert (reading.rows_kept, reading.quarantine.height) == (3, 1)
    assert reading.is_balanced
    assert reading.is_sound


def test_what_belongs_to_an_order_that_was_put_aside_goes_with_it(tmp_path):
    reading = read_text(tmp_path, whole((ORDER + "|MORE", ALIAS, CONDITION)))
    assert sorted(reading.quarantine["reason_code"]) == ["field_count", "without_order", "without_order"]


@given(start=st.integers(0, 1200), length=st.integers(0, 80), inserted=st.binary(max_size=8))
def test_no_damage_to_a_file_stops_the_reading_or_loses_a_row(tmp_path_factory, start, length, inserted):
    sound = whole((*RECORDS, ORDER.replace("00000001", "00000002"))).encode("cp1252")
    damaged = sound[:start] + inserted + sound[start + length :]
    assert read_text(tmp_path_factory.mktemp("damaged"), damaged).is_balanced


def test_exact_repeats_are_counted_once(tmp_path):
    reading = read_text(tmp_path, whole((*RECORDS, *RECORDS)))
    assert (reading.rows_kept, reading.rows_duplicate, reading.quarantine.height) == (3, 3, 0)
    assert reading.is_balanced


@pytest.mark.parametrize("ending", [pytest.param("\n", id="line feeds"), pytest.param("\r", id="carriage returns")])
def test_other_line_ends_are_read_alike(tmp_path, ending):
    reading = read_text(tmp_path, whole(RECORDS).replace("\r\n", ending))
    assert reading.rows_kept == 3
    assert reading.is_sound


def test_an_order_in_the_canonical_shape(tmp_path):
    order = standardised(tmp_path, whole(RECORDS))["orders"].row(0, named=True)
    expected = {
        "record_id": "pnc:00000001",
        "row_number": 2,
        "forenames": "Ann Marie",
        "surname": "Smith-Jones",
        "surname_folded": "SMITH JONES",
        "date_of_birth": date(1998, 10, 29),
        "sex": "F",
        "pnc_id": "2020/0131059J",
        "is_pnc_id_valid": True,
        "cro_number": "128800/21L",
        "order_type": "STRO",
        "is_interim": True,
        "made_on": date(2022, 10, 7),
        "start_on": date(2022, 10, 8),
        "end_on": date(2028, 3, 2),
        "is_until_further_order": False,
        "term_months": 66,
        "court_code": "B33HU00",
        "force_code": "33",
        "recorded_status": "live",
        "recorded_on": date(2022, 10, 31),
    }
    assert {name: order[name] for name in expected} == expected


def test_companions_of_an_order_in_the_canonical_shape(tmp_path):
    core = standardised(tmp_path, whole(RECORDS))
    assert core["aliases"].row(0) == ("pnc:00000001", "Ann", "Jones", "ANN", "JONES", date(1998, 10, 29))
    assert core["conditions"].row(0)[:4] == ("pnc:00000001", 1, "NO BANK CARDS SAVE IN OWN NAME", "C21")
    assert core["rejected_values"].is_empty()


@pytest.mark.parametrize(
    ("expiry", "end_on", "is_until_further_order"),
    [
        pytest.param("99999999", None, True, id="until further order"),
        pytest.param("", None, None, id="not known"),
        pytest.param("02032028", date(2028, 3, 2), False, id="a day"),
    ],
)
def test_the_end_of_an_order(tmp_path, expiry, end_on, is_until_further_order):
    core = standardised(tmp_path, whole((ORDER.replace("02032028", expiry),)))
    order = core["orders"].row(0, named=True)
    assert (order["end_on"], order["is_until_further_order"]) == (end_on, is_until_further_order)
    assert core["rejected_values"].is_empty()


@one_in(
    2,
    ("old", "new", "field", "reason"),
    [
        pytest.param("07102022", "31022022", "made_on", "impossible_date", id="31 February"),
        pytest.param("07102022", "OCT 7", "made_on", "unreadable_date", id="date without a year"),
        pytest.param("29101998|F", "00001998|F", "date_of_birth", "partial_date", id="year of birth alone"),
        pytest.param("|F|", "|Q|", "sex", "unknown_code", id="unknown sex"),
        pytest.param("ISTRO", "XSTRO", "order_type", "unknown_code", id="unknown order type"),
        pytest.param("|L|", "|Q|", "recorded_status", "unknown_code", id="unknown status"),
        pytest.param("|0506|", "|0513|", "term_months", "bad_format", id="thirteen months"),
        pytest.param("LEICESTER MC", "NOWHERE MC", "court_code", "unknown_code", id="unknown court"),
        pytest.param("|33|", "|99|", "force_code", "unknown_code", id="unknown force"),
        pytest.param("20200131059J", "2020-XYZ", "pnc_id", "bad_format", id="no PNC id"),
        pytest.param("20200131059J", "20200131059K", "pnc_id", "check_letter", id="wrong check letter"),
        pytest.param("128800/21L", "000000/00Z", "cro_number", "dummy", id="dummy CRO number"),
        pytest.param("128800/21L", "000000/21L", "cro_number", "dummy", id="dummy CRO number of a year"),
        pytest.param("SMITH-JONES/ANN", "/ANN", "surname", "bad_format", id="no surname"),
    ],
)
def test_a_value_that_cannot_be_read_is_recorded_and_its_row_kept(tmp_path, old, new, field, reason):
    core = standardised(tmp_path, whole((ORDER.replace(old, new),)))
    assert core["orders"].height == 1
    assert core["rejected_values"].select("record_id", "field", "reason_code").rows() == [
        ("pnc:00000001", field, reason)
    ]


def test_a_condition_at_the_cutting_length_is_marked_as_cut(tmp_path):
    text = "NOT TO TRAVEL OUTSIDE THE UK; ALL PASSPORTS TO BE SURRENDERE"
    conditions = standardised(tmp_path, whole((ORDER, CONDITION, f"CON|00000001|2|{text}")))["conditions"]
    assert conditions.select("sequence", "condition_code", "is_cut").rows() == [(1, "C21", False), (2, "C28", True)]


def test_an_arrest_in_the_canonical_shape(tmp_path):
    text = f"HDR|PNC|ARREST|20231130|020000\r\n{ARREST}\r\nTRL|1|1"
    arrest = standardised(tmp_path, whole(RECORDS), text)["arrests"].row(0, named=True)
    expected = {
        "record_id": "pnc:2161EF0100000000001A",
        "pnc_id": "2020/0131059J",
        "arrested_on": date(2021, 4, 4),
        "offence_code": "MS15001",
        "asn": "2161EF0100000000001A",
        "is_asn_valid": True,
        "force_code": "61",
        "disposal": "NFA",
        "surname": None,
        "is_birth_placeholder": False,
    }
    assert {name: arrest[name] for name in expected} == expected


def test_empty_raw_tables_give_empty_core_tables():
    core = SOURCE.standardise({table.name: table.empty().lazy() for table in SOURCE.raw_tables}, AS_OF)
    for table in CORE_TABLES:
        frame = core[table.name.removeprefix("core__")]
        assert (frame.height, frame.schema) == (0, table.schema)


def test_files_as_the_pnc_sends_them_are_read_whole():
    tables: dict[str, pl.DataFrame] = {}
    for feed in SOURCE.feeds:
        path = next(path for path in DATA.iterdir() if feed.pattern.fullmatch(path.name))
        reading = read(Delivery(feed, path, AS_OF, 1))
        assert reading.is_sound
        assert reading.quarantine.is_empty()
        tables |= reading.tables
    core = SOURCE.standardise({name: table.lazy() for name, table in tables.items()}, AS_OF)
    found = core["orders"].select("source_key", "surname", "order_type", "is_interim", "made_on", "end_on")
    assert found.sort("source_key").rows() == [
        ("00000001", "Farkas", "STPO", False, date(2022, 10, 7), date(2028, 3, 2)),
        ("00000003", "Lupu", "STRO", False, date(2022, 6, 7), None),
        ("00000005", "Tanner", "STRO", False, date(2020, 1, 31), date(2024, 1, 30)),
        ("00000006", "Adeymi", "STRO", True, date(2019, 9, 8), date(2020, 1, 31)),
        ("00000007", "Adeyemi", "STRO", False, date(2020, 1, 31), date(2030, 1, 31)),
    ]
    assert core["aliases"].get_column("surname").to_list() == ["Nolan"]
    assert (core["conditions"].height, core["arrests"].height) == (24, 5)
