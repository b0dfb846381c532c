"""Orders that no source holds both of, joined where each is what the other lacks.

Belongs here: what the sources that hold two orders say of whether these are one. Does not: the weighing of pairs of
records (`matching.orders`).

Orders that one court makes on one day on several people are mostly held by the same sources. Beside an order that
every source but the PNC holds, one that the PNC alone holds is seldom another. How seldom is read off the night, from
the orders of the region found so far: the share of them that none of the other's sources holds. That makes up for a
slip in a name, a second PNC id or another date. Where a source holds few orders, or has sent nothing for a region, it
says nothing.
"""

import polars as pl

from warehouse.codes import names_of

# 4 to 1 that two orders are one, and 8 to 1 that neither is one with the next best.
BAR = 2.0
LEAD = 3.0
# Where even the best pair of records is 64 to 1 against, other names, births or dates outweigh what sources leave out.
LEAST = -6.0

REGION = pl.col("force_code").replace_strict(names_of("forces", "region_code"), default=None, return_dtype=pl.String)
"""Of a record: what the sources hold is counted by it, so a change within it bears on other orders of it."""


def join_complements(
    records: pl.DataFrame, labels: pl.Series, pairs: pl.DataFrame, apart: pl.DataFrame
) -> pl.DataFrame:
    """Find orders that are one though the pairs of their records are below the bar.

    Args:
        records: `source`, `force_code`.
        labels: the order of each record: the smallest row number in it.
        pairs: `left`, `right` (row numbers), `link` (how far the pair is above the bar).
        apart: `left`, `right` (row numbers) of records that stewards keep apart.

    Returns:
        `left`, `right`: the labels of two orders to be joined; each order comes once.
    """
    held = _held_by(records, labels)
    lacking = _count_lacking(held)
    candidates = (
        _between(pairs, labels)
        .join(_between(apart.with_columns(link=0.0), labels), on=["left", "right"], how="anti")
        .join(held, left_on="left", right_on="label")
        .join(held, left_on="right", right_on="label", suffix="_right")
        .filter(((pl.col("held") & pl.col("held_right")) == 0) & (pl.col("link") > LEAST))
        .join(lacking, left_on=["area", "held", "held_right"], right_on=["area", "held", "other"])
        .join(
            lacking, left_on=["area_right", "held_right", "held"], right_on=["area", "held", "other"], suffix="_right"
        )
        .select("left", "right", weight=pl.col("link") + pl.col("rarity") + pl.col("rarity_right"))
    )
    return _mutual_best(candidates)


def _held_by(records: pl.DataFrame, labels: pl.Series) -> pl.DataFrame:
    """`label`, `held` (a bit for each source), `area` (the region of the force in most of its records)."""
    return (
        records.select(label=labels, area=REGION, bit=2 ** (pl.col("source").rank("dense").cast(pl.Int64) - 1))
        .group_by("label")
        .agg(held=pl.col("bit").unique().sum(), area=pl.col("area").drop_nulls().mode().min().fill_null("-"))
    )


def _count_lacking(held: pl.DataFrame) -> pl.DataFrame:
    """`area`, `held`, `other`, `rarity`: how seldom an order that some of the one sources hold has none of the other.

    In log2. Each order counts itself, so among few orders nothing is rare.
    """
    orders = held.group_by("area", seen="held").len("orders")
    sets = held.select("held").unique()
    both = sets.join(sets.select(other="held"), how="cross").filter((pl.col("held") & pl.col("other")) == 0)
    without = pl.col("orders").filter((pl.col("seen") & pl.col("other")) == 0).sum()
    return (
        orders.join(both, how="cross")
        .filter((pl.col("seen") & pl.col("held")) != 0)
        .group_by("area", "held", "other")
        .agg(rarity=-(without / pl.col("orders").sum()).log(2))
    )


def _between(pairs: pl.DataFrame, labels: pl.Series) -> pl.DataFrame:
    """The best link between each two orders: `left`, `right` (labels, the smaller first), `link`."""
    one, other = (labels.gather(pairs.get_column(side)) for side in ("left", "right"))
    return (
        pairs.select("link", one=one, other=other)
        .filter(pl.col("one") != pl.col("other"))
        .group_by(left=pl.min_horizontal("one", "other"), right=pl.max_horizontal("one", "other"))
        .agg(pl.col("link").max())
    )


def _mutual_best(candidates: pl.DataFrame) -> pl.DataFrame:
    """The candidates above the bar that lead over every other candidate of either side."""
    ends = pl.concat([candidates.select(pl.col(side).alias("label"), "weight") for side in ("left", "right")])
    second = ends.group_by("label").agg(second=pl.col("weight").top_k(2).min(), count=pl.len())
    rival = second.select("label", rival=pl.when(pl.col("count") > 1).then("second"))
    placed = candidates.filter(pl.col("weight") > BAR)
    for side in ("left", "right"):
        leads = (pl.col("weight") - pl.col("rival") >= LEAD).fill_null(value=True)
        placed = placed.join(rival, left_on=side, right_on="label").filter(leads).drop("rival")
    return placed.select(pl.col("left", "right").cast(pl.Int64)).sort("left")
