"""Tables in pieces: what is cut comes back whole, and in order."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from warehouse import pieces as module
from warehouse.pieces import Pieces

ROWS = pl.DataFrame({"source": ["pnc", "pnd"] * 50, "key": [f"{number:03}" for number in range(100)]})


@pytest.fixture
def pieces(tmp_path):
    return Pieces(tmp_path)


def test_a_table_is_cut_by_the_number_of_the_piece(pieces):
    pieces.cut("rows", ROWS.with_columns(piece=pl.int_range(100) % 3).lazy())
    assert sorted(pieces.read("rows", 1).get_column("key")) == [f"{number:03}" for number in range(1, 100, 3)]
    assert pieces.scan("rows").select(pl.col("piece").unique().sort()).collect().to_series().to_list() == [0, 1, 2]


def test_a_table_that_is_cut_some_rows_at_a_time_keeps_their_order(pieces, monkeypatch):
    monkeypatch.setattr(module, "ROWS_CUT", 7)
    parts = [ROWS.slice(start, 7).lazy() for start in range(0, 100, 7)]
    pieces.cut("rows", pl.concat(parts).with_columns(piece=pl.col("key").cast(pl.Int64) % 3))
    for piece in range(3):
        assert pieces.read("rows", piece).equals(ROWS.gather_every(3, piece))


def test_a_piece_without_rows_has_the_columns(pieces):
    pieces.cut("rows", ROWS.with_columns(piece=0).lazy())
    assert pieces.read("rows", 7).equals(ROWS.clear())


@pytest.mark.parametrize(
    "most", [pytest.param(10, id="some rows at a time"), pytest.param(1000, id="all rows at a time")]
)
def test_sorted_pieces_are_put_in_order(pieces, monkeypatch, most):
    monkeypatch.setattr(module, "MOST_ROWS", most)
    key = ["source", "key"]
    for piece in range(3):
        pieces.write("rows", piece, ROWS.gather_every(3, piece).sort(key))
    assert pieces.in_order("rows", key).collect().equals(ROWS.sort(key))


def test_a_table_without_rows_is_in_order(pieces, monkeypatch):
    monkeypatch.setattr(module, "MOST_ROWS", 0)
    pieces.write("rows", 0, ROWS.clear())
    assert pieces.in_order("rows", ["source", "key"]).collect().is_empty()


def test_a_table_is_whole_in_the_order_of_its_pieces(pieces):
    for piece in range(10, -1, -1):
        pieces.write("rows", piece, ROWS.slice(piece * 10, 10))
    assert pieces.whole("rows").collect().equals(ROWS)


def test_a_single_piece_is_what_its_file_would_be_and_stays_in_memory(pieces):
    one = pieces.of(1)
    for each in (pieces, one):
        each.cut("cut", ROWS.with_columns(piece=0).lazy())
        each.write("written", 0, ROWS)
    for name in ("cut", "written"):
        assert one.read(name, 0).equals(pieces.read(name, 0))
        for whole in (Pieces.scan, Pieces.whole, lambda of, name: of.in_order(name, ["key"])):
            assert_frame_equal(whole(one, name), whole(pieces, name))
    one.drop("cut")
    assert one.held.keys() == {"written"}


@pytest.mark.parametrize(("count", "files"), [(1, 0), (2, 1)])
def test_a_single_piece_needs_no_file(pieces, tmp_path, count, files):
    pieces.of(count).write("rows", 0, ROWS)
    assert len(list(tmp_path.rglob("*.ipc"))) == files


def test_pieces_of_a_step_are_gone_after_it_and_those_that_a_run_left_behind_too(tmp_path):
    left = tmp_path / ".pieces_of_core_pnc" / "rows"
    left.mkdir(parents=True)
    with Pieces.of_step("core_pnc", below=tmp_path) as pieces:
        assert list(tmp_path.iterdir()) == [pieces.folder]
        assert not left.exists()
    assert not list(tmp_path.iterdir())
