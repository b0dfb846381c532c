"""Which cause a difference gets, by what reached its order; and which persons a change can reach."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.changes.causes import GROUNDS, REPLAYED, ComparedRelease, find_reach, name_causes
from assets.changes.odd_rows import find_families
from warehouse.tables.register import CAUSES, ID_REDIRECTS, UNEXPLAINED
from warehouse.tables.release import OBEYED_DECISIONS, RECORD_DIGESTS

ACCOUNT = {"inputs": {}, "versions": {"models": "m", "code": "c", "polars": "2"}, "config_hash": "s"}
NOT_REPLAYED = pl.DataFrame(schema=REPLAYED)
DIFFERENCE = {"order_id": pl.String, "change": pl.String, "field": pl.String, "before": pl.String, "after": pl.String}


def record(handle, order="O1", subject="S1", *, digest="d", kind="order", delivery="pnc:1", ties=(), place=None):
    return {
        "kind": kind,
        "record_id": place or f"pnc:{handle}",
        "handle": handle,
        "order_id": order if kind == "order" else None,
        "subject_id": subject,
        "delivery_id": delivery,
        "digest": digest,
        "ties": list(ties),
    }


def decision(name, kind="different_order", *, left=None, right=None, order=None):
    return {"decision_id": name, "kind": kind, "left_handle": left, "right_handle": right, "order_id": order}


def side(*records, decisions=(), **account):
    return ComparedRelease(
        pl.LazyFrame(list(records), schema=RECORD_DIGESTS.schema),
        pl.DataFrame(list(decisions), schema=OBEYED_DECISIONS.schema),
        ID_REDIRECTS.empty(),
        ACCOUNT | account,
    )


def cause(before, after, *, order="O1", **difference):
    """The cause of one difference of one order."""
    return causes(before, after, orders=[order], **difference)[order]


def causes(before, after, *, orders, field="end_on", change="changed", replayed=NOT_REPLAYED):
    """The cause of the same difference of each of the orders."""
    rows = [(order, change, field, "was", "is") for order in orders]
    differences = pl.DataFrame(rows, schema=DIFFERENCE, orient="row")
    reach = find_reach(differences.get_column("order_id"), before=before, after=after)
    named = name_causes(differences, reach, replayed=replayed, before=before, after=after)
    return dict(named.select("order_id", "cause").iter_rows())


SAME = side(record("a"), record("b"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(SAME, side(record("a", digest="other"), record("b")), id="a record says something else"),
        pytest.param(SAME, side(record("b")), id="a record went"),
        pytest.param(SAME, side(record("a"), record("b"), record("c")), id="a record came"),
        pytest.param(
            side(record("a"), record("b", "O2")),
            side(record("a"), record("b", "O2", digest="other")),
            id="a record of another order of the person changed",
        ),
        pytest.param(
            side(record("a"), record("b", "O2", "S2")),
            side(record("a"), record("b", digest="other")),
            id="a record that changed was merged into the order",
        ),
        pytest.param(
            side(record("a"), record("x", kind="arrest")),
            side(record("a"), record("x", kind="arrest", digest="other")),
            id="an arrest of the person changed",
        ),
    ],
)
def test_what_the_sources_sent_of_the_person_is_a_cause(before, after):
    assert cause(before, after) == "source"


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(SAME, id="nothing changed at all"),
        pytest.param(side(record("b"), record("a")), id="rows in another order"),
        pytest.param(side(record("a", delivery="pnc:2"), record("b", delivery="pnc:2")), id="the same, sent again"),
        pytest.param(
            side(record("a"), record("b"), record("c", "O3", "S3")), id="a stranger came who has nothing in common"
        ),
        pytest.param(
            side(record("a"), record("b"), decisions=[decision("D1", "both_right", order="O9")]),
            id="a decision on another order",
        ),
        pytest.param(
            side(record("a"), record("b"), versions=ACCOUNT["versions"] | {"models": "n"}),
            id="other models that regrouped nothing",
        ),
        pytest.param(side(record("a"), record("b"), config_hash="t"), id="settings, which only judge"),
    ],
)
def test_what_nothing_reached_is_unexplained(after):
    assert cause(SAME, after) == UNEXPLAINED


def test_a_decision_on_another_person_explains_only_what_a_shared_name_bears_on():
    records = (record("a", ties=["surname:1"]), record("y", "O9", "S9", ties=["surname:1"]), record("z", "O8", "S8"))
    before, after = side(*records), side(*records, decisions=[decision("D1", "same_order", left="y", right="z")])
    assert [cause(before, after, field=field) for field in ("forenames", "quality_score", "end_on")] == [
        "steward",
        "steward",
        UNEXPLAINED,
    ]


def test_a_change_of_another_person_explains_only_what_a_shared_value_bears_on():
    before = side(record("a", ties=["surname:1"]), record("z", "O9", "S9", ties=["surname:1"]))
    after = side(record("a", ties=["surname:1"]), record("z", "O9", "S9", ties=["surname:1"], digest="other"))
    assert [cause(before, after, field=field) for field in ("surname", "quality_score", "end_on")] == [
        "source",
        "source",
        UNEXPLAINED,
    ]


def test_a_record_that_comes_to_another_person_explains_only_what_a_shared_name_bears_on():
    """More people bear the name then, though no record of it changed."""
    mine = record("a", ties=["surname:1"])
    before = side(mine, record("y", subject=None, kind="arrest", ties=["surname:1"]))
    after = side(mine, record("y", subject="S9", kind="arrest", ties=["surname:1"]))
    assert [cause(before, after, field=field) for field in ("surname", "quality_score", "end_on")] == [
        "source",
        "source",
        UNEXPLAINED,
    ]
    others = (side(mine, record("y", subject=subject, kind="arrest", ties=["surname:2"])) for subject in (None, "S9"))
    assert cause(*others, field="surname") == UNEXPLAINED, "where it bears another name"


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        pytest.param(
            "region:1", "source", id="of the same region: what its sources hold joins two orders or parts them"
        ),
        pytest.param("region:2", UNEXPLAINED, id="of another region"),
    ],
)
def test_a_change_of_another_person_explains_that_records_were_regrouped_in_its_region(region, expected):
    other = {"order": "O9", "subject": "S9", "ties": [region]}
    before = side(record("a", ties=["region:1"]), record("b", ties=["region:1"]), record("z", **other))
    parted = (record("a", ties=["region:1"]), record("b", "O2", "S2", ties=["region:1"]))
    after = side(*parted, record("z", **other, digest="other"))
    assert cause(before, after) == expected
    assert cause(before, side(*parted, record("z", **other))) == UNEXPLAINED, "where no record changed"


def test_another_number_of_records_explains_that_records_were_regrouped_and_nothing_else():
    """How much two records must have in common to be of one person follows from how many there are."""
    stranger = record("z", "O9", "S9", ties=["region:9"])
    before = side(record("a", ties=["region:1"]), record("b", ties=["region:1"]))
    parted = (record("a", ties=["region:1"]), record("b", "O2", "S2", ties=["region:1"]))
    assert cause(before, side(*parted, stranger)) == "source"
    assert cause(before, side(*parted)) == UNEXPLAINED, "where there are as many"
    assert cause(before, side(record("a"), record("b"), stranger)) == UNEXPLAINED, "where none was regrouped"
    arrest = record("z", "O9", "S9", kind="arrest")
    assert cause(before, side(*parted, arrest)) == UNEXPLAINED, "where an arrest came"


def test_another_reading_of_the_same_bytes_is_the_rules_or_the_days():
    before = side(record("a"), inputs={"pnc:1": "bytes"})
    after = side(record("a", digest="other"), inputs={"pnc:1": "bytes"})
    newer = side(record("a", digest="other"), inputs={"pnc:1": "bytes"}, versions=ACCOUNT["versions"] | {"code": "e"})
    assert (cause(before, newer), cause(before, after)) == ("rule", "calendar")


@pytest.mark.parametrize(
    ("account", "field", "expected"),
    [
        pytest.param({"versions": ACCOUNT["versions"] | {"code": "e"}}, "end_on", "rule", id="other code"),
        pytest.param({"versions": ACCOUNT["versions"] | {"polars": "3"}}, "end_on", "rule", id="another library"),
        pytest.param({"config_hash": "t"}, "discrepancy_count", "config", id="other settings"),
        pytest.param(
            {"config_hash": "t", "versions": ACCOUNT["versions"] | {"code": "e"}},
            "discrepancy_count",
            "config",
            id="settings before code where the order is judged",
        ),
    ],
)
def test_what_holds_for_all_orders_is_a_cause_where_nothing_nearer_is(account, field, expected):
    after = side(record("a"), record("b"), **account)
    assert cause(SAME, after, field=field) == expected
    assert cause(SAME, side(record("a", digest="other"), record("b"), **account), field=field) == "source"


def test_other_models_explain_what_they_regrouped():
    regrouped = [record("a"), record("b", "O2", "S2")]
    after = side(*regrouped, versions=ACCOUNT["versions"] | {"models": "n"})
    assert cause(SAME, after, order="O2", change="added", field=None) == "model"
    assert cause(SAME, side(*regrouped), order="O2", change="added", field=None) == UNEXPLAINED


@pytest.mark.parametrize(
    ("taken", "fields"),
    [
        pytest.param(decision("D1", left="a", right="b"), {"end_on", "quality_score"}, id="two records kept apart"),
        pytest.param(decision("D1", "value", order="O1"), {"end_on", "quality_score"}, id="a value"),
        pytest.param(decision("D1", "both_right", order="O1"), {"quality_score"}, id="a discrepancy: its count alone"),
    ],
)
def test_a_decision_that_is_new_or_has_ended_is_a_cause_of_what_it_touches(taken, fields):
    decided = side(record("a"), record("b"), decisions=[taken])
    for before, after in ((SAME, decided), (decided, SAME)):
        explained = {field for field in ("end_on", "quality_score") if cause(before, after, field=field) == "steward"}
        assert explained == fields
    assert cause(decided, decided) == UNEXPLAINED


def test_what_was_proved_by_looking_again_comes_first():
    replayed = pl.DataFrame([("O1", "legal_status", "calendar")], schema=REPLAYED, orient="row")
    changed = side(record("a", digest="other"), record("b"))
    assert cause(SAME, changed, field="legal_status", replayed=replayed) == "calendar"
    assert cause(SAME, changed, field="end_on", replayed=replayed) == "source"


def test_every_reason_gives_a_declared_cause():
    assert {ground.cause for ground in GROUNDS} | {UNEXPLAINED} == set(CAUSES)


records = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 5), st.sampled_from("xyz")), unique_by=lambda drawn: drawn[0]
)


@given(records, records, st.randoms(use_true_random=False))
def test_a_cause_is_found_exactly_for_families_that_something_reached(drawn_before, drawn_after, random):
    """Every order of a person has a cause if, and only if, a record of the person's family came, went or changed.

    Where there are more or fewer records in all, a record that has another person is a cause too: the bar has moved.
    """
    before, after = (
        [record(f"h{handle}", f"O{owner}", f"S{owner}", digest=digest) for handle, owner, digest in drawn]
        for drawn in (drawn_before, drawn_after)
    )
    orders = [f"O{owner}" for owner in range(6)]
    found = causes(side(*before), side(*after), orders=orders)
    rows = {(row["handle"], row["digest"]) for row in before} ^ {(row["handle"], row["digest"]) for row in after}
    owners = families_by_hand(before, after)
    moved = {handle for handle, _ in rows}
    if len(before) != len(after):
        places = ({(row["handle"], row["subject_id"]) for row in side_of} for side_of in (before, after))
        moved |= {handle for handle, _ in set.symmetric_difference(*places)}
    for owner, reported in enumerate(found[order] for order in orders):
        handles = owners.get(f"S{owner}", set())
        assert (reported == "source") == bool(handles & moved), (owner, reported)
    random.shuffle(before)
    random.shuffle(after)
    assert found == causes(side(*before), side(*after), orders=orders)


def families_by_hand(before, after):
    """For each person the handles of the family, by walking from person to record to person."""
    held = {}
    for row in [*before, *after]:
        held.setdefault(row["subject_id"], set()).add(row["handle"])
    reached = {person: set(handles) for person, handles in held.items()}
    while True:
        grown = {
            person: handles.union(*(others for others in reached.values() if others & handles))
            for person, handles in reached.items()
        }
        if grown == reached:
            return reached
        reached = grown


@given(records, records)
def test_a_family_is_named_by_its_smallest_person(drawn_before, drawn_after):
    before, after = (
        side(*(record(f"h{handle}", f"O{owner}", f"S{owner}") for handle, owner, _ in drawn)).digests.collect()
        for drawn in (drawn_before, drawn_after)
    )
    families = dict(find_families(before, after).iter_rows())
    assert set(families) == set(pl.concat([before, after]).get_column("subject_id"))
    assert all(families[name] == name <= person for person, name in families.items())
