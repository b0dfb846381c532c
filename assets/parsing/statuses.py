"""The status of an order in words: live, expired, discharged or superseded.

Belongs here: the words. Does not: status codes of one source, or the status in law.
"""

import polars as pl

from matching.standardise import fold

# Folded words; a text with words of two statuses, or with a word that turns them round, tells none.
STATUS_WORDS = {
    "live": r"\b(?:ACTIVE|LIVE|CURRENT|IN FORCE|ONGOING|OPEN|EXTANT)\b",
    "expired": r"\b(?:EXPIRED|LAPSED|ENDED|SPENT|FINISHED|COMPLETED)\b",
    "discharged": r"\b(?:DISCHARGED|REVOKED|CANCELLED|QUASHED|RESCINDED|SET ASIDE|WITHDRAWN)\b",
    "superseded": r"\b(?:SUPERSEDED|REPLACED)\b",
}
TURNING_WORDS = r"\b(?:NOT|NO LONGER|NEVER|UNTIL|WILL BE|TO BE|DUE)\b"


def read_status(text: pl.Expr) -> pl.Expr:
    """The recorded status that the words tell, or null."""
    folded = fold(text)
    fits = {status: folded.str.contains(words) for status, words in STATUS_WORDS.items()}
    is_clear = (pl.sum_horizontal(fits.values()) == 1) & ~folded.str.contains(TURNING_WORDS)
    return pl.when(is_clear).then(pl.coalesce(pl.when(fit).then(pl.lit(status)) for status, fit in fits.items()))
