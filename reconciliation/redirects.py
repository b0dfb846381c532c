"""Redirects: from ids that orders once had to the orders that hold their records now.

Belongs here: following them, in either direction, and what to say of it. Does not: making them
(`reconciliation.stable_ids`).
"""

import re
from collections.abc import Iterator, Sequence

import polars as pl


class UnknownOrderError(LookupError):
    """The register holds no order of that id, nor a redirect that leads to one order."""


class FormerIdWarning(UserWarning):
    """A query names an id that an order no longer has, so it finds nothing by it."""


def order_redirects(redirects: pl.DataFrame) -> pl.DataFrame:
    """`old_id`, `new_id` of the rows of `ID_REDIRECTS` that are about orders, not persons."""
    return redirects.filter(pl.col("kind") == "order").select("old_id", "new_id")


def follow_redirects(ids: pl.Series, redirects: pl.DataFrame, *, until: pl.Series | None = None) -> pl.DataFrame:
    """Every id that redirects lead to, step by step.

    Args:
        ids: where to start.
        redirects: `old_id`, `new_id`; the other way round to go back to former ids.
        until: ids at which the way ends; by default it goes on as far as redirects lead.

    Returns:
        `id`, `reached`: each start with every id on its way, itself among them.
    """
    steps = redirects.select(reached="old_id", further="new_id")
    ends = pl.Series([], dtype=pl.String) if until is None else until.unique()
    fresh = ids.drop_nulls().unique().sort().to_frame("id").with_columns(reached="id")
    reached = fresh
    while fresh.height:
        moved = fresh.filter(~pl.col("reached").is_in(ends.implode())).join(steps, on="reached")
        fresh = moved.select("id", reached="further").unique().join(reached, on=["id", "reached"], how="anti")
        reached = pl.concat([reached, fresh])
    return reached


def orders_now(order_id: str, present: pl.Series, redirects: pl.DataFrame) -> list[str]:
    """The orders that an id refers to: itself while there is one, else what it was merged or split into; or none.

    Args:
        order_id: the id.
        present: the ids of all orders there are now.
        redirects: of `order_redirects`.
    """
    reached = follow_redirects(pl.Series([order_id]), redirects, until=present).get_column("reached")
    return present.filter(present.is_in(reached.implode())).sort().to_list()


def the_order_now(order_id: str, present: pl.Series, redirects: pl.DataFrame, *, release_id: str) -> str:
    """The one order that an id refers to.

    Raises:
        UnknownOrderError: there is no such order; or it was split, and the message names the orders it became.
    """
    ends = orders_now(order_id, present, redirects)
    if not ends:
        raise UnknownOrderError(f"release {release_id} has no order {order_id}")
    if len(ends) > 1:
        raise UnknownOrderError(f"order {order_id} was split into {', '.join(ends)}: ask for one of them")
    return ends[0]


def quoted_in(query: str, parameters: Sequence[object]) -> list[str]:
    """The texts that a query compares with, each once: in quotes, or as parameters. One that follows ids has none."""
    if "order_now" in query.lower():
        return []
    return sorted({*re.findall(r"'([^']+)'", query), *(each for each in parameters if isinstance(each, str))})


def words_for_former(named: Sequence[str], present: pl.Series, redirects: pl.DataFrame) -> Iterator[str]:
    """For each text that is an id which an order no longer has: what became of it, and what to ask instead."""
    known = pl.Series(named, dtype=pl.String)
    for old in known.filter(known.is_in(redirects["old_id"].implode()) & ~known.is_in(present.implode())):
        ends = orders_now(old, present, redirects)
        if ends:
            became = f"merged: it is now {ends[0]}" if len(ends) == 1 else f"split: it is now {', '.join(ends)}"
            yield f"{old} was {became}. Ask for that, or for order_now('{old}')"


def follow_orders(order_ids: pl.Series, present: pl.Series, redirects: pl.DataFrame) -> pl.DataFrame:
    """Where orders are now.

    Args:
        order_ids: ids as they were once.
        present: the ids of all orders there are now.
        redirects: of `order_redirects`.

    Returns:
        `order_id`, `order_now`: the id itself while there is such an order, or the one that its redirects lead to;
        null where there is none, or where they lead to several: the order was split.
    """
    there = pl.col("reached").is_in(present.unique().implode())
    found = follow_redirects(order_ids, redirects, until=present).rename({"id": "order_id"})
    ends = pl.col("reached").filter(there).unique()
    now = pl.when(ends.len() == 1).then(ends.first())
    return found.group_by("order_id").agg(order_now=now).sort("order_id")
