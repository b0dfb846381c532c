"""Spark that is not there: an error that says what to do, after a wait that has an end."""

import re
import socket
import sys

import pytest

from matching.engine import spark
from matching.engine.spark import SparkError, spark_pieces

NEEDED = "PySpark is an extra that `make setup` leaves out: `make test-long` installs it"


def test_without_pyspark_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(SparkError, match=re.escape("pip install 'concord[spark]'")), spark_pieces("local[2]"):
        pass


@pytest.mark.parametrize("kind", ["spark", "sc"])
def test_a_master_out_of_reach_is_named_at_once(kind):
    pytest.importorskip("pyspark", reason=NEEDED)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with (
            pytest.raises(SparkError, match=rf"Spark at {address} can't be reached"),
            spark_pieces(f"{kind}://{address}"),
        ):
            pass


@pytest.mark.long
def test_a_master_that_never_answers_is_not_waited_for_without_end_and_hinders_no_later_start(monkeypatch):
    pytest.importorskip("pyspark", reason=NEEDED)
    monkeypatch.setattr(spark, "ANSWER_WAIT", 5.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        master = f"spark://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(SparkError, match=r"gave no answer within 5 s|can't be started"), spark_pieces(master):
            pass
    with spark_pieces("local[1]") as each:
        assert list(each(abs, [-1])) == [1]
