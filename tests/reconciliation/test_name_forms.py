"""Names that stand for each other, and for fuller ones: one list for matching, golden values and discrepancies."""

import polars as pl
import pytest

from reconciliation.name_forms import hear_fuller_names, listed_forenames, name_variants
from warehouse.codes import reference
from warehouse.standardise import fold


def test_listed_forenames_are_folded_single_words():
    listed = pl.Series("name", listed_forenames())
    assert listed.to_frame().select(fold(pl.col("name"))).to_series().equals(listed)
    assert not listed.str.contains(" ").any()


def test_names_that_stand_for_each_other_are_folded_as_records_are():
    names = pl.Series("name", sorted({name for pair in name_variants() for name in pair}))
    assert names.to_frame().select(fold(pl.col("name"))).to_series().equals(names)
    listed = set(reference("name_variants").select(fold(pl.col("a", "b"))).rows())
    assert {pair for pair in listed if pair[0] != pair[1]} <= set(name_variants())


def test_no_name_is_a_variant_of_itself():
    assert all(one != other for one, other in name_variants())


@pytest.mark.parametrize(
    ("said", "fuller"),
    [
        pytest.param("LIZ", "ELIZABETH", id="a familiar form of the list of variants"),
        pytest.param("ABBIE", "ABIGAIL", id="a familiar form of the list of forenames"),
        pytest.param("ABBIE JANE", "ABIGAIL JANE", id="with a second name"),
        pytest.param("JESS", "JESSICA", id="a beginning"),
        pytest.param("ANA M", "ANA MARIA", id="an initial"),
    ],
)
def test_a_shorter_name_speaks_for_the_fuller_one(said, fuller):
    voices = pl.DataFrame({"group": ["1", "1"], "canonical": [said, fuller], "source": ["pnc", "pnd"]})
    assert hear_fuller_names(voices).sort("canonical", "source").rows() == sorted(
        [("1", said, "pnc"), ("1", fuller, "pnc"), ("1", fuller, "pnd")], key=lambda row: row[1:]
    )


@pytest.mark.parametrize(
    ("said", "other"),
    [
        pytest.param("MOHAMED", "MOHAMMED", id="a spelling"),
        pytest.param("MICHAL", "MICHAEL", id="a translation a letter away"),
    ],
)
def test_another_spelling_or_translation_speaks_for_itself(said, other):
    voices = pl.DataFrame({"group": ["1", "1"], "canonical": [said, other], "source": ["pnc", "pnd"]})
    assert hear_fuller_names(voices).sort("source").equals(voices)


def test_a_name_whose_translation_begins_a_slip_does_not_speak_for_the_slip():
    # JOSEPH is JOSE in Portuguese.
    voices = pl.DataFrame(
        {"group": [1, 1, 1], "source": ["court", "pnc", "pnc"], "canonical": ["JOSEPH", "JOSEPH", "JOSEPJ"]}
    )
    assert hear_fuller_names(voices).sort("source", "canonical").equals(voices)


def test_a_source_that_holds_the_fuller_name_too_does_not_speak_for_the_shorter_one():
    said = [("GRAZYNA", "pnc"), ("GRAZYNA WIOLETTA", "pnc"), ("GRAZYNA", "court")]
    voices = pl.DataFrame([("1", *row) for row in said], schema=["group", "canonical", "source"], orient="row")
    assert hear_fuller_names(voices).sort("source", "canonical").rows() == [
        ("1", "GRAZYNA", "court"),
        ("1", "GRAZYNA WIOLETTA", "court"),
        ("1", "GRAZYNA WIOLETTA", "pnc"),
    ]
