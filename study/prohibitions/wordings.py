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
from reconciliation.third_parties import mask_names, mask_text, ordinary_words, proper_words
from reconciliation.wording_gaps import LEFT_OUT, MOST_HIDDEN
from warehouse.tables.register import CONDITION_WORDINGS, UNCODED_CONDITIONS
from warehouse.text_hashes import digests

NUMBER: Final = "[number]"
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
_RUN: Final = re.compile(rf"\[…\](?:[^\w\[.;:!?]{{1,3}}\[…\]){{1,{MOST_HIDDEN - 1}}}")


def build_wordings(
    conditions: pl.DataFrame | pl.LazyFrame, order_sources: pl.DataFrame | pl.LazyFrame
) -> dict[str, pl.DataFrame]:
    """The wordings of conditions in the records of a night.

    Args:
        conditions: `core__conditions`.
        order_sources: `ORDER_SOURCES`; results that were amended don't count.

    Returns:
        By name `CONDITION_WORDINGS`, of coded conditions the typical wordings, of others all, with their clusters; and
        `UNCODED_CONDITIONS`, the orders that the others are of; and a text that was cut too short to be coded, where
        no other source lists conditions of the order.
    """
    held = order_sources.lazy().filter(~pl.col("is_amended")).select("record_id", "order_id", "source")
    is_alone = pl.col("source").n_unique().over("order_id") == 1
    # What a width left of a condition may be one that another source words in full; where none does, it may be any.
    is_shown = ~pl.col("is_cut") | (is_alone & pl.col("condition_code").is_null())
    listed = conditions.lazy().join(held, on="record_id").filter(is_shown).collect()
    worded = listed.join(generalise_all(listed.get_column("text")), on="text").pipe(_with_ids)
    counted = (
        worded.filter(~pl.col("is_cut"))
        .group_by("condition_code", "same", "wording_id")
        .agg(
            pl.col("wording").mode().sort(descending=True).first(),
            pl.col("order_id").n_unique().cast(pl.Int64).alias("order_count"),
            pl.col("source").unique().sort().alias("sources"),
            pl.col("match_score").min().alias("lowest_score"),
        )
        .filter(pl.col("condition_code").is_null() | (pl.col("order_count") >= LEAST_ORDERS))
        .sort("order_count", "same", descending=[True, False])
    )
    return {
        CONDITION_WORDINGS.name: CONDITION_WORDINGS.conform(_with_clusters(counted)).sort("wording_id"),
        UNCODED_CONDITIONS.name: _uncoded(worded),
    }


def _with_ids(worded: pl.DataFrame) -> pl.DataFrame:
    """`wording_id`: of what is coded and worded in the same way."""
    known_by = worded.select(pl.concat_str(pl.col("condition_code").fill_null("-"), "same", separator=":")).to_series()
    return worded.with_columns(digests(known_by, length=12).alias("wording_id"))


def _uncoded(worded: pl.DataFrame) -> pl.DataFrame:
    """`UNCODED_CONDITIONS`: what an order has that fits nothing, in its longest text without the names of people."""
    loose = worded.filter(pl.col("condition_code").is_null())
    longest = loose.sort(pl.col("text").str.len_chars(), "text", descending=[True, False])
    found = longest.group_by("order_id", "wording_id", maintain_order=True).agg(
        pl.col("text").first(), pl.col("source").unique().sort().alias("sources")
    )
    masked = found.join(mask_names(found.get_column("text")), on="text").with_columns(text="masked_text")
    return UNCODED_CONDITIONS.conform(masked).sort(UNCODED_CONDITIONS.key)


def generalise_all(texts: pl.Series) -> pl.DataFrame:
    """`text`, `wording` without persons and places, and `same`, by which wordings are compared: one row per text."""
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
    # In a text with small letters a word with a capital is a name, except the first: `Station Road`, `the Meadows`.
    general = _TOKEN.sub(
        lambda found: _general(found.group(), is_cased=is_cased, is_name=is_cased and found.start() > 0), masked
    )
    return _RUN.sub(LEFT_OUT, general).strip()


def leave_out_known_names(worded: pl.DataFrame) -> pl.DataFrame:
    """`generalise_all` where a `wording` in capitals leaves out the names that are known, and no other word."""
    shouted = worded.filter(~pl.col("text").str.contains(r"\p{Ll}")).get_column("text")
    known = pl.DataFrame(
        {"text": shouted, "known": [_hide_known_names(text) for text in shouted]},
        {"text": pl.String, "known": pl.String},
    )
    shown = worded.join(known, on="text", how="left", maintain_order="left")
    return shown.with_columns(wording=pl.coalesce("known", "wording")).drop("known")


def _hide_known_names(text: str) -> str:
    hidden = _TOKEN.sub(
        lambda found: LEFT_OUT if found.group().casefold() in proper_words() else found.group(), mask_text(text)
    )
    return _RUN.sub(LEFT_OUT, hidden).strip()


def _general(token: str, *, is_cased: bool, is_name: bool) -> str:
    if token.startswith("["):
        return token
    if any(character.isdigit() for character in token):
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
