"""The words of the page for codes of the register.

Belongs here: codes of tables and the words that stand for them. Does not: rules of discrepancies, which bring words of
their own (`expectations.rules`).
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final

from ledger.packs.owners import title_or_none
from warehouse.codes import reference
from warehouse.sources import SOURCE_TITLES
from warehouse.tables.titles import FIELD_TITLES

COLUMN_NAME: Final = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")

KIND_TITLES: Final = {
    "discrepancies": "Sources differ",
    "doubtful_value": "A value that may be wrong",
    "near_match": "Two orders that may be one",
    "lone_record": "Held by one record alone",
    "constraint": "Breaks a rule of law or fact",
    "stale_decision": "Evidence behind a decision has changed",
    "link_conflict": "Kept apart though records join them",
    "contradiction": "Decisions that exclude one another",
}

KIND_QUESTIONS: Final = {
    "discrepancies": "Which value is right, or are the differing values different facts?",
    "doubtful_value": "Is the value right, and who can say?",
    "near_match": "Do the records of these two orders speak of the same order?",
    "lone_record": "Ought other sources to hold this order, or does it belong to another one?",
    "constraint": "Is a value wrong, or were records put together that do not belong together?",
    "stale_decision": "Does the decision still stand?",
    "link_conflict": "Which of the records belong together?",
    "contradiction": "Which of the decisions is to be taken back?",
}

STATUS_TITLES: Final = {
    "live": "Live",
    "not_started": "Not yet started",
    "uncertain": "Not known to be in force",
    "expired": "Expired",
    "discharged": "Discharged",
    "superseded": "Superseded",
    "determined": "Determined",
    "withdrawn": "Withdrawn",
    "not_known": "Not known",
}

STATE_TITLES: Final = {
    "new": "New",
    "open": "Open",
    "reopened": "Found again",
    "stale_decision": "Changed since it was decided",
    "resolved": "Resolved",
}

SEVERITY_TITLES: Final = {"high": "High", "medium": "Medium", "low": "Low"}

CHOICE_REASONS: Final = {
    "only_source": "no other source gives a value",
    "agreement": "most sources agree",
    "corroboration": "other facts speak for it",
    "precedence": "this source counts most for this field",
    "valid_over_invalid": "the other values fail a check",
    "amended_result": "a later court result amends the earlier one",
    "derived": "worked out from other values",
    "none_valid": "no value passes its check, so none is published",
    "steward": "a steward decided it",
}
"""Why a golden value won (`field_provenance.rule`)."""

CONDITION_KINDS: Final = {
    "prohibition": "Prohibition",
    "requirement_like": "Requirement",
    "travel": "Travel",
    "notification": "Notification",
}

_CODE_TITLES: Final = {
    "sex": {"M": "Male", "F": "Female"},
    "order_type": {
        "STRO": "STRO (risk order)",
        "STPO": "STPO (prevention order)",
        "TERO": "TERO (risk order, Scotland)",
        "TEPO": "TEPO (prevention order, Scotland)",
    },
    "recorded_status": STATUS_TITLES,
    "legal_status": STATUS_TITLES,
    "result_state": {"FINAL": "Final", "AMENDED": "Amended", "WITHDRAWN": "Withdrawn"},
}


def with_titles(reason: str) -> str:
    """A reason with the titles of columns for their names: `pnc_id` as `PNC ID`, `end_on` as `last day`."""
    return COLUMN_NAME.sub(lambda name: _within_text(title_for(FIELD_TITLES, name[0])), reason)


def _within_text(title: str) -> str:
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def title_for(titles: Mapping[str, str], code: str) -> str:
    """The words for a code; the code itself where there are none."""
    return str(titles.get(code, code))


def title_of(field: str, code: str) -> str:
    """The words for a code of a field; the code itself where there are none."""
    if field == "court_code":
        return title_for(_courts(), code)
    if field == "force_code":
        return title_for(_forces(), code)
    return title_for(_CODE_TITLES.get(field, {}), code)


def owner_title(owner: str) -> str:
    """Who has to correct something, from `force:<code>`, `court:<code>`, `region:<code>` or `pnc_bureau`."""
    kind, _, code = owner.partition(":")
    return title_or_none(owner) or (f"{kind} not known" if code == "not_known" else code or owner)


def format_day(day: date) -> str:
    """A day as people write it: 8 June 2027."""
    return f"{day.day} {day:%B %Y}"


def source_name(source: str) -> str:
    """The name of a source."""
    return title_for(SOURCE_TITLES, source)


def record_title(record_id: str) -> str:
    """A record by its source and key, from `<source>:<source_key>`."""
    source, _, key = record_id.partition(":")
    return f"{source_name(source)} {', row '.join(key.rsplit('#', 1)).replace('#', ', ')}"


@cache
def _forces() -> dict[str, str]:
    return dict(reference("forces").select("code", "name").iter_rows())


@cache
def _courts() -> dict[str, str]:
    return dict(reference("courts").select("code", "name").iter_rows())
