"""Splink's side: set up after its documentation and demos, trained, predicted, clustered. Runs in its environment.

Belongs here: how Splink is given a task. Does not: tasks, measuring, judging.

A variant is `same` or `best`, with the size of the sample for u where that is not Splink's default: `best-1e7`. `same`
compares field by field, as our side does; `best` is what serves Splink best of what its documentation offers: names in
one comparison, exchanged names kept apart, finer degrees. Intermediate and input columns are not kept in the results,
which makes it faster than its defaults.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.matching.clock import CORES, Clock
from benchmarks.matching.tasks import PERSON_TRAINING, Key, Kind, Rule, Task

LEAST_WEIGHT = -10.0
# Single best links at the higher ones take minutes on large tables, and are worse there.
CLUSTER_PROBABILITIES = (0.5, 0.9, 0.99, 0.999)
SEED = 1
DEFAULT_U_PAIRS = 1e6
# On large tables `best` trains on common keys, which gives better weights, and on a sample of the pairs they make.
SESSION_PAIRS = 2e6
# What its documentation and demos give for a kind of field; names and email count frequencies of their own accord.
COMPARISONS: dict[Kind, Callable[[str], Any]] = {
    "forename": cl.NameComparison,
    "surname": cl.NameComparison,
    "identifier": lambda field: cl.DamerauLevenshteinAtThresholds(field, [1, 2]),
    "number": lambda field: cl.DamerauLevenshteinAtThresholds(field, [2]),
    "district": lambda field: cl.DamerauLevenshteinAtThresholds(field, [1, 2]),
    "postcode": cl.PostcodeComparison,
    "code": cl.ExactMatch,
    "email": cl.EmailComparison,
}
COUNTED = ("district", "code")
NAME_KINDS = ("forename", "surname")
EXCHANGED = "l.{0} = r.{1} and l.{1} = r.{0}"


def link(task: Task, files: list[Path], variant: str, clock: Clock) -> Callable[[Path], None]:
    """Link the tables; see `child`."""
    name, _, pairs = variant.partition("-")
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI()
    api.duckdb_con.execute(f"set threads = {CORES}")
    joined = name == "best"
    tables = [load(api, number, file, task, joined=joined) for number, file in enumerate(files)]
    with clock.phase("train"):
        linker = Linker(tables, settings(task, name, joined=joined), log_level=None)
        train(linker, task, u_pairs=float(pairs or DEFAULT_U_PAIRS), sampled=name == "best" and not task.is_small)
    with clock.phase("score"):
        scored = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT)
    with clock.phase("cluster"):
        clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(
            scored, threshold_match_probability=CLUSTER_PROBABILITIES[0]
        )

    def write(out: Path) -> None:
        pairs = scored.as_duckdbpyrelation().project("id_l as a, id_r as b, match_weight as weight")
        pairs.write_parquet(str(out / "pairs.parquet"))
        write_clusters(clustered, out / "clusters.parquet")
        if task.link_type == "link":
            names = [table.dataset_display_name for table in tables]
            for probability in CLUSTER_PROBABILITIES[: 4 if task.is_small else 2]:
                best = linker.clustering.cluster_using_single_best_links(
                    scored, names, threshold_match_probability=probability
                )
                write_clusters(best, out / f"best-links-{probability}.parquet")

    return write


def write_clusters(clustered: Any, path: Path) -> None:
    """Each record's cluster, numbered."""
    numbered = clustered.as_duckdbpyrelation().project("id, dense_rank() over (order by cluster_id) as cluster")
    numbered.write_parquet(str(path))


def load(api: DuckDBAPI, number: int, file: Path, task: Task, *, joined: bool) -> Any:
    """Read a table into the database; the names joined where one comparison takes both."""
    forename, surname = names_of(task)
    more = f", {forename} || ' ' || {surname} as full_name" if joined else ""
    name = f"loaded_{number}"
    api.duckdb_con.read_parquet(str(file)).project(f"*{more}").create(name)
    return api.register(name, dataset_display_name=f"table_{number}")


def names_of(task: Task) -> list[str]:
    """The fields of forename and surname."""
    return [field for field, kind in task.fields if kind in NAME_KINDS]


def settings(task: Task, variant: str, *, joined: bool) -> SettingsCreator:
    """Comparisons and blocking rules of the task."""
    fields = [(field, kind) for field, kind in task.compared(variant) if not (joined and kind in NAME_KINDS)]
    comparisons = [compare(field, kind, task) for field, kind in fields]
    if joined:
        name = cl.ForenameSurnameComparison(*names_of(task), forename_surname_concat_col_name="full_name")
        comparisons = [name, *comparisons]
    rules: list[Any] = [block_on(*map(key, rule)) for rule in task.rules]
    if variant == "best" and task.name == "febrl4":
        rules.append(EXCHANGED.format("given_name", "surname"))
    return SettingsCreator(
        link_type="dedupe_only" if task.link_type == "dedupe" else "link_only",
        unique_id_column_name="id",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )


def compare(field: str, kind: Kind, task: Task) -> Any:
    """The comparison of a field."""
    if kind == "date":
        return cl.DateOfBirthComparison(field, input_is_string=True, datetime_format=task.date_format)
    comparison = COMPARISONS[kind](field)
    return comparison.configure(term_frequency_adjustments=True) if kind in COUNTED else comparison


def train(linker: Linker, task: Task, *, u_pairs: float, sampled: bool) -> None:
    """The share of matches by certain rules, u by random pairs, m by one session a training rule."""
    training = linker.training
    training.estimate_probability_two_random_records_match([block(rule) for rule in task.certain], recall=task.recall)
    training.estimate_u_using_random_sampling(max_pairs=u_pairs, seed=SEED)
    for rule in PERSON_TRAINING if sampled else task.training:
        training.estimate_parameters_using_expectation_maximisation(
            block(rule), estimate_without_term_frequencies=True, max_pairs=SESSION_PAIRS if sampled else None
        )


def block(rule: Rule) -> Any:
    """The rule as Splink says it."""
    return block_on(*map(key, rule))


def key(key: Key) -> str:
    """The key in SQL."""
    return f"substr({key.column}, {key.start + 1}, {key.length})" if key.length else key.column
