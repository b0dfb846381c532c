"""Code lists: forces, regions, courts, offences, conditions, name variants.

The lists live as CSV in `warehouse/reference/`, each row with its source; this module reads them once.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import polars as pl


@cache
def reference(name: str) -> pl.DataFrame:
    """A reference list by file name without ending: all columns text, empty cells null.

    Names: forces, regions, courts, offences, harm_assumptions, conditions, condition_words, name_variants, forenames,
    family_names, month_names, force_tiles, legal_statuses, decision_reasons, published_figures, result_codes,
    rule_verification.
    Cells of several values (`aliases`, `wordings`, `context`, `order_types`, `forms`, `about`) part them with `|`.

    Raises:
        FileNotFoundError: there is no such list.
    """
    text = files("warehouse").joinpath("reference", f"{name}.csv").read_bytes()
    return pl.read_csv(text, infer_schema=False)


def codes(name: str, column: str = "code") -> tuple[str, ...]:
    """The distinct values of one column of a reference list, in the order of the list."""
    return tuple(reference(name).get_column(column).unique(maintain_order=True))


def only_code(codes: set[str]) -> str | None:
    """The code, if there is one alone: of several that a text may mean, none is chosen."""
    return next(iter(codes)) if len(codes) == 1 else None


@cache
def names_of(name: str, column: str = "name") -> dict[str, str]:
    """What a column of a reference list says of each code."""
    return dict(reference(name).select("code", column).drop_nulls().iter_rows())


BY_STEWARD = "named by a steward"
"""The source of a condition that the catalogue lacks."""

FORCE_CODES = codes("forces", "current_code")
FORCE_KINDS = ("territorial", "national_police", "agency", "crown_dependency")
LEGAL_STATUSES = codes("legal_statuses")
NATIONS = codes("courts", "nation")
REGION_CODES = codes("regions")
COURT_CODES = codes("courts")
OFFENCE_CODES = codes("offences", "cjs_code")
CONDITION_CODES = codes("conditions")
NAMED_KINDS = {"P": "prohibition", "R": "requirement_like"}
"""Kinds of condition that a steward may name a wording, by the letter that codes of new ones begin with.

Not travel and notification: by them alone the law lets an order be shorter than two years, and a ban on travel ends
by itself. A wrong name must not end what binds.
"""
NAMEABLE_CODES = tuple(
    reference("conditions").filter(pl.col("kind").is_in(list(NAMED_KINDS.values()))).get_column("code")
)
CONDITION_CODE_PATTERN = rf"^(C\d\d|[{''.join(NAMED_KINDS)}]:[a-z0-9]+(-[a-z0-9]+)*)$"


def is_new_condition_code(code: str) -> bool:
    """Whether it is a code of a condition that a steward named, which the catalogue lacks."""
    return ":" in code and re.fullmatch(CONDITION_CODE_PATTERN, code) is not None


def new_condition_code(letter: str, title: str) -> str:
    """The code of a condition that the catalogue lacks: it is its title, so that it needs no list to be read."""
    return f"{letter}:{'-'.join(re.findall('[a-z0-9]+', title.lower()))}"


def condition_label(code: str) -> str:
    """What a condition is, in words; of a code that means nothing the code itself."""
    if is_new_condition_code(code):
        return code[2:].replace("-", " ").capitalize()
    return names_of("conditions", "label").get(code, code)


def condition_catalogue(named: Iterable[str | None]) -> pl.DataFrame:
    """The catalogue of conditions, and those of these codes that stewards named."""
    listed = reference("conditions")
    rows = [
        {"code": code, "label": condition_label(code), "kind": NAMED_KINDS[code[0]], "source": BY_STEWARD}
        for code in sorted({code for code in named if code and is_new_condition_code(code)})
    ]
    return pl.concat(
        [listed, pl.DataFrame(rows, schema=dict.fromkeys(("code", "label", "kind", "source"), pl.String))],
        how="diagonal",
    )


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
DOUBT = "DOUBT-"
"""How the codes of rules begin that ask whether an order is in force: an item that holds one comes first."""
