"""The library of comparators: how two records are compared in one entry of a model.

    Exact()                          the same or not
    JaroWinkler((0.92, 0.85))        text alike, by Jaro-Winkler similarity
    Edits((1, 2))                    text alike, by characters put in, left out, changed or exchanged
    Words((92, 80))                  text alike, words in any order; subset=True: words of one among the other's
    Tokens((0.99, 0.75, 0.5, 0.25))  words in common, rare words counting for more
    NamePart((0.92, 0.85), groups=Variants(pairs), exchange="level", aliases=True)
                                     a forename or surname: short forms, exchanged parts, other names
    Dates()                          dates with slips; placeholders=("01-01", "1900-01-01"), partial=True
    Numbers((1, 5))                  numbers by their distance; relative=True: in shares of the larger
    Postcode()                       British postcodes
    Overlap((1.0, 0.5, 0.0))         lists, by the share of the shorter one
    AnyShared()                      lists, by whether they share an element
    Custom(similarity, (0.9, 0.7))   any similarity of two series
    Expressions(columns, steps)      conditions over several columns (`matching.engine.entries`)

Belongs here: their names. Does not: conditions for `Expressions` (`pair_conditions`), entries of a model made from them
(`matching.engine.entries`).
"""

from matching.engine.comparators.base import Comparator, Custom, Exact, SingleValue
from matching.engine.comparators.dates import Dates
from matching.engine.comparators.expressions import Expressions, Feature, Level, Part
from matching.engine.comparators.lists import AnyShared, Overlap, Tokens
from matching.engine.comparators.names import NamePart, Variants
from matching.engine.comparators.numbers import Numbers
from matching.engine.comparators.places import Postcode
from matching.engine.comparators.text import Edits, JaroWinkler, Words

__all__ = [
    "AnyShared",
    "Comparator",
    "Custom",
    "Dates",
    "Edits",
    "Exact",
    "Expressions",
    "Feature",
    "JaroWinkler",
    "Level",
    "NamePart",
    "Numbers",
    "Overlap",
    "Part",
    "Postcode",
    "SingleValue",
    "Tokens",
    "Variants",
    "Words",
]
