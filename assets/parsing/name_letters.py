"""Two or three capitals beside a name: initials, a rank, an honour, or a word for what is not known.

`DC` may be a Detective Constable or D. C., `JP` a Justice of the Peace or J. P., `NK` not known or N. K., `NA` not
available or a name. Where nothing says which, the reading that claims least counts, and the letters are shown as what
stands beside the name.

Belongs here: that reading. Does not: titles and honours that are nothing else (`name_additions`), which words are the
surname (`name_split`).
"""

from functools import cache

import polars as pl

from assets.parsing.name_patterns import listed_words
from assets.parsing.name_split import are_initials
from reconciliation.name_forms import is_family_name, is_listed_forename
from warehouse.standardise import fold

_WORD = r"\p{L}[\p{L}\p{M}'’\-]+"
_RANKS = (
    r"W[PD]C|PCSO|DCI|(?i:Det(?:ective)?|Police)\.? (?i:(?:ch(?:ief)?\.? )?"
    r"(?:con(?:stable)?|sgt|sergeant|insp(?:ector)?|supt|superintendent))"
)
# The rank, the number on its collar, the name, its first word and the rest.
_RANKED = rf"^([DP][CS]|DI|{_RANKS})\.?(\s\d{{2,5}})?\s+(({_WORD})(,?\s.*)?)$"
_ENDS_IN_LETTERS = rf"^({_WORD})((?:\s{_WORD})*)(,?)\s(\p{{Lu}}{{2,3}})$"
_CAPITALS_BEFORE = r"\p{Ll}.*\s\p{Lu}{2}\S*\s\p{Lu}{2,3}$"  # `Tom SMITH AJ`
# Beside a longer word that is neither a forename nor a family name of those who bear Na as a name (`LI NA`).
_NA = r"^(NA)[\s,/]+([\p{L}'’\-]{4,})$|^([\p{L}'’\-]{4,})[\s,/]+(NA)$"
_KC = rf"^(KC)\s({_WORD})$"
NK = rf"^(N\.?K\.?)\s{_WORD}$|^{_WORD}\s(N\.?K\.?)$"


def without_letters(rows: pl.DataFrame) -> pl.DataFrame:
    """`seen` with such letters where they belong; those that may mean something else are added to `said`.

    Ranks before a forename or `SMITH, John`, and letters after a forename and a surname, are no part of the name.
    `Adeyemi JP` and `DI Okafor` are surname and initials.
    """
    without_rank, rank = _read_rank(pl.col("seen"))
    ranked = rows.with_columns(without_rank.alias("seen"), rank=rank)
    alone, beside = _read_beside_one_word(pl.col("seen"))
    one_word = ranked.with_columns(alone.alias("seen"), beside=beside)
    name, letters = _read_ending(pl.col("seen"))
    said = pl.concat_str("said", "rank", "beside", letters, separator="; ", ignore_nulls=True).replace("", None)
    return one_word.with_columns(name.alias("seen"), said=said).drop("rank", "beside")


def _read_beside_one_word(seen: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """`NA Smith` as a surname whose forename is not known, `KC Okafor` as one with initials; and the letters."""
    na, kc = (seen.str.extract_groups(pattern).struct.field for pattern in (_NA, _KC))
    unknown, initialled = pl.coalesce(na("2"), na("3")), kc("2")
    word = fold(pl.coalesce(unknown, initialled))
    are_letters = ~is_listed_forename(word) & ~is_family_name(word)
    read = pl.coalesce(unknown, initialled + ", K C")
    letters = pl.coalesce(na("1"), na("4"), kc("1"))
    return pl.coalesce(pl.when(are_letters).then(read), seen), pl.when(are_letters).then(letters)


def _read_rank(seen: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The name without a rank before it, and what may be a rank."""
    group = seen.str.extract_groups(_RANKED).struct.field
    rank, number, name, first, rest = (group(str(place)) for place in range(1, 6))
    is_particle = (rank == "DI") & ~name.str.contains(r"\p{Ll}")  # `DI MARIA`
    is_sure = (
        (rank.str.len_chars() > 2)
        | number.is_not_null()
        | rest.str.starts_with(",")
        | (rest.is_not_null() & is_listed_forename(fold(first)))
    ).fill_null(value=False)
    without = pl.when(is_sure).then(name).when((rank == "DI") & rest.is_null()).then(name + ", DI")
    shown = pl.concat_str(rank, number.fill_null(""))
    return pl.coalesce(pl.when(~is_particle).then(without), seen), pl.when(~is_particle).then(shown)


def _read_ending(seen: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The name with the letters at its end as initials or left out, and letters in doubt."""
    group = seen.str.extract_groups(_ENDS_IN_LETTERS).struct.field
    first, others, comma, letters = (group(str(place)) for place in range(1, 5))
    is_honour = letters.is_in(_honours())
    # `Samuel Okafor, JP`: behind a comma the letters are initials, unless a forename stands before it.
    may_be_initials = (comma == ",") | seen.str.contains(_CAPITALS_BEFORE)
    is_name = are_initials(letters) & is_listed_forename(fold(first)) & (is_honour | ~may_be_initials)
    is_alone = others == ""
    return (
        pl.when(is_name & is_alone).then(first + ", " + letters).when(is_name).then(first + others).otherwise(seen),
        pl.when(is_name & (is_honour | ~is_alone)).then(letters),
    )


@cache
def _honours() -> tuple[str, ...]:
    """Letters that are an honour or initials; those that are names too (KC, MA, MD) stay in the name."""
    letters = listed_words().filter(kind="honour after another").select("word")
    return tuple(letters.filter(are_initials(pl.col("word")))["word"])
