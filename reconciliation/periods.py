"""The period of an order: end, term and open end made one statement.

Belongs here: how the golden values of a period fit each other. Does not: arithmetic of days
(`reconciliation.date_arithmetic`), which value wins (`reconciliation.choosing`).
"""

import polars as pl

from reconciliation.date_arithmetic import months_after, whole_months
from reconciliation.overrides import STATED, Overrides
from reconciliation.statutes import shortest_months


def complete_period(golden: pl.DataFrame, overrides: Overrides) -> pl.DataFrame:
    """Make end, term and open end of an order one statement; what is missing is worked out from the rest.

    An order until further order has neither end nor term; an interim order has no term; no order ends before it
    starts. The last day is worked out as start and term; a term is worked out only from dates that are whole months
    apart. Where term and dates contradict each other, and one of them is shorter than the law allows, the other counts.
    What is overridden stays: an order with an overridden end or term is not open, and an overridden term makes the end.
    An overridden end says when the order ended, however that came; for how long it was made, only sources say.

    Args:
        golden: `order_type`, `is_interim`, `is_travel_only`, `court_code`, `made_on`, `start_on`, `end_on`,
            `term_months`, `is_until_further_order`, and what sources say of the end where it is overridden.
        overrides: what stewards decided, by the rows' `group`.

    Returns:
        The same rows, with `end_on`, `term_months` and `is_until_further_order` of one statement.
    """
    held_end = f"{STATED}end_on"
    has_end, has_term = overrides.has("end_on"), overrides.has("term_months")
    is_closed = (has_end | has_term) & ~overrides.has("is_until_further_order")
    is_open = pl.col("is_until_further_order").fill_null(value=False) & ~is_closed
    is_interim = pl.col("is_interim").fill_null(value=False)
    is_before_start = (pl.col("end_on") < pl.coalesce("start_on", "made_on")).fill_null(value=False)
    by_term = months_after(pl.col("start_on"), pl.col("term_months"))
    stated_end = pl.col(held_end if held_end in golden.columns else "end_on")
    by_dates = whole_months(pl.col("start_on"), stated_end)
    shortest = shortest_months()
    # The day that is known stays where a length that was decided says the same.
    is_end_known = has_term & (by_dates == pl.col("term_months")).fill_null(value=False)
    is_end_too_early = pl.col("end_on") < months_after(pl.col("start_on"), shortest).dt.offset_by("-1d")
    return golden.with_columns(
        pl.when(is_closed & pl.col("is_until_further_order"))
        .then(pl.lit(value=False))
        .otherwise("is_until_further_order")
        .alias("is_until_further_order"),
        pl.when(has_end)
        .then("end_on")
        .when(~is_open & is_end_known)
        .then(stated_end)
        .when(~is_open & (has_term | (is_end_too_early & (pl.col("term_months") >= shortest))))
        .then(pl.coalesce(by_term, "end_on"))
        .when(~is_open)
        .then(pl.coalesce(pl.when(~is_before_start).then("end_on"), by_term))
        .alias("end_on"),
        pl.when(has_term)
        .then("term_months")
        .when(~is_open & ~is_interim & (pl.col("term_months") < shortest) & (by_dates >= shortest))
        .then(by_dates)
        .when(~is_open & ~is_interim)
        .then(pl.coalesce("term_months", by_dates))
        .alias("term_months"),
    )
