"""Concord's side: the engine given a task, trained, scored, clustered.

Belongs here: how our engine is given a task. Does not: tasks, measuring, judging.

Variant `same` compares field by field by levels of the kinds that Splink has; `best` adds what names do: exchanged
parts and nicknames.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path

import polars as pl

from benchmarks.matching.clock import CORES, Clock
from benchmarks.matching.tasks import SUBJECT_FIELDS, Key, Kind, Rule, Task
from matching.engine.blocking import BlockingRule
from matching.engine.comparators.base import Comparator, Exact
from matching.engine.comparators.dates import Dates
from matching.engine.comparators.names import NamePart, Variants
from matching.engine.comparators.places import Postcode
from matching.engine.comparators.text import Edits, JaroWinkler
from matching.engine.model import LinkageModel
from matching.engine.patterns import Comparison, Rival
from warehouse.codes import reference

LEAST_WEIGHT = -10.0
# Splink leaves no block out, so neither does this side.
ANY_PAIRS = 10**12
NAME_THRESHOLDS = (0.92, 0.88, 0.7)
COMPARATORS: dict[Kind, Comparator] = {
    "forename": JaroWinkler(NAME_THRESHOLDS),
    "surname": JaroWinkler(NAME_THRESHOLDS),
    "date": Dates(),
    "identifier": Edits((1, 2)),
    "number": Edits((2,)),
    "district": Edits((1, 2)),
    "postcode": Postcode(),
    "code": Exact(),
    "email": JaroWinkler((0.92, 0.88)),
}
NAME_KINDS = ("forename", "surname")
COUNTED = ("forename", "surname", "district", "code", "email")
# What relatives have in common, in data that hold relatives.
SHARED = frozenset({"surname", "postcode", "town", "email"})


def link(task: Task, paths: list[Path], variant: str, clock: Clock) -> Callable[[Path], None]:
    """Link the tables; see `child`."""
    tables = {file.stem: pl.read_parquet(file) for file in paths}
    # Like the tables, the list of names is in memory before the clock starts.
    forename_pairs()
    with clock.phase("compare"):
        linkage = model(task, variant, list(tables)).on(tables, key="id", threads=CORES)
    clock.candidates = len(linkage.left)
    with clock.phase("train"):
        parameters = linkage.train()
    with clock.phase("score"):
        scores = linkage.score(parameters)
        pairs = scores.pairs(LEAST_WEIGHT)
    with clock.phase("cluster"):
        clusters = scores.table(scores.cluster())

    def write(out: Path) -> None:
        pairs.select(a="left", b="right", weight="weight").write_parquet(out / "pairs.parquet")
        clusters.select("cluster", id="key").write_parquet(out / "clusters.parquet")

    return write


def model(task: Task, variant: str, tables: Sequence[str]) -> LinkageModel:
    """The task as a model; between tables an entity has one record in each."""
    return LinkageModel(
        task.name,
        tuple(compare(field, kind, task, variant) for field, kind in task.compared(variant)),
        tuple(block(rule) for rule in task.rules),
        link_type=task.link_type,
        rivals=rivals(task),
        limits=dict.fromkeys(tables, 1) if task.link_type == "link" else {},
    )


def rivals(task: Task) -> tuple[Rival, ...]:
    """Pairs that agree in much and are no match: people of one family; other orders of a person, fellow defendants."""
    fields = frozenset(field for field, _ in task.fields)
    if task.name == "orders":
        person = frozenset(field for field, _ in SUBJECT_FIELDS)
        return (
            Rival("another order of the person", same=person, shared=fields - person),
            Rival("fellow defendants", same=fields - person, shared=person & {"surname"}),
        )
    return (Rival("relatives", shared=SHARED & fields),) if task.has_relatives else ()


def compare(field: str, kind: Kind, task: Task, variant: str) -> Comparison:
    """The comparison of a field."""
    term = field if kind in COUNTED else None
    if variant == "best" and kind in NAME_KINDS:
        other = next(name for name, some in task.fields if some in NAME_KINDS and some != kind)
        return Comparison(field, (field, other), name_part(kind), term=term)
    return Comparison(field, (field,), COMPARATORS[kind], term=term)


def name_part(kind: Kind) -> NamePart:
    """A part of a name that may stand in the other's place; a forename may be shortened."""
    if kind == "forename":
        return NamePart(NAME_THRESHOLDS, groups=Variants(forename_pairs()), exchange="level")
    return NamePart(NAME_THRESHOLDS, exchange="leave out")


@cache
def forename_pairs() -> tuple[tuple[str, str], ...]:
    """Forenames that stand for each other, in capitals as order records have them and in small letters."""
    families = reference("forenames").get_column("forms").str.split("|")
    capitals = [pair for forms in families.to_list() for pair in combinations(sorted(forms), 2)]
    return tuple(sorted({*capitals, *((one.lower(), other.lower()) for one, other in capitals)}))


def block(rule: Rule) -> BlockingRule:
    """The rule as our engine says it."""
    return BlockingRule(", ".join(key.column for key in rule), tuple(map(expression, rule)), most_pairs=ANY_PAIRS)


def expression(key: Key) -> pl.Expr:
    """The key of a record."""
    return pl.col(key.column).str.slice(key.start, key.length) if key.length else pl.col(key.column)
