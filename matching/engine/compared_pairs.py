"""The candidate pairs of a model's records, and how they compare.

Belongs here: what is known of them once they are compared. Does not: comparing (`linkage`), what is learned from them
(`training_sample`), weighing them (`scores`).
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.block_keys import Rows
from matching.engine.blocking import Blocks, Masks
from matching.engine.declaration import Declaration
from matching.engine.patterns import Coded, Patterns
from matching.engine.repeated_records import Copies
from matching.engine.values import pairs_of


@dataclass(frozen=True, eq=False)
class ComparedPairs:
    """Records of tables, the pairs of them that a model compares, and the outcome.

    Records are in the order of their table and key, whatever the order in which they came.

    Attributes:
        sources: for each record, the place of its table in `tables`.
        coded: the records as numbers.
        copies: records that repeat another and are not compared themselves.
        blocks: the blocking rules applied to the records.
        left: rows of the candidate pairs.
        right: the other row of each, which is the larger.
        rules: a bit for each rule that makes the pair.
        patterns: levels of the pairs.
    """

    model: Declaration
    tables: tuple[str, ...]
    keys: pl.Series
    sources: npt.NDArray[np.int8]
    coded: Coded
    copies: Copies
    blocks: Blocks
    left: Rows
    right: Rows
    rules: Masks
    patterns: Patterns

    @property
    def is_across(self) -> bool:
        """Whether only pairs between tables are compared."""
        return self.model.link_type == "link"

    @property
    def possible_pairs(self) -> int:
        """How many pairs of records there are to compare, blocking aside."""
        sizes = np.bincount(self.sources)
        return pairs_of(len(self.sources)) - (sum(map(pairs_of, sizes.tolist())) if self.is_across else 0)

    def without_copies(self) -> Self:
        """The same pairs of rows, numbered as if the copies were not there: one record should not count many times."""
        if not len(self.copies.rows):
            return self
        rows = np.delete(np.arange(len(self.sources), dtype=np.int32), self.copies.rows)
        return replace(
            self,
            keys=self.keys.gather(rows),
            sources=self.sources[rows],
            coded=replace(self.coded, codes=self.coded.codes[rows]),
            left=np.searchsorted(rows, self.left).astype(np.int32),
            right=np.searchsorted(rows, self.right).astype(np.int32),
        )
