"""Whether a delivery that is whole is plausible beside recent ones of its feed: pure judgement over counts and keys.

Belongs here: the rule and its bounds. Does not: reading deliveries and releases (`assets.deliveries`,
`assets.feed_history`), what is done about an implausible one (`warehouse.delivery_states`).
"""

import statistics
from dataclasses import dataclass, field

import polars as pl

from expectations.bounds import Bounds, is_implausibly_few


@dataclass(frozen=True)
class FeedHistory:
    """What recent releases know of a feed.

    Attributes:
        records: records kept of each recent good delivery; since the last one that an operator accepted.
        usual_before: the largest usual number of recent nights before that one; None without an accepted one.
        keys: of the records of the delivery that the last release used; empty where records have no lasting keys.
        known: digests of deliveries that were used before, which are not judged again.
    """

    records: tuple[int, ...] = ()
    usual_before: int | None = None
    keys: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.String))
    known: frozenset[str] = frozenset()

    @property
    def expected(self) -> int | None:
        """The median number of records of recent good deliveries; None before the first."""
        return round(statistics.median(self.records)) if self.records else None


def find_implausible(records: int, keys: pl.Series, history: FeedHistory, bounds: Bounds) -> str | None:
    """What is implausible about a delivery, in words with counts alone; None if nothing is, or nothing is known.

    An accepted delivery makes its number the usual one, so too few are few against that; but to come back to what was
    usual before is not too many: a short delivery may have been accepted for one night.

    Args:
        records: the records of orders and arrests that it holds.
        keys: their keys; empty where records have no lasting keys.
        history: of its feed.
        bounds: in force.
    """
    expected = history.expected
    if expected is None:
        return None
    recent = f"recent deliveries held {expected:,} (median of {len(history.records)})"
    if is_implausibly_few(records, expected, gone=bounds.records_gone):
        return f"It holds {records:,} records, and {recent}: too many are gone."
    if is_implausibly_few(max(expected, history.usual_before or 0), records, gone=bounds.records_new):
        return f"It holds {records:,} records, and {recent}: too many are new."
    left = int(history.keys.is_in(keys.implode()).sum()) if keys.len() else history.keys.len()
    if is_implausibly_few(left, history.keys.len(), gone=bounds.records_gone):
        gone = history.keys.len() - left
        return f"{gone:,} of the {history.keys.len():,} records of the last delivery used are not in it: too many."
    return None
