"""What two names have in common, part by part: the surname, the forename, one beside the other, and the whole.

Belongs here: conditions that read one part of a name, worked out once for every two values of that part. Does not: how
names are described and which levels the conditions make (`matching.names`).
"""

from collections.abc import Callable, Sequence

import polars as pl

from matching.engine.comparators.expressions import Part
from matching.engine.comparators.pair_conditions import (
    any_of,
    both,
    crossed_likeness,
    edits,
    either,
    equal,
    jaro_winkler,
    left,
    lists_meet,
    missing,
    one_holds,
    right,
    shared,
    smaller,
    token_ratio,
    variant,
)
from matching.slips import exchanged_form, initial_of_form, slip_in_form
from reconciliation.name_forms import is_listed_forename

# From here on two names are alike: one letter in five or six wrong, the beginning right.
CLOSE = 0.92
CLOSE_CROSSWISE = 0.90
CLOSE_TOKENS = 92.0
SERVANTS = ("ABD", "ABDUL", "ABDEL", "ABDUR")


def surname_part(variants: Sequence[tuple[str, str]]) -> Part:
    """What two surnames have in common."""
    is_close = any_of(
        (
            _close("surname_folded"),
            equal("surname_sound"),
            equal("joined_surname"),
            variant("surname_folded", variants),
        )
    )
    return Part(
        ("surname_folded", "surname_sound", "joined_surname"),
        {
            "surname_is_same": equal("surname_folded"),
            "surname_is_close": is_close,
            "surnames_are_listed": pl.all_horizontal(
                is_listed_forename(side("surname_folded")) for side in (left, right)
            ),
        },
        (jaro_winkler("surname_folded", least=CLOSE), edits("surname_folded")),
    )


def forename_part(variants: Sequence[tuple[str, str]]) -> Part:
    """What two first forenames have in common.

    Two records of Abdul Karim and Abdul Rahim have servants for forenames: the surname is half of the forename.
    """
    # Brothers' names rhyme, and a slip of the pen seldom makes another name.
    is_other = both("is_first_listed") | _feminine()
    return Part(
        ("first_forename", "first_sound", "is_first_listed", "meant", "meant_forms", "sex"),
        {
            "forename_is_missing": missing("first_forename"),
            "forename_is_same": equal("first_forename"),
            "forenames_are_two": (~equal("first_forename") & is_other).fill_null(value=False),
            "forename_is_alike": _close("first_forename") | equal("first_sound") | slip_in_form(),
            "forename_varies": variant("first_forename", variants),
            "forename_is_initial": _initial(),
            "forename_is_part": _is_part(),
            "forenames_begin_alike": _begin_alike() | initial_of_form(),
            "are_servants": pl.all_horizontal(side("first_forename").is_in(SERVANTS) for side in (left, right)),
        },
        (jaro_winkler("first_forename", least=CLOSE), edits("first_forename")),
    )


def crosswise_part() -> Part:
    """Whether forename and surname have changed places."""
    crosswise = crossed_likeness("first_forename", "surname_folded", CLOSE_CROSSWISE) | exchanged_form()
    return Part(
        ("first_forename", "surname_folded", "meant_forms"),
        {"name_is_crosswise": crosswise},
        (
            jaro_winkler("first_forename", "surname_folded", least=CLOSE_CROSSWISE),
            jaro_winkler("surname_folded", "first_forename", least=CLOSE_CROSSWISE),
        ),
    )


def whole_part() -> Part:
    """What two whole names, and the aliases beside them, have in common."""
    is_parted = left("names").list.len() != right("names").list.len()
    have_second = (smaller("second_names") > 0) & ~lists_meet("second_names")
    return Part(
        (
            *("full_name", "sorted_name", "short_name", "joined_name", "letters"),
            *("names", "given_names", "second_names", "alias_names"),
        ),
        {
            "name_is_missing": missing("full_name"),
            "name_is_same": equal("full_name"),
            "short_name_is_same": equal("short_name"),
            "name_is_parted": is_parted,
            "name_is_reordered": equal("sorted_name")
            | equal("joined_name")
            | (equal("letters") & lists_meet("names") & is_parted),
            "name_is_contained": (shared("names") == smaller("names")) & (smaller("names") >= 2),
            "name_is_one_edit_off": pl.col("joined_name_edits") <= 1,
            "name_words_are_close": pl.col("sorted_name_token_ratio") >= CLOSE_TOKENS,
            # One letter off is a slip, and an initial says nothing.
            "second_names_differ": have_second & (pl.col("joined_name_edits") > 1),
            "given_names_meet": lists_meet("given_names"),
            "is_alias": _alias(),
        },
        (edits("joined_name"), token_ratio("sorted_name", least=CLOSE_TOKENS, where=lists_meet("names"))),
    )


def _feminine() -> pl.Expr:
    """A woman's forename is a man's but for its end: Jan and Jana, Nino and Nina, Simon and Simone."""

    def is_of_woman(one: Callable[[str], pl.Expr], other: Callable[[str], pl.Expr]) -> pl.Expr:
        hers, his = one("first_forename"), other("first_forename")
        is_ended = hers.str.ends_with("A") & ~his.str.ends_with("A") & (pl.col("first_forename_edits") <= 1)
        is_longer = (hers != his) & hers.str.starts_with(his) & hers.str.contains("[AE]$") & (his.str.len_chars() >= 3)
        # Where a sex is not known: no slip of the hand adds an A.
        is_added = (hers == his + "A") & ~his.str.tail(1).is_in(list("AEIOUY")) & other("is_first_listed")
        are_known = (one("sex") == "F") & (other("sex") == "M")
        return (are_known & (is_ended | is_longer)) | (are_known.is_null() & is_added)

    return either(is_of_woman).fill_null(value=False)


def _close(column: str) -> pl.Expr:
    """One edit in names of three letters or more, or alike by Jaro-Winkler."""
    shorter = pl.min_horizontal(left(column).str.len_chars(), right(column).str.len_chars())
    one_edit = (pl.col(f"{column}_edits") <= 1) & (shorter >= 3)
    return equal(column) | one_edit | (pl.col(f"{column}_similarity") >= CLOSE)


def _alias() -> pl.Expr:
    return any_of(
        (
            one_holds("sorted_name", "alias_names"),
            one_holds("short_name", "alias_names"),
            lists_meet("alias_names"),
        )
    )


def _initial() -> pl.Expr:
    """One forename is the other's first letter."""
    first, second = left("first_forename"), right("first_forename")
    is_initial = pl.min_horizontal(first.str.len_chars(), second.str.len_chars()) == 1
    return is_initial & (first.str.head(1) == second.str.head(1))


def _is_part() -> pl.Expr:
    """One forename, three letters or more, is part of the other: Seun, Oluwaseun."""
    one, other = left("first_forename"), right("first_forename")
    shorter = pl.min_horizontal(one.str.len_chars(), other.str.len_chars())
    return (shorter >= 3) & (one.str.contains(other, literal=True) | other.str.contains(one, literal=True))


def _begin_alike() -> pl.Expr:
    return left("first_forename").str.head(3) == right("first_forename").str.head(3)
