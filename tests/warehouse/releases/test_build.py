"""A release is written piece by piece: the same rows give the same bytes, and the checks hold across pieces."""

from pathlib import Path

import polars as pl
import pytest

from warehouse.releases.build import write_frame
from warehouse.releases.publication_checks import PublicationRefusedError, check_table
from warehouse.row_groups import in_pieces
from warehouse.schema import Column, Table

ROWS = 30_000
PLACES = Table(
    "places", "a place", (Column("place_id", "Its id.", required=True), Column("name", "Its name.")), ("place_id",)
)


@pytest.fixture
def two_in_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.row_groups.ROWS_AT_ONCE", 2)


def places(*ids: str) -> pl.DataFrame:
    return pl.DataFrame({"place_id": ids, "name": [f"name of {place}" for place in ids]}, schema=PLACES.schema)


def test_the_same_rows_give_the_same_bytes_however_they_are_held(tmp_path: Path) -> None:
    texts = [f"a text that is written in so many words: {number}" for number in range(3 * ROWS)]
    held = pl.DataFrame({"text": texts, "words": [text.split() for text in texts]})
    rows = held.slice(ROWS, ROWS)
    rows.write_parquet(tmp_path / "of_a_night.parquet", row_group_size=777)
    ways = {
        "a part of a larger frame": rows,
        "in many chunks": pl.concat([rows.slice(at, 1000) for at in range(0, ROWS, 1000)], rechunk=False),
        "a file": pl.scan_parquet(tmp_path / "of_a_night.parquet"),
        "alone": pl.DataFrame(rows.to_dict(as_series=False)),
    }
    for name, frame in ways.items():
        write_frame(frame, tmp_path / name)
    assert len({(tmp_path / name).read_bytes() for name in ways}) == 1
    assert pl.read_parquet(tmp_path / "alone").equals(rows)


@pytest.mark.parametrize(
    "ids",
    [
        pytest.param("ABCDE", id="in order"),
        pytest.param("ABEDC", id="out of order from one piece to the next"),
        pytest.param("BACDE", id="out of order within a piece"),
        pytest.param("", id="no rows"),
    ],
)
@pytest.mark.usefixtures("two_in_a_piece")
def test_rows_are_put_in_order_across_pieces(ids: str) -> None:
    pieces = list(in_pieces(check_table(PLACES, places(*ids))))
    assert [piece.height for piece in pieces] == ([2, 2, 1] if ids else [0])
    assert pl.concat(pieces).equals(places(*sorted(ids)))


@pytest.mark.usefixtures("two_in_a_piece")
def test_a_key_that_is_repeated_in_the_next_piece_is_refused() -> None:
    with pytest.raises(PublicationRefusedError, match="places: 1 rows repeat the key place_id"):
        check_table(PLACES, places("A", "B", "B", "C"))
