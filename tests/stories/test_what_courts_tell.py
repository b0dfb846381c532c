"""What a court's later result makes of an order, over three nights: the order takes it, and no second one is born.

On the first night all sources hold the orders. On the second the court tells something; on the third it says so again.
"""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from nights import nightly
from told_orders import Case, Held, Told, write_told

from review.item.merged_order import foresee_merged

pytestmark = pytest.mark.long

MADE, END, HEARD = date(2024, 3, 4), date(2029, 3, 3), date(2026, 11, 19)
FIRST = HEARD - timedelta(days=1)
NIGHTS = (FIRST, HEARD, HEARD + timedelta(days=1))
OTHER_CASE = "13AB9999926"
TERM = {"order_start": str(MADE), "order_end": str(END)}
STRO = Told("slavery and trafficking risk order made for 5 years", MADE, fields=TERM)
INTERIM = Told("Interim slavery and trafficking risk order made until the determination of the main application", MADE)
NEW, ITS_END = date(2026, 10, 5), date(2027, 3, 4)
STILL_INTERIM = Told("Interim slavery and trafficking risk order made", NEW, fields={"order_end": str(ITS_END)})
POLICE = (Held("STRO", MADE, END),)
LATER = date(2025, 6, 2)
TWO = (STRO, Told("slavery and trafficking prevention order made for 5 years", LATER, of=1, fields={
    "order_start": str(LATER), "order_end": "2030-06-01"}))  # fmt: skip

# By words: what the order of 4 March 2024 is after, whether in doubt, and how many orders the person has.
ONE_ORDER = {
    "order of 4 March 2024 discharged": ("discharged", False),
    "STRO discharged on application": ("discharged", True),
    "order revoked": ("discharged", True),
    "quashed on appeal": ("discharged", True),
    "Slavery and trafficking risk order (made 04/03/2024) set aside": ("discharged", False),
    "Court revokes the STRO made on 4 March 2024": ("discharged", False),
    "STRO of 4 March 2024 discharged with effect from 1 December 2027": ("live", False),
    "STRO discharged?": ("live", True),
    "STRO lapsed": ("live", True),
    "Appeal against STRO allowed": ("live", True),
    "Discharge of STRO refused": ("live", False),
    "Application to discharge order of 4 March 2024 dismissed": ("live", False),
    "Appeal against STRO dismissed": ("live", False),
    "STRO varied, condition 3 removed": ("live", False),
    "STRO extended to 4 March 2031": ("live", False),
    "Order to continue": ("live", False),
    "STRO: application to discharge - granted": ("discharged", True),
    "STRO stayed pending appeal": ("live", True),
    "Correction: STRO end date should read 3 March 2030": ("live", False),
    "Appeal allowed, remitted to magistrates": ("live", True),
    "Application for STRO refused": ("live", False),
}
NOT_FOUND = {
    "Interim STRO discharged": ("discharged", "live"),
    "STPO varied": ("not_known", "live"),
    "STRO of 9 May 2022 discharged": ("discharged", "live"),
    "STPO of 9 May 2022: application to discharge refused": ("not_known", "live"),
}


def cases(night: date) -> list[Case]:
    """The people of a night: bystanders, so that no gate holds it, and one for each wording."""
    told = night > FIRST
    by_words = [
        Case(number, (STRO, *_told(words, told)), POLICE, POLICE)
        for number, words in enumerate((*ONE_ORDER, *NOT_FOUND))
    ]
    refused = (Told("Application for slavery and trafficking risk order refused", HEARD),) if told else ()
    mistaken = (Held("STRO", HEARD, date(2029, 11, 18)),) if told else ()
    interim_over = (INTERIM, *_told("Full order refused; interim order discharged", told))
    return [
        *by_words,
        Case(60, refused, mistaken),
        Case(61, refused, (), mistaken),
        Case(62, refused, mistaken, mistaken),
        Case(63, refused),
        Case(64, interim_over, (Held("ISTRO", MADE),)),
        Case(69, (INTERIM, *_told("Application for STRO refused", told, case=INTERIM.case)), (Held("ISTRO", MADE),)),
        Case(70, (INTERIM, *_told("Application for STRO refused", told)), (Held("ISTRO", MADE),)),
        Case(
            71,
            (STILL_INTERIM, *_told("Application for STRO withdrawn", told, case=INTERIM.case)),
            (Held("ISTRO", NEW, ITS_END),),
            (Held("ISTRO", NEW, ITS_END),),
        ),
        Case(67, refused, mistaken if night < NIGHTS[-1] else ()),
        Case(68, (*((STRO,) if night < NIGHTS[-1] else ()), *_told("Discharge of STRO refused", told))),
        Case(66, (STRO, *_told("STPO made for 5 years; STRO discharged", told)), POLICE, POLICE),
        Case(65, (*TWO, *_told("STRO discharged by consent", told, of=2))),
    ]


def _told(words: str, is_told: bool, *, of: int = 1, case: str = OTHER_CASE) -> tuple[Told, ...]:
    return (Told(words, HEARD, of=of, case=case),) if is_told else ()


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("told")
    for night in NIGHTS:
        write_told(folder / str(night), night, cases(night))
        nightly(folder / "home", folder / str(night), night, accepted={"people_unbound": "the story is of discharges"})
    return folder / "home"


def read(home: Path, table: str, night: date = NIGHTS[-1]) -> pl.DataFrame:
    return pl.read_parquet(home / "releases" / f"r{night}" / f"{table}.parquet")


def orders_of(home: Path, number: int, night: date = NIGHTS[-1]) -> pl.DataFrame:
    """The orders of a person, the first made first and those of no known day last."""
    forename, surname = Case(number).name
    orders = read(home, "orders", night).filter(forenames=forename, surname=surname)
    return orders.sort("made_on", "order_id", nulls_last=True)


def rules_of(home: Path, order_id: str) -> set[str]:
    active = read(home, "discrepancies").filter(pl.col("state") != "resolved", order_id=order_id)
    return set(active.get_column("rule_code"))


@pytest.mark.parametrize(("number", "words"), list(enumerate(ONE_ORDER)))
@pytest.mark.parametrize("night", NIGHTS[1:])
def test_the_order_takes_what_the_court_tells_and_no_second_one_is_born(home, night, number, words):
    orders = orders_of(home, number, night)
    assert orders.select("legal_status", "is_in_force_doubtful").rows() == [ONE_ORDER[words]]
    assert orders.item(0, "order_id") == orders_of(home, number, FIRST).item(0, "order_id")
    assert orders.item(0, "made_on") == MADE


def test_a_discharge_has_the_day_of_the_hearing(home):
    ended = orders_of(home, 0).select("ceased_on", "ceased_certainty", "ended_after", "binds_until")
    assert ended.rows() == [(HEARD, "day", HEARD - timedelta(days=1), HEARD - timedelta(days=1))]


def test_an_end_that_the_court_moved_later_leaves_the_order_bound_until_then(home):
    extended = list(ONE_ORDER).index("STRO extended to 4 March 2031")
    assert orders_of(home, extended).item(0, "binds_until") >= date(2031, 3, 4)


def test_what_the_court_tells_is_seen_beside_the_order(home):
    order_id = orders_of(home, 1).item(0, "order_id")
    held = read(home, "order_sources").filter(order_id=order_id).get_column("source").sort().to_list()
    assert held == ["court", "court", "pnc", "pnd"]
    assert "DUPLICATE" not in rules_of(home, order_id)
    assert "DOUBT-DISCHARGE" in rules_of(home, order_id)


@pytest.mark.parametrize(("number", "words"), list(enumerate(NOT_FOUND, start=len(ONE_ORDER))))
def test_what_is_told_of_no_order_that_can_be_found_is_queued_and_changes_none(home, number, words):
    orders = orders_of(home, number)
    alone = orders.filter(pl.col("record_count") == 1)
    expected, kept = NOT_FOUND[words]
    assert alone.get_column("legal_status").to_list() == [expected]
    assert orders.filter(pl.col("record_count") > 1).select("legal_status", "is_in_force_doubtful").rows() == [
        (kept, False)
    ]
    order_id = alone.item(0, "order_id")
    assert "DOUBT-NOT-HELD" in rules_of(home, order_id)
    assert not rules_of(home, order_id) & {"ABSENT-PNC", "ABSENT-PND", "ABSENT-COURT"}
    assert order_id in set(read(home, "review_queue").get_column("order_id"))


def test_a_steward_who_would_put_a_discharge_to_an_order_sees_that_it_ends_the_order_or_puts_it_in_doubt(home):
    def foreseen(words):
        orders = orders_of(home, len(ONE_ORDER) + list(NOT_FOUND).index(words))
        both = orders.sort("record_count").get_column("order_id").to_list()
        merged = foresee_merged(both, lambda name: read(home, name), as_of=NIGHTS[-1])
        return next((value.now[1], value.then) for value in merged if value.field == "Status")

    assert foreseen("STRO of 9 May 2022 discharged") == ("Live", "Discharged")
    assert foreseen("Interim STRO discharged") == ("Live", "Discharged, in doubt: counts as in force")


@pytest.mark.parametrize(("number", "holders"), [(60, {"pnc"}), (61, {"pnd"}), (62, {"pnc", "pnd"})])
def test_the_police_are_asked_of_an_order_that_the_court_refused_and_it_stays_in_doubt(home, number, holders):
    orders = orders_of(home, number)
    assert orders.select("legal_status", "is_in_force_doubtful").rows() == [("live", True)]
    asked = read(home, "discrepancies").filter(order_id=orders.item(0, "order_id"))
    assert set(asked.filter(rule_code="DOUBT-REFUSED").get_column("source")) == holders
    assert not asked.filter(pl.col("rule_code").str.starts_with("ABSENT-COURT")).height
    assert "DOUBT-STATUS" not in rules_of(home, orders.item(0, "order_id"))
    queued = read(home, "review_queue").filter(order_id=orders.item(0, "order_id"), kind="doubt")
    assert queued.select("stream", "uncertainty").rows() == [("settle", 1.0)]


def test_a_refusal_of_which_nobody_holds_an_order_is_put_aside_and_makes_none(home):
    assert orders_of(home, 63).is_empty()
    deliveries = read(home, "deliveries").filter(source="court")
    assert deliveries.select("rows_quarantined", "rows_set_aside").sum().row(0) == (9, 9)


def test_the_interim_order_that_was_discharged_when_the_full_one_was_refused(home):
    orders = orders_of(home, 64)
    assert orders.select("is_interim", "legal_status").rows() == [(True, "discharged")]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(69, ("determined", False, HEARD), id="of the same case"),
        pytest.param(70, ("uncertain", True, None), id="of another case"),
    ],
)
def test_the_interim_order_ends_when_the_full_one_of_its_case_is_refused(home, number, expected):
    orders = orders_of(home, number)
    assert orders.select("legal_status", "is_in_force_doubtful", "ended_by").rows() == [expected]


def test_the_court_is_asked_of_an_interim_order_whose_application_was_withdrawn_and_it_stays_in_force(home):
    order = orders_of(home, 71)
    assert order.select("legal_status", "is_in_force_doubtful", "binds_until").rows() == [("live", True, ITS_END)]
    questions = read(home, "discrepancies").join(order, on="order_id", how="semi").filter(severity="high")
    assert set(questions.get_column("rule_code")) == {"DOUBT-STATUS"}


def test_of_two_orders_the_one_of_the_type_is_discharged(home):
    orders = orders_of(home, 65)
    assert orders.select("order_type", "legal_status").rows() == [("STRO", "discharged"), ("STPO", "live")]


@pytest.mark.parametrize("number", [67, 68])
def test_an_order_that_all_have_dropped_but_of_which_the_court_still_says_something_stays_in_doubt(home, number):
    before, orders = orders_of(home, number, HEARD), orders_of(home, number)
    assert orders.select("legal_status", "is_in_force_doubtful").rows() == [("live", True)]
    assert orders.select("order_id", "made_on", "end_on").equals(before.select("order_id", "made_on", "end_on"))
    assert rules_of(home, orders.item(0, "order_id")) == {"DOUBT-DROPPED"}


def test_the_order_that_was_discharged_as_another_was_made_is_in_doubt(home):
    orders = orders_of(home, 66)
    assert orders.select("order_type", "legal_status", "is_in_force_doubtful").rows() == [
        ("STRO", "live", True),
        ("STPO", "live", False),
    ]
