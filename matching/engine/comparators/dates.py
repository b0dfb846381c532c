"""Comparators of dates: slips of the hand, days that stand for not known, partial dates.

Belongs here: dates as digits and as days. Does not: the parsing of dates in many forms, which comes before.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.comparators.base import (
    NOT_KNOWN,
    SAME,
    Difference,
    Levels,
    SingleValue,
    check_ascending,
    check_kind,
)
from matching.engine.values import CodedColumn, Codes, Flags

EXCHANGED = "day and month exchanged"
ONE_DIGIT = "one digit off, or neighbours exchanged"
TWO_PARTS = "two of year, month and day the same"
DAY_NOT_KNOWN = "same year and month, day not known"
YEAR_ONLY = "same year, rest not known"
FILLER_SAME_YEAR = "a placeholder, same year"
FILLER = "a placeholder, other year"

_PLACEHOLDER = re.compile(r"(\d{4}-)?\d{2}-\d{2}")
# The parts of `YYYYMMDD` with four bits a digit, and the lowest bit of each digit.
MONTH_AND_DAY, MONTH, DAY, LOWEST = (np.uint32(bits) for bits in (0xFFFF, 0xFF00, 0xFF, 0x11111111))
NO_DIGITS, IS_FILLER, NO_DAY, YEAR_ALONE = (np.uint8(bit) for bit in (1, 2, 4, 8))

Digits = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Dates(SingleValue):
    """Dates by what goes wrong when they are written down.

    Columns: dates, or texts with year, month and day in this order, with or without separators. Texts that are no
    date are compared as digits all the same; a text without a digit says nothing. Let all texts have one form: the
    share of equal dates is counted on the values as they stand.

    Attributes:
        years: years between two dates, at most; one degree each, ascending.
        placeholders: days that stand for a date not known, as `1900-01-01`, or in any year as `01-01`. With them a
            pair reaches levels of its own whatever else agrees, since fillers agree by habit.
        partial: whether texts may hold a year alone, or a year and a month (`1984`, `1984-05`, `1984-05-00`); else
            these are read as digits too.
    """

    years: tuple[int, ...] = (1, 10)
    placeholders: tuple[str, ...] = ()
    partial: bool = False

    def __post_init__(self) -> None:
        if self.years:
            check_ascending("years", self.years)
        if wrong := [day for day in self.placeholders if not _PLACEHOLDER.fullmatch(day)]:
            raise ValueError(f"placeholders are YYYY-MM-DD or MM-DD, not {', '.join(wrong)}")

    @property
    def is_same_value(self) -> bool:
        """See `Comparator.is_same_value`: equal fillers and equal partial dates need not be one date."""
        return not (self.placeholders or self.partial)

    @property
    def degrees(self) -> tuple[str, ...]:
        """From exchanged parts to years apart."""
        partial = (DAY_NOT_KNOWN, YEAR_ONLY) if self.partial else ()
        fillers = (FILLER_SAME_YEAR, FILLER) if self.placeholders else ()
        years = tuple(f"at most {years} {'year' if years == 1 else 'years'} apart" for years in self.years)
        return (EXCHANGED, ONE_DIGIT, TWO_PARTS, *partial, *fillers[:1], *years, *fillers[1:])

    def agreement(self, column: CodedColumn) -> Levels | None:
        """See `SingleValue.agreement`: fillers and partial dates that are equal are less than the same."""
        dates = _read(column, self)
        own = np.arange(len(dates.digits), dtype=np.int32)
        levels = np.full(len(own), SAME, np.int8)
        self._put_special(levels, dates, own, own)
        return levels

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        dates = _read(column, self)
        by_years = self._by_years()

        def judge(one: Codes, other: Codes) -> Levels:
            levels: Levels = by_years[np.abs(dates.years[one] - dates.years[other])]
            apart = dates.digits[one] ^ dates.digits[other]
            alike = np.nonzero((_differing(apart) <= 2) | (apart <= MONTH_AND_DAY) | (apart & MONTH_AND_DAY == 0))[0]
            levels[alike] = self._likeness(dates.digits[one[alike]], dates.digits[other[alike]], levels[alike])
            self._put_special(levels, dates, one, other)
            return levels

        return judge

    def _place(self, level: str) -> int:
        return self.levels.index(level)

    def _by_years(self) -> Levels:
        """The level that a number of years apart reaches if nothing else is alike."""
        levels = np.full(10_000, len(self.levels) - 1, np.int8)
        first = len(self.levels) - 1 - len(self.years) - bool(self.placeholders)
        for place, years in reversed(list(enumerate(self.years, first))):
            levels[: years + 1] = place
        return levels

    def _likeness(self, one: Digits, other: Digits, by_years: Levels) -> Levels:
        """Levels of dates that are alike in their digits."""
        apart = one ^ other
        same_year = apart <= MONTH_AND_DAY
        equal = same_year.astype(np.int8) + (apart & MONTH == 0) + (apart & DAY == 0)
        exchanged = ((one & DAY) << 8 == other & MONTH) & (one & MONTH == (other & DAY) << 8)
        levels = by_years.copy()
        levels[equal == 2] = self._place(TWO_PARTS)
        levels[_is_slip(one, other)] = self._place(ONE_DIGIT)
        levels[same_year & exchanged] = self._place(EXCHANGED)
        levels[apart == 0] = SAME
        return levels

    def _put_special(self, levels: Levels, dates: "_Dates", one: Codes, other: Codes) -> None:
        """Levels of pairs in which a date is partial, a filler, or none at all; the last counts most."""
        if not dates.kinds.any():
            return
        special = np.nonzero(dates.kinds[one] | dates.kinds[other])[0]
        one, other = one[special], other[special]
        kinds, same_year = dates.kinds[one] | dates.kinds[other], dates.years[one] == dates.years[other]
        found = levels[special]
        if self.partial:
            same_month = same_year & ((dates.digits[one] ^ dates.digits[other]) & MONTH == 0)
            is_partial = kinds & (YEAR_ALONE | NO_DAY) != 0
            by_years = self._by_years()[np.abs(dates.years[one] - dates.years[other])]
            found[is_partial] = by_years[is_partial]
            found[is_partial & same_month] = self._place(DAY_NOT_KNOWN)
            found[(kinds & YEAR_ALONE != 0) & same_year] = self._place(YEAR_ONLY)
        if self.placeholders:
            is_filler = kinds & IS_FILLER != 0
            found[is_filler & same_year] = self._place(FILLER_SAME_YEAR)
            found[is_filler & ~same_year] = self._place(FILLER)
        found[kinds & NO_DIGITS != 0] = NOT_KNOWN
        levels[special] = found


@dataclass(frozen=True, eq=False)
class _Dates:
    """Dates as numbers, one a value.

    Attributes:
        digits: `YYYYMMDD` with four bits a digit.
        years: as a number.
        kinds: what is special: `NO_DIGITS`, `IS_FILLER`, and if dates may be partial `NO_DAY`, `YEAR_ALONE`.
    """

    digits: Digits
    years: npt.NDArray[np.int16]
    kinds: npt.NDArray[np.uint8]


def _read(column: CodedColumn, options: Dates) -> _Dates:
    check_kind(column, "dates or text", [pl.Date, pl.Datetime, pl.String])
    values = column.dictionary.values
    texts = values if values.dtype == pl.String else values.dt.to_string("%Y-%m-%d")
    # A digit that stands alone is a month or a day without its nought.
    bare = texts.str.replace_all(r"\b([0-9])\b", "0${1}").str.replace_all("[^0-9]", "")
    padded = bare.str.slice(0, 8).str.pad_end(8, "0")
    digits = padded.str.to_integer(base=16, dtype=pl.UInt32).to_numpy()
    fillers = [day.replace("-", "") for day in options.placeholders]
    kinds = (
        (bare == "").to_numpy() * NO_DIGITS
        | (padded.is_in(fillers) | padded.str.slice(4).is_in(fillers)).to_numpy() * IS_FILLER
        | (options.partial & (digits & MONTH == 0)) * YEAR_ALONE
        | (options.partial & (digits & DAY == 0)) * NO_DAY
    )
    return _Dates(digits, padded.str.slice(0, 4).cast(pl.Int16).to_numpy(), kinds.astype(np.uint8))


def _differing(apart: Digits) -> npt.NDArray[np.uint8]:
    """How many of eight digits differ, from the bits that do."""
    bits = apart | (apart >> 2)
    return np.asarray(np.bitwise_count((bits | (bits >> 1)) & LOWEST), np.uint8)


def _is_slip(one: Digits, other: Digits) -> Flags:
    """One digit differs, or two neighbours have changed places."""
    count = _differing(one ^ other)
    slip = np.asarray(count == 1, np.bool_)
    for low in range(0, 28, 4):
        first, second = one >> low & 0xFF, other >> low & 0xFF
        slip |= (count == 2) & (first >> 4 == second & 15) & (first & 15 == second >> 4) & (first != second)
    return slip
