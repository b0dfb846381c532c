"""A pair in words: the waterfall from the first comparison to the match weight.

Belongs here: the telling of pairs already weighed, in the shape of `LINK_PAIRS`. Does not: any weighing.
"""

from collections.abc import Sequence

import polars as pl


def explain_pairs(pairs: pl.DataFrame) -> list[str]:
    """Readable waterfalls: for each pair a headline, then a line a comparison with the sum so far.

    Comparisons that add nothing (a value not known) are left out. Names and values of the records are not shown, only
    what the comparisons found.

    Args:
        pairs: rows in the shape of `LINK_PAIRS`, such as all pairs that hold a record of one order.

    Returns:
        Lines of text, pairs in the order given.
    """
    return [line for pair in pairs.iter_rows(named=True) for line in _waterfall(pair)]


def _waterfall(pair: dict[str, object]) -> list[str]:
    headline = (
        f"{pair['left_id']} and {pair['right_id']}: {pair['match_weight']:+.2f} "
        f"(person {pair['person_weight']:+.2f}, order {pair['order_weight']:+.2f}); "
        f"found by {pair['blocking_rule']}"
    )
    lines, reached = [headline], 0.0
    for name, level, weight in _steps(pair["levels"], pair["weights"]):
        reached += weight
        if weight:
            lines.append(f"  {name}: {level} {weight:+.2f} = {reached:+.2f}")
    return lines


def _steps(levels: object, weights: object) -> list[tuple[str, str, float]]:
    if not isinstance(levels, Sequence) or not isinstance(weights, Sequence):
        raise TypeError("levels and weights of a pair are lists")
    told = (str(level).partition("=") for level in levels)
    return [
        (name, level, float(str(weight).partition("=")[2]))
        for (name, _, level), weight in zip(told, weights, strict=True)
    ]
