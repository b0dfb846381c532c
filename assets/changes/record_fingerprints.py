"""What every record of a night says, as a digest: with it the next night finds which records came, went or changed.

Belongs here: what counts as a change of a record, and by which values records of different persons bear on one another.
Does not: what follows from a change (`assets.changes.causes`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from matching.complements import REGION
from reconciliation.stable_ids import record_handles
from warehouse.sources import fact_of_source
from warehouse.tables.core import CORE_ALIASES, CORE_CONDITIONS, CORE_REJECTED_VALUES
from warehouse.tables.release import RECORD_DIGESTS
from warehouse.text_hashes import digests

PLACE = ("record_id", "source_key", "delivery_id", "file_name", "row_number")
"""Where a record stands: it may stand elsewhere tomorrow and say the same."""

NOTHING, BETWEEN = "\x00", "\x1f"
TIE_LENGTH = 10
AT_ONCE = 100_000
"""Records are put into words and digested in parts: all that a large source's records say is larger than they are."""


@dataclass(frozen=True)
class Tie:
    """A value by which records of different persons bear on one another.

    Attributes:
        name: what it is called in `RECORD_DIGESTS.ties`.
        value: the value, as text; null for none.
        of: the kinds of record that have it.
        by_word: each word of it is such a value.
    """

    name: str
    value: pl.Expr
    of: tuple[str, ...] = ("order", "arrest")
    by_word: bool = False


# How many people bear a name is counted word by word (`reconciliation.ranking`).
TIES = (
    Tie("surname", pl.col("surname_folded"), by_word=True),
    Tie("forename", pl.col("forenames_folded"), by_word=True),
    Tie("pnc_id", pl.col("pnc_id")),
    Tie("cro_number", pl.col("cro_number")),
    Tie("case", pl.concat_str("court_code", "made_on", separator=" "), of=("order",)),
    Tie("region", REGION.fill_null("-"), of=("order",)),
)


Tables = Mapping[str, pl.DataFrame | pl.LazyFrame]
"""Of a lazy table only what is digested is read."""


def digest_records(core: Tables, tables: Tables) -> pl.DataFrame:
    """Every record of a night with its order, its person and what it says.

    Args:
        core: the core tables, all sources together: `orders`, `aliases`, `conditions`, `arrests`, `rejected_values`.
        tables: of the register: `orders`, `order_sources`, `arrests`, `arrest_sources`.

    Returns:
        `RECORD_DIGESTS`, sorted by its key.
    """
    held = tables["order_sources"].lazy().select("record_id", "order_id", "is_dropped")
    owners = held.join(tables["orders"].lazy().select("order_id", "subject_id"), on="order_id").collect()
    arrested = _arrest_owners(tables).collect()
    companions = [
        _companion_texts(core["aliases"], CORE_ALIASES.schema.names()),
        _companion_texts(core["conditions"], CORE_CONDITIONS.schema.names()),
        _companion_texts(core["rejected_values"], CORE_REJECTED_VALUES.schema.names()),
    ]
    owned = {
        "arrest": (core["arrests"].lazy(), arrested.lazy(), ["source", "source_key", "row_number"]),
        "order": (core["orders"].lazy(), owners.lazy(), ["record_id"]),
    }
    # Source by source: what is known of all records of a night is larger than any other table.
    digested = [
        _digested(kind, records.filter(source=source).join(owner, on=key).collect(), companions)
        for kind, (records, owner, key) in owned.items()
        for source in records.select(pl.col("source").unique().sort()).collect().to_series()
    ]
    return RECORD_DIGESTS.conform(pl.concat([RECORD_DIGESTS.empty(), *digested])).sort(RECORD_DIGESTS.key)


def _arrest_owners(tables: Tables) -> pl.LazyFrame:
    """`source`, `source_key`, `row_number`, `order_id` (none), `subject_id`."""
    return (
        tables["arrest_sources"]
        .lazy()
        .join(tables["arrests"].lazy().select("arrest_id", "subject_id"), on="arrest_id")
        .select("source", "source_key", "row_number", "subject_id", order_id=pl.lit(None, pl.String))
    )


def _digested(kind: str, records: pl.DataFrame, companions: list[pl.DataFrame]) -> pl.DataFrame:
    said = [name for name in records.columns if name not in (*PLACE, "order_id", "subject_id") and _is_said(name)]
    # Where the day of a row is that of the whole delivery, it says nothing of the row.
    undated = {"recorded_on": pl.when(fact_of_source("is_dated")).then("recorded_on")} if kind == "order" else {}
    ties = [tie for tie in TIES if kind in tie.of]
    beside = {"handle": record_handles(records).select("record_id", text="handle")} | {
        f"text_{number}": companion for number, companion in enumerate(companions)
    }
    joined = records.with_columns(_texts_of(records, texts).alias(name) for name, texts in beside.items())
    joined = joined.with_columns(digests(joined.get_column("handle")))
    whole = _text([*said, *(name for name in beside if name != "handle")])

    def digest(part: pl.DataFrame) -> pl.DataFrame:
        texts = part.with_columns(**undated).select(digest=whole).to_series()
        digested = part.with_columns(digests(texts), _tied(part, ties).alias("ties"), kind=pl.lit(kind))
        return digested.select(RECORD_DIGESTS.schema.names())

    return pl.concat([digest(joined.slice(at, AT_ONCE)) for at in range(0, max(joined.height, 1), AT_ONCE)])


def _texts_of(records: pl.DataFrame, texts: pl.DataFrame) -> pl.Series:
    """The `text` of each record among `record_id`, `text`: as many and in the same order."""
    placed = records.select("record_id").join(texts, on="record_id", how="left", maintain_order="left")
    return placed.get_column("text")


def _is_said(name: str) -> bool:
    """Whether the source says it: how it writes a code, and how well we understood it, is not a value."""
    return not name.endswith(("_score", "_as_written"))


def _text(names: list[str]) -> pl.Expr:
    return pl.concat_str([pl.col(name).cast(pl.String).fill_null(NOTHING) for name in names], separator=BETWEEN)


def _companion_texts(companions: pl.DataFrame | pl.LazyFrame, names: list[str]) -> pl.DataFrame:
    """`record_id`, `text`: all rows of each record as one text, in whatever order they came."""
    said = [name for name in names if name not in PLACE and _is_said(name)]
    return (
        companions.lazy()
        .select("record_id", _text(said).alias("text"))
        .sort("record_id", "text")
        .group_by("record_id", maintain_order=True)
        .agg(pl.col("text").str.join(BETWEEN))
        .collect()
    )


def _tied(records: pl.DataFrame, ties: list[Tie]) -> pl.Series:
    """The ties of each record, digested; distinct values only, since most are borne by many."""
    return pl.DataFrame([_tie_column(records, tie) for tie in ties]).select(pl.concat_list(pl.all())).to_series()


def _tie_column(records: pl.DataFrame, tie: Tie) -> pl.Series:
    """The ties of one kind that each record has, in a list."""
    values = records.select(value=tie.value)
    distinct = values.drop_nulls().unique()
    worded = distinct.with_columns(word=pl.col("value").str.split(" ") if tie.by_word else pl.concat_list("value"))
    words = worded.explode("word").unique()
    named = words.with_columns(digests(words.get_column("word"), length=TIE_LENGTH).alias("digest"))
    held = named.sort("value", "digest").group_by("value").agg(pl.format(f"{tie.name}:{{}}", "digest").alias(tie.name))
    looked_up = values.join(held, on="value", how="left", maintain_order="left")
    return looked_up.select(pl.col(tie.name).fill_null([])).to_series()
