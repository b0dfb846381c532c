"""The arithmetic of the benchmark against Splink, and what its synthetic tables are made of."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from benchmarks.matching.judge import best_f1, count_pairs, f1, f1_above, f1_of_clusters
from benchmarks.matching.population import make_population
from benchmarks.matching.records import ROUGH, TIDY, mistype, write_down
from benchmarks.matching.report import compare, details, introduce
from benchmarks.matching.runs import Quality, Run, keep, kept, middle
from benchmarks.matching.tasks import FEBRL3, SYNTHETIC_1M, TASKS, Key

labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=12)


def columns(rows):
    return (np.array(column, np.int64) for column in zip(*rows, strict=True))


@given(labels)
def test_pairs_are_counted_as_by_hand(rows):
    one, _, tables = columns(rows)
    pairs = [(a, b) for a, b in combinations(range(len(rows)), 2) if one[a] == one[b]]
    assert count_pairs(one, None) == len(pairs)
    assert count_pairs(one, tables) == sum(tables[a] != tables[b] for a, b in pairs)


@given(labels)
def test_f1_of_clusters_is_that_of_their_pairs(rows):
    clusters, truth, tables = columns(rows)
    across = [(a, b) for a, b in combinations(range(len(rows)), 2) if tables[a] != tables[b]]
    made = {(a, b) for a, b in across if clusters[a] == clusters[b]}
    true = {(a, b) for a, b in across if truth[a] == truth[b]}
    assert f1_of_clusters(clusters, truth, tables) == f1(len(made & true), len(made), len(true))


@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=1, max_size=12), st.integers(0, 5))
def test_no_threshold_is_better_than_the_best(pairs, missed):
    weights, right = np.array([float(w) for w, _ in pairs]), np.array([r for _, r in pairs])
    true = int(right.sum()) + missed
    best, threshold = best_f1(weights, right, true)
    assert best == pytest.approx(max(f1_above(w, weights, right, true) for w in weights))
    assert best == pytest.approx(f1_above(threshold, weights, right, true))


def test_nothing_made_finds_nothing():
    nothing = np.zeros(0)
    assert best_f1(nothing, nothing.astype(bool), 3) == (0.0, 0.0)
    assert f1(0, 0, 0) == 1.0


def run(seconds, memory, *qualities):
    return Run(
        seconds={"train": seconds, "cluster": 1.0},
        processor=2 * seconds,
        candidates=50,
        memory=memory,
        beyond_imports=memory // 2,
        quality=Quality(7, *qualities) if qualities else None,
    )


def test_middle_is_taken_figure_by_figure_and_keeps_the_quality():
    runs = [run(3.0, 10, 0.9, 0.9, 0.9, 0.9), run(1.0, 30), run(2.0, 20)]
    assert middle(runs) == run(2.0, 20, 0.9, 0.9, 0.9, 0.9)


def test_what_misses_its_target_is_bold():
    theirs, ours = run(8.0, 100, 0.9, 0.95, 0.9, 0.97), run(1.0, 61, 0.95, 0.94, 0.9, 0.97)
    assert compare(FEBRL3, theirs, ours) == [
        "0.125",
        "**0.222**",
        "0.125",
        "**0.610**",
        "0.600",
        "0.9000 → 0.9500",
        "**0.9500 → 0.9400**",
        "**0.9000 → 0.9000**",
        "**0.9700 → 0.9000**",
    ]
    assert compare(SYNTHETIC_1M, theirs, ours)[1] == "0.222"


def test_a_run_that_was_not_judged_has_blanks():
    row = details({"Concord": run(1.0, 10**6)}).splitlines()[-1]
    assert [cell.strip() for cell in row.split("|")[1:8]] == ["Concord", "–", "1.00", "2.00", "2.00", "1", "0"]


def test_candidate_pairs_are_reported_where_an_engine_says_them():
    assert introduce(FEBRL3, {"Concord": run(1.0, 1)}).endswith(": 50 candidate pairs.")


def test_results_of_sets_and_sides_measured_apart_are_reported_together(tmp_path):
    first, second = run(1.0, 10, 0.9, 0.9, 0.9, 0.9), run(2.0, 20)
    keep(tmp_path, {"febrl4": {"Concord, same": second}, "febrl3": {"Concord, same": second}})
    keep(tmp_path, {"febrl3": {"Splink, same": second, "Concord, same": first}})
    reported = kept(tmp_path)
    assert reported == {
        "febrl3": {"Splink, same": second, "Concord, same": first},
        "febrl4": {"Concord, same": second},
    }
    assert [list(runs) for runs in reported.values()] == [["Splink, same", "Concord, same"], ["Concord, same"]]


@pytest.mark.parametrize("task", [pytest.param(task, id=name) for name, task in TASKS.items()])
def test_rules_of_training_leave_every_field_free_once(task):
    fields = {field for field, _ in task.fields}
    fixed = [{key.column for key in rule} & fields for rule in task.training]
    assert not set.intersection(*fixed)
    assert all(isinstance(key, Key) for rule in (*task.rules, *task.certain) for key in rule)


def test_same_seed_same_records():
    tables = [write_down(make_population(500, seed=3), np.arange(500), noise=ROUGH, seed=1) for _ in range(2)]
    assert tables[0].equals(tables[1])


def test_rough_records_differ_more_from_the_persons_than_tidy_ones():
    population = make_population(4000, seed=3)
    rows = np.arange(4000)
    tidy, rough = (write_down(population, rows, noise=noise, seed=1) for noise in (TIDY, ROUGH))
    names = np.array(tidy.get_column("surname").to_list()), np.array(rough.get_column("surname").to_list())
    assert 0.05 < (names[0] != names[1]).mean() < 0.2
    assert rough.get_column("email").null_count() > tidy.get_column("email").null_count() > 0
    assert tidy.get_column("date_of_birth").drop_nulls().str.to_date("%Y-%m-%d").null_count() == 0


def test_households_hold_relatives_and_twins():
    population = make_population(4000, seed=3)
    home, name, birth = population.household, population.surname, population.birth
    together = home[1:] == home[:-1]
    assert 0.5 < (name[1:] == name[:-1])[together].mean() < 0.95
    assert 5 < (birth[1:] == birth[:-1])[together].sum() < 60


@given(st.lists(st.text("abcz", min_size=1, max_size=6), min_size=2, max_size=8), st.integers(0, 99))
def test_a_slip_is_one_edit_and_meets_only_what_is_asked_for(words, seed):
    asked = np.arange(len(words)) % 2 == 0
    slipped = mistype(np.random.default_rng(seed), np.array(words), asked).tolist()
    assert max(OSA.distance(before, after) for before, after in zip(words, slipped, strict=True)) <= 1
    assert slipped[1::2] == words[1::2]
