"""Candidate pairs: those, and only those, that a person with a pencil would write down for the same rules."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, product
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.blocking import (
    BLOCK_PAIRS,
    MOST_RULES,
    BlockingRule,
    Blocks,
    candidate_pairs,
    find_blocks,
)

Pair = tuple[int, int]
Row = tuple[str | None, str | None, list[str | None] | None]
Rows = list[Row]
FORENAME, TOWN, ALIASES = pl.col("forename"), pl.col("town"), pl.col("aliases")
NAMES = st.none() | st.sampled_from(["ann", "bela", ""])
ROWS = st.lists(st.tuples(NAMES, NAMES, st.none() | st.lists(NAMES, max_size=3)), max_size=14)
KEYS = st.sampled_from([(FORENAME,), (TOWN,), (FORENAME, TOWN), (ALIASES,), (ALIASES, TOWN), (FORENAME.str.head(1),)])
CAPS = st.sampled_from([BLOCK_PAIRS, 3, 1])
FINER = st.sampled_from([(), (), (TOWN,), (ALIASES,), (ALIASES, TOWN)])
RULES = st.lists(
    st.builds(lambda key, *other: BlockingRule("shared", key, *other), KEYS, CAPS, FINER, CAPS),
    min_size=1,
    max_size=5,
)


def table(rows: Sequence[Row]) -> pl.DataFrame:
    schema = pl.Schema({"forename": pl.String(), "town": pl.String(), "aliases": pl.List(pl.String())})
    return pl.DataFrame(rows, schema=schema, orient="row")


Key = tuple[object, ...]


def keys_of(records: pl.DataFrame, parts: Sequence[pl.Expr]) -> list[set[Key]]:
    """The keys of each record by hand: one for each combination of the values of its parts, none with a null."""
    columns = [records.select(part).to_series().to_list() for part in parts]
    lists = [[value if isinstance(value, list) else [value] for value in column] for column in columns]
    return [
        {key for key in product(*values) if None not in key} for values in zip(*lists, strict=True)
    ]  # a null list is [None] here


def pairs_by_key(keys: Sequence[set[Key]], sources: Sequence[int] | None) -> dict[Key, set[Pair]]:
    """For each key the pairs of records that share it, of two sources if sources are given."""
    blocks: dict[Key, list[int]] = defaultdict(list)
    for row, held in enumerate(keys):
        for key in held:
            blocks[key].append(row)
    return {
        key: {pair for pair in combinations(rows, 2) if sources is None or sources[pair[0]] != sources[pair[1]]}
        for key, rows in blocks.items()
    }


def by_hand(
    records: pl.DataFrame, rules: Sequence[BlockingRule], sources: Sequence[int] | None
) -> tuple[dict[Pair, int], list[tuple[int, int]]]:
    """Every pair with the bits of its rules, and for each rule the blocks and pairs left out."""
    masks: dict[Pair, int] = defaultdict(int)
    left_out = []
    for place, rule in enumerate(rules):
        keys = keys_of(records, rule.key)
        if rule.finer:
            large = {key for key, pairs in pairs_by_key(keys, sources).items() if len(pairs) > rule.cut_above}
            further = keys_of(records, rule.finer)
            keys = [held - large | set(product(held & large, finer)) for held, finer in zip(keys, further, strict=True)]
        made = pairs_by_key(keys, sources)
        dear = {key: pairs for key, pairs in made.items() if len(pairs) > rule.most_pairs}
        left_out.append((len(dear), sum(map(len, dear.values()))))
        for pair in set().union(*(pairs for key, pairs in made.items() if key not in dear)):
            masks[pair] |= 1 << place
    return dict(masks), left_out


def block(records: pl.DataFrame, rules: Sequence[BlockingRule], sources: Sequence[int] | None = None) -> Blocks:
    known = None if sources is None else np.array(sources, np.int8)
    return find_blocks(records, rules, rows=np.arange(records.height), sources=known)


def carry_out(blocks: Blocks, chunk: int) -> list[tuple[int, int, int, int]]:
    """Left, right, bits of the rules, and the rule that the pair came under; in the engine's order."""
    found = []
    for draft in candidate_pairs(blocks, chunk):
        pairs = draft.pairs()
        columns = (pairs.left.tolist(), pairs.right.tolist(), pairs.rules.tolist())
        found += [(*pair, draft.rule) for pair in zip(*columns, strict=True)]
    return found


@given(ROWS, RULES, st.integers(1, 20))
def test_within_one_table_the_pairs_are_those_found_by_hand(rows: Rows, rules: list[BlockingRule], chunk: int) -> None:
    records = table(rows)
    expected, left_out = by_hand(records, rules, None)
    blocks = block(records, rules)
    found = carry_out(blocks, chunk)
    assert len(found) == len(expected), "each pair once"
    assert {(left, right): mask for left, right, mask, _ in found} == expected
    assert all(mask & -mask == 1 << rule for _, _, mask, rule in found), "under its first rule"
    assert [(keyed.blocks_left_out, keyed.pairs_left_out) for keyed in blocks.keyed] == left_out


@given(ROWS, RULES, st.lists(st.integers(0, 2), min_size=14, max_size=14), st.integers(1, 20))
def test_across_tables_no_pair_has_both_ends_in_one_table(
    rows: Rows, rules: list[BlockingRule], sources: list[int], chunk: int
) -> None:
    records, ordered = table(rows), sorted(sources[: len(rows)])
    expected, left_out = by_hand(records, rules, ordered)
    blocks = block(records, rules, ordered)
    found = carry_out(blocks, chunk)
    assert len(found) == len(expected)
    assert {(left, right): mask for left, right, mask, _ in found} == expected
    assert all(mask & -mask == 1 << rule for _, _, mask, rule in found)
    assert [(keyed.blocks_left_out, keyed.pairs_left_out) for keyed in blocks.keyed] == left_out


@given(ROWS, RULES, st.integers(1, 20), st.randoms())
def test_pairs_come_in_one_order_whatever_the_chunk_and_the_order_of_the_records(
    rows: Rows, rules: list[BlockingRule], chunk: int, chance: Random
) -> None:
    order = list(range(len(rows)))
    chance.shuffle(order)
    shuffled = find_blocks(table([rows[row] for row in order]), rules, rows=np.array(order, np.intp), sources=None)
    assert carry_out(shuffled, chunk) == carry_out(block(table(rows), rules), 10_000)


@given(ROWS, RULES, st.integers(1, 20))
def test_the_size_reported_before_is_never_less_than_the_pairs_made(
    rows: Rows, rules: list[BlockingRule], chunk: int
) -> None:
    for draft in candidate_pairs(block(table(rows), rules), chunk):
        assert len(draft.pairs().left) <= draft.size


@pytest.mark.parametrize(
    ("key", "pairs"),
    [
        pytest.param((FORENAME,), [(0, 1)], id="a null is no key"),
        pytest.param((FORENAME, TOWN), [], id="a null in one part is no key"),
        pytest.param((ALIASES,), [(0, 2), (0, 3), (2, 3)], id="two lists that share two values make one pair"),
        pytest.param((ALIASES, TOWN), [(2, 3)], id="a list and a value"),
        pytest.param((pl.col("forename").str.len_chars(),), [(0, 1)], id="something computed"),
        pytest.param((pl.lit("all"),), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)], id="a constant: everybody"),
        pytest.param((pl.lit("all"), FORENAME), [(0, 1)], id="a constant and a value"),
    ],
)
def test_what_a_key_is(key: tuple[pl.Expr, ...], pairs: list[Pair]) -> None:
    records = table(
        [
            ("ann", None, ["a", "b"]),
            ("ann", "york", []),
            (None, "york", ["b", "a", "a", None]),
            (None, "york", ["a", "b"]),
        ]
    )
    assert (
        sorted((left, right) for left, right, _, _ in carry_out(block(records, [BlockingRule("key", key)]), 100))
        == pairs
    )


def test_a_block_at_the_cap_is_kept_and_one_pair_more_is_left_out_and_counted() -> None:
    records = table([("ann", None, None)] * 4)
    at_cap, over = (block(records, [BlockingRule("forename", (FORENAME,), most_pairs=most)]) for most in (6, 5))
    assert len(carry_out(at_cap, 100)) == 6
    assert (at_cap.keyed[0].blocks_left_out, at_cap.keyed[0].pairs_left_out) == (0, 0)
    assert carry_out(over, 100) == []
    assert (over.keyed[0].blocks_left_out, over.keyed[0].pairs_left_out) == (1, 6)


def test_a_pair_whose_first_rule_is_capped_comes_under_the_next() -> None:
    records = table([("ann", "york", None), ("ann", "york", None), ("ann", "hull", None)])
    rules = [BlockingRule("forename", (FORENAME,), most_pairs=2), BlockingRule("town", (TOWN,))]
    assert carry_out(block(records, rules), 100) == [(0, 1, 0b10, 1)]


def test_a_block_that_is_too_large_is_cut_by_the_finer_key_and_others_are_not() -> None:
    records = table(
        [
            ("ann", "york", ["a"]),
            ("ann", "hull", ["a", "b"]),
            ("ann", "hull", []),
            ("ann", None, ["b"]),
            ("bela", "york", []),
            ("bela", "hull", []),
        ]
    )
    finer = (pl.concat_list(TOWN, ALIASES),)
    blocks = block(records, [BlockingRule("forename", (FORENAME,), finer=finer, cut_above=3)])
    assert sorted((left, right) for left, right, _, _ in carry_out(blocks, 100)) == [(0, 1), (1, 2), (1, 3), (4, 5)]
    assert blocks.keyed[0].blocks_left_out == 0


def test_values_that_change_places_between_the_key_and_the_finer_key_are_not_the_same() -> None:
    records = table([("ann", "bela", None), ("ann", "bela", None), ("bela", "ann", None), ("bela", "ann", None)])
    blocks = block(records, [BlockingRule("forename", (FORENAME,), finer=(TOWN,), cut_above=0)])
    assert sorted((left, right) for left, right, _, _ in carry_out(blocks, 100)) == [(0, 1), (2, 3)]


def test_a_huge_block_costs_nothing_when_it_is_left_out() -> None:
    records = pl.DataFrame({"forename": ["ann"] * 300_000})
    blocks = block(records, [BlockingRule("forename", (FORENAME,))])
    assert list(candidate_pairs(blocks, 1_000)) == []
    assert blocks.keyed[0].pairs_left_out == 300_000 * 299_999 // 2


def test_a_block_across_tables_is_as_dear_as_the_pairs_across_them() -> None:
    records = table([("ann", None, None)] * 5)
    blocks = block(records, [BlockingRule("forename", (FORENAME,), most_pairs=4)], [0, 0, 0, 0, 1])
    assert [(left, right) for left, right, _, _ in carry_out(blocks, 100)] == [(0, 4), (1, 4), (2, 4), (3, 4)]


@pytest.mark.parametrize("size", [0, 1])
def test_too_few_records_for_a_pair_make_none(size: int) -> None:
    records = table([("ann", "york", ["a"])] * size)
    assert (
        carry_out(block(records, [BlockingRule("forename", (FORENAME,)), BlockingRule("aliases", (ALIASES,))]), 10)
        == []
    )


def test_a_column_of_no_known_value_makes_no_pair() -> None:
    records = pl.DataFrame({"forename": [None, None, None]})
    assert carry_out(block(records, [BlockingRule("forename", (FORENAME,))]), 10) == []


@pytest.mark.parametrize("count", [0, MOST_RULES + 1])
def test_too_few_or_too_many_rules_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"1 to {MOST_RULES} blocking rules, not {count}"):
        block(table([]), [BlockingRule("forename", (FORENAME,))] * count)


def test_as_many_rules_as_there_are_bits_all_leave_theirs() -> None:
    rules = [BlockingRule("forename", (FORENAME,))] * MOST_RULES
    assert carry_out(block(table([("ann", None, None)] * 2), rules), 10) == [(0, 1, 2**MOST_RULES - 1, 0)]


def test_a_rule_says_the_columns_its_key_is_made_of() -> None:
    rule = BlockingRule("names", (FORENAME.str.head(2) + TOWN, ALIASES))
    assert rule.columns == {"forename", "town", "aliases"}
