"""The reading of a night's progress, and the table of figures."""

import json

from benchmarks.night import Run, middle, render, step_seconds


def line(second, event, step=None):
    return json.dumps({"at": f"2026-11-20T01:00:{second:06.3f}+00:00", "event": event, "step": step})


def test_steps_last_from_start_to_end_and_other_lines_are_passed_over():
    lines = [
        line(1, "step_started", "raw_pnc"),
        "a warning of a library",
        line(3.5, "step_done", "raw_pnc"),
        line(4, "step_started", "release"),
        line(4.25, "step_done", "release"),
        line(5, "summary"),
    ]
    assert step_seconds(lines) == {"raw_pnc": 2.5, "release": 0.25}


def test_the_middle_of_three_runs_is_taken_figure_by_figure():
    runs = [Run({"release": step}, whole, 9.0, memory) for step, whole, memory in ((1, 9, 7), (2, 8, 5), (3, 7, 6))]
    assert middle(runs) == Run({"release": 2}, 8, 9.0, 6)


def test_table_shows_one_thread_as_a_multiple():
    quick, slow = Run({"release": 2.0}, 4.0, 4.0, 10**9), Run({"release": 3.0}, 5.0, 4.0, 10**9)
    rows = [row.split() for row in render({400: (quick, slow)}).splitlines()]
    assert rows[1] == ["release", "2.0", "s", "1.50x"]
    assert rows[2] == ["whole", "4.0", "s", "1.25x"]
