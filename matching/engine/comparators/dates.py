"""Comparators of dates: slips of the hand, days that stand for not known, partial dates, days apart.

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
    graded,
)
from matching.engine.values import Codes, Column, Flags

EXCHANGED = "day and month exchanged"
ONE_DIGIT = "one digit off, or neighbours exchanged"
TWO_PARTS = "two of year, month and day the same"
DAY_NOT_KNOWN = "same year and month, day not known"
YEAR_ONLY = "same year, rest not known"
FILLER_SAME_YEAR = "a placeholder, same year"
FILLER = "a placeholder, other year"

_PLACEHOLDER = re.compile(r"(\d{4}-)?\d{2}-\d{2}")
_ONES = np.uint64(0x0101010101010101)
_BYTE = np.uint64(255)


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

    def agreement(self, column: Column) -> Levels | None:
        """See `SingleValue.agreement`: fillers and partial dates that are equal are less than the same."""
        check_kind(column, [pl.Date, pl.Datetime, pl.String], "dates and texts")
        dates = _read(column.dictionary.values, self)
        levels = np.full(len(dates.digits), SAME, np.int8)
        self._put_special(levels, dates, np.arange(len(levels), dtype=np.int32), np.arange(len(levels), dtype=np.int32))
        return levels

    def difference(self, column: Column) -> Difference:
        """See `SingleValue.difference`."""
        check_kind(column, [pl.Date, pl.Datetime, pl.String], "dates and texts")
        dates = _read(column.dictionary.values, self)

        def judge(one: Codes, other: Codes) -> Levels:
            levels = self._by_years(dates, one, other)
            equal = [part[one] == part[other] for part in (dates.years, dates.months, dates.days)]
            levels[equal[0].astype(np.int8) + equal[1] + equal[2] >= 2] = self._place(TWO_PARTS)
            levels[_is_slip(dates.digits[one], dates.digits[other])] = self._place(ONE_DIGIT)
            is_exchanged = (dates.months[one] == dates.days[other]) & (dates.days[one] == dates.months[other])
            levels[equal[0] & is_exchanged] = self._place(EXCHANGED)
            levels[dates.digits[one] == dates.digits[other]] = SAME
            self._put_special(levels, dates, one, other)
            return levels

        return judge

    def _place(self, told: str) -> int:
        return self.levels.index(told)

    def _by_years(self, dates: "_Dates", one: Codes, other: Codes) -> Levels:
        apart = np.abs(dates.years[one] - dates.years[other])
        levels = np.full(len(one), len(self.levels) - 1, np.int8)
        first = self.levels.index(self.degrees[-len(self.years) - bool(self.placeholders)]) if self.years else 0
        for place, years in reversed(list(enumerate(self.years, first))):
            levels[apart <= years] = place
        return levels

    def _put_special(self, levels: Levels, dates: "_Dates", one: Codes, other: Codes) -> None:
        """Levels of pairs in which a date is partial, a filler, or none at all; the last counts most."""
        same_year = dates.years[one] == dates.years[other]
        if self.partial:
            known = np.minimum(dates.known[one], dates.known[other])
            partial = np.nonzero(known < 3)[0]
            first, second = one[partial], other[partial]
            by_years = self._by_years(dates, first, second)
            by_years[same_year[partial] & (known[partial] == 1)] = self._place(YEAR_ONLY)
            same_month = same_year[partial] & (dates.months[first] == dates.months[second])
            by_years[same_month & (known[partial] == 2)] = self._place(DAY_NOT_KNOWN)
            levels[partial] = by_years
        if self.placeholders:
            filler = dates.is_filler[one] | dates.is_filler[other]
            levels[filler & same_year] = self._place(FILLER_SAME_YEAR)
            levels[filler & ~same_year] = self._place(FILLER)
        levels[~(dates.has_digits[one] & dates.has_digits[other])] = NOT_KNOWN


@dataclass(frozen=True, eq=False)
class _Dates:
    """Dates as numbers, one a value.

    Attributes:
        digits: the eight characters of `YYYYMMDD`, a byte each.
        years: as a number.
        months: likewise, 0 to 99.
        days: likewise.
        known: how many parts are known: year, month, day.
        is_filler: the day is a placeholder.
        has_digits: the text holds a digit at all.
    """

    digits: npt.NDArray[np.uint64]
    years: npt.NDArray[np.int16]
    months: npt.NDArray[np.int8]
    days: npt.NDArray[np.int8]
    known: npt.NDArray[np.int8]
    is_filler: Flags
    has_digits: Flags


def _read(values: pl.Series, options: Dates) -> _Dates:
    texts = values if values.dtype == pl.String else values.dt.to_string("%Y-%m-%d")
    # A digit that stands alone is a month or a day without its nought.
    digits = texts.str.replace_all(r"\b([0-9])\b", "0${1}").str.replace_all("[^0-9]", "").rename("digits")
    padded = digits.str.slice(0, 8).str.pad_end(8, "0")
    packed = np.frombuffer("".join(padded.to_list()).encode(), np.uint8).reshape(-1, 8)
    numbers = padded.cast(pl.Int32).to_numpy()
    months, days = (numbers // 100 % 100).astype(np.int8), (numbers % 100).astype(np.int8)
    known = np.where(months == 0, 1, np.where(days == 0, 2, 3)).astype(np.int8)
    fillers = [day.replace("-", "") for day in options.placeholders]
    is_filler = padded.is_in(fillers) | padded.str.slice(4).is_in(fillers)
    return _Dates(
        digits=packed.copy().view(np.uint64).ravel(),
        years=(numbers // 10_000).astype(np.int16),
        months=months,
        days=days,
        known=known,
        is_filler=is_filler.to_numpy(),
        has_digits=(digits.str.len_bytes() > 0).to_numpy(),
    )


def _is_slip(one: npt.NDArray[np.uint64], other: npt.NDArray[np.uint64]) -> Flags:
    """One of eight characters differs, or two neighbours that are exchanged."""
    apart = one ^ other
    bits = apart | (apart >> np.uint64(4))
    bits |= bits >> np.uint64(2)
    # The lowest bit of each byte that differs.
    differs = (bits | (bits >> np.uint64(1))) & _ONES
    count = np.bitwise_count(differs)
    slip = np.asarray(count == 1, np.bool_)
    neighbours = np.nonzero((count == 2) & ((differs & (differs >> np.uint64(8))) != 0))[0]
    lowest = differs[neighbours] & (~differs[neighbours] + np.uint64(1))
    low = (np.bitwise_count(lowest - np.uint64(1))).astype(np.uint64)
    high = low + np.uint64(8)
    first, second = one[neighbours], other[neighbours]
    exchanged = ((first >> low) & _BYTE == (second >> high) & _BYTE) & (
        (first >> high) & _BYTE == (second >> low) & _BYTE
    )
    slip[neighbours] = exchanged
    return slip


@dataclass(frozen=True)
class DaysApart(SingleValue):
    """The days between two dates, by limits.

    Columns: dates, or dates with a time of day.

    Attributes:
        limits: in days, ascending; may be parts of a day where there is a time.
    """

    limits: tuple[float, ...] = (2, 14, 31)

    def __post_init__(self) -> None:
        check_ascending("limits", self.limits)

    @property
    def degrees(self) -> tuple[str, ...]:
        """One degree a limit."""
        return tuple(f"at most {limit:g} {'day' if limit == 1 else 'days'} apart" for limit in self.limits)

    def difference(self, column: Column) -> Difference:
        """See `SingleValue.difference`."""
        check_kind(column, [pl.Date, pl.Datetime], "dates")
        moments = column.dictionary.values.cast(pl.Datetime("us")).to_physical().to_numpy() / 86_400e6
        return lambda one, other: graded(-np.abs(moments[one] - moments[other]), [-limit for limit in self.limits])
