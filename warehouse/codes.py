"""Code lists: forces, regions, courts, offences, conditions, name variants.

The lists live as CSV in `warehouse/reference/`, each row with its source; this module reads them once.
"""

from functools import cache
from importlib.resources import files

import polars as pl


@cache
def reference(name: str) -> pl.DataFrame:
    """A reference list by file name without ending: all columns text, empty cells null.

    Names: forces, regions, courts, offences, harm_assumptions, conditions, condition_words, name_variants, forenames,
    family_names, force_tiles, legal_statuses, decision_reasons, published_figures, result_codes, rule_verification.
    Cells of several values (`aliases`, `wordings`, `context`, `order_types`, `forms`, `about`) part them with `|`.

    Raises:
        FileNotFoundError: there is no such list.
    """
    text = files("warehouse").joinpath("reference", f"{name}.csv").read_bytes()
    return pl.read_csv(text, infer_schema=False)


def codes(name: str, column: str = "code") -> tuple[str, ...]:
    """The distinct values of one column of a reference list, in the order of the list."""
    return tuple(reference(name).get_column(column).unique(maintain_order=True))


@cache
def names_of(name: str, column: str = "name") -> dict[str, str]:
    """What a column of a reference list says of each code."""
    return dict(reference(name).select("code", column).drop_nulls().iter_rows())


FORCE_CODES = codes("forces", "current_code")
FORCE_KINDS = ("territorial", "national_police", "agency", "crown_dependency")
LEGAL_STATUSES = codes("legal_statuses")
NATIONS = codes("courts", "nation")
REGION_CODES = codes("regions")
COURT_CODES = codes("courts")
OFFENCE_CODES = codes("offences", "cjs_code")
CONDITION_CODES = codes("conditions")
DISAGREEMENTS = {
    "right_as_it_is": "our record is right",
    "not_ours": "not our record",
    "cannot_correct": "our system can't hold it",
}
"""Why an owner may disagree with a correction, by code, in the words of a pack."""
ORDER_TYPES = ("STRO", "STPO", "TERO", "TEPO")
SEVERITIES = ("high", "medium", "low")
SEXES = ("M", "F")
STREAMS = ("settle", "send")
