"""How long the stewards' desk takes for a page of the queue, by how many items are open.

The release of a real night is multiplied: each of its orders, records and items is in it many times, under other
ids. Every page is asked for as a browser asks: session, ledger, audit log, facets, HTML. Run:

    python -m benchmarks.desk [--home .concord] [--items 1000 100000] [--repeats 15]
"""

import argparse
import json
import logging
import re
import secrets
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
from starlette.testclient import TestClient

from ledger.decisions.database import Database
from ledger.desk.accounts import add_account
from ledger.desk.item_work import assign, claim, defer
from review.access.passwords import Passwords
from review.app import create_app
from review.desk import Desk
from review.desk_settings import DeskSettings
from warehouse.home import Home
from warehouse.releases.release import Release, current_release

IDS = {
    "orders": ("order_id", "subject_id", "follows_order_id"),
    "subjects": ("subject_id",),
    "order_sources": ("order_id", "source_key"),
    "source_records": ("record_id", "source_key"),
    "field_provenance": ("order_id",),
    "discrepancies": ("order_id", "discrepancy_id"),
    "review_queue": ("order_id", "other_order_id", "item_id", "discrepancy_ids", "left_record_id", "right_record_id"),
}
AS_THEY_ARE = ("id_redirects", "obeyed_decisions")
SETTINGS = DeskSettings(password_memory_kib=32, password_passes=1)


def main() -> None:
    arguments = _arguments()
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    release = current_release(Home(arguments.home))
    if release is None:
        raise SystemExit(f"{arguments.home} has no release: run `make demo`")
    for items in arguments.items:
        with tempfile.TemporaryDirectory() as folder:
            _measure(release, Path(folder), items=items, repeats=arguments.repeats)


def _measure(release: Release, folder: Path, *, items: int, repeats: int) -> None:
    secret = secrets.token_urlsafe()
    desk = _desk_of(release, folder, items=items, secret=secret)
    with TestClient(create_app(desk, SETTINGS), base_url=SETTINGS.origin) as client:
        _sign_in(client, secret)
        started = time.perf_counter()
        found = client.get("/queue")
        first = time.perf_counter() - started
        print(f"{_heading(found.text)} (first page after a release: {first * 1_000:,.0f} ms)")
        _work_on(desk, found.text)
        pages: dict[str, Callable[[], object]] = {
            "as it opens": lambda: client.get("/queue"),
            "three facets": lambda: client.get("/queue?severity=high&field=end_on&type=STPO&sort=-age"),
            "its last page": lambda: client.get(f"/queue?page={items // 50}"),
            "part, by script": lambda: client.get("/queue?kind=near_match", headers={"HX-Request": "true"}),
            "search by name": lambda: client.get(_search(client, "Smyth")),
        }
        for name, ask in pages.items():
            taken = [_time(ask) for _ in range(repeats)]
            print(f"  {name:16} median {statistics.median(taken):6.0f} ms, worst {max(taken):6.0f} ms")


def _desk_of(release: Release, folder: Path, *, items: int, secret: str) -> Desk:
    home = Home(folder).create()
    place = home.releases / release.release_id
    place.mkdir()
    shutil.copy(release.path / "manifest.json", place)
    queued = pl.read_parquet(release.parquet("review_queue")).height
    for name, columns in IDS.items():
        copied = multiplied(pl.read_parquet(release.parquet(name)), columns, times=-(-items // queued))
        (copied.head(items) if name == "review_queue" else copied).write_parquet(place / f"{name}.parquet")
    for name in AS_THEY_ARE:
        shutil.copy(release.parquet(name), place)
    home.current.write_text(release.release_id)
    database = Database(f"sqlite:///{folder / 'ledger.sqlite'}")
    database.migrate()
    with database.writing() as connection:
        kept = Passwords(SETTINGS).hash_new(secret, name="steward")
        add_account(connection, "steward", role="steward", at=datetime.now(UTC), password_hash=kept)
    return Desk(home, f"sqlite:///{folder / 'ledger.sqlite'}")


def multiplied(table: pl.DataFrame, columns: tuple[str, ...], *, times: int) -> pl.DataFrame:
    """A table many times over; ids of each copy, and lists of ids, get an ending of their own."""

    def ended(name: str, ending: str) -> pl.Expr:
        if table.schema[name] == pl.List(pl.String):
            return pl.col(name).list.eval(pl.element() + ending)
        return pl.col(name) + ending

    return pl.concat(table.with_columns(ended(name, f"-{copy}") for name in columns) for copy in range(times))


def _work_on(desk: Desk, html: str) -> None:
    """Let some items of the first page be worked on."""
    ids, at = re.findall(r'href="/items/([^"?]+)', html)[1:], desk.clock()
    assign(desk.database, ids[:10], "steward", by="steward", at=at)
    defer(desk.database, ids[10:15], at.date() + timedelta(days=30), by="steward", at=at)
    claim(desk.database, ids[16], by="steward", at=at, lasting=timedelta(minutes=10))


def _sign_in(client: TestClient, secret: str) -> None:
    fields = {"name": "steward", "password": secret, "form_token": _token(client, "/sign-in")}
    answer = client.post("/sign-in", data=fields, follow_redirects=False)
    if answer.status_code != 303:
        raise SystemExit("nobody could sign in")


def _search(client: TestClient, text: str) -> str:
    token = _token(client, "/search")
    answer = client.post("/search", data={"text": text, "form_token": token}, follow_redirects=False)
    return str(answer.headers["location"])


def _token(client: TestClient, path: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', client.get(path).text)
    if found is None:
        raise SystemExit(f"{path} has no form")
    return found[1]


def _heading(html: str) -> str:
    found = re.search(r'id="results-title">([^<]+)<', html)
    return found[1].strip() if found else json.dumps(html[:200])


def _time(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1_000


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(".concord"))
    parser.add_argument("--items", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--repeats", type=int, default=15)
    return parser.parse_args()


if __name__ == "__main__":
    main()
