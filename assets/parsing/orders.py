"""The kind of an order from words: type, interim or full; and what a court's sentence says of its end.

Belongs here: the declared words and phrases. Does not: result codes of one source, whether an order was made
(`outcomes`).
"""

from dataclasses import dataclass
from typing import Any

import polars as pl
from rapidfuzz import fuzz, process

from assets.parsing.dates import read_date
from assets.parsing.distinct import remembered
from assets.parsing.outcomes import read_outcome
from assets.parsing.terms import IN_SENTENCE, is_until_further_order, read_term
from assets.parsing.words import known
from warehouse.standardise import fold


@dataclass(frozen=True)
class OrderWords:
    """Words that name an order type: a pattern on folded text, and the phrase that misspellings are held against."""

    order_type: str
    pattern: str
    phrase: str


_SECTION, _OF_ACT = r"\b(?:S|SEC|SECTION) ?", r" (?:OF )?(?:THE )?(?:MSA|MODERN SLAVERY)\b"
# The first that fits counts: exploitation orders are named before the trafficking orders whose words they hold.
ORDER_WORDS = (
    OrderWords("STRO", r"\b(?:I|INT|INTERIM|F|FULL)?STROS?\b", "SLAVERY AND TRAFFICKING RISK ORDER"),
    OrderWords("STPO", r"\b(?:I|INT|INTERIM|F|FULL)?STPOS?\b", "SLAVERY AND TRAFFICKING PREVENTION ORDER"),
    OrderWords("TERO", r"\b(?:I|INT|INTERIM|F|FULL)?TEROS?\b", "TRAFFICKING AND EXPLOITATION RISK ORDER"),
    OrderWords("TEPO", r"\b(?:I|INT|INTERIM|F|FULL)?TEPOS?\b", "TRAFFICKING AND EXPLOITATION PREVENTION ORDER"),
    OrderWords("TERO", r"\bEXPLOITATION RISK ORDERS?\b", "T E RISK ORDER"),
    OrderWords("TEPO", r"\bEXPLOITATION PREVENTION ORDERS?\b", "T E PREVENTION ORDER"),
    OrderWords("TERO", r"\bT (?:AND )?E RISK ORDERS?\b", "TRAFFICKING EXPLOITATION RISK ORDER"),
    OrderWords("TEPO", r"\bT (?:AND )?E PREVENTION ORDERS?\b", "TRAFFICKING EXPLOITATION PREVENTION ORDER"),
    OrderWords("STRO", r"\b(?:TRAFFICKING|SLAVERY|S (?:AND )?T) RISK ORDERS?\b", "S T RISK ORDER"),
    OrderWords("STPO", r"\b(?:TRAFFICKING|SLAVERY|S (?:AND )?T) PREVENTION ORDERS?\b", "S T PREVENTION ORDER"),
    OrderWords("STRO", rf"{_SECTION}(?:23|28){_OF_ACT}", "TRAFFICKING RISK ORDER"),
    OrderWords("STPO", rf"{_SECTION}(?:14|15|21){_OF_ACT}", "TRAFFICKING PREVENTION ORDER"),
    OrderWords("STRO", r"^(?:INTERIM |INT |FULL )?RISK ORDER$", "TRAFFICKING RISK ORDER"),
    OrderWords("STPO", r"^(?:INTERIM |INT |FULL )?PREVENTION ORDER$", "TRAFFICKING PREVENTION ORDER"),
)
INTERIM = r"\bINTERIM\b|\bINT\b|\bI ?(?:STRO|STPO|TERO|TEPO)\b|\b(?:INT|INTERIM)(?:STRO|STPO|TERO|TEPO)\b"
INTERIM_BEHIND = r"(?i)\b(?:st|te)[rp]o\s*[-/(]\s*i(?:nt)?\b"  # `STRO (I)`
NOT_INTERIM = r"\b(?:NOT|NON) (?:AN )?INTERIM\b"
# What follows the order named: its term, or what became of another one.
AFTER_THE_ORDER = r"^(.*?\b(?:ORDER|STRO|STPO|TERO|TEPO)\b.*?)\b(?:MADE|GRANTED|IMPOSED|UNTIL|FOR)\b.*$"
UNTIL_DETERMINATION = r"(?i)until (?:the )?(?:final )?(?:determination|hearing|disposal) of"
END_IN_SENTENCE = (
    r"(?i)\b(?:to|until|till|expiring|expires|ending|ends)(?: on| at midnight on)? "
    r"(\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9},? \d{4})"
)
MISSPELLED_FROM = 88.0  # least similarity of a misspelt phrase, 0 to 100
CLEAR_BY = 3.0  # lead over the best phrase of another type
DECISIVE_WORDS = {"STRO": "RISK", "STPO": "PREVENTION", "TERO": "RISK", "TEPO": "PREVENTION"}
DECISIVE_FROM = 70.0  # least similarity of a misspelt decisive word
STATUTORY_BASIS = r"(?i)\b(?:ss?|sec|sections?)[. ]*(14|15|23)\b"
OF_TYPE = {"STPO": ("14", "15"), "STRO": ("23",)}
"""Sections of the Modern Slavery Act 2015 under which each type is made; an interim order is made under others."""
FUZZY_LENGTH = 14  # shorter texts differ by too few letters


def read_orders(texts: pl.Series) -> pl.DataFrame:
    """Read the kind of order from distinct words or sentences.

    Args:
        texts: what the source writes (`S&T Prevention Order`, `Int STRO`, a court's result).

    Returns:
        One row for each distinct known text: `text`, `order_type`, `is_interim`, and `is_in_doubt`, `is_discharge`,
        `event` (as `event_in_words`), `ends_another`, `order_day`, `effect_day` of
        `assets.parsing.outcomes.read_outcome`. An order named without `interim` is a full order. Type and interim are
        null where the type is not clear, or could be two. Of several orders in a text the one that was made counts.
        `statutory_basis`: the section that the words name (`s.15`), where it is one of the order's type;
        `is_basis_refused`: they name others, or more than one.
    """
    distinct = pl.DataFrame({"text": texts.unique()}).filter(known(pl.col("text")).is_not_null()).sort("text")
    return _read_kinds(distinct)


@remembered
def _read_kinds(texts: pl.DataFrame) -> pl.DataFrame:
    read = texts.with_columns(read_outcome(pl.col("text")).alias("outcome_read")).unnest("outcome_read")
    words = read.with_columns(
        folded=_folded(pl.coalesce("order_words", "text")).str.replace(AFTER_THE_ORDER, "$1").str.strip_chars(),
        whole=_folded(pl.col("text")),
    )
    named = words.with_columns(order_type=pl.coalesce(_by_pattern(pl.col("folded")), _by_pattern(pl.col("whole"))))
    guessed = _by_likeness(named.filter(pl.col("order_type").is_null()).get_column("folded").fill_null(""))
    kinds = named.join(guessed, on="folded", how="left", maintain_order="left").with_columns(
        order_type=pl.coalesce("order_type", "like_type")
    )
    is_named = pl.col("folded").str.contains(INTERIM) | pl.col("text").str.contains(INTERIM_BEHIND)
    is_interim = is_named & ~pl.col("folded").str.contains(NOT_INTERIM)
    return kinds.select(
        "text",
        "order_type",
        # What became of `the interim order` is said without its type.
        pl.when(pl.col("order_type").is_not_null() | (pl.col("event").is_not_null() & is_interim))
        .then(is_interim)
        .alias("is_interim"),
        "is_in_doubt",
        "is_discharge",
        pl.col("event").alias("event_in_words"),
        "ends_another",
        "order_day",
        "effect_day",
        *_statutory_basis(),
    )


def _statutory_basis() -> tuple[pl.Expr, pl.Expr]:
    named = pl.col("text").str.extract_all(STATUTORY_BASIS).list.eval(pl.element().str.extract(r"(\d+)")).list.unique()
    fits = named.list.first().is_in(pl.col("order_type").replace_strict(OF_TYPE, default=[]))
    is_known = (named.list.len() == 1) & fits.fill_null(value=False)
    basis = pl.when(is_known).then(pl.format("s.{}", named.list.first())).alias("statutory_basis")
    return basis, ((named.list.len() > 0) & ~is_known).alias("is_basis_refused")


def _folded(text: pl.Expr) -> pl.Expr:
    """Folded, with `&` as a word and initials with full stops (`S.T.R.O.`) as one."""
    return fold(text.str.replace_all(r"\b(\p{L})\.", "$1").str.replace_all("&", " and "))


def sentence_columns(text: pl.Expr) -> list[pl.Expr]:
    """What a court's sentence says of the end of the order.

    Returns `term_months`, `is_until_further_order`, `is_until_determination` and `end_in_text` (a date).
    """
    end = text.str.extract(END_IN_SENTENCE)
    return [
        read_term(text, pattern=IN_SENTENCE).alias("term_months"),
        (is_until_further_order(text) | is_until_further_order(end).fill_null(value=False)).alias(
            "is_until_further_order"
        ),
        text.str.contains(UNTIL_DETERMINATION).alias("is_until_determination"),
        read_date(end).struct.field("date").alias("end_in_text"),
    ]


def _by_pattern(folded: pl.Expr) -> pl.Expr:
    """The type whose pattern fits; null where patterns of two types fit."""
    types = sorted({words.order_type for words in ORDER_WORDS})
    fits = {
        order_type: pl.any_horizontal(
            folded.str.contains(words.pattern) for words in ORDER_WORDS if words.order_type == order_type
        )
        for order_type in types
    }
    found = pl.coalesce(pl.when(fit).then(pl.lit(order_type)) for order_type, fit in fits.items())
    return pl.when(pl.sum_horizontal(fits.values()) == 1).then(found)


def _by_likeness(folded: pl.Series) -> pl.DataFrame:
    """The type of misspelt phrases: `folded`, `like_type`."""
    candidates = folded.filter(folded.str.len_chars() >= FUZZY_LENGTH).unique().sort()
    bare = candidates.str.replace_all(r"\b(?:INTERIM|INT|FULL)\b", "").str.strip_chars().to_list()
    scores = process.cdist(bare, [words.phrase for words in ORDER_WORDS], scorer=fuzz.ratio)
    found = [_clear_type(text, best) for text, best in zip(bare, _best_by_type(scores), strict=True)]
    return pl.DataFrame({"folded": candidates, "like_type": pl.Series(found, dtype=pl.String)})


def _best_by_type(scores: Any) -> list[dict[str, float]]:
    """For each row of scores, the best score of each type."""
    types = [words.order_type for words in ORDER_WORDS]
    return [
        {kind: max(score for score, own in zip(row, types, strict=True) if own == kind) for kind in DECISIVE_WORDS}
        for row in scores.tolist()
    ]


def _clear_type(text: str, best: dict[str, float]) -> str | None:
    """The type that leads clearly and whose decisive word the text holds, if there is one."""
    (first, score), (_, runner_up) = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:2]
    is_named = any(fuzz.ratio(word, DECISIVE_WORDS[first]) >= DECISIVE_FROM for word in text.split())
    return first if is_named and score >= MISSPELLED_FROM and score - runner_up >= CLEAR_BY else None
