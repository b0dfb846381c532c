"""Three nights of a world that grows and changes: what lasts, what is reported as changed, and why."""

from datetime import date

import polars as pl
import pytest
from nights import SERIES as NIGHTS

from reconciliation.register import Register
from reconciliation.release_diff import compare_releases
from warehouse.home import Home
from warehouse.releases.release import read_release


@pytest.fixture(scope="module")
def series(three_nights):
    """The folder of three nights, each published from its own landing folder into one home."""
    return three_nights


def read(series, number, table):
    return pl.read_parquet(series / "home" / "releases" / f"r{NIGHTS[number - 1]}" / f"{table}.parquet")


def ids_by_truth(series, number):
    """The register's id of each true order: the one that most of its records have."""
    truth = pl.read_csv(series / f"night-{number}" / "truth" / "links.csv", infer_schema=False)
    joined = read(series, number, "order_sources").join(
        truth.rename({"order_id": "true_id"}), on=["source", "source_key"]
    )
    return joined.group_by("true_id").agg(pl.col("order_id").mode().sort().first())


@pytest.mark.parametrize("number", [2, 3])
def test_orders_keep_their_ids_while_records_come_go_and_move(series, number):
    both = ids_by_truth(series, number - 1).join(ids_by_truth(series, number), on="true_id", suffix="_now")
    redirects = set(read(series, number, "id_redirects").select("old_id", "new_id").iter_rows())
    moved = both.filter(pl.col("order_id") != pl.col("order_id_now"))
    assert both.height > 30
    assert set(moved.select("order_id", "order_id_now").iter_rows()) <= redirects
    assert moved.height <= 0.02 * both.height


@pytest.mark.parametrize("number", [2, 3])
def test_every_difference_from_the_release_before_is_reported_with_its_cause(series, number):
    before, after = (read(series, night, "orders") for night in (number - 1, number))
    changes = read(series, number, "release_changes")
    reported = {
        kind: set(changes.filter(pl.col("change") == kind).get_column("order_id")) for kind in ("added", "removed")
    }
    ids = [set(orders.get_column("order_id")) for orders in (before, after)]
    assert (reported["added"], reported["removed"]) == (ids[1] - ids[0], ids[0] - ids[1])
    assert "source" in set(changes.get_column("cause")) <= {"source", "calendar"}


@pytest.mark.parametrize("number", [2, 3])
def test_an_order_that_changed_by_what_the_sources_sent_has_a_person_of_whom_they_sent_something_else(series, number):
    """Fields that no name, id or case of a stranger bears on."""
    changes = read(series, number, "release_changes")
    facts = changes.filter(pl.col("field").is_in(["made_on", "start_on", "end_on", "sources", "record_count"]))
    key = ["kind", "handle", "digest"]
    before, now = (read(series, night, "record_digests") for night in (number - 1, number))
    odd = pl.concat([before.join(now, on=key, how="anti"), now.join(before, on=key, how="anti")])
    persons = pl.concat([before, now]).join(odd, on="subject_id", how="semi").get_column("order_id")
    sent = facts.filter(pl.col("cause") == "source").get_column("order_id")
    assert set(sent) <= set(persons)


def test_a_discrepancy_keeps_its_id_and_the_night_it_was_first_seen(series):
    before, now = (read(series, number, "discrepancies") for number in (2, 3))
    lasting = now.join(before, on="discrepancy_id", suffix="_before")
    assert lasting.height > 0.5 * before.height
    assert lasting.filter(pl.col("first_seen_on") != pl.col("first_seen_on_before")).is_empty()
    states = lasting.group_by("state_before", "state").len().select("state_before", "state").rows()
    assert {state for before, state in states if before != "resolved"} <= {"open", "resolved"}
    assert {state for before, state in states if before == "resolved"} <= {"resolved", "reopened"}
    fresh = now.join(before, on="discrepancy_id", how="anti")
    assert set(fresh.select("state", "first_seen_on").iter_rows()) == {("new", NIGHTS[2])}


def test_no_id_is_given_to_two_orders_over_the_nights(series):
    held = pl.concat(ids_by_truth(series, number) for number in (1, 2, 3)).unique()
    assert held.group_by("order_id").len().filter(pl.col("len") > 1).is_empty()


def test_the_difference_over_two_nights_is_what_the_nights_reported(series):
    home = Home(series / "home")
    first, last = (read_release(home, f"r{NIGHTS[number]}") for number in (0, 2))
    difference = compare_releases(home, first, last)
    added = {order for order, change in difference.orders.select("order_id", "change").iter_rows() if change == "added"}
    ids = [set(pl.read_parquet(release.parquet("orders")).get_column("order_id")) for release in (first, last)]
    assert added == ids[1] - ids[0] - set(difference.orders.get_column("other_order_id"))
    assert added
    assert "source" in set(difference.causes().get_column("cause")) <= {"source", "calendar"}


def test_the_orders_in_force_on_the_date_of_a_release_are_its_live_ones(series):
    with Register.open(series / "home") as register:
        live = register.orders(is_active=True).collect()
        assert register.orders(in_force_on=NIGHTS[2]).collect().equals(live)
        assert live.height > 10


@pytest.mark.parametrize("day", [date(2024, 5, 5), date(2026, 3, 1), NIGHTS[-1]])
def test_queries_find_the_orders_in_force_on_a_day_by_both_clocks(series, day):
    binds = "legal_status <> 'withdrawn' AND coalesce(binds_from <= ?, true) AND coalesce(binds_until >= ?, true)"
    with Register.open(series / "home") as register:
        now = set(register.orders(in_force_on=day).collect().get_column("order_id"))
        then = set(register.orders(in_force_on=day, known_on=NIGHTS[0]).collect().get_column("order_id"))
        in_force_now = register.sql("SELECT order_id FROM in_force_on(?)", [day])
        known_then = register.sql(f"SELECT order_id FROM known_on(?) WHERE {binds}", [NIGHTS[0], day, day])  # noqa: S608
    assert (set(in_force_now["order_id"]), set(known_then["order_id"])) == (now, then)
    assert now


def test_records_are_first_seen_when_they_come_and_judged_by_that(series):
    with Register.open(series / "home") as register:
        records, scores = register.table("order_sources"), register.table("quality_scores")
        orders = register.table("orders")
    assert set(records.get_column("first_seen_on")) == set(NIGHTS)
    assert orders.get_column("first_seen_on").min() == NIGHTS[0]
    assert orders.get_column("last_seen_on").max() <= NIGHTS[2]
    judged = scores.filter(scope="source", scope_key="pnc", dimension="timeliness").row(0, named=True)
    made_since = orders.filter(pl.col("made_on") > NIGHTS[0]).height
    assert 0 < judged["denominator"] <= made_since + 2  # and the two deliveries of the PNC
