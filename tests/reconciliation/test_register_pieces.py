"""A register is the same in pieces of any size: what a person takes from others is worked out before any person is."""

from datetime import timedelta

import polars as pl
import pytest
from nights import NIGHT

from assets.link import gather
from reconciliation.endings import Before
from reconciliation.night import NightInput
from reconciliation.night_facts import cut_persons
from reconciliation.register_tables import build_register
from warehouse import pieces
from warehouse.home import Home
from warehouse.store import TableStore
from warehouse.tables.link import LINK_ARRESTS, LINK_CLUSTERS, LINK_PAIRS, PAIR_WEIGHTS
from warehouse.tables.register import ORDER_SOURCES, ORDERS


def ids_of(clusters):
    cluster = clusters.drop_nulls().unique().sort()
    return pl.DataFrame({"cluster": cluster, "id": cluster})


@pytest.fixture(scope="module")
def night(one_night):
    """A night of 80 orders with a release before, a decided value and a record that its source dropped."""
    store = TableStore(Home(one_night / "home").tables / NIGHT.isoformat())
    clusters, events = (store.scan(table.name).collect() for table in (LINK_CLUSTERS, LINK_ARRESTS))
    before = store.scan(ORDERS.name).collect().with_columns(order_id=ids_by_record(store, clusters))
    unseen = pl.lit(None, pl.Date)
    records = store.scan(ORDER_SOURCES.name).with_columns(first_seen_on=unseen).collect()
    decided = before.select("order_id", value="end_on", canonical="end_on", decision_id=pl.lit("DEC-1")).drop_nulls()
    return NightInput(
        **{name: gather(store, name) for name in ("orders", "aliases", "conditions", "arrests")},
        clusters=clusters,
        events=events,
        order_ids=ids_of(clusters["order_cluster"]),
        subject_ids=ids_of(clusters["subject_cluster"]),
        arrest_ids=ids_of(events["event_cluster"]),
        as_of=NIGHT,
        decided={"end_on": decided.head(5)},
        dropped=clusters.get_column("record_id").head(3),
        before=Before(before.with_columns(first_seen_on=unseen), NIGHT - timedelta(days=10), records),
        pairs=store.scan(LINK_PAIRS.name).select(PAIR_WEIGHTS).collect(),
    )


def ids_by_record(store, clusters):
    """The ids of this module, in the order of those of the night."""
    places = store.scan(ORDER_SOURCES.name).collect().join(clusters, on="record_id")
    return places.group_by("order_id").agg(pl.col("order_cluster").first()).sort("order_id").get_column("order_cluster")


@pytest.fixture(scope="module")
def whole(night):
    return build_register(night, apiece=10_000)


@pytest.mark.parametrize("apiece", [pytest.param(1, id="one person apiece"), pytest.param(11, id="some persons")])
def test_the_register_is_the_same_in_pieces_of_any_size(night, whole, monkeypatch, apiece):
    monkeypatch.setattr(pieces, "MOST_ROWS", 100)
    tables = build_register(night, apiece=apiece)
    assert tables.keys() == whole.keys()
    assert [name for name, table in tables.items() if not table.equals(whole[name])] == []


@pytest.mark.parametrize(
    ("orders", "apiece", "made"),
    [
        pytest.param([1] * 14, 10, [14], id="a half more is one piece"),
        pytest.param([1] * 16, 10, [8, 8], id="more are two of the same size"),
        pytest.param([9, 1, 1], 2, [9, 1, 1], id="a person is in one piece"),
        pytest.param([], 10, [], id="nobody"),
    ],
)
def test_pieces_are_whole_persons_with_about_as_many_orders_each(orders, apiece, made):
    persons = [f"{number:03}" for number, count in enumerate(orders) for _ in range(count)]
    ids = pl.Series([str(number) for number in range(len(persons))], dtype=pl.String)
    clusters = pl.DataFrame({"order_cluster": ids, "subject_cluster": pl.Series(persons, dtype=pl.String)})
    placed, count = cut_persons(clusters, apiece=apiece)
    assert count == max(len(made), 1)
    sizes = clusters.join(placed, on="subject_cluster").group_by("piece").len().sort("piece")
    assert sizes.get_column("len").to_list() == made


def test_decisions_and_the_release_before_are_seen_in_the_register(whole):
    values = whole["field_provenance"]
    assert values.filter(rule="steward").height == 5
    assert whole["orders"].filter(pl.col("first_seen_on") < NIGHT).height > 0
