"""The folder for researchers: tables, what their columns mean, and a manifest of its own.

Belongs here: which tables, and the files. Does not: how coarse rows are (`study.research.people`), what is hidden of
counts (`study.research.counts`).
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from study.research.counts import OF, RESEARCH_COUNTS, count_all, types_shown
from study.research.people import KNOWN, LEVELS, RESEARCH_ORDERS, describe_orders, prepare
from warehouse.disk import file_digest, filling
from warehouse.releases.release import Release
from warehouse.tables.register import CONDITION_WORDINGS

MANIFEST: Final = "manifest.json"
PURPOSE: Final = "research"
"""What the keyed hash of an id is made for: hashes for other purposes can't be linked with it."""


def publish_for_research(
    release: Release, tables: Mapping[str, pl.DataFrame], folder: Path, *, least: int, mark: Callable[[str], str]
) -> Mapping[str, Any]:
    """Write `orders`, `counts` and `condition_wordings` as Parquet and CSV, `columns.csv` and `manifest.json`.

    No name, identifier, date, court or force, and no text of a single order, is among them.

    Args:
        release: what it is made of.
        tables: of the release: `orders`, `conditions`, `arrests`, `condition_wordings`.
        folder: is made if it is missing.
        least: the fewest persons who share a description, and the smallest count that is shown.
        mark: the keyed hash of an order id.

    Returns:
        The manifest.

    Raises:
        OSError: the folder can't be written to.
    """
    orders = describe_orders(tables["orders"], least=least, mark=mark)
    counts = count_all(tables["orders"], tables["conditions"], tables["arrests"], least=least)
    # The others would be known by how many are left out in all.
    of_types_shown = prepare(tables["orders"]).filter(OF.is_in(types_shown(counts).implode()))
    typical = pl.col("condition_code").is_not_null() & (pl.col("order_count") >= least)
    wordings = CONDITION_WORDINGS.completed(tables["condition_wordings"]).filter(typical).drop("cluster")
    files = {"orders": orders, "counts": counts, "condition_wordings": wordings}
    with filling(folder) as aside:
        digests = _write(files, aside)
        manifest = {
            "release": release.release_id,
            "as_of": release.as_of.isoformat(),
            "least": least,
            "described_by": list(KNOWN),
            "orders": {"published": orders.height, "left_out": of_types_shown.height - orders.height},
            "orders_by_level": {
                str(level): count for level, count in orders.group_by("level").len().sort("level").iter_rows()
            },
            "levels": len(LEVELS),
            "counts_hidden": int(counts.get_column("is_hidden").sum()),
            "digests": digests,
        }
        (aside / MANIFEST).write_text(f"{json.dumps(manifest, indent=2)}\n", encoding="utf-8")
    return manifest


def _write(tables: Mapping[str, pl.DataFrame], folder: Path) -> dict[str, str]:
    """Write the tables, and what their columns mean; the digest of each file."""
    for name, rows in tables.items():
        rows.write_parquet(folder / f"{name}.parquet")
        rows.with_columns(pl.col(pl.List(pl.String)).list.join("; ")).write_csv(folder / f"{name}.csv")
    _columns().write_csv(folder / "columns.csv")
    return {path.name: file_digest(path) for path in sorted(folder.iterdir())}


def _columns() -> pl.DataFrame:
    tables = (RESEARCH_ORDERS, RESEARCH_COUNTS, CONDITION_WORDINGS)
    rows = [(table.name, column.name, column.meaning) for table in tables for column in table.columns]
    return pl.DataFrame(rows, schema=["table", "column", "meaning"], orient="row").filter(pl.col("column") != "cluster")
