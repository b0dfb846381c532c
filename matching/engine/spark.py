"""Pieces of the engine's work done on a Spark cluster instead of by threads.

Belongs here: all that knows Spark. Does not: what a piece of work is (`linkage`). The functions that threads run are
sent to the executors as they are, so a pair is compared by the same code wherever that is.

A function and its pieces are written to one file, which Spark brings to each machine once. Its arrays are mapped into
memory, so all Python processes of a machine share them.
"""

import mmap
import os
import pickle
import re
import socket
import sys
import tempfile
import uuid
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

# Pieces that are asked for at once, which bounds what the driver holds beside the result.
WAVE = 128
# Seconds to wait for a connection to the cluster, and for its first answer.
CONNECTION_WAIT, ANSWER_WAIT = 10.0, 120.0
# How often Spark tries a piece before it gives up. A local master would not try again of its own accord.
TRIES = 4
# Bytes: arrays begin at multiples of this.
ALIGNMENT = 64

ADDRESS = re.compile(r"(?P<kind>spark|sc)://(?P<host>[^:/,;]+)(?::(?P<port>\d+))?")
PORTS = {"spark": 7077, "sc": 15002}
LOCAL = re.compile(r"local(?:\[([^,\]]+)\])?")
COMMON_OPTIONS = {
    "spark.log.level": "ERROR",
    "spark.driver.maxResultSize": "0",
    "spark.task.maxFailures": str(TRIES),
    "spark.ui.showConsoleProgress": "false",
}
LOCAL_OPTIONS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.ui.enabled": "false",
}


class SparkError(RuntimeError):
    """Spark is not installed, can't be reached, or gave up on a piece of work; the message says what to do."""


@contextmanager
def spark_pieces(master: str, options: Mapping[str, str] | None = None) -> Iterator[Callable[..., Iterator[Any]]]:
    """A `map` whose pieces run on a cluster and whose results come in order; for `LinkageModel.on`.

    A session that this program has open already is used, and left open.

    Args:
        master: `local[*]`, `spark://host:7077`, `yarn` and so on; `sc://host:15002` for Spark Connect.
        options: of Spark, such as `spark.executor.memory`.

    Raises:
        SparkError: PySpark or Java is not installed, or the cluster can't be reached or does not answer in time.
    """
    session, is_own = _open_session(master, dict(options or {}))
    # Executors that join later ask for every file that the session was ever given.
    folder = tempfile.TemporaryDirectory(prefix="concord-")
    try:
        yield partial(_carry_out, session, Path(folder.name))
    finally:
        if is_own:
            session.stop()
            folder.cleanup()
        else:
            weakref.finalize(session, folder.cleanup)


def _open_session(master: str, options: dict[str, str]) -> tuple["SparkSession", bool]:
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError:
        raise SparkError("PySpark is not installed: pip install 'concord[spark]', or set engine = \"local\"") from None
    try:
        return SparkSession.active(), False
    except PySparkRuntimeError:
        _check_address(master)
    local = LOCAL.fullmatch(master)
    settings = COMMON_OPTIONS | (LOCAL_OPTIONS if local else {}) | options
    if local:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("concord").config(map=settings)
    try:
        if master.startswith("sc://"):
            session = builder.remote(master).getOrCreate()
        else:
            session = builder.master(f"local[{local[1] or 1},{TRIES}]" if local else master).getOrCreate()
    except _failures() as error:
        _forget_failed_start()
        raise SparkError(
            f"Spark can't be started at {master} ({_name(error)}): is Java 17 there, and does the master take programs?"
        ) from None
    _await_answer(session, master)
    return session, True


def _forget_failed_start() -> None:
    """End the Java process of a start that failed: it stops its context in its own time, and a later one with it.

    PySpark would use that context, or that process, for every later session of this program. A process that PySpark
    did not start itself goes on.
    """
    from pyspark import SparkContext

    if (context := SparkContext._active_spark_context) is not None:  # noqa: SLF001  # nothing public names it
        context.stop()
    gateway = SparkContext._gateway  # noqa: SLF001  # nor this
    if gateway is not None and gateway.proc is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001


def _check_address(master: str) -> None:
    """Spark itself would try for minutes."""
    if (address := ADDRESS.match(master)) is None:
        return
    place = (address["host"], int(address["port"] or PORTS[address["kind"]]))
    try:
        socket.create_connection(place, CONNECTION_WAIT).close()
    except OSError as error:
        raise SparkError(
            f"Spark at {place[0]}:{place[1]} can't be reached within {CONNECTION_WAIT:.0f} s ({_name(error)}): is it "
            'running, and the one that master in [spark] names? Or set engine = "local"'
        ) from None


def _await_answer(session: "SparkSession", master: str) -> None:
    """A cluster without a free executor would be waited for without end."""
    timer = Timer(ANSWER_WAIT, session.interruptAll)
    timer.start()
    try:
        session.range(1).count()
    except _failures() as error:
        session.stop()
        _forget_failed_start()
        raise SparkError(
            f"Spark at {master} gave no answer within {ANSWER_WAIT:.0f} s ({_name(error)}): see that it has free "
            "executors"
        ) from None
    finally:
        timer.cancel()


def _failures() -> tuple[type[Exception], ...]:
    """What PySpark raises where the cluster fails."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError, OSError


def _name(error: Exception) -> str:
    """The kind of an error: its message may quote values."""
    return type(error).__name__


def _carry_out(
    session: "SparkSession", folder: Path, function: Callable[[Any], Any], *pieces: Iterable[Any]
) -> Iterator[Any]:
    """The results of all pieces, in order, a wave at a time."""
    listed = list(zip(*pieces, strict=True))
    file = folder / f"work-{uuid.uuid4().hex}"
    write_work(file, function, listed)
    session.addArtifacts(str(file), file=True)
    for start in range(0, len(listed), WAVE):
        yield from _run_wave(session, file.name, start, min(start + WAVE, len(listed)))


def _run_wave(session: "SparkSession", name: str, start: int, stop: int) -> Iterator[Any]:
    """The results of the pieces from `start` to `stop`, each of which is a task of its own."""
    places = session.range(start, stop, numPartitions=stop - start)
    try:
        with warnings.catch_warnings():
            # It says that it does not support pandas 3, which it is not used with here.
            warnings.filterwarnings("ignore", category=FutureWarning)
            made = places.mapInArrow(partial(_work, name), "place long, result binary").toArrow()
    except _failures() as error:
        raise SparkError(
            f"Spark gave up on a piece of the linking after {TRIES} tries ({_name(error)}): its own log says why. "
            "Nothing was published; run the night again"
        ) from None
    for result in made.sort_by("place").column("result"):
        yield pickle.loads(result.as_buffer())  # noqa: S301  # made by our own executors


def _work(name: str, batches: Iterable["pa.RecordBatch"]) -> Iterator["pa.RecordBatch"]:
    """What an executor does: the pieces whose places it is given."""
    import pyarrow as pa
    from pyspark import SparkFiles

    function, pieces = read_work(SparkFiles.get(name))
    for batch in batches:
        for place in batch.column(0).to_pylist():
            result = pickle.dumps(function(*pieces[place]), protocol=5)
            yield pa.RecordBatch.from_pydict({"place": [place], "result": [result]})


def write_work(file: Path, function: Callable[..., Any], pieces: list[tuple[Any, ...]]) -> None:
    """Write a function with all that it holds, and its pieces: arrays as they lie in memory, after the rest."""
    from pyspark import cloudpickle

    arrays: list[pickle.PickleBuffer] = []
    rest = cloudpickle.dumps((function, pieces), protocol=5, buffer_callback=arrays.append)
    views = [array.raw() for array in arrays]
    with file.open("wb") as out:
        pickle.dump((len(rest), [view.nbytes for view in views]), out)
        out.write(rest)
        for view in views:
            out.write(bytes(-out.tell() % ALIGNMENT))
            out.write(view)


@lru_cache(maxsize=1)
def read_work(file: str) -> tuple[Callable[..., Any], list[tuple[Any, ...]]]:
    """Read what `write_work` wrote, once for each process; arrays stay in the file, mapped."""
    with Path(file).open("rb") as written:
        size, lengths = pickle.load(written)  # noqa: S301  # written by our own driver
        rest = written.read(size)
        place = written.tell()
        whole = memoryview(mmap.mmap(written.fileno(), 0, access=mmap.ACCESS_READ))
    views = []
    for length in lengths:
        place += -place % ALIGNMENT
        views.append(whole[place : place + length])
        place += length
    work: tuple[Callable[..., Any], list[tuple[Any, ...]]] = pickle.loads(rest, buffers=views)  # noqa: S301
    return work
