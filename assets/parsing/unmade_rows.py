"""Rows that are about no order: their words say that none was made, or are of an application, a notice, a breach.

A row that is set aside is in no register, so its words must say so plainly: those that leave it open keep the order.

Belongs here: whole rows, by the kind of order, the status and the day that they give. Does not: what the words of a
result or of a kind of order say (`outcomes`).
"""

import polars as pl

from assets.parsing import outcome_words as patterns
from assets.parsing.distinct import read_distinct
from assets.parsing.outcomes import read_outcome, without_slips
from assets.parsing.plain_discharges import is_plain
from assets.parsing.statuses import NO_LONGER, STATUS_WORDS, read_status, status_by_words
from warehouse.standardise import fold
from warehouse.tables.raw import NOT_MADE, NOT_THE_MAKING

# What may stand beside a refusal of an application or an order, or a request for one: other words may be of a visa.
BESIDE_REFUSAL = (
    patterns.REFUSALS,
    patterns.APPLICATIONS,
    r"\b(?:PROCEEDINGS|MATTER|PENDING|AWAITED|AWAITING|OUTSTANDING|IN PROGRESS|ONGOING|LODGED|SUBMITTED|BEING|HEARD)\b",
    r"\b(?:LISTED|DECISION|OUTCOME|JUDGE?MENT|RESERVED|STILL|YET|NO|NOT|EVIDENCE|INSUFFICIENT|LACK|DUE)\b",
)
_OF_OTHERS = (
    rf"{patterns.OTHER_MATTERS}|\b(?:VARY|VARIATION|DISCHARGE|EXTEND|EXTENSION|RENEW[A-Z0-9]*|REVOKE|REVOCATION"
    r"|BREACH[A-Z0-9]*)\b"
)
# Of an order that was made: it was withdrawn, its hearing adjourned, or it is needed no more.
_OF_AN_ORDER = (
    r"^(?:(?:THE )?ORDER )?(?:WITHDRAWN|ADJOURNED.*|(?:NO LONGER|NOT) (?:REQUIRED|NECESSARY|APPROPRIATE|JUSTIFIED))$"
)
_INTERIM = r"\bINT(?:ERIM)?\b|\bI ?(?:STRO|STPO)S?\b"
STATUS_FIELDS = {"outcome": pl.String, "doubt": pl.String}


def read_status_outcome(text: pl.Expr) -> pl.Expr:
    """`NOT_MADE`, `NOT_THE_MAKING` or null for the words of a status, which describe an order that may well stand.

    Only words on the order's own application count: an order is breached, varied or under appeal and goes on, and one
    that was `withdrawn` had been made. `Adjourned` leaves an interim order in force.
    """
    return read_distinct(text, _read_status_outcomes, STATUS_FIELDS).struct.field("outcome")


def recorded_status(text: pl.Expr) -> pl.Expr:
    """The status that a row gives: by the words for it, else by those for what a court did (`status_by_words`).

    `doubtful` where a status refuses an order or an application, and says more than that.
    """
    doubt = read_distinct(text, _read_status_outcomes, STATUS_FIELDS).struct.field("doubt")
    return pl.coalesce(read_status(text), doubt, status_by_words())


def _read_status_outcomes(texts: pl.DataFrame) -> pl.DataFrame:
    words = pl.col("words")
    is_made = words.str.contains(rf"{patterns.MAKINGS}|{patterns.GRANTS}") & ~pl.col("is_refused")
    is_live = words.str.replace_all(NO_LONGER, " ").str.contains(STATUS_WORDS["live"])
    # `Interim, full application adjourned`: the interim order binds meanwhile.
    is_waiting = words.str.contains(_INTERIM) & words.str.contains(patterns.ADJOURNED)
    speaks_for_it = is_waiting | words.str.contains(_OF_OTHERS) | words.str.contains(_OF_AN_ORDER) | is_made | is_live
    # `Full order refused; interim continues`: some clause says that an order stands.
    stands = texts.select(read_outcome(pl.col("text")).struct.field("outcome").is_null()).to_series()
    outcome = (
        pl.when("is_refused")
        .then(pl.lit(NOT_MADE))
        .when(words.str.contains(patterns.APPLICATIONS))
        .then(pl.lit(NOT_THE_MAKING))
    )
    is_of_order = words.str.contains(rf"{patterns.ANY_ORDER}|{patterns.APPLICATIONS}")
    return (
        without_slips(texts.with_columns(words=fold(pl.col("text")).str.replace_all(patterns.ASIDES, " ")))
        .with_columns(is_refused=words.str.contains(patterns.REFUSALS))
        .with_columns(outcome=pl.when(~speaks_for_it & ~stands).then(outcome))
        .with_columns(is_known=is_plain(words, beside=BESIDE_REFUSAL))
        .with_columns(
            doubt=pl.when(pl.col("outcome").is_not_null() & ~pl.col("is_known") & is_of_order).then(pl.lit("doubtful")),
            outcome=pl.when("is_known").then("outcome"),
        )
    )


def set_aside(rows: pl.DataFrame, *, words: str, status: str | None = None, made: str | None = None) -> pl.Series:
    """Why a row is not about an order: a code of `outcomes.NO_ORDER`, or null for an order.

    Args:
        rows: rows as sent.
        words: the column that says which order it is and what became of it.
        status: the column of its status, if the source has one.
        made: the column of the day it was made, if people type into it: some type `refused` there.
    """
    outcomes = [read_outcome(pl.col(words)).struct.field("outcome")]
    if status:
        outcomes.append(_by_status(words, status))
    if made:
        in_words = pl.when(~pl.col(made).str.contains(r"\d")).then(pl.col(made))
        outcomes.append(pl.when(read_outcome(in_words).struct.field("outcome") == NOT_MADE).then(pl.lit(NOT_MADE)))
    return rows.select(pl.coalesce(outcomes)).to_series().alias("reason_code")


def _by_status(words: str, status: str) -> pl.Expr:
    """What the status says, unless of the application that an interim order waits for: that order binds meanwhile."""
    outcome = read_status_outcome(pl.col(status))
    is_waiting = (outcome == NOT_THE_MAKING) | fold(pl.col(status)).str.contains(patterns.ADJOURNED)
    is_interim = fold(pl.col(words)).str.contains(_INTERIM).fill_null(value=False)
    return pl.when(~(is_interim & is_waiting)).then(outcome)
