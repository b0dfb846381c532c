"""Forenames that stand for each other, names in their own right, and words as they sound."""

from dataclasses import replace

import polars as pl
import pytest

from matching.names import describe_names, number_names
from matching.persons import PERSON_RULES, person_model
from warehouse.tables.core import CORE_ORDERS

ALIASES = pl.DataFrame(schema={"record_id": pl.String, "forenames_folded": pl.String, "surname_folded": pl.String})


def described(*names):
    rows = [
        {"record_id": str(index), "forenames_folded": forenames, "surname_folded": surname}
        for index, (forenames, surname) in enumerate(names)
    ]
    return describe_names(pl.DataFrame(rows, schema=ALIASES.schema, orient="row"), ALIASES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("ZHIVKO", "JIVKO", id="Bulgarian in two alphabets' habits"),
        pytest.param("WISNIEWSKI", "WISHNEVSKI", id="Polish as it is heard"),
        pytest.param("KIERAN", "CIARAN", id="Irish, hard C"),
        pytest.param("JUHASZ", "YUHAS", id="Hungarian as it is heard"),
        pytest.param("OBRIEN", "OBRYAN", id="light vowels"),
    ],
)
def test_spellings_of_one_sound_sound_alike(one, other):
    sounds = described(("A", one), ("A", other)).get_column("surname_sound")
    assert sounds[0] == sounds[1]
    assert sounds[0] is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("MARIAN", "MIRON", id="vowels differ"),
        pytest.param("ANDERSON", "HENDERSON", id="beginning differs"),
        pytest.param("IONESCU", "POPESCU", id="consonants differ"),
    ],
)
def test_other_names_sound_otherwise(one, other):
    sounds = described(("A", one), ("A", other)).get_column("surname_sound")
    assert sounds[0] != sounds[1]


def test_short_names_have_no_sound():
    assert described(("VAN", "LE")).select("first_sound", "surname_sound").row(0) == (None, None)


def test_a_missing_name_is_no_name_in_its_own_right():
    rows = described((None, "NAGY"), ("STEVEN", None), (None, None))
    assert rows.get_column("is_first_listed").to_list() == [None, True, None]
    assert rows.get_column("given_names").to_list() == [None, ["STEVEN"], None]


def test_names_that_records_share_are_looked_at_once_and_compare_alike():
    rows = [
        {
            "record_id": f"pnc:{row}",
            "forenames_folded": forename,
            "surname_folded": surname,
            "sex": "F",
            "birth_year": 1990,
        }
        for row, (forename, surname) in enumerate(
            [
                ("ANNA MARIA", "NAGY"),
                ("ANA", "NAGY"),
                ("ANNA MARIA", "NAGY"),
                ("EVA", "KISS"),
                (None, None),
                (None, None),
            ]
        )
    ]
    records = pl.DataFrame(rows, schema_overrides=CORE_ORDERS.schema)
    records = records.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in CORE_ORDERS.schema.items() if name not in records.columns
    )
    aliases = pl.DataFrame([("pnc:3", "ANNA", "NAGY")], schema=ALIASES.schema, orient="row")
    model = replace(person_model(), blocking=PERSON_RULES)
    numbered, names = number_names(records, aliases)
    assert names.height == 4
    wide, apart = model.on(describe_names(records, aliases)), model.on(numbered, described={"name": names})
    assert len(apart.left)
    for column in ("left", "right", "rules", "patterns"):
        assert getattr(apart, column).tolist() == getattr(wide, column).tolist()
