"""One document of the PND: what it must look like, and its values as text.

Belongs here: the fields, the reasons to refuse a document. Does not: the delivery that documents come in.
"""

import json
from collections import Counter
from typing import Any, NoReturn

from assets.parsing.words import UNKNOWN_WORDS

DOCUMENT_FIELDS = ("record_id", "submitting_force", "submitted_at")
PERSON_FIELDS = ("names", "dob", "sex", "pncid", "cro")
EVENT_FIELDS = {
    "order": (
        *("order", "made", "starts", "ends", "term_months"),
        *("court", "status", "conditions", "occurrence_ref"),
    ),
    "arrest": ("date", "offence", "custody_ref", "asn"),
}
FIELDS = {kind: (*DOCUMENT_FIELDS, *PERSON_FIELDS, *fields, "other_fields") for kind, fields in EVENT_FIELDS.items()}
KNOWN_KEYS = {
    kind: (
        frozenset((*DOCUMENT_FIELDS, "person", "event")),
        frozenset(PERSON_FIELDS),
        frozenset((*fields, "kind")),
    )
    for kind, fields in EVENT_FIELDS.items()
}

# A document runs to a few thousand characters; far above that a field has swallowed something foreign.
LONGEST_LINE = 100_000
TEXT_TYPES = {str, type(None)}
PARTS = ("", "person.", "event.")
LIST_PLACES = {
    kind: [index for index, name in enumerate(fields) if name in {"names", "conditions"}]
    for kind, fields in FIELDS.items()
}
ASK_AGAIN = "Ask the PND team to send the record again."
REASONS = {
    "not_json": f"The line is not one JSON object. {ASK_AGAIN}",
    "null_byte": f"The line holds a null byte, so it is not JSON. {ASK_AGAIN}",
    "wrong_encoding": f"The line is not UTF-8. {ASK_AGAIN}",
    "too_long": f"The line is longer than {LONGEST_LINE:,} characters, far above any document. {ASK_AGAIN}",
    "wrong_type": "A part of the document has the wrong type: expected `person` and `event` as objects, `names` "
    "as a list of objects, `conditions` as a list of texts, every other field as a single value. " + ASK_AGAIN,
    "missing_key": f"The document has no `record_id`, so it cannot be told from others. {ASK_AGAIN}",
    "unknown_kind": f"`event.kind` is none of {', '.join(EVENT_FIELDS)}. {ASK_AGAIN}",
    "key_reused": "Another document of this delivery has the same `record_id` and other content; the one "
    "submitted last is kept. Ask the submitting force which of the two stands.",
}


class UnreadableDocumentError(ValueError):
    """A line that is no document of the PND; its argument is a code of `REASONS`."""


def read_document(line: bytes, unknown_keys: Counter[str]) -> tuple[str, list[Any]]:
    """Read one line.

    Returns:
        The kind of its event, and its values as text in the order of `FIELDS`.

    Raises:
        UnreadableDocumentError: the line is no document; keys nobody announced are no reason, but are counted.
    """
    document = _decode(line)
    person, event = document.get("person"), document.get("event")
    if type(person) is not dict or type(event) is not dict:
        raise UnreadableDocumentError("wrong_type")
    if not _is_key(document.get("record_id")):
        raise UnreadableDocumentError("missing_key")
    kind = event.get("kind")
    if type(kind) is not str or kind not in EVENT_FIELDS:
        raise UnreadableDocumentError("unknown_kind")
    _check_lists(person.get("names"), event.get("conditions"))
    values = [
        *[document.get(name) for name in DOCUMENT_FIELDS],
        *[person.get(name) for name in PERSON_FIELDS],
        *[event.get(name) for name in EVENT_FIELDS[kind]],
        _other_fields((document, person, event), KNOWN_KEYS[kind], unknown_keys),
    ]
    for index in LIST_PLACES[kind]:
        values[index] = encode(values[index]) if values[index] is not None else None
    if not TEXT_TYPES.issuperset(map(type, values)):
        raise UnreadableDocumentError("wrong_type")
    return kind, values


def _is_key(record_id: Any) -> bool:
    """Whether a record id tells a record from others; a list or the like is refused later, as of the wrong type."""
    if type(record_id) is not str:
        return record_id is not None
    return record_id.strip().lower() not in UNKNOWN_WORDS and any(map(str.isalnum, record_id))


def _decode(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise UnreadableDocumentError("too_long")
    if b"\0" in line:
        raise UnreadableDocumentError("null_byte")
    try:
        text = line.decode()
        document = decode(text)
        if "\\u" in text:
            encode(document).encode()  # half of a surrogate pair decodes as JSON but is no text
    except UnicodeError:
        raise UnreadableDocumentError("wrong_encoding") from None
    except (ValueError, RecursionError):
        raise UnreadableDocumentError("not_json") from None
    if type(document) is not dict:
        raise UnreadableDocumentError("not_json")
    return document


def _refuse_constant(_: str) -> NoReturn:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError


# Numbers and truth values stay as they were written: the raw layer is text.
decode = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse_constant).decode
encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _check_lists(names: Any, conditions: Any) -> None:
    """Names are objects of texts and conditions are texts, or either is missing."""
    if names is not None and (
        type(names) is not list
        or not all(type(name) is dict and TEXT_TYPES.issuperset(map(type, name.values())) for name in names)
    ):
        raise UnreadableDocumentError("wrong_type")
    if conditions is not None and (type(conditions) is not list or not TEXT_TYPES.issuperset(map(type, conditions))):
        raise UnreadableDocumentError("wrong_type")


def _other_fields(
    parts: tuple[dict[str, Any], ...], known: tuple[frozenset[str], ...], unknown_keys: Counter[str]
) -> str | None:
    """What the parts of a document hold beyond the contract, as JSON text; counted by key."""
    if all(part.keys() <= keys for part, keys in zip(parts, known, strict=True)):
        return None
    others = {
        f"{name}{key}": value
        for name, part, keys in zip(PARTS, parts, known, strict=True)
        for key, value in part.items()
        if key not in keys
    }
    unknown_keys.update(others.keys())
    return encode(others)
