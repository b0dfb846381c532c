"""Words as they sound.

Belongs here: spellings of one sound, and the rough sound of a word. Does not: what agreement of sounds is worth
(`matching.names`).
"""

import polars as pl

# Short names sound alike by the dozen.
LEAST_SOUND = 4
# What one clerk hears and another writes: spellings of a sound in the languages met, and the letters that stand for it.
SOUNDS = (
    ("SZCZ|SHCH|STCH", "SC"),
    ("SCH|SH|SZ", "S"),
    ("TSCH|TCH|CZ|CS|CH", "C"),
    ("DZH|DZS|DJ|GJ|ZH|ZS|XH|^Y|^J", "J"),
    ("RZ", "R"),
    ("PH|W|V", "F"),
    ("CK|KH|QU|Q", "K"),
    ("TS|TZ", "Z"),
    ("TH", "T"),
    ("^C", "K"),
    ("[AOU][AEIOUY]*", "a"),
    ("[EIY][EIYa]*", "i"),
    ("H", ""),
    *((f"{letter}{letter}+", letter) for letter in "BCDFGKLMNPRSTZ"),
)


def sound_of(word: pl.Expr) -> pl.Expr:
    """A word as it sounds, roughly: vowels are light or dark; null where fewer than four letters are left."""
    for spellings, letters in SOUNDS:
        word = word.str.replace_all(spellings, letters)
    return pl.when(word.str.len_chars() >= LEAST_SOUND).then(word)
