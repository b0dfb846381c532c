"""The status of an order in words: live, expired, discharged, withdrawn, superseded or ended.

Belongs here: the words. Does not: status codes of one source, the status in law, words for an order that was never made
(`outcomes`).
"""

import polars as pl

from assets.parsing.distinct import read_distinct
from assets.parsing.outcome_words import PARTLY_ENDED
from assets.parsing.plain_discharges import CONVICTION_GONE, OF_ANOTHER, is_plain
from warehouse.standardise import fold

# Folded words; a text with words of two statuses, or with a word that turns them round, gives none.
STATUS_WORDS = {
    "live": (
        r"\b(?:ACTIVE|LIVE|CURRENT|IN FORCE|IN EFFECT|ON ?GOING|EFFECTIVE|VALID|OPEN|EXTANT|RUNNING|YN FYW|MEWN GRYM)\b"
    ),
    "expired": r"\b(?:EXPIRED|EXPD?|LAPSED|ENDED|SPENT|FINISHED|COMPLETED)\b",
    "discharged": (
        r"\b(?:DISCHARGED?|DISCH|REVOKED|CANCELL?ED|QUASHED|RESCINDED|SET ASIDE|OVERTURNED|ANNULLED|NULLIFIED"
        r"|RHYDDHAWYD|DIRYMWYD|DIDDYMWYD)\b"
    ),
    # Of an order, of a charge or of the record itself: it is not a discharge, and worth a question.
    "withdrawn": r"\bWITHDRAWN\b",
    "superseded": r"\b(?:SUPERSEDED|SUPERCEDED|SUPERSCEDED|REPLACED|OVERTAKEN)\b",
    # No longer in force, and no word on why.
    "ended": r"\b(?:CLOSED|CEASED|TERMINATED|INACTIVE|VOID(?:ED)?)\b",
}
NO_LONGER = (
    r"\b(?:NO LONGER|NOT|NON|WAS|FORMERLY|PREVIOUSLY) "
    r"(?:LIVE|ACTIVE|CURRENT|IN FORCE|IN EFFECT|ONGOING|OPEN|EXTANT|RUNNING|VALID|APPLICABLE)\b"
    r"|\bNO LONGER (?:REQUIRED|NECESSARY|NEEDED)\b"
)
# A discharge that was refused, sought or is only thought of is none, nor one with a question mark.
TURNING_WORDS = (
    r"\b(?:NOT|NO LONGER|NEVER|UNTIL|WILL BE|TO BE|DUE|REFUSED|REFUSAL|DISMISSED|DECLINED|REJECTED|SOUGHT|REQUESTED"
    r"|CONSIDERED|PROPOSED|PENDING|AWAITED|AWAITING|POSSIBLY|PROBABLY|MAYBE|BELIEVED|WOULD BE|MAY BE|IN ERROR"
    r"|BY MISTAKE|REINSTATED|REMADE|STAYED|HEARING|LISTED|SUBJECT TO APPEAL|CANNOT|(?:CA|IS|WAS|HAS)NT|UNLESS|SHALL BE"
    r"|ADJOURNED|OPPOSED|DENIED|UNSUCCESSFUL|RECOMMEND(?:S|ED)?|CONSIDERING"
    r"|NO (?:RECORD OF )?(?:DISCHARGE|REVOCATION))\b"
    r"|\b(?:ENTRY|RECORD|MARKER|WARRANT|BAIL|LICENCE|SENTENCE|CURFEW|CHARGES?|CASE|CONDITION|PASSPORT|VISA|TAG"
    r"|SHPO|SCPO|CBO|DVP[ON]|(?:RESTRAINING|COMMUNITY|SENTENCE|DEPORTATION|TRAVEL) [A-Z]+)"
    r" (?:(?:WAS|IS|NOW) )?(?:DISCHARGED|REVOKED|CANCELL?ED|QUASHED|EXPIRED|COMPLETED|ENDED|CLOSED|WITHDRAWN)\b"
    # A discharge that was itself undone.
    r"|\b(?:DISCHARGE|REVOCATION) (?:OVERTURNED|QUASHED|RESCINDED|REVOKED|SET ASIDE|ANNULLED|CANCELLED)\b"
)
GRANTED = (
    r"\bAPPLICATION (?:TO|FOR) (?:DISCHARGE|REVOKE|REVOCATION)(?: (?:OF|THE|THIS|ORDER|STRO|STPO))*"
    r" (?:GRANTED|ALLOWED)$"
)
ASKED_FOR = r"\b(?:DISCHARGE|REVOCATION) APPLI"
IN_DOUBT = r"\?"
# Words that say nothing of the status: what a live order is not, the day or the order until which it runs, and an
# application, to discharge it or for it in the first place.
# What ended is an appeal, a part of the order, or the order before the one that was made.
HARMLESS_WORDS = (
    r"\bAPPEALS?\b(?: [A-Z]+){0,4}? WITHDRAWN\b"
    # A discharge of the person, by sentence or from where they were, or of a jury; a conviction that was quashed.
    rf"|{PARTLY_ENDED}|{OF_ANOTHER}|{CONVICTION_GONE}"
    r"|\bINTERIM (?:[A-Z]+ ){0,2}?(?:DISCHARGED|REVOKED)\b.*\b(?:MADE|GRANTED|IMPOSED)\b"
    r"|\b(?:PREVIOUS|EARLIER|OLD|FORMER|PRIOR) (?:[A-Z]+ ){1,2}?(?:DISCHARGED|REVOKED|QUASHED|CANCELLED)\b"
    r"|\b(?:DISCHARGED|REVOKED|QUASHED) AND SUBSTITUTED (?:BY|WITH)\b"
    r"|\bNOT (?:YET )?(?:EXPIRED|ENDED|LAPSED|DISCHARGED|REVOKED|SUPERSEDED|REPLACED)\b"
    r"|\bUNTIL (?:\d|FURTHER|(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC))|\bAPPLI(?:CATION|ED)\b.*"
)


def read_status(text: pl.Expr) -> pl.Expr:
    """The recorded status that the words give, or null.

    A discharge makes a person free: one whose words are not all understood is `doubtful`.
    """
    return read_distinct(text, _read_statuses, {"status": pl.String}).struct.field("status")


def _read_statuses(texts: pl.DataFrame) -> pl.DataFrame:
    folded = pl.col("folded")
    fits = {status: folded.str.contains(words) for status, words in STATUS_WORDS.items()}
    words = (
        fold(pl.col("text"))
        .str.replace_all(GRANTED, "DISCHARGED")
        .str.replace_all(HARMLESS_WORDS, " ")
        .str.replace_all(NO_LONGER, "CLOSED")
    )
    seen = texts.with_columns(folded=words).with_columns(**fits)
    is_turned = (
        folded.str.contains(TURNING_WORDS)
        | fold(pl.col("text")).str.contains(ASKED_FOR)
        | (pl.col("text").str.contains(IN_DOUBT) & ~pl.col("live"))
    )
    is_clear = (pl.sum_horizontal(*fits) == 1) & ~is_turned
    status = pl.coalesce(pl.when(status).then(pl.lit(status)) for status in fits)
    # `Discharged with effect from` a day may be of one to come.
    whole = fold(pl.col("text"))
    is_understood = is_plain(whole) & ~whole.str.contains(r"\bEFFECT|\bW ?E ?F\b")
    return seen.with_columns(
        status=pl.when(is_clear & pl.col("discharged") & ~is_understood)
        .then(pl.lit("doubtful"))
        .when(is_clear)
        .then(status)
    )


def status_by_words() -> pl.Expr:
    """`discharged` where a court discharged the order (`is_discharge`), `doubtful` where its words leave it open."""
    return pl.when("is_discharge").then(pl.lit("discharged")).when("is_in_doubt").then(pl.lit("doubtful"))
