"""The headings of the regional returns: which field a heading names.

Belongs here: the kinds of tables, and one heading with its hints, punctuation and slips. Does not: the list of headings
(`rocu_headings.toml`), a row of them (`rocu_layouts`).
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import polars as pl
from rapidfuzz import fuzz, process

from assets.parsing.distinct import remembered
from warehouse.standardise import fold

LONGEST_HEADING = 300  # with its hints
LONGEST_FUZZY = 60
LONGEST_HINT = 6  # words
SHORTEST_FUZZY = 5  # letters; shorter headings differ by too few
ALIKE_FROM = 88.0  # least likeness of a misspelt heading, 0 to 100
CLEAR_BY = 5.0  # lead over the best heading of another field
IGNORED = "ignored"
NUMBERING = r"^\s*\(?(?:\d{1,2}|[a-zA-Z])[.)]\s+"
OF_THE_ORDER = r"(?i)\s(?:of|for) (?:the )?(?:order|nominal|subject|offender|person|respondent)s?\s*$"
FOOTNOTES = r"[¹²³⁰⁴-⁹†‡§]"
BRACKETS = r"\([^()]*\)?|\[[^\[\]]*\]?|\{[^{}]*\}?|<[^<>]*>?"
HINT = (
    r"(?is)^(?P<head>.*?[\p{L}\p{N}].*?)(?P<hint>"
    r"(?:\s[-–—]\s|\s*[\r\n:;/\\|*=,>→]|\s(?:or|if|as|in|please|incl\w*|e\.?g|i\.?e|dd?[/. -]?mm?)\b).*)$"
)


@dataclass(frozen=True)
class SheetKind:
    """What a kind of table holds: its fields, and the field of every heading, folded and without blanks.

    `answers` are the headings that are an answer of a field, to be ticked: the field and the answer.
    """

    name: str
    fields: tuple[str, ...]
    required: tuple[str, ...]
    wanted: tuple[tuple[str, ...], ...]
    speak_of: Mapping[str, str]
    dates: tuple[str, ...]
    substantive: tuple[str, ...]
    joined: Mapping[str, str]
    field_of: Mapping[str, str]
    answers: Mapping[str, tuple[str, str]]
    titles: str

    def is_named_in(self, titles: Sequence[str]) -> bool:
        """Whether one of the titles above a table says that it is of this kind."""
        return any(re.search(self.titles, title, re.IGNORECASE) for title in titles)


@dataclass(frozen=True)
class Hints:
    """What the hints beside a heading may say: see `rocu_headings.toml`. Words are folded, headings have no blanks."""

    other_matter: frozenset[str]
    generic: frozenset[str]
    plain: frozenset[str]
    units: tuple[tuple[str, str], ...]
    narrows: Mapping[str, Collection[str]]
    allows: Mapping[str, Collection[str]]


@dataclass(frozen=True)
class HeadingMatch:
    """What one heading is: its field, how alike it is to a known heading, 0 to 100, the answer that a tick gives."""

    field: str
    likeness: float
    answer: str | None = None


@cache
def sheet_kinds() -> tuple[SheetKind, ...]:
    """The kinds of tables, as declared in `rocu_headings.toml`.

    Raises:
        ValueError: a heading is given to two fields of one kind.
    """
    declared = _declared()
    people = declared["people"]["headings"]
    return tuple(
        _sheet_kind(name, content, {**people, **content["headings"]})
        for name, content in declared.items()
        if name not in {"hints", "people"}
    )


def find_known(texts: pl.Series) -> dict[str, dict[str, str]]:
    """Those of many distinct texts that are headings, misspelt or not: by text, the field in each kind of table."""
    forms = _forms(texts.filter(texts.str.len_chars() <= LONGEST_HEADING).to_frame("text"))
    keys = {key for kind in sheet_kinds() for key in (*kind.field_of, *kind.answers)}
    likely = forms.filter(pl.any_horizontal(pl.col("whole", "bare", "own", "head", "unnumbered").is_in(list(keys))))
    found: dict[str, dict[str, str]] = {}
    for form in likely.iter_rows(named=True):
        for kind in sheet_kinds():
            if (finding := _find_exact(kind, form)) is not None:
                found.setdefault(form["text"], {})[kind.name] = finding.field
    return found


def read_headings(kind: SheetKind, texts: Iterable[str]) -> tuple[HeadingMatch | None, ...]:
    """What each text is as a heading of a kind of table: exactly, apart from a hint, or clearly misspelt."""
    return _read_headings(kind.name, tuple(texts))


@lru_cache(maxsize=1000)  # one row of headings is looked at in several ways
def _read_headings(kind_name: str, texts: tuple[str, ...]) -> tuple[HeadingMatch | None, ...]:
    kind = next(kind for kind in sheet_kinds() if kind.name == kind_name)
    distinct = pl.DataFrame({"text": sorted(set(texts))}, schema={"text": pl.String})
    forms = {form["text"]: form for form in _remembered_forms(distinct).iter_rows(named=True)}
    return tuple(_find_exact(kind, forms[text]) or _find_alike(kind, forms[text]) for text in texts)


def _forms(texts: pl.DataFrame) -> pl.DataFrame:
    """What each text may be apart from its hints; headings are keys (`_key`), hints are folded words.

    Returns:
        `text`; `whole`; `bare`, without brackets, and `bare_hint`, what they say; `own`, also without words that say
        whose it is; `head`, up to the first character of a hint, and `head_hint`, what follows; `unnumbered`, without a
        number at the end.
    """
    plain = pl.col("text").str.replace_all(FOOTNOTES, "").str.replace(NUMBERING, "")
    outside = plain.str.replace_all(BRACKETS, " ")
    own = outside.str.replace(OF_THE_ORDER, "")
    groups = outside.str.extract_groups(HINT).struct
    inside = fold(plain.str.extract_all(BRACKETS).list.join(" ")).fill_null("")
    after = fold(groups.field("hint")).fill_null("")
    forms = texts.select(
        "text",
        whole=_key(plain),
        bare=_key(outside),
        own=_key(own),
        head=_key(groups.field("head")),
        bare_hint=inside,
        head_hint=pl.concat_str(after, inside, separator=" ").str.strip_chars(),
    )
    return forms.with_columns(unnumbered=pl.col("bare").str.replace(r"\d{1,2}$", ""))


_remembered_forms = remembered(_forms)  # all units of a template have the same headings


def _key(heading: pl.Expr) -> pl.Expr:
    """A heading without case, accents, punctuation and blanks; punctuation alone (`#`) as it is."""
    return pl.coalesce(fold(heading), heading).str.replace_all(r"\s", "").fill_null("")


def _find_exact(kind: SheetKind, form: Mapping[str, str]) -> HeadingMatch | None:
    """The field of a heading as listed, with or without its hints."""
    if form["bare"] in kind.answers and set(form["bare_hint"].split()) <= _hints().plain:
        ticked, answer = kind.answers[form["bare"]]
        return HeadingMatch(ticked, 100, answer)
    if form["whole"] in kind.field_of:
        return HeadingMatch(kind.field_of[form["whole"]], 100)
    for head, hint in (("bare", "bare_hint"), ("own", "bare_hint"), ("head", "head_hint"), ("unnumbered", "bare_hint")):
        if form[head] in kind.field_of:
            field = _field_beside(kind, form[head], form[hint])
            return HeadingMatch(field, 100) if field else None
    return None


def _field_beside(kind: SheetKind, head: str, hint: str) -> str | None:
    """The field of a heading beside a hint; none if the hint makes it another matter."""
    hints, field, words = _hints(), kind.field_of[head], set(hint.split())
    units = [of_unit for unit, of_unit in hints.units if unit in words] if field == "length" else []
    if units:
        return units[0] or None
    if _is_other_matter(hint) or (head in hints.generic and not words <= hints.plain):
        return None
    named = kind.field_of.get(hint.replace(" ", ""), field)
    if named == field or named in hints.allows.get(field, ()):
        return field
    return named if named in hints.narrows.get(field, ()) else None


def _is_other_matter(hint: str) -> bool:
    """Whether a hint speaks of another person or matter. A long one explains how to fill the column in."""
    words = hint.split()
    return len(words) <= LONGEST_HINT and bool(_hints().other_matter.intersection(words))


def _find_alike(kind: SheetKind, form: Mapping[str, str]) -> HeadingMatch | None:
    """The field of the most alike heading, if it is clear."""
    heading = form["bare"]
    if heading in kind.field_of or _is_other_matter(form["bare_hint"]):
        return None
    if not SHORTEST_FUZZY <= len(heading) <= LONGEST_FUZZY:
        return None
    best: dict[str, float] = {}
    for known, likeness, _ in process.extract(
        heading, list(kind.field_of), scorer=fuzz.ratio, score_cutoff=ALIKE_FROM - CLEAR_BY, limit=None
    ):
        field = kind.field_of[known]
        best[field] = max(likeness, best.get(field, 0))
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < ALIKE_FROM or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < CLEAR_BY):
        return None
    # Never 100: that stands for the heading itself.
    return HeadingMatch(ranked[0][0], min(ranked[0][1], 99.0))


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(files("assets.sources").joinpath("rocu_headings.toml").read_text(encoding="utf-8"))


@cache
def _hints() -> Hints:
    declared = _declared()["hints"]
    return Hints(
        other_matter=frozenset(word.upper() for word in declared["other_matter"]),
        generic=frozenset(_fold_all(declared["generic"])),
        plain=frozenset(word.upper() for word in declared["plain"]),
        units=tuple((unit.upper(), field) for unit, field in declared["units"]),
        narrows=declared["narrows"],
        allows=declared["allows"],
    )


def _sheet_kind(name: str, content: Mapping[str, Any], headings: Mapping[str, Collection[str]]) -> SheetKind:
    pairs = [(key, field) for field, own in (*headings.items(), (IGNORED, content[IGNORED])) for key in _fold_all(own)]
    field_of = dict(pairs)
    twice = sorted({key for key, field in pairs if field_of[key] != field})
    if twice:
        raise ValueError(f"rocu_headings.toml gives a heading of {name} to two fields: {', '.join(twice)}")
    return SheetKind(
        name,
        fields=tuple(headings),
        required=tuple(content["required"]),
        wanted=tuple(tuple(group) for group in content["wanted"]),
        speak_of=content["speak_of"],
        dates=tuple(content["dates"]),
        substantive=tuple(content["substantive"]),
        joined=content["joined"],
        field_of=field_of,
        answers={
            key: (field, answer)
            for field, own in content.get("answers", {}).items()
            for answer, listed in own.items()
            for key in _fold_all(listed)
        },
        titles=content["titles"],
    )


def _fold_all(headings: Collection[str]) -> list[str]:
    return pl.DataFrame({"heading": list(headings)}).select(_key(pl.col("heading"))).to_series().to_list()
