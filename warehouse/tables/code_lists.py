"""The code lists that a release holds, so that every code in it can be looked up there.

Belongs here: which lists, what their columns mean, the lists as tables. Does not: the lists themselves
(`warehouse/reference/*.csv`), what codes are read from (`assets.parsing`).
"""

from typing import Final

import polars as pl

from warehouse.codes import reference
from warehouse.schema import Column, Table

_CODE = Column("code", "The code.", required=True)
_SOURCE = Column("source", "Where the row is from (docs/sources.md).")

FORCES: Final = Table(
    "forces",
    "a force or an agency, or a former code of one",
    (
        _CODE,
        Column("current_code", "The code used now; the same unless the force was merged.", required=True),
        Column("name", "Name.", required=True),
        Column("kind", "territorial, national_police, agency, crown_dependency; legacy or alias for a former code."),
        Column("region_code", "Region (`regions`)."),
        Column("nation", "England, Wales, Scotland or Northern Ireland; GB or UK for those of several."),
        _SOURCE,
    ),
    key=("code",),
)
REGIONS: Final = Table(
    "regions",
    "a regional organised crime unit",
    (_CODE, Column("name", "Name.", required=True), Column("region", "The region."), _SOURCE),
    key=("code",),
)
COURTS: Final = Table(
    "courts",
    "a court",
    (
        _CODE,
        Column("name", "Name.", required=True),
        Column("court_type", "magistrates, crown, youth, sheriff, high_court and others."),
        Column("force_code", "Force in whose area it sits (`forces`)."),
        Column("region_code", "Region of that force (`regions`)."),
        Column("nation", "Nation."),
        Column("jurisdiction", "England and Wales, Scotland or Northern Ireland."),
        _SOURCE,
    ),
    sort_by=("code", "name"),
)
OFFENCES: Final = Table(
    "offences",
    "an offence",
    (
        Column("cjs_code", "The code (CJS offence code).", required=True),
        Column("title", "Title.", required=True),
        Column("category", "Category of the practice note on orders."),
        Column("harm_days", "Weight in the Cambridge Crime Harm Index, in days; null where it gives none.", pl.Float64),
        _SOURCE,
    ),
    sort_by=("cjs_code", "title"),
)
CONDITION_CATALOGUE: Final = Table(
    "condition_catalogue",
    "a kind of condition",
    (
        _CODE,
        Column("label", "What it is, in words.", required=True),
        Column("kind", "prohibition, requirement_like, travel or notification.", required=True),
        Column("context", "Kinds of exploitation it is typical of, parted by `|`; `any` for all."),
        _SOURCE,
    ),
    key=("code",),
)
STATUSES: Final = Table(
    "legal_status_codes",
    "a status in law",
    (_CODE, Column("meaning", "What it means.", required=True)),
    key=("code",),
)

CODE_LISTS: Final = {
    FORCES: "forces",
    REGIONS: "regions",
    COURTS: "courts",
    OFFENCES: "offences",
    CONDITION_CATALOGUE: "conditions",
    STATUSES: "legal_statuses",
}
"""Each with the reference list that it is read from."""


def read_code_list(table: Table) -> pl.DataFrame:
    """A code list as a table of a release."""
    return table.conform(reference(CODE_LISTS[table]))
