"""Orders that no source holds both of: joined where each is what the other lacks, if sources are otherwise complete."""

import polars as pl
import pytest

from matching.complements import join_complements

SOURCES = ("court", "pnc", "pnd", "rocu")
LONDON, WEST_MIDLANDS = "01", "20"


def joined(*orders, link, force=LONDON, others=60, others_held_by=SOURCES, other_links=(), apart=False):
    """The pairs of orders that are joined.

    Args:
        orders: the sources that hold each of the first orders.
        link: how far the first two orders are above the bar.
        force: of the first orders.
        others: how many orders of London there are beside them.
        others_held_by: the sources that hold these.
        other_links: of further pairs of orders: `left`, `right`, `link`.
        apart: stewards keep the first two apart.
    """
    held = [(number, source, force) for number, sources in enumerate(orders) for source in sources]
    held += [(len(orders) + number, source, LONDON) for number in range(others) for source in others_held_by]
    records = pl.DataFrame(held, schema=["order", "source", "force_code"], orient="row").with_row_index("row")
    labels = records.select(pl.col("row").first().over("order").cast(pl.Int64)).to_series()
    firsts = records.group_by("order").agg(pl.col("row").min().cast(pl.Int64)).sort("order").get_column("row")
    links = pl.DataFrame([(0, 1, link), *other_links], schema=["left", "right", "link"], orient="row")
    pairs = links.with_columns(firsts.gather(links[side]).alias(side) for side in ("left", "right"))
    kept_apart = pairs.select("left", "right").head(int(apart))
    found = join_complements(records, labels, pairs, apart=kept_apart)
    numbers = dict(zip(firsts, range(len(firsts)), strict=True))
    return [(numbers[left], numbers[right]) for left, right in found.iter_rows()]


@pytest.mark.parametrize(
    ("orders", "facts", "expected"),
    [
        pytest.param([("pnc",), ("court", "pnd", "rocu")], {}, True, id="the PNC alone, and all others"),
        pytest.param([("court", "pnd", "rocu"), ("pnc",)], {}, True, id="the other way round"),
        pytest.param([("pnc", "pnd"), ("court", "pnd")], {}, False, id="both are on the PND"),
        pytest.param([("pnc",), ("court",)], {"others": 0}, False, id="no other orders to learn from"),
        pytest.param([("pnc",), ("court",)], {"others_held_by": ("pnd",)}, False, id="sources that hold few orders"),
        pytest.param([("pnc",), ("court",)], {"force": WEST_MIDLANDS}, False, id="a region without other orders"),
        pytest.param([("pnc",), ("court", "pnd")], {"link": -6.5}, False, id="even the best pair says they are two"),
        pytest.param([("pnc",), ("court", "pnd")], {"apart": True}, False, id="a steward keeps them apart"),
    ],
)
def test_two_orders(orders, facts, expected):
    assert joined(*orders, **{"link": -5.0} | facts) == ([(0, 1)] if expected else [])


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        pytest.param(-5.0, [], id="a co-defendant fits as well"),
        pytest.param(-1.0, [(0, 1)], id="the co-defendant fits less well, by 8 to 1"),
    ],
)
def test_of_several_the_best_is_joined_if_it_leads(link, expected):
    assert joined(("pnc",), ("court", "pnd"), ("court", "pnd"), link=link, other_links=[(0, 2, -5.0)]) == expected


def test_nothing_is_joined_among_complete_orders():
    assert joined(SOURCES, SOURCES, link=-1.0) == []
