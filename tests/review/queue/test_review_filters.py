"""Narrowing the queue down: counts, order and neighbours against plain loops over the same items."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.queue.facets import FACET, FACETS, band_of
from review.queue.filters import PAGE, facet_values, filter_items, find_adjacent
from review.queue.queue_view import QueueView, read_view

SINGLE = {
    "stream": ("settle", "send"),
    "state": ("open", "claimed", "deferred", "waiting", "decided"),
    "assignee": ("nobody", "me", "@other"),
    "kind": ("discrepancies", "near_match"),
    "severity": ("high", "medium"),
    "chance": ("seldom", "likely"),
    "age": ("week", "longer"),
    "came": ("new", "open"),
    "type": ("STRO", "STPO", "none"),
    "status": ("live", "expired"),
    "ends": ("past", "later", "none"),
    "force": ("01", "43", "none"),
    "region": ("LONDON", "SEROCU"),
}
SEVERAL = {"field": ("end_on", "surname"), "rule": ("END-YEAR", "END-DAYS"), "pair": ("court-pnc", "pnc-pnd")}
COLUMNS = {
    **dict.fromkeys(SINGLE, pl.String),
    "priority": pl.Float64,
    "lessons": pl.UInt32,
    "age_days": pl.Int64,
    "end_on": pl.Date,
    "name_folded": pl.String,
    "subject_id": pl.String,
}


@pytest.mark.parametrize(
    ("name", "number", "band"),
    [
        pytest.param("ends", -1, "past", id="an order that ended yesterday"),
        pytest.param("ends", 0, "month", id="an order that ends on the day of the release"),
        pytest.param("ends", None, "none", id="an order without an end"),
        pytest.param("age", 7, "week", id="a week in the queue"),
        pytest.param("chance", 0.5, "likely", id="an even chance"),
    ],
)
def test_a_number_lies_in_one_band(name, number, band):
    assert pl.select(band_of(name, pl.lit(number, pl.Float64))).item() == band


def items_strategy():
    single = {name: st.sampled_from(values) for name, values in SINGLE.items()}
    several = {name: st.lists(st.sampled_from(values), unique=True) for name, values in SEVERAL.items()}
    sorts = {
        "priority": st.sampled_from([1.0, 2.5, 8.0]),
        "lessons": st.integers(0, 2),
        "age_days": st.integers(0, 3),
        "end_on": st.none() | st.sampled_from([date(2026, 1, 1), date(2027, 1, 1)]),
        "name_folded": st.none() | st.sampled_from(["AB", "CD"]),
        "subject_id": st.sampled_from(["S1", "S2"]),
    }
    return st.lists(st.fixed_dictionaries(single | several | sorts), max_size=12)


def views_strategy():
    everything = [(name, value) for name, values in (SINGLE | SEVERAL).items() for value in values]
    sort = st.sampled_from(["priority", "-priority", "age", "ends", "-ends", "name", "case"]).map(
        lambda name: ("sort", name)
    )
    return st.tuples(st.lists(st.sampled_from(everything), max_size=5), sort).map(
        lambda parts: read_view([*parts[0], parts[1]])
    )


def frames_of(items: list[dict]) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    rows = pl.DataFrame({name: [item[name] for item in items] for name in COLUMNS}, schema=COLUMNS).with_row_index(
        "row"
    )
    ids = pl.Series("item_id", [f"i{at:03}" for at in range(len(items))], dtype=pl.String)
    several = {
        name: pl.DataFrame(
            [(at, value) for at, item in enumerate(items) for value in item[name]],
            schema={"row": pl.UInt32, "value": pl.String},
            orient="row",
        )
        for name in SEVERAL
    }
    return rows.with_columns(ids, case_priority=pl.col("priority").max().over("subject_id")), several


def fits(item: dict, view: QueueView, *, but: str | None = None) -> bool:
    def values_of(name: str) -> list[str]:
        return item[name] if FACET[name].has_several else [item[name]]

    return all(
        not view.values(facet.name) or set(values_of(facet.name)) & set(view.values(facet.name))
        for facet in FACETS
        if facet.name != but
    )


@given(items_strategy(), views_strategy())
def test_the_items_left_are_those_that_fit_every_facet(items, view):
    filtered = filter_items(*frames_of(items), view)
    expected = {f"i{at:03}" for at, item in enumerate(items) if fits(item, view)}
    assert set(filtered.items["item_id"]) == expected
    assert filtered.items.height == len(expected)


@given(items_strategy(), views_strategy())
def test_each_count_is_what_choosing_that_value_alone_would_leave(items, view):
    counts = filter_items(*frames_of(items), view).counts
    for facet in FACETS:
        for value in (SINGLE | SEVERAL)[facet.name]:
            left = sum(
                value in (item[facet.name] if facet.has_several else [item[facet.name]])
                for item in items
                if fits(item, view, but=facet.name)
            )
            assert counts[facet.name].get(value, 0) == left, facet.name


@given(items_strategy(), views_strategy(), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_the_rows_lie(items, view, random):
    rows, several = frames_of(items)
    shuffled = rows[random.sample(range(rows.height), rows.height)]
    assert filter_items(shuffled, several, view).items.equals(filter_items(rows, several, view).items)


@given(items_strategy(), views_strategy())
def test_stepping_from_item_to_item_goes_through_the_view(items, view):
    rows, several = frames_of(items)
    ordered = filter_items(rows, several, view).items
    ids = ordered["item_id"].to_list()
    free = [item for item, state in zip(ids, ordered["state"], strict=True) if state != "claimed"]
    for place, item in enumerate(ids):
        found = find_adjacent(rows, several, view, item)
        assert (found.position, found.total) == (place + 1, len(ids))
        assert found.previous == (ids[place - 1] if place else None)
        assert found.next == next((other for other in ids[place + 1 :] if other in free), None)


def one(**values) -> dict:
    plain = {name: values_of[0] for name, values_of in SINGLE.items()} | {name: [] for name in SEVERAL}
    return (
        plain
        | {"priority": 1.0, "lessons": 0, "age_days": 0, "end_on": None, "name_folded": None}
        | {"subject_id": "S1"}
        | values
    )


def test_an_item_that_left_the_view_still_knows_what_comes_next():
    rows, several = frames_of([one(priority=3.0), one(priority=2.0, state="decided"), one(priority=1.0)])
    found = find_adjacent(rows, several, QueueView(), "i001")
    assert (found.previous, found.next, found.position, found.total) == ("i000", "i002", None, 2)


def test_of_equal_items_the_one_whose_kind_was_decided_least_comes_first():
    rows, several = frames_of([one(priority=2.04, lessons=3), one(priority=2.01), one(priority=2.1, lessons=9)])
    assert filter_items(rows, several, QueueView()).items["item_id"].to_list() == ["i002", "i001", "i000"]


def test_by_cases_the_items_of_a_person_stand_where_the_most_important_of_them_does():
    rows, several = frames_of([one(priority=3.0), one(priority=5.0, subject_id="S2"), one(priority=9.0)])
    assert filter_items(rows, several, QueueView(sort="case")).items["item_id"].to_list() == ["i002", "i000", "i001"]
    assert filter_items(rows, several, QueueView(sort="-case")).items["item_id"].to_list() == ["i001", "i002", "i000"]


def test_an_item_that_there_is_not_has_no_neighbours():
    found = find_adjacent(*frames_of([one()]), QueueView(), "forged")
    assert (found.previous, found.next, found.position, found.total) == (None, None, None, 1)


def test_what_lacks_the_value_comes_last_whichever_way_it_goes():
    rows, several = frames_of([one(), one(end_on=date(2026, 1, 1)), one(end_on=date(2027, 1, 1))])
    assert filter_items(rows, several, QueueView(sort="ends")).items["item_id"].to_list() == ["i001", "i002", "i000"]
    assert filter_items(rows, several, QueueView(sort="-ends")).items["item_id"].to_list() == ["i002", "i001", "i000"]


@pytest.mark.parametrize(
    ("count", "pages"),
    [
        pytest.param(0, 1, id="no item"),
        pytest.param(PAGE, 1, id="a full page"),
        pytest.param(PAGE + 1, 2, id="one more than a page"),
    ],
)
def test_pages_are_counted_and_one_too_far_is_the_last(count, pages):
    filtered = filter_items(*frames_of([one()] * count), QueueView())
    assert filtered.pages == pages
    assert filtered.page(pages + 7).equals(filtered.page(pages))


def test_what_can_be_chosen_is_what_the_items_that_may_be_seen_have():
    rows, several = frames_of([one(field=["end_on"], force="01"), one(field=["surname"], force="43")])
    offered = facet_values(rows.filter(pl.col("force") == "01"), several)
    assert offered["field"] == {"end_on"}
    assert offered["force"] == {"01"}
