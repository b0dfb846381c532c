"""Which day it is: that of London, by whatever clock."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from warehouse.time_zone import day_in_london, today

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param(datetime(2026, 7, 1, 22, 59, tzinfo=UTC), date(2026, 7, 1), id="before midnight in summer"),
        pytest.param(datetime(2026, 7, 1, 23, 0, tzinfo=UTC), date(2026, 7, 2), id="midnight in summer"),
        pytest.param(datetime(2026, 12, 1, 23, 59, tzinfo=UTC), date(2026, 12, 1), id="before midnight in winter"),
    ],
)
def test_a_day_begins_at_midnight_in_london(moment, day):
    assert day_in_london(moment) == day


def test_today_lies_between_the_days_before_and_after_the_look():
    before = day_in_london(datetime.now(UTC))
    assert before <= today() <= day_in_london(datetime.now(UTC))


def test_no_module_takes_today_by_another_clock():
    rooms = {path.parent for path in ROOT.glob("*/__init__.py")}
    files = [file for room in rooms for file in room.rglob("*.py") if not {"node_modules", "tests"} & set(file.parts)]
    taken = [file for file in files if re.search(r"(now\(\w*\)|clock\(\))\.date\(\)", file.read_text(encoding="utf-8"))]
    assert taken == [ROOT / "warehouse" / "time_zone.py"]
