"""How conditions are worded, without a person or a place: the words that drafters and stewards look through.

Belongs here: typical wordings, and wordings that fit nothing in the catalogue put together. Does not: coding a
condition (`assets.parsing.conditions`), which conditions are believed (`reconciliation.conditions`).

A word that is neither an ordinary one of conditions nor written small among others is left out: rather one word too
many is hidden than one place too few.
"""

import re
from typing import Final

import polars as pl
from rapidfuzz import fuzz, process

from matching.engine.components import label_components
from reconciliation.third_parties import mask_text, ordinary_words, proper_words
from warehouse.tables.register import CONDITION_WORDINGS
from warehouse.text_hashes import digests

LEFT_OUT, NUMBER = "[…]", "[number]"
LEAST_ORDERS: Final = 3
"""A coded wording of fewer orders is not typical, and is not published."""
ALIKE: Final = 80
"""From this likeness on, 0 to 100, two wordings that fit nothing are of one cluster."""
MOST_CLUSTERED: Final = 3_000
"""Wordings that are compared with one another: those of most orders."""
LONGEST_NUMBER: Final = 3
"""`5`, `18`, `u18`: no more than such leads to nobody."""
_TOKEN: Final = re.compile(r"\[[^\]]*\]|[^\W_](?:[^\W_]|['’.-](?=[^\W_]))*")
_DATE: Final = r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b"
ANY_DATE: Final = "01/01/2000"
"""For each date, since none is shown: fewer texts differ, and each takes half a millisecond."""
_RUN: Final = re.compile(r"(?:\[…\]\W{0,3}){2,}")


def build_wordings(conditions: pl.DataFrame, order_sources: pl.DataFrame) -> pl.DataFrame:
    """The wordings of conditions in the records of a night.

    Args:
        conditions: `core__conditions`.
        order_sources: `ORDER_SOURCES`; results that were amended don't count.

    Returns:
        `CONDITION_WORDINGS`: of coded conditions the typical wordings, of others all, with their clusters.
    """
    held = order_sources.filter(~pl.col("is_amended")).select("record_id", "order_id", "source")
    listed = conditions.filter(~pl.col("is_cut")).join(held, on="record_id")
    counted = (
        listed.join(generalise_all(listed.get_column("text")), on="text")
        .group_by("condition_code", "same")
        .agg(
            pl.col("wording").mode().sort(descending=True).first(),
            pl.col("order_id").n_unique().cast(pl.Int64).alias("order_count"),
            pl.col("source").unique().sort().alias("sources"),
            pl.col("match_score").min().alias("lowest_score"),
        )
        .filter(pl.col("condition_code").is_null() | (pl.col("order_count") >= LEAST_ORDERS))
        .sort("order_count", "same", descending=[True, False])
    )
    known_by = counted.select(pl.concat_str(pl.col("condition_code").fill_null("-"), "same", separator=":")).to_series()
    named = counted.with_columns(digests(known_by, length=12).alias("wording_id"))
    return CONDITION_WORDINGS.conform(_with_clusters(named)).sort("wording_id")


def generalise_all(texts: pl.Series) -> pl.DataFrame:
    """`text`, `wording` without persons and places, and `same`, by which wordings are compared: one row a text."""
    distinct = (
        texts.unique().sort().to_frame("text").with_columns(dated=pl.col("text").str.replace_all(_DATE, ANY_DATE))
    )
    general = distinct.select("dated").unique().sort("dated")
    wording = pl.Series("wording", [generalise(text) for text in general.to_series()], dtype=pl.String)
    worded = distinct.join(general.with_columns(wording), on="dated", maintain_order="left").drop("dated")
    return worded.with_columns(same=plain_form("wording"))


def plain_form(column: str) -> pl.Expr:
    """The form in which wordings are compared: small letters and single blanks."""
    return pl.col(column).str.to_lowercase().str.replace_all(r"[^\p{L}\d\[\]…]+", " ").str.strip_chars(" ")


def generalise(text: str) -> str:
    """A wording without persons, places, names of operations and companies, dates and long numbers."""
    masked = mask_text(text)
    is_cased = any(token.islower() for token in _TOKEN.findall(masked))
    # In a text with small letters a word with a capital is a name, but for the first: `Station Road`, `the Meadows`.
    general = _TOKEN.sub(
        lambda found: _general(found.group(), is_cased=is_cased, is_name=is_cased and found.start() > 0), masked
    )
    return _RUN.sub(f"{LEFT_OUT} ", general).strip()


def _general(token: str, *, is_cased: bool, is_name: bool) -> str:
    if token.startswith("["):
        return token
    if any(sign.isdigit() for sign in token):
        return token if len(token) <= LONGEST_NUMBER else NUMBER
    plain = token.casefold()
    if plain in proper_words() or (is_name and token.istitle()):
        return LEFT_OUT
    return token if plain in ordinary_words() or (is_cased and token.islower()) else LEFT_OUT


def _with_clusters(wordings: pl.DataFrame) -> pl.DataFrame:
    """`cluster`: of wordings that fit nothing, the one of most orders among those alike."""
    loose = wordings.filter(pl.col("condition_code").is_null())
    compared = loose.head(MOST_CLUSTERED)
    texts = compared.get_column("same").to_list()
    alike = process.cdist(texts, texts, scorer=fuzz.token_sort_ratio)
    left, right = (alike >= ALIKE).nonzero()
    labels = pl.Series("label", label_components(compared.height, left, right))
    leads = compared.with_columns(labels).with_columns(cluster=pl.col("wording").first().over("label"))
    return wordings.join(leads.select("wording_id", "cluster"), on="wording_id", how="left", maintain_order="left")
