"""Offences as sources write them: a CJS code, or the title of the offence.

Belongs here: finding the code. Does not: the list of offences (`warehouse/reference/offences.csv`).
"""

from functools import cache

import polars as pl
from rapidfuzz import fuzz, process

from assets.parsing.words import known
from warehouse.codes import OFFENCE_CODES, only_code, reference
from warehouse.standardise import fold

CUT_FROM = 30  # a title this long may be the beginning of a longer one
CUT_SCORE = 95.0
LIKE_FROM = 92.0  # least likeness of a misspelt title, 0 to 100
CLEAR_BY = 3.0  # lead over the best title of another offence
CODE_FORM = r"^(?:[A-Z]{2}\d{5}|COML\d{3})[A-Z]?$"


def resolve_offences(texts: pl.Series) -> pl.DataFrame:
    """Find the CJS code that each distinct text means.

    Returns:
        One row for each distinct text: `offence_as_written`, `offence_code`, `offence_score` (0 to 100). The code is
        null for a code not listed and for a title that fits none, or two equally well.
    """
    distinct = pl.DataFrame({"offence_as_written": texts.unique().drop_nulls()}).sort("offence_as_written")
    folded = distinct.select(fold(known(pl.col("offence_as_written"))).fill_null("")).to_series().to_list()
    found = [_find(text) for text in folded]
    return distinct.with_columns(
        offence_code=pl.Series([code for code, _ in found], dtype=pl.String),
        offence_score=pl.Series([score if code else None for code, score in found], dtype=pl.Float64),
    )


def add_offence(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `offence_code` and `offence_score` for its `offence_as_written` (see `resolve_offences`)."""
    found = resolve_offences(frame.get_column("offence_as_written"))
    return frame.join(found, on="offence_as_written", how="left", maintain_order="left")


def _find(text: str) -> tuple[str | None, float]:
    code = text.replace(" ", "")
    if code in OFFENCE_CODES:
        return code, 100.0
    titles = _titles()
    if text in titles:
        return only_code(titles[text]), 100.0
    beginnings = {code for title, codes in titles.items() if title.startswith(text) for code in codes}
    if len(text) >= CUT_FROM and beginnings:
        return only_code(beginnings), CUT_SCORE
    return _like(text)


def _like(text: str) -> tuple[str | None, float]:
    titles = _titles()
    if pl.Series([text]).str.contains(CODE_FORM).item():
        return None, 0.0
    best = process.extract(text, list(titles), scorer=fuzz.ratio, score_cutoff=LIKE_FROM - CLEAR_BY, limit=None)
    first = max((score for _, score, _ in best), default=0.0)
    near = {code for title, score, _ in best if score > first - CLEAR_BY for code in titles[title]}
    return (only_code(near), round(first, 1)) if first >= LIKE_FROM else (None, 0.0)


@cache
def _titles() -> dict[str, set[str]]:
    """Folded titles to the CJS codes that carry them."""
    found: dict[str, set[str]] = {}
    for title, code in reference("offences").select(fold(pl.col("title")), "cjs_code").iter_rows():
        found.setdefault(title, set()).add(code)
    return found
