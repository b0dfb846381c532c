"""How a golden value fits the others of its order, and who else bears it.

Belongs here: what each field is held against, in words. Does not: what a fit weighs (`values`).
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from reconciliation.date_arithmetic import whole_months
from reconciliation.plausibility import fact_of
from reconciliation.sitting_days import is_sitting_day

PERSONAL: Final = ("pnc_id", "surname_folded", "forenames_folded")
"""What others may bear too."""


def observe_fits(orders: pl.DataFrame, shared: Mapping[str, pl.Series] | None = None) -> pl.DataFrame:
    """`order_id`, `field`, `fit`: how a golden value fits the others of its order.

    Args:
        orders: `ORDERS`.
        shared: from `find_shared` over the orders of all people; over these unless given.
    """
    shared = find_shared(orders) if shared is None else shared
    marks = (
        pl.col(name).is_in(values.implode(), nulls_equal=True).alias(f"is_{name}_shared")
        for name, values in shared.items()
    )
    fits = {name: _chosen(*choices) for name, choices in FITS.items()}
    wide = orders.with_columns(marks).select("order_id", **fits)
    return wide.unpivot(list(FITS), index="order_id", variable_name="field", value_name="fit")


def find_shared(orders: pl.DataFrame) -> dict[str, pl.Series]:
    """By column of `PERSONAL`, the values that several people bear."""
    bearers = pl.col("subject_id").n_unique()
    return {
        name: orders.group_by(name).agg(bearers).filter(pl.col("subject_id") > 1).get_column(name) for name in PERSONAL
    }


def _chosen(*choices: tuple[str, pl.Expr]) -> pl.Expr:
    """The first of these that holds."""
    return pl.coalesce(*(pl.when(holds.fill_null(value=False)).then(pl.lit(words)) for words, holds in choices))


_made, _start, _end, _term = (pl.col(name) for name in ("made_on", "start_on", "end_on", "term_months"))
_span = whole_months(_start, _end)
_is_near = fact_of(pl.col("court_code"), "courts", "force_code") == pl.col("force_code")
_ALWAYS = pl.lit(value=True)
ALONE: Final = "borne by nobody else"
_NEAR = (("court in the area of the force", _is_near), ("court elsewhere", _ALWAYS))
_TERM = ("start, end and length agree", _span == _term)


def _borne(name: str) -> pl.Expr:
    return pl.col(f"is_{name}_shared")


def _words(count: int) -> pl.Expr:
    return pl.col("forenames_folded").str.count_matches(" ") == count - 1


FITS: Final[Mapping[str, tuple[tuple[str, pl.Expr], ...]]] = {
    "made_on": (
        ("the day of the start", _made == _start),
        ("a day on which the court does not sit", ~is_sitting_day(_made, pl.col("court_code"))),
        ("after the start", _made > _start),
        ("before the start", _ALWAYS),
    ),
    "start_on": (
        ("start, end and length agree, and it is the date of order", (_made == _start) & (_span == _term)),
        _TERM,
        ("the date of order, and no whole length", (_made == _start) & (_span != _term).fill_null(_end.is_not_null())),
        ("the date of order", _made == _start),
        ("before the date of order", _start < _made),
        ("borne out by nothing", _ALWAYS),
    ),
    "end_on": (
        _TERM,
        ("a whole number of months", _span.is_not_null()),
        ("no length known", _term.is_null()),
        ("against the length", _ALWAYS),
    ),
    "term_months": (_TERM, ("no end known", _end.is_null()), ("against the dates", _ALWAYS)),
    "is_interim": (("interim", pl.col("is_interim")), ("full", _ALWAYS)),
    "is_until_further_order": (("open", pl.col("is_until_further_order")), ("closed", _ALWAYS)),
    "order_type": tuple((code, pl.col("order_type") == code) for code in ("STRO", "STPO", "TERO", "TEPO")),
    "court_code": _NEAR,
    "force_code": _NEAR,
    "is_county_lines": (("marked", pl.col("is_county_lines")), ("not marked", _ALWAYS)),
    "pnc_id": (("held by another person too", _borne("pnc_id")), ("held by nobody else", _ALWAYS)),
    "date_of_birth": (("the first of a month", pl.col("date_of_birth").dt.day() == 1), ("any day", _ALWAYS)),
    "surname": (("borne by others too", _borne("surname_folded")), (ALONE, _ALWAYS)),
    "forenames": (
        ("one name, borne by others too", _words(1) & _borne("forenames_folded")),
        (f"one name, {ALONE}", _words(1)),
        ("several names, borne by others too", _borne("forenames_folded")),
        (f"several names, {ALONE}", _ALWAYS),
    ),
}
"""By field: what a golden value is beside the others, the first that holds. A name, or an id, by who else bears it."""
