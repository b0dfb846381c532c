"""Conditions: cells split, wordings coded."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.parsing.condition_cells import split_conditions, split_listed
from assets.parsing.conditions import code_conditions
from warehouse.codes import reference

PASSPORTS = "Not to travel outside the UK; all passports to be surrendered at the police station by the hearing"


@pytest.mark.parametrize(
    ("cell", "conditions"),
    [
        pytest.param("1. Not to a\n2. Must b", ["Not to a", "Must b"], id="numbered lines"),
        pytest.param("Not to a\r\n\r\nMust b\r\n", ["Not to a", "Must b"], id="lines with blank ones between"),
        pytest.param("• Not to a\n• Must b", ["Not to a", "Must b"], id="bullets"),
        pytest.param("Not to a; Must b; No c", ["Not to a", "Must b", "No c"], id="semicolons"),
        pytest.param(f"{PASSPORTS}; Must b", [PASSPORTS, "Must b"], id="semicolon within a condition"),
        pytest.param("Not to a. Must b.", ["Not to a", "Must b"], id="sentences"),
        pytest.param(
            "Must not book intl. travel. Must not meet X (d.o.b. 01/01/1990). No c",
            ["Must not book intl. travel", "Must not meet X (d.o.b. 01/01/1990)", "No c"],
            id="full stops within abbreviations",
        ),
        pytest.param("No contact with A.B.. Must b", ["No contact with A.B.", "Must b"], id="initials"),
        pytest.param("Nobody under 18. Must b", ["Nobody under 18", "Must b"], id="number before a full stop"),
        pytest.param("1. Nobody under 18. 2. Must b", ["Nobody under 18", "Must b"], id="numbered within one line"),
        pytest.param("Not to a / Must not b / Only c", ["Not to a", "Must not b", "Only c"], id="slashes"),
        pytest.param("NOT TO A / NO B", ["NOT TO A", "NO B"], id="slashes between capitals"),
        pytest.param("1. Not to a / 2. Must b", ["Not to a", "Must b"], id="slashes before numbers"),
        pytest.param("Not to a | must not b | No c", ["Not to a", "must not b", "No c"], id="pipes"),
        pytest.param("Not to a; Must b | No c", ["Not to a", "Must b", "No c"], id="semicolon and pipe"),
        *(
            pytest.param(text, [text], id=f"whole: {text}")
            for text in (
                "Not to enter Leeds and / or Hull",
                "No contact w/ children",
                "Must not meet X (born 01 / 01 / 1990)",
                "No contact with Jon Smith / Ann Smith",
                "NO CONTACT WITH JON SMITH / ANN SMITH",
            )
        ),
        pytest.param("Not to a", ["Not to a"], id="one condition"),
        pytest.param("n/k", [], id="not known"),
    ],
)
def test_a_cell_splits_into_conditions(cell, conditions):
    assert split_conditions(pl.DataFrame({"text": [cell]})).get_column("text").to_list() == conditions


def test_conditions_keep_the_order_of_their_cells():
    cells = pl.DataFrame({"record": ["c", "a", "b"], "text": ["Not to a. Must b", "No c\nNo d", "No e; No f"]})
    assert split_conditions(cells).rows() == [
        ("c", "Not to a"),
        ("c", "Must b"),
        ("a", "No c"),
        ("a", "No d"),
        ("b", "No e"),
        ("b", "No f"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("Not to travel to Romania for 5 years", "C27", id="placeholder filled in"),
        pytest.param("Not to travel to Romania for a period of eight years", "C27", id="a period in words"),
        pytest.param("Not to travel to the Dominican Republic until 3 May 2027", "C27", id="another kind of period"),
        pytest.param("Not to travel outside the United Kingdom for 5 years", "C28", id="a period that is not listed"),
        pytest.param("Not to travel to any country outside the United Kingdom", "C28", id="the statute's own words"),
        pytest.param(
            "Not to travel to any country outside the UK other than Ireland", None, id="those with an exception"
        ),
        pytest.param("Not to leave the UK without telling the police", None, id="a condition with an exception"),
        pytest.param("Not to travel to Leeds for the purpose of begging", None, id="no period, and no country"),
        pytest.param("Not to travel to Albana for 5 yeras", "C27", id="misspelt"),
        pytest.param("No contact with witnesses in Op Hollow", "C04", id="short word written out"),
        pytest.param("NOT TO TRAVEL OUTSIDE THE UK; ALL PASSPORTS TO BE SURRENDERE", "C28", id="cut at 60 characters"),
        pytest.param("Not to possess more than one mobil", "C07", id="cut by hand"),
        pytest.param("Not to enter", None, id="cut where several begin alike"),
        pytest.param("No direct or indirect contact with any witness", None, id="filled in with another meaning"),
        pytest.param("To attend a course on bookkeeping", None, id="in no catalogue"),
    ],
)
def test_a_wording_finds_its_code(text, code):
    assert code_conditions(pl.Series([text]), cut_at=60).item(0, "condition_code") == code


@pytest.mark.parametrize("cut_at", [pytest.param(None, id="whole"), pytest.param(60, id="in capitals, cut at 60")])
def test_every_wording_of_the_catalogue_finds_its_own_code(cut_at):
    listed = reference("conditions").select("code", text=pl.col("wordings").str.split("|")).explode("text")
    filled = listed.with_columns(pl.col("text").str.replace_all(r"\{\w+\}", "the place"))
    if cut_at:
        filled = filled.with_columns(pl.col("text").str.to_uppercase().str.slice(0, cut_at))
    coded = filled.join(code_conditions(filled["text"], cut_at=cut_at), on="text")
    assert coded.filter(pl.col("condition_code").ne_missing(pl.col("code"))).is_empty()


ENTRIES = st.sampled_from(("Not to a. Must b", "1. Not to c\n2. Must d", '"Not to e", "No f"', "n/k", "", None))


@given(st.lists(ENTRIES, min_size=1, max_size=8))
def test_entries_that_are_said_again_are_split_as_each_alone(entries: list[str | None]) -> None:
    rows = pl.DataFrame({"text": entries}, schema={"text": pl.String}).with_row_index("place")
    assert split_listed(rows).equals(pl.concat(split_listed(row) for row in rows.iter_slices(1)))
