"""Lists of values by name, so that nobody has to know codes: courts and forces to search, short lists to choose from.

Belongs here: names of coded values in forms. Does not: whether a field can have a value (`ledger.decisions.values`).
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from review.item.fields import FIELD_NATURES
from review.item.titles import title_of
from warehouse.codes import reference
from warehouse.tables.register import ORDERS

SEARCHED: Final = {"court_code": "courts", "force_code": "forces"}
"""Fields whose values are too many to show, by the name of their list."""


def all_values(field: str) -> tuple[str, ...]:
    """All values of a field that has few; empty of any other field."""
    if FIELD_NATURES.get(field) == "flag":
        return ("true", "false")
    is_short = FIELD_NATURES.get(field) == "code" and field not in SEARCHED
    return tuple(ORDERS.column(field).codes or ()) if is_short else ()


def names_to_search(field: str) -> tuple[str, ...]:
    """The names of all values of a field that has many, sorted; empty of any other field."""
    return tuple(sorted(_codes_by_name(field).values())) if field in SEARCHED else ()


def code_of(field: str, text: str) -> str | None:
    """The code of a named value; the text itself of a field without a list; None: the list does not hold it."""
    if field not in SEARCHED:
        return text
    names = _codes_by_name(field)
    by_name = {name.casefold(): code for code, name in names.items()}
    return by_name.get(text.casefold(), text if text in names else None)


@cache
def _codes_by_name(field: str) -> Mapping[str, str]:
    """Names by code, of those in use now."""
    listed = reference(SEARCHED[field])
    codes = listed.get_column("current_code" if "current_code" in listed.columns else "code")
    return {code: title_of(field, code) for code in codes.drop_nulls().unique(maintain_order=True)}
