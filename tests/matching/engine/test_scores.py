"""Scored pairs: every weight is explained to the last bit, and is the same from both ends."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from linked_people import MODEL, write_people
from shares import one_in

from matching.engine.comparators.dates import Dates
from matching.engine.model import LinkageModel
from matching.engine.options import Options
from matching.engine.parameters import Lift
from matching.engine.patterns import Comparison, Rival
from matching.engine.scores import Scores
from matching.engine.weights import probabilities

PEOPLE = write_people(200)
TABLES = {"court": PEOPLE.gather_every(2), "prison": PEOPLE.gather_every(2, offset=1)}
TWO_RIVALS = (*MODEL.rivals, Rival("a namesake", same=frozenset({"forename", "surname"})))
MODELS = {
    "all parts": MODEL,
    "two classes of rivals": replace(MODEL, rivals=TWO_RIVALS),
    "across tables": replace(MODEL, link_type="link"),
    "within and across tables": replace(MODEL, link_type="link_and_dedupe"),
    "levels alone": replace(MODEL, options=Options(dependence=False, rivals=False, term_frequencies=False)),
}


@cache
def scored(name: str) -> Scores:
    model = MODELS[name]
    linkage = model.on(PEOPLE if model.link_type == "dedupe" else TABLES)
    parameters = linkage.train()
    # Levels that go together are reported from what the people have; here two more are, so that there is a bar to see.
    ratio = tuple(tuple(0.25 * row - 0.125 * column for column in range(3)) for row in range(5))
    if model.options.dependence:
        parameters = parameters.model_copy(update={"lifts": (Lift(one=0, other=3, log2=ratio),)})
    return linkage.score(parameters)


@one_in(2, "name", MODELS)
def test_the_steps_of_every_candidate_pair_add_up_to_its_weight(name: str) -> None:
    scores = scored(name)
    assert len(scores.weights) > 200
    for left, right, weight in zip(scores.left, scores.right, scores.weights, strict=True):
        assert scores.explain(int(left), int(right)).weight == pytest.approx(weight, abs=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_a_pair_weighs_the_same_from_both_ends_among_candidates_and_on_demand(name: str) -> None:
    scores = scored(name)
    assert scores.weigh(scores.left, scores.right).tolist() == scores.weights.tolist()
    assert scores.weigh(scores.right, scores.left).tolist() == scores.weights.tolist()
    ends = int(scores.left[0]), int(scores.right[0])
    assert scores.explain(*ends) == scores.explain(*ends[::-1])


def test_a_pair_weighs_the_same_from_both_ends_though_its_records_write_one_value_in_two_ways() -> None:
    """One day with and without dashes is the same; how common it is goes by the smaller row, whichever comes first."""
    born = Comparison("born", ("born",), Dates(), term="born")
    comparisons = (*MODEL.comparisons[:2], born)
    model = LinkageModel("people", comparisons, MODEL.blocking[1:], options=Options(rivals=False))
    undashed = pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.col("born").str.replace_all("-", "")).otherwise("born")
    linkage = model.on(PEOPLE.with_columns(born=undashed))
    scores = linkage.score(linkage.train())
    assert scores.weigh(scores.right, scores.left).tolist() == scores.weigh(scores.left, scores.right).tolist()
    ends = scores.scales.weigh(scores.right, scores.patterns)
    assert ends.tolist() != scores.weights.tolist(), "there are such pairs"


@pytest.mark.parametrize("name", MODELS)
def test_every_weight_is_a_number_and_every_probability_one_between_none_and_all(name: str) -> None:
    scores = scored(name)
    pairs = scores.pairs(at_least=float("-inf"))
    assert pairs.height == len(scores.weights)
    assert np.isfinite(scores.weights).all()
    assert pairs.get_column("probability").is_between(0, 1).all()
    assert pairs.get_column("probability").to_list() == probabilities(scores.weights).tolist()


def test_an_explanation_reads_from_any_pair_to_the_weight() -> None:
    scores = scored("all parts")
    best = int(np.argmax(scores.weights))
    waterfall = scores.explain(int(scores.left[best]), int(scores.right[best]))
    assert waterfall.steps[0].name == "any pair"
    assert {"forename", "surname", "born"} <= {step.name for step in waterfall.steps}
    assert waterfall.steps[-1].name == "a relative"
    assert waterfall.steps[-1].weight <= 0
    *lines, probability = waterfall.lines()
    sums = [0.0, *(float(line.rsplit(" = ", 1)[1]) for line in lines)]
    steps = [step.weight for step in waterfall.steps]
    assert [after - before for before, after in pairwise(sums)] == pytest.approx(steps, abs=0.011)
    assert sums[-1] == pytest.approx(scores.weights[best], abs=0.006)
    assert probability == f"probability {probabilities(scores.weights[best : best + 1])[0]:.4f}"


def test_pairs_are_reported_by_their_keys_from_a_weight_on() -> None:
    scores = scored("across tables")
    pairs = scores.pairs(at_least=2.0)
    assert 0 < pairs.height < len(scores.weights)
    assert pairs.get_column("weight").min() >= 2.0  # type: ignore[operator]
    assert set(pairs.get_column("left_table")) == {"court"}
    assert set(pairs.get_column("right_table")) == {"prison"}
    assert set(pairs.get_column("left")) <= set(TABLES["court"].get_column("record_id"))


def test_keys_lead_back_to_rows_in_either_direction() -> None:
    scores = scored("across tables")
    pairs = scores.pairs()
    turned = pairs.select(left_table="right_table", left="right", right_table="left_table", right="left")
    at_least = np.nonzero(scores.weights >= 0)[0]
    for keys in (pairs, turned):
        rows = scores.rows(keys)
        assert rows.get_column("left").to_list() == scores.left[at_least].tolist()
        assert rows.get_column("right").to_list() == scores.right[at_least].tolist()


@pytest.mark.parametrize(
    ("table", "key"),
    [pytest.param("court", "nobody", id="no such key"), pytest.param("tax", "0-0", id="no such table")],
)
def test_a_key_that_no_record_has_is_counted_and_not_reported(table: str, key: str) -> None:
    known = scored("across tables").pairs().head(1)
    keys = known.with_columns(pl.lit(table).alias("left_table"), left=pl.lit(key))
    with pytest.raises(ValueError, match="1 left records of the pairs are not among the records"):
        scored("across tables").rows(keys)


def test_stewards_decisions_by_key_hold_in_the_clusters() -> None:
    scores = scored("across tables")
    pairs = scores.pairs(at_least=float("-inf"))
    apart, together = pairs.sort("weight").tail(3), pairs.sort("weight").head(3)
    must, cannot = scores.rows(together), scores.rows(apart)
    labels = scores.cluster(must=must, cannot=cannot).labels
    assert all(labels[left] == labels[right] for left, right in must.rows())
    assert all(labels[left] != labels[right] for left, right in cannot.rows())


def test_every_record_stands_once_in_the_table_of_clusters() -> None:
    scores = scored("across tables")
    table = scores.table(scores.cluster())
    assert table.height == PEOPLE.height
    reported = set(table.select(pl.col("table").cast(pl.String), "key").rows())
    assert reported == {(name, key) for name, frame in TABLES.items() for key in frame.get_column("record_id")}
