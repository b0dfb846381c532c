"""A night written in another form gives the same register: what an office changes without meaning anything by it.

A source's core tables are all that the register is made of, so they are what is held together; texts as they were sent
and the rows on which they stand may differ. Known losses: a heading or a key under a name that is not known is refused
with a reason; a file in another encoding than agreed is read, and reported as unsound; a name of the PNC that is not in
capitals keeps its case.
"""

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from random import Random

import polars as pl
import pytest
from mutations import MUTATIONS
from polars.testing import assert_frame_equal

from assets.delivery_files import recognise
from assets.sources import find_sources
from assets.sources.contract import Source
from samples.nights import write_nights

NIGHT = date(2026, 11, 20)
SOURCES = {source.name: source for source in find_sources()}
FOLDERS = {"PNC": "pnc", "PND": "pnd", "courts": "court", "regions": "rocu"}
AS_SENT = ("text", "value", "court_score", "row_number")
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 21))]
USUAL = ("regions: columns",)
FORMS = [form if form in USUAL else pytest.param(form, marks=pytest.mark.long) for form in MUTATIONS]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The landing folder of a night and the core tables of its sources, by seed; made when first asked for."""
    made = {}

    def night(seed: int) -> tuple[Path, dict[str, dict[str, pl.DataFrame]]]:
        if seed not in made:
            folder = tmp_path_factory.mktemp(f"night-{seed}")
            write_nights(folder, orders=40, seed=seed, as_of=NIGHT)
            landing = folder / "landing"
            made[seed] = landing, {name: core_tables(source, landing) for name, source in SOURCES.items()}
        return made[seed]

    return night


def core_tables(source: Source, landing: Path) -> dict[str, pl.DataFrame]:
    """What the deliveries of a source say; each must be sound and keep the rows it holds."""
    raw: dict[str, list[pl.DataFrame]] = {table.name: [table.empty()] for table in source.raw_tables}
    for delivery in deliveries(source, landing):
        reading = source.read(delivery)
        assert reading.is_sound, [fault.code for fault in reading.faults]
        for name, rows in reading.tables.items():
            raw[name].append(rows)
    core = source.standardise({name: pl.concat(rows).lazy() for name, rows in raw.items()}, NIGHT)
    return {name: without_texts(table) for name, table in core.items()}


def deliveries(source: Source, landing: Path) -> Iterable:
    paths = sorted((landing / source.name).iterdir())
    return [found for feed in source.feeds for path in paths if (found := recognise(feed, path))]


def without_texts(table: pl.DataFrame) -> pl.DataFrame:
    """The table in the order of its records, without what repeats the words of the source."""
    kept = table.drop([name for name in table.columns if name.endswith("_as_written") or name in AS_SENT])
    return kept.sort([name for name, kind in kept.schema.items() if not kind.is_nested()])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("form", FORMS)
def test_another_form_means_the_same(plain, tmp_path, form, seed):
    landing, expected = plain(seed)
    name = FOLDERS[form.split(":")[0]]
    changed = tmp_path / "landing"
    shutil.copytree(landing / name, changed / name)
    MUTATIONS[form](changed, Random(seed))
    assert {path.read_bytes() for path in (changed / name).iterdir()} != {
        path.read_bytes() for path in (landing / name).iterdir()
    }
    found = core_tables(SOURCES[name], changed)
    for table, rows in expected[name].items():
        assert_frame_equal(found[table], rows)
