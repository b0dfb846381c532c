"""Publications in a process of its own, until it is killed.

Belongs here: what that process does. Does not: killing it, or what must hold afterwards.
"""

import itertools
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl

from warehouse.home import Home
from warehouse.releases.release import publish


def publish_on_and_on(home: Path, frames: Path, seed: int, begun: Connection) -> None:
    """Publish one revision after another, each of other content, once it has said that it begins."""
    tables = {path.stem: pl.read_parquet(path) for path in frames.iterdir()}
    begun.send_bytes(b".")
    for number in itertools.count():
        content = f"{seed}-{number}"
        publish(
            Home(home),
            tables,
            as_of=date(2023, 12, 1),
            inputs={"delivery": content},
            versions={},
            config_hash=content,
            state="published",
        )
