"""Decisions over nights, read anew from other files by the real readers: each is found again and none goes stale."""

from datetime import date, timedelta

import polars as pl
import pytest
from ledger_cases import pair, rows

from benchmarks.discrepancies import read_core
from ledger.decisions.binding import constraints
from ledger.decisions.decision import Sighting
from ledger.decisions.kinds import LINK_FIELDS
from ledger.decisions.record_values import canonical_values, name_records
from samples.nights import DAYS_BETWEEN_NIGHTS, write_nights

pytestmark = pytest.mark.long

AS_OF = date(2026, 11, 5)


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """Two nights of one world without errors, a month's return apart: the true orders do not change."""
    folder = tmp_path_factory.mktemp("nights")
    write_nights(folder, orders=40, seed=5, noise=0.0, nights=2, as_of=AS_OF)
    cores = [
        read_core(folder / f"night-{night}" / "landing", AS_OF - timedelta(days=DAYS_BETWEEN_NIGHTS * (2 - night)))[0]
        for night in (1, 2)
    ]
    truth = pl.read_csv(folder / "night-1" / "truth" / "links.csv", infer_schema=False)
    return *(core["orders"] for core in cores), truth


def test_next_months_files_find_every_decision_and_make_none_stale(nights):
    former, later, truth = nights
    named = name_records(former)
    values = canonical_values(named).filter(pl.col("field").is_in(LINK_FIELDS))
    seen = {
        handle: tuple(Sighting(handle, *row) for row in zip(fields, texts, strict=True))
        for handle, fields, texts in values.group_by("handle").agg("field", "value").iter_rows()
    }
    of_order = named.select("record_id", "handle", "source_key", "source").join(truth, on=["source", "source_key"])
    pairs = of_order.join(of_order, on="order_id", suffix="_right").filter(pl.col("handle") < pl.col("handle_right"))
    ledger = rows(
        *(
            pair("same_order", left, right, seen=seen[left] + seen[right])
            for left, right in pairs.select("handle", "handle_right").iter_rows()
        )
    )
    returns = [frame.filter(pl.col("source") == "rocu") for frame in (former, later)]
    assert not set(returns[0].get_column("record_id")) & set(returns[1].get_column("record_id"))
    found = constraints(ledger, later)
    assert found.stale.height == 0
    assert found.must.get_column("decision_id").n_unique() == ledger.height > 100
