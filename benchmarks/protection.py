"""How often the register shows an order or a prohibition as ended that binds: what leaves a victim unprotected.

Run: `python -m benchmarks.protection FOLDER...` on folders with `landing/` and `truth/`.

Belongs here: who is shown as bound, beside truth. Does not: single values (`golden`), links (`linkage`).
"""

import argparse
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from benchmarks.discrepancies import build_night, latest_night, link, read_core
from reconciliation.register_tables import build_register
from samples.cases import TRAVEL
from warehouse.codes import reference


class Shown(NamedTuple):
    """True orders, or prohibitions, of a night by whether they bind, and what of either the register shows wrongly."""

    binding: int
    shown_free: int
    ended: int
    shown_bound: int


def count_shown(register: dict[str, pl.DataFrame], truth: Path, as_of: date) -> Shown:
    """Compare who is shown as bound with truth.

    Args:
        register: `orders` and `order_sources`.
        truth: the folder of truth. An order there is live (it binds, or has not begun) or it is not.
        as_of: the night.

    Returns:
        The counts. An order is shown as free if none of its records is in an order of the register that binds on the
        night or later, or may: where the register has a doubt, it binds until the doubt is settled.
    """
    shown = _held(register, truth, as_of).group_by("true_id").agg(pl.col("may_bind").any())
    true = _true_orders(truth).select("true_id", binds=pl.col("status") == "L")
    return _count(true.join(shown, on="true_id", how="left"))


def count_prohibitions(register: dict[str, pl.DataFrame], truth: Path, as_of: date) -> Shown:
    """Compare which prohibitions, bans on travel among them, are shown as binding with truth.

    Args:
        register: `orders`, `order_sources` and `conditions`.
        truth: the folder of truth, which knows the last day of bans on travel.
        as_of: the night.

    Returns:
        The counts, of the conditions that truth knows. One is shown as free if no order of the register that holds a
        record of the true one, and may bind, has it among those that have not lapsed.
    """
    kinds = reference("conditions").select(condition_code="code", kind="kind")
    has_lapsed = pl.col("condition_code").is_in(TRAVEL) & (pl.col("travel_banned_until").str.to_date() < as_of)
    true = (
        _true_orders(truth)
        .with_columns(condition_code=pl.col("conditions").str.split(";"))
        .explode("condition_code")
        .join(kinds.filter(pl.col("kind").is_in(["prohibition", "travel"])), on="condition_code")
        .select("true_id", "condition_code", binds=(pl.col("status") == "L") & ~has_lapsed.fill_null(value=False))
    )
    shown = (
        register["conditions"]
        .filter(pl.col("is_golden") | pl.col("is_doubtful"), ~pl.col("is_lapsed"))
        .join(_held(register, truth, as_of), on="order_id")
        .group_by("true_id", "condition_code")
        .agg(pl.col("may_bind").any())
    )
    return _count(true.join(shown, on=["true_id", "condition_code"], how="left"))


def _held(register: dict[str, pl.DataFrame], truth: Path, as_of: date) -> pl.DataFrame:
    """`true_id`, `order_id`, `may_bind`: the orders of the register that hold records of each true one."""
    may_bind = pl.col("binds_until").is_null() | (pl.col("binds_until") >= as_of)
    links = pl.read_csv(truth / "links.csv", infer_schema=False).rename({"order_id": "true_id"})
    orders = register["orders"].select("order_id", may_bind=may_bind)
    records = register["order_sources"].join(links, on=["source", "source_key"]).join(orders, on="order_id")
    return records.select("true_id", "order_id", "may_bind").unique()


def _true_orders(truth: Path) -> pl.DataFrame:
    return pl.read_csv(truth / "orders.csv", infer_schema=False).rename({"order_id": "true_id"})


def _count(judged: pl.DataFrame) -> Shown:
    """Of what truly `binds` or not, how much is shown as `may_bind`; null: it is not shown."""
    binding, ended = judged.filter("binds"), judged.filter(~pl.col("binds"))
    shown = pl.col("may_bind").fill_null(value=False)
    return Shown(binding.height, binding.filter(~shown).height, ended.height, ended.filter(shown).height)


def main() -> None:
    """Measure the folders and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    for folder in parser.parse_args().folders:
        as_of = latest_night(folder / "landing")
        core, _ = read_core(folder / "landing", as_of)
        register = build_register(build_night(core, *link(core, None), as_of=as_of))
        for name, count in (("orders", count_shown), ("prohibitions", count_prohibitions)):
            shown = count(register, folder / "truth", as_of)
            print(
                f"{folder.name}: of {shown.binding:,} {name} that bind {shown.shown_free:,} are shown as free;", end=" "
            )
            print(f"of {shown.ended:,} that do not, {shown.shown_bound:,} are shown as bound or in doubt")


if __name__ == "__main__":
    main()
