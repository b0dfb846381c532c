"""Publications that are killed at random moments, two at a time: every release that is there is whole."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from multiprocessing import get_context

import polars as pl
import pytest
from publishing import publish_on_and_on

from warehouse.home import Home
from warehouse.releases.release import current_release, list_releases, publish, verify

MOST_SECONDS = 0.6


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.long)])
def test_publications_that_are_killed_at_random_moments_leave_every_release_whole(make_register, tmp_path, kills):
    moments, home, frames = random.Random(7), Home(tmp_path / "home"), tmp_path / "frames"
    frames.mkdir()
    for name, frame in make_register(6).items():
        frame.write_parquet(frames / f"{name}.parquet")
    processes = get_context("forkserver")  # which imports once for all
    processes.set_forkserver_preload(["publishing"])

    def killed(number, seconds):
        heard, begun = processes.Pipe(duplex=False)
        process = processes.Process(target=publish_on_and_on, args=(home.path, frames, number, begun), daemon=True)
        process.start()
        assert heard.poll(60)
        time.sleep(seconds)
        process.kill()
        process.join()

    for number in range(0, kills, 2):
        waits = [moments.uniform(0, MOST_SECONDS) for _ in range(2)]
        with ThreadPoolExecutor(2) as two:  # two at once: one waits for the other
            list(two.map(killed, (number, number + 1), waits))
        if current_release(home) is not None:
            assert verify(current_release(home)) == ()
    tables = {path.stem: pl.read_parquet(path) for path in frames.iterdir()}
    publish(home, tables, as_of=date(2023, 12, 1), inputs={}, versions={}, config_hash="", state="published")
    assert all(verify(release) == () for release in list_releases(home))
