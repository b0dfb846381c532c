"""The tables of a synthetic night as far as confidence reads them, kept from run to run.

Belongs here: making, reading, linking and reconciling a night once. Does not: labels (`labels`), figures.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import polars as pl

from benchmarks.discrepancies import build_night, latest_night, read_core
from matching.arrests import link_arrests
from matching.orders import link_orders
from reconciliation.confidence.links import link_confidence
from reconciliation.confidence.model import ConfidenceModel
from reconciliation.register_tables import build_register
from samples.nights import write_nights
from warehouse.tables.link import LINK_CONFLICTS, LINK_PAIRS
from warehouse.tables.register import CONDITIONS, FIELD_PROVENANCE, ORDER_SOURCES, ORDERS

REGISTER = (FIELD_PROVENANCE, ORDERS, ORDER_SOURCES, CONDITIONS)


@dataclass(frozen=True, eq=False)
class NightTables:
    """A night, linked and reconciled; the ids of its orders are the ids of their smallest records.

    Attributes:
        truth: the folder of truth.
        provenance, orders, order_sources, conditions: `FIELD_PROVENANCE`, `ORDERS`, `ORDER_SOURCES`, `CONDITIONS`.
        pairs, conflicts: `LINK_PAIRS`, `LINK_CONFLICTS`.
    """

    truth: Path
    provenance: pl.DataFrame
    orders: pl.DataFrame
    order_sources: pl.DataFrame
    conditions: pl.DataFrame
    pairs: pl.DataFrame
    conflicts: pl.DataFrame

    @property
    def places(self) -> pl.DataFrame:
        """`record_id`, `order_id`, `source` of every order record."""
        return self.order_sources.select("record_id", "order_id", "source")

    def with_links(self, model: ConfidenceModel) -> Self:
        """The same with the confidence that a model gives its links."""
        confident = link_confidence(self.places, self.pairs, model=model)
        sources = self.order_sources.drop("link_confidence", strict=False)
        return replace(self, order_sources=sources.join(confident, on="record_id", how="left"))


def read_tables(folder: Path, *, orders: int, seed: int, noise: float) -> NightTables:
    """The tables of a synthetic night, made where they are missing."""
    night = folder / f"{orders}-orders-seed-{seed}-noise-{noise:g}"
    if not (night / "truth").exists():  # the last that is written
        write_nights(night, orders=orders, seed=seed, noise=noise)
    return reconcile(night, night / "tables")


def reconcile(night: Path, kept: Path) -> NightTables:
    """The tables of a night with `landing/` and `truth/`, read from the folder `kept` where they were kept."""
    names = [table.name for table in (*REGISTER, LINK_PAIRS, LINK_CONFLICTS)]
    if not (kept / f"{names[-1]}.parquet").exists():
        as_of = latest_night(night / "landing")
        core, _ = read_core(night / "landing", as_of)
        links = link_orders(core["orders"], core["aliases"], core["conditions"])
        events = link_arrests(core["arrests"], core["orders"], core["aliases"], links.clusters)
        made = build_register(build_night(core, links.clusters, events, as_of=as_of, pairs=links.pairs))
        made |= {LINK_PAIRS.name: links.pairs, LINK_CONFLICTS.name: links.conflicts}
        kept.mkdir(parents=True, exist_ok=True)
        for name in names:
            made[name].write_parquet(kept / f"{name}.parquet")
    return NightTables(night / "truth", *(pl.read_parquet(kept / f"{name}.parquet") for name in names))
