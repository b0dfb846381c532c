"""Views of the queue: reading any address, and writing its one form."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.queue.facets import FACET, FACETS, STATES, TO_DO
from review.queue.queue_view import SORT, QueueView, read_view

NAMES = st.sampled_from([*FACET, "sort", "page", "release", "hx", "__proto__"])
VALUES = st.one_of(
    st.sampled_from(["", "-priority", "age", "1", "0", "-1", "99999999999", "nobody", "me", "@steward", *STATES]),
    st.text(max_size=150),
)
ADDRESSES = st.lists(st.tuples(NAMES, VALUES), max_size=12)


def view_of(query: str) -> QueueView:
    return read_view(parse_qsl(query, keep_blank_values=True), viewer="steward")


@given(ADDRESSES)
def test_whatever_is_asked_for_becomes_a_view_with_one_address(parameters):
    view = read_view(parameters, viewer="steward")
    again = view_of(view.link())
    assert again.link() == view.link()
    assert not again.problems
    assert again.chosen == view.chosen


@given(ADDRESSES, st.randoms(use_true_random=False))
def test_an_address_means_the_same_in_any_order_of_its_filters(parameters, random):
    filters = [(name, value) for name, value in parameters if name in FACET]
    shuffled = random.sample(filters, len(filters))
    assert read_view(shuffled).query == read_view(filters).query


@pytest.mark.parametrize(
    ("query", "problems"),
    [
        pytest.param("colour=red", 1, id="a filter that does not exist"),
        pytest.param("kind=unheard", 1, id="a kind that does not exist"),
        pytest.param("severity=low&severity=<script>", 1, id="a script for a severity"),
        pytest.param("sort=surname;drop", 1, id="an order that does not exist"),
        pytest.param("page=-3", 1, id="a page before the first"),
        pytest.param("page=1e9", 1, id="a page that is no number"),
        pytest.param("page=%D9%A3", 1, id="a page in other digits"),
        pytest.param("page=" + "9" * 5_000, 1, id="a page of five thousand digits"),
        pytest.param("force=" + "x" * 121, 1, id="a value that is too long"),
        pytest.param("field=end%00on", 1, id="a value with a NUL"),
        pytest.param("release=%E2%80%AEr1", 1, id="a release that turns the line round"),
        pytest.param("kind=&sort=&page=", 0, id="an empty form"),
        pytest.param("force=ZZ&rule=R999", 0, id="codes of another time"),
    ],
)
def test_what_an_address_can_not_mean_is_reported_and_left_out(query, problems):
    view = view_of(query)
    assert len(view.problems) == problems
    assert not any("script" in problem or "x" * 20 in problem for problem in view.problems)
    assert view.page == 1


def test_what_is_shown_anyway_is_not_named():
    assert view_of("state=claimed&state=open&sort=priority&page=1").link() == ""
    assert QueueView().values("state") == TO_DO


def test_ones_own_name_among_assignees_is_oneself():
    assert view_of("assignee=%40steward&assignee=%40other").chosen["assignee"] == ("@other", "me")


def test_a_user_called_nobody_is_somebody():
    assert view_of("assignee=%40nobody").chosen["assignee"] == ("@nobody",)


def test_a_filter_can_be_taken_away_alone():
    view = view_of("kind=near_match&kind=constraint&force=01&page=3")
    assert view.without("kind", "near_match").link() == "kind=constraint&force=01"
    assert view.without("kind").link() == "force=01"


@pytest.mark.parametrize("name", SORT)
def test_the_same_sort_again_turns_it_round(name):
    once = QueueView(sort="none of them").sorted_by(name)
    assert once.sort == name
    assert once.sorted_by(name).sort == f"-{name}"
    assert once.sorted_by(name).sorted_by(name).sort == name


def test_only_one_rule_can_be_decided_on_at_once():
    assert view_of("rule=END-YEAR").rule == "END-YEAR"
    assert view_of("rule=END-YEAR&rule=END-DAYS").rule is None
    assert QueueView().rule is None


def test_every_facet_of_issue_and_queue_has_words_for_any_value():
    for facet in FACETS:
        assert all(facet.words(value) for value in (*facet.fixed, "none", "unheard-of"))
