"""Between raw and core nothing is lost: a row that speaks of an order or arrest is one record."""

from datetime import date

import pytest

from assets.deliveries import take_in
from assets.ingest import LostRecordError, check_no_record_is_lost
from assets.sources import find_sources
from samples.nights import write_nights
from warehouse.store import TableStore
from warehouse.tables.core import CORE_TABLES

NIGHT = date(2026, 11, 20)


@pytest.fixture(scope="module")
def landing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    write_nights(folder, orders=20, seed=5, as_of=NIGHT)
    return folder / "landing"


@pytest.fixture(scope="module", params=find_sources(), ids=lambda source: source.name)
def read(request, landing, tmp_path_factory):
    """A source, the store with its raw tables, and its core tables."""
    source, folder = request.param, tmp_path_factory.mktemp("read")
    store = TableStore(folder / "tables")
    intake = take_in(source, landing=landing, archive=folder / "archive", as_of=NIGHT)
    for name, table in intake.tables.items():
        store.write(name, table)
    return source, store, source.standardise({name: store.scan(name) for name in intake.tables}, NIGHT)


def test_every_row_that_speaks_of_an_order_or_arrest_is_one_record(read):
    source, store, core = read
    check_no_record_is_lost(source, store, core)
    assert core["orders"].get_column("record_id").is_unique().all()


def test_a_record_that_vanished_stops_the_source(read):
    source, store, core = read
    with pytest.raises(LostRecordError, match=source.name):
        check_no_record_is_lost(source, store, core | {"orders": core["orders"].head(-1)})


def test_the_shape_is_the_same_for_all_sources(read):
    _, _, core = read
    assert {name: table.schema for name, table in core.items()} == {
        table.name.removeprefix("core__"): table.schema for table in CORE_TABLES
    }
