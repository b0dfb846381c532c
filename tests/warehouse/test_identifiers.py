"""National identifiers: every published example, and what a check letter catches."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.parsing.identifiers import read_asn
from warehouse.identifiers import (
    check_letter,
    is_asn_valid,
    is_cro_valid,
    is_pnc_id_valid,
    parse_cro,
    parse_pnc_id,
)


def read_pnc_id(text: str) -> tuple[str | None, bool | None]:
    frame = pl.DataFrame({"text": [text]}).select(pnc_id=parse_pnc_id(pl.col("text"), this_year=2026))
    return frame.with_columns(valid=is_pnc_id_valid(pl.col("pnc_id"))).row(0)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("81/34U", ("1981/0000034U", True), id="short year, zeros dropped"),
        pytest.param("0273319Z", ("2002/0073319Z", True), id="no slash"),
        pytest.param("20020073319Z", ("2002/0073319Z", True), id="long form without the slash"),
        pytest.param("033Y", ("2003/0000003Y", True), id="shortest form"),
        pytest.param(" 2009/0000478f ", ("2009/0000478F", True), id="small letter and blanks"),
        pytest.param("2003/0011985Z", ("2003/0011985Z", False), id="check letter wrong"),
        pytest.param("99/1I", ("1999/0000001I", False), id="a letter that is no check letter"),
        pytest.param("not known", (None, None), id="words"),
        pytest.param("2020/131059", (None, None), id="letter missing"),
    ],
)
def test_a_pnc_id_is_read_in_every_form(written, expected):
    assert read_pnc_id(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("65656/91H", ("065656/91H", True), id="zeros dropped"),
        pytest.param("85227/65G", ("085227/65G", False), id="check letter wrong"),
        pytest.param("SF05/482703J", ("SF05/482703J", True), id="small file"),
        pytest.param("000000/00Z", (None, None), id="the dummy counts as missing"),
    ],
)
def test_a_cro_number_is_read(written, expected):
    frame = pl.DataFrame({"text": [written]}).select(cro=parse_cro(pl.col("text")))
    assert frame.with_columns(valid=is_cro_valid(pl.col("cro"))).row(0) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("11/01ZD/01/448754K", ("1101ZD0100000448754K", True), id="as shown on paper"),
        pytest.param("22FD112200001234560X", ("22FD112200001234560X", True), id="force part that is no number"),
        pytest.param("2202XC0200000000021D", ("2202XC0200000000021D", False), id="check letter wrong"),
        pytest.param("00NP", (None, None), id="dummy"),
    ],
)
def test_an_arrest_summons_number_is_read(written, expected):
    frame = pl.DataFrame({"text": [written]}).select(asn=read_asn(pl.col("text")).struct.field("asn"))
    assert frame.with_columns(valid=is_asn_valid(pl.col("asn"))).row(0) == expected


serials = st.integers(1, 9_999_999).filter(lambda serial: len(set(str(serial))) > 1 or serial < 111_111)


@given(year=st.integers(1927, 2026), serial=serials)
def test_every_form_of_one_pnc_id_reads_as_the_same(year, serial):
    letter = check_letter(int(f"{year % 100:02d}{serial:07d}"))
    long = f"{year}/{serial:07d}{letter}"
    forms = [long, long.replace("/", ""), f"{year % 100:02d}/{serial}{letter}"]
    assert {read_pnc_id(form) for form in forms} == {(long, True)}


@given(serial=serials, place=st.integers(0, 6), step=st.integers(1, 9))
def test_one_wrong_digit_never_passes_the_check(serial, place, step):
    digits = f"{serial:07d}"
    wrong = digits[:place] + str((int(digits[place]) + step) % 10) + digits[place + 1 :]
    letter = check_letter(int(f"20{digits}"))
    assert read_pnc_id(f"2020/{wrong}{letter}")[1] in (False, None)


@given(year=st.integers(0, 9999), serial=st.sampled_from([0, *(int(str(digit) * 7) for digit in range(1, 10))]))
def test_no_year_and_no_check_letter_make_a_filler_valid(year, serial):
    pnc_id = f"{year:04d}/{serial:07d}{check_letter(int(f'{year % 100:02d}{serial:07d}'))}"
    assert read_pnc_id(pnc_id) == (None, None)
    assert pl.select(is_pnc_id_valid(pl.lit(pnc_id))).item() is False


@given(year=st.integers(2027, 9999), serial=serials)
def test_no_pnc_id_is_of_a_year_to_come(year, serial):
    assert read_pnc_id(f"{year}/{serial:07d}{check_letter(int(f'{year % 100:02d}{serial:07d}'))}") == (None, None)
