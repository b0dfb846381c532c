"""How often the register shows an order as ended that binds: the error that leaves a victim unprotected.

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


class Shown(NamedTuple):
    """True orders of a night by whether they bind, and what of either the register shows wrongly."""

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
    may_bind = pl.col("binds_until").is_null() | (pl.col("binds_until") >= as_of)
    links = pl.read_csv(truth / "links.csv", infer_schema=False).rename({"order_id": "true_id"})
    shown = (
        register["order_sources"]
        .join(links, on=["source", "source_key"])
        .join(register["orders"].select("order_id", may_bind=may_bind), on="order_id")
        .group_by("true_id")
        .agg(pl.col("may_bind").any())
    )
    true = pl.read_csv(truth / "orders.csv", infer_schema=False).select(
        true_id="order_id", binds=pl.col("status") == "L"
    )
    judged = true.join(shown, on="true_id", how="left").with_columns(pl.col("may_bind").fill_null(value=False))
    binding, ended = judged.filter("binds"), judged.filter(~pl.col("binds"))
    return Shown(
        binding.height, binding.filter(~pl.col("may_bind")).height, ended.height, ended.filter("may_bind").height
    )


def main() -> None:
    """Measure the folders and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    for folder in parser.parse_args().folders:
        as_of = latest_night(folder / "landing")
        core, _ = read_core(folder / "landing", as_of)
        register = build_register(build_night(core, *link(core, None), as_of=as_of))
        shown = count_shown(register, folder / "truth", as_of)
        print(f"{folder.name}: of {shown.binding:,} orders that bind {shown.shown_free:,} are shown as free;", end=" ")
        print(f"of {shown.ended:,} that do not, {shown.shown_bound:,} are shown as bound or in doubt")


if __name__ == "__main__":
    main()
