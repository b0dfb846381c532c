"""Parts of names: the order of the levels, exchanged parts, short forms and other names."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import JaroWinkler

from matching.engine.comparators import NamePart, Variants
from matching.engine.comparators.names import EXCHANGED, OTHER_NAMES, VARIANTS
from matching.engine.values import encode

SHORT_FORMS = Variants((("WILLIAM", "BILL"), ("MARGARET", "PEGGY"), ("MARGARET", "MAGGIE")))
FORENAME = NamePart((0.92, 0.85), groups=SHORT_FORMS, exchange="level", aliases=True)
SURNAME = NamePart((0.92, 0.85), exchange="leave out")

Person = tuple[str | None, str | None, list[str] | None]


def reported(comparator: NamePart, *people: Person, swap: bool = False) -> str:
    """The level that the first of two people reaches with the second, both ways round."""
    forenames, surnames, others = zip(*people, strict=True)
    parts = [pl.Series("forename", forenames, pl.String), pl.Series("surname", surnames, pl.String)]
    columns = [*(parts[::-1] if swap else parts), pl.Series("others", others, pl.List(pl.String))]
    coded = encode(columns[: 1 + bool(comparator.exchange)] + columns[2:] * comparator.aliases)
    judge = comparator.bind(coded)
    ends = [[column.codes[[row]] for column in coded] for row in (0, 1)]
    levels = [judge(ends[0], ends[1]).item(), judge(ends[1], ends[0]).item()]
    assert levels[0] == levels[1]
    return comparator.levels[levels[0]]


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        pytest.param(("ANNA", "ROSS", None), ("ANNA", "HILL", None), "the same", id="equal"),
        pytest.param(("PEGGY", "ROSS", None), ("MARGARET", "ROSS", None), VARIANTS, id="a short form"),
        pytest.param(("PEGGY", "ROSS", None), ("MAGGIE", "ROSS", None), "differ", id="two short forms of one name"),
        pytest.param(("MARTHA", "ROSS", None), ("MARHTA", "ROSS", None), "alike (Jaro-Winkler 0.92)", id="a slip"),
        pytest.param(("THAO", "ROSS", ["LAN"]), ("LAN", "ROSS", None), OTHER_NAMES, id="another name of the one"),
        pytest.param(("THAO", "ROSS", ["LAN"]), (None, "ROSS", ["THAO"]), "not known", id="no name to be found"),
        pytest.param(("THAO", "ROSS", ["LAN"]), ("MAI", "ROSS", ["LAN"]), "differ", id="other names alone say nothing"),
        pytest.param(("NGUYEN", "ANH", None), ("ANH", "NGUYEN", None), EXCHANGED, id="parts exchanged"),
        pytest.param(("ANH", "ANH", None), ("ANH", "ANH", None), "the same", id="two equal parts cannot be exchanged"),
        pytest.param(("NGUYEN", None, None), (None, "NGUYEN", None), "not known", id="a part in the other's place"),
        pytest.param((None, "ROSS", None), ("ANNA", "ROSS", None), "not known", id="missing"),
        pytest.param((None, None, None), (None, None, None), "not known", id="no name at all"),
        pytest.param(("", "ROSS", []), ("ANNA", "ROSS", []), "differ", id="an empty text is a value"),
    ],
)
def test_forename(one, other, level):
    assert reported(FORENAME, one, other) == level


def test_exchanged_parts_are_weighed_once():
    people = ("NGUYEN", "ANH", None), ("ANH", "NGUYEN", None)
    assert reported(FORENAME, *people) == EXCHANGED
    assert reported(SURNAME, *people, swap=True) == "not known"


names = st.sampled_from(
    ["MARTHA", "MARHTA", "BILL", "WILLIAM", "WILLAM", "PEGGY", "MARGARET", "NGUYEN", "ANH", "A", ""]
)
person = st.tuples(st.none() | names, st.none() | names, st.none() | st.lists(names, max_size=3))


def plainly(one: Person, other: Person) -> str:
    """What a forename reaches, said slowly."""
    first, second = one[0], other[0]
    if None not in (one[0], one[1]) and one[0] != one[1] and (one[0], one[1]) == (other[1], other[0]):
        return EXCHANGED
    if first is None or second is None:
        return "not known"
    if first == second:
        return "the same"
    score = np.float32(JaroWinkler.similarity(first, second))
    if score >= 0.92:
        return "alike (Jaro-Winkler 0.92)"
    if any({first, second} == set(pair) for pair in SHORT_FORMS.pairs):
        return VARIANTS
    if score >= 0.85:
        return "alike (Jaro-Winkler 0.85)"
    return OTHER_NAMES if first in (other[2] or []) or second in (one[2] or []) else "differ"


@given(person, person)
def test_forename_reads_as_it_is_said(one, other):
    assert reported(FORENAME, one, other) == plainly(one, other)


@pytest.mark.parametrize("groups", [None, SHORT_FORMS])
@pytest.mark.parametrize("exchange", [None, "level", "leave out"])
@pytest.mark.parametrize("aliases", [False, True])
@pytest.mark.parametrize("thresholds", [(0.9,), (0.95, 0.9, 0.8)])
def test_every_level_is_kept_apart_whatever_is_switched_on(groups, exchange, aliases, thresholds):
    comparator = NamePart(thresholds, groups, exchange, aliases)
    assert len(set(comparator.levels)) == len(comparator.levels)
    assert reported(comparator, ("MARTHA", "ROSS", None), ("ZOE", "HILL", None)) == "differ"
    assert (
        reported(comparator, ("MARTHA", "X", None), ("MARHTA", "Y", None)) == f"alike (Jaro-Winkler {thresholds[0]:g})"
    )
    short = reported(comparator, ("BILL", "ROSS", None), ("WILLIAM", "HILL", None))
    assert short == (VARIANTS if groups else "differ")


def test_a_function_can_group_names():
    comparator = NamePart((0.99,), groups=lambda names: names.str.head(1) + names.str.len_chars().cast(pl.String))
    assert reported(comparator, ("CATHERINE", None, None), ("KATHRYN", None, None)) == "differ"
    assert reported(comparator, ("KATHARINE", None, None), ("KATHERINE", None, None)) == VARIANTS


def test_columns_must_be_those_that_the_options_ask_for():
    names = encode([pl.Series("forename", ["ANNA"]), pl.Series("surname", ["ROSS"])])
    with pytest.raises(ValueError, match="reads 1 columns, not 2"):
        NamePart().bind(names)
    with pytest.raises(ValueError, match="must hold lists of other names"):
        NamePart(aliases=True).bind(names)


def test_exchange_is_reported_or_left_out():
    with pytest.raises(ValueError, match="'level', 'leave out'"):
        NamePart(exchange="yes")
