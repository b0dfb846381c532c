from random import Random

import polars as pl
from hypothesis import given
from hypothesis import strategies as some

from assets.parsing.identifiers import read_asn
from samples.identifiers import (
    arrest_summons_number,
    asn_as_written,
    cro_number,
    pnc_id,
    pnc_id_as_written,
)
from samples.name_errors import mistype, without_diacritics
from samples.people import ORIGIN_SHARES, names
from warehouse.identifiers import is_asn_valid, is_cro_valid, is_pnc_id_valid, parse_cro, parse_pnc_id

YEARS = some.integers(1980, 2026)


def serials(most: int) -> some.SearchStrategy[int]:
    """Serials that are no fillers: not one digit throughout."""
    return some.integers(1, most).filter(lambda serial: len(set(str(serial))) > 1 or serial < 111_111)


def read(text: str, expression: pl.Expr) -> object:
    return pl.DataFrame({"text": [text]}).select(expression).item()


@given(year=YEARS, serial=serials(9_999_999), seed=some.integers(0, 10**6))
def test_a_pnc_id_reads_back_from_every_form_it_is_written_in(year: int, serial: int, seed: int) -> None:
    pncid = pnc_id(year, serial)
    assert read(pncid, is_pnc_id_valid(pl.col("text")))
    written = pnc_id_as_written(pncid, Random(seed))
    assert read(written, parse_pnc_id(pl.col("text"), this_year=2026)) == pncid


@given(year=YEARS, serial=serials(999_999))
def test_a_cro_number_is_valid_in_its_own_form(year: int, serial: int) -> None:
    number = cro_number(year, serial)
    assert read(number, parse_cro(pl.col("text"))) == number
    assert read(number, is_cro_valid(pl.col("text")))


@given(
    year=YEARS,
    force=some.sampled_from(["01", "48", "PS", "98"]),
    serial=serials(10**7),
    seed=some.integers(0, 10**6),
)
def test_an_asn_reads_back_from_every_form_it_is_written_in(year: int, force: str, serial: int, seed: int) -> None:
    asn = arrest_summons_number(year, force, serial)
    assert read(asn, is_asn_valid(pl.col("text")))
    assert read(asn_as_written(asn, Random(seed)), read_asn(pl.col("text")).struct.field("asn")) == asn


@given(
    word=some.sampled_from(names("English", "surnames") + names("Vietnamese", "surnames")), seed=some.integers(0, 999)
)
def test_a_slip_changes_a_name_by_at_most_one_letter_or_two_swapped(word: str, seed: int) -> None:
    slipped = mistype(word, Random(seed))
    assert slipped[0] == word[0]
    assert abs(len(slipped) - len(word)) <= 1
    assert len(slipped) != len(word) or sum(a != b for a, b in zip(slipped, word, strict=True)) <= 2


def test_every_name_has_a_form_in_plain_letters() -> None:
    for origin in ORIGIN_SHARES:
        for part in ("men", "women", "surnames"):
            assert all(without_diacritics(name).isascii() for name in names(origin, part)), origin
