"""Names as sources write them, and their folding."""

import sys
import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.parsing.names import read_name
from assets.parsing.words import known
from warehouse.standardise import fold


def split(text: str | None) -> tuple[str | None, ...]:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(name=read_name(pl.col("text"))).unnest("name").select("forenames", "surname").row(0)


SPLITS = [
    pytest.param("Mr Jon SMITH", "Jon", "Smith", id="title and surname in capitals"),
    pytest.param("Mrs. Ann SMITH", "Ann", "Smith", id="title with a full stop"),
    pytest.param("SMITH, Jon", "Jon", "Smith", id="comma"),
    pytest.param("SMITH, Mr Jon", "Jon", "Smith", id="title after the comma"),
    pytest.param("SMITH/JON PAUL", "Jon Paul", "Smith", id="slash"),
    pytest.param("Jon Smith", "Jon", "Smith", id="last word"),
    pytest.param("Jon SMITH JONES", "Jon", "Smith Jones", id="two words in capitals"),
    pytest.param("SMITH Jon", "Jon", "Smith", id="capitals first"),
    pytest.param("J D SMITH", "J D", "Smith", id="initials, all capitals"),
    pytest.param("Maria de la Cruz", "Maria", "de la Cruz", id="particles"),
    pytest.param("DE SOUZA/ANA", "Ana", "de Souza", id="particle in capitals"),
    pytest.param("Ali bin Hassan", "Ali", "bin Hassan", id="bin"),
    pytest.param("Al Smith", "Al", "Smith", id="a forename that looks like a particle"),
    pytest.param("MCDONALD/IAN", "Ian", "McDonald", id="Mc in capitals"),
    pytest.param("Ian McDONALD", "Ian", "McDonald", id="Mc before capitals"),
    pytest.param("Pat O'BRIEN", "Pat", "O'Brien", id="O with apostrophe"),
    pytest.param("SMITH-JONES, Ann", "Ann", "Smith-Jones", id="hyphen"),
    pytest.param("Văn Minh LÊ", "Văn Minh", "Lê", id="diacritics in capitals"),
    pytest.param("Nagy Péter", "Péter", "Nagy", id="Hungarian order"),
    pytest.param("Péter Nagy", "Péter", "Nagy", id="Hungarian name in English order"),
    pytest.param("Nguyễn Văn Anh", "Văn Anh", "Nguyễn", id="Vietnamese order"),
    pytest.param("Chen Zhi Qiang", "Zhi Qiang", "Chen", id="Chinese order"),
    pytest.param("Zhi Qiang Chen", "Zhi Qiang", "Chen", id="Chinese name in English order"),
    pytest.param("Choi Min Jun", "Min Jun", "Choi", id="Korean order"),
    pytest.param("Chen Wong", "Chen", "Wong", id="two family names: the last word"),
    pytest.param("Kim Taylor", "Kim", "Taylor", id="a family name that is a forename too"),
    pytest.param("jon smith", "Jon", "Smith", id="all small"),
    pytest.param("Smith", None, "Smith", id="one word"),
    pytest.param("/JON", "Jon", None, id="no surname before the slash"),
    pytest.param("N/K", None, None, id="not known is no name"),
    pytest.param("?", None, None, id="question mark is no name"),
    pytest.param(None, None, None, id="null"),
]


@pytest.fixture(scope="module")
def splits() -> dict[str | None, tuple[str | None, ...]]:
    """The forenames and surname of every name of `SPLITS`, read together."""
    texts = [case.values[0] for case in SPLITS]
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(name=read_name(pl.col("text")))
    return dict(zip(texts, frame.unnest("name").select("forenames", "surname").rows(), strict=True))


@pytest.mark.parametrize(("text", "forenames", "surname"), SPLITS)
def test_a_name_splits_into_forenames_and_surname(splits, text, forenames, surname):
    assert splits[text] == (forenames, surname)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("O'Brien", "OBRIEN", id="apostrophe closes up"),
        pytest.param("O’Brien", "OBRIEN", id="curly apostrophe"),
        pytest.param("Smith-Jones", "SMITH JONES", id="hyphen parts"),
        pytest.param("  van   der\tBerg ", "VAN DER BERG", id="blanks"),
        pytest.param("Łukasz", "LUKASZ", id="Polish l with stroke"),
        pytest.param("Đặng", "DANG", id="Vietnamese d with stroke and double marks"),
        pytest.param("Nguyễn Thị Hồng Ngọc", "NGUYEN THI HONG NGOC", id="Vietnamese tones"),
        pytest.param("Trần Thị Thơ Hương Lưu", "TRAN THI THO HUONG LUU", id="Vietnamese horns"),
        pytest.param("Ștefan Țepeș", "STEFAN TEPES", id="Romanian comma below"),
        pytest.param("Ştefan Ţepeş", "STEFAN TEPES", id="Romanian cedilla"),
        pytest.param("Søren Großæ", "SOREN GROSSAE", id="o with stroke, sharp s, ligature"),
        pytest.param("S\u0327tefan", "STEFAN", id="combining mark"),
        pytest.param("Ƙasim Ɗanladi Ɓala Ƴar'adua", "KASIM DANLADI BALA YARADUA", id="Hausa hooked capitals"),
        pytest.param("Kɔfi Mɛnsah Aŋɔ", "KOFI MENSAH ANGO", id="Akan and Ewe open vowels and eng"),
        pytest.param("Əliyev", "ELIYEV", id="Azerbaijani schwa"),
        pytest.param("Þór STRAẞE", "THOR STRASSE", id="thorn and capital sharp s"),
        pytest.param("--", None, id="signs alone leave nothing"),
        pytest.param("Иван Петренко", "IVAN PETRENKO", id="Cyrillic"),
        pytest.param("Григорій", "HRYHORIY", id="Cyrillic with a Ukrainian letter reads in Ukrainian"),
        pytest.param("Γιώργος Παπαδόπουλος", "GIORGOS PAPADOPOULOS", id="Greek, two letters for one sound"),
        pytest.param("محمد علي", "MOHAMMED ALI", id="Arabic names that are listed"),
        pytest.param("عبد الرحمن الزهراني", "ABDUL RAHMAN AL ZHRANY", id="Arabic article, and a name not listed"),
        pytest.param("דוד כהן", "DAVID COHEN", id="Hebrew"),
        pytest.param("გიორგი", "GIORGI", id="Georgian"),
        pytest.param("Արմեն", "ARMEN", id="Armenian"),
        pytest.param("王", "WANG", id="Han"),
        pytest.param("김", "KIM", id="Hangul family name as it is romanised"),
        pytest.param("राजेश", "RAJESH", id="Devanagari"),
        pytest.param("মোহাম্মদ রহমান", "MOHAMMED RAHMAN", id="Bengali"),
        pytest.param("สมชาย", "SOMCHAI", id="Thai"),
    ],
)
def test_folding(text, folded):
    assert pl.select(fold(pl.lit(text))).item() == folded


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text):
    once = pl.DataFrame({"text": [text]}).select(fold(pl.col("text")))
    assert once.select(fold(pl.col("text"))).equals(once)


@given(st.text(max_size=30))
def test_a_folded_text_holds_ascii_capitals_digits_and_single_blanks(text):
    folded = pl.DataFrame({"text": [text]}).select(fold(pl.col("text"))).item()
    assert folded is None or pl.Series([folded]).str.contains(r"^[A-Z0-9]+( [A-Z0-9]+)*$").item()


def letters(*, latin: bool) -> list[str]:
    every = (chr(point) for point in range(0x80, sys.maxunicode + 1))
    return [sign for sign in every if sign.isalpha() and latin == ("LATIN" in unicodedata.name(sign, ""))]


def folded_within(signs: list[str]) -> pl.Series:
    return pl.DataFrame({"sign": signs}).select(fold(pl.lit("A") + pl.col("sign") + pl.lit("Z"))).to_series()


def test_no_latin_letter_folds_to_nothing_or_parts_a_word():
    within = folded_within(letters(latin=True))
    assert within.str.contains("^A[A-Z0-9]+Z$").all()


def test_no_letter_of_any_script_parts_a_word():
    assert folded_within(letters(latin=False)).str.contains("^A[A-Z0-9]*Z$").all()


@pytest.mark.parametrize("text", ["n/k", "N/K", "?", "TBC", "-", "–", "unknown", "Not known", "N/A", " ", "..", ""])
def test_words_for_nothing_are_null(text):
    assert pl.select(known(pl.lit(text))).item() is None


def test_other_words_are_trimmed_and_kept():
    assert pl.select(known(pl.lit("\ufeff  Nko \u00a0 Tan "))).item() == "Nko Tan"
