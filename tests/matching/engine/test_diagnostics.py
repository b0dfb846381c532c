"""Tables on a trained model: they agree with the weights they are about."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from linked_people import MODEL, is_one, link_people, write_people
from properties import HALF

from matching.engine.comparators.base import Exact
from matching.engine.diagnostics import (
    THRESHOLDS,
    tabulate_calibration,
    tabulate_correlation,
    tabulate_shares,
    tabulate_thresholds,
    tabulate_unlinkable,
    weigh_against_themselves,
)
from matching.engine.patterns import Comparison
from matching.engine.weights import probabilities

WEIGHTS = st.lists(st.floats(-40, 40), min_size=1, max_size=60).map(np.array)


def test_every_level_has_its_shares_its_weight_and_the_pairs_that_reach_it():
    linkage, scores = link_people()
    table = tabulate_shares(scores.scales.parameters, linkage)
    assert table.get_column("comparison").unique(maintain_order=True).to_list() == [
        "forename",
        "surname",
        "born",
        "town",
    ]
    assert table.group_by("comparison").agg(pl.col("pairs").sum()).get_column("pairs").unique().to_list() == [
        len(linkage.left)
    ]
    known = table.filter(pl.col("level") != "not known")
    assert known.select(reported=pl.col("m") / pl.col("u")).to_series().log(2).to_list() == pytest.approx(
        known.get_column("weight").to_list()
    )
    assert table.filter(pl.col("level") == "not known").get_column("weight").unique().to_list() == [0.0]
    alone = tabulate_shares(scores.scales.parameters)
    assert alone.get_column("pairs").null_count() == alone.height
    assert alone.drop("pairs").equals(table.drop("pairs"))


def test_tables_are_the_same_in_any_order_of_records():
    _, scores = link_people()
    linkage = MODEL.on(write_people().sample(fraction=1, shuffle=True, seed=1), threads=1, chunk=1_000)
    other = linkage.score(linkage.train())
    assert tabulate_thresholds(other.weights).equals(tabulate_thresholds(scores.weights))
    assert tabulate_correlation(linkage, other).equals(tabulate_correlation(*link_people()))
    assert weigh_against_themselves(other).equals(weigh_against_themselves(scores))


def test_a_record_against_itself_reaches_nearly_always_the_most_it_reaches_at_all():
    _, scores = link_people()
    best = scores.weigh(np.arange(len(scores.keys)), np.arange(len(scores.keys)))
    seen = np.full(len(scores.keys), -np.inf)
    for side in (scores.left, scores.right):
        np.maximum.at(seen, side, scores.weights)
    # A name cut short may weigh more than the same name where the name is common: few records are so.
    assert (best >= seen - 1e-9).mean() > 0.9


def test_a_record_of_nothing_is_unlinkable_at_any_bar_above_the_prior():
    empty = pl.DataFrame({"record_id": ["nothing"]}).with_columns(
        pl.lit(None, pl.String).alias(name) for name in ("forename", "surname", "born", "town")
    )
    linkage = MODEL.on(pl.concat([write_people(200), empty]))
    best = weigh_against_themselves(linkage.score(linkage.train()))
    weight = best.row(by_predicate=pl.col("key") == "nothing", named=True)["weight"]
    assert weight < 0
    table = tabulate_unlinkable(best)
    assert table.row(by_predicate=pl.col("threshold") == 0.0, named=True)["records"] >= 1


@given(WEIGHTS)
def test_the_unlinkable_grow_with_the_threshold(weights):
    best = pl.DataFrame({"weight": weights})
    table = tabulate_unlinkable(best)
    counts = [int((weights < bar).sum()) for bar in table.get_column("threshold")]
    assert table.get_column("records").to_list() == counts
    assert table.get_column("share").is_sorted()


@given(WEIGHTS, st.floats(0, 100))
def test_expected_precision_and_recall_are_sums_of_probabilities(weights, missed):
    table = tabulate_thresholds(weights, missed=missed)
    chance = probabilities(weights)
    for row in table.iter_rows(named=True):
        above = weights >= row["threshold"]
        assert row["pairs"] == above.sum()
        assert (row["precision"] is None) == (not above.any())
        if above.any():
            assert row["precision"] == pytest.approx(chance[above].mean(), abs=1e-5)
            assert row["recall"] * (chance.sum() + missed) == pytest.approx(chance[above].sum(), abs=1e-3)
    assert table.get_column("recall").is_sorted(descending=True)
    assert table.get_column("is_best").sum() == 1
    assert table.filter("is_best").get_column("f1").item() == table.get_column("f1").max()


def test_the_best_threshold_is_best_by_the_truth_too():
    linkage, scores = link_people()
    truth = is_one(linkage)

    def f1(bar):
        above = scores.weights >= bar
        return 2 * (above & truth).sum() / (above.sum() + truth.sum())

    table = tabulate_thresholds(scores.weights)
    best = table.filter("is_best").get_column("threshold").item()
    assert f1(best) > max(map(f1, table.get_column("threshold").to_list())) - 0.02


def test_calibration_puts_the_labels_beside_the_probabilities():
    linkage, scores = link_people()
    chance = probabilities(scores.weights)
    table = tabulate_calibration(chance, is_one(linkage))
    assert table.get_column("pairs").sum() == len(chance)
    assert table.get_column("matches").sum() == is_one(linkage).sum()
    assert table.get_column("expected").sum() == pytest.approx(chance.sum(), abs=0.1)
    seen = table.filter(pl.col("pairs") > 0)
    assert seen.select((pl.col("low") <= pl.col("observed")) & (pl.col("observed") <= pl.col("high"))).to_series().all()
    assert seen.select(pl.col("predicted").is_between("from", "to")).to_series().all()


def test_calibration_without_labels_expects_and_claims_nothing_seen():
    table = tabulate_calibration(np.array([0.0, 0.05, 0.95, 1.0]))
    assert table.get_column("pairs").to_list() == [2, *[0] * 8, 2]
    assert table.get_column("expected").sum() == pytest.approx(2.0, abs=1e-5)
    for column in ("matches", "observed", "low", "high"):
        assert table.get_column(column).null_count() == 10
    assert table.get_column("predicted").null_count() == 8


@HALF
@given(st.integers(0, 2**32 - 1))
def test_probabilities_that_are_right_are_found_calibrated(seed):
    rng = np.random.default_rng(seed)
    chance = rng.random(20_000)
    table = tabulate_calibration(chance, rng.random(20_000) < chance)
    assert table.select((pl.col("observed") - pl.col("predicted")).abs().max()).item() < 0.07


def test_two_comparisons_of_one_thing_are_found_to_go_together():
    people = write_people().with_columns(ending=pl.col("surname").str.slice(-2))
    ending = Comparison("ending", ("ending",), Exact())
    linkage = replace(MODEL, comparisons=(*MODEL.comparisons, ending)).on(people)
    table = tabulate_correlation(linkage, linkage.score(linkage.train()))
    among = table.filter(pl.col("among") == "matches")
    same = among.filter((pl.col("one") == "surname") & (pl.col("other") == "ending"))
    assert same.get_column("association").item() > 0.5
    apart = among.filter((pl.col("one") == "forename") & (pl.col("other") == "town"))
    assert apart.get_column("association").item() < 0.1
    assert abs(apart.get_column("correlation").item()) < 0.1


def test_a_comparison_that_never_varies_has_no_correlation():
    linkage = MODEL.on(write_people(150).with_columns(town=pl.lit("one town")))
    table = tabulate_correlation(linkage, linkage.score(linkage.train()))
    one_town = table.filter(pl.col("other") == "town")
    assert one_town.select(pl.col("association", "correlation").is_null().all()).row(0) == (True, True)


def test_tables_of_a_linkage_without_a_candidate_pair_say_that_there_is_none():
    strangers = write_people().filter(pl.col("record_id").is_in(["0-0", "1-0", "2-0"]))
    linkage = MODEL.on(strangers)
    scores = linkage.score(linkage.train())
    assert len(scores.weights) == 0
    assert tabulate_shares(scores.scales.parameters, linkage).get_column("pairs").sum() == 0
    assert tabulate_thresholds(scores.weights).get_column("precision").null_count() == len(THRESHOLDS)
    assert tabulate_correlation(linkage, scores).get_column("association").null_count() == 12
    assert tabulate_calibration(scores.weights).get_column("pairs").sum() == 0
