"""Forces as sources write them: codes, names, short names, names in Welsh.

Belongs here: how a written force is found. Does not: the list of forces (`warehouse/reference/forces.csv`), their other
names and short words (`other_names.csv`).
"""

import re
from functools import cache

import polars as pl

from assets.parsing.places import agreed, fold_parts, nearest_entry, other_names
from warehouse.codes import reference
from warehouse.standardise import fold

# Words that every force's name may carry or lack.
COMMON_WORDS = (
    r"\b(?:POLICE SERVICE OF|POLICE SERVICE|POLICE FORCE|POLICE|CONSTABULARY|SERVICE|FORCE|HEDDLU|THE"
    r"|HEADQUARTERS|HQ|CID|COUNTY)\b"
)
# A code as programs write it: `046`, `46.0`, `F46`.
WRITTEN_CODE = r"^(?:F|FORCE)? ?0*(\d{1,2})(?: 0)?$"
CODE_AND_NAME = (r"0*(\d{2}) ?(\D+)", r"(\D+?) ?0*(\d{2})")
OFFICER = (
    r"^(?:THE )?(?:CHIEF CONSTABLE|CHIEF OFFICER(?: OF POLICE)?|COMMISSIONER(?: OF POLICE)?)(?: OF| FOR)?(?: THE)?\b"
)
NAMES_A_FORCE = re.compile(r"\b(?:POLICE|CONSTABULARY|HEDDLU|FORCE)\b")
SHORTEST_NAME = 5  # shorter names begin other words of an address (`City Road`)
CUT_FROM = 18  # a text this long may be the beginning of a longer name


def resolve_forces(texts: pl.Series) -> pl.DataFrame:
    """Find the force that each distinct text means.

    A name with another beside it is what both mean: `Metropolitan Police Service (MPS)`, `South Wales Police / Heddlu
    De Cymru`. Where two forces are named, or a short name is that of several, none is meant.

    Args:
        texts: codes (current, legacy, with or without the leading zero), names, other names, short names.

    Returns:
        One row for each distinct text: `force_as_written`, `force_code` (legacy codes brought up to date),
        `is_force_named` (false where the text names an office only, as `Chief Constable`, or nothing: no code is then
        expected), `is_force_ambiguous` (more than one force fits).
    """
    distinct = pl.DataFrame({"force_as_written": texts.unique().drop_nulls()}).sort("force_as_written")
    folded = [
        (_without_officer(whole), [part for part in map(_without_officer, parts) if part])
        for whole, parts in fold_parts(distinct.get_column("force_as_written"))
    ]
    found = [_find(whole, parts) for whole, parts in folded]
    return distinct.with_columns(
        force_code=pl.Series([next(iter(codes)) if len(codes) == 1 else None for codes in found], dtype=pl.String),
        is_force_named=pl.Series([whole != "" for whole, _ in folded], dtype=pl.Boolean),
        is_force_ambiguous=pl.Series([len(codes) > 1 for codes in found], dtype=pl.Boolean),
    )


def add_force(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns that `resolve_forces` finds for its `force_as_written`."""
    found = resolve_forces(frame.get_column("force_as_written"))
    return frame.join(found, on="force_as_written", how="left", maintain_order="left").with_columns(
        pl.col("is_force_named", "is_force_ambiguous").fill_null(value=False)
    )


def _without_officer(text: str) -> str:
    """The text without the office, initials as one word (`G M P`), a quarter as a word of its own (`WYORKS`)."""
    initials = re.sub(r"\b(?:[A-Z] ){2,}[A-Z]\b", lambda found: found[0].replace(" ", ""), re.sub(OFFICER, "", text))
    return re.sub(r"\b([NSEW])(YORK|MID|WALE)", r"\1 \2", re.sub(WRITTEN_CODE, r"\1", initials.strip()))


def _find(whole: str, parts: list[str]) -> frozenset[str]:
    """What the text means as a whole, else what the names in it mean together."""
    found = _meaning(whole)
    code_and_name = [match.groups() for match in (re.fullmatch(form, whole) for form in CODE_AND_NAME) if match]
    for names in (parts, *map(list, code_and_name), whole.split(" AND ")):
        if not found and len(names) > 1:
            found = agreed(names, _meaning, names_one=_names_a_force)
            if found:
                found = found.union(*(_begun_with(name) for name in names if not _meaning(name)))
    return found


def _names_a_force(text: str) -> bool:
    return NAMES_A_FORCE.search(text) is not None


def _begun_with(text: str) -> frozenset[str]:
    """The force whose name begins a text of no clear meaning: `KENT AND ESSEX SCD` names two, so neither is meant."""
    begins = [name for name in _force_names() if len(name) >= SHORTEST_NAME and text.startswith(f"{name} ")]
    return _force_names()[max(begins, key=len)] if begins else frozenset()


def _meaning(text: str) -> frozenset[str]:
    """The codes that a folded text may mean: by code, by name, by the beginning of a name, by a misspelt name."""
    codes, names = _force_codes(), _force_names()
    if text in codes or text.zfill(2) in codes:
        return frozenset((codes[text if text in codes else text.zfill(2)],))
    written_out = _written_out(text)
    for form in (text, written_out, _core(written_out), _core(text)):
        if form in names:
            return names[form]
    if any(letter.isdigit() for letter in text):
        return frozenset()
    if len(text) >= CUT_FROM:
        begun = [meant for name, meant in names.items() if name.startswith(text)]
        if begun:
            return frozenset().union(*begun)
    entry, _ = nearest_entry(_core(written_out), list(names))
    return names[entry] if entry else frozenset()


def _written_out(text: str) -> str:
    """The text with short words in full: `W YORKS POLICE` is `WEST YORKSHIRE POLICE`."""
    words = {short: full[0].upper() for short, full in other_names("force_word").items()}
    return " ".join(words.get(word, word) for word in text.split())


def _core(text: str) -> str:
    """A name without the words that every force's name may carry or lack."""
    return re.sub(" +", " ", re.sub(COMMON_WORDS, "", text)).strip()


@cache
def _force_codes() -> dict[str, str]:
    return dict(reference("forces").select("code", "current_code").iter_rows())


@cache
def _force_names() -> dict[str, frozenset[str]]:
    """Folded names, other names and names without the common words, to codes; a name in full wins over one without."""
    forces = (
        reference("forces")
        .with_columns(is_legacy=pl.col("code") != pl.col("current_code"))
        .sort("is_legacy", maintain_order=True)
    )
    written = forces.select(
        "current_code", name=pl.concat_list("name", pl.col("aliases").fill_null("").str.split("|"))
    ).explode("name")
    folded = written.select("current_code", name=fold(pl.col("name").str.replace_all("&", " and "))).drop_nulls()
    names: dict[str, frozenset[str]] = {}
    for code, name in folded.iter_rows():
        names.setdefault(name, frozenset((code,)))
    for name, codes in other_names("force").items():
        names.setdefault(name, frozenset(codes))
    for name, meant in list(names.items()):
        names.setdefault(_core(name), meant)
    names.pop("", None)
    return names
