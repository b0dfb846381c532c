"""Two orders that are one: every source that holds both is decided on at once."""

from dataclasses import replace

import polars as pl
import pytest
from starlette.datastructures import FormData

from ledger.decisions.preview import foresee_all
from review.deciding.decision_request import read_request
from review.deciding.draft_words import holding_forces
from review.deciding.drafting import draft_all
from review.desk import decidable_night

FORM = {"reason_code": "document_seen", "submission": "s", "release_id": "", "version": ""}


def wish_on(left, right, kind="same_order"):
    return read_request(FormData({**FORM, "kind": kind, "left_record_id": left, "right_record_id": right}))


@pytest.fixture
def present(desk):
    return decidable_night(desk.whole_release())


@pytest.fixture
def two_orders(present):
    """Two orders of which the same two sources hold one record each: their records by source."""
    sourced = present.owners.with_columns(source=pl.col("record_id").str.split(":").list.first())
    held = sourced.group_by("order_id").agg(pl.col("source").sort(), pl.col("record_id").sort_by("source"))
    pairs = held.filter(pl.col("source").list.len() == pl.col("source").list.n_unique())
    alike = (
        pairs.filter(pl.col("source").list.len() >= 2)
        .sort("source", "order_id")
        .group_by("source", maintain_order=True)
    )
    records = next(rows.get_column("record_id").to_list()[:2] for _, rows in alike if rows.height > 1)
    return [dict(zip([name.split(":")[0] for name in names], names, strict=True)) for names in records]


def test_each_source_that_holds_both_orders_is_decided_on(present, two_orders):
    one, other = two_orders
    first = min(one)
    drafts = draft_all(wish_on(one[first], other[first]), present)
    decided = {frozenset((draft.left_record_id, draft.right_record_id)) for draft in drafts}
    assert decided == {frozenset((one[source], other[source])) for source in one}
    changes = foresee_all(drafts, present).filter(change="merged")
    assert changes.get_column("after").unique().to_list() == ["2 become one"]


def test_records_of_two_sources_are_decided_on_beside_those_of_each(present, two_orders):
    one, other = two_orders
    first, second = sorted(one)[:2]
    drafts = draft_all(wish_on(one[first], other[second]), present)
    assert {draft.left_record_id for draft in drafts} | {draft.right_record_id for draft in drafts} >= {
        one[first],
        other[second],
        one[second],
        other[first],
    }


@pytest.mark.parametrize("kind", ["different_order", "same_person", "different_person"])
def test_other_decisions_on_two_records_are_one_decision(present, two_orders, kind):
    one, other = two_orders
    assert len(draft_all(wish_on(*(order[min(one)] for order in (one, other)), kind), present)) == 1


def test_what_was_seen_is_held_against_every_decision(present, two_orders):
    one, other = two_orders
    wish = wish_on(one[min(one)], other[min(one)])
    prints = tuple(draft.fingerprint for draft in draft_all(wish, present))
    assert draft_all(replace(wish, fingerprints=prints), present) == draft_all(wish, present)


def test_of_orders_that_become_one_the_forces_of_each_are_named(present, two_orders):
    one, other = two_orders
    first = min(one)
    changes = foresee_all(draft_all(wish_on(one[first], other[first]), present), present)
    owners = present.owners.filter(pl.col("record_id").is_in([one[first], other[first]]))
    held = present.orders.join(owners, on="order_id", how="semi").get_column("force_name").drop_nulls()
    assert set(held) <= set(holding_forces(changes, present))
