"""Ids that stay from night to night, and how releases differ."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.release_diff import find_differences
from reconciliation.stable_ids import assign_ids, record_handles
from warehouse.tables.register import ORDERS

MONDAY, TUESDAY = date(2023, 11, 27), date(2023, 11, 28)


def pairs(first, second, rows):
    return pl.DataFrame(rows, schema={first: pl.String, second: pl.String}, orient="row")


def assign(members, former=(), *, as_of=TUESDAY):
    return assign_ids(
        pairs("cluster", "handle", members),
        pairs("handle", "id", list(former)),
        prefix="ORD",
        as_of=as_of,
    )


def ids(assignment):
    return dict(assignment.ids.rows())


def test_cluster_keeps_its_id_though_its_smallest_record_is_new():
    assignment = assign([("c1", "c1"), ("c1", "p1"), ("c1", "p2")], [("p1", "ORD-A"), ("p2", "ORD-A")])
    assert ids(assignment) == {"c1": "ORD-A"}
    assert assignment.redirects.is_empty()


def test_merged_orders_keep_the_id_of_the_larger_part_and_redirect_the_other():
    former = [("p1", "ORD-B"), ("p2", "ORD-B"), ("p3", "ORD-A")]
    assignment = assign([("p1", "p1"), ("p1", "p2"), ("p1", "p3")], former)
    assert ids(assignment) == {"p1": "ORD-B"}
    assert assignment.redirects.rows() == [("ORD-A", "ORD-B")]


def test_merge_of_equal_parts_keeps_the_smaller_id():
    assignment = assign([("p1", "p1"), ("p1", "p2")], [("p1", "ORD-B"), ("p2", "ORD-A")])
    assert ids(assignment) == {"p1": "ORD-A"}


def test_split_order_leaves_its_id_to_the_larger_part():
    former = [("p1", "ORD-A"), ("p2", "ORD-A"), ("p3", "ORD-A")]
    assignment = assign([("p1", "p1"), ("p2", "p2"), ("p2", "p3")], former)
    assert ids(assignment)["p2"] == "ORD-A"
    new = ids(assignment)["p1"]
    assert new != "ORD-A"
    assert assignment.redirects.rows() == [("ORD-A", new)]


def test_record_that_moves_between_two_orders_that_stay_is_neither_merge_nor_split():
    former = [("p1", "ORD-A"), ("p2", "ORD-A"), ("p3", "ORD-A"), ("q1", "ORD-B"), ("q2", "ORD-B")]
    members = [("p1", "p1"), ("p1", "p2"), ("p3", "p3"), ("p3", "q1"), ("p3", "q2")]
    assignment = assign(members, former)
    assert ids(assignment) == {"p1": "ORD-A", "p3": "ORD-B"}
    assert assignment.redirects.is_empty()


def test_redirects_take_the_shape_of_the_public_table():
    assignment = assign([("p1", "p1"), ("p1", "p2")], [("p1", "ORD-B"), ("p2", "ORD-A")])
    assert assignment.redirect_rows("order", as_of=TUESDAY).rows() == [("order", "ORD-B", "ORD-A", TUESDAY)]


def test_id_that_died_is_not_born_again():
    first = ids(assign([("p1", "p1")], as_of=MONDAY))["p1"]
    assert ids(assign([("p1", "p1")], [("gone", first)], as_of=MONDAY))["p1"] != first
    assert ids(assign([("p1", "p1")], as_of=TUESDAY))["p1"] != first


RETURN = {
    "source": "rocu",
    "file_name": "EMSOU_2023-11.xlsx",
    "row_number": 7,
    "made_on": date(2022, 4, 1),
    "occurrence_ref": "33/1234/22",
    "order_type": "STRO",
    "is_interim": False,
    "surname_folded": "FOST",
    "forenames_folded": "HELEN",
    "date_of_birth": date(1984, 5, 27),
}


def handle(**values):
    return record_handles(pl.DataFrame([RETURN | values])).get_column("handle").item()


@pytest.mark.parametrize(
    ("now", "is_same"),
    [
        pytest.param({"record_id": "rocu:EMSOU_2023-12.xlsx#Orders#9"}, True, id="in another workbook and row"),
        pytest.param({"surname_folded": "FORST"}, True, id="its name corrected"),
        pytest.param({"is_interim": True}, False, id="the interim order of the same occurrence"),
        pytest.param({"occurrence_ref": "33/9999/22"}, False, id="another row in its place"),
    ],
)
def test_row_of_a_regional_return_is_known_by_its_occurrence(now, is_same):
    before = handle(record_id="rocu:EMSOU_2023-11.xlsx#Orders#7")
    assert (handle(**{"record_id": "rocu:EMSOU_2023-11.xlsx#Orders#7"} | now) == before) == is_same


def test_row_without_occurrence_is_known_by_its_person():
    before = handle(record_id="rocu:a#Orders#7", occurrence_ref=None)
    assert handle(record_id="rocu:b#Orders#8", occurrence_ref=None) == before
    assert handle(record_id="rocu:a#Orders#7", occurrence_ref=None, surname_folded="SMITH") != before


def test_rows_alike_in_everything_are_kept_apart_by_their_order():
    rows = [RETURN | {"record_id": f"rocu:a#Orders#{number}", "row_number": number} for number in (9, 10)]
    handles = record_handles(pl.DataFrame(rows)).sort("record_id").get_column("handle")
    assert handles.n_unique() == 2
    moved = [row | {"row_number": row["row_number"] + 5} for row in rows]
    assert record_handles(pl.DataFrame(moved)).sort("record_id").get_column("handle").equals(handles)


def test_rows_on_two_people_of_one_occurrence_are_known_by_the_person_whatever_their_places():
    one = RETURN | {"record_id": "rocu:a#Orders#5", "row_number": 5}
    other = one | {"record_id": "rocu:a#Orders#6", "row_number": 6, "date_of_birth": date(1990, 1, 2)}
    both = record_handles(pl.DataFrame([one, other])).sort("record_id").get_column("handle").to_list()
    assert both == [handle(**one), handle(**other)], "each as if the other were not there"
    assert len(set(both)) == 2


def test_rows_on_two_people_of_one_occurrence_are_known_by_the_name_where_no_birth_is_given():
    rows = [
        RETURN | {"record_id": f"rocu:a#Orders#{place}", "surname_folded": name}
        for place, name in enumerate(("FOST", "OKAFOR"))
    ]
    known = record_handles(pl.DataFrame(rows).with_columns(date_of_birth=pl.lit(None, pl.Date)))
    assert known.get_column("handle").str.ends_with(":0").all()


def test_row_of_a_regional_return_keeps_its_handle_when_another_source_speaks_of_the_occurrence():
    row = RETURN | {"record_id": "rocu:a#Orders#9"}
    upload = row | {"record_id": "pnd:7", "source": "pnd", "file_name": "a.csv"}
    handles = record_handles(pl.DataFrame([upload, row])).sort("record_id").get_column("handle")
    assert handles.to_list() == ["pnd:7", handle(record_id="rocu:a#Orders#9")]


handles = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 4), st.none() | st.integers(0, 4)),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[0],
)


def night(drawn):
    members = [(f"c{cluster}", f"h{handle:02}") for handle, cluster, _ in drawn]
    former = [(f"h{handle:02}", f"ORD-{old}") for handle, _, old in drawn if old is not None]
    return members, former


@given(handles, st.randoms(use_true_random=False))
def test_ids_are_distinct_and_do_not_depend_on_row_order(drawn, shuffle):
    members, former = night(drawn)
    once = assign(members, former)
    assert once.ids.get_column("cluster").to_list() == sorted({cluster for cluster, _ in members})
    assert once.ids.get_column("id").is_unique().all()
    shuffle.shuffle(members)
    shuffle.shuffle(former)
    again = assign(members, former)
    assert again.ids.equals(once.ids)
    assert again.redirects.equals(once.redirects)


@given(handles)
def test_every_id_with_a_record_left_is_kept_or_redirected(drawn):
    members, former = night(drawn)
    assignment = assign(members, former)
    kept, redirected = set(ids(assignment).values()), set(assignment.redirects.get_column("old_id"))
    assert {old for _, old in former} <= kept | redirected


@given(handles)
def test_night_with_the_same_clusters_changes_no_id(drawn):
    members, former = night(drawn)
    first = assign(members, former)
    owners = [(handle, ids(first)[cluster]) for cluster, handle in members]
    second = assign(members, owners, as_of=date(2023, 11, 29))
    assert second.ids.equals(first.ids)
    assert second.redirects.is_empty()


def orders(*rows):
    return pl.DataFrame([dict.fromkeys(ORDERS.schema) | row for row in rows], schema=ORDERS.schema)


def test_differences_between_releases():
    before = orders(
        {"order_id": "gone"},
        {"order_id": "kept", "end_on": date(2024, 1, 1), "sources": ["pnc"], "legal_status": "live"},
        {"order_id": "other", "sex": None},
    )
    after = orders(
        {"order_id": "new"},
        {"order_id": "kept", "end_on": date(2025, 1, 1), "sources": ["court", "pnc"], "legal_status": "live"},
        {"order_id": "other", "sex": "F"},
    )
    differences = find_differences(before, after)
    assert sorted(differences.rows(), key=str) == [
        ("gone", "removed", None, None, None),
        ("kept", "changed", "end_on", "2024-01-01", "2025-01-01"),
        ("kept", "changed", "sources", "pnc", "court,pnc"),
        ("new", "added", None, None, None),
        ("other", "changed", "sex", None, "F"),
    ]


def test_release_does_not_differ_from_itself():
    release = orders({"order_id": "a", "sources": []}, {"order_id": "b", "end_on": date(2024, 1, 1)})
    assert find_differences(release, release).is_empty()
