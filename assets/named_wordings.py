"""Conditions whose wording fits nothing in the catalogue, coded as a steward named them.

Belongs here: coding by decisions on wordings. Does not: coding by the catalogue (`assets.parsing.conditions`), which
is kept from night to night; this is done anew each night, after the ledger was read. The linking does not see it.
"""

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from assets.parsing.conditions import CLEAR_BY, DISTINGUISHING_WORDS
from ledger.decisions.kinds import codes_about
from ledger.decisions.staleness import sightings
from study.prohibitions.wordings import ALIKE, generalise_all, plain_form

SAME = 100.0


def code_by_decisions(conditions: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Code the conditions that have no code, as far as their wording is like one that a steward named.

    Args:
        conditions: `core__conditions`; a text that was cut is left as it is.
        decisions: those in force, `DECISIONS`.

    Returns:
        The same rows; where a wording was named, `condition_code`, and as `match_score` its likeness to that wording.
    """
    named = _named_wordings(decisions)
    if named.is_empty():
        return conditions
    loose = conditions.filter(pl.col("condition_code").is_null() & ~pl.col("is_cut")).get_column("text")
    found = _match(generalise_all(loose).with_columns(plain=plain_form("text")), named)
    coded = conditions.join(found, on="text", how="left", maintain_order="left")
    is_open = pl.col("condition_code").is_null() & ~pl.col("is_cut")
    return coded.with_columns(
        pl.when(is_open).then(f"named_{part}").otherwise(column).alias(column)
        for column, part in (("condition_code", "code"), ("match_score", "score"))
    ).drop("named_code", "named_score")


def _named_wordings(decisions: pl.DataFrame) -> pl.DataFrame:
    """`code`, `same`: every wording that was named, in the form in which wordings are compared."""
    about = decisions.filter(pl.col("kind").is_in(codes_about("wording")))
    seen = sightings(about).join(about.select("decision_id", code="value"), on="decision_id")
    return seen.select("code", same=plain_form("was")).unique().sort("code", "same")


def _match(worded: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """`text`, `named_code`, `named_score`: a condition that leads clearly over others, or whose very words these are.

    A wording with a word that makes another condition of it (`DISTINGUISHING_WORDS`) is like none without that word.
    A text counts as it is, too: of one in capitals every unusual word is hidden, for it may be a name.
    """
    known = named.get_column("same").to_list()
    general, plain = (
        process.cdist(worded.get_column(form).to_list(), known, scorer=fuzz.token_sort_ratio)
        for form in ("same", "plain")
    )
    alike = np.maximum(general, plain)
    left, right = (alike >= ALIKE - CLEAR_BY).nonzero()
    pairs = worded.select("text", "plain")[left].with_columns(
        named.select("code", other="same")[right], score=pl.Series(alike[left, right], dtype=pl.Float64)
    )
    own, other = (_distinguishing(name) for name in ("plain", "other"))
    best: pl.DataFrame = (
        pairs.filter(own.list.set_difference(other).list.len() == 0)
        .group_by("text", "code")
        .agg(pl.col("score").max().round(1))
        .sort("text", "score", "code", descending=[False, True, False])
    )
    first, second = pl.col("score").first(), pl.col("score").get(1, null_on_oob=True).fill_null(0)
    is_clear = (first >= ALIKE) & ((first - second > CLEAR_BY) | ((first == SAME) & (second < SAME)))
    leads = best.group_by("text", maintain_order=True).agg(
        pl.col("code").first().alias("named_code"), first.alias("named_score"), is_clear.alias("is_clear")
    )
    return leads.filter("is_clear").drop("is_clear")


def _distinguishing(column: str) -> pl.Expr:
    words = pl.col(column).str.to_uppercase().str.split(" ")
    return words.list.set_intersection(sorted(DISTINGUISHING_WORDS))
