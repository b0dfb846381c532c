"""The reading of a night's progress, what each step used, the ratios to bare work and when they grew too far."""

import json

import pytest

from benchmarks.night import Sample, Span, cost_of, middle, read_spans
from benchmarks.night_report import Cost, Figures, find_regressions, ratios, render


def line(second, event, step=None):
    return json.dumps({"at": f"1970-01-01T00:00:{second:06.3f}+00:00", "event": event, "step": step})


def night(linking, *, orders=400):
    steps = {"raw_pnc": 2.0, "core_pnc": 4.0, "link_orders": linking, "release": 1.0, "whole": 10.0 + linking}
    costs = {step: Cost(processor, processor, 10**9) for step, processor in steps.items()}
    return Figures(orders, costs, {"reading": 3.0, "linking": 1.0, "publishing": 1.0})


def test_steps_last_from_start_to_end_and_other_lines_are_passed_over():
    lines = [
        line(1, "step_started", "raw_pnc"),
        "a warning of a library",
        line(3.5, "step_done", "raw_pnc"),
        line(4, "step_started", "release"),
        line(4.25, "step_done", "release"),
        line(5, "summary"),
    ]
    assert read_spans(lines) == [Span("raw_pnc", 1, 3.5), Span("release", 4, 4.25)]


@pytest.mark.parametrize(
    ("span", "cost"),
    [
        pytest.param(Span("first", 0, 2), Cost(2, 1.0, 5), id="from the start"),
        pytest.param(Span("second", 2, 4), Cost(2, 3.0, 9), id="what was held when it began counts"),
        pytest.param(Span("short", 3.1, 3.2), Cost(pytest.approx(0.1), 0, 6), id="between two samples"),
    ],
)
def test_a_step_costs_what_was_used_between_its_ends(span, cost):
    samples = [Sample(1, 0.5, 5), Sample(2, 1.0, 4), Sample(2.5, 3.5, 9), Sample(3, 3.8, 6), Sample(4, 4.0, 3)]
    assert cost_of(span, samples) == cost


def test_the_middle_of_three_runs_is_taken_figure_by_figure():
    assert middle([Cost(1, 9, 7), Cost(2, 8, 5), Cost(3, 7, 6)]) == Cost(2, 8, 6)


def test_each_part_is_a_multiple_of_its_bare_work():
    assert ratios(night(2.0)) == {"reading": 2.0, "linking": 2.0, "publishing": 1.0, "whole": 2.4}


def test_only_a_ratio_half_as_large_again_as_that_of_the_same_size_is_too_large():
    kept = [night(2.0), night(1.0, orders=20)]
    assert find_regressions([night(3.0)], kept) == []
    assert find_regressions([night(3.1)], kept) == [
        "linking of 400 orders took 3.1 times the bare work, before 2.0 times"
    ]


def test_the_table_has_a_row_for_each_step_and_ratio():
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in render([night(2.0)]).splitlines()]
    assert rows[4] == ["link_orders", "2.0 s", "2.0 s", "1.00 GB"]
    assert rows[10] == ["reading", "3x", "2.0x"]
