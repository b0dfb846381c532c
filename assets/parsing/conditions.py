"""Conditions of orders, each coded to the catalogue.

Belongs here: finding the code of a wording. Does not: the catalogue (`warehouse/reference/conditions.csv`), splitting
cells (`condition_cells`).
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import chain

import polars as pl
from rapidfuzz import fuzz, process

from reconciliation.stated_periods import WORDS
from warehouse.codes import only_code, reference
from warehouse.standardise import fold

SHORT_WORDS = {
    " W ": " WITH ",
    " U18S ": " UNDER 18 ",
    " U18 ": " UNDER 18 ",
    " INTL ": " INTERNATIONAL ",
    " UNITED KINGDOM ": " UK ",
    " LEAVE THE UK ": " TRAVEL OUTSIDE THE UK ",
    " LEAVE THE UNITED KINGDOM ": " TRAVEL OUTSIDE THE UK ",
    " TRAVEL ABROAD ": " TRAVEL OUTSIDE THE UK ",
}
# The statute's own words, ss.18(2)(c) and 25(2)(c), beside the wordings of the catalogue: whole, since what is like
# them may have an exception (`other than Ireland`).
STATUTORY = pl.DataFrame(
    {"code": "C28", "text": [f"{must} travel to any country outside the UK" for must in ("Not to", "Must not")]}
)
_NUMBER = rf"(?:\d{{1,3}}|{'|'.join(WORDS).upper()})(?: \d{{1,3}})?"
PERIOD_AT_END = re.compile(
    rf" (?:FOR (?:AN? |THE )?(?:FIXED |MAXIMUM )?(?:(?:PERIOD|TERM) OF )?{_NUMBER} (?:YEAR|YR|MONTH|MTH)S?"
    r"|(?:UNTIL|TILL|UP TO) \d.*)$"
)
LISTED_PERIOD = " FOR 5 YEARS"  # as the catalogue words a period
LIKE_FROM = 78.0  # least likeness of a wording, 0 to 100; below it no code is given
CLEAR_BY = 4.0  # lead over the best wording of another condition
# Words that make another condition of a wording: a placeholder is not filled in with them.
DISTINGUISHING_WORDS = frozenset(
    ("UNDER", "CHILD", "CHILDREN", "MINOR", "MINORS", "WITNESS", "WITNESSES", "COMPLAINANT", "VICTIM", "VICTIMS")
)
CUT_FROM = 20  # a text this long may be the beginning of a wording
CUT_SCORE = 95.0


@dataclass(frozen=True)
class Wording:
    """A wording of the catalogue.

    Attributes:
        code: the condition.
        folded: the text without placeholders.
        head: the text before the first placeholder; empty without one.
        pattern: the text with its placeholders filled in.
        distinguishing: the words of the text that make another condition of it.
    """

    code: str
    folded: str
    head: str
    pattern: re.Pattern[str]
    distinguishing: frozenset[str]


def code_conditions(texts: pl.Series, *, cut_at: int | None = None) -> pl.DataFrame:
    """Code distinct wordings against the catalogue.

    Args:
        texts: conditions as worded.
        cut_at: the length at which the source cuts conditions, if it does.

    Returns:
        One row for each distinct text: `text`, `condition_code`, `match_score` (0 to 100). Null where no wording is
        like it enough, or two conditions are about equally like it.
    """
    distinct = pl.DataFrame({"text": texts.unique().drop_nulls()}).sort("text")
    folded = distinct.select(_expanded(pl.col("text"))).to_series().fill_null("").to_list()
    found = [_exact_but_for_period(text) for text in folded]
    unknown = [index for index, (code, _) in enumerate(found) if code is None]
    for index, match in zip(unknown, _alike([folded[index] for index in unknown], cut_at), strict=True):
        found[index] = match
    return distinct.with_columns(
        condition_code=pl.Series([code for code, _ in found], dtype=pl.String),
        match_score=pl.Series([score if code else None for code, score in found], dtype=pl.Float64),
    )


def _exact_but_for_period(text: str) -> tuple[str | None, float]:
    """The condition of `_exact`, for whatever period: which, its words say (`reconciliation.stated_periods`)."""
    forms = (text, PERIOD_AT_END.sub(LISTED_PERIOD, text), PERIOD_AT_END.sub("", text))
    return next((found for found in map(_exact, dict.fromkeys(forms)) if found[0]), (None, 0.0))


def _exact(text: str) -> tuple[str | None, float]:
    """The condition whose wording this is, filled in or cut short."""
    distinguishing = _distinguishing(text)
    fitting = [wording for wording in chain(_wordings(), _statutory()) if distinguishing <= wording.distinguishing]
    filled = {wording.code for wording in fitting if wording.pattern.fullmatch(text)}
    if filled:
        return only_code(filled), 100.0
    begun = {
        wording.code
        for wording in fitting
        if len(text) >= CUT_FROM
        and (wording.folded.startswith(text) or (len(wording.head) >= CUT_FROM and text.startswith(wording.head)))
    }
    return (only_code(begun), CUT_SCORE) if begun else (None, 0.0)


def _alike(texts: list[str], cut_at: int | None) -> list[tuple[str | None, float]]:
    """The condition whose wording is most like each text, if it leads clearly."""
    wordings = _wordings()
    choices = [wording.folded[:cut_at] for wording in wordings]
    scores = process.cdist(texts, choices, scorer=fuzz.ratio)
    matches: list[tuple[str | None, float]] = []
    for text, row in zip(texts, scores.tolist(), strict=True):
        distinguishing = _distinguishing(text)
        likely = [pair for pair in zip(row, wordings, strict=True) if pair[0] >= LIKE_FROM - CLEAR_BY]
        fitting = [(score, wording.code) for score, wording in likely if distinguishing <= wording.distinguishing]
        first = max((score for score, _ in fitting), default=0.0)
        near = {code for score, code in fitting if score > first - CLEAR_BY}
        matches.append((only_code(near), round(first, 1)) if first >= LIKE_FROM else (None, 0.0))
    return matches


def _distinguishing(text: str) -> frozenset[str]:
    """The distinguishing words of a text: a wording that lacks one of them does not mean the same."""
    return DISTINGUISHING_WORDS.intersection(text.split())


def _expanded(text: pl.Expr) -> pl.Expr:
    """Folded, with short words written out."""
    padded = pl.lit(" ") + fold(text) + pl.lit(" ")
    return padded.str.replace_many(SHORT_WORDS).str.strip_chars()


@cache
def _wordings() -> tuple[Wording, ...]:
    return _read_wordings(
        reference("conditions").select("code", text=pl.col("wordings").str.split("|")).explode("text")
    )


@cache
def _statutory() -> tuple[Wording, ...]:
    return _read_wordings(STATUTORY)


def _read_wordings(listed: pl.DataFrame) -> tuple[Wording, ...]:
    """The wordings of `code` and `text`; in a text `{…}` stands for what is filled in."""
    marked = listed.with_columns(
        folded=_expanded(pl.col("text").str.replace_all(r"\{\w+\}", "")),
        marked=_expanded(pl.col("text").str.replace_all(r"\{\w+\}", " XPLACEX ")),
    )
    return tuple(
        Wording(
            code=code,
            folded=folded,
            head=marked.split("XPLACEX")[0].strip() if "XPLACEX" in marked else "",
            pattern=re.compile(re.escape(marked).replace("XPLACEX", ".+").replace(r"\ .+", r" ?.*")),
            distinguishing=_distinguishing(folded),
        )
        for code, folded, marked in marked.select("code", "folded", "marked").iter_rows()
    )
