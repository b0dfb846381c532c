"""The library of prohibitions: wordings without persons and places, and wordings that fit nothing."""

import polars as pl
import pytest

from samples.wording import SAMPLE_NAMES
from study.prohibitions.wordings import build_wordings, generalise
from warehouse.tables.core import CORE_CONDITIONS
from warehouse.tables.register import CONDITION_WORDINGS, ORDER_SOURCES, UNCODED_CONDITIONS


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        pytest.param("Excluded from Leeds town centre", "Excluded from […] town centre", id="a town"),
        pytest.param("EXCLUDED FROM LEEDS TOWN CENTRE", "EXCLUDED FROM […] TOWN CENTRE", id="a town in capitals"),
        pytest.param("No contact w/ witnesses in Op Harrier", "No contact w/ witnesses in […]", id="an operation"),
        pytest.param("Not to enter the High Street or Station Road", "Not to enter the […] or […]", id="streets"),
        pytest.param("Not to hold a SIM card outside the UK", "Not to hold a SIM card outside the UK", id="initials"),
        pytest.param("Not to work for Brightwash Ltd", "Not to work for […]", id="a company"),
        pytest.param("Not to travel to Albania for 5 years", "Not to travel to […] for 5 years", id="a country"),
        pytest.param("No contact w/ children u18", "No contact w/ children u18", id="an age"),
        pytest.param("Not to use phone 07700 900123", "Not to use phone [contact details]", id="a telephone number"),
        pytest.param("Not to use vehicle AB12CDE", "Not to use vehicle [number]", id="a number plate"),
        pytest.param("not to keep or breed dogs", "not to keep or breed dogs", id="small words are kept"),
    ],
)
def test_a_wording_names_no_place(text, wording):
    assert generalise(text) == wording


@pytest.mark.parametrize("name", SAMPLE_NAMES)
@pytest.mark.parametrize("text", ["Not to contact {} or their family", "No contact with {}, Kirkgate, Leeds LS1 6BR"])
@pytest.mark.parametrize("write", [str, str.upper])
def test_no_part_of_a_name_or_address_is_left(name, text, write):
    left = generalise(write(text.format(name))).upper()
    assert not {*name.upper().split(), "KIRKGATE", "LEEDS", "LS1", "6BR"} & set(left.replace(",", " ").split())


def wordings(*rows, table="condition_wordings"):
    """Wordings of records, one an order: text and code."""
    records = [
        {"record_id": f"pnc:{number}", "sequence": 1, "text": text, "condition_code": code, "is_cut": False}
        for number, (text, code) in enumerate(rows)
    ]
    held = [
        {"record_id": row["record_id"], "order_id": f"ORD-{number}", "source": "pnc", "is_amended": False}
        for number, row in enumerate(records)
    ]
    frames = (
        pl.DataFrame([dict.fromkeys(table.schema) | row for row in given], schema=table.schema)
        for table, given in ((CORE_CONDITIONS, records), (ORDER_SOURCES, held))
    )
    return build_wordings(*frames)[table]


def test_a_coded_wording_is_typical_from_three_orders_on():
    thrice, twice = ("Excluded from Leeds town centre", "C01"), ("No bank cards save in own name", "C21")
    found = wordings(thrice, thrice, ("Excluded from Derby town centre", "C01"), twice, twice)
    assert found.select("condition_code", "wording", "order_count").rows() == [
        ("C01", "Excluded from […] town centre", 3)
    ]


def test_wordings_that_fit_nothing_are_put_together_for_a_steward():
    texts = (
        "Not to keep or breed dogs",
        "Not to keep dogs or breed",
        "Not to keep or breed dogs",
        "Not to fly a drone",
    )
    found = wordings(*((text, None) for text in texts))
    assert found.sort("order_count", "wording").select("cluster", "order_count").rows() == [
        ("Not to fly a drone", 1),
        ("Not to keep or breed dogs", 1),
        ("Not to keep or breed dogs", 2),
    ]


def test_a_night_without_conditions_has_no_wordings():
    found = build_wordings(CORE_CONDITIONS.empty(), ORDER_SOURCES.empty())
    assert all(found[table.name].equals(table.empty()) for table in (CONDITION_WORDINGS, UNCODED_CONDITIONS))


def test_every_order_that_has_a_wording_which_fits_nothing_is_listed_with_it():
    rows = (("Not to keep dogs", None), ("Not to keep dogs or contact Ann Smith", None), ("No bank cards", "C21"))
    found = wordings(*rows, table="uncoded_conditions")
    assert found.select("order_id", "text", "sources").rows() == [
        ("ORD-0", "Not to keep dogs", ["pnc"]),
        ("ORD-1", "Not to keep dogs or contact [named person]", ["pnc"]),
    ]
    known = wordings(*rows).filter(pl.col("condition_code").is_null())
    assert set(found["wording_id"]) == set(known["wording_id"])


@pytest.mark.parametrize("others", [(), ("court",)])
def test_a_text_that_was_cut_too_short_is_listed_where_no_other_source_lists_conditions(others):
    rows = [
        {"record_id": f"{source}:1", "sequence": 1, "text": text, "condition_code": code, "is_cut": code is None}
        for source, text, code in (
            ("pnc", "NOT TO BE IN THE COM", None),
            *((other, "Not to be in the company of", "C05") for other in others),
        )
    ]
    held = [
        {"record_id": row["record_id"], "order_id": "ORD-1", "source": row["record_id"][:-2], "is_amended": False}
        for row in rows
    ]
    found = build_wordings(
        pl.DataFrame([dict.fromkeys(CORE_CONDITIONS.schema) | row for row in rows], schema=CORE_CONDITIONS.schema),
        pl.DataFrame([dict.fromkeys(ORDER_SOURCES.schema) | row for row in held], schema=ORDER_SOURCES.schema),
    )
    shown = [] if others else ["NOT TO BE IN THE COM"]
    assert found["uncoded_conditions"]["text"].to_list() == shown
    assert found["condition_wordings"].is_empty()


def test_more_than_four_words_that_are_left_out_are_shown_as_several_signs():
    assert generalise("Not to go to Leeds York Derby Hull") == "Not to go to […]"
    assert generalise("Not to go to Leeds York Derby Hull Luton") == "Not to go to […] […]"
    assert generalise("Not to go to Leeds. Hull is barred") == "Not to go to […]. […] is barred"
