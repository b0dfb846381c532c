"""What binds a night: links, values, closures; contradictions and stale decisions are reported, not obeyed."""

from datetime import date

import polars as pl
import pytest
from ledger_cases import conflict, discrepancies, owners, pair, records, redirects, rows, value

from ledger.decisions.binding import closures, constraints, overrides, said_in_force, touched_orders
from ledger.decisions.contradictions import find_contradictions
from ledger.decisions.decision import Draft, Sighting
from ledger.decisions.in_force import in_force
from ledger.decisions.kinds import LINK_FIELDS
from ledger.decisions.record_values import canonical_values, name_records

PERSON = {"surname_folded": "KHAN", "forenames_folded": "SAM", "sex": "M", "date_of_birth": date(1990, 1, 2)}
ORDER = {"order_type": "STPO", "is_interim": False, "made_on": date(2020, 1, 1), "court_code": "B01"}
NONE = redirects()


def handles(frame):
    return dict(name_records(frame).select("record_id", "handle").iter_rows())


def seen_of(frame, *names, fields=LINK_FIELDS):
    values = canonical_values(name_records(frame).filter(pl.col("record_id").is_in(names)))
    wanted = values.filter(pl.col("field").is_in(fields)).select("handle", "field", "value")
    return tuple(Sighting(*row) for row in wanted.iter_rows())


def decided(kind, frame, left, right):
    """A decision on two records as they are in the frame."""
    known = handles(frame)
    return pair(kind, known[left], known[right], seen=seen_of(frame, left, right))


def value_seen(frame, field, text, *names, order="A"):
    return value(order, field, text, seen=seen_of(frame, *names, fields=(field,)))


NIGHT = records(
    ("pnc:1", PERSON | ORDER),
    ("pnd:2", PERSON | ORDER | {"surname_folded": "KAHN"}),
    ("court:3", PERSON | ORDER | {"end_on": date(2027, 1, 1)}),
    ("rocu:f#s#4", PERSON | ORDER | {"occurrence_ref": "OCC/1"}),
)


def changed(name, **columns):
    """The night with other values in one record."""
    values = [
        pl.when(pl.col("record_id") == name)
        .then(pl.lit(to, NIGHT.schema[column]))
        .otherwise(pl.col(column))
        .alias(column)
        for column, to in columns.items()
    ]
    return NIGHT.with_columns(values)


def test_a_pair_binds_orders_and_persons_as_its_kind_says():
    ledger = rows(
        decided("same_order", NIGHT, "pnc:1", "pnd:2"),
        decided("different_person", NIGHT, "pnc:1", "court:3"),
        decided("same_person", NIGHT, "pnd:2", "rocu:f#s#4"),
    )
    found = constraints(ledger, NIGHT)
    assert found.must.select("level", "left_id", "right_id").rows() == [
        ("order", "pnc:1", "pnd:2"),
        ("person", "pnc:1", "pnd:2"),
        ("person", "pnd:2", "rocu:f#s#4"),
    ]
    assert found.cannot.select("level", "left_id", "right_id").rows() == [
        ("order", "court:3", "pnc:1"),
        ("person", "court:3", "pnc:1"),
    ]
    assert (found.contradictions.height, found.stale.height) == (0, 0)


def test_a_row_of_a_return_is_found_again_in_another_file_at_another_row():
    ledger = rows(decided("same_order", NIGHT, "pnc:1", "rocu:f#s#4"))
    moved = NIGHT.with_columns(pl.col("record_id", "source_key").str.replace("f#s#4", "g#t#99", literal=True))
    assert constraints(ledger, moved).must.get_column("right_id").to_list() == ["rocu:g#t#99"] * 2


def test_a_record_that_did_not_come_leaves_its_decision_unplaced_and_not_stale():
    ledger = rows(decided("same_order", NIGHT, "pnc:1", "pnd:2"))
    found = constraints(ledger, NIGHT.filter(pl.col("source") != "pnd"))
    assert (found.must.height, found.stale.height) == (0, 0)


@pytest.mark.parametrize(
    "night",
    [
        pytest.param(NIGHT.reverse(), id="other order of rows"),
        pytest.param(changed("pnd:2", surname="Kahn", forenames="  sAm "), id="another way of writing a name"),
        pytest.param(changed("pnd:2", surname_folded="kahn  "), id="blanks and capitals"),
        pytest.param(changed("pnd:2", surname_folded="ＫＡＨＮ"), id="wide letters"),
        pytest.param(changed("pnd:2", end_on=date(2030, 1, 1), recorded_status="expired"), id="life of the order"),
        pytest.param(changed("pnd:2", delivery_id="x", file_name="y", row_number=77), id="another delivery"),
        pytest.param(changed("pnd:2", surname_folded="KHAN"), id="towards what was decided"),
    ],
)
def test_what_says_nothing_new_makes_no_decision_stale(night):
    found = constraints(rows(decided("same_order", NIGHT, "pnc:1", "pnd:2")), night)
    assert (found.stale.height, found.must.height) == (0, 2)


@pytest.mark.parametrize(
    ("before", "after", "stale_together", "stale_apart"),
    [
        pytest.param(("X", "X"), ("Y", "Y"), False, False, id="both changed alike"),
        pytest.param(("X", "X"), ("X", "Y"), True, False, id="agreed, differ now"),
        pytest.param(("X", "X"), ("X", None), True, False, id="agreed, one is silent now"),
        pytest.param(("X", "Y"), ("X", "X"), False, True, id="differed, agree now"),
        pytest.param(("X", "Y"), ("X", None), False, True, id="differed, one is silent now"),
        pytest.param(("X", "Y"), ("X", "Z"), True, False, id="differed, differ by another value now"),
        pytest.param(("X", None), ("X", "X"), False, True, id="one was silent, agree now"),
        pytest.param(("X", None), ("X", "Y"), True, False, id="one was silent, differ now"),
        pytest.param(("X", None), ("Z", None), False, False, id="one is silent still"),
    ],
)
def test_a_pair_goes_stale_where_its_records_speak_against_it_more_than_before(
    before, after, stale_together, stale_apart
):
    def night(values):
        return records(*((name, {"court_code": code}) for name, code in zip(("pnc:1", "pnd:2"), values, strict=True)))

    for kind, is_stale in (("same_order", stale_together), ("different_order", stale_apart)):
        found = constraints(rows(decided(kind, night(before), "pnc:1", "pnd:2")), night(after))
        assert (not found.stale.is_empty()) == is_stale


def test_a_record_that_did_not_come_counts_as_it_was():
    ledger = rows(decided("same_order", NIGHT, "pnc:1", "pnd:2"))
    alone = changed("pnc:1", surname_folded="KAHN", sex="F").filter(pl.col("source") != "pnd")
    assert constraints(ledger, alone).stale.get_column("field").to_list() == ["sex"]


def test_a_value_that_changed_is_named_and_records_put_together_are_left_to_the_rules():
    ledger = rows(decided("same_order", NIGHT, "pnc:1", "pnd:2"))
    found = constraints(ledger, changed("pnd:2", date_of_birth=date(1985, 5, 5)))
    expected = (ledger.item(0, "decision_id"), handles(NIGHT)["pnd:2"], "date_of_birth", "1990-01-02", "1985-05-05")
    assert found.stale.rows() == [expected]
    assert found.must.height == 0


def test_records_kept_apart_stay_apart_when_their_values_change():
    ledger = rows(decided("different_person", NIGHT, "pnc:1", "pnd:2"))
    found = constraints(ledger, changed("pnd:2", surname_folded="KHAN"))
    assert (found.stale.get_column("field").to_list(), found.cannot.height) == (["surname"], 2)


def test_a_contradiction_is_reported_and_what_parts_records_binds():
    ledger = rows(
        decided("same_order", NIGHT, "pnc:1", "pnd:2"),
        decided("same_order", NIGHT, "pnd:2", "court:3"),
        decided("different_order", NIGHT, "pnc:1", "court:3"),
        decided("same_order", NIGHT, "court:3", "rocu:f#s#4"),
    )
    first, second, third, fourth = ledger.get_column("decision_id")
    found = constraints(ledger, NIGHT)
    assert found.contradictions.rows() == [("order", third, sorted([first, second]))]
    assert set(found.must.get_column("decision_id")) == {fourth}
    assert found.cannot.get_column("decision_id").to_list() == [third]


def test_all_ways_between_two_records_are_named_and_dead_ends_are_not():
    links = ["ab", "bc", "cd", "be", "ed", "cx", "xy"]
    ledger = rows(*(pair("same_order", *link) for link in links), pair("different_person", "a", "d"))
    ids = ledger.get_column("decision_id").to_list()
    found = find_contradictions(ledger)
    assert found.get_column("about").to_list() == ["order", "person"]
    assert found.get_column("against").to_list() == [sorted(ids[:5])] * 2


def test_two_values_of_one_field_exclude_each_other_and_one_said_twice_does_not():
    ledger = rows(value("A", "sex", "M"), value("A", "sex", "F"), value("B", "sex", "M"), value("B", "sex", " m"))
    first, second, *_ = ledger.get_column("decision_id")
    assert sorted(find_contradictions(ledger).rows()) == sorted(
        [("value", first, [second]), ("value", second, [first])]
    )


HELD = owners(S1__A=["pnc:1", "pnd:2", "court:3"], S1__B=["rocu:f#s#4"])


def test_a_value_stands_for_its_order_and_a_fact_of_the_person_for_all_of_the_persons_orders():
    ledger = rows(
        value_seen(NIGHT, "end_on", "2027-01-01", "pnc:1", "pnd:2", "court:3"),
        value_seen(NIGHT, "surname", "Khan", "pnc:1", "pnd:2", "court:3"),
    )
    found = overrides(ledger, NIGHT, HELD, NONE)
    assert found.values.select("order_id", "field", "value").rows() == [
        ("A", "end_on", "2027-01-01"),
        ("A", "surname", "Khan"),
        ("B", "surname", "Khan"),
    ]


@pytest.mark.parametrize(
    ("night", "held", "stale"),
    [
        pytest.param(changed("pnd:2", surname_folded="KHAN"), HELD, [], id="corrected as decided"),
        pytest.param(NIGHT.filter(pl.col("source") != "court"), HELD, [], id="a source did not come"),
        pytest.param(changed("pnd:2", surname_folded=None), HELD, [], id="a losing value is withdrawn"),
        pytest.param(
            changed("court:3", surname_folded=None), HELD, [("court:3", "khan", None)], id="a witness is withdrawn"
        ),
        pytest.param(
            changed("court:3", surname_folded="KAHN"), HELD, [("court:3", "khan", "kahn")], id="a witness changes sides"
        ),
        pytest.param(
            changed("rocu:f#s#4", surname_folded="COHN"),
            owners(S1__A=[*HELD.get_column("record_id")]),
            [("rocu:f#s#4", None, "cohn")],
            id="a new record says something new",
        ),
        pytest.param(
            NIGHT, owners(S1__A=[*HELD.get_column("record_id")]), [], id="a new record says what was seen already"
        ),
    ],
)  # fmt: skip
def test_a_decided_value_goes_stale_only_by_a_voice_against_it(night, held, stale):
    ledger = rows(value_seen(NIGHT, "surname", "Khan", "pnc:1", "pnd:2", "court:3"))
    found = overrides(ledger, night, held, NONE)
    known = handles(night)
    assert found.stale.select("of", "was", "now").rows() == [(known[name], was, now) for name, was, now in stale]
    assert ("A" in found.values.get_column("order_id")) == (not stale)


def test_a_value_follows_its_order_through_merges_and_is_stale_where_it_was_split_or_is_gone():
    ledger = rows(*(value_seen(NIGHT, "sex", "M", order=order) for order in ("OLD", "SPLIT", "GONE")))
    moves = redirects(("OLD", "MID"), ("MID", "A"), ("SPLIT", "A"), ("SPLIT", "B"))
    found = overrides(ledger, NIGHT, HELD, moves)
    assert found.values.filter(pl.col("order_id") == "A").get_column("decision_id").to_list() == [
        ledger.item(0, "decision_id")
    ]
    assert found.stale.select("of", "was", "now").sort("was").rows() == [
        ("order", "GONE", None),
        ("order", "SPLIT", None),
    ]


def test_two_orders_of_one_person_that_were_given_two_births_bind_neither():
    ledger = rows(value("A", "date_of_birth", "1990-01-02"), value("B", "date_of_birth", "1990-02-01"))
    found = overrides(ledger, NIGHT.with_columns(date_of_birth=None), HELD, NONE)
    assert found.contradictions.get_column("about").to_list() == ["value", "value"]
    assert found.values.is_empty()


def held_by(frame, name, kind="both_right", **more):
    return conflict(kind, "ORD-1", left_handle=handles(frame)[name], release_id="r2026-11-20", **more)


ORDERS = pl.Series(["ORD-1"])


@pytest.mark.parametrize("kind", ["both_right", "accept", "refer", "not_enough"])
def test_a_discrepancy_is_closed_while_its_values_stay(kind):
    ledger = rows(held_by(NIGHT, "pnc:1", kind, observed="2027-01-01"))
    found = closures(ledger, discrepancies({"observed": "2027-01-01 ", "expected": "B"}), NIGHT, ORDERS, NONE)
    assert found.closed.select("discrepancy_id", "kind").rows() == [("d", kind)]
    assert found.stale.is_empty()


def test_a_discrepancy_with_other_values_is_open_again_and_the_value_that_changed_is_named():
    ledger = rows(held_by(NIGHT, "pnc:1"))
    now = discrepancies({"observed": "c", "expected": "b", "first_seen_on": date(2026, 11, 21)})
    found = closures(ledger, now, NIGHT, ORDERS, NONE)
    assert found.closed.is_empty()
    assert found.stale.select("of", "was", "now").rows() == [("observed", "a", "c")]
    assert found.successors.to_list() == now.get_column("discrepancy_id").to_list()


def test_what_a_steward_closed_and_the_source_has_changed_since_hides_no_stale_decision():
    ledger = rows(held_by(NIGHT, "pnc:1"))
    gone = {"observed": "a", "expected": "b", "state": "resolved", "resolved_by": "source"}
    now = discrepancies(gone, {"discrepancy_id": "e", "observed": "c", "first_seen_on": date(2026, 11, 21)})
    assert closures(ledger, now, NIGHT, ORDERS, NONE).successors.to_list() == ["e"]


def test_another_discrepancy_of_the_record_that_was_there_already_makes_nothing_stale():
    ledger = rows(held_by(NIGHT, "pnc:1"))
    now = discrepancies({"observed": "c", "expected": "b", "first_seen_on": date(2026, 11, 20)})
    assert closures(ledger, now, NIGHT, ORDERS, NONE).stale.is_empty()


def test_of_decisions_on_one_discrepancy_of_orders_that_became_one_the_later_holds():
    ledger = rows(*(conflict(kind, order) for kind, order in (("accept", "OLD-1"), ("refer", "OLD-2"))))
    now = discrepancies({"source_key": None, "observed": "a", "expected": "b"})
    found = closures(ledger, now, NIGHT, ORDERS, redirects(("OLD-1", "ORD-1"), ("OLD-2", "ORD-1")))
    assert found.closed.get_column("kind").to_list() == ["refer"]


def test_a_discrepancy_of_another_record_with_the_same_values_stays_open():
    ledger = rows(held_by(NIGHT, "pnc:1"))
    now = discrepancies({"observed": "a", "expected": "b", "source": "pnd", "source_key": "2"})
    assert closures(ledger, now, NIGHT, ORDERS, NONE).closed.is_empty()


def test_an_absence_is_accepted_until_its_day_and_follows_its_order():
    absence = conflict("accept", "OLD", observed=None, expected=None, accepted_until=date(2026, 12, 1))
    now = discrepancies({"source_key": None, "observed": None, "expected": None})
    for night, closed in ((date(2026, 12, 1), 1), (date(2026, 12, 2), 0)):
        standing = in_force(rows(absence), as_of=night)
        assert closures(standing, now, NIGHT, ORDERS, redirects(("OLD", "ORD-1"))).closed.height == closed


def test_the_orders_that_decisions_touch_are_those_of_the_persons_they_speak_of():
    held = owners(S1__A=["pnc:1"], S1__B=["pnd:2"], S2__C=["court:3"], S3__D=["rocu:f#s#4"])
    by_pair = rows(decided("different_order", NIGHT, "pnc:1", "court:3"))
    assert touched_orders(by_pair, NIGHT, held, NONE) == ("A", "B", "C")
    by_value = rows(value("OLD", "sex", "F"))
    assert touched_orders(by_value, NIGHT, held, redirects(("OLD", "D"))) == ("D",)
    assert touched_orders(by_value.clear(), NIGHT, held, NONE) == ()


@pytest.mark.parametrize(
    ("night", "is_stale"),
    [
        pytest.param(NIGHT, False, id="nothing changed"),
        pytest.param(changed("pnd:2", surname_folded="KHAN"), True, id="they come to agree"),
        pytest.param(changed("pnd:2", sex="F"), True, id="they come to differ"),
    ],
)
def test_records_of_which_nobody_could_say_bind_nothing_and_are_asked_again_once_a_value_changes(night, is_stale):
    found = constraints(rows(decided("pair_unclear", NIGHT, "pnc:1", "pnd:2")), night)
    assert (found.must.height, found.cannot.height) == (0, 0)
    assert found.unclear.is_empty() == is_stale
    assert (not found.stale.is_empty()) == is_stale


@pytest.mark.parametrize(
    ("night", "is_stale"),
    [
        pytest.param(NIGHT, False, id="nothing changed"),
        pytest.param(changed("pnd:2", surname_folded="COHN"), True, id="a record gives another value"),
        pytest.param(NIGHT.filter(pl.col("source") != "court"), False, id="a source did not come"),
    ],
)
def test_a_value_of_which_nobody_could_say_is_left_to_the_rules_until_a_record_gives_another(night, is_stale):
    seen = seen_of(NIGHT, "pnc:1", "pnd:2", "court:3", fields=("surname",))
    ledger = rows(Draft(kind="value_unclear", order_id="A", field="surname", seen=seen))
    found = overrides(ledger, night, HELD, NONE)
    assert found.values.is_empty()
    assert found.unclear.rows() == ([] if is_stale else [("A", "surname"), ("B", "surname")])
    assert (not found.stale.is_empty()) == is_stale


def test_who_said_that_an_order_in_doubt_is_in_force_is_held_to_its_day_where_the_order_is_now():
    doubt = conflict("accept", "OLD", rule="DOUBT-END", accepted_until=date(2026, 12, 1))
    other = conflict("accept", "ORD-1", rule="end_differs", accepted_until=date(2027, 1, 1))
    referred = conflict("refer", "ORD-1", rule="DOUBT-END")
    for night, said in ((date(2026, 12, 1), [("ORD-1", date(2026, 12, 1))]), (date(2026, 12, 2), [])):
        standing = in_force(rows(doubt, other, referred), as_of=night)
        found = said_in_force(standing, ORDERS, redirects(("OLD", "ORD-1")))
        assert found.select("order_id", "until").rows() == said
    assert said_in_force(rows(doubt), pl.Series(["ORD-2"]), NONE).is_empty()
