"""A model put to tables: the same result however they come, and a clear word where they cannot be linked."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from linked_people import MODEL, link_people, write_people
from shares import one_in
from small_worlds import MODEL as TOWN
from small_worlds import write_town

from matching.engine.blocking import BlockingRule, BlocksLeftOut
from matching.engine.comparators.base import Exact
from matching.engine.declaration import LinkType
from matching.engine.linkage import Linkage
from matching.engine.model import LinkageModel
from matching.engine.options import Options
from matching.engine.parameters import load_parameters
from matching.engine.patterns import Comparison, Rival

ROOT = Path(__file__).parents[3]
Tables = pl.DataFrame | Mapping[str, pl.DataFrame]
PEOPLE = write_people(250)
TABLES = {"court": PEOPLE.gather_every(2), "prison": PEOPLE.gather_every(2, offset=1)}
KINDS: list[LinkType] = ["dedupe", "link", "link_and_dedupe"]


def model_of(kind: LinkType) -> LinkageModel:
    """Of one record a table at most where tables are linked."""
    limits = {"court": 1, "prison": 1} if kind == "link" else {}
    return replace(MODEL, link_type=kind, limits=limits)


def tables_of(kind: LinkType, change: Callable[[pl.DataFrame], pl.DataFrame] = lambda table: table) -> Tables:
    return change(PEOPLE) if kind == "dedupe" else {name: change(table) for name, table in TABLES.items()}


def reported(linkage: Linkage) -> dict[str, object]:
    """All that comes out, by key, down to the last bit."""
    parameters = linkage.train()
    scores = linkage.score(parameters)
    clusters = scores.cluster()
    return {
        "parameters": parameters.model_dump_json(),
        "version": parameters.version,
        "pairs": scores.pairs(at_least=float("-inf")).rows(),
        "bits": scores.weights.tobytes().hex(),
        "rules": linkage.rules.tolist(),
        "clusters": scores.table(clusters).rows(),
        "conflicts": clusters.conflicts.rows(),
    }


@cache
def plainly(kind: LinkType) -> dict[str, object]:
    return reported(model_of(kind).on(tables_of(kind)))


@one_in(2, "kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_result_is_the_same_in_any_order_of_the_records(kind: LinkType, seed: int) -> None:
    tables = tables_of(kind, lambda table: table.sample(fraction=1, shuffle=True, seed=seed))
    assert reported(model_of(kind).on(tables)) == plainly(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_the_result_is_the_same_in_any_order_of_the_columns_and_with_columns_that_nobody_reads(kind: LinkType) -> None:
    tables = tables_of(kind, lambda table: table.select(pl.lit(7).alias("shoe"), *reversed(table.columns)))
    assert reported(model_of(kind).on(tables)) == plainly(kind)


@one_in(2, "kind", KINDS)
@pytest.mark.parametrize("chunk", [100, 10**9])
def test_the_result_is_the_same_in_chunks_of_any_size(kind: LinkType, chunk: int) -> None:
    assert reported(model_of(kind).on(tables_of(kind), chunk=chunk)) == plainly(kind)


@one_in(3, "threads", [1, 2, 7])
def test_the_result_is_the_same_by_any_number_of_threads(threads: int) -> None:
    assert reported(MODEL.on(PEOPLE, threads=threads, chunk=50)) == plainly("dedupe")


def test_the_result_is_the_same_with_chunks_of_a_single_pair() -> None:
    few = PEOPLE.head(60)
    assert reported(MODEL.on(few, chunk=1)) == reported(MODEL.on(few))


def test_a_town_of_all_kinds_of_columns_is_the_same_in_any_order_too() -> None:
    town = write_town(120)
    one = reported(TOWN.on(town, chunk=1_000, threads=1))
    assert reported(TOWN.on(town.sample(fraction=1, shuffle=True, seed=3), chunk=77, threads=3)) == one


SCRIPT = """
import json, sys
sys.path[:0] = [{tests!r}, {root!r}]
from linked_people import MODEL, write_people
linkage = MODEL.on(write_people(250), threads={threads})
parameters = linkage.train()
scores = linkage.score(parameters)
labels = scores.cluster().labels.to_list()
print(json.dumps([parameters.version, scores.weights.tobytes().hex(), labels]))
"""


@pytest.mark.long
def test_the_result_is_the_same_in_every_process() -> None:
    """With other hashes of texts in Python, and with other numbers of threads in polars."""
    found = []
    for seed, threads in (("0", 1), ("4242", 2)):
        code = SCRIPT.format(tests=str(Path(__file__).parent), root=str(ROOT), threads=threads)
        environment = os.environ | {"PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": str(threads)}
        found.append(subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True))
    assert found[0].stdout == found[1].stdout
    version, bits, _ = json.loads(found[0].stdout)
    assert (version, bits) == (plainly("dedupe")["version"], plainly("dedupe")["bits"])


NAMES = st.none() | st.sampled_from(["ann", "bela"])
SMALL = st.lists(st.tuples(NAMES, NAMES, st.none() | st.lists(NAMES, max_size=2)), max_size=9)


@given(SMALL, SMALL, st.sampled_from(KINDS), st.integers(1, 5), st.randoms())
def test_every_pair_that_shares_a_key_is_a_candidate_once_by_its_keys(
    one: list[tuple[object, ...]], other: list[tuple[object, ...]], kind: LinkType, chunk: int, chance: Random
) -> None:
    schema = pl.Schema({"forename": pl.String(), "town": pl.String(), "aliases": pl.List(pl.String())})
    rules = (BlockingRule("forename", (pl.col("forename"),)), BlockingRule("aliases", (pl.col("aliases"),)))
    model = LinkageModel("small", (Comparison("town", ("town",), Exact()),), rules, link_type=kind)
    tables = {}
    for name, rows in (("court", one), ("prison", other)):
        table = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("record_id")
        tables[name] = table[chance.sample(range(table.height), table.height)]
    linkage = model.on(tables, chunk=chunk)
    ends = [(linkage.tables[source], key) for source, key in zip(linkage.sources, linkage.keys, strict=True)]
    found = [
        (ends[left], ends[right], mask)
        for left, right, mask in zip(linkage.left.tolist(), linkage.right.tolist(), linkage.rules.tolist(), strict=True)
    ]
    everyone = [(("court", row), entry) for row, entry in enumerate(one)]
    everyone += [(("prison", row), entry) for row, entry in enumerate(other)]
    expected = {}
    for (left, first), (right, second) in combinations(everyone, 2):
        named = first[0] is not None and first[0] == second[0]
        shared = {alias for alias in first[2] or [] if alias} & {alias for alias in second[2] or [] if alias}  # type: ignore[attr-defined]
        if (named or shared) and (kind != "link" or left[0] != right[0]):
            expected[left, right] = named + 2 * bool(shared)
    assert {(min(left, right), max(left, right)): mask for left, right, mask in found} == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize("kind", KINDS)
def test_pairs_that_could_be_looked_at_are_counted(kind: LinkType) -> None:
    court, prison = (table.height for table in TABLES.values())
    whole = (court + prison) * (court + prison - 1) // 2
    assert model_of(kind).on(tables_of(kind)).possible_pairs == (court * prison if kind == "link" else whole)


def test_limits_by_the_name_of_a_table_hold_in_its_clusters() -> None:
    scores = (linkage := model_of("link").on(TABLES)).score(linkage.train())
    held = scores.table(scores.cluster()).group_by("cluster", "table").len()
    assert held.get_column("len").max() == 1


def test_most_of_those_met_twice_are_found_again_and_hardly_anyone_else() -> None:
    linkage, scores = link_people()
    entity = linkage.keys.str.split("-").list.first().to_numpy()
    labels = scores.cluster().labels.to_numpy()
    left, right = np.triu_indices(len(entity), 1)
    one, together = entity[left] == entity[right], labels[left] == labels[right]
    assert (one & together).sum() / together.sum() > 0.95
    assert (one & together).sum() / one.sum() > 0.85


def test_progress_is_reported_up_to_the_last_pair() -> None:
    steps: list[tuple[int, int]] = []
    linkage = MODEL.on(PEOPLE, chunk=200, progress=lambda done, whole: steps.append((done, whole)))
    done = [count for count, _ in steps]
    assert len(steps) > 3
    assert done == sorted(done)
    assert {whole for _, whole in steps} == {done[-1]}
    assert done[-1] >= len(linkage.left)


def put(table: pl.DataFrame) -> float:
    """The largest weight, after everything was asked of a table."""
    linkage = MODEL.on(table)
    parameters = linkage.train()
    scores = linkage.score(parameters)
    clusters = scores.cluster()
    assert np.isfinite(scores.weights).all()
    assert 0 < parameters.prior < 1
    assert len(clusters.labels) == table.height
    for left, right in zip(scores.left[:20].tolist(), scores.right[:20].tolist(), strict=True):
        assert scores.explain(left, right).lines()
    return float(scores.weights.max(initial=-np.inf))


@pytest.mark.parametrize("size", [0, 1, 2, 3, 10, 49])
def test_fewer_than_fifty_records_are_linked_as_far_as_they_can_be(size: int) -> None:
    put(PEOPLE.head(size))


@one_in(
    2,
    "change",
    [
        pytest.param({"town": pl.lit("york")}, id="a constant column"),
        pytest.param({"town": pl.lit(None, pl.String)}, id="a column of no value"),
        pytest.param({"town": pl.lit(None)}, id="a column of no value and no type"),
        pytest.param({"born": pl.lit(None)}, id="nobody's birthday known, by which one rule blocks"),
        pytest.param({"town": pl.lit("")}, id="a column of empty text"),
        pytest.param({"forename": pl.col("forename").str.replace("ann", "")}, id="an empty text here and there"),
        pytest.param({"town": pl.col("record_id")}, id="a column of unique values"),
        pytest.param({"town": pl.col("town").cast(pl.Categorical)}, id="a column of categories"),
        pytest.param({"town": pl.col("town") + "é 漢 🏠"}, id="letters of other scripts"),
        pytest.param({"town": pl.lit("long " * 200) + pl.col("town")}, id="very long texts"),
        pytest.param({"record_id": pl.int_range(pl.len())}, id="keys that are numbers"),
    ],
)
def test_poor_columns_do_not_keep_matches_from_being_found(change: dict[str, pl.Expr]) -> None:
    assert put(PEOPLE.with_columns(**change)) > 2


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(PEOPLE.filter(pl.col("record_id").str.ends_with("-0")), id="everyone is met once"),
        pytest.param(
            PEOPLE.with_columns(pl.lit(None, pl.String).alias(name) for name in PEOPLE.columns[1:]), id="nothing known"
        ),
        pytest.param(PEOPLE.with_columns(pl.lit("same").alias(name) for name in PEOPLE.columns[1:]), id="all the same"),
    ],
)
def test_where_there_is_nothing_to_find_nothing_is_found(table: pl.DataFrame) -> None:
    linkage = MODEL.on(table)
    scores = linkage.score(linkage.train())
    pairs_merged = table.height - scores.cluster().labels.n_unique()
    assert pairs_merged <= 0.02 * table.height


def test_one_huge_block_is_left_out_with_a_warning_in_counts() -> None:
    rules = (*MODEL.blocking[:2], BlockingRule("town", (pl.col("town"),), most_pairs=1_000))
    with pytest.warns(
        BlocksLeftOut, match=r"'town' left out 132,355 pairs in blocks of more than 1,000 pairs"
    ) as warned:
        linkage = replace(MODEL, blocking=rules).on(PEOPLE.with_columns(town=pl.lit("york")))
    assert warned[0].filename == __file__, "where the model is applied"
    left_out = linkage.blocks.keyed[2]
    assert (left_out.blocks_left_out, left_out.pairs_left_out) == (1, PEOPLE.height * (PEOPLE.height - 1) // 2)
    assert len(linkage.left) < left_out.pairs_left_out / 10


def test_columns_described_apart_count_as_if_they_stood_in_the_table() -> None:
    names = PEOPLE.select("forename", "surname").unique(maintain_order=True)
    rows = names.with_row_index("name")
    narrow = PEOPLE.join(rows, on=names.columns, maintain_order="left").drop(names.columns)
    assert reported(MODEL.on(narrow, described={"name": names})) == reported(MODEL.on(PEOPLE))


def changed(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Tables:
    return {"court": TABLES["court"], "prison": change(TABLES["prison"])}


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        pytest.param(
            changed(lambda table: pl.concat([table, table.head(2)])),
            "2 records of table 'prison' have a record_id that another record has: make it unique",
            id="a key twice in one table",
        ),
        pytest.param(
            changed(lambda table: table.with_columns(record_id=pl.lit(None, pl.String))),
            "records of table 'prison' have no record_id",
            id="no keys",
        ),
        pytest.param(
            changed(lambda table: table.drop("town", "born")),
            "table 'prison' lacks columns born, town",
            id="columns that are not there",
        ),
        pytest.param(changed(lambda table: table.drop("record_id")), "lacks columns record_id", id="no column of keys"),
        pytest.param(
            {f"table {number}": PEOPLE.head(1) for number in range(128)}, "1 to 127 tables", id="too many tables"
        ),
        pytest.param({}, "1 to 127 tables can be linked, not 0", id="no table"),
    ],
)
def test_tables_that_cannot_be_linked_are_refused_in_words(tables: Tables, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(MODEL, link_type="link_and_dedupe").on(tables)


def test_the_same_key_in_two_tables_is_two_records() -> None:
    twice = {"court": PEOPLE, "prison": PEOPLE}
    linkage = replace(MODEL, link_type="link", limits={"court": 1, "prison": 1}).on(twice)
    scores = linkage.score(linkage.train())
    pairs = scores.table(scores.cluster()).group_by("cluster").agg("key")
    assert scores.table(scores.cluster()).height == 2 * PEOPLE.height
    mean = pairs.filter(pl.col("key").list.len() == 2).select((pl.col("key").list.n_unique() == 1).mean()).item()
    assert mean > 0.9, "a record's best partner is itself in the other table"


def test_a_link_needs_two_tables() -> None:
    with pytest.raises(ValueError, match="between tables needs two tables at least; use 'dedupe' for one"):
        replace(MODEL, link_type="link").on(PEOPLE)


def test_a_limit_of_a_table_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="limits name tables that are not there: tax"):
        replace(MODEL, limits={"tax": 1}).on(PEOPLE)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"comparisons": ()}, "needs comparisons", id="no comparison"),
        pytest.param({"link_type": "deduplicate"}, "link type 'deduplicate' .* is none of", id="no such link type"),
        pytest.param({"comparisons": MODEL.comparisons[:1] * 2}, "each with a name of its own", id="one name twice"),
        pytest.param(
            {"rivals": (Rival("a relative", shared=frozenset({"shoe size"})),)},
            "name comparisons that it does not have: shoe size",
            id="rivals in what is not compared",
        ),
    ],
)
def test_a_model_that_makes_no_sense_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(MODEL, **changes)  # type: ignore[arg-type]


def test_parameters_of_another_model_are_refused() -> None:
    linkage, scores = link_people()
    with pytest.raises(ValueError, match="the file of model 'people' compares"):
        replace(MODEL, comparisons=MODEL.comparisons[:2], rivals=()).on(PEOPLE).score(scores.scales.parameters)
    assert linkage.score(scores.scales.parameters).weights.tolist() == scores.weights.tolist()


def test_a_model_file_weighs_as_what_was_trained_did(tmp_path: Path) -> None:
    linkage, scores = link_people()
    scores.scales.parameters.save(tmp_path / "people.json")
    read = load_parameters(tmp_path / "people.json", MODEL.comparisons)
    assert linkage.score(read).weights.tolist() == scores.weights.tolist()


def test_rules_that_comparisons_bring_follow_those_of_the_model() -> None:
    own = BlockingRule("town", (pl.col("town"),))
    model = replace(MODEL, comparisons=(*MODEL.comparisons[:3], replace(MODEL.comparisons[3], blocking=(own,))))
    assert model.rules == (*MODEL.blocking, own)
    linkage = model.on(PEOPLE.head(50))
    assert set(linkage.rules.tolist()) & {0b1000}, "pairs of one town and nothing else"


@one_in(2, "switch", ["unbiased_m", "clean_u", "dependence", "rivals", "term_frequencies", "own_frequencies"])
def test_each_part_of_the_statistics_can_be_switched_off(switch: str) -> None:
    options = replace(Options(), **{switch: False})
    linkage = replace(MODEL, options=options).on(PEOPLE)
    scores = linkage.score(linkage.train())
    assert np.isfinite(scores.weights).all()
    if switch != "dependence":  # nothing depends on anything here
        assert scores.weights.tobytes().hex() != plainly("dedupe")["bits"]


def test_the_pairs_of_one_model_can_be_compared_by_another() -> None:
    """As orders are compared among the pairs of records that the model of persons looks at."""
    linkage = MODEL.on(PEOPLE)
    other = replace(MODEL, name="other", comparisons=MODEL.comparisons[2:], blocking=(), rivals=())
    again = other.on(PEOPLE.sample(fraction=1, shuffle=True, seed=1), pairs_of=linkage)
    own = replace(other, blocking=MODEL.blocking).on(PEOPLE)
    assert again.model is other
    assert (again.left.tolist(), again.right.tolist()) == (linkage.left.tolist(), linkage.right.tolist())
    assert again.patterns.tolist() == own.patterns.tolist()


def test_the_pairs_of_other_records_are_refused() -> None:
    with pytest.raises(ValueError, match="is applied to other records"):
        MODEL.on(PEOPLE.head(20), pairs_of=MODEL.on(PEOPLE.tail(20)))


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_what_says_matches_among_some_pairs_alone_can_be_learned(share: float) -> None:
    linkage, scores = link_people()
    among = scores.weights >= np.quantile(scores.weights, 1 - share) if share else np.zeros(len(scores.weights), bool)
    parameters = linkage.train(among)
    assert parameters.records == 0, "its share of matches holds for any number of records"
    assert f"{among.sum()} candidate pairs of {among.sum()} pairs" in parameters.trained_on
    assert np.isfinite(linkage.score(parameters).weights).all()


DECLARED = LinkageModel(
    "declared",
    (
        Comparison("forename", ("forename",), Exact(), declared=((0.9, 0.01), (0.1, 0.99))),
        Comparison("born", ("born",), Exact(), declared=((0.95, 0.001), (0.05, 0.999))),
    ),
    MODEL.blocking[:1],
)


def test_a_model_whose_shares_are_declared_weighs_without_training() -> None:
    """From even odds, whatever the number of records."""
    scores = DECLARED.on(PEOPLE).score(DECLARED.declared())
    both = np.log2(0.9 / 0.01) + np.log2(0.95 / 0.001)
    assert scores.weights.max() == pytest.approx(both)


def test_a_model_that_declares_too_little_must_be_trained() -> None:
    with pytest.raises(ValueError, match="declares no shares for forename, surname, born, town: train it"):
        MODEL.declared()
