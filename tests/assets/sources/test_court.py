"""The courts: what is read, what is put aside and why, what the rows mean."""

import csv
import hashlib
import io
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sources.contract import Delivery, Reading
from assets.sources.court import FIELDS, SOURCE, read
from warehouse.tables.core import CORE_TABLES

DATA = Path(__file__).with_name("data")
AS_OF = date(2023, 11, 30)
NAME = "court_results_2023-11-30.csv"
RESULT = {
    "result_id": "R000000001",
    "case_urn": "61MG4541422",
    "defendant_id": "1f45b400-98de-30e4-bb2d-219c5bfeb9a9",
    "defendant_name": "Mr Jon SMITH",
    "date_of_birth": "1998-10-29",
    "sex": "MALE",
    "pncid": "20/131059J",
    "hearing_date": "2022-10-07",
    "court_ou_code": "C33LC00",
    "court_name": "Leicester Crown Court",
    "result_code": "3285",
    "result_text": "slavery and trafficking prevention order made for 5 years to 02/03/2028",
    "order_start": "2023-03-02",
    "order_end": "2028-03-02",
    "applicant": "Chief Constable",
    "prohibitions": "1. No bank cards save in own name\n2. Must not book intl. travel for others",
    "status": "FINAL",
    "amends_result_id": "",
}
OTHER = RESULT | {"result_id": "R000000002", "defendant_name": "JONES, Ann"}
THIRD = RESULT | {"result_id": "R000000003", "defendant_name": "Łukasz Nowak"}


def as_csv(*results: dict[str, str], heading: tuple[str, ...] = FIELDS) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(heading)
    writer.writerows([result.get(name, "new") for name in heading] for result in results)
    return text.getvalue()


def read_text(folder: Path, text: str | bytes, rows: int | None = None, manifest: str | None = None) -> Reading:
    data = text if isinstance(text, bytes) else text.encode("utf-8-sig")
    path = folder / NAME
    path.write_bytes(data)
    declared = json.dumps({"rows": rows, "sha256": hashlib.sha256(data).hexdigest()})
    path.with_name(NAME.replace(".csv", ".manifest.json")).write_text(declared if manifest is None else manifest)
    return read(Delivery(SOURCE.feeds[0], path, AS_OF, 1))


def standardised(folder: Path, *results: dict[str, str]) -> dict[str, pl.DataFrame]:
    tables = read_text(folder, as_csv(*results), len(results)).tables
    return SOURCE.standardise({name: table.lazy() for name, table in tables.items()}, AS_OF)


def test_a_whole_file_is_kept_whole(tmp_path):
    reading = read_text(tmp_path, as_csv(RESULT, OTHER, THIRD), 3)
    assert (reading.rows_read, reading.rows_kept, reading.rows_declared) == (3, 3, 3)
    assert reading.faults == ()
    assert reading.is_balanced
    rows = reading.tables["raw_court__results"]
    assert rows["row_number"].to_list() == [2, 4, 6]
    assert rows["prohibitions"].to_list() == [RESULT["prohibitions"]] * 3


@pytest.mark.parametrize(
    ("name", "companion"),
    [
        pytest.param(NAME, "court_results_2023-11-30.manifest.json", id="first"),
        pytest.param(
            "court_results_2023-11-30_r2.csv", "court_results_2023-11-30_r2.manifest.json", id="second revision"
        ),
    ],
)
def test_a_file_name_leads_to_its_manifest(name, companion):
    feed = SOURCE.feeds[0]
    assert feed.pattern.fullmatch(name)
    assert feed.companion is not None
    assert feed.companion(name) == companion


WITHOUT_STATUS = tuple(name for name in FIELDS if name != "status")
FAULTS = [
    pytest.param("", 0, {"empty_file"}, 0, id="nothing at all"),
    pytest.param(as_csv(), 0, {"empty_file"}, 0, id="heading without results"),
    pytest.param(as_csv(RESULT, OTHER), 3, {"row_count"}, 2, id="fewer rows than the manifest declares"),
    pytest.param(as_csv(RESULT, heading=WITHOUT_STATUS), 1, {"column_missing"}, 1, id="column missing"),
    pytest.param(as_csv(RESULT, heading=(*FIELDS, "status")), 1, {"column_twice"}, 1, id="column twice"),
    pytest.param(as_csv(RESULT).split("\r\n", 1)[1], 1, {"no_header"}, 1, id="no heading"),
    pytest.param('{"a": 1}\n{"b": 2}\n', 1, {"wrong_source", "column_missing", "column_unknown"}, 0, id="no CSV"),
    pytest.param(as_csv(RESULT, OTHER).encode("utf-16"), 2, {"wrong_encoding"}, 2, id="UTF-16"),
    pytest.param(as_csv(RESULT, THIRD).encode("cp1250"), 2, {"wrong_encoding"}, 1, id="Windows code page"),
    pytest.param(as_csv(RESULT, OTHER)[:-300], 2, {"cut_short"}, 1, id="cut in the middle of a row"),
    pytest.param(as_csv(RESULT, OTHER).removesuffix("\r\n"), 2, {"cut_short"}, 2, id="cut at the very end"),
]


@pytest.mark.parametrize(("content", "rows", "codes", "kept"), FAULTS)
def test_a_fault_of_the_file_is_reported_and_the_rows_that_can_be_read_go_on(tmp_path, content, rows, codes, kept):
    reading = read_text(tmp_path, content, rows)
    assert {fault.code for fault in reading.faults} == codes
    assert not reading.is_sound
    assert reading.is_balanced
    assert reading.rows_kept == kept


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        pytest.param('{"rows": 1, "sha256": "00"}', "digest_differs", id="other digest"),
        pytest.param('{"rows": 1', "manifest_unreadable", id="no JSON"),
        pytest.param('{"count": 1}', "manifest_unreadable", id="other names"),
        pytest.param("[]", "manifest_unreadable", id="a list"),
        pytest.param('{"rows": null, "sha256": "00"}', "manifest_unreadable", id="no number"),
    ],
)
def test_a_fault_of_the_manifest(tmp_path, manifest, code):
    reading = read_text(tmp_path, as_csv(RESULT), manifest=manifest)
    assert [fault.code for fault in reading.faults] == [code]
    assert reading.rows_kept == 1


def test_a_missing_manifest_is_a_fault(tmp_path):
    path = tmp_path / NAME
    path.write_text(as_csv(RESULT), encoding="utf-8-sig")
    reading = read(Delivery(SOURCE.feeds[0], path, AS_OF, 1))
    assert [fault.code for fault in reading.faults] == ["manifest_missing"]


@pytest.mark.parametrize(
    "heading",
    [
        pytest.param(tuple(reversed(FIELDS)), id="columns in another order"),
        pytest.param(tuple(name.upper().replace("_", " ") for name in FIELDS), id="names in capitals with blanks"),
        pytest.param(tuple("PNC ID" if name == "pncid" else name for name in FIELDS), id="name known by an alias"),
    ],
)
def test_a_heading_written_otherwise_is_understood(tmp_path, heading):
    lines = as_csv(RESULT, heading=tuple(reversed(FIELDS)) if heading[0] == FIELDS[-1] else FIELDS)
    text = ",".join(heading) + "\r\n" + lines.split("\r\n", 1)[1]
    reading = read_text(tmp_path, text, 1)
    assert reading.faults == ()
    assert reading.tables["raw_court__results"].select(FIELDS).row(0, named=True) == RESULT


def test_a_new_column_is_reported_and_does_no_harm(tmp_path):
    reading = read_text(tmp_path, as_csv(RESULT, heading=("judge", *FIELDS)), 1)
    assert [fault.code for fault in reading.faults] == ["column_unknown"]
    assert reading.is_sound
    assert reading.rows_kept == 1


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(OTHER | {"court_name": "Leic\x00ester"}, "null_byte", id="null byte"),
        pytest.param(OTHER | {"court_name": "Leic\ufffdester"}, "undecodable", id="bytes that are no UTF-8"),
        pytest.param(OTHER | {"result_id": ""}, "key_missing", id="no result_id"),
        pytest.param(OTHER | {"result_id": "R000000001"}, "key_reused", id="result_id used again"),
        pytest.param(OTHER | {"prohibitions": "X" * 10_001}, "too_long", id="field above 10,000 characters"),
        pytest.param(OTHER | {"prohibitions": "X" * 200_000}, "too_long", id="field that the CSV reader refuses"),
    ],
)
def test_a_row_that_cannot_be_read_is_put_aside_with_its_reason(tmp_path, bad, reason):
    data = as_csv(RESULT, bad, THIRD).encode("utf-8-sig").replace("\ufffd".encode(), b"\xff")
    reading = read_text(tmp_path, data, 3)
    row = reading.quarantine.row(0, named=True)
    assert (row["reason_code"], row["place"]) == (reason, "line 4")
    assert len(row["row_text"]) <= 10_000
    assert reading.tables["raw_court__results"]["result_id"].to_list() == ["R000000001", "R000000003"]
    assert reading.is_balanced
    assert reading.is_sound


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("Chief Constable,", 'Chief Constable,"', id="quotation mark before a quoted field"),
        pytest.param(",MALE,", ',"MALE,', id="quotation mark in front of a field"),
        pytest.param(",MALE,", ",MALE,,", id="a comma too many"),
        pytest.param(",MALE,", ",", id="a field too few"),
    ],
)
def test_the_damage_of_one_row_stays_in_that_row(tmp_path, old, new):
    text = as_csv(RESULT, OTHER, THIRD)
    start, end = text.index("R000000002"), text.index("R000000003")
    reading = read_text(tmp_path, text[:start] + text[start:end].replace(old, new) + text[end:], 3)
    assert reading.tables["raw_court__results"]["result_id"].to_list() == ["R000000001", "R000000003"]
    assert set(reading.quarantine["reason_code"]) == {"field_count"}
    assert reading.is_balanced


def test_a_quotation_mark_within_a_quoted_field_costs_nothing(tmp_path):
    reading = read_text(tmp_path, as_csv(RESULT, OTHER, THIRD).replace("JONES, Ann", 'JONES, "Ann'), 3)
    assert reading.rows_kept == 3
    assert reading.is_sound


@given(start=st.integers(0, 1200), length=st.integers(0, 80), inserted=st.binary(max_size=8))
def test_no_damage_to_a_file_stops_the_reading_or_loses_a_row(tmp_path_factory, start, length, inserted):
    sound = as_csv(RESULT, OTHER, THIRD).encode("utf-8-sig")
    damaged = sound[:start] + inserted + sound[start + length :]
    assert read_text(tmp_path_factory.mktemp("damaged"), damaged, 3).is_balanced


def test_exact_repeats_are_counted_once(tmp_path):
    reading = read_text(tmp_path, as_csv(RESULT, OTHER, RESULT), 3)
    assert (reading.rows_kept, reading.rows_duplicate, reading.quarantine.height) == (2, 1, 0)
    assert reading.is_sound


def test_a_result_in_the_canonical_shape(tmp_path):
    core = standardised(tmp_path, RESULT)
    order = core["orders"].row(0, named=True)
    expected = {
        "record_id": "court:R000000001",
        "forenames": "Jon",
        "surname": "Smith",
        "date_of_birth": date(1998, 10, 29),
        "sex": "M",
        "pnc_id": "2020/0131059J",
        "order_type": "STPO",
        "is_interim": False,
        "made_on": date(2022, 10, 7),
        "start_on": date(2023, 3, 2),
        "end_on": date(2028, 3, 2),
        "is_until_further_order": False,
        "term_months": 60,
        "court_code": "C33LC00",
        "court_score": 100.0,
        "force_code": "61",
        "force_as_written": "Chief Constable",
        "result_state": "FINAL",
        "case_urn": "61MG4541422",
        "recorded_on": date(2022, 10, 7),
    }
    assert {name: order[name] for name in expected} == expected
    assert core["conditions"].select("sequence", "condition_code").rows() == [(1, "C21"), (2, "C10")]
    assert core["rejected_values"].is_empty()


UFO_WORDS = "slavery and trafficking risk order made until further order"
INTERIM_WORDS = "Interim slavery and trafficking risk order made until the determination of the main application"


MEANINGS = [
    pytest.param({"order_end": "UFO"}, {"end_on": None, "is_until_further_order": True}, id="UFO"),
    pytest.param(
        {"order_end": ""}, {"end_on": date(2028, 3, 2), "is_until_further_order": False}, id="end in the words only"
    ),
    pytest.param(
        {"order_end": "", "result_text": UFO_WORDS, "result_code": ""},
        {"end_on": None, "is_until_further_order": True, "term_months": None, "order_type": "STRO"},
        id="until further order in the words only",
    ),
    pytest.param(
        {"order_end": "", "result_text": INTERIM_WORDS, "result_code": ""},
        {"end_on": None, "is_until_further_order": None, "is_interim": True, "order_type": "STRO"},
        id="interim until the main application",
    ),
    pytest.param({"result_text": ""}, {"order_type": "STPO", "is_interim": False}, id="code without words"),
    pytest.param(
        {"result_text": "", "result_code": "3284"}, {"order_type": "STPO", "is_interim": True}, id="interim code"
    ),
    pytest.param({"court_ou_code": "C33LC"}, {"court_code": "C33LC00"}, id="court code of five characters"),
    pytest.param(
        {"court_name": "Derby Crown Court"},
        {"court_code": "C33LC00", "court_score": 50.0},
        id="name of another court",
    ),
    pytest.param({"court_ou_code": ""}, {"court_code": "C33LC00"}, id="court by its name"),
    pytest.param({"applicant": "Gwent Police"}, {"force_code": "61"}, id="applicant is a force"),
    pytest.param(
        {"applicant": "Kent Police"}, {"force_code": "46", "applicant_code": "46"}, id="applicant wins over the URN"
    ),
    pytest.param(
        {"applicant": "Gangmasters and Labour Abuse Authority"},
        {"force_code": "61", "applicant_code": "GL"},
        id="an agency only applies",
    ),
    pytest.param(
        {"applicant": "Chief Constable"},
        {"force_code": "61", "applicant_code": "61"},
        id="a chief constable without a force is that of the case",
    ),
    pytest.param(
        {"applicant": ""}, {"force_code": "61", "applicant_code": None}, id="the force of the case did not apply itself"
    ),
    pytest.param(
        {"case_urn": ""},
        {"force_code": None, "case_urn": None, "applicant_code": None},
        id="nothing names a force",
    ),
    pytest.param({"sex": "NOT SPECIFIED"}, {"sex": None}, id="sex not specified"),
    pytest.param(
        {"status": "AMENDED", "amends_result_id": "R000000009"},
        {"result_state": "AMENDED", "amends_source_key": "R000000009"},
        id="an amendment keeps its row",
    ),
    pytest.param({"status": "WITHDRAWN"}, {"result_state": "WITHDRAWN"}, id="a withdrawal keeps its row"),
]
REJECTED = [
    pytest.param({"date_of_birth": "October last"}, "date_of_birth", "unreadable_date", id="words that are no date"),
    pytest.param({"date_of_birth": "1998-10"}, "date_of_birth", "partial_date", id="month of birth alone"),
    pytest.param({"order_start": "2023-02-30"}, "start_on", "impossible_date", id="30 February"),
    pytest.param({"sex": "MAL"}, "sex", "unknown_code", id="word for no sex"),
    pytest.param({"result_code": "3284"}, "order_type", "unknown_code", id="code and words disagree"),
    pytest.param({"result_code": "9999"}, "order_type", "unknown_code", id="code not listed"),
    pytest.param({"result_code": "", "result_text": "an order"}, "order_type", "unknown_code", id="words say nothing"),
    pytest.param({"court_ou_code": "B99ZZ00"}, "court_code", "unknown_code", id="court code not listed"),
    pytest.param({"applicant": "Borsetshire Police"}, "force_code", "unknown_code", id="force not listed"),
    pytest.param({"case_urn": "61MG45"}, "case_urn", "bad_format", id="URN cut short"),
    pytest.param({"case_urn": "61MG4541422/1"}, "case_urn", "bad_format", id="URN with the suffix of a split case"),
    pytest.param({"status": "DRAFT"}, "result_state", "unknown_code", id="status not listed"),
    pytest.param({"pncid": "20/131059K"}, "pnc_id", "check_letter", id="wrong check letter"),
]
SENT = [case.values[0] for case in (*MEANINGS, *REJECTED)]


@pytest.fixture(scope="module")
def read_result(tmp_path_factory):
    """A result of `SENT` as it is read, and what of it was rejected: all are read from one file."""
    ids = [f"R00000100{place:02d}" for place in range(len(SENT))]
    results = [RESULT | {"result_id": name} | change for name, change in zip(ids, SENT, strict=True)]
    core = standardised(tmp_path_factory.mktemp("results"), *results)

    def read_one(change):
        own = pl.col("source_key") == ids[SENT.index(change)]
        rejected = core["rejected_values"].filter(own).select("field", "reason_code").rows()
        return core["orders"].filter(own).row(0, named=True), rejected

    return read_one


@pytest.mark.parametrize(("change", "expected"), MEANINGS)
def test_what_the_fields_mean(read_result, change, expected):
    order, rejected = read_result(change)
    assert {name: order[name] for name in expected} == expected
    assert rejected == []


@pytest.mark.parametrize(("change", "field", "reason"), REJECTED)
def test_a_value_that_cannot_be_read_is_recorded_and_its_row_kept(read_result, change, field, reason):
    assert read_result(change)[1] == [(field, reason)]


def test_empty_raw_tables_give_empty_core_tables():
    core = SOURCE.standardise({table.name: table.empty().lazy() for table in SOURCE.raw_tables}, AS_OF)
    for table in CORE_TABLES:
        frame = core[table.name.removeprefix("core__")]
        assert (frame.height, frame.schema) == (0, table.schema)


def test_a_file_as_a_court_sends_it_is_read_whole():
    reading = read(Delivery(SOURCE.feeds[0], DATA / NAME, AS_OF, 1))
    assert reading.faults == ()
    assert reading.quarantine.is_empty()
    orders = SOURCE.standardise({name: table.lazy() for name, table in reading.tables.items()}, AS_OF)["orders"]
    found = orders.select("source_key", "surname", "order_type", "is_interim", "made_on", "end_on", "result_state")
    assert found.sort("source_key").rows() == [
        ("R000000001", "Frakas", "STPO", False, date(2022, 10, 7), date(2028, 3, 2), "FINAL"),
        ("R000000002", "Wrona", "STRO", False, date(2017, 5, 1), date(2019, 5, 18), "FINAL"),
        ("R000000005", "Lupu", "STRO", False, date(2022, 6, 7), None, "FINAL"),
        ("R000000009", "Adeyemi", "STRO", True, date(2019, 9, 8), date(2020, 1, 31), "FINAL"),
        ("R000000099", "Hoxha", "STRO", False, date(2022, 8, 5), date(2024, 8, 5), "FINAL"),
        ("R000000100", "Hoxha", "STRO", False, date(2022, 8, 5), date(2024, 8, 5), "AMENDED"),
    ]


def amending(count: int, *, chained: bool) -> list[dict[str, str]]:
    """As many results, of which each amends the first, or the one before."""
    return [
        RESULT | {"result_id": f"R{number:09d}", "amends_result_id": f"R{number - 1 if chained else 0:09d}"}
        for number in range(count)
    ]


@pytest.mark.parametrize("chained", [False, True], ids=["one result", "one after the other"])
def test_results_amend_one_another_up_to_a_number_that_one_order_may_have(tmp_path, chained):
    core = standardised(tmp_path, *amending(20, chained=chained))
    assert core["rejected_values"].is_empty()
    assert core["orders"]["amends_source_key"].null_count() == 0
    core = standardised(tmp_path, *amending(900, chained=chained))
    assert core["orders"]["amends_source_key"].null_count() == 900
    assert set(core["rejected_values"]["reason_code"]) == {"amended_too_often"}
