"""A home whose release has wordings that fit no condition: two that are alike, of two orders each, and an untold one.

Belongs here: this home for tests of the desk. Does not: naming the wordings.
"""

import shutil
from pathlib import Path

import polars as pl

from warehouse.home import Home
from warehouse.tables.register import CONDITION_WORDINGS, UNCODED_CONDITIONS

WORDINGS = ("Not to keep or breed any dogs", "Not to keep dogs or breed any")
UNTOLD = "NOT TO POSSESS ANY […]"


def with_loose_wordings(desk_home: Path, folder: Path) -> Path:
    """A copy of a home in a folder, with the wordings `one`, `two` and `three` and the first four orders worded so."""
    home = Home(folder / "home").create()
    shutil.copytree(desk_home / "releases", home.releases, dirs_exist_ok=True)
    rows = [
        {"wording_id": name, "wording": text, "cluster": WORDINGS[0], "order_count": count, "sources": ["court"]}
        for name, text, count in zip(("one", "two"), WORDINGS, (5, 4), strict=True)
    ]
    rows.append(rows[0] | {"wording_id": "three", "wording": UNTOLD, "cluster": UNTOLD})
    (path,) = home.releases.glob("r*/condition_wordings.parquet")
    loose = CONDITION_WORDINGS.completed(pl.DataFrame(rows))
    pl.concat([pl.read_parquet(path), loose]).write_parquet(path)
    orders = pl.read_parquet(path.with_name("orders.parquet")).sort("order_id")["order_id"]
    texts = zip(orders[:4], ("one", "one", "two", "two"), (*WORDINGS, *WORDINGS[::-1]), strict=True)
    worded = [
        {"order_id": order, "wording_id": name, "text": text, "sources": ["court"]} for order, name, text in texts
    ]
    UNCODED_CONDITIONS.completed(pl.DataFrame(worded)).write_parquet(path.with_name("uncoded_conditions.parquet"))
    return home.path
