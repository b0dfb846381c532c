"""What a desk makes before anybody asks for it."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import polars as pl
import pytest
from desk_cases import settings_of
from nights import copy_of
from starlette.testclient import TestClient

from review.app import create_app
from review.desk import Desk
from review.preparing import prepare_release
from warehouse.home import Home


def is_made(whole, name):
    def make():
        raise LookupError(name)

    try:
        whole.keep(name, make)
    except LookupError:
        return False
    return True


def test_a_desk_that_is_served_makes_what_its_first_item_needs_before_anybody_asks(desk):
    whole, needed = desk.whole_release(), ("queue", "present")
    assert not any(is_made(whole, name) for name in needed)
    with TestClient(create_app(desk, settings_of())):
        until = time.monotonic() + 30
        while not all(is_made(whole, name) for name in needed) and time.monotonic() < until:
            time.sleep(0.05)
    assert all(is_made(whole, name) for name in needed)


def test_a_page_waits_for_what_it_needs_and_not_for_what_another_page_makes(desk):
    whole, asked, go_on, made = desk.whole_release(), Event(), Event(), []

    def make():
        asked.set()
        made.append("slow")
        assert go_on.wait(30)

    with ThreadPoolExecutor() as pool:
        twice = [pool.submit(whole.keep, "slow", make) for _ in range(2)]
        assert asked.wait(30)
        assert whole.table("orders").height
        assert not any(page.done() for page in twice)
        go_on.set()
    assert made == ["slow"]


def test_a_home_without_a_release_is_no_fault(tmp_path):
    desk = Desk(Home(tmp_path).create(), f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    prepare_release(desk)
    assert desk.release_id is None
    desk.close()


def test_a_release_that_cannot_be_read_is_left_to_the_page_that_says_so(desk_home, tmp_path):
    home = Home(copy_of(desk_home, tmp_path / "home"))
    desk = Desk(home, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    desk.whole_release().release.parquet("review_queue").write_bytes(b"no table")
    prepare_release(desk)
    with pytest.raises(pl.exceptions.PolarsError):
        desk.whole_release().table("review_queue")
    desk.close()
