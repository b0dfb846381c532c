"""What offices send in words, dates and names, with the right reading: the tables beside this module are read as
a specification. A new variant is a new line.
"""

import csv
import tomllib
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.parsing.condition_cells import split_conditions
from assets.parsing.courts import resolve_courts
from assets.parsing.dates import read_birth
from assets.parsing.forces import resolve_forces
from assets.parsing.orders import read_orders
from assets.parsing.outcomes import read_outcome
from assets.parsing.statuses import read_status
from assets.parsing.terms import is_until_further_order, read_term
from assets.parsing.unmade_rows import read_status_outcome

HERE = Path(__file__).parent
CONDITIONS = tomllib.loads((HERE / "conditions.toml").read_text(encoding="utf-8"))
FIRST = "Not to enter any railway station unless with a pre-booked ticket in own name"
SECOND = "Must not act as employer or agent of labour"
BIRTHS = partial(read_birth, this_year=2023)
ANSWERS = {"yes": True, "no": False, "true": True, "false": False, "": None}


@cache
def rows(table: str) -> list[dict[str, str]]:
    with (HERE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(table: str) -> list:
    return [pytest.param(line, id=line.get("words") or line["text"]) for line in rows(table)]


@cache
def readings(table: str, reader: Callable[[pl.Expr], pl.Expr]) -> dict[str, Any]:
    """What a reader makes of all texts of a table, read at once as a night reads them: by text."""
    texts = pl.Series("text", [line.get("words") or line["text"] for line in rows(table)], dtype=pl.String)
    return dict(zip(texts, texts.to_frame().select(reader(pl.col("text"))).to_series().to_list(), strict=True))


@cache
def orders() -> dict[str, dict[str, Any]]:
    found = read_orders(pl.Series([line["words"] for line in rows("results")]))
    return {row["text"]: row for row in found.to_dicts()}


@pytest.mark.parametrize("line", lines("results"))
def test_words_say_whether_an_order_was_made_and_which(line):
    reported = readings("results", read_outcome)[line["words"]]
    order = orders()[line["words"]]
    reading = "order in doubt" if reported["is_in_doubt"] else "discharged" if reported["is_discharge"] else "order"
    assert (reported["outcome"] or reading) == line["reading"]
    day = str(reported["order_day"]) if reported["order_day"] else ""
    assert (reported["event"] or "", day) == (line["event"], line["order_day"])
    if reported["outcome"] is None:
        assert (order["order_type"] or "") == line["order_type"]
        assert order["is_interim"] == ANSWERS[line["is_interim"]]


@pytest.mark.parametrize("line", lines("refusals"))
def test_words_that_refuse_a_full_order_for_good(line):
    assert readings("refusals", read_outcome)[line["words"]]["ends_another"] is ANSWERS[line["is_for_good"]]


@pytest.mark.parametrize("line", lines("statuses"))
def test_words_of_a_status(line):
    assert (readings("statuses", read_status_outcome)[line["words"]] or "") == line["put_aside"]
    assert (readings("statuses", read_status)[line["words"]] or "") == line["status"]


@pytest.mark.parametrize("line", lines("births"))
def test_a_date_of_birth_says_what_it_holds(line):
    birth = readings("births", BIRTHS)[line["text"]]
    assert birth["date_of_birth"] == (date.fromisoformat(line["date"]) if line["date"] else None)
    assert [birth["birth_year"], birth["birth_month"]] == [
        int(line[part]) if line[part] else None for part in ("year", "month")
    ]
    assert (birth["birth_reason"] or "") == line["reason"]


@pytest.mark.parametrize("line", lines("lengths"))
def test_a_length_in_months(line):
    assert readings("lengths", read_term)[line["text"]] == (int(line["months"]) if line["months"] else None)


@pytest.mark.parametrize("line", lines("ends"))
def test_an_end_that_stands_for_none(line):
    assert readings("ends", is_until_further_order)[line["text"]] is ANSWERS[line["has_no_end"]]


@cache
def places(kind: str) -> dict[str, dict[str, Any]]:
    texts = pl.DataFrame({f"{kind}_as_written": [line["text"] for line in rows("places") if line["kind"] == kind]})
    kinds = {"order_type": pl.lit(None, pl.String), "is_interim": pl.lit(None, pl.Boolean)}
    found = resolve_courts(texts.with_columns(**kinds)) if kind == "court" else resolve_forces(texts.to_series())
    return {row[f"{kind}_as_written"]: row for row in found.to_dicts()}


@pytest.mark.parametrize("line", lines("places"))
def test_a_court_or_a_force(line):
    kind = line["kind"]
    found = places(kind)[line["text"]]
    code, is_ambiguous = found[f"{kind}_code"], found[f"is_{kind}_ambiguous"]
    assert (code or "", is_ambiguous) == (line["code"], ANSWERS[line["is_ambiguous"]])


def split(text: str) -> list[str]:
    return split_conditions(pl.DataFrame({"text": [text]})).get_column("text").to_list()


@pytest.mark.parametrize("form", [pytest.param(form, id=repr(form)) for form in CONDITIONS["parted"]])
def test_two_conditions_in_one_cell_are_parted(form):
    assert split(form.format(FIRST, SECOND)) == [FIRST, SECOND]


@pytest.mark.parametrize("between", [" / ", "; ", " | ", "\n", " // ", " • "])
@pytest.mark.parametrize("last", ["with I.G.", "within 5 m. of Mill Rd.", "with A."])
def test_an_initial_or_an_abbreviation_before_a_separator_does_not_join_two_conditions(last, between):
    parted = split(f"{FIRST} {last}{between}{SECOND}")
    assert [condition.rstrip(".") for condition in parted] == [f"{FIRST} {last}".rstrip("."), SECOND]


@pytest.mark.parametrize("text", CONDITIONS["whole"])
def test_one_condition_stays_whole(text):
    assert split(text) == [text.replace("\n", " ")]
