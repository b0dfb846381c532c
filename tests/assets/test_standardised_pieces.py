"""A source is standardised so many rows at a time, and gives what it gives at once."""

import pytest
from nights import SERIES
from polars.testing import assert_frame_equal

from assets.reuse import standardise_changed
from assets.sources import find_sources
from warehouse.home import Home
from warehouse.pieces import Pieces
from warehouse.stamps import FormerTables
from warehouse.store import TableStore

QUICK = ("pnc",)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(source, id=source.name, marks=() if source.name in QUICK else pytest.mark.long)
        for source in find_sources()
    ],
)
def test_records_in_pieces_give_what_they_give_at_once(source, three_nights, tmp_path, monkeypatch):
    store = TableStore(three_nights / "first" / "tables" / str(SERIES[0]))
    raw = {table.name: store.scan(table.name) for table in source.raw_tables}
    monkeypatch.setattr("assets.standardised_pieces.ROWS_A_PIECE", 100)
    nothing = FormerTables.before(Home(tmp_path), SERIES[0], basis="")
    pieces = Pieces(tmp_path)
    core, _ = standardise_changed(source, raw, former=nothing, as_of=SERIES[0], pieces=pieces)
    assert source.amends or len(list(tmp_path.glob("orders/*"))) > 1
    in_pieces = {name: frame.collect() for name, frame in core.items()}
    for name, frame in source.standardise(raw, SERIES[0]).items():
        assert_frame_equal(in_pieces[name], frame)
