"""Documents that are read in a shorter way give what the long way gives, whatever a line looks like."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sources.pnd_documents import UnreadableDocumentError, read_document
from assets.sources.pnd_plain_documents import read_plain_document

PERSON = {
    "names": [{"type": "primary", "full": "Łuç Smith"}, {"type": "alias", "full": "SMITH, Tom"}],
    "dob": "1985-10-31",
    "sex": "Male",
    "pncid": None,
    "cro": None,
}
ORDER = {
    "kind": "order",
    "order": "STRO",
    "made": "2024-01-02",
    "starts": None,
    "ends": "",
    "term_months": 24,
    "court": "Leeds: Crown",
    "status": None,
    "conditions": ["Not to go", "x"],
    "occurrence_ref": "1",
}
ARREST = {"kind": "arrest", "date": "2024-12-09", "offence": "CJ88148", "custody_ref": None, "asn": 1.50}
HEAD = {"record_id": "PND-1", "submitting_force": "34", "submitted_at": "2024-12-23T23:15:00"}
LINES = [json.dumps({**HEAD, "person": PERSON, "event": event}, ensure_ascii=False) for event in (ORDER, ARREST)]
CHANGES = (
    ("Łuç Smith", "?"), ("SMITH, Tom", "\\u0041"), ("Łuç", "L\\n"), ("Łuç Smith", "Tom \x7f\u2028"), ("Tom", "T\x01"),
    ('"type": "alias", "full": "SMITH, Tom"', '"full": "SMITH, Tom", "type": "alias"'),
    (', {"type": "alias", "full": "SMITH, Tom"}', ""), ('"type": "alias", ', ""), ('"alias"', "null"), ('"alias"', "5"),
    ('"alias"', '"alias", "more": 1'), ('"alias"', '"alias", "type": "alias"'), ('"primary"', '"a", "type": "primary"'),
    ('"dob": "1985-10-31"', '"dob": {"day": 1}'), ('"1985-10-31"', '["1985-10-31"]'), ('"Male"', "true"),
    ('"sex": "Male"', '"sex": "Male", "sex": "Female"'), ('"sex": "Male", ', ""), ('"sex"', '"Sex"'),
    ('"sex": "Male"', '"sex" : "Male"'), ('"Male"', '"Male": '), ('"Male"', "NaN"), ('"Male"', "0012"),
    ('"Male"', "1e5"),
    ('["Not to go", "x"]', "null"), ('["Not to go", "x"]', "[]"), ('["Not to go", "x"]', '"Not to go"'),
    ('["Not to go", "x"]', "{}"), ('"x"]', "null]"), ('"x"]', "5]"), ('"x"]', '{"text": "x"}]'), ("Not to", 'Not ":'),
    ('"PND-1"', "17"), ('"PND-1"', '"n/k"'), ('"PND-1"', "null"), ('"PND-1"', '"  "'),
    ('"kind": "arrest"', '"kind": []'),
    ('"order"', '"other"'), ('"person": {', '"person": [{'), ("}}", "}} "), ("}}", "}}\r"), ("}}", "}"), ("}}", "}}}"),
    (": ", ":"), (", ", ","), ('{"record_id"', ' {"record_id"'), ('"names": [', '"names": {'), ("[{", "[[{"),
    ('"event":', '"event": {}, "event":'), ('"event":', '"note": "x", "event":'), ("Leeds", "\ud800"),
)  # fmt: skip


def _read_long(line: bytes) -> tuple[object, ...]:
    unknown: Counter[str] = Counter()
    try:
        return (*read_document(line, unknown), unknown)
    except UnreadableDocumentError as error:
        return error.args


@given(st.sampled_from(LINES), st.lists(st.sampled_from(CHANGES), max_size=3))
def test_a_plain_document_is_what_any_document_is(line: str, changes: list[tuple[str, str]]) -> None:
    for old, new in changes:
        line = line.replace(old, new)
    sent = line.encode(errors="surrogatepass")
    plain = read_plain_document(sent)
    assert plain is None or (*plain, Counter()) == _read_long(sent)


@pytest.mark.parametrize("change", CHANGES, ids=map(str, range(len(CHANGES))))
def test_each_change_alone(change: tuple[str, str]) -> None:
    for line in LINES:
        sent = line.replace(*change).encode(errors="surrogatepass")
        plain = read_plain_document(sent)
        assert plain is None or (*plain, Counter()) == _read_long(sent)


def test_documents_as_the_pnd_writes_them_are_plain() -> None:
    for line in LINES:
        assert read_plain_document(line.encode()) is not None
