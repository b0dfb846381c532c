"""Forces as sources write them: codes, names, short names.

Belongs here: the ways a force is written. Does not: the list of forces (`warehouse/reference/forces.csv`).
"""

from functools import cache

import polars as pl

from assets.parsing.likeness import nearest
from assets.parsing.words import known
from matching.standardise import fold
from warehouse.codes import reference

# Words that every force's name may carry or lack.
COMMON_WORDS = r"\b(?:POLICE SERVICE OF|POLICE SERVICE|POLICE FORCE|POLICE|CONSTABULARY|SERVICE|FORCE|THE)\b"
OFFICER = (
    r"^(?:THE )?(?:CHIEF CONSTABLE|CHIEF OFFICER(?: OF POLICE)?|COMMISSIONER(?: OF POLICE)?)(?: OF| FOR)?(?: THE)?\b"
)


def fold_force(text: pl.Expr) -> pl.Expr:
    """A written force in capitals, `&` as `AND`, without the officer who acts for it."""
    return fold(known(text).str.replace_all("&", " and ")).str.replace(OFFICER, "").str.strip_chars()


def resolve_forces(texts: pl.Series) -> pl.DataFrame:
    """Find the force that each distinct text means.

    Args:
        texts: codes (current, legacy, with or without the leading zero), names, aliases, short names.

    Returns:
        One row a distinct text: `force_as_written`, `force_code` (legacy codes brought up to date), `is_force_named`
        (false where the text names an office only, as `Chief Constable`, or nothing: no code is then expected).
    """
    distinct = pl.DataFrame({"force_as_written": texts.unique().drop_nulls()}).sort("force_as_written")
    folded = distinct.select(fold_force(pl.col("force_as_written"))).to_series().fill_null("").to_list()
    return distinct.with_columns(
        force_code=pl.Series([_force_code(text) for text in folded], dtype=pl.String),
        is_force_named=pl.Series([text != "" for text in folded], dtype=pl.Boolean),
    )


def add_force(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `force_code` and `is_force_named` for its `force_as_written` (see `resolve_forces`)."""
    found = resolve_forces(frame.get_column("force_as_written"))
    return frame.join(found, on="force_as_written", how="left", maintain_order="left").with_columns(
        pl.col("is_force_named").fill_null(value=False)
    )


def _force_code(folded: str) -> str | None:
    codes, names = _force_codes(), _force_names()
    if folded in codes or folded.zfill(2) in codes:
        return codes[folded if folded in codes else folded.zfill(2)]
    core = _core_names([folded])[0]
    if folded in names or core in names:
        return names.get(folded) or names[core]
    if any(letter.isdigit() for letter in folded):
        return None
    entry, _ = nearest(core, list(names))
    return names[entry] if entry else None


@cache
def _force_codes() -> dict[str, str]:
    return dict(reference("forces").select("code", "current_code").iter_rows())


@cache
def _force_names() -> dict[str, str]:
    """Folded names, aliases and names without the common words, to code; the current force wins over a legacy one."""
    forces = (
        reference("forces")
        .with_columns(is_legacy=pl.col("code") != pl.col("current_code"))
        .sort("is_legacy", maintain_order=True)
    )
    written = forces.select(
        "current_code", name=pl.concat_list("name", pl.col("aliases").fill_null("").str.split("|"))
    ).explode("name")
    folded = written.select(pl.col("current_code"), name=fold_force(pl.col("name"))).drop_nulls()
    names: dict[str, str] = {}
    for code, name in folded.iter_rows():
        names.setdefault(name, code)
    for core, (code, _) in zip(_core_names(folded["name"].to_list()), folded.iter_rows(), strict=True):
        names.setdefault(core, code)
    return names


def _core_names(folded: list[str]) -> list[str]:
    core = pl.Series(folded, dtype=pl.String).str.replace_all(COMMON_WORDS, "").str.replace_all(" +", " ")
    return core.str.strip_chars().to_list()
