"""Documents of the PND as its program writes them, read in half the time.

Belongs here: a line that holds the keys of the contract, each once, and nothing escaped. Does not: any other line, or
what is wrong with it (`pnd_documents`, which gives the same of such a line too).
"""

import json
from operator import itemgetter
from typing import Any

from assets.sources.pnd_documents import (
    DOCUMENT_FIELDS,
    EVENT_FIELDS,
    KNOWN_KEYS,
    LIST_PLACES,
    LONGEST_LINE,
    NAMES_PLACE,
    PERSON_FIELDS,
    TEXT_TYPES,
    is_key,
    refuse_constant,
    says_something,
)

OF_DOCUMENT, OF_PERSON = itemgetter(*DOCUMENT_FIELDS), itemgetter(*PERSON_FIELDS)
OF_EVENT = {kind: itemgetter(*fields) for kind, fields in EVENT_FIELDS.items()}
SIZES = {kind: tuple(map(len, known)) for kind, known in KNOWN_KEYS.items()}
CONDITIONS_PLACES = {kind: [place for place in places if place != NAMES_PLACE] for kind, places in LIST_PLACES.items()}
NAME_ORDER, WRITTEN_NAME = ("type", "full"), '{"type": "%s", "full": "%s"}'
NOT_OF_THIS_FORM = (LookupError, RecursionError, TypeError, ValueError)

decode = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=refuse_constant).raw_decode


def read_plain_document(line: bytes) -> tuple[str, list[Any]] | None:
    """What `pnd_documents.read_document` gives of a line, if it is of this form; else None."""
    if len(line) > LONGEST_LINE or b"\\" in line:
        return None
    try:
        text = line.decode()
        document, end = decode(text)
        person, event = document["person"], document["event"]
        kind, names = event["kind"], person["names"]
        values = [*OF_DOCUMENT(document), *OF_PERSON(person), *OF_EVENT[kind](event)]
        values[NAMES_PLACE] = _write_names(names)
        for place in CONDITIONS_PLACES[kind]:
            values[place] = _write_texts(values[place])
    except NOT_OF_THIS_FORM:
        return None
    sizes = (len(document), len(person), len(event))
    # Nothing is escaped, so every quotation mark before a colon ends a key: a key that stands twice is one too many.
    is_plain = (
        end == len(text)
        and sizes == SIZES[kind]
        and line.count(b'":') == sum(sizes) + len(NAME_ORDER) * len(names)
        and TEXT_TYPES.issuperset(map(type, values))
        and is_key(values[0])
        and any(says_something(name["full"]) for name in names)
    )
    return (kind, [*values, None]) if is_plain else None


def _write_names(names: Any) -> str:
    for name in names:
        if type(name) is not dict or tuple(name) != NAME_ORDER or set(map(type, name.values())) != {str}:
            raise TypeError
    return "[" + ", ".join([WRITTEN_NAME % tuple(name.values()) for name in names]) + "]"


def _write_texts(texts: Any) -> str | None:
    if texts is None:
        return None
    if type(texts) is not list:
        raise TypeError
    return '["' + '", "'.join(texts) + '"]' if texts else "[]"
