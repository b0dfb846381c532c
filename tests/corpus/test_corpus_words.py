"""What offices send in words, dates and names, with the right reading: the tables beside this module are read as
a specification. A new variant is a new line.
"""

import csv
import tomllib
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.parsing.condition_cells import split_conditions
from assets.parsing.courts import resolve_courts
from assets.parsing.dates import read_birth
from assets.parsing.forces import resolve_forces
from assets.parsing.orders import read_orders
from assets.parsing.outcomes import read_outcome, read_status_outcome
from assets.parsing.statuses import read_status
from assets.parsing.terms import is_until_further_order, read_term

HERE = Path(__file__).parent
CONDITIONS = tomllib.loads((HERE / "conditions.toml").read_text(encoding="utf-8"))
FIRST = "Not to enter any railway station unless with a pre-booked ticket in own name"
SECOND = "Must not act as employer or agent of labour"
ANSWERS = {"yes": True, "no": False, "true": True, "false": False, "": None}


def lines(name: str) -> list:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [pytest.param(line, id=line.get("words") or line["text"]) for line in csv.DictReader(file)]


def read(text: str, reader) -> object:
    return pl.select(reader(pl.lit(text))).item()


@pytest.mark.parametrize("line", lines("results"))
def test_words_say_whether_an_order_was_made_and_which(line):
    reported = read(line["words"], read_outcome)
    order = read_orders(pl.Series([line["words"]])).row(0, named=True)
    reading = "order in doubt" if reported["is_in_doubt"] else "discharged" if reported["is_discharge"] else "order"
    assert (reported["outcome"] or reading) == line["reading"]
    if reported["outcome"] is None:
        assert (order["order_type"] or "") == line["order_type"]
        assert order["is_interim"] == ANSWERS[line["is_interim"]]


@pytest.mark.parametrize("line", lines("statuses"))
def test_words_of_a_status(line):
    assert (read(line["words"], read_status_outcome) or "") == line["put_aside"]
    assert (read(line["words"], read_status) or "") == line["status"]


@pytest.mark.parametrize("line", lines("births"))
def test_a_date_of_birth_says_what_it_holds(line):
    birth = read(line["text"], lambda text: read_birth(text, this_year=2023))
    assert birth["date_of_birth"] == (date.fromisoformat(line["date"]) if line["date"] else None)
    assert [birth["birth_year"], birth["birth_month"]] == [
        int(line[part]) if line[part] else None for part in ("year", "month")
    ]
    assert (birth["birth_reason"] or "") == line["reason"]


@pytest.mark.parametrize("line", lines("lengths"))
def test_a_length_in_months(line):
    assert read(line["text"], read_term) == (int(line["months"]) if line["months"] else None)


@pytest.mark.parametrize("line", lines("ends"))
def test_an_end_that_stands_for_none(line):
    assert read(line["text"], is_until_further_order) is ANSWERS[line["has_no_end"]]


@pytest.mark.parametrize("line", lines("places"))
def test_a_court_or_a_force(line):
    if line["kind"] == "court":
        kinds = {"order_type": pl.lit(None, pl.String), "is_interim": pl.lit(None, pl.Boolean)}
        found = resolve_courts(pl.DataFrame({"court_as_written": [line["text"]]}).with_columns(**kinds))
    else:
        found = resolve_forces(pl.Series([line["text"]]))
    code, is_ambiguous = found.select(f"{line['kind']}_code", f"is_{line['kind']}_ambiguous").row(0)
    assert (code or "", is_ambiguous) == (line["code"], ANSWERS[line["is_ambiguous"]])


def split(text: str) -> list[str]:
    return split_conditions(pl.DataFrame({"text": [text]})).get_column("text").to_list()


@pytest.mark.parametrize("form", [pytest.param(form, id=repr(form)) for form in CONDITIONS["parted"]])
def test_two_conditions_in_one_cell_are_parted(form):
    assert split(form.format(FIRST, SECOND)) == [FIRST, SECOND]


@pytest.mark.parametrize("text", CONDITIONS["whole"])
def test_one_condition_stays_whole(text):
    assert split(text) == [text.replace("\n", " ")]
