"""What the form of an item offers at first."""

import pytest

from review.deciding.decidable_night import decidable_night
from review.deciding.form_options import form_options
from warehouse.tables.ledger import DECISIONS


@pytest.fixture
def offered(desk):
    """Each item of the queue with what its form offers."""
    whole, nothing = desk.whole_release(), DECISIONS.empty()
    found = whole.table("discrepancies").partition_by("order_id", as_dict=True)
    none, night = whole.table("discrepancies").clear(), decidable_night(whole)
    items = whole.table("review_queue").to_dicts()
    return [(item, form_options(item, found.get((item["order_id"],), none), night, nothing)) for item in items]


def test_the_form_asks_all_that_the_item_asks_and_keeps_the_rest_apart(offered):
    asking = [(item, options) for item, options in offered if item["discrepancy_ids"]]
    assert asking
    for item, options in asking:
        assert {one.finding.discrepancy_id for one in options.asked} == set(item["discrepancy_ids"])
        assert not {one.finding.discrepancy_id for one in options.beside} & set(item["discrepancy_ids"])


def test_the_two_records_chosen_at_first_are_two(offered):
    pairs = [options.pair for _, options in offered if len(options.records) > 1]
    assert pairs
    assert all(left != right for left, right in pairs)


def test_the_records_of_an_item_about_two_are_chosen_at_first(offered):
    about_two = [(item, options) for item, options in offered if item["left_record_id"]]
    assert about_two
    for item, options in about_two:
        assert options.pair == (item["left_record_id"], item["right_record_id"])
        assert options.is_about_pair
