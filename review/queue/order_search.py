"""Finding orders by a name, an identifier or a reference, whether or not they are in the queue.

Belongs here: what is looked through, and how a name that is not quite right is found. Does not: who may see what is
found (`review.access.visible_release`).

A reference is found where it is written the same apart from case, blanks and punctuation. A name is found where each
word that was typed is like some word of the name: in any order, parts may be left out, and what fits exactly comes
first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cdist

from reconciliation.redirects import order_redirects
from review.typed_day import DayError, parse_day
from warehouse.identifiers import parse_cro, parse_pnc_id
from warehouse.standardise import fold

LONGEST_SEARCH: Final = 200
MOST_WORDS: Final = 8
ALIKE: Final = 0.85
"""From here on (Jaro-Winkler) a word that was typed may be a word of a name: one letter of five wrong."""
EXACT: Final = 1.0
ORDER_REFERENCES: Final = ("order_id", "subject_id", "pnc_id", "cro_number")
RECORD_REFERENCES: Final = ("source_key", "record_id", "pnc_id", "cro_number", "case_urn", "occurrence_ref")


@dataclass(frozen=True, eq=False)
class SearchIndex:
    """What can be found in a release.

    Attributes:
        references: `order_id`, `reference` without punctuation: ids of orders and persons, former ids, PNC ids, CRO
            numbers, keys of records, case and occurrence references, lines of packs.
        births: `order_id`, `day`: the dates of birth that the register or a record gives.
        words: `order_id`, `name` (a number for each name that an order or one of its records bears), `is_golden` (it
            is the one in the register), `word`.
        distinct: the distinct words of all names.
    """

    references: pl.DataFrame
    births: pl.DataFrame
    words: pl.DataFrame
    distinct: list[str]


@dataclass(frozen=True, eq=False)
class FoundOrders:
    """What was found.

    Attributes:
        orders: `order_id`, `likeness` (1: as typed), `is_golden` (the name found is the one in the register; another
            one, that a source holds, may be found too), the most alike first.
        by: `reference`, `birth` or `name`; None: nothing was found.
    """

    orders: pl.DataFrame
    by: str | None


LINE_OF_A_PACK: Final = r"(?i)^\s*(ORD\W?\w+)\s*/"
"""The order in the reference of a line, which may have been handed out since the release."""

NOTHING_FOUND: Final = FoundOrders(
    pl.DataFrame(schema={"order_id": pl.String, "likeness": pl.Float64, "is_golden": pl.Boolean}), None
)


def build_search_index(table: Callable[[str], pl.DataFrame]) -> SearchIndex:
    """What can be found in a release.

    Args:
        table: the tables of the release by name: `orders`, `order_sources`, `source_records`, `id_redirects`,
            `review_queue`, `subjects`.
    """
    orders = table("orders")
    places = table("order_sources").select("order_id", "record_id")
    records = table("source_records").join(places, on="record_id")
    former = order_redirects(table("id_redirects"))
    references = [
        *(orders.select("order_id", reference=name) for name in ORDER_REFERENCES),
        *(records.select("order_id", reference=name) for name in RECORD_REFERENCES),
        former.select(order_id="new_id", reference="old_id"),
        table("review_queue").select("order_id", reference="item_id"),
    ]
    births = pl.concat(
        [orders.select("order_id", day="date_of_birth"), records.select("order_id", day="date_of_birth")]
    )
    held = pl.concat([_names(records), _other_names(orders.select("order_id", "subject_id"), table("subjects"))])
    names = pl.concat([_names(orders).with_columns(is_golden=True), held.with_columns(is_golden=False)])
    words = (
        names.drop_nulls()
        .unique(["order_id", "text"], keep="first", maintain_order=True)
        .with_row_index("name")
        .select("order_id", "name", "is_golden", word=pl.col("text").str.split(" "))
        .explode("word", empty_as_null=False)
    )
    return SearchIndex(
        references=pl.concat(frame.drop_nulls() for frame in references)
        .unique()
        .select("order_id", _bare(pl.col("reference"))),
        births=births.drop_nulls().unique(),
        words=words,
        distinct=words.get_column("word").unique().sort().to_list(),
    )


def find_orders(index: SearchIndex, text: str, *, this_year: int) -> FoundOrders:
    """The orders that a text leads to: by a reference or a date of birth if it is one, else by name.

    Args:
        index: of the release.
        text: as it was typed; of a longer one the beginning counts.
        this_year: by which the years of short PNC ids are read.
    """
    typed = pl.DataFrame({"text": [text[:LONGEST_SEARCH]]})
    forms = typed.select(
        _bare(pl.col("text")).alias("as typed"),
        _bare(parse_pnc_id(pl.col("text"), this_year=this_year)).alias("PNC id"),
        _bare(parse_cro(pl.col("text"))).alias("CRO number"),
        _bare(pl.col("text").str.extract(LINE_OF_A_PACK)).alias("order of a line of a pack"),
    ).row(0)
    wanted = [form for form in forms if form]
    by_reference = (
        index.references.filter(pl.col("reference").is_in(wanted)).select("order_id").unique().sort("order_id")
    )
    if by_reference.height:
        return FoundOrders(by_reference.with_columns(likeness=pl.lit(EXACT), is_golden=True), "reference")
    born = (
        index.births.filter(pl.col("day") == pl.lit(_day(text), pl.Date)).select("order_id").unique().sort("order_id")
    )
    if born.height:
        return FoundOrders(born.with_columns(likeness=pl.lit(EXACT), is_golden=True), "birth")
    folded = typed.select(fold(pl.col("text"))).item()
    named = _by_name(index, folded.split(" ")[:MOST_WORDS]) if folded else NOTHING_FOUND.orders
    return FoundOrders(named, "name") if named.height else NOTHING_FOUND


def _day(text: str) -> date | None:
    """The day that a text is, as people write it; None if it is none."""
    try:
        return parse_day((text[:LONGEST_SEARCH],))
    except DayError:
        return None


def _by_name(index: SearchIndex, typed: list[str]) -> pl.DataFrame:
    """Orders with a name of which, for each word typed, some word is like it; the most alike first."""
    if not index.distinct:
        return NOTHING_FOUND.orders
    scores = cdist(typed, index.distinct, scorer=JaroWinkler.similarity, score_cutoff=ALIKE, dtype=np.float32)
    typed_at, word_at = np.nonzero(scores)
    likes = pl.DataFrame(
        {
            "typed": typed_at,
            "word": pl.Series(index.distinct, dtype=pl.String).gather(word_at),
            "likeness": scores[typed_at, word_at].astype(np.float64),
        }
    )
    name = ("order_id", "name", "is_golden")
    best = likes.join(index.words, on="word").group_by(*name, "typed").agg(pl.col("likeness").max())
    whole = (
        best.group_by(name)
        .agg(pl.col("likeness").mean().round(4), pl.len().alias("found"))
        .filter(pl.col("found") == len(typed))
    )
    alike = whole.sort("likeness", "is_golden", "order_id", descending=[True, True, False])
    return alike.unique("order_id", keep="first", maintain_order=True).select("order_id", "likeness", "is_golden")


def _names(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.concat_str("forenames_folded", "surname_folded", separator=" ", ignore_nulls=True)
    return frame.select("order_id", text=pl.when(text != "").then(text))


def _other_names(orders: pl.DataFrame, subjects: pl.DataFrame) -> pl.DataFrame:
    """Names under which sources hold a person, in brackets or as aliases."""
    others = subjects.select("subject_id", text="other_names").explode("text", empty_as_null=False)
    return orders.join(others, on="subject_id").select("order_id", text=fold(pl.col("text")))


def _bare(text: pl.Expr) -> pl.Expr:
    """Letters and digits alone, in capitals; null where nothing is left."""
    return text.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "").replace("", None)
