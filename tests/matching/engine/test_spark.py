"""The engine on Spark: the same result as in threads, also where workers are lost, and clear words where it fails."""

import os
import signal
from datetime import date

import numpy as np
import polars as pl
import psutil
import pytest
from linked_people import MODEL, write_people

from benchmarks.discrepancies import read_core
from benchmarks.matching.ours import model
from benchmarks.matching.tables import two_tables
from benchmarks.matching.tasks import SYNTHETIC_100K
from benchmarks.spark import check_same
from matching.arrests import link_arrests
from matching.engine import spark
from matching.engine.spark import SparkError, read_work, spark_pieces, write_work
from matching.orders import link_orders
from samples.nights import write_nights

pytest.importorskip("pyspark", reason="PySpark is an extra that `make setup` leaves out: `make test-long` installs it")


@pytest.fixture(scope="module")
def each():
    with spark_pieces("local[2]") as pieces:
        yield pieces


@pytest.mark.long
def test_people_are_linked_on_spark_as_in_threads(each):
    people = write_people(400)
    here = MODEL.on(people, chunk=500)
    there = MODEL.on(people, chunk=500, each=each)
    parameters = here.train()
    scores = [linkage.score(parameters) for linkage in (here, there)]
    check_same((here, scores[0], scores[0].cluster()), (there, scores[1], scores[1].cluster()))
    again = MODEL.on(people, pairs_of=here, each=each)
    assert np.array_equal(again.patterns, here.patterns)


@pytest.mark.long
@pytest.mark.parametrize("variant", ["same", "best"])
def test_a_benchmark_set_is_linked_on_spark_as_in_threads(each, variant):
    tables = {
        f"table-{place}": table.drop("entity").with_row_index("id") for place, table in enumerate(two_tables(1_000))
    }
    linkages = [
        model(SYNTHETIC_100K, variant, list(tables)).on(tables, key="id", each=way, chunk=2_000) for way in (None, each)
    ]
    parameters = linkages[0].train()
    scores = [linkage.score(parameters) for linkage in linkages]
    check_same(*((linkage, one, one.cluster()) for linkage, one in zip(linkages, scores, strict=True)))


@pytest.mark.long
def test_a_night_is_linked_on_spark_as_in_threads(each, tmp_path):
    as_of = date(2026, 11, 20)
    write_nights(tmp_path, orders=60, seed=23, as_of=as_of)
    core, _ = read_core(tmp_path / "landing", as_of)
    ways = []
    for way in (None, each):
        links = link_orders(core["orders"], core["aliases"], core["conditions"], each=way)
        arrests = link_arrests(core["arrests"], core["orders"], core["aliases"], links.clusters, each=way)
        ways.append((links.pairs, links.clusters, links.conflicts, arrests))
    assert all(here.equals(there) for here, there in zip(*ways, strict=True))


@pytest.mark.long
def test_results_come_in_the_order_of_the_pieces_over_several_waves(each, monkeypatch):
    monkeypatch.setattr(spark, "WAVE", 3)
    assert list(each(lambda one, other: one * other, range(8), range(8))) == [place**2 for place in range(8)]
    assert list(each(abs, [])) == []


@pytest.mark.long
def test_a_piece_whose_worker_is_killed_is_done_again(each, tmp_path):
    def lose_the_first_worker(place):
        if place == 1 and not (died := tmp_path / "died").exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return place

    assert list(each(lose_the_first_worker, range(4))) == [0, 1, 2, 3]
    assert (tmp_path / "died").exists()


@pytest.mark.long
def test_a_piece_that_fails_every_time_is_an_error_that_quotes_no_value(each):
    def fail(place):
        raise ValueError(f"NOAKES, Wilfred {place}")

    with pytest.raises(SparkError, match=r"after 4 tries \(PythonException\).*run the night again") as failed:
        list(each(fail, range(2)))
    assert "NOAKES" not in str(failed.value)


@pytest.mark.long
def test_a_local_driver_listens_on_this_machine_alone(each):
    (java,) = (child for child in psutil.Process().children(recursive=True) if child.name() == "java")
    listening = {end.laddr.ip.removeprefix("::ffff:") for end in java.net_connections() if end.status == "LISTEN"}
    assert listening == {"127.0.0.1"}


@pytest.mark.long
def test_a_session_that_is_open_already_is_used_and_left_open(each):
    with spark_pieces("spark://192.0.2.1:7077") as same:
        assert list(same(abs, [-1])) == [1]
    assert list(each(abs, [-2])) == [2]


def test_work_is_read_as_it_was_written_with_its_arrays_in_the_file(tmp_path):
    numbers, frame = np.arange(100_000, dtype=np.int32), pl.DataFrame({"born": [date(1980, 2, 29), None]})
    write_work(tmp_path / "work", lambda place: (numbers[place], frame), [(3,), (4,)])
    function, pieces = read_work(str(tmp_path / "work"))
    number, table = function(*pieces[1])
    assert number == 4
    assert table.equals(frame)
