"""What became of a line, situation by situation: the record as it was asked about, and as it is tonight."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_cases import discrepancies, records, redirects

from ledger.decisions.record_values import name_records
from ledger.packs.following import FollowingEvidence, find_places, follow_lines
from ledger.packs.response_figures import NOT_SEEN, sum_up
from warehouse.tables.packs import ASKED_CORRECTIONS, PACK_ANSWERS
from warehouse.tables.register import CORRECTION_LINES, CORRECTION_STATES, ORDER_SOURCES

ASKED_ON, LAST_NIGHT, TONIGHT = date(2026, 11, 1), date(2026, 11, 19), date(2026, 11, 20)
WRONG, RIGHT, OTHER = "2027-01-01", "2026-01-01", "2025-05-05"
CODES = frozenset({"END-DAYS", "END-YEAR", "ABSENT-PNC", "DUPLICATE", "UNREADABLE-END-ON", "STATUS"})
HELD = {"pnc:1": "ORD-1", "pnc:2": "ORD-1", "court:9": "ORD-1", "court:8": "ORD-1"}

END = {"rule_code": "END-DAYS", "field": "end_on", "source": "pnc", "record": "pnc:1"}
COURT = END | {"source": "court", "record": "court:9"}
UNREADABLE = END | {"rule_code": "UNREADABLE-END-ON", "observed": "31/02/2027", "expected": "a date"}
ABSENT = {"rule_code": "ABSENT-PNC", "field": "presence", "source": "pnc", "record": None}
ABSENT |= {"observed": "absent", "expected": "present"}
DUPLICATE = {"rule_code": "DUPLICATE", "field": "duplicate", "source": "pnc", "record": "pnc:2"}
DUPLICATE |= {"observed": "2", "expected": "1"}
OF_THE_ORDER = {"rule_code": "STATUS", "field": "end_on", "source": None, "record": None}
VALUES = {"order_id": "ORD-1", "observed": WRONG, "expected": RIGHT}
NAMED = name_records(records(*((name, {}) for name in HELD)))
HANDLES = dict(NAMED.select("record_id", "handle").iter_rows()) | {None: None}


def asked(line, **values):
    about = VALUES | line | values
    reported = {"owner": "pnc_bureau", "handed_out_on": ASKED_ON, "last_handed_out_on": ASKED_ON, "times_handed_out": 1}
    named = {"reference": f"{about['order_id']}/d", "discrepancy_id": "d", "handle": HANDLES[about.pop("record")]}
    return pl.DataFrame([reported | named | about], schema=ASKED_CORRECTIONS.schema)


def found(line, **values):
    """A discrepancy of tonight."""
    about = VALUES | line | {"state": "open"} | values
    record = about.pop("record")
    return about | {"source_key": record.partition(":")[2] if record else None}


def looked_at(line, observed, **values):
    """What the rule of a line compares tonight."""
    about = VALUES | line | values
    columns = ("order_id", "rule_code", "source", "expected")
    return {name: about[name] for name in columns} | {"record_id": about["record"], "observed": observed}


def follow(lines, *, open_now=(), compared=(), held=HELD, moves=(), former=None, codes=CODES):
    sources = [
        {"record_id": name, "source": name.partition(":")[0], "source_key": name.partition(":")[2], "order_id": order}
        for name, order in held.items()
    ]
    order_sources = pl.DataFrame(sources, schema=ORDER_SOURCES.schema)
    tonight = records(*((name, {}) for name in held))
    schema = dict.fromkeys(("order_id", "rule_code", "source", "record_id", "observed", "expected"), pl.String)
    evidence = FollowingEvidence(
        records=tonight,
        order_sources=order_sources,
        discrepancies=discrepancies(*open_now) if open_now else discrepancies({}).clear(),
        compared=pl.DataFrame(list(compared), schema=schema),
        codes=codes,
    )
    places = find_places(lines, tonight, order_sources, redirects(*moves))
    return follow_lines(places, evidence, former=CORRECTION_LINES.empty() if former is None else former, as_of=TONIGHT)


def state(*arguments, **more):
    return follow(*arguments, **more).item(0, "state")


def without(*names):
    return {name: order for name, order in HELD.items() if name not in names}


@pytest.mark.parametrize(
    ("line", "evidence", "expected"),
    [
        pytest.param(END, {"open_now": [found(END)]}, "unchanged", id="the same is found"),
        pytest.param(END, {"open_now": [found(END, observed=f" {WRONG} ")]}, "unchanged", id="in another form"),
        pytest.param(END, {"open_now": [found(END, rule_code="END-YEAR")]}, "unchanged", id="by another rule"),
        pytest.param(END, {"compared": [looked_at(END, RIGHT)]}, "corrected", id="the value asked for"),
        pytest.param(
            END, {"compared": [looked_at(END, OTHER, expected=OTHER)]}, "corrected", id="another value that is right"
        ),
        pytest.param(
            END,
            {"compared": [looked_at(END, OTHER)], "open_now": [found(END, rule_code="END-YEAR", observed=OTHER)]},
            "changed_otherwise",
            id="another value that is wrong",
        ),
        pytest.param(END, {"compared": [looked_at(END, None)]}, "changed_otherwise", id="the value was taken away"),
        pytest.param(
            END,
            {"compared": [looked_at(END, WRONG, expected=WRONG)]},
            "withdrawn",
            id="the others came to agree with it",
        ),
        pytest.param(
            END,
            {"compared": [looked_at(END, WRONG)], "open_now": [found(END, expected=OTHER)]},
            "withdrawn",
            id="another value would be asked for now",
        ),
        pytest.param(
            END,
            {"open_now": [found(END, state="resolved", resolved_by="steward")], "compared": [looked_at(END, WRONG)]},
            "withdrawn",
            id="a steward closed it",
        ),
        pytest.param(END, {"codes": frozenset()}, "withdrawn", id="the rule is no more"),
        pytest.param(END, {"held": without("pnc:1")}, "gone", id="the record is no longer sent"),
        pytest.param(
            END,
            {"held": HELD | {"pnc:1": "ORD-2"}, "open_now": [found(END, order_id="ORD-2")]},
            "unchanged",
            id="the record moved to another order and is wrong there too",
        ),
        pytest.param(
            END | {"order_id": "ORD-0"},
            {"moves": [("ORD-0", "ORD-1")], "open_now": [found(END)]},
            "unchanged",
            id="the order was merged",
        ),
        pytest.param(COURT, {}, "corrected", id="the court amended the result by another"),
        pytest.param(
            COURT,
            {"open_now": [found(COURT, record="court:8", observed=OTHER)]},
            "changed_otherwise",
            id="the court amended it by another that is wrong",
        ),
        pytest.param(
            ABSENT, {"held": without("pnc:1", "pnc:2"), "open_now": [found(ABSENT)]}, "unchanged", id="absent"
        ),
        pytest.param(ABSENT, {}, "corrected", id="what was absent has come"),
        pytest.param(ABSENT, {"held": without("pnc:1", "pnc:2")}, "withdrawn", id="it is no longer expected there"),
        pytest.param(ABSENT, {"held": {"pnc:1": "ORD-2"}}, "withdrawn", id="the order is no more"),
        pytest.param(DUPLICATE, {"open_now": [found(DUPLICATE)]}, "unchanged", id="held twice"),
        pytest.param(DUPLICATE, {"held": without("pnc:2")}, "corrected", id="the second record was taken away"),
        pytest.param(DUPLICATE, {"held": without("pnc:1")}, "corrected", id="the first record was taken away"),
        pytest.param(DUPLICATE, {"held": HELD | {"pnc:2": "ORD-2"}}, "withdrawn", id="the two were kept apart"),
        pytest.param(UNREADABLE, {}, "corrected", id="what could not be read can be"),
        pytest.param(
            UNREADABLE,
            {"open_now": [found(END, observed=OTHER)]},
            "changed_otherwise",
            id="it can be read and is wrong",
        ),
        pytest.param(
            UNREADABLE,
            {"compared": [looked_at(UNREADABLE, "32/02/2027")], "open_now": [found(UNREADABLE, observed="32/02/2027")]},
            "changed_otherwise",
            id="another value that can't be read",
        ),
        pytest.param(
            OF_THE_ORDER, {"compared": [looked_at(OF_THE_ORDER, RIGHT)]}, "corrected", id="the order itself is right"
        ),
        pytest.param(
            OF_THE_ORDER, {"compared": [looked_at(OF_THE_ORDER, WRONG)]}, "withdrawn", id="the law no longer objects"
        ),
    ],
)
def test_the_state_of_a_line(line, evidence, expected):
    assert state(asked(line), **evidence) == expected


def test_a_line_corrected_and_wrong_again_has_rebounded_and_keeps_the_night_of_its_correction():
    corrected = follow(asked(END), compared=[looked_at(END, RIGHT)]).with_columns(
        state_since=pl.lit(LAST_NIGHT), first_corrected_on=pl.lit(LAST_NIGHT)
    )
    back = follow(asked(END), open_now=[found(END)], former=corrected)
    assert back.select("state", "state_since", "first_corrected_on").row(0) == ("rebounded", TONIGHT, LAST_NIGHT)
    still = follow(asked(END), open_now=[found(END)], former=back.with_columns(state_since=pl.lit(LAST_NIGHT)))
    assert still.select("state", "state_since").row(0) == ("rebounded", LAST_NIGHT)
    again = follow(asked(END), compared=[looked_at(END, RIGHT)], former=back)
    assert again.select("state", "state_since", "first_corrected_on").row(0) == ("corrected", TONIGHT, LAST_NIGHT)


def test_a_line_that_stays_as_it_is_keeps_the_night_it_came_to_be_so():
    former = follow(asked(END), open_now=[found(END)]).with_columns(state_since=pl.lit(LAST_NIGHT))
    assert follow(asked(END), open_now=[found(END)], former=former).equals(former)


def test_a_line_is_reported_under_the_order_it_belongs_to_now():
    moved = follow(asked(END, order_id="ORD-0"), moves=[("ORD-0", "ORD-1")])
    lost = follow(asked(ABSENT, order_id="ORD-5"))
    assert moved.select("reference", "order_id").row(0) == ("ORD-0/d", "ORD-1")
    assert lost.select("order_id", "state").row(0) == (None, "withdrawn")


SITUATIONS = (
    found(END), found(END, observed=OTHER), found(END, state="resolved", resolved_by="steward"), found(DUPLICATE),
    found(ABSENT), found(COURT, record="court:8"), found(UNREADABLE),
)  # fmt: skip
LOOKS = tuple(
    looked_at(line, value) for line in (END, UNREADABLE, OF_THE_ORDER) for value in (WRONG, RIGHT, OTHER, None)
)
LINES = (END, COURT, UNREADABLE, ABSENT, DUPLICATE, OF_THE_ORDER)


@given(
    open_now=st.lists(st.sampled_from(SITUATIONS), max_size=5),
    compared=st.lists(st.sampled_from(LOOKS), max_size=6),
    names=st.sets(st.sampled_from(sorted(HELD)), min_size=1),
    order=st.randoms(use_true_random=False),
)
def test_every_line_has_one_state_whatever_is_found_and_in_any_order_of_rows(open_now, compared, names, order):
    lines = pl.concat([asked(line).with_columns(reference=pl.lit(f"line {place}")) for place, line in enumerate(LINES)])
    held = {name: HELD[name] for name in sorted(names)}
    reported = follow(lines, open_now=open_now, compared=compared, held=held)
    order.shuffle(open_now)
    order.shuffle(compared)
    assert reported.equals(follow(lines.reverse(), open_now=open_now, compared=compared, held=held))
    assert reported.get_column("reference").to_list() == [f"line {place}" for place in range(len(LINES))]
    assert set(reported.get_column("state")) <= set(CORRECTION_STATES)


def test_an_owner_is_summed_up_by_states_and_by_half_of_the_corrected_ones():
    lines = pl.concat(
        [asked(END).with_columns(reference=pl.lit(name), owner=pl.lit(owner)) for name, owner in NAMES_AND_OWNERS]
    )
    states = follow(lines, compared=[looked_at(END, RIGHT)]).filter(pl.col("reference") != "d")
    days = pl.Series([date(2026, 11, 3), date(2026, 11, 11), date(2026, 10, 1)])
    reported = sum_up(lines, states.with_columns(first_corrected_on=days), PACK_ANSWERS.empty())
    assert reported.select("owner", "lines", "corrected", NOT_SEEN, "days to correct").rows() == [
        ("force:01", 1, 0, 1, None),
        ("pnc_bureau", 3, 3, 0, 2.0),
    ]


NAMES_AND_OWNERS = (("a", "pnc_bureau"), ("b", "pnc_bureau"), ("c", "pnc_bureau"), ("d", "force:01"))
