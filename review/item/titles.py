"""The words of the page for codes of the register.

Belongs here: codes of tables and the words that stand for them (`words.toml`). Does not: rules of
discrepancies, which bring words of their own (`expectations.rules`).
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any, Final

from ledger.owners import title_or_none
from warehouse.codes import names_of
from warehouse.sources import SOURCE_TITLES
from warehouse.tables.core import split_record_id
from warehouse.tables.titles import FIELD_TITLES
from warehouse.wording import day_in_words

COLUMN_NAME: Final = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
LISTED_FIELDS: Final = re.compile(r"\b(?:sources differ|may be wrong): [^;]*")
ONE_WORD: Final = re.compile(r"\b[a-z]+\b(?!_)")
ISO_DAY: Final = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")

_WORDS: Final = tomllib.loads(files("review.item").joinpath("words.toml").read_text(encoding="utf-8"))
_Titles = Mapping[str, str]
KIND_TITLES: Final[_Titles] = _WORDS["kind_titles"]
KIND_QUESTIONS: Final[_Titles] = _WORDS["kind_questions"]
STATUS_TITLES: Final[_Titles] = _WORDS["status_titles"]
STATE_TITLES: Final[_Titles] = _WORDS["state_titles"]
SEVERITY_TITLES: Final[_Titles] = _WORDS["severity_titles"]
CONDITION_KINDS: Final[_Titles] = _WORDS["condition_kinds"]
CHOICE_REASONS: Final[_Titles] = _WORDS["choice_reasons"]
"""Why a golden value won (`field_provenance.rule`)."""
_CODE_TITLES: Final[Mapping[str, _Titles]] = _WORDS["code_titles"] | {
    "court_code": names_of("courts"),
    "force_code": names_of("forces"),
    "recorded_status": STATUS_TITLES,
    "legal_status": STATUS_TITLES,
}


def with_titles(reason: str) -> str:
    """A reason with the titles of columns for their names, and days as people write them.

    `pnc_id` as `PNC ID`, `end_on` as `last day`, `2027-06-08` as `8 June 2027`.
    """
    listed = LISTED_FIELDS.sub(lambda found: ONE_WORD.sub(_field_within_text, found[0]), reason)
    return with_days(COLUMN_NAME.sub(_field_within_text, listed))


def with_days(text: str) -> str:
    """A text with its days as people write them; what only looks like a day stays."""
    return ISO_DAY.sub(lambda found: _day_in_words(found[0]), text)


def _day_in_words(text: str) -> str:
    try:
        return format_day(date.fromisoformat(text))
    except ValueError:
        return text


def _field_within_text(name: re.Match[str]) -> str:
    return within_text(title_for(FIELD_TITLES, name[0]))


def within_text(title: str) -> str:
    """A title as it stands within a sentence: `last day`, but `PNC ID`."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def title_for(titles: Mapping[str, str], code: str) -> str:
    """The words for a code; the code itself where there are none."""
    return str(titles.get(code, code))


def title_of(field: str, code: str) -> str:
    """The words for a code of a field; the code itself where there are none."""
    return title_for(_CODE_TITLES.get(field, {}), code)


def status_words(order: Mapping[str, Any]) -> str:
    """A status in law of a row of `orders`, and whether it is in doubt: nobody may read that such an order ended."""
    doubt = ", in doubt: counts as in force" if order["is_in_force_doubtful"] else ""
    return f"{title_for(STATUS_TITLES, order['legal_status'])}{doubt}"


def title_of_owner(owner: str) -> str:
    """Who has to correct something, from `force:<code>`, `court:<code>`, `region:<code>` or `pnc_bureau`."""
    kind, _, code = owner.partition(":")
    return title_or_none(owner) or (f"{kind} not known" if code == "not_known" else code or owner)


def format_day(day: date) -> str:
    """A day as people write it: 8 June 2027."""
    return day_in_words(day)


def source_name(source: str) -> str:
    """The name of a source."""
    return title_for(SOURCE_TITLES, source)


def record_title(record_id: str) -> str:
    """A record by its source and key, from `<source>:<source_key>`."""
    source, key = split_record_id(record_id)
    return f"{source_name(source)} {', row '.join(key.rsplit('#', 1)).replace('#', ', ')}"
