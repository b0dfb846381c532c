"""Documents and rows that are no orders, or that hide what they hold: small deliveries, and what is kept of each."""

import csv
import gzip
import hashlib
import io
import json
from datetime import date

import pytest

from assets.sources import court, pnd
from assets.sources.contract import Delivery
from assets.sources.court import FIELDS

NIGHT = date(2023, 11, 30)
NAMES = [{"type": "primary", "full": "Gordon Pettigrewson"}]
EVENT = {"kind": "order", "order": "STRO", "made": "2023-05-10", "conditions": ["No contact w/ children u18"]}


def read_pnd(folder, *, names=None, submitted_at="2023-05-11T03:15:00", **event):
    document = {
        "record_id": "S1",
        "submitting_force": "13",
        "submitted_at": submitted_at,
        "person": {"names": NAMES if names is None else names},
        "event": EVENT | event,
    }
    return read_line(folder, json.dumps(document))


def read_line(folder, line):
    path = folder / "pnd_pole_2023-11-30.jsonl.gz"
    path.write_bytes(gzip.compress(line.encode()))
    return pnd.read(Delivery(pnd.SOURCE.feeds[0], path, NIGHT, 1))


@pytest.mark.parametrize(
    ("document", "path"),
    [
        pytest.param(
            {"names": [*NAMES, {"type": "alias", "forenames": "G"}]}, "person.names.forenames", id="in a name"
        ),
        pytest.param({"names": [*NAMES, {"fullName": "G P"}]}, "person.names.fullName", id="in a name, of two words"),
        pytest.param({"conditions": [{"text": "No contact"}]}, "event.conditions.text", id="in a condition"),
        pytest.param({"made": {"date": "2023-05-10"}}, "event.made.date", id="where a single value was due"),
        pytest.param({"details": {"made": {"on": "2023-05-10"}}}, "event.details.made.on", id="two levels down"),
    ],
)
def test_a_key_that_nobody_announced_is_kept_and_noted(tmp_path, document, path):
    reading = read_pnd(tmp_path, **document)
    assert [fault.code for fault in reading.faults] == ["unknown_key"]
    kept = [table.get_column("other_fields") for table in reading.tables.values() if "other_fields" in table.columns]
    assert f'"{path.rpartition(".")[2]}"' in str([column.to_list() for column in kept])
    assert reading.rows_kept == 1


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([{"type": "primary", "forenames": "Gordon", "surname": "Pettigrewson"}], id="keys renamed"),
        pytest.param([], id="no names"),
        pytest.param([{"type": "primary", "full": "n/k"}], id="a name that is not known"),
    ],
)
def test_a_document_without_a_name_is_refused(tmp_path, names):
    assert read_pnd(tmp_path, names=names).quarantine["reason_code"].to_list() == ["no_name"]


DOCUMENT = json.dumps({"record_id": "S1", "submitting_force": "13", "person": {"names": NAMES}, "event": EVENT})


@pytest.mark.parametrize(
    ("written", "twice", "key"),
    [
        pytest.param('"made":', '"made": "2023-06-10", "made":', "made", id="the day"),
        pytest.param('"order":', '"order": "STPO", "order":', "order", id="the type of order"),
        pytest.param('"made":', '"ends": null, "ends": "2025-05-09", "made":', "ends", id="an end and none"),
        pytest.param('"full":', '"full": "Ada Marshlowe", "full":', "full", id="the name"),
        pytest.param('"person":', '"person": {"names": [{"full": "A"}]}, "person":', "person", id="the person"),
        pytest.param('"record_id":', '"record_id": "S2", "record_id":', "record_id", id="the id of the record"),
        pytest.param('"conditions":', '"conditions": [], "conditions":', "conditions", id="the conditions"),
        pytest.param('"kind":', r'"k\u0069nd": "arrest", "kind":', "kind", id="the kind, one of them escaped"),
    ],
)
def test_a_document_with_two_values_of_a_key_is_refused_and_the_key_named(tmp_path, written, twice, key):
    reading = read_line(tmp_path, DOCUMENT.replace(written, twice, 1))
    assert reading.quarantine["reason_code"].to_list() == ["repeated_key"]
    (fault,) = reading.faults
    assert (fault.code, fault.is_structural) == ("repeated_key", False)
    assert f"`{key}` (1 times)" in fault.message
    assert not any(value in fault.message for value in ("2023-06-10", "Marshlowe", "S2"))
    assert reading.is_balanced


def test_a_key_that_says_the_same_twice_is_read(tmp_path):
    reading = read_line(tmp_path, DOCUMENT.replace('"made":', '"made": "2023-05-10", "made":', 1))
    assert (reading.rows_kept, reading.faults) == (1, ())


def test_all_values_of_a_repeated_key_that_nobody_announced_are_kept(tmp_path):
    reading = read_line(tmp_path, DOCUMENT.replace('"made":', '"risk": "high", "risk": "low", "made":', 1))
    assert [fault.code for fault in reading.faults] == ["unknown_key"]
    assert reading.tables["raw_pnd__orders"]["other_fields"].to_list() == ['{"event.risk": ["high", "low"]}']


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        pytest.param({"order": "STRO (application refused)"}, "no_order_made", id="in the words of the order"),
        pytest.param({"status": "Refused"}, "no_order_made", id="in the status"),
        pytest.param({"made": "adjourned"}, "no_order_made", id="where the day is due"),
        pytest.param({"status": "Applied for"}, "not_the_making", id="an application"),
    ],
)
def test_a_refused_order_is_put_aside_and_counted_apart(tmp_path, event, reason):
    reading = read_pnd(tmp_path, **event)
    assert reading.quarantine["reason_code"].to_list() == [reason]
    assert (reading.rows_kept, reading.rows_set_aside) == (0, 1)
    assert reading.is_balanced


def read_court(folder, *rows, again=False):
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for place, row in enumerate(rows):
        if place == 0 or again:
            writer.writerow(FIELDS)
        writer.writerow([row.get(name, "") for name in FIELDS])
    path = folder / "court_results_2023-11-30.csv"
    data = text.getvalue().encode("utf-8-sig")
    path.write_bytes(data)
    manifest = {"rows": len(rows), "sha256": hashlib.sha256(data).hexdigest()}
    path.with_name("court_results_2023-11-30.manifest.json").write_text(json.dumps(manifest))
    return court.read(Delivery(court.SOURCE.feeds[0], path, NIGHT, 1))


RESULTS = [{"result_id": f"R00000000{number}", "result_text": "STRO made for 2 years"} for number in (1, 2)]


def test_a_heading_among_the_rows_is_put_aside_and_the_manifest_holds(tmp_path):
    reading = read_court(tmp_path, *RESULTS, again=True)
    assert reading.quarantine["reason_code"].to_list() == ["heading_again"]
    assert (reading.rows_kept, reading.faults) == (2, ())


def test_a_heading_among_the_rows_is_put_aside_in_any_order_of_its_columns(tmp_path):
    turned = dict(zip(FIELDS, reversed(FIELDS), strict=True))
    reading = read_court(tmp_path, RESULTS[0], turned, RESULTS[1])
    assert reading.quarantine["reason_code"].to_list() == ["heading_again"]
    assert reading.rows_kept == 2


def test_a_line_of_a_cell_that_looks_like_a_row_tears_nothing(tmp_path):
    lines = "1. Not to contact the person in result\nR000000077, of Leeds\n2. Must not act"
    reading = read_court(tmp_path, RESULTS[0] | {"prohibitions": lines}, RESULTS[1])
    assert (reading.rows_kept, reading.faults) == (2, ())
