"""Order types, terms and sentences in words."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.parsing.orders import read_orders, sentence_columns
from assets.parsing.terms import is_until_determination, is_until_further_order, read_term, read_yymm


@pytest.mark.parametrize(
    ("text", "order_type", "is_interim"),
    [
        pytest.param("Slavery and Trafficking Risk Order (Interim)", "STRO", True, id="interim in brackets"),
        pytest.param("Interim Slavery & Trafficking Risk Order", "STRO", True, id="interim in front"),
        pytest.param("S&T Prevention Order", "STPO", False, id="S&T"),
        pytest.param("Int STRO", "STRO", True, id="Int"),
        pytest.param("ISTPO", "STPO", True, id="I in front of the letters"),
        pytest.param("stpo", "STPO", False, id="small letters"),
        pytest.param("STRO (full)", "STRO", False, id="full in brackets"),
        pytest.param("STRO - not interim", "STRO", False, id="not interim"),
        pytest.param("Trafficking Risk Order", "STRO", False, id="slavery left out"),
        pytest.param("TERO", "TERO", False, id="Scottish letters"),
        pytest.param("Trafficking and Exploitation Prevention Order", "TEPO", False, id="Scottish words"),
        pytest.param("Slavery and Traficking Risk Oder", "STRO", False, id="misspelt"),
        pytest.param("Slavery & Trafficking Order", None, None, id="neither risk nor prevention"),
        pytest.param("STRO/STPO", None, None, id="two types"),
        pytest.param("Sexual Harm Prevention Order", None, None, id="another kind of order"),
        pytest.param("Sexual Risk Order", None, None, id="another kind of risk order"),
        pytest.param("STZO", None, None, id="letters that are no type"),
    ],
)
def test_the_kind_of_order_in_words(text, order_type, is_interim):
    assert read_orders(pl.Series([text])).select("text", "order_type", "is_interim").row(0) == (
        text,
        order_type,
        is_interim,
    )


def test_unknown_words_are_no_order():
    assert read_orders(pl.Series(["n/k", None, "?"])).is_empty()


@pytest.mark.parametrize(
    ("text", "months"),
    [
        pytest.param("3 years", 36, id="years"),
        pytest.param("36 months", 36, id="months"),
        pytest.param("5Y", 60, id="Y"),
        pytest.param("2yrs", 24, id="yrs"),
        pytest.param("18 mths", 18, id="mths"),
        pytest.param("3 years and 6 months", 42, id="years and months"),
        pytest.param("2Y 6M", 30, id="Y and M"),
        pytest.param("2.5 years", 30, id="half a year"),
        pytest.param("five years", 60, id="number in words"),
        pytest.param("2-year", 24, id="hyphen"),
        pytest.param("7", 84, id="bare small number is years"),
        pytest.param("7.0", 84, id="number from a spreadsheet"),
        pytest.param("48", 48, id="bare large number is months"),
        pytest.param("3 yeras", None, id="unit misspelt"),
        pytest.param("52 weeks", None, id="weeks"),
        pytest.param("2.3 years", None, id="no whole months"),
        pytest.param("n/k", None, id="not known"),
    ],
)
def test_a_length_in_words(text, months):
    assert pl.select(read_term(pl.lit(text))).item() == months


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("interim", True, id="interim"),
        pytest.param("N/A - interim", True, id="not applicable"),
        pytest.param("n/a (interim order)", True, id="in brackets"),
        pytest.param("until hearing", True, id="hearing"),
        pytest.param("Interim until the final hearing", True, id="interim until"),
        pytest.param("until determination of the application", True, id="determination"),
        pytest.param("until further order", False, id="further order"),
        pytest.param("3 years", False, id="a length"),
        pytest.param("interim, 3 months", False, id="interim and a length"),
        pytest.param("intermittent", False, id="another word"),
        pytest.param("n/k", None, id="not known"),
    ],
)
def test_an_interim_order_has_no_length(text, expected):
    assert pl.select(is_until_determination(pl.lit(text))).item() is expected


@given(total=st.integers(1, 50 * 12))
def test_yymm_reads_back(total):
    assert pl.select(read_yymm(pl.lit(f"{total // 12:02}{total % 12:02}"))).item() == total


@pytest.mark.parametrize("text", ["0000", "0312", "0399", "3 years", "36", "", "03006"])
def test_what_is_no_yymm_is_null(text):
    assert pl.select(read_yymm(pl.lit(text))).item() is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("UFO", True, id="UFO"),
        pytest.param("u.f.o.", True, id="UFO with full stops"),
        pytest.param("Until further order", True, id="in words"),
        pytest.param("indefinite", True, id="indefinite"),
        pytest.param("3 years", False, id="a length"),
        pytest.param("?", None, id="not known"),
    ],
)
def test_until_further_order(text, expected):
    assert pl.select(is_until_further_order(pl.lit(text))).item() is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "slavery and trafficking prevention order made for 5 years to 02/03/2028",
            (60, False, False, date(2028, 3, 2)),
            id="term and end",
        ),
        pytest.param(
            "slavery and trafficking risk order made for a period of two years and 6 months",
            (30, False, False, None),
            id="term of years and months",
        ),
        pytest.param(
            "slavery and trafficking risk order made until further order", (None, True, False, None), id="no end"
        ),
        pytest.param(
            "Interim slavery and trafficking risk order made until the determination of the main application",
            (None, False, True, None),
            id="until the main application",
        ),
    ],
)
def test_what_a_sentence_says_of_the_end(text, expected):
    assert pl.DataFrame({"text": [text]}).select(sentence_columns(pl.col("text"))).row(0) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("Interim slavery and trafficking risk order made until x", ("STRO", True), id="interim"),
        pytest.param(
            "slavery and trafficking prevention order made for 5 years; interim order discharged",
            ("STPO", False),
            id="an interim order named after the order",
        ),
    ],
)
def test_the_kind_of_order_in_a_sentence(text, kind):
    assert read_orders(pl.Series([text])).select("order_type", "is_interim").row(0) == kind


@pytest.mark.parametrize(
    ("text", "basis", "is_refused"),
    [
        pytest.param("Slavery and trafficking prevention order, s.15 MSA 2015", "s.15", False, id="on application"),
        pytest.param("STPO under section 14 made for 5 years", "s.14", False, id="on conviction"),
        pytest.param("STRO (s 23) made for 15 months", "s.23", False, id="a risk order"),
        pytest.param("STPO made for 15 years", None, False, id="a length is no section"),
        pytest.param("STRO under s.15", None, True, id="a section of another type"),
        pytest.param("STPO under sections 14 and s. 15", None, True, id="two sections"),
    ],
)
def test_the_section_that_words_name(text, basis, is_refused):
    read = read_orders(pl.Series([text])).select("statutory_basis", "is_basis_refused").row(0)
    assert read == (basis, is_refused)
