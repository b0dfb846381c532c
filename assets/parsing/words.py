"""Words that stand for a value nobody knows: `n/k`, `?`, `TBC`.

Belongs here: the list of such words and their removal; characters that look alike made one. Does not: what any one
source leaves blank by design.
"""

import re

import polars as pl

# Words that serve as names too (Nan, Null, Na) are left out.
UNKNOWN_WORDS = (
    "n/k", "nk", "n.k.", "n.k", "not known", "unknown", "unk", "u/k", "not yet known", "nyk",
    "tbc", "tba", "tbd", "to be confirmed", "to follow", "awaited", "awaiting",
    "n/a", "n.a.", "n\\a", "not applicable", "nil", "#n/a",
    "not recorded", "not stated", "not given", "not provided", "not available", "no trace", "n/t",
    "xx", "xxx", "xxxx",
)  # fmt: skip
NO_WIDTH = r"(\p{Ll})\x{200b}+(\p{Lu})"  # a blank of no width parts two words only where the capitals show it
INVISIBLE = r"\p{Cf}"  # what joins, allows or forbids a break, marks of direction, soft hyphens
UNEVEN_BLANKS = r"[^\S\n]{2,}|[^\S\n ]"  # all but the single blank, which most texts are full of
EVEN = r"^[!-~]+(?:[ \n][!-~]+)*$"  # of ASCII, with nothing to even out
DASHES = r"[\p{Pd}\u2212]"  # en and em dashes, the hyphen that does not break, the minus sign
SLASHES = r"[\u2044\u2215\u29f8]"
# The digits that people from the Middle East and South Asia type, by the first of their ten characters.
OTHER_DIGITS = {chr(ord(zero) + digit): str(digit) for zero in "٠۰०০੦" for digit in range(10)}
NOTHING = rf"(?i)^(?:(?:{'|'.join(map(re.escape, UNKNOWN_WORDS))})|[^\p{{L}}\p{{N}}]*)$"


def known(text: pl.Expr) -> pl.Expr:
    """The text as a person sees it, or null where it only says that the value is not known (`n/k`, `?`, `-`, blank).

    Trimmed, one space for any run of blanks, a letter and its accent as one character; line breaks stay.
    """
    even = text.map_batches(_even, return_dtype=pl.String, is_elementwise=True)
    # Each step is named once: polars works out a step again wherever an eager expression names it.
    return even.str.replace(NOTHING, "").replace("", None)


def _even(texts: pl.Series) -> pl.Series:
    """The texts trimmed, with single blanks and whole characters, as most are that were typed in ASCII."""
    texts = texts.cast(pl.String)
    others = texts.filter(~texts.str.contains(EVEN)).unique()
    if others.is_empty():
        return texts
    even = (
        pl.col("text")
        .str.normalize("NFC")
        .str.replace_all(NO_WIDTH, "${1} ${2}")
        .str.replace_all(INVISIBLE, "")
        .str.replace_all(UNEVEN_BLANKS, " ")
        .str.strip_chars()
    )
    return texts.replace(others, others.to_frame("text").select(even).to_series())


def plain_signs(text: pl.Expr) -> pl.Expr:
    """The text with one kind of digit, dash and slash, in small letters: `１５–09−1980` → `15-09-1980`."""
    plain = text.str.normalize("NFKC").str.to_lowercase().str.replace_many(OTHER_DIGITS)
    return plain.str.replace_all(DASHES, "-").str.replace_all(SLASHES, "/").str.replace_all("·", ".", literal=True)
