"""Which pairs of records are looked at: blocking rules as data, and the candidate pairs they make.

Belongs here: rules, joins, the cap on oversized blocks and what it costs. Does not: the rules of any model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

# Row numbers of a pair and the place of its rule lie in one whole number, which sorts ten times as quickly as three.
ROW_BITS, PLACE_BITS = 28, 7
Rows = npt.NDArray[np.int64]


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
    made, left_out = [], []
    for place, rule in enumerate(rules):
        keys = _keys(records, rule)
        sizes = keys.group_by("key").len("size").filter(pl.col("size") > 1)
        kept = keys.join(sizes.filter(pl.col("size") <= rule.limit), on="key", how="semi")
        left, right = _within_blocks(kept)
        if across is not None:
            side = records.get_column(across).to_numpy()
            left, right = (rows[side[left] != side[right]] for rows in (left, right))
        made.append(_distinct((left << ROW_BITS | right) << PLACE_BITS | place))
        lost = sizes.filter(pl.col("size") > rule.limit).get_column("size").cast(pl.Int64)
        left_out.append((rule.name, len(made[-1]), len(lost), int((lost * (lost - 1) // 2).sum())))
    packed = np.sort(np.concatenate(made))
    is_first = np.diff(packed >> PLACE_BITS, prepend=-1) != 0
    pairs = _unpacked(packed[is_first], rules)
    return Candidates(pairs, _diagnostics(left_out, pairs))


def _keys(records: pl.DataFrame, rule: BlockingRule) -> pl.DataFrame:
    """`row`, `key`: a number for what is shared; no row twice."""
    parts = records.select(part.alias(f"part_{index}") for index, part in enumerate(rule.key))
    frame = parts.with_row_index("row").drop_nulls()
    lists = [name for name, kind in parts.schema.items() if kind == pl.List]
    for name in lists:
        frame = frame.explode(name)
    keys = frame.drop_nulls().select("row", key=pl.struct(parts.columns).hash(0))
    return keys.unique() if lists else keys


def _within_blocks(keys: pl.DataFrame) -> tuple[Rows, Rows]:
    """All pairs of rows that share a key, the smaller row first; a pair stands as often as it shares keys."""
    ordered = keys.sort("key", "row")
    rows = ordered.get_column("row").cast(pl.Int64).to_numpy()
    sizes = ordered.get_column("key").rle().struct.field("len").cast(pl.Int64).to_numpy()
    following = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(rows)) - 1
    left = np.repeat(np.arange(len(rows)), following)
    step = np.arange(len(left)) - np.repeat(np.cumsum(following) - following, following)
    return rows[left], rows[left + step + 1]


def _distinct(numbers: Rows) -> Rows:
    ordered = np.sort(numbers)
    is_first = np.diff(ordered, prepend=-1) != 0
    return np.asarray(ordered[is_first], np.int64)


def _unpacked(packed: Rows, rules: Sequence[BlockingRule]) -> pl.DataFrame:
    names = [rule.name for rule in rules]
    rule = pl.Series(names, dtype=pl.Enum(names)).gather(packed % 2**PLACE_BITS)
    left, right = packed >> ROW_BITS + PLACE_BITS, packed >> PLACE_BITS & 2**ROW_BITS - 1
    return pl.DataFrame({"left": left, "right": right, "rule": rule}).cast({"left": pl.UInt32, "right": pl.UInt32})


def _diagnostics(counts: Sequence[tuple[str, int, int, int]], pairs: pl.DataFrame) -> pl.DataFrame:
    new = pairs.group_by(pl.col("rule").cast(pl.String)).len("new_pairs")
    frame = pl.DataFrame(counts, schema=["rule", "pairs", "blocks_left_out", "pairs_left_out"], orient="row")
    return frame.join(new, on="rule", how="left", maintain_order="left").select(
        "rule", "pairs", pl.col("new_pairs").fill_null(0), "blocks_left_out", "pairs_left_out"
    )
