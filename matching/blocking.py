"""Which pairs of records are looked at: blocking rules as data, and the candidate pairs they make.

Belongs here: rules, joins, the cap on oversized blocks and what it costs. Does not: the rules of any model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, eq=False)
class BlockingRule:
    """Records that share a key are looked at.

    Attributes:
        name: what the records share, in words.
        key: expressions over the records; a null in any part means no key. A list gives one key for each
            combination of its values.
        limit: records a block may hold; a larger block says too little and is left out, and reported.
    """

    name: str
    key: tuple[pl.Expr, ...]
    limit: int = 150


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidate pairs (`left`, `right`: row numbers, left below right; `rule`: first rule) and the counts a rule."""

    pairs: pl.DataFrame
    diagnostics: pl.DataFrame


def candidate_pairs(records: pl.DataFrame, rules: Sequence[BlockingRule], *, across: str | None = None) -> Candidates:
    """The pairs that at least one rule makes, each under the first rule that made it.

    Args:
        records: one row a record.
        rules: the rules, the most telling first.
        across: a Boolean column; if given, only pairs of a record where it is false with one where it is true.

    Returns:
        Pairs sorted by `left` and `right`; diagnostics per rule: `rule`, `pairs` (made), `new_pairs` (not made by
        an earlier rule), `blocks_left_out`, `pairs_left_out`.
    """
    made, counts = [], []
    for place, rule in enumerate(rules):
        keys = _keys(records, rule)
        sizes = keys.group_by("key").len("size").filter(pl.col("size") > 1)
        kept = keys.join(sizes.filter(pl.col("size") <= rule.limit), on="key", how="semi")
        lost = sizes.filter(pl.col("size") > rule.limit).get_column("size").cast(pl.Int64)
        made.append(_join(kept, records, across).with_columns(place=pl.lit(place, pl.UInt8)))
        counts.append((rule.name, made[-1].height, len(lost), int((lost * (lost - 1) // 2).sum())))
    pairs = pl.concat(made).group_by("left", "right").agg(pl.col("place").min()).sort("left", "right")
    return Candidates(_named(pairs, rules), _diagnostics(counts, pairs))


def _keys(records: pl.DataFrame, rule: BlockingRule) -> pl.DataFrame:
    parts = records.select(part.alias(f"part_{index}") for index, part in enumerate(rule.key))
    frame = parts.with_row_index("row")
    for name, kind in parts.schema.items():
        if kind == pl.List:
            frame = frame.explode(name)
    frame = frame.drop_nulls()
    return frame.select("row", key=pl.struct(parts.columns).hash(0)).unique()


def _join(keys: pl.DataFrame, records: pl.DataFrame, across: str | None) -> pl.DataFrame:
    if across is None:
        first = second = keys
    else:
        side = records.get_column(across)
        first = keys.filter(~side.gather(keys.get_column("row")))
        second = keys.filter(side.gather(keys.get_column("row")))
    joined = first.join(second, on="key").lazy()
    pairs = (
        joined.filter(pl.col("row") != pl.col("row_right"))
        if across
        else joined.filter(pl.col("row") < pl.col("row_right"))
    )
    return (
        pairs.select(left=pl.min_horizontal("row", "row_right"), right=pl.max_horizontal("row", "row_right"))
        .unique()
        .collect()
    )


def _named(pairs: pl.DataFrame, rules: Sequence[BlockingRule]) -> pl.DataFrame:
    names = [rule.name for rule in rules]
    return pairs.select(
        "left", "right", rule=pl.col("place").replace_strict(dict(enumerate(names)), return_dtype=pl.Enum(names))
    )


def _diagnostics(counts: Sequence[tuple[str, int, int, int]], pairs: pl.DataFrame) -> pl.DataFrame:
    new = pairs.group_by("place").len("new_pairs")
    frame = pl.DataFrame(
        counts, schema=["rule", "pairs", "blocks_left_out", "pairs_left_out"], orient="row"
    ).with_row_index("place")
    return (
        frame.join(new.with_columns(pl.col("place").cast(pl.UInt32)), on="place", how="left")
        .sort("place")
        .select("rule", "pairs", pl.col("new_pairs").fill_null(0), "blocks_left_out", "pairs_left_out")
    )
