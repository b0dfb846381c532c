"""One document of the PND: what it must look like, and its values as text.

A key that is not in the contract, at any depth, is reported with its path, and what it holds is kept in
`other_fields`: a value under another name, or nested where a single value was due, is not used, but must not be lost.

Belongs here: the fields, the reasons to refuse a document. Does not: the delivery that documents come in.
"""

import json
from collections import Counter
from typing import Any, NoReturn

from assets.parsing.words import UNKNOWN_WORDS

DOCUMENT_FIELDS = ("record_id", "submitting_force", "submitted_at")
PERSON_FIELDS = ("names", "dob", "sex", "pncid", "cro")
NAME_KEYS = frozenset(("type", "full"))
NOT_KNOWN = frozenset(UNKNOWN_WORDS)
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
DOCUMENT_PARTS = ("", "person.", "event.")
LISTS = ("names", "conditions")
# Of the values of a document, before `other_fields`: the path of each, and the places of the lists.
PATHS = {
    kind: (*DOCUMENT_FIELDS, *(f"person.{name}" for name in PERSON_FIELDS), *(f"event.{name}" for name in fields))
    for kind, fields in EVENT_FIELDS.items()
}
LIST_PLACES = {kind: [at for at, path in enumerate(paths) if path.endswith(LISTS)] for kind, paths in PATHS.items()}
NAMES_PLACE = len(DOCUMENT_FIELDS)
CONTRACT_KEYS = frozenset().union(NAME_KEYS, *(keys for known in KNOWN_KEYS.values() for keys in known))
DEEPEST = 8  # levels of keys that are named; what is deeper is named by the last of them
ASK_AGAIN = "Ask the PND team to send the record again."
PND_REASONS = {
    "not_json": f"The line is not one JSON object. {ASK_AGAIN}",
    "null_byte": f"The line holds a null byte, so it is not JSON. {ASK_AGAIN}",
    "wrong_encoding": f"The line is not UTF-8. {ASK_AGAIN}",
    "too_long": f"The line is longer than {LONGEST_LINE:,} characters, far above any document. {ASK_AGAIN}",
    "wrong_type": "A part of the document has the wrong type: expected `person` and `event` as objects, `names` "
    "as a list of objects, `conditions` as a list of texts, every other field as a single value. " + ASK_AGAIN,
    "no_name": "The document holds no name, so it cannot be said whom it is about. Expected `person.names` "
    "with `type` and `full`. Ask the submitting force for the name; if its keys changed, report it to the maintainers.",
    "repeated_key": "An object of the document holds one key several times with different values, so it cannot be said "
    f"which of them is meant. {ASK_AGAIN}",
    "missing_key": f"The document has no `record_id`, so it cannot be distinguished from others. {ASK_AGAIN}",
    "unknown_kind": f"`event.kind` is none of {', '.join(EVENT_FIELDS)}. {ASK_AGAIN}",
    "key_reused": "Another document of this delivery has the same `record_id` and other content; the one "
    "submitted last is kept. Ask the submitting force which of the two is right.",
}


class UnreadableDocumentError(ValueError):
    """A line that is not a document of the PND.

    Its arguments are a code of `PND_REASONS` and, for `repeated_key`, the key.
    """


def read_document(line: bytes, unknown_keys: Counter[str]) -> tuple[str, list[Any]]:
    """Read one line.

    Returns:
        The kind of its event, and its values as text in the order of `FIELDS`.

    Raises:
        UnreadableDocumentError: the line is not a document; unknown keys are not a reason, but are counted.
    """
    document = _decode(line)
    person, event = document.get("person"), document.get("event")
    if type(person) is not dict or type(event) is not dict:
        raise UnreadableDocumentError("wrong_type")
    if not is_key(document.get("record_id")):
        raise UnreadableDocumentError("missing_key")
    kind = event.get("kind")
    if type(kind) is not str or kind not in EVENT_FIELDS:
        raise UnreadableDocumentError("unknown_kind")
    values = [*map(document.get, DOCUMENT_FIELDS), *map(person.get, PERSON_FIELDS), *map(event.get, EVENT_FIELDS[kind])]
    others: dict[str, Any] = {}
    for place in LIST_PLACES[kind] if dict not in map(type, values) else range(1, len(values)):
        values[place] = _clean(values[place], PATHS[kind][place], others)
    others |= _unknown(document, person, event, kind)
    if others:
        unknown_keys.update(path for key, value in others.items() for path in _paths(key, value))
    names = values[NAMES_PLACE]
    for place in LIST_PLACES[kind]:
        values[place] = None if values[place] is None else encode(values[place])
    if not TEXT_TYPES.issuperset(map(type, values)):
        raise UnreadableDocumentError("wrong_type")
    if not any(says_something(name.get("full")) for name in names or ()):
        raise UnreadableDocumentError("no_name")
    return kind, [*values, encode(others) if others else None]


def says_something(text: Any) -> bool:
    """Whether a text is more than blanks, punctuation and words for `not known`."""
    return type(text) is str and text.strip().lower() not in NOT_KNOWN and any(map(str.isalnum, text))


def is_key(record_id: Any) -> bool:
    """Whether a value can be the id of a record; a list or the like is refused later, as of the wrong type."""
    return record_id is not None if type(record_id) is not str else says_something(record_id)


def _decode(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise UnreadableDocumentError("too_long")
    if b"\0" in line:
        raise UnreadableDocumentError("null_byte")
    try:
        text = line.decode()
        document = decode(text)
        if "\\u" in text:
            encode(document).encode()  # half of a surrogate pair decodes as JSON but is not text
    except UnreadableDocumentError:
        raise
    except UnicodeError:
        raise UnreadableDocumentError("wrong_encoding") from None
    except (ValueError, RecursionError):
        raise UnreadableDocumentError("not_json") from None
    if type(document) is not dict:
        raise UnreadableDocumentError("not_json")
    return document


def refuse_constant(_: str) -> NoReturn:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError


def _one_value_a_key(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object. RFC 8259, section 4, leaves open which value of a repeated key counts; most readers take the last.

    Of a key that the contract does not name all values are kept, as a list.

    Raises:
        UnreadableDocumentError: a key of the contract has two values.
    """
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    for key in found:
        values = [value for name, value in pairs if name == key]
        if all(value == values[0] for value in values):
            continue
        if key in CONTRACT_KEYS:
            raise UnreadableDocumentError("repeated_key", key)
        found[key] = values
    return found


# Numbers and truth values stay as they were written: the raw layer is text.
decode = json.JSONDecoder(
    parse_int=str, parse_float=str, parse_constant=refuse_constant, object_pairs_hook=_one_value_a_key
).decode
encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _clean(value: Any, path: str, others: dict[str, Any]) -> Any:
    """A value of a document: `others` keeps the unknown keys of a list, and an object where a single value is due.

    Raises:
        UnreadableDocumentError: names are not objects, or conditions not texts.
    """
    if value is None or not path.endswith(LISTS):
        if type(value) is not dict:
            return value
        others[path] = value
        return None
    clean = _clean_names(value) if path == "person.names" else _clean_conditions(value)
    if clean != value:
        others[path] = value
    return clean


def _clean_names(names: Any) -> list[dict[str, str | None]]:
    """Names with the keys and texts of the contract, no others."""
    if type(names) is dict or names is None:
        return []
    if type(names) is not list or not all(type(name) is dict for name in names):
        raise UnreadableDocumentError("wrong_type")
    return [
        name
        if name.keys() <= NAME_KEYS and TEXT_TYPES.issuperset(map(type, name.values()))
        else {key: name[key] for key in NAME_KEYS & name.keys() if type(name[key]) in TEXT_TYPES}
        for name in names
    ]


def _clean_conditions(conditions: Any) -> list[str | None]:
    """Conditions that are texts; objects among them are left out."""
    if type(conditions) is dict:
        return []
    if type(conditions) is not list or not {*TEXT_TYPES, dict}.issuperset(map(type, conditions)):
        raise UnreadableDocumentError("wrong_type")
    return [text for text in conditions if type(text) is not dict]


def _unknown(document: dict[str, Any], person: dict[str, Any], event: dict[str, Any], kind: str) -> dict[str, Any]:
    """What the parts of a document hold beyond the contract, by path."""
    in_document, in_person, in_event = KNOWN_KEYS[kind]
    if document.keys() <= in_document and person.keys() <= in_person and event.keys() <= in_event:
        return {}
    parts = (document, person, event)
    return {
        f"{name}{key}": value
        for name, part, keys in zip(DOCUMENT_PARTS, parts, KNOWN_KEYS[kind], strict=True)
        for key, value in part.items()
        if key not in keys
    }


def _paths(path: str, value: Any) -> set[str]:
    """The paths of the unknown keys within a value, down to those that hold no further key."""
    entries = [entry for entry in (value if type(value) is list else [value]) if type(entry) is dict]
    if not any(entries) or path.count(".") >= DEEPEST:
        return {path}
    return {
        found
        for entry in entries
        for key, below in entry.items()
        if not (path == "person.names" and key in NAME_KEYS and type(below) in TEXT_TYPES)
        for found in _paths(f"{path}.{key}", below)
    }
