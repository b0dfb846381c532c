"""Quality of the links on nights with known truth, read through the real sources."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.sources import find_sources
from assets.sources.contract import Delivery
from matching.arrests import link_arrests
from matching.orders import link_orders
from samples.nights import write_nights

pytestmark = pytest.mark.long

AS_OF = date(2026, 11, 20)


def delivery(feed, path: Path, name) -> Delivery:
    digits = name["date"].replace("-", "")
    return Delivery(feed, path, date.fromisoformat(digits + "01" * (len(digits) == 6)), int(name["revision"] or 1))


def read_core(landing: Path, as_of: date) -> dict[str, pl.DataFrame]:
    """The core tables of all sources, put together."""
    core: dict[str, list[pl.DataFrame]] = {}
    for source in find_sources():
        raw: dict[str, list[pl.DataFrame]] = {table.name: [table.empty()] for table in source.raw_tables}
        for feed in source.feeds:
            for path in sorted((landing / source.name).iterdir()):
                if name := feed.pattern.fullmatch(path.name):
                    for table, rows in source.read(delivery(feed, path, name)).tables.items():
                        raw[table].append(rows)
        tables = source.standardise({name: pl.concat(parts).lazy() for name, parts in raw.items()}, as_of)
        for name, rows in tables.items():
            core.setdefault(name, []).append(rows)
    return {name: pl.concat(parts) for name, parts in core.items()}


def read_truth(folder: Path, name: str, key: str) -> pl.DataFrame:
    links = pl.read_csv(folder / f"{name}.csv", infer_schema=False)
    return links.select(key, record_id=pl.concat_str("source", "source_key", separator=":"))


def f1_of_pairs(found: pl.DataFrame, truth: pl.DataFrame, cluster: str, key: str) -> float:
    both = found.join(truth, on="record_id")
    right, made, true = (
        int((size * (size - 1) // 2).sum())
        for columns in ([cluster, key], [cluster], [key])
        for size in [both.group_by(columns).len().get_column("len").cast(pl.Int64)]
    )
    return 2 * right / (made + true)


def quality(folder: Path, as_of: date) -> dict[str, float]:
    core = read_core(folder / "landing", as_of)
    links = link_orders(core["orders"], core["aliases"], core["conditions"])
    arrests = link_arrests(core["arrests"], core["orders"], core["aliases"], links.clusters)
    truth = folder / "truth"
    orders = read_truth(truth, "links", "order_id")
    persons = pl.read_csv(truth / "orders.csv", infer_schema=False).select("order_id", "person_id")
    events = read_truth(truth, "arrest_links", "event_id")
    return {
        "orders": f1_of_pairs(links.clusters, orders, "order_cluster", "order_id"),
        "subjects": f1_of_pairs(links.clusters, orders.join(persons, on="order_id"), "subject_cluster", "person_id"),
        "arrests": f1_of_pairs(arrests, events, "event_cluster", "event_id"),
    }


@pytest.mark.parametrize(
    ("noise", "orders", "arrests"),
    [
        pytest.param(1.0, 0.99, 0.99, id="realistic noise"),
        # PNC arrests that have lost their PNC id name nobody: where several can be meant they are not joined.
        pytest.param(2.0, 0.97, 0.97, id="twice the noise"),
    ],
)
def test_generated_night(tmp_path, noise, orders, arrests):
    write_nights(tmp_path, orders=400, seed=11, noise=noise, as_of=AS_OF)
    found = quality(tmp_path, AS_OF)
    assert min(found["orders"], found["subjects"]) >= orders, found
    assert found["arrests"] >= arrests, found
