"""A model applied to tables: the candidate pairs, how they compare, and what is done with them.

Belongs here: from records to compared pairs, in chunks and threads. Does not: what a model is (`declaration`), which
tables are accepted (`tables`), the statistics (`training`, `weights`).
"""

import os
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.block_keys import Rows
from matching.engine.blocking import (
    Blocks,
    BlocksLeftOut,
    Candidates,
    PairPiece,
    candidate_pairs,
    find_blocks,
)
from matching.engine.compared_pairs import ComparedPairs
from matching.engine.declaration import Declaration
from matching.engine.frequencies import fit_frequencies
from matching.engine.parameters import Parameters, check_parameters
from matching.engine.patterns import Coded, Each, Patterns, code_records, compare
from matching.engine.repeated_records import Copies, find_copies, pair_left_out
from matching.engine.scores import Scores
from matching.engine.tables import Records, narrowed
from matching.engine.training import train
from matching.engine.training_sample import draw_sample, draw_sample_among
from matching.engine.weights import Scales

T = TypeVar("T", bound=np.generic)
# Called with the number of candidate pairs compared so far, and of all.
Progress = Callable[[int, int], None]

CHUNK = 250_000


class Linkage(ComparedPairs):
    """A model applied to tables: it learns from the compared pairs, and weighs them."""

    def train(self, among: npt.NDArray[np.bool_] | None = None) -> Parameters:
        """Learn m and u from these tables, without labels.

        Args:
            among: which of the candidate pairs to learn from. Training then learns what distinguishes matches from the
                rest of these pairs, not from random pairs (orders, among pairs of records of one person).
        """
        if among is not None:
            sample = draw_sample_among(self, among)
        else:
            sample = draw_sample(self.without_copies(), random_pairs=self.model.options.random_pairs)
        return train(sample, self.model.name, self.model.options)

    def score(self, parameters: Parameters) -> Scores:
        """Weigh the candidate pairs.

        Raises:
            ValueError: the parameters are those of other comparisons.
        """
        check_parameters(parameters, self.model.comparisons)
        scales = self._scales(parameters)
        return Scores(
            keys=self.keys,
            sources=self.sources,
            tables=self.tables,
            left=self.left,
            right=self.right,
            patterns=self.patterns,
            weights=scales.weigh(self.left, self.patterns),
            scales=scales,
            limits={self.tables.index(name): most for name, most in self.model.limits.items()},
            copies=self.copies,
        )

    def _scales(self, parameters: Parameters) -> Scales:
        options, seen = self.model.options, self.without_copies()
        if not options.term_frequencies:
            return Scales(self.coded, parameters, {})
        scales = fit_frequencies(
            seen.coded,
            parameters,
            left=seen.left,
            patterns=seen.patterns,
            sources=seen.sources,
            across=seen.is_across,
            own=options.own_frequencies,
        )
        return replace(scales, coded=self.coded)


def link_records(
    model: Declaration,
    records: Records,
    *,
    key: str,
    threads: int | None,
    chunk: int,
    progress: Progress | None,
    copies: bool,
    each: Each | None,
) -> Linkage:
    """Code the records, find the candidate pairs and compare them; see `LinkageModel.on`."""
    order, rows = _order(records, key)
    sources = records.sources[order]
    across = sources if model.link_type == "link" else None
    threads = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        blocking = pool.submit(
            find_blocks, records.frame, model.rules, rows=rows, sources=across, described=records.described
        )
        coded = code_records(model.comparisons, records.frame, order, each=pool.map, described=records.described)
        blocks = blocking.result()
    repeated, read = Copies(), records.frame.select(narrowed(model.columns, records.described))
    if copies:
        limited = [place for place, name in enumerate(records.tables) if name in model.limits]
        repeated = find_copies(read, coded.codes, order=order, sources=sources, limited=limited)
    if len(repeated.rows):
        kept = np.delete(order, repeated.rows)
        blocks = find_blocks(
            records.frame[kept], model.rules, rows=rows[kept], sources=across, described=records.described
        )
        coded = replace(coded, records=len(kept))
    _warn_left_out(blocks)
    keys = records.frame.get_column(key).gather(order)
    nothing = np.zeros(0, np.int32)
    left_out = Candidates(nothing, nothing, nothing.astype(np.uint32))
    if copies and across is None:
        left_out = pair_left_out(read, blocks, order=order, sources=sources)
    with ThreadPoolExecutor(threads) as pool:
        pairs = _make_pairs(blocks, left_out, chunk=chunk, each=each or pool.map)
        left, right, rules = pairs.left, pairs.right, pairs.rules
        del pairs
        blocks = blocks.outcome()
        patterns = _compare_pieces(coded, left, right, each=each or pool.map, chunk=chunk, progress=progress)
    return Linkage(model, records.tables, keys, sources, coded, repeated, blocks, left, right, rules, patterns)


def compare_again(model: Declaration, records: Records, linkage: Linkage, *, key: str, each: Each | None) -> Linkage:
    """Compare the pairs of another linkage by this model.

    Raises:
        ValueError: the linkage is one of other records, or left copies out.
    """
    order, _ = _order(records, key)
    if not records.frame.get_column(key).gather(order).equals(linkage.keys):
        raise ValueError(f"model {model.name!r} is applied to other records than model {linkage.model.name!r}")
    if len(linkage.copies.rows):
        raise ValueError(f"apply model {linkage.model.name!r} with copies=False: what it reads is not all that counts")
    coded = code_records(model.comparisons, records.frame, order, described=records.described)
    with ThreadPoolExecutor() as pool:
        patterns = _compare_pieces(coded, linkage.left, linkage.right, each=each or pool.map)
    return replace(linkage, model=model, coded=coded, patterns=patterns)


def _order(records: Records, key: str) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The places of the records in the order of table and key, and for each place its row in that order."""
    if len(records.tables) == 1 and records.frame.get_column(key).is_sorted():
        order = np.arange(records.frame.height, dtype=np.intp)
        return order, order
    frame = pl.DataFrame({"source": records.sources, "key": records.frame.get_column(key)}).with_row_index("place")
    order = frame.sort("source", "key").get_column("place").to_numpy().astype(np.intp)
    rows = np.empty(len(order), np.intp)
    rows[order] = np.arange(len(order))
    return order, rows


def _warn_left_out(blocks: Blocks) -> None:
    for rule, keyed in zip(blocks.rules, blocks.keyed, strict=True):
        if keyed.blocks_left_out:
            warnings.warn(
                f"blocking rule {rule.name!r} left out {keyed.pairs_left_out:,} pairs in blocks of more than "
                f"{rule.most_pairs:,} pairs (blocks: {keyed.blocks_left_out:,}). They are compared only where another "
                "rule makes them: make the key narrower, give the rule a finer one, or raise most_pairs",
                BlocksLeftOut,
                stacklevel=4,
            )


def _make_pairs(blocks: Blocks, first: Candidates, *, chunk: int, each: Each) -> Candidates:
    """Some pairs and then those of the blocks."""
    made = [first, *each(PairPiece.pairs, list(candidate_pairs(blocks, chunk)))]
    left, right, rules = ([getattr(pairs, name) for pairs in made] for name in ("left", "right", "rules"))
    del made
    return Candidates(_joined(left), _joined(right), _joined(rules))


def _compare_pieces(
    coded: Coded, left: Rows, right: Rows, *, each: Each, chunk: int = CHUNK, progress: Progress | None = None
) -> Patterns:
    """The pattern of each pair, chunk by chunk: the more pairs a chunk has, the oftener values meet again in it."""
    cuts = range(chunk, len(left), chunk)
    patterns, done = [], 0
    for reached in each(partial(compare, coded), np.split(left, cuts), np.split(right, cuts)):
        patterns.append(reached)
        done += len(reached)
        if progress:
            progress(done, len(left))
    return _joined(patterns)


def _joined(parts: list[npt.NDArray[T]]) -> npt.NDArray[T]:
    """The parts as one array. The list is emptied, so that no more than one column is in memory twice."""
    joined = np.concatenate(parts)
    parts.clear()
    return joined
