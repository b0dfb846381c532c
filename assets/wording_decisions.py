"""What decisions on wordings do to conditions whose wording fits nothing in the catalogue: each night, and if taken.

Belongs here: coding by decisions on wordings, and what new ones would code. Does not: coding by the catalogue
(`assets.parsing.conditions`), which is kept from night to night; this is done again each night, after the ledger was
read. The linking does not see it.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from assets.parsing.conditions import CLEAR_BY, DISTINGUISHING_WORDS
from ledger.decisions.decidable import Present
from ledger.decisions.decision import Draft
from ledger.decisions.in_force import in_force
from ledger.decisions.kinds import codes_about
from ledger.decisions.preview import CHANGE, foresee_all
from ledger.decisions.staleness import sightings
from reconciliation.wording_gaps import is_nameable, says_no_more
from study.prohibitions.wordings import ALIKE, generalise_all, leave_out_known_names, plain_form
from warehouse.tables.ledger import DECISIONS

SAME = 100.0
ALIKE_WORD = 75
"""From this likeness on, 0 to 100, a word is another form or spelling of another one."""
CONNECTING = frozenset(
    ("all", "and", "any", "for", "from", "her", "his", "that", "the", "their", "which", "who", "with")
)
SHORTEST = 3
"""Shorter words connect others, too."""


def code_by_decisions(conditions: pl.LazyFrame, decisions: pl.DataFrame) -> pl.LazyFrame:
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
    is_open = pl.col("condition_code").is_null() & ~pl.col("is_cut")
    loose = conditions.filter(is_open).select("text").unique().collect().to_series()
    found = _match(_compared(loose), named).lazy()
    coded = conditions.join(found, on="text", how="left", maintain_order="left")
    return coded.with_columns(
        pl.when(is_open).then(f"named_{part}").otherwise(column).alias(column)
        for column, part in (("condition_code", "code"), ("match_score", "score"))
    ).drop("named_code", "named_score")


def foresee_with_names(drafts: Sequence[Draft], decisions: pl.DataFrame, present: Present) -> pl.DataFrame:
    """What decisions that are taken together would change: `foresee_all`, and the orders that would have a condition.

    Args:
        drafts: the decisions.
        decisions: `DECISIONS` of the ledger.
        present: the night that they were drafted on.
    """
    return pl.concat([foresee_all(drafts, present), _gaining(drafts, decisions, present)])


def _gaining(drafts: Sequence[Draft], decisions: pl.DataFrame, present: Present) -> pl.DataFrame:
    """Rows of `CHANGE`, `after` the code: conditions as the next night would code them, which an order lacks."""
    asked = [draft for draft in drafts if draft.kind in codes_about("wording")]
    rows = [
        {"decision_id": f"draft {number}", "kind": draft.kind, "value": draft.value, "seen": draft.seen_text}
        for number, draft in enumerate(asked)
    ]
    if not rows or present.uncoded.is_empty():
        return pl.DataFrame(schema=CHANGE)
    # A text that was cut is of no wording: no night codes it.
    whole = present.uncoded.join(present.wordings, on="wording_id", how="semi")
    listed = whole.with_columns(condition_code=pl.lit(None, pl.String), match_score=None, is_cut=pl.lit(value=False))
    among = pl.concat([in_force(decisions), DECISIONS.completed(pl.DataFrame(rows))])
    found = (
        code_by_decisions(listed.lazy(), among)
        .collect()
        .filter(pl.col("condition_code").is_in([draft.value for draft in asked]))
        .join(present.conditions, on=["order_id", "condition_code"], how="anti")
    )
    return (
        found.select(
            "order_id",
            change=pl.lit("changed"),
            field=pl.lit("conditions"),
            before=pl.lit(None, pl.String),
            after="condition_code",
        )
        .unique()
        .sort("order_id", "after")
    )


def _compared(texts: pl.Series) -> pl.DataFrame:
    """`text`, `wording` without names, and the forms that are compared: `same` without them, `plain` with them.

    Of a text in capitals only names that are known are left out: what another word was, `[…]` would not say.
    """
    worded = leave_out_known_names(generalise_all(texts))
    return worded.with_columns(same=plain_form("wording"), plain=plain_form("text"))


def _named_wordings(decisions: pl.DataFrame) -> pl.DataFrame:
    """`code`, `named`, `other`: every wording that was named and says enough, and its form that is compared."""
    about = decisions.filter(pl.col("kind").is_in(codes_about("wording")))
    seen = sightings(about).join(about.select("decision_id", code="value"), on="decision_id")
    named = seen.filter(is_nameable("was")).select("code", named="was", other=plain_form("was"))
    return named.unique().sort("code", "named")


def _match(worded: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """`text`, `named_code`, `named_score`: a condition that leads clearly over others, or whose very words these are.

    A wording with a word that makes another condition of it (`DISTINGUISHING_WORDS`) is like none without that word.
    Nor is it like one that says something else (`_has_same_words`), or leaves out or adds something (`says_no_more`).
    """
    known = named.get_column("other").to_list()
    general, plain = (
        process.cdist(worded.get_column(form).to_list(), known, scorer=fuzz.token_sort_ratio)
        for form in ("same", "plain")
    )
    alike = np.maximum(general, plain)
    left, right = (alike >= ALIKE - CLEAR_BY).nonzero()
    pairs = worded.select("text", "wording", "plain", "same")[left].with_columns(
        named[right], score=pl.Series(alike[left, right], dtype=pl.Float64)
    )
    words = pairs.select("same", "other").iter_rows()
    has_same_words = pl.Series([_has_same_words(*row) for row in words], dtype=pl.Boolean)
    own, other = (_distinguishing(name) for name in ("plain", "other"))
    fits = (own.list.set_difference(other).list.len() == 0) & says_no_more("text", "wording", "named") & has_same_words
    best: pl.DataFrame = (
        pairs.filter(fits | (pl.col("plain") == pl.col("other")))
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


def _has_same_words(one: str, other: str) -> bool:
    """Whether each word of either wording is in the other, in whatever form: `dogs` is no form of `cats`."""
    left, right = ({word for word in text.split() if len(word) >= SHORTEST} - CONNECTING for text in (one, other))
    unmatched = [*((word, right - left) for word in left - right), *((word, left - right) for word in right - left)]
    return all(process.extractOne(word, rest, scorer=fuzz.ratio, score_cutoff=ALIKE_WORD) for word, rest in unmatched)


def _distinguishing(column: str) -> pl.Expr:
    words = pl.col(column).str.to_uppercase().str.split(" ")
    return words.list.set_intersection(sorted(DISTINGUISHING_WORDS))
