"""Whom packs are made for: forces, courts, regional units and the PNC bureau, by the codes that rules name.

Belongs here: what an owner is called. Does not: which lines are whose (`ledger.packs.content`).
"""

from functools import cache

import polars as pl

from warehouse.codes import reference
from warehouse.sources import BODIES


class UnknownOwnerError(LookupError):
    """There is no owner of that code."""


def owner_title(owner: str) -> str:
    """What an owner is called.

    Args:
        owner: `force:<code>`, `court:<code>`, `region:<code>` or `pnc_bureau`.

    Raises:
        UnknownOwnerError: no list holds that code.
    """
    try:
        return _titles()[owner]
    except KeyError:
        forms = "force:<code>, court:<code>, region:<code> or pnc_bureau"
        raise UnknownOwnerError(
            f"there is no owner {owner!r}: use {forms}, as `concord packs list` shows them"
        ) from None


def find_owner(text: str) -> str:
    """The code of an owner from its code or its name, in any capitals.

    Raises:
        UnknownOwnerError: no list holds it.
    """
    named = {title.casefold(): code for code, title in _titles().items()}
    asked = " ".join(text.split())
    code = named.get(asked.casefold(), asked)
    owner_title(code)
    return code


def owners_of_records() -> list[str]:
    """The names of the owners that are asked most: forces, regional units and the PNC bureau, in their order."""
    return sorted(title for code, title in _titles().items() if not code.startswith("court:"))


def title_or_none(owner: str) -> str | None:
    """What an owner is called; None where a rule or a steward named one that is on no list."""
    return _titles().get(owner)


@cache
def _titles() -> dict[str, str]:
    forces = reference("forces").filter(pl.col("code") == pl.col("current_code"))
    lists = {"force": forces, "court": reference("courts"), "region": reference("regions")}
    named = {
        f"{kind}:{code}": name for kind, listed in lists.items() for code, name in listed.select("code", "name").rows()
    }
    return named | BODIES
