"""Folding of text to plain ASCII capitals, so that spelling alone is compared, whatever letters it is written in.

Belongs here: the one rule by which names, courts, forces and wordings are folded. Does not: the reading of any
particular kind of value.

Letters are put into Latin ones by `anyascii`, one by one. What a letter alone does not show is here: letters that read
otherwise beside others (Greek ου, the Arabic article), and words whose vowels are not written (`readings.csv`).
"""

import unicodedata
from functools import cache
from importlib.resources import files

import polars as pl
from anyascii import anyascii

APOSTROPHES = "['’‘ʼʻ`´′ʹʽʾʿ]"
OTHER_LETTERS = r"[^\x00-\x7F]"
OTHER_SCRIPTS = r"[\p{L}--\p{Latin}]"
# Characters that no transliteration gives a letter of its own, and letters that read otherwise in names.
OWN_LETTERS = {
    "ĸ": "k", "ʔ": "7", "Ɂ": "7", "ɂ": "7", "ʕ": "3",
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ع": "", "ء": "", "א": "a", "ע": "", "ة": "a",
    "ச": "s", "శ": "sh", "ష": "sh", "ಶ": "sh", "ಷ": "sh", "ೌ": "ow",
}  # fmt: skip
# One form for each Arabic letter that offices in different countries type differently; vowel signs and lines go.
ARABIC_FORMS = {"أ": "ا", "إ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ة": "ه"}
ARABIC_SIGNS = r"[\x{064B}-\x{065F}\x{0670}\x{0640}]"
_SOUTH_INDIAN = r"[\x{0B95}-\x{0BB9}\x{0C15}-\x{0C39}\x{0C95}-\x{0CB9}]"  # Tamil, Telugu, Kannada
# Spellings whose letters read otherwise together, in the order in which they are put in place.
DIGRAPHS = (
    (ARABIC_SIGNS, ""),
    (r"(^|\s)عبد ?الله(\s|$)", "${1}abdullah${2}"),
    (r"(^|\s)عبد ?ال(\p{Arabic}{2,})", "${1}abdul ${2}"),
    (r" ?الله(\s|$)", " allah${1}"),
    (r"(^|\s)ال(\p{Arabic}{2,})", "${1}al ${2}"),
    (r"(?i)ο[υύ]", "ou"),
    (r"(?i)(α|ε)[υύ]", "${1}v"),
    (r"(?i)γγ", "ng"),
    (r"(?i)\bμπ", "b"),
    (r"(?i)\bντ", "d"),
    # A consonant of the south of India without a sign is read with an A. Twice, as each pair shares one with the next.
    *((rf"({_SOUTH_INDIAN})({_SOUTH_INDIAN})", "${1}a${2}"),) * 2,
    (rf"({_SOUTH_INDIAN})(\s|$)", "${1}a${2}"),
    (rf"({_SOUTH_INDIAN})[\x{{0C02}}\x{{0C82}}]", "${1}an"),
)
# Ukrainian and Belarusian read two letters differently from Russian; these letters show which it is.
EAST_OF_RUSSIAN = "(?i)[іїєґў]"
UKRAINIAN = {"г": "h", "Г": "H", "и": "y", "И": "Y"}


def plain_letters(text: pl.Expr) -> pl.Expr:
    """The text in letters from A to Z: `Şkëlqim Łuç` → `Skelqim Luc`, `Иван` → `Ivan`, `محمد` → `MOHAMMED`."""
    return text.map_batches(_in_plain_letters, return_dtype=pl.String, is_elementwise=True)


def fold(text: pl.Expr) -> pl.Expr:
    """The text in ASCII capitals and digits, one space between words; null where nothing is left.

    Other letters become Latin ones, apostrophes close up (`O'BRIEN` → `OBRIEN`), every other character separates words
    (`SMITH-JONES` → `SMITH JONES`).
    """
    words = plain_letters(text).str.to_uppercase().str.replace_all("'", "")
    return words.str.replace_all(r"[^A-Z0-9]+", " ").str.strip_chars().replace("", None)


@cache
def readings() -> dict[str, str]:
    """Words of names in scripts that leave vowels out or are not read as written, to how they are read."""
    table = pl.read_csv(files("warehouse").joinpath("readings.csv").read_bytes(), infer_schema=False)
    return dict(table.select("written", "reading").iter_rows())


def _in_plain_letters(texts: pl.Series) -> pl.Series:
    """`plain_letters` of a column, in which most texts are of plain letters already."""
    texts = texts.cast(pl.String)
    others = texts.filter(texts.str.contains(OTHER_LETTERS)).unique()
    if others.is_empty():
        return texts
    composed = others.str.replace_all(APOSTROPHES, "'").str.normalize("NFC")
    read = _read_words(composed)
    characters = read.str.extract_all(OTHER_LETTERS).explode().drop_nulls().unique().to_list()
    plain = read.str.replace_many(characters, [_plain(character) for character in characters]) if characters else read
    return texts.replace(others, plain)


def _read_words(texts: pl.Series) -> pl.Series:
    """Texts in other scripts with what single letters do not show put into Latin letters."""
    if not texts.str.contains(OTHER_SCRIPTS).any():
        return texts
    text = pl.col("text")
    is_ukrainian = text.str.contains(EAST_OF_RUSSIAN)
    seen = texts.to_frame("text").with_columns(
        pl.when(is_ukrainian).then(text.str.replace_many(UKRAINIAN)).otherwise(text)
    )
    for spelling, sound in DIGRAPHS:
        seen = seen.with_columns(text.str.replace_all(spelling, sound))
    words = text.str.replace_many(ARABIC_FORMS).str.split(" ").list.eval(pl.element().replace(readings()))
    return seen.select(words.list.join(" ")).to_series()


@cache
def _plain(character: str) -> str:
    """One character in ASCII; a letter that nobody transliterates is its code point, so that no name is lost."""
    if character in OWN_LETTERS:
        return OWN_LETTERS[character]
    if not unicodedata.category(character).startswith(("L", "M")):
        return unicodedata.normalize("NFKD", character)
    ascii_form = anyascii(character)
    letters = "".join(letter for letter in ascii_form if letter.isalnum())
    is_silent = not character.isalpha() or (
        set(ascii_form) in ({"'"}, {"`"}) and "LATIN" not in unicodedata.name(character, "")
    )
    return letters if letters or is_silent else f"U{ord(character):X}"
