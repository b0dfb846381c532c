import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl
import pytest

from expectations.gx import Validator, judge, warm_up
from expectations.screen import screen
from expectations.suites import Expectation, suite_for
from warehouse.schema import Column, Table
from warehouse.tables.core import CORE_ALIASES
from warehouse.tables.register import EXPECTATION_RESULTS, ORDERS

CASES = Table(
    "cases",
    "a case",
    (
        Column("case_id", "The case.", required=True),
        Column("kind", "Its kind.", codes=("a", "b")),
        Column("mark", "Its mark.", pattern=r"^\d{3}$"),
        Column("score", "Its score.", pl.Float64, minimum=0, maximum=1),
        Column("count", "Its count.", pl.Int64, minimum=1),
        Column("seen_on", "Its day.", pl.Date, minimum="2015-07-31"),
        Column("is_known", "Known.", pl.Boolean, required=True),
        Column("sources", "Its sources.", pl.List(pl.String), required=True),
        Column("note", "Nothing is expected of it."),
    ),
    key=("case_id",),
)
GOOD = {
    "kind": "a",
    "mark": "123",
    "score": 0.5,
    "count": 1,
    "seen_on": date(2020, 1, 1),
    "is_known": True,
    "sources": ["pnc"],
    "note": "SECRET",
}


def validate(table, frame, suite):
    return judge(table, screen(table, frame, suite), suite)


def cases(*rows: Mapping[str, object]) -> pl.DataFrame:
    """Rows that are good but for what is given; their ids count from c00."""
    numbered = [{"case_id": f"c{number:02d}", **GOOD, **row} for number, row in enumerate(rows)]
    return pl.DataFrame(numbered, schema=CASES.schema)


def unmet(results: pl.DataFrame) -> list[tuple[str, str, int, list[str]]]:
    return results.filter(~pl.col("is_met")).select("expectation", "subject", "unexpected", "keys").rows()


def test_a_table_without_faults_meets_its_suite() -> None:
    suite = suite_for(CASES)
    results = validate(CASES, cases({}, {}, {"kind": None, "mark": None, "score": None, "count": None}), suite)

    assert results.schema == EXPECTATION_RESULTS.schema
    assert results.get_column("subject").to_list() == [item.subject for item in suite]
    assert results.get_column("is_met").all()
    assert results.filter(pl.col("subject") == "kind").get_column("evaluated").to_list() == [2]


def test_an_empty_table_meets_all_but_a_row_count() -> None:
    assert validate(CASES, CASES.empty(), suite_for(CASES)).get_column("is_met").all()
    assert unmet(validate(ORDERS, ORDERS.empty(), suite_for(ORDERS))) == [
        ("expect_table_row_count_to_be_between", "rows", 0, [])
    ]


@pytest.mark.parametrize(
    ("fault", "kind", "subject"),
    [
        pytest.param({"kind": "SECRET"}, "be_in_set", "kind", id="a code not in the list"),
        pytest.param({"mark": "SECRET"}, "match_regex", "mark", id="a value of another form"),
        pytest.param({"score": 1.5}, "be_between", "score", id="a number above its range"),
        pytest.param({"count": 0}, "be_between", "count", id="a whole number below its range"),
        pytest.param({"seen_on": date(2015, 7, 30)}, "be_between", "seen_on", id="a day before its range"),
        pytest.param({"is_known": None}, "not_be_null", "is_known", id="a required truth value"),
        pytest.param({"sources": None}, "not_be_null", "sources", id="a required list"),
    ],
)
def test_a_fault_is_counted_and_named_by_its_key_alone(fault: dict[str, object], kind: str, subject: str) -> None:
    results = validate(CASES, cases({}, fault, {}), suite_for(CASES))

    assert unmet(results) == [(f"expect_column_values_to_{kind}", subject, 1, ["c01"])]
    assert "SECRET" not in results.write_json()


ODD_VALUES = {
    "case_id": ["c00", None, "", "c00 "],
    "kind": [None, "", "a ", "A", "ab"],
    "mark": [None, "", "123\n", "\n123", "١٢٣", "1234", "12"],
    "score": [None, float("nan"), float("inf"), -0.0, 1.0, -1e-9, 1.0000001],
    "count": [None, 0, 1, -(2**63)],
    "seen_on": [None, date(2015, 7, 31), date(2015, 7, 30), date(1, 1, 1), date(9999, 12, 31)],
    "is_known": [None, False],
    "sources": [None, [], [None]],
}


@pytest.mark.parametrize("columns", [list(ODD_VALUES), *([name] for name in ODD_VALUES)], ids=", ".join)
def test_rows_that_pass_the_screen_would_meet_their_expectations(columns: list[str]) -> None:
    frame = cases({}, *({column: value} for column in columns for value in ODD_VALUES[column]))
    suite = suite_for(CASES)
    screened = screen(CASES, frame, suite)
    unscreened = replace(screened, doubtful=tuple(range(len(suite))), rows=frame.sort("case_id"))

    assert judge(CASES, screened, suite).equals(judge(CASES, unscreened, suite))


def test_repeated_keys_are_structural() -> None:
    frame = cases({}, {"case_id": "same"}, {"case_id": "same"})
    results = validate(CASES, frame, suite_for(CASES)).filter(~pl.col("is_met"))

    assert results.select("subject", "severity", "unexpected", "keys").rows() == [
        ("case_id", "structural", 2, ["same", "same"])
    ]


def test_keys_of_several_columns_are_compared_as_a_whole() -> None:
    table = Table("parts", "a part", (Column("left", "."), Column("right", ".")), key=("left", "right"))
    frame = pl.DataFrame({"left": ["a", "a b", "a", "x"], "right": ["b c", "c", "b c", None]})

    assert unmet(validate(table, frame, suite_for(table))) == [
        ("expect_column_values_to_be_unique", "left, right", 2, ["a b c", "a b c"])
    ]


def test_at_most_20_keys_are_shown_and_they_do_not_depend_on_the_order_of_rows() -> None:
    frame = cases(*({"kind": "other"} for _ in range(50)))
    results = [
        validate(CASES, rows, suite_for(CASES)) for rows in (frame, frame.reverse(), frame[25:].extend(frame[:25]))
    ]

    assert results[0].equals(results[1])
    assert results[0].equals(results[2])
    assert unmet(results[0]) == [("expect_column_values_to_be_in_set", "kind", 50, [f"c{n:02d}" for n in range(20)])]


def test_names_in_a_key_are_not_shown() -> None:
    row = {"record_id": "pnc:1", "surname_folded": "SECRET", "forenames_folded": "HIDDEN"}
    frame = pl.DataFrame([row, row], schema=CORE_ALIASES.schema)
    results = validate(CORE_ALIASES, frame, suite_for(CORE_ALIASES))

    assert unmet(results) == [
        (
            "expect_column_values_to_be_unique",
            "record_id, surname_folded, forenames_folded",
            2,
            ["pnc:1", "pnc:1"],
        )
    ]


def test_a_missing_column_is_reported_for_the_table_and_for_all_that_read_it() -> None:
    results = validate(CASES, cases({}).drop("kind", "is_known"), suite_for(CASES)).filter(~pl.col("is_met"))

    assert results.select("expectation", "subject", "severity", "evaluated").rows() == [
        ("expect_table_columns_to_match_set", "all columns", "structural", 1),
        ("expect_column_values_to_be_in_set", "kind", "structural", 0),
        ("expect_column_values_to_not_be_null", "is_known", "structural", 0),
    ]


def test_a_rule_that_cannot_be_worked_out_is_structural_and_named() -> None:
    rule = Expectation(
        "expect_column_values_to_be_in_set",
        {"column": "counted", "value_set": [1]},
        "warning",
        "counted",
        "The count is larger than the kind.",
        holds=pl.col("count").dt.year() > 2000,
    )

    results = validate(CASES, cases({}), (rule,))

    assert results.select("subject", "severity", "is_met").rows() == [("counted", "structural", False)]


def test_a_rule_over_columns_counts_only_the_rows_it_applies_to() -> None:
    order = {"order_id": "o1", "is_interim": False, "is_until_further_order": False, "sources": ["pnc"]}
    frame = pl.DataFrame(
        [order, order | {"order_id": "o2", "is_until_further_order": True, "end_on": date(2030, 1, 1)}],
        schema=ORDERS.schema,
    )

    rows = validate(ORDERS, frame, suite_for(ORDERS)).filter(pl.col("subject") == "until further order has no end")

    assert rows.select("severity", "is_met", "evaluated", "unexpected", "keys").row(0) == (
        "warning",
        False,
        1,
        1,
        ["o2"],
    )


@pytest.mark.long
def test_many_failures_in_many_rows_stay_quick() -> None:
    count = 300_000
    frame = (
        cases({})
        .select(pl.all().repeat_by(count).explode())
        .with_columns(case_id=pl.format("c{}", pl.int_range(count)), kind=pl.lit("wrong"), mark=pl.lit("wrong"))
    )
    frame = frame.with_columns(sources=pl.lit(["pnc"]))
    warm_up()

    begun = time.process_time()
    results = validate(CASES, frame, suite_for(CASES))

    assert [row[2] for row in unmet(results)] == [count, count]
    assert time.process_time() - begun < 10


@pytest.fixture(scope="module")
def validator() -> Iterator[Validator]:
    with Validator() as validator:
        yield validator


@pytest.mark.long
def test_the_worker_gives_the_same_results(validator: Validator) -> None:
    for frame in (cases({}, {"kind": "other"}), cases({})):
        assert (
            validator.submit(CASES, frame, suite_for(CASES)).result().equals(validate(CASES, frame, suite_for(CASES)))
        )


@pytest.mark.long
def test_an_error_in_the_worker_reaches_the_caller_and_the_worker_lives_on(validator: Validator) -> None:
    unknown = Expectation("expect_no_such_thing", {"column": "kind"}, "warning", "kind", "Nobody knows it.")
    with pytest.raises(Exception, match="expect_no_such_thing"):
        validator.submit(CASES, cases({}), (unknown,)).result()

    assert validator.submit(CASES, cases({"kind": "c"}), suite_for(CASES)).result().height == len(suite_for(CASES))


def validate_and_close() -> None:
    Validator.shared().submit(CASES, cases({"kind": "c"}), suite_for(CASES)).result()
    Validator.close_shared()


@pytest.mark.long
def test_a_process_that_closes_the_shared_validator_ends_and_leaves_no_worker_behind() -> None:
    """As Dagster starts its runs: such a process waits for its children before it ends."""
    process = get_context("spawn").Process(target=validate_and_close)
    process.start()
    process.join(timeout=90)
    is_over = not process.is_alive()
    process.kill()
    assert is_over
    assert process.exitcode == 0


def start_and_wait(said: Connection) -> None:
    validator = Validator()
    said.send(list(validator._pool._processes))
    time.sleep(60)


@pytest.mark.long
def test_the_worker_ends_with_a_process_that_is_killed() -> None:
    here, there = Pipe()
    process = get_context("spawn").Process(target=start_and_wait, args=(there,))
    process.start()
    (worker,) = here.recv()
    process.kill()
    process.join()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{worker}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{worker}").exists()
