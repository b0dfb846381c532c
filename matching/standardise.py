"""Folding of text to plain ASCII capitals, so that spelling alone is compared.

Belongs here: the one rule by which names, courts, forces and wordings are folded. Does not: the reading of any
particular kind of value.
"""

import polars as pl

# Letters that Unicode does not decompose into a plain letter and a mark.
UNDECOMPOSED_LETTERS = {
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ø": "o", "Ø": "O", "ß": "ss", "ẞ": "SS",
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH", "ħ": "h", "Ħ": "H", "ı": "i", "ŧ": "t",
    "Ŧ": "T", "ŋ": "ng", "Ŋ": "NG", "ĸ": "k", "ə": "e", "Ə": "E", "ƒ": "f", "ɓ": "b", "ɗ": "d", "ƙ": "k",
}  # fmt: skip
APOSTROPHES = "['’‘ʼʻ`´′]"


def without_marks(text: pl.Expr) -> pl.Expr:
    """The text with diacritics taken off, case kept: `Şkëlqim Łuç` → `Skelqim Luc`."""
    plain = text.str.replace_many(UNDECOMPOSED_LETTERS).str.replace_all(APOSTROPHES, "'")
    return plain.str.normalize("NFKD").str.replace_all(r"\p{M}", "")


def fold(text: pl.Expr) -> pl.Expr:
    """The text in ASCII capitals and digits, one space between words; null where nothing is left.

    Diacritics go, apostrophes close up (`O'BRIEN` → `OBRIEN`), every other sign parts words (`SMITH-JONES` →
    `SMITH JONES`).
    """
    words = without_marks(text).str.to_uppercase().str.replace_all("'", "")
    return words.str.replace_all(r"[^A-Z0-9]+", " ").str.strip_chars().replace("", None)
