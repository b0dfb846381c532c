"""Why counting arrests two years before and after every order, in one query, makes the fall look larger than it is."""

from datetime import date, timedelta

import duckdb
import pytest
from study_cases import SETTINGS, arrest, data, order

from study.effect.cohort import Coverage, select_cohort
from study.effect.measures import find_events

QUERY = """
    SELECT o.order_id,
           count(*) FILTER (a.arrested_on <  o.made_on) AS before,
           count(*) FILTER (a.arrested_on >= o.made_on) AS after
    FROM orders o JOIN arrests a USING (subject_id)
    WHERE a.arrested_on BETWEEN o.made_on - INTERVAL 2 YEAR AND o.made_on + INTERVAL 2 YEAR
    GROUP BY o.order_id
"""
AS_OF = date(2024, 12, 31)
MADE = {1: date(2020, 3, 15), 2: date(2024, 6, 30)}


def test_orders_whose_window_after_is_not_over_make_the_fall_look_larger():
    # Both people are arrested every 91 days all the time: nothing changes.
    days = {number: [made + timedelta(days=91 * step + 10) for step in range(-8, 8)] for number, made in MADE.items()}
    arrests = [arrest(day, of=number) for number, found in days.items() for day in found if day <= AS_OF]
    held = data([order(number, made_on=made, start_on=made) for number, made in MADE.items()], arrests)
    counts = duckdb.sql(QUERY, connection=connected(held)).fetchall()
    before, after = (sum(row[place] for row in counts) for place in (1, 2))
    assert 100 * (after - before) / before == pytest.approx(-37.5)

    cohort = select_cohort(held, SETTINGS, Coverage(date(2015, 1, 1), AS_OF))
    events = find_events(cohort.eligible, held.arrests, SETTINGS)
    assert cohort.eligible["order_id"].to_list() == ["O1"]
    assert events["is_after"].sum() == (~events["is_after"]).sum() == 8


def test_orders_without_any_arrest_are_missing_from_the_query():
    held = data([order(1), order(2)], [arrest(MADE[1] - timedelta(days=5), of=1)])
    assert [row[0] for row in duckdb.sql(QUERY, connection=connected(held)).fetchall()] == ["O1"]
    assert select_cohort(held, SETTINGS, Coverage(date(2015, 1, 1), AS_OF)).eligible.height == 2


def connected(held):
    """A connection that knows the data as tables."""
    connection = duckdb.connect()
    connection.register("orders", held.orders.to_arrow())
    connection.register("arrests", held.arrests.to_arrow())
    return connection
