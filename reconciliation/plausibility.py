"""What can be right: checks and implications that the table of fields in `reconciliation.golden` names.

Belongs here: expressions on a record beside what is known of its order. Does not: which field uses them, and what
follows from them.
"""

from datetime import date
from typing import Final

import polars as pl

from reconciliation import sitting_days, statutes
from reconciliation.date_arithmetic import months_after, whole_months
from reconciliation.statutes import (
    COMMENCED_ON,
    FIRST_ORDER_ON,
    HALF_YEAR,
    LONGEST_TRAVEL_MONTHS,
    MINIMUM_MONTHS,
    PREVENTION_OF,
    SCOTTISH_TYPES,
    is_northern_irish,
)
from warehouse.codes import reference

YOUNGEST_YEARS: Final = 10
"""Age of criminal responsibility in England and Wales: nobody younger is bound by an order (R21 sets no other)."""

POLICE_KINDS: Final = ("territorial", "national_police")
"""Kinds of force that hold orders; agencies only apply for them (R10)."""

JURISDICTIONS: Final = {
    "England": "England and Wales",
    "Wales": "England and Wales",
    "Scotland": "Scotland",
    "Northern Ireland": "Northern Ireland",
}
"""By nation; forces of all Great Britain or the whole Kingdom have none of their own."""


def fact_of(code: pl.Expr, table: str, column: str) -> pl.Expr:
    """What a reference list says of a code; null where it does not know it."""
    rows = reference(table)
    facts = dict(zip(rows.get_column("code"), rows.get_column(column), strict=True))
    return code.replace_strict(facts, default=None, return_dtype=pl.String)


_court = pl.col("golden_court_code")
_court_nation = fact_of(_court, "courts", "nation")
_is_scottish = pl.col("order_type").is_in(SCOTTISH_TYPES)
# Type by nation (R35); of Northern Ireland to February 2022, since the Act of that year was not read (R34). The Crown
# Court can make an STRO on appeal: it is not a reason to choose another type (R09).
READ_TO: Final = date(2022, 3, 1)
is_type_of_nation = (_is_scottish == (_court_nation == "Scotland")) & ~(
    (_court_nation == "Northern Ireland") & (pl.col("order_type") == "STRO") & (pl.col("made_on") < READ_TO)
).fill_null(value=False)

_end_by_term = months_after(pl.coalesce("start_on", "golden_start_on"), pl.col("term_months"))
_start_by_term = months_after(pl.col("end_on"), -pl.col("term_months"))
# The last day is counted to the day itself or to the day before.
ends_by_term = (_end_by_term, _end_by_term.dt.offset_by("-1d"))
starts_by_term = (_start_by_term, _start_by_term.dt.offset_by("1d"))

commenced_on = pl.coalesce(
    pl.col("order_type").replace_strict(COMMENCED_ON, default=None, return_dtype=pl.Date),
    pl.lit(FIRST_ORDER_ON),
)
is_sitting_day = sitting_days.is_sitting_day(pl.col("made_on"), _court)
is_after_night = (pl.col("made_on") > pl.col("night")).fill_null(value=False)

start_so_far = pl.coalesce("golden_start_on", "start_on", "golden_made_on", "made_on")
# Orders of foreign-travel prohibitions alone have no least length and a greatest one (R02, R03, R05, R30). The least
# length in Northern Ireland is not verified (R33): nothing is chosen by it.
_is_verified = ~is_northern_irish(_court)
shortest_months = statutes.shortest_months("golden_")
shortest_end = months_after(start_so_far, shortest_months).dt.offset_by("-1d")
longest_end = pl.when("is_travel_only").then(months_after(start_so_far, pl.lit(LONGEST_TRAVEL_MONTHS)))
is_short_for_full = (
    ((pl.col("end_on") - pl.col("start_on")).dt.total_days() < min(MINIMUM_MONTHS.values()) * 30)
    & ~pl.col("is_travel_only")
    & _is_verified
)
length_by_own_dates = whole_months(pl.col("start_on"), pl.col("end_on"))
# A full order shorter than a prevention order can be is a risk order (R02, R27), unless it forbids only travel.
_risk_types = {prevention: risk for risk, prevention in PREVENTION_OF.items()} | {name: name for name in PREVENTION_OF}
_shortest_prevention = min(MINIMUM_MONTHS[name] for name in PREVENTION_OF.values())
_can_be_short = pl.col("is_interim") | pl.col("is_travel_only") | ~_is_verified
type_by_length = pl.when(
    ~_can_be_short & (pl.min_horizontal("term_months", length_by_own_dates) < _shortest_prevention)
).then(pl.col("order_type").replace_strict(_risk_types, default=None, return_dtype=pl.String))
is_too_short_for_type = (
    ~_can_be_short
    & pl.col("order_type").is_in(list(PREVENTION_OF.values()))
    & (pl.col("term_months") == length_by_own_dates)
    & (length_by_own_dates < _shortest_prevention)
).fill_null(value=False)

is_start_filled_in = (
    pl.any_horizontal(pl.col("start_on") == pl.col("made_on"), pl.col("start_on") == pl.col("golden_made_on"))
    & (pl.col("start_on") != pl.col("later_start_on"))
).fill_null(value=False)
is_start_copied = (
    (pl.col("start_on") == pl.col("made_on"))
    & (pl.col("made_on") != pl.col("golden_made_on"))
    & pl.col("start_on").ne_missing(pl.col("later_start_on"))
).fill_null(value=False)
is_made_copied = (pl.col("made_on") == pl.col("put_off_on")).fill_null(value=False)
is_end_counted_from_making = (
    (whole_months(pl.col("golden_made_on"), pl.col("end_on")) % HALF_YEAR == 0)
    & whole_months(pl.col("golden_start_on"), pl.col("end_on")).is_null()
).fill_null(value=False)
is_against_dates = (
    whole_months(pl.col("golden_start_on"), pl.col("golden_end_on")) != pl.col("term_months")
).fill_null(value=False)

is_main_name = ~pl.col("is_alias") & ~pl.col("is_turned")
is_main_given = ~pl.col("is_alias_given") & ~pl.col("is_turned")
is_old_enough = ~(pl.col("date_of_birth").dt.offset_by(f"{YOUNGEST_YEARS}y") > pl.coalesce("made_on", "recorded_on"))

_force = pl.col("force_code")
_force_jurisdiction = fact_of(_force, "forces", "nation").replace_strict(JURISDICTIONS, default=None)
can_force_hold_it = fact_of(_force, "forces", "kind").is_in(POLICE_KINDS) & ~(
    _force_jurisdiction != _court_nation.replace_strict(JURISDICTIONS, default=None)
).fill_null(value=False)
force_of_case = fact_of(pl.col("case_urn").str.head(2), "forces", "current_code")
is_court_of_force = fact_of(pl.col("court_code"), "courts", "force_code") == _force
is_force_of_court = _force == fact_of(_court, "courts", "force_code")
