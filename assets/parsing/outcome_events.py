"""What a court's words say became of an order made before: discharged, changed, kept, called in doubt; or refused.

Belongs here: the event that the clauses come to, and the days by which words name the order and the event. Does not:
what each clause says (`outcomes`), which order is meant (`matching.events`).
"""

import polars as pl

from assets.parsing.dates import read_date
from assets.parsing.outcome_words import ANSWER_BEHIND, EFFECT_DAY, ORDER_OF_DAY, SPEAKS_OF_EARLIER
from warehouse.tables.core import EVENT_REFUSED
from warehouse.tables.raw import NOT_MADE

DAYS = (("order_day", ORDER_OF_DAY, 2), ("effect_day", EFFECT_DAY, 1))


def without_day_of_order() -> pl.Expr:
    """The text without `made on 3 March 2024` where it says what became of an order: that is not of a new one."""
    dotted = pl.col("text").str.replace_all(r"(\d)\.(\d{1,2})\.(\d)", "$1-$2-$3")
    whole = dotted.str.replace_all(r"([a-z]), (\d{4})", "$1 $2")
    whole = whole.str.replace_all(ANSWER_BEHIND, "$1$2 $3")
    is_of_earlier = whole.str.contains(SPEAKS_OF_EARLIER)
    return pl.when(is_of_earlier).then(whole.str.replace_all(ORDER_OF_DAY, "$1 ")).otherwise("text")


def days_of_event() -> list[pl.Expr]:
    """`order_day` and `effect_day` of texts that speak of an event."""
    is_event = pl.col("event").is_not_null()
    return [
        pl.when(is_event).then(read_date(pl.col("text").str.extract(words, group)).struct.field("date")).alias(name)
        for name, words, group in DAYS
    ]


def event_of_clauses() -> pl.Expr:
    """What the words say became of an order made before; null where they say that one was made."""
    flags = ("is_new", "is_changed", "goes_on", "is_confirmed", "is_called_in_doubt")
    new, changed, goes_on, confirmed, in_doubt = (pl.col(name).fill_null(value=False) for name in flags)
    return (
        pl.when((pl.col("outcome") == NOT_MADE) & ~pl.col("is_only_adjourned"))
        .then(pl.lit(EVENT_REFUSED))
        .when(pl.col("outcome").is_not_null() | new)
        .then(pl.lit(None, pl.String))
        .when(pl.col("is_discharge") & ~pl.col("is_in_doubt"))
        .then(pl.lit("discharged"))
        .when(changed)
        .then(pl.lit("changed"))
        .when(goes_on | confirmed)
        .then(pl.lit("kept"))
        .when(in_doubt | pl.col("is_discharge"))
        .then(pl.lit("doubted"))
    )
