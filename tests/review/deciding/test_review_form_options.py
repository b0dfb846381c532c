"""What the form of an item offers at first."""

import pytest

from review.deciding.decidable_night import decidable_night
from review.deciding.form_options import form_options


@pytest.fixture
def offered(desk):
    """Each item of the queue with what its form offers."""
    whole = desk.whole_release()
    found = whole.table("discrepancies").partition_by("order_id", as_dict=True)
    none = whole.table("discrepancies").clear()
    items = whole.table("review_queue").to_dicts()
    return [(item, form_options(item, found.get((item["order_id"],), none), decidable_night(whole))) for item in items]


def test_the_discrepancy_chosen_at_first_is_one_that_the_item_asks_about(offered):
    asking = [(item, options) for item, options in offered if item["discrepancy_ids"]]
    assert asking
    assert all(options.about.discrepancy_id in item["discrepancy_ids"] for item, options in asking)


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
