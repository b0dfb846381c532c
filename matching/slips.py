"""Slips of the pen in forenames, and their forms: which forename a word that is none may be meant for.

Belongs here: the listed forenames one slip away from a word. Does not: how alike two names are (`matching.names`),
which forms of a name stand for each other (`reconciliation.name_forms`).
"""

from functools import cache

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from matching.engine.comparators.pair_conditions import either, left, right
from reconciliation.name_forms import listed_forenames, name_variants

# In shorter words any other is one slip away.
LEAST_LETTERS = 3


def meant_forenames(words: pl.Series) -> pl.DataFrame:
    """The forenames that words may be meant for.

    Args:
        words: first forenames, folded.

    Returns:
        A row for each distinct word of three letters or more that has any: `first_forename`; `meant`, the word itself
        where it is a listed forename, otherwise all listed ones one slip away; `meant_forms`, these and the names that
        stand for them.
    """
    listed = pl.Series(listed_forenames())
    known = words.drop_nulls().unique().sort()
    known = known.filter(known.str.len_chars() >= LEAST_LETTERS)
    unlisted = known.filter(~known.is_in(listed.implode()))
    long = listed.filter(listed.str.len_chars() >= LEAST_LETTERS)
    word, other = np.nonzero(
        cdist(unlisted.to_list(), long.to_list(), scorer=OSA.distance, score_cutoff=1, dtype=np.uint8) == 1
    )
    own = known.filter(known.is_in(listed.implode()))
    meant = pl.concat(
        [
            pl.DataFrame({"first_forename": own, "meant": own}),
            pl.DataFrame({"first_forename": unlisted.gather(word), "meant": long.gather(other)}),
        ]
    )
    return (
        meant.join(_standing_for(), on="meant", how="left")
        .group_by("first_forename")
        .agg(pl.col("meant").unique().sort(), pl.col("form").drop_nulls().append(pl.col("meant")).unique().sort())
        .rename({"form": "meant_forms"})
    )


@cache
def _standing_for() -> pl.DataFrame:
    """`meant`, `form`: names that stand for each other, both ways round."""
    pairs = pl.DataFrame(name_variants(), schema=["meant", "form"], orient="row")
    return pl.concat([pairs, pairs.select(meant="form", form="meant")])


def slip_in_form() -> pl.Expr:
    """A forename is a slip for one that stands for the other: `TNY` for Tony, beside Anthony.

    One of the two must be listed: two that are not are both one slip from a third (`NINO`, `NANA`: Nina) by chance.
    """
    is_one_listed = left("is_first_listed") | right("is_first_listed")
    meets = left("meant").list.set_intersection(right("meant_forms")).list.len() > 0
    return (meets & is_one_listed).fill_null(value=False)


def initial_of_form() -> pl.Expr:
    """One forename is the first letter of a name that stands for the other: `B` beside William, for Bill."""
    return either(
        lambda one, other: (
            (one("first_forename").str.len_chars() == 1)
            & other("meant_forms").list.eval(pl.element().str.head(1)).list.contains(one("first_forename"))
        ).fill_null(value=False)
    )


def exchanged_form() -> pl.Expr:
    """Forename and surname have changed places, the forename in another form: `SHAW MICK`, Michael Shaw."""
    return either(
        lambda one, other: (
            (one("surname_folded") == other("first_forename"))
            & one("meant_forms").list.contains(other("surname_folded"))
        ).fill_null(value=False)
    )
