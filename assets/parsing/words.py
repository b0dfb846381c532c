"""Words that stand for a value nobody knows: `n/k`, `?`, `TBC`.

Belongs here: the list of such words and their removal. Does not: what any one source leaves blank by design.
"""

import polars as pl

# Words that serve as names too (Nan, Null, Na) are left out.
UNKNOWN_WORDS = (
    "n/k", "nk", "n.k.", "n.k", "not known", "unknown", "unk", "u/k", "not yet known", "nyk",
    "tbc", "tba", "tbd", "to be confirmed", "to follow", "awaited", "awaiting",
    "n/a", "n.a.", "n\\a", "not applicable", "nil", "#n/a",
    "not recorded", "not stated", "not given", "not provided", "not available", "no trace", "n/t",
    "xx", "xxx", "xxxx",
)  # fmt: skip
INVISIBLE = r"[\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}]"


def written(text: pl.Expr) -> pl.Expr:
    """The text as a person sees it: trimmed, one space for any run of blanks; null where nothing is left.

    Line breaks stay.
    """
    seen = text.str.replace_all(INVISIBLE, "").str.replace_all(r"[^\S\n]+", " ").str.strip_chars()
    return pl.when(seen != "").then(seen)


def known(text: pl.Expr) -> pl.Expr:
    """The text as written, or null where it only says that the value is not known (`n/k`, `?`, `-`, blank)."""
    seen = written(text)
    says_unknown = seen.str.to_lowercase().is_in(UNKNOWN_WORDS) | ~seen.str.contains(r"[\p{L}\p{N}]")
    return pl.when(~says_unknown).then(seen)
