"""A night judged once more in pieces of another size, which must give the tables that were put out."""

from datetime import date
from pathlib import Path

from polars.testing import assert_frame_equal

from assets.former import Former
from assets.judgement import JUDGED_TABLES, judge
from expectations.discrepancies import PresenceClock
from warehouse.home import Home
from warehouse.pieces import Pieces
from warehouse.store import TableStore


def assert_same_in_pieces(home: Path, night: date, pieces: Path, *, size: int) -> None:
    """Judge so many orders at a time, and compare with the tables of the night."""
    store = TableStore(Home(home).tables / night.isoformat())
    former = Former.of(Home(home), night)
    judged = judge(store, Pieces(pieces), former=former, as_of=night, clock=PresenceClock(), size=size)
    assert len(list(pieces.glob("orders/*"))) > 1
    for table in JUDGED_TABLES:
        assert_frame_equal(judged[table].lazy().collect(), store.scan(table.name).collect())
