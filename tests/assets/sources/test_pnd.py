import gzip
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from shares import one_in

from assets.sources.contract import Delivery, Reading
from assets.sources.pnd import SOURCE

NIGHT = date(2023, 11, 30)
NAME = "pnd_pole_2023-11-30.jsonl.gz"
DATA = Path(__file__).with_name("data")
SURNAME = "Quillfeather"


def order(record_id: str = "PND-1", **event: Any) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "submitting_force": "33",
        "submitted_at": "2023-01-02T03:15:00",
        "person": {
            "names": [{"type": "primary", "full": f"Jon {SURNAME}"}],
            "dob": "1990-05-17",
            "sex": "Male",
            "pncid": None,
            "cro": None,
        },
        "event": {
            "kind": "order",
            "order": "Slavery and Trafficking Risk Order",
            "made": "2022-01-03",
            "starts": "2022-01-03",
            "ends": None,
            "term_months": 24,
            "court": "Leicester Magistrates' Court",
            "status": "Active",
            "conditions": ["Agree to regular property inspections"],
            "occurrence_ref": "331234567890",
            **event,
        },
    }


def arrest(record_id: str = "PND-2", **event: Any) -> dict[str, Any]:
    document = order(record_id)
    document["event"] = {
        "kind": "arrest",
        "date": "2021-04-05",
        "offence": "MS15001",
        "custody_ref": "33/CU/2021/000001",
        "asn": None,
        **event,
    }
    return document


def text(*documents: dict[str, Any]) -> bytes:
    return "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents).encode()


def read(folder: Path, content: bytes, *, is_packed: bool = False) -> Reading:
    path = folder / NAME
    path.write_bytes(content if is_packed else gzip.compress(content))
    return SOURCE.read(Delivery(SOURCE.feeds[0], path, NIGHT, 1))


def core(reading: Reading) -> dict[str, pl.DataFrame]:
    return SOURCE.standardise({name: table.lazy() for name, table in reading.tables.items()}, NIGHT)


def codes(reading: Reading) -> set[str]:
    return {fault.code for fault in reading.faults}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "empty", id="a file without a byte"),
        pytest.param(gzip.compress(b""), "empty", id="a gzip of nothing"),
        pytest.param(gzip.compress(b"\n \n"), "empty", id="a gzip of blank lines"),
        pytest.param(text(order()), "not_gzip", id="JSON Lines that nobody packed"),
        pytest.param(b"HDR|PNC|ANCORD|20231130|031500\r\n", "not_gzip", id="the file of another source"),
        pytest.param(gzip.compress(text(order()).decode().encode("utf-16")), "wrong_encoding", id="UTF-16"),
        pytest.param(
            gzip.compress(text(order()).decode().encode("utf-16-le")), "wrong_encoding", id="UTF-16 without a mark"
        ),
        pytest.param(
            gzip.compress(text(order(court="Café")).decode().encode("latin-1")), "wrong_encoding", id="Latin-1"
        ),
    ],
)
def test_a_delivery_that_is_unfit_is_reported_and_unsound(tmp_path: Path, content: bytes, code: str) -> None:
    reading = read(tmp_path, content, is_packed=True)
    assert code in codes(reading)
    assert not reading.is_sound
    assert reading.is_balanced
    assert reading.rows_kept == 0


def test_a_gzip_cut_in_the_middle_keeps_what_stands_before_the_cut(tmp_path: Path) -> None:
    packed = gzip.compress(text(*(order(f"PND-{number}", court=f"{number * 7919:032x}") for number in range(3000))))
    reading = read(tmp_path, packed[: len(packed) // 2], is_packed=True)
    assert codes(reading) == {"cut_short"}
    assert not reading.is_sound
    assert reading.is_balanced
    assert 1000 < reading.rows_kept < 2000


def test_a_gzip_of_several_members_is_read_whole(tmp_path: Path) -> None:
    reading = read(tmp_path, gzip.compress(text(order())) + gzip.compress(text(arrest())), is_packed=True)
    assert (reading.rows_kept, reading.faults) == (2, ())


def without(document: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != key}


@one_in(
    2,
    ("line", "reason"),
    [
        pytest.param(b'{"record_id": "PND-9", \n', "not_json", id="a line cut in the middle"),
        pytest.param(b"[1, 2]\n", "not_json", id="a list"),
        pytest.param(b'{"record_id": NaN}\n', "not_json", id="a value that JSON does not know"),
        pytest.param(b"[" * 50_000 + b"\n", "not_json", id="brackets nested without end"),
        pytest.param(text(order("PND-9")).replace(b"Jon", b"J\0n"), "null_byte", id="a null byte"),
        pytest.param(text(order("PND-9")).replace(b"Jon", b"J\xf6n"), "wrong_encoding", id="a byte that is not UTF-8"),
        pytest.param(
            text(order("PND-9")).replace(b"Jon", rb"J\ud800n"), "wrong_encoding", id="half of a surrogate pair"
        ),
        pytest.param(text(without(order(), "record_id")), "missing_key", id="no record id"),
        pytest.param(text(order("  ")), "missing_key", id="a blank record id"),
        pytest.param(text(order("PND-9", kind="warning")), "unknown_kind", id="a kind of event nobody knows"),
        pytest.param(text(without(order("PND-9"), "person")), "wrong_type", id="no person"),
        pytest.param(text(order("PND-9") | {"event": "order"}), "wrong_type", id="an event that is a text"),
        pytest.param(text(order("PND-9", conditions="all")), "wrong_type", id="conditions that are a text"),
        pytest.param(text(order("PND-9", court=["a"])), "wrong_type", id="a court that is a list"),
        pytest.param(
            text(order("PND-9") | {"person": {"names": ["Jon"]}}), "wrong_type", id="names that are no objects"
        ),
        pytest.param(text(order("PND-9", court="x" * 1_000_000)), "too_long", id="a field of a million characters"),
    ],
)
def test_a_line_that_is_no_document_is_quarantined_and_the_rest_read(tmp_path: Path, line: bytes, reason: str) -> None:
    reading = read(tmp_path, text(order(court="Café"), arrest()) + line)
    assert reading.quarantine["reason_code"].to_list() == [reason]
    assert reading.quarantine["place"].to_list() == ["document 3"]
    assert reading.rows_kept == 2
    assert reading.is_balanced
    assert reading.is_sound
    assert reading.quarantine["row_text"].str.len_chars().max() <= 10_000  # type: ignore[operator]
    assert SURNAME not in reading.quarantine["reason"].item()


def test_a_document_that_comes_twice_is_kept_once(tmp_path: Path) -> None:
    reading = read(tmp_path, text(order(), arrest(), order()))
    assert (reading.rows_kept, reading.rows_duplicate, reading.quarantine.height) == (2, 1, 0)
    assert reading.is_balanced


def test_of_a_record_id_used_for_two_documents_the_last_submitted_is_kept(tmp_path: Path) -> None:
    later = order(court="York Crown Court") | {"submitted_at": "2023-03-01T03:15:00"}
    reading = read(tmp_path, text(later, order(), arrest("PND-1")))
    assert reading.tables["raw_pnd__orders"]["court"].to_list() == ["York Crown Court"]
    assert reading.tables["raw_pnd__arrests"].is_empty()
    assert reading.quarantine["reason_code"].to_list() == ["key_reused", "key_reused"]
    assert reading.is_balanced


def test_a_key_nobody_announced_is_kept_and_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, text(order(risk_level="high"), arrest()))
    (fault,) = reading.faults
    assert (fault.code, fault.is_structural) == ("unknown_key", False)
    assert "1 keys" in fault.message
    assert "risk_level" not in fault.message
    assert reading.tables["raw_pnd__orders"]["other_fields"].to_list() == ['{"event.risk_level": "high"}']


def test_a_key_that_could_be_data_is_not_repeated_in_a_message(tmp_path: Path) -> None:
    reading = read(tmp_path, text(order() | {f"Jon {SURNAME}": 1}))
    assert SURNAME not in reading.faults[0].message


SHAPES = [
    pytest.param({"order": "Int STRO"}, {"order_type": "STRO", "is_interim": True}, id="an interim order"),
    pytest.param({"status": "Superseded"}, {"recorded_status": "superseded"}, id="superseded"),
    pytest.param({"status": "No longer active"}, {"recorded_status": "ended"}, id="a status turned round"),
    pytest.param({}, {"end_on": None, "is_until_further_order": None}, id="no end"),
    pytest.param({"ends": "2024-01-02"}, {"end_on": date(2024, 1, 2), "is_until_further_order": False}, id="an end"),
    pytest.param(
        {"status": "Active - until further order"}, {"is_until_further_order": True}, id="until further order"
    ),
    pytest.param({"term_months": 24}, {"term_months": 24}, id="a small number of months stays months"),
    pytest.param({"term_months": "2 years"}, {"term_months": 24}, id="a term in words"),
    pytest.param({"term_months": -5}, {"term_months": None}, id="a negative term"),
    pytest.param({"made": "2022-13-40"}, {"made_on": None}, id="an impossible date"),
    pytest.param({}, {"recorded_on": date(2023, 1, 2), "force_code": "33"}, id="when and by whom submitted"),
]
REJECTED = [
    pytest.param({"status": "Pending"}, "recorded_status", "unknown_code", id="an unknown status"),
    pytest.param({"order": "Community order"}, "order_type", "unknown_code", id="another kind of order"),
    pytest.param({"made": "2022-13-40"}, "made_on", "impossible_date", id="an impossible date"),
    pytest.param({"made": "2022-03"}, "made_on", "partial_date", id="a partial date"),
    pytest.param({"term_months": -5}, "term_months", "bad_format", id="a negative term"),
    pytest.param({"court": "Atlantis Crown Court"}, "court_code", "unknown_code", id="an unknown court"),
]
SENT = [case.values[0] for case in (*SHAPES, *REJECTED)]


@pytest.fixture(scope="module")
def read_order(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, Any]], tuple[dict[str, Any], list]]:
    """An order of `SENT` as it is read, and what of it was rejected: all are read from one file."""
    sent = text(*(order(f"PND-{place}", **event) for place, event in enumerate(SENT)))
    tables = core(read(tmp_path_factory.mktemp("orders"), sent))

    def read_one(event: dict[str, Any]) -> tuple[dict[str, Any], list]:
        own = pl.col("source_key") == f"PND-{SENT.index(event)}"
        rejected = tables["rejected_values"].filter(own).select("field", "reason_code").rows()
        return tables["orders"].filter(own).row(0, named=True), rejected

    return read_one


@pytest.mark.parametrize(("event", "expected"), SHAPES)
def test_an_order_in_the_canonical_shape(read_order, event: dict[str, Any], expected: dict[str, Any]) -> None:
    found, _ = read_order(event)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(("event", "field", "reason"), REJECTED)
def test_a_value_that_cannot_be_read_is_rejected_with_its_reason(
    read_order, event: dict[str, Any], field: str, reason: str
) -> None:
    assert read_order(event)[1] == [(field, reason)]


def test_an_empty_force_is_no_force_and_no_fault(tmp_path: Path) -> None:
    tables = core(read(tmp_path, text(order() | {"submitting_force": ""})))
    assert tables["orders"]["force_code"].to_list() == [None]
    assert tables["rejected_values"].is_empty()


def test_names_give_the_person_and_the_aliases(tmp_path: Path) -> None:
    document = order()
    document["person"]["names"] = [
        {"type": "alias", "full": "Jonny Bell"},
        {"type": "primary", "full": "BELL, Jon"},
        {"type": "alias", "full": "Jon Bell"},
    ]
    tables = core(read(tmp_path, text(document)))
    assert tables["orders"].select("forenames", "surname").rows() == [("Jon", "Bell")]
    assert tables["aliases"].select("forenames", "surname").rows() == [("Jonny", "Bell")]


def test_a_partial_birth_keeps_its_parts(tmp_path: Path) -> None:
    document = order()
    document["person"]["dob"] = "1988-04"
    tables = core(read(tmp_path, text(document)))
    assert tables["orders"].select("date_of_birth", "birth_year", "birth_month").rows() == [(None, 1988, 4)]
    assert tables["rejected_values"].select("field", "value").rows() == [("date_of_birth", "1988-04")]


@pytest.mark.parametrize(
    ("offence", "code"),
    [
        pytest.param("MS15001", "MS15001", id="a code"),
        pytest.param("Arson endangering life", "CD71003", id="a title"),
        pytest.param("Whistling", None, id="neither"),
    ],
)
def test_an_arrest_is_coded_by_code_or_title(tmp_path: Path, offence: str, code: str | None) -> None:
    assert core(read(tmp_path, text(arrest(offence=offence))))["arrests"]["offence_code"].to_list() == [code]


def test_conditions_in_one_text_are_parted(tmp_path: Path) -> None:
    block = "1. Agree to regular property inspections\n2. No transport of workers"
    conditions = core(read(tmp_path, text(order(conditions=[block]))))["conditions"]
    assert conditions.select("sequence", "text").rows() == [
        (1, "Agree to regular property inspections"),
        (2, "No transport of workers"),
    ]


def test_nothing_sent_gives_empty_tables_in_shape(tmp_path: Path) -> None:
    assert all(table.is_empty() for table in core(read(tmp_path, b"")).values())


@pytest.mark.parametrize(
    "name", [pytest.param(NAME, id="first"), pytest.param(NAME.replace(".jsonl", "_r2.jsonl"), id="second revision")]
)
def test_the_feed_knows_its_files(name: str) -> None:
    found = SOURCE.feeds[0].pattern.fullmatch(name)
    assert found is not None
    assert found["date"] == "2023-11-30"
    assert re.fullmatch("2?", found["revision"] or "")


def test_a_file_as_the_pnd_sends_it_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(gzip.compress((DATA / NAME.removesuffix(".gz")).read_bytes()))
    reading = SOURCE.read(Delivery(SOURCE.feeds[0], path, NIGHT, 1))
    assert (reading.quarantine.height, reading.faults) == (0, ())
    tables = core(reading)
    found = tables["orders"].select("source_key", "surname", "order_type", "made_on", "end_on", "force_code")
    assert found.sort("source_key").rows() == [
        ("PND-0000046", "Kola", "STPO", date(2019, 6, 10), date(2024, 6, 10), "32"),
        ("PND-0000184", "Talbot", "STRO", date(2016, 12, 24), date(2017, 4, 11), "17"),
        ("PND-0000205", "Pask", "STRO", date(2023, 9, 6), date(2025, 9, 5), "17"),
        ("PND-0000249", "Stan", "STPO", date(2018, 6, 7), None, "41"),
        ("PND-0000287", "Pask", "STPO", date(2016, 10, 31), date(2021, 10, 31), "61"),
    ]
    arrests = tables["arrests"].select("source_key", "surname", "arrested_on")
    assert arrests.sort("source_key").rows() == [
        ("PND-0000690", "Dema", date(2016, 8, 15)),
        ("PND-0000750", "Asante", date(2022, 9, 16)),
        ("PND-0001398", "Zając", date(2018, 5, 9)),
    ]
