"""What labels say of a model: counts by hand, calibration of simulated labels, changes between clusterings."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from linked_people import is_one, link_people

from matching.engine.estimates import NO_ESTIMATE, estimate_share
from matching.engine.evaluation import (
    FEWEST,
    Measures,
    calibrate,
    compare_clusters,
    compare_labels,
    measure,
    weigh_labels,
)
from matching.engine.weights import probabilities


def label(pairs):
    """Labels of pairs of keys."""
    rows = [("records", left, "records", right, is_match) for left, right, is_match in pairs]
    return pl.DataFrame(rows, schema=["left_table", "left", "right_table", "right", "is_match"], orient="row")


def label_candidates(every=5):
    linkage, scores = link_people()
    left, right = (linkage.keys.gather(side[::every]).to_list() for side in (linkage.left, linkage.right))
    return weigh_labels(scores, label(zip(left, right, is_one(linkage)[::every].tolist(), strict=True)))


def labelled_by(weights, is_match):
    rows = np.arange(len(weights), dtype=np.int64)
    return pl.DataFrame({"left_row": rows, "right_row": rows + 1, "weight": weights, "is_match": is_match})


def test_labels_get_the_weights_of_their_pairs_in_either_order_and_once():
    linkage, scores = link_people()
    left, right = (linkage.keys[int(side[3])] for side in (linkage.left, linkage.right))
    found = weigh_labels(scores, label([(left, right, True), (right, left, True), (left, right, True)]))
    assert found.height == 1
    assert found.get_column("weight").item() == pytest.approx(scores.weights[3])
    assert found.get_column("probability").item() == pytest.approx(probabilities(scores.weights[3:4])[0])


def test_labels_of_pairs_that_blocking_did_not_make_are_weighed_too():
    _, scores = link_people()
    found = weigh_labels(scores, label([("0-0", "1-0", False)]))
    assert found.get_column("weight").item() < 0


def test_labels_of_records_that_are_gone_are_left_out():
    _, scores = link_people()
    assert weigh_labels(scores, label([("0-0", "no such record", True), ("0-0", "1-0", False)])).height == 1


def test_labels_of_no_record_at_all_are_no_labels():
    _, scores = link_people()
    found = weigh_labels(scores, label([("gone", "gone too", True)]))
    assert found.height == 0
    assert calibrate(found).basis.startswith("left alone: 0 labelled matches and 0 labelled others")


def test_a_pair_labelled_both_ways_is_refused():
    _, scores = link_people()
    with pytest.raises(ValueError, match="1 pairs are labelled both"):
        weigh_labels(scores, label([("0-0", "1-0", False), ("1-0", "0-0", True)]))


def test_labelled_pairs_are_counted_by_what_they_are_and_what_became_of_them():
    is_match = np.array([True, True, True, False, False, False])
    found = measure(is_match, np.array([True, True, False, True, False, False]))
    assert found == Measures(right=2, wrong=1, missed=1, kept_apart=2)
    assert found.precision == estimate_share(2, 3)
    assert found.recall == estimate_share(2, 3)


def test_without_a_linked_pair_precision_is_not_reported():
    found = measure(np.array([True]), np.array([False]))
    assert found.precision == NO_ESTIMATE
    assert found.recall.value == 0.0


def test_few_labels_leave_the_weights_alone_and_say_so():
    rng = np.random.default_rng(1)
    found = calibrate(labelled_by(rng.normal(0, 5, 1_000), np.arange(1_000) < FEWEST - 1))
    assert (found.slope, found.intercept) == (1.0, 0.0)
    assert found.basis == "left alone: 29 labelled matches and 971 labelled others, 30 of each are needed"


def test_labels_that_contradict_the_order_leave_the_weights_alone():
    weights = np.linspace(-5, 5, 200)
    found = calibrate(labelled_by(weights, weights < 0))
    assert (found.slope, found.intercept) == (1.0, 0.0)
    assert "heavier pairs match less often" in found.basis


@given(st.floats(0.3, 3), st.floats(-3, 3), st.integers(0, 2**32 - 1))
def test_calibration_finds_the_line_that_labels_were_drawn_by(slope, intercept, seed):
    rng = np.random.default_rng(seed)
    weights = rng.uniform(-8, 8, 20_000)
    is_match = rng.random(20_000) < probabilities(slope * weights + intercept)
    found = calibrate(labelled_by(weights, is_match))
    assert found.slope == pytest.approx(slope, rel=0.15)
    assert found.intercept == pytest.approx(intercept, abs=0.4)
    assert found.basis.startswith("fitted to ")


@given(st.integers(0, 2**32 - 1), st.floats(-6, 6))
def test_calibration_keeps_the_order_of_pairs_and_does_not_read_the_order_of_labels(seed, bar):
    rng = np.random.default_rng(seed)
    weights = rng.normal(bar, 4, 300)
    labelled = labelled_by(weights, rng.random(300) < probabilities(weights))
    found = calibrate(labelled)
    assert found.slope > 0
    assert calibrate(labelled.sample(fraction=1, shuffle=True, seed=1)) == found


def test_labels_without_an_exception_give_no_certainty():
    weights = np.concatenate([np.linspace(-9, -3, 50), np.linspace(3, 9, 50)])
    found = calibrate(labelled_by(weights, weights > 0))
    assert 0 < found.slope < 5
    assert probabilities(np.array([found.slope * 9 + found.intercept]))[0] < 1


def test_a_new_model_is_reported_what_it_loses_and_what_it_wins():
    labels = pl.DataFrame({"pair": ["a", "b", "c", "d", "e"], "is_match": [True, True, False, False, True]})
    old = pl.Series([False, True, True, False, True])
    new = pl.Series([True, False, True, True, True])
    assert compare_labels(labels, old, new).rows() == [
        ("b", True, "lost"),
        ("d", False, "lost"),
        ("a", True, "won"),
        ("c", False, "wrong in both"),
    ]
    assert compare_labels(labels, new, new).get_column("outcome").to_list() == ["wrong in both"] * 3


def clustering(**clusters):
    rows = [(key, cluster) for cluster, keys in clusters.items() for key in keys]
    return pl.DataFrame(rows, schema={"key": pl.String, "cluster": pl.String}, orient="row")


def test_changes_between_clusterings_are_reported_by_kind_and_keys():
    old = clustering(one="ab", two="c", three="def", four="gh", five="ij", six="k")
    new = clustering(A="abc", B="de", C="f", D="gi", E="hj", F="k")
    assert compare_clusters(old, new).rows() == [
        ("merged", ["one", "two"], ["A"], ["a", "b", "c"]),
        ("split", ["three"], ["B", "C"], ["d", "e", "f"]),
        ("regrouped", ["five", "four"], ["D", "E"], ["g", "h", "i", "j"]),
    ]


def test_other_names_of_the_same_clusters_and_records_of_one_side_are_no_change():
    old, new = clustering(one="ab", two="c", three="x"), clustering(A="ab", B="c", C="yz")
    assert compare_clusters(old, new).height == 0


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=40))
def test_every_record_whose_companions_changed_is_reported_once(clusters):
    keys = [f"{number:02}" for number in range(len(clusters))]
    old, new = (pl.DataFrame({"key": keys, "cluster": [str(pair[side]) for pair in clusters]}) for side in (0, 1))
    reported = compare_clusters(old, new).get_column("keys").explode().drop_nulls().to_list()
    companions = [
        frame.with_columns(pl.col("key").sort().over("cluster", mapping_strategy="join")).get_column("key").to_list()
        for frame in (old, new)
    ]
    changed = {key for key, one, other in zip(keys, *companions, strict=True) if one != other}
    assert len(reported) == len(set(reported))
    assert changed <= set(reported)
    back = compare_clusters(new, old).get_column("keys").to_list()
    assert back == compare_clusters(old, new).get_column("keys").to_list()


def test_the_same_labels_measure_two_models():
    linkage, scores = link_people()
    parameters = scores.scales.parameters
    born = parameters.shares[2].model_copy(update={"m": parameters.shares[2].u})
    shares = (*parameters.shares[:2], born, parameters.shares[3])
    other = linkage.score(parameters.model_copy(update={"shares": shares}))
    labels = label_candidates().select("left_table", "left", "right_table", "right", "is_match")
    old, new = (weigh_labels(by, labels) for by in (scores, other))
    assert old.select("left", "right").equals(new.select("left", "right"))
    found = compare_labels(old, old["weight"] >= 0, new["weight"] >= 0)
    assert found.filter(pl.col("outcome") == "lost").height > 0
