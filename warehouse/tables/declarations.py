"""Reads how tables are declared (`warehouse/tables/*.toml`).

Belongs here: the form of the files, and the code lists and patterns that they name. Does not: any table.

A column is given by its properties (those of `Column`; `type` as in DuckDB, text by default), or by the name of the table,
further up in the file, that has the same column. Its `source` is that of the table if it has none of its own, and codes
of a list that is a table of the release name it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from warehouse import codes as lists
from warehouse.delivery_states import STATE_NAMES
from warehouse.identifiers import ASN_PATTERN, CRO_PATTERN, PNC_ID_PATTERN
from warehouse.schema import Column, Table, type_names
from warehouse.sources import SOURCE_NAMES

_CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "conditions": lists.CONDITION_CODES,
    "courts": lists.COURT_CODES,
    "delivery_states": STATE_NAMES,
    "disagreements": tuple(lists.DISAGREEMENTS),
    "force_kinds": lists.FORCE_KINDS,
    "forces": lists.FORCE_CODES,
    "legal_statuses": lists.LEGAL_STATUSES,
    "nations": lists.NATIONS,
    "offences": lists.OFFENCE_CODES,
    "order_types": lists.ORDER_TYPES,
    "severities": lists.SEVERITIES,
    "sexes": lists.SEXES,
    "sources": SOURCE_NAMES,
    "streams": lists.STREAMS,
}
_LISTED: Final = {
    **{name: f"`{name}`" for name in ("courts", "forces", "offences")},
    "conditions": "`condition_catalogue`",
    "legal_statuses": "`legal_status_codes`",
}
_PATTERNS: Final = {
    None: None,
    "condition": lists.CONDITION_CODE_PATTERN,
    "asn": ASN_PATTERN,
    "cro_number": CRO_PATTERN,
    "pnc_id": PNC_ID_PATTERN,
}
_TYPES: Final[Mapping[str, Any]] = {name: kind for kind, name in type_names.items()}


def read_tables(name: str) -> dict[str, Table]:
    """The tables of a file by name, in its order.

    Raises:
        KeyError: the file names a type, code list, pattern or table that there is not.
        TypeError: a column lacks its description, or has a property that is none of `Column`.
    """
    tables: dict[str, Table] = {}
    for table, facts in tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")).items():
        columns = tuple(
            tables[given].column(column)
            if isinstance(given, str)
            else _column(column, **{"source": facts.get("source", ""), **given})
            for column, given in facts["columns"].items()
        )
        keys = (tuple(facts.get(part, ())) for part in ("key", "sort_by"))
        tables[table] = Table(table, facts["row_is"], columns, *keys)
    return tables


def _column(
    name: str,
    *,
    description: str,
    type: str = "VARCHAR",  # noqa: A002 (the word of the files)
    codes: str | Sequence[str] = (),
    pattern: str | None = None,
    coding: str = "",
    **others: Any,
) -> Column:
    known = _CODES[codes] if isinstance(codes, str) else tuple(codes)
    listed = _LISTED.get(codes, "") if isinstance(codes, str) else ""
    kind, form = _TYPES[type], _PATTERNS[pattern]
    return Column(name, description, kind, codes=known, pattern=form, coding=coding or listed, **others)
