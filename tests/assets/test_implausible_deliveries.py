"""A delivery that is whole and does not fit recent ones: not used, unless a policy or an operator says so."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.deliveries import take_in
from assets.feed_history import RecentNights, _history
from assets.ingest import deliveries_table
from assets.sources import find_sources
from expectations.bounds import Bounds
from expectations.delivery_sizes import FeedHistory
from samples.nights import write_nights
from tests.support.spoil import keep_first
from warehouse.disk import file_digest
from warehouse.home import Home
from warehouse.store import TableStore

NIGHT = date(2026, 11, 20)
SOURCES = {source.name: source for source in find_sources()}
FILES = {"pnc_ancord": "PNC_ANCORD*", "pnd": "*.jsonl.gz"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    write_nights(folder, orders=60, seed=7, as_of=NIGHT)
    return folder / "landing"


@pytest.fixture
def landing(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "landing"))


def used_before(made, source, feed, **details):
    """The history of a feed whose delivery of tonight is like the one of the night before."""
    intake = take_in(SOURCES[source], landing=made, archive=made.parent / "none", as_of=NIGHT, keeps=False)
    (records,) = intake.deliveries.filter(pl.col("feed") == feed).get_column("records_kept")
    orders = next(table for name, table in intake.tables.items() if name.endswith("__orders"))
    keys = orders.get_column(next(name for name in ("recno", "record_id") if name in orders.columns))
    return RecentNights({feed: FeedHistory(records=(records,) * 3, keys=keys)}, **details)


def look(landing, source, feed, recent):
    deliveries = take_in(
        SOURCES[source], landing=landing, archive=landing.parent / "archive", as_of=NIGHT, recent=recent
    ).deliveries
    return deliveries.filter(pl.col("feed") == feed).row(0, named=True)


def shrink(landing, feed, records):
    (path,) = (landing / feed.partition("_")[0]).glob(FILES[feed])
    keep_first(path, records)


@pytest.mark.parametrize(("source", "feed"), [("pnc", "pnc_ancord"), ("pnd", "pnd")])
def test_a_file_cut_to_a_few_records_is_implausible_and_not_archived(made, landing, source, feed):
    recent = used_before(made, source, feed)
    shrink(landing, feed, 5)
    row = look(landing, source, feed, recent)
    assert row["state"] == "implausible"
    (said,) = row["faults"]
    for words in ("It holds 5 records", "too many are gone", "Ask the sender", f"--accept delivery:{feed} --reason"):
        assert words in said
    assert not list((landing.parent / "archive" / source).glob(FILES[feed]))


@pytest.mark.parametrize(("source", "feed"), [("pnc", "pnc_ancord"), ("pnd", "pnd")])
def test_a_file_that_lost_an_order_or_two_is_fresh(made, landing, source, feed):
    recent = used_before(made, source, feed)
    shrink(landing, feed, recent.histories[feed].expected - 2)
    row = look(landing, source, feed, recent)
    assert (row["state"], row["is_used"], row["faults"]) == ("fresh", True, [])
    assert row["records_expected"] == recent.histories[feed].expected


def test_as_many_records_under_other_keys_are_implausible(made, landing):
    recent = used_before(made, "pnd", "pnd")
    history = recent.histories["pnd"]
    others = FeedHistory(records=history.records, keys=history.keys + "-OTHER")
    row = look(landing, "pnd", "pnd", RecentNights({"pnd": others}))
    assert row["state"] == "implausible"
    assert "are not in it" in row["faults"][0]


def test_three_times_as_many_records_are_implausible(made, landing):
    usual = used_before(made, "pnd", "pnd").histories["pnd"].expected
    row = look(landing, "pnd", "pnd", RecentNights({"pnd": FeedHistory(records=(usual // 3,))}))
    assert (row["state"], "too many are new" in row["faults"][0]) == ("implausible", True)


@pytest.mark.parametrize(
    ("accepted", "usual_before", "state"),
    [
        pytest.param(0.1, 1.0, "fresh", id="a short one was accepted: the whole one that follows is as before"),
        pytest.param(0.1, 0.1, "implausible", id="a short one was accepted: it never held so many"),
        pytest.param(3.0, 1.0, "implausible", id="a long one was accepted: what it added is gone again"),
    ],
)
def test_after_an_accepted_delivery_the_usual_number_of_before_is_not_too_many(
    made, landing, accepted, usual_before, state
):
    usual = used_before(made, "pnd", "pnd").histories["pnd"].expected
    history = FeedHistory(records=(round(usual * accepted),), usual_before=round(usual * usual_before))
    assert look(landing, "pnd", "pnd", RecentNights({"pnd": history}))["state"] == state


def test_recent_nights_are_parted_where_a_delivery_was_accepted():
    rows = pl.DataFrame(
        {
            "records_kept": [340, 348, None, 350, 18, 20],
            "accepted": [None, None, None, None, "a selection for one night", None],
            "sha256": [f"{number}" for number in range(6)],
        }
    )
    history = _history(rows, pl.Series(["1"]))
    assert (history.records, history.expected, history.usual_before) == ((18, 20), 19, 348)
    assert _history(rows.head(4), pl.Series(["1"])).usual_before is None


def test_the_first_delivery_of_a_feed_is_accepted_and_marked_as_compared_with_nothing(landing):
    row = look(landing, "pnd", "pnd", RecentNights())
    assert (row["state"], row["is_used"], row["records_expected"]) == ("fresh", True, None)


def test_an_operator_may_accept_the_delivery_of_one_feed(made, landing):
    recent = used_before(made, "pnd", "pnd", accepted={"delivery:pnd": "old records were weeded"})
    shrink(landing, "pnd", 5)
    row = look(landing, "pnd", "pnd", recent)
    assert (row["state"], row["is_used"], row["accepted"]) == ("fresh", True, "old records were weeded")
    assert "old records were weeded" in row["faults"][0]


@pytest.mark.parametrize(
    ("records", "state"),
    [
        pytest.param(5, "fresh", id="the file that was accepted"),
        pytest.param(4, "implausible", id="a file that nobody accepted"),
    ],
)
def test_what_was_accepted_when_the_night_ran_and_failed_is_accepted_when_it_runs_again(
    made, landing, tmp_path, records, state
):
    recent = used_before(made, "pnd", "pnd", accepted={"delivery:pnd": "old records were weeded (Ann)"})
    shrink(landing, "pnd", 5)
    failed = take_in(SOURCES["pnd"], landing=landing, archive=tmp_path / "then", as_of=NIGHT, recent=recent)
    home = Home(tmp_path / "home")
    TableStore(home.tables / f"{NIGHT}").write(deliveries_table(SOURCES["pnd"]).name, failed.deliveries)

    again = RecentNights.before(home, NIGHT, bounds=Bounds(), policies={}, accepted={})
    shrink(landing, "pnd", records)
    row = look(landing, "pnd", "pnd", replace(again, histories=recent.histories))
    assert row["state"] == state
    assert (row["accepted"] == "old records were weeded (Ann)") == (state == "fresh")


def test_by_the_policy_to_publish_it_is_used_and_stays_implausible(made, landing):
    recent = used_before(made, "pnd", "pnd", policies={"pnd:implausible": "publish"})
    shrink(landing, "pnd", 5)
    row = look(landing, "pnd", "pnd", recent)
    assert (row["state"], row["is_used"], row["accepted"]) == ("implausible", True, None)


def test_what_was_accepted_on_a_night_counts_when_the_night_runs_again(made, landing):
    shrink(landing, "pnd", 5)
    (path,) = (landing / "pnd").glob(FILES["pnd"])
    recent = used_before(made, "pnd", "pnd", accepted_digests={file_digest(path): "old records were weeded"})
    assert look(landing, "pnd", "pnd", recent)["accepted"] == "old records were weeded"
    shutil.rmtree(landing.parent / "archive")
    shrink(landing, "pnd", 4)
    assert look(landing, "pnd", "pnd", recent)["state"] == "implausible", "another file is another question"
