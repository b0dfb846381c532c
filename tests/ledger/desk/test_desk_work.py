"""Who works on what, and views that were saved, on both kinds of database."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from ledger_cases import START

from ledger.decisions.errors import DecisionError
from ledger.desk.desk_tables import proposals
from ledger.desk.item_work import (
    MOST_VIEWS,
    SavedView,
    assign,
    claim,
    defer,
    forget_view,
    read_item_work,
    read_views,
    save_view,
)

DAY = timedelta(days=1)


def work_at(database, at):
    with database.reading() as connection:
        return read_item_work(connection, at=at)


def views_of(database, name):
    with database.reading() as connection:
        return [(view.owner, view.name, view.query) for view in read_views(connection, name)]


def proposal(database, item_id, proposal_id="p1"):
    with database.writing() as connection:
        values = {"proposal_id": proposal_id, "item_id": item_id, "drafts": "[]", "why": "[]"}
        connection.execute(sa.insert(proposals).values(**values, proposed_by="kim", proposed_at=START))


def test_the_last_assignment_of_an_item_counts(ledger, database):
    assign(database, ["i1", "i2", "i1"], "kim", by="noor", at=START)
    assign(database, ["i1"], "noor", by="noor", at=START)
    assign(database, ["i2"], None, by="noor", at=START)
    assert work_at(database, START).assignments.rows() == [("i1", "noor", None)]
    assign(database, ["i1"], None, team="46", by="noor", at=START)
    assert work_at(database, START).assignments.rows() == [("i1", None, "46")]
    with pytest.raises(DecisionError, match="no such team"):
        assign(database, ["i1"], None, team="nobody's", by="noor", at=START)


def test_nothing_is_assigned_to_who_may_not_decide(ledger, database):
    ledger.retire_user("noor")
    for name in ("noor", "nobody"):
        with pytest.raises(DecisionError, match="user"):
            assign(database, ["i1"], name, by="kim", at=START)
    assert work_at(database, START).assignments.is_empty()


def test_an_item_is_deferred_until_its_day_begins(ledger, database):
    defer(database, ["i1", "i2"], START.date() + 2 * DAY, by="kim", at=START)
    assert work_at(database, START + DAY).deferrals["item_id"].to_list() == ["i1", "i2"]
    assert work_at(database, START + 2 * DAY).deferrals.is_empty()


def test_a_day_to_come_is_one_in_london_where_it_begins_earlier_in_summer(ledger, database):
    evening = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    with pytest.raises(DecisionError, match="a day in the future"):
        defer(database, ["i1"], date(2026, 7, 2), by="kim", at=evening)
    defer(database, ["i1"], date(2026, 7, 3), by="kim", at=evening)
    assert work_at(database, evening + DAY).deferrals.is_empty()


def test_deferring_can_be_taken_back(ledger, database):
    defer(database, ["i1"], START.date() + DAY, by="kim", at=START)
    defer(database, ["i1"], None, by="noor", at=START)
    assert work_at(database, START).deferrals.is_empty()


@pytest.mark.parametrize("days", [pytest.param(0, id="today"), pytest.param(-1, id="yesterday")])
def test_nothing_is_deferred_to_a_day_that_is_not_to_come(ledger, database, days):
    with pytest.raises(DecisionError, match="a day in the future"):
        defer(database, ["i1"], START.date() + days * DAY, by="kim", at=START)


def test_a_claim_is_reported_while_it_lasts(ledger, database):
    claim(database, "i1", by="kim", at=START, lasting=DAY)
    assert work_at(database, START).claims.rows() == [("i1", "kim")]
    assert work_at(database, START + DAY).claims.is_empty()


def test_a_view_is_seen_by_its_owner_and_by_all_if_it_is_shared(ledger, database):
    save_view(database, SavedView("kim", "mine", "kind=near_match", is_shared=False), at=START)
    save_view(database, SavedView("kim", "ours", "", is_shared=True), at=START)
    save_view(database, SavedView("noor", "all", "force=01", is_shared=True), at=START)
    assert views_of(database, "kim") == [
        ("kim", "mine", "kind=near_match"),
        ("kim", "ours", ""),
        ("noor", "all", "force=01"),
    ]
    assert views_of(database, "noor") == [("noor", "all", "force=01"), ("kim", "ours", "")]


def test_a_view_of_the_same_name_is_replaced_and_anothers_is_not(ledger, database):
    save_view(database, SavedView("kim", "all", "force=01", is_shared=True), at=START)
    save_view(database, SavedView("noor", "all", "force=02", is_shared=True), at=START)
    save_view(database, SavedView("kim", "all", "force=03", is_shared=False), at=START)
    assert views_of(database, "kim") == [("kim", "all", "force=03"), ("noor", "all", "force=02")]
    assert not forget_view(database, "kim", "unheard")
    assert forget_view(database, "kim", "all")
    assert views_of(database, "kim") == [("noor", "all", "force=02")]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="no name"),
        pytest.param(" a", id="a blank before it"),
        pytest.param("a\x00b", id="a NUL"),
        pytest.param("a\u202eb", id="a sign that turns the line round"),
        pytest.param("x" * 61, id="too long a name"),
    ],
)
def test_a_view_needs_a_name_that_can_be_shown(ledger, database, name):
    with pytest.raises(DecisionError, match="name"):
        save_view(database, SavedView("kim", name, "", is_shared=False), at=START)


def test_nobody_keeps_views_without_end(ledger, database):
    for number in range(MOST_VIEWS):
        save_view(database, SavedView("kim", f"view {number}", "", is_shared=False), at=START)
    with pytest.raises(DecisionError, match=str(MOST_VIEWS)):
        save_view(database, SavedView("kim", "one more", "", is_shared=False), at=START)
    save_view(database, SavedView("kim", "view 7", "force=01", is_shared=False), at=START)
    assert len(views_of(database, "kim")) == MOST_VIEWS
