"""What every record of a night says, as a digest: with it the next night finds which records came, went or changed.

Belongs here: what counts as a change of a record, and by which values records of different persons bear on one another.
Does not: what follows from a change (`assets.changes.causes`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from matching.complements import REGION
from reconciliation.stable_ids import record_handles
from warehouse.sources import fact_of_source
from warehouse.tables.core import CORE_ALIASES, CORE_CONDITIONS, CORE_REJECTED_VALUES, RECORD_ID
from warehouse.tables.release import RECORD_DIGESTS
from warehouse.text_hashes import digests

PLACE = ("record_id", "source_key", "delivery_id", "file_name", "row_number")
"""Where a record stands: it may stand elsewhere tomorrow and say the same."""

COMPANIONS = {"aliases": CORE_ALIASES, "conditions": CORE_CONDITIONS, "rejected_values": CORE_REJECTED_VALUES}
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


def digest_records(core: Tables, tables: Tables) -> Iterator[pl.DataFrame]:
    """Every record of a night with its order, its person and what it says.

    Args:
        core: the core tables, all sources together: `orders`, `aliases`, `conditions`, `arrests`, `rejected_values`.
        tables: of the register: `orders`, `order_sources`, `arrests`, `arrest_sources`.

    Yields:
        `RECORD_DIGESTS`, sorted by its key, in pieces.
    """
    companions = [
        core[name].lazy().select("record_id", _text(_said(table.schema.names())).alias("text"))
        for name, table in COMPANIONS.items()
    ]
    # Source by source: what is known of all records of a night is larger than any other table.
    for kind, owners in {"arrest": _arrest_owners(tables), "order": _order_owners(tables)}.items():
        records = core[f"{kind}s"].lazy()
        sources = records.select(pl.col("source").unique()).collect().to_series()
        for source in sorted(sources, key="{}:".format):
            of_source = pl.col("record_id").str.starts_with(f"{source}:")
            owned = owners.filter(source=source).drop("source").collect()
            yield from _digested(
                kind, records.filter(source=source).collect(), owned, [rows.filter(of_source) for rows in companions]
            )
    yield RECORD_DIGESTS.empty()


def _order_owners(tables: Tables) -> pl.LazyFrame:
    """`source`, `record_id`, `order_id`, `is_dropped` (which counts as said by the source), `subject_id`."""
    owners = tables["orders"].lazy().select("order_id", "subject_id")
    held = tables["order_sources"].lazy().select("source", "record_id", "order_id", "is_dropped")
    return held.join(owners, on="order_id")


def _arrest_owners(tables: Tables) -> pl.LazyFrame:
    """`source`, `record_id`, `order_id` (none), `subject_id`."""
    owners = tables["arrests"].lazy().select("arrest_id", "subject_id", order_id=pl.lit(None, pl.String))
    held = tables["arrest_sources"].lazy().select("source", "arrest_id", RECORD_ID.alias("record_id"))
    return held.join(owners, on="arrest_id").drop("arrest_id")


def _digested(
    kind: str, records: pl.DataFrame, owners: pl.DataFrame, companions: list[pl.LazyFrame]
) -> Iterator[pl.DataFrame]:
    """The digests of the records of one source that are of an order or an arrest, in pieces."""
    if not records.get_column("record_id").is_sorted():
        records = records.sort("record_id")
    # Where the day of a row is that of the whole delivery, it says nothing of the row.
    undated = {"recorded_on": pl.when(fact_of_source("is_dated")).then("recorded_on")} if kind == "order" else {}
    ties = [tie for tie in TIES if kind in tie.of]
    handles = record_handles(records.lazy().join(owners.lazy(), on="record_id", how="semi"))
    texts = [_companion_texts(rows).rename({"text": f"text_{number}"}) for number, rows in enumerate(companions)]
    whole = _text([*_said([*records.columns, *owners.columns]), *(one.columns[-1] for one in texts)])
    beside = [
        owners.with_columns(is_owned=pl.lit(value=True)),
        handles.select("record_id", digests(handles.get_column("handle"))),
        *texts,
    ]
    ids = records.select("record_id")
    joined = pl.concat([records, *(_placed(ids, one) for one in beside)], how="horizontal")
    for at in range(0, joined.height, AT_ONCE):
        part = joined.slice(at, AT_ONCE).filter("is_owned")
        said = part.with_columns(**undated).select(digest=whole).to_series()
        digested = part.with_columns(digests(said), _tied(part, ties).alias("ties"), kind=pl.lit(kind))
        yield RECORD_DIGESTS.conform(digested)


def _placed(ids: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """What there is of each of these records: as many rows and in the same order."""
    return ids.join(rows, on="record_id", how="left", maintain_order="left").drop("record_id")


def _said(names: Iterable[str]) -> list[str]:
    """The columns that a source fills: how it writes a code, and how well we understood it, is not a value."""
    return [
        name
        for name in names
        if name not in (*PLACE, "order_id", "subject_id") and not name.endswith(("_score", "_as_written"))
    ]


def _text(names: list[str]) -> pl.Expr:
    return pl.concat_str([pl.col(name).cast(pl.String).fill_null(NOTHING) for name in names], separator=BETWEEN)


def _companion_texts(rows: pl.LazyFrame) -> pl.DataFrame:
    """`record_id`, `text`: all texts of each record as one, in whatever order they came."""
    return (
        rows.sort("record_id", "text")
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
