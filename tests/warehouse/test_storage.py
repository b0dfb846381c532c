"""Deliveries and releases in an object store: whole or not there, whatever the store or another writer does."""

from datetime import date

import polars as pl
import pytest
from nights import copy_of
from object_store import hang
from werkzeug.wrappers import Response

from reconciliation.register import Register
from warehouse.home import Home
from warehouse.object_store import StorageError
from warehouse.releases.release import publish, read_release, verify
from warehouse.storage import fetch_landing, fetch_release, mirror_release

NIGHTS = (date(2023, 11, 29), date(2023, 11, 30))
FIRST, SECOND = (f"r{night}" for night in NIGHTS)


def publish_both(folder, tables, *, surname="NOAKES"):
    for night in NIGHTS:
        named = tables | {"orders": tables["orders"].with_columns(surname=pl.lit(f"{surname} {night.day}"))}
        publish(Home(folder), named, as_of=night, inputs={}, versions={}, config_hash="", state="published")


@pytest.fixture(scope="module")
def register(make_register, made_once):
    return Home(made_once("two_releases", lambda folder: publish_both(folder, make_register(3))))


@pytest.fixture
def place(object_store, request):
    """An empty place of the test's own in the bucket: its key and its URL."""
    return request.node.name.replace("[", "-").rstrip("]"), f"s3://concord/{request.node.name}".replace(
        "[", "-"
    ).rstrip("]")


@pytest.fixture
def one_mirrored(register, place):
    assert mirror_release(read_release(register, FIRST), place[1], is_in_force=True)
    return place


def in_force(object_store, place):
    return object_store.get(f"{place[0]}/CURRENT").decode().strip()


class TestDeliveries:
    def test_those_that_are_new_or_changed_are_brought_and_no_other_object(self, object_store, tmp_path):
        object_store.put("landing/pnc/pnc_2023-11-30.txt", b"one")
        for key in ("landing/readme.txt", "landing/unknown/file.txt", "landing/pnc/deep/file.txt"):
            object_store.put(key, b"other")
        url = "s3://concord/landing"
        delivery = tmp_path / "pnc" / "pnc_2023-11-30.txt"
        assert fetch_landing(url, tmp_path) == [delivery]
        assert delivery.read_bytes() == b"one"
        assert fetch_landing(url, tmp_path) == []
        object_store.put("landing/pnc/pnc_2023-11-30.txt", b"changed")
        assert fetch_landing(url, tmp_path) == [delivery]
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == [delivery]

    @pytest.mark.parametrize(("happens", "said"), [("changed", "changed while it was read"), ("gone", "is gone")])
    def test_one_that_is_not_as_a_stale_list_says_stops_the_night(self, object_store, tmp_path, happens, said):
        object_store.put("landing/court/court.csv", b"as listed")
        stale = object_store.list_as_now()
        if happens == "changed":
            object_store.put("landing/court/court.csv", b"another")
        else:
            object_store.delete("landing/court/court.csv")
        with object_store.failing(stale), pytest.raises(StorageError, match=said):
            fetch_landing("s3://concord/landing", tmp_path)
        assert not (tmp_path / "court" / "court.csv").exists()

    def test_a_store_that_does_not_answer_is_not_waited_for_without_end(self, object_store, tmp_path):
        with object_store.failing(hang), pytest.raises(StorageError, match="does not answer"):
            fetch_landing("s3://concord/landing", tmp_path)

    def test_an_address_of_no_store_is_refused(self, tmp_path):
        with pytest.raises(StorageError, match="not the address of a store"):
            fetch_landing("carrier-pigeon://loft", tmp_path)


class TestMirror:
    def test_the_mirrored_release_is_read_from_there_as_from_here(self, register, place, tmp_path, monkeypatch):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        for name in (FIRST, SECOND):
            assert mirror_release(read_release(register, name), place[1], is_in_force=True)
        with Register.open(place[1]) as there, Register.open(register) as here:
            assert there.release.manifest == here.release.manifest
            assert there.table("orders").equals(here.table("orders"))
            assert there.sql("SELECT count(*) AS n FROM orders").equals(here.sql("SELECT count(*) AS n FROM orders"))
        with Register.open(place[1], FIRST) as former:
            assert former.release.release_id == FIRST
        assert [path.stat().st_mode & 0o077 for path in (tmp_path / "concord").iterdir()] == [0]

    def test_an_upload_that_stops_half_way_leaves_the_last_release_readable(
        self, object_store, register, one_mirrored, tmp_path
    ):
        with object_store.failing(object_store.refuse_uploads_after(5)), pytest.raises(StorageError, match="run again"):
            mirror_release(read_release(register, SECOND), one_mirrored[1], is_in_force=True)
        assert in_force(object_store, one_mirrored) == FIRST
        home = fetch_release(one_mirrored[1], cache=tmp_path)
        assert verify(read_release(home, FIRST)) == ()
        with pytest.raises(LookupError, match=f"no release {SECOND}"):
            fetch_release(one_mirrored[1], SECOND, cache=tmp_path)
        mirror_release(read_release(register, SECOND), one_mirrored[1], is_in_force=True)
        assert in_force(object_store, one_mirrored) == SECOND

    def test_a_second_writer_in_the_same_moment_is_not_overwritten(self, object_store, register, one_mirrored):
        def write_first(method, key):
            if method == "PUT" and key.endswith("CURRENT"):
                object_store.put(f"{one_mirrored[0]}/CURRENT", b"r2023-12-01\n")

        with (
            object_store.failing(write_first),
            pytest.raises(StorageError, match=f"r2023-12-01 was put in force there meanwhile; {SECOND} was not"),
        ):
            mirror_release(read_release(register, SECOND), one_mirrored[1], is_in_force=True)
        assert in_force(object_store, one_mirrored) == "r2023-12-01"

    def test_a_move_whose_answer_was_lost_is_no_second_writer(self, object_store, register, one_mirrored):
        lost = iter([1])

        def lose_the_answer(method, key):
            if method == "PUT" and key.endswith("CURRENT") and next(lost, None):
                object_store.put(f"{one_mirrored[0]}/CURRENT", f"{SECOND}\n".encode())
                return Response(status=503)
            return None

        with object_store.failing(lose_the_answer):
            assert mirror_release(read_release(register, SECOND), one_mirrored[1], is_in_force=True)
        assert in_force(object_store, one_mirrored) == SECOND

    def test_another_installation_with_a_release_of_that_id_is_refused(
        self, object_store, one_mirrored, make_register, tmp_path
    ):
        publish_both(tmp_path, make_register(3), surname="STILES")
        before = object_store.get(f"{one_mirrored[0]}/{FIRST}/orders.parquet")
        with pytest.raises(StorageError, match="another installation writes there"):
            mirror_release(read_release(Home(tmp_path), FIRST), one_mirrored[1], is_in_force=True)
        assert object_store.get(f"{one_mirrored[0]}/{FIRST}/orders.parquet") == before

    def test_a_release_that_is_not_in_force_here_is_put_there_without_being_put_in_force(
        self, object_store, register, one_mirrored
    ):
        mirror_release(read_release(register, SECOND), one_mirrored[1], is_in_force=False)
        assert in_force(object_store, one_mirrored) == FIRST
        assert object_store.get(f"{one_mirrored[0]}/{SECOND}/manifest.json")

    def test_a_store_that_can_set_no_condition_says_so(self, register, tmp_path):
        (tmp_path / "there").mkdir()
        url = f"file://{tmp_path}/there"
        mirror_release(read_release(register, FIRST), url, is_in_force=True)
        assert not mirror_release(read_release(register, SECOND), url, is_in_force=True)
        assert fetch_release(url, cache=tmp_path / "cache").current.read_text().strip() == SECOND


class TestFetching:
    def test_a_file_that_is_not_as_published_is_named_and_nothing_is_kept(self, object_store, one_mirrored, tmp_path):
        object_store.put(f"{one_mirrored[0]}/{FIRST}/orders.parquet", b"PAR1 of somebody else")
        with pytest.raises(StorageError, match=r"not as its manifest says.*orders\.parquet"):
            fetch_release(one_mirrored[1], cache=tmp_path)
        assert not list(tmp_path.rglob("*.parquet"))

    def test_what_was_brought_before_is_brought_again_only_if_it_changed(self, object_store, one_mirrored, tmp_path):
        home = fetch_release(one_mirrored[1], cache=tmp_path)
        asked = []
        with object_store.failing(lambda method, key: asked.append(key)):
            fetch_release(one_mirrored[1], cache=tmp_path)
        assert {key.rpartition("/")[2] for key in asked} == {"CURRENT", "manifest.json"}
        (home.releases / FIRST / "orders.parquet").write_bytes(b"damaged")
        assert verify(read_release(fetch_release(one_mirrored[1], cache=tmp_path), FIRST)) == ()

    def test_a_place_without_a_release_says_so(self, place, tmp_path):
        with pytest.raises(LookupError, match="holds no release in force"):
            fetch_release(place[1], cache=tmp_path)


def test_a_copied_home_is_the_same_installation(object_store, register, one_mirrored, tmp_path):
    copy = Home(copy_of(register.path, tmp_path / "copy"))
    assert mirror_release(read_release(copy, SECOND), one_mirrored[1], is_in_force=True)
