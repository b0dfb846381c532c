"""A linkage model, and what it does with tables: train, score, cluster, explain.

Belongs here: the entry to the engine. Does not: any model of something (persons, orders), any statistics.

    model = LinkageModel("people", comparisons, blocking)
    linkage = model.on(table)                    # codes, candidate pairs, patterns
    parameters = linkage.train()                 # m and u without labels
    scores = linkage.score(parameters)           # a weight for each pair
    clusters = scores.cluster()                  # who is one
    scores.explain(left, right)                  # the waterfall of a pair
"""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar, get_args

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.blocking import (
    BlockingRule,
    Blocks,
    Candidates,
    Draft,
    Masks,
    Rows,
    candidate_pairs,
    find_blocks,
)
from matching.engine.comparators.base import SAME
from matching.engine.frequencies import fit_frequencies
from matching.engine.parameters import Parameters, Shares, check_parameters
from matching.engine.patterns import Coded, Comparison, Patterns, Rival, code_records, compare, unpack
from matching.engine.scores import Scores
from matching.engine.training import ENOUGH, Evidence, Histogram, Options, count_patterns, train
from matching.engine.values import agreeing_pairs, pairs_of
from matching.engine.weights import Scales

T = TypeVar("T", bound=np.generic)
LinkType = Literal["dedupe", "link", "link_and_dedupe"]
# Told how many candidate pairs are compared so far, and of how many at most.
Progress = Callable[[int, int], None]

CHUNK = 250_000
# Random pairs are drawn by so many, and so many times before it is asked whether they are enough.
RANDOM_CHUNK, DRAWS = 50_000, 8
# Compared in so many pieces, which takes a few megabytes less.
DRAWN_PIECES = 8
SEED = 1
# Pairs a record that a rule may make for m to be learned from them.
MOST_OF_RULE = 5
MOST_TABLES = 127


@dataclass(frozen=True, eq=False)
class LinkageModel:
    """What is compared, which pairs are looked at, and what a cluster may hold.

    Attributes:
        name: of the model.
        comparisons: entries read top to bottom.
        blocking: rules, the most telling first; those that comparisons bring follow.
        link_type: `dedupe` one table, `link` across tables alone, or both at once.
        limits: records of a table in one cluster at most, by the name of the table.
        rivals: classes of pairs that agree in much and are no match.
        options: of training.

    Raises:
        ValueError: no such link type, no comparison, two of one name, or rivals that name one that is not there.
    """

    name: str
    comparisons: tuple[Comparison, ...]
    blocking: tuple[BlockingRule, ...] = ()
    link_type: LinkType = "dedupe"
    limits: Mapping[str, int] = field(default_factory=dict)
    rivals: tuple[Rival, ...] = ()
    options: Options = field(default_factory=Options)

    def __post_init__(self) -> None:
        if self.link_type not in get_args(LinkType):
            raise ValueError(f"link type {self.link_type!r} of model {self.name!r} is none of {get_args(LinkType)}")
        names = [comparison.name for comparison in self.comparisons]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"model {self.name!r} needs comparisons, each with a name of its own, not {names}")
        named = {name for rival in self.rivals for name in rival.same | rival.shared}
        if unknown := sorted(named - set(names)):
            raise ValueError(f"rivals of model {self.name!r} name comparisons that it has not: {', '.join(unknown)}")

    def declared(self) -> Parameters:
        """Parameters as declared, for a model that nothing was learned for.

        Raises:
            ValueError: a comparison declares no shares.
        """
        if silent := [entry.name for entry in self.comparisons if entry.declared is None]:
            raise ValueError(f"model {self.name!r} declares no shares for {', '.join(silent)}: train it")
        shares = tuple(
            Shares(
                name=entry.name,
                levels=entry.levels,
                m=(0.0, *(m for m, _ in entry.declared or ())),
                u=(0.0, *(u for _, u in entry.declared or ())),
            )
            for entry in self.comparisons
        )
        return Parameters(model=self.name, prior=0.5, records=0, shares=shares, trained_on="nothing: as declared")

    @property
    def rules(self) -> tuple[BlockingRule, ...]:
        """All blocking rules."""
        return (*self.blocking, *(rule for comparison in self.comparisons for rule in comparison.blocking))

    def on(
        self,
        tables: pl.DataFrame | Mapping[str, pl.DataFrame],
        *,
        key: str = "record_id",
        threads: int | None = None,
        chunk: int = CHUNK,
        progress: Progress | None = None,
        pairs_of: "Linkage | None" = None,
    ) -> "Linkage":
        """Put the model to tables: code the records, find the candidate pairs, compare them.

        Args:
            tables: one frame, or several by name, with the columns that comparisons and rules read.
            key: the column that names a record; unique in its table.
            threads: all that there are if None; the result is the same by any number.
            chunk: pairs looked at together, which bounds memory; the result is the same by any number.
            progress: told how far the comparing is.
            pairs_of: a linkage of the same tables whose candidate pairs are compared by this model too; its own rules
                are not read.

        Raises:
            ValueError: a column is missing, a key is missing or not unique, a limit names no table, `link` has one
                table alone, or tables are too many.
        """
        named = {"records": tables} if isinstance(tables, pl.DataFrame) else dict(tables)
        records = _gather(self, named, key)
        sources = np.repeat(np.arange(len(named), dtype=np.int8), [table.height for table in named.values()])
        # By table and key; numbers are put in that order, texts stay where they are.
        order = _order(records.get_column(key), sources)
        rows = np.empty(len(order), np.intp)
        rows[order] = np.arange(len(order))
        keys = records.get_column(key).gather(order)
        if pairs_of is not None:
            return _compare_again(self, code_records(self.comparisons, records, order), keys, pairs_of)
        threads = threads or os.cpu_count() or 1
        across = sources if self.link_type == "link" else None
        with ThreadPoolExecutor(threads) as pool:
            blocking = pool.submit(find_blocks, records, self.rules, rows=rows, sources=across)
            coded = code_records(self.comparisons, records, order, each=pool.map)
            blocks = blocking.result()
        del records
        left, right, rules, patterns = _compare_all(coded, blocks, threads=threads, chunk=chunk, progress=progress)
        return Linkage(self, tuple(named), keys, sources, coded, blocks, left, right, rules, patterns)


@dataclass(frozen=True, eq=False)
class Linkage:
    """A model put to tables.

    Records stand in the order of their table and key, whatever the order in which they came.

    Attributes:
        model: the model.
        tables: names of the tables.
        keys: of the records.
        sources: place of each record's table in `tables`.
        coded: the records as numbers.
        blocks: the blocking rules put to them.
        left: rows of the candidate pairs.
        right: likewise, above `left`.
        rules: a bit for each rule that makes the pair.
        patterns: levels reached.
    """

    model: LinkageModel
    tables: tuple[str, ...]
    keys: pl.Series
    sources: npt.NDArray[np.int8]
    coded: Coded
    blocks: Blocks
    left: Rows
    right: Rows
    rules: Masks
    patterns: Patterns

    @property
    def is_across(self) -> bool:
        """Whether only pairs across tables are looked at."""
        return self.model.link_type == "link"

    @property
    def possible_pairs(self) -> int:
        """Pairs that could be looked at."""
        sizes = np.bincount(self.sources)
        return pairs_of(len(self.sources)) - (sum(map(pairs_of, sizes.tolist())) if self.is_across else 0)

    def train(self, among: npt.NDArray[np.bool_] | None = None) -> Parameters:
        """Learn m and u without labels from these tables.

        Args:
            among: of the candidate pairs; if given, what tells matches from the rest of these pairs is learned, instead
                of from strangers (orders among pairs of records of one person).
        """
        if among is not None:
            return _train_among(self, among)
        options = self.model.options
        evidence = Evidence(
            comparisons=self.model.comparisons,
            rivals=self.model.rivals,
            records=len(self.keys),
            total=self.possible_pairs,
            candidates=count_patterns(self.patterns, *_free(self)),
            random=_random_pairs(self, options.random_pairs),
            same=tuple(_share_same(self, place) for place in range(len(self.model.comparisons))),
        )
        return train(evidence, self.model.name, options)

    def score(self, parameters: Parameters) -> Scores:
        """Weigh the candidate pairs.

        Raises:
            ValueError: parameters of other comparisons.
        """
        check_parameters(parameters, self.model.comparisons)
        options = self.model.options
        scales = Scales(self.coded, parameters, {})
        if options.term_frequencies:
            scales = fit_frequencies(
                self.coded,
                parameters,
                left=self.left,
                patterns=self.patterns,
                sources=self.sources,
                across=self.is_across,
                own=options.own_frequencies,
            )
        limits = {self.tables.index(name): most for name, most in self.model.limits.items()}
        return Scores(
            keys=self.keys,
            sources=self.sources,
            tables=self.tables,
            left=self.left,
            right=self.right,
            patterns=self.patterns,
            weights=scales.weigh(self.left, self.patterns),
            scales=scales,
            limits=limits,
        )


def _order(keys: pl.Series, sources: npt.NDArray[np.int8]) -> npt.NDArray[np.intp]:
    """Places of the records by table and key."""
    frame = pl.DataFrame({"source": sources, "key": keys}).with_row_index("place")
    return frame.sort("source", "key").get_column("place").to_numpy().astype(np.intp)


def _compare_again(model: LinkageModel, coded: Coded, keys: pl.Series, linkage: "Linkage") -> "Linkage":
    """The pairs of another linkage under this model, a chunk at a time."""
    if not keys.equals(linkage.keys):
        raise ValueError(f"model {model.name!r} is put to other records than model {linkage.model.name!r}")
    starts = range(0, len(linkage.left), CHUNK)
    with ThreadPoolExecutor() as pool:
        parts = pool.map(
            lambda start: compare(coded, linkage.left[start : start + CHUNK], linkage.right[start : start + CHUNK]),
            starts,
        )
        nothing = np.zeros(0, np.int32)
        patterns = np.concatenate([compare(coded, nothing, nothing), *parts])
    return replace(linkage, model=model, coded=coded, patterns=patterns)


def _train_among(linkage: "Linkage", among: npt.NDArray[np.bool_]) -> Parameters:
    model, size = linkage.model, int(among.sum())
    everything = np.ones((1, len(model.comparisons)), np.bool_)
    evidence = Evidence(
        comparisons=model.comparisons,
        rivals=model.rivals,
        records=0,
        total=size,
        candidates=count_patterns(linkage.patterns[among], everything, np.zeros(size, np.int64)),
        random=None,
        same=(None,) * len(model.comparisons),
    )
    return train(evidence, model.name, model.options)


def _gather(model: LinkageModel, tables: Mapping[str, pl.DataFrame], key: str) -> pl.DataFrame:
    """The records of all tables with the columns that the model reads."""
    if unknown := sorted(set(model.limits) - set(tables)):
        raise ValueError(f"limits name tables that are not there: {', '.join(unknown)}")
    if model.link_type == "link" and len(tables) < 2:
        raise ValueError("a link across tables needs two tables at least; use 'dedupe' for one")
    if not 0 < len(tables) <= MOST_TABLES:
        raise ValueError(f"1 to {MOST_TABLES} tables can be linked, not {len(tables)}")
    columns = {column for comparison in model.comparisons for column in comparison.read}
    wanted = [key, *sorted((columns | {name for rule in model.rules for name in rule.columns}) - {key})]
    return pl.concat([_checked(name, table, wanted) for name, table in tables.items()], how="vertical_relaxed")


def _checked(name: str, table: pl.DataFrame, wanted: list[str]) -> pl.DataFrame:
    if missing := [column for column in wanted if column not in table.columns]:
        raise ValueError(f"table {name!r} lacks columns {', '.join(missing)}")
    keys = table.get_column(wanted[0])
    if nulls := keys.null_count():
        raise ValueError(f"{nulls} records of table {name!r} have no {wanted[0]}")
    if doubled := len(keys) - keys.n_unique():
        raise ValueError(f"{doubled} records of table {name!r} have a {wanted[0]} that another has; make it unique")
    return table.select(wanted)


def _compare_all(
    coded: Coded, blocks: Blocks, *, threads: int, chunk: int, progress: Progress | None
) -> tuple[Rows, Rows, Masks, Patterns]:
    """Candidate pairs, the rules that made them and their patterns, chunk by chunk."""
    drafts = list(candidate_pairs(blocks, chunk))
    nothing = np.zeros(0, np.int32)
    left, right, rules = [nothing], [nothing], [nothing.astype(np.uint32)]
    patterns = [compare(coded, nothing, nothing)]
    done, whole = 0, sum(draft.size for draft in drafts)

    def carry_out(draft: Draft) -> tuple[Candidates, Patterns]:
        pairs = draft.pairs()
        return pairs, compare(coded, pairs.left, pairs.right)

    with ThreadPoolExecutor(threads) as pool:
        for draft, (pairs, reached) in zip(drafts, pool.map(carry_out, drafts), strict=True):
            left.append(pairs.left)
            right.append(pairs.right)
            rules.append(pairs.rules)
            patterns.append(reached)
            done += draft.size
            if progress:
                progress(done, whole)
    return _joined(left), _joined(right), _joined(rules), _joined(patterns)


def _joined(parts: list[npt.NDArray[T]]) -> npt.NDArray[T]:
    """The parts as one array; they are let go, so that no more than one column stands in memory twice."""
    joined = np.concatenate(parts)
    parts.clear()
    return joined


def _free(linkage: Linkage) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.uint16]]:
    """Classes of pairs by which comparisons no rule of theirs may have decided: see `Histogram.free`."""
    used = [
        [bool(rule.columns & set(comparison.columns)) for comparison in linkage.model.comparisons]
        for rule in linkage.model.rules
    ]
    masks, counts = np.unique(linkage.rules, return_counts=True)
    if not len(masks):
        return np.ones((1, len(linkage.model.comparisons)), np.bool_), np.zeros(0, np.int64)
    bits = (masks[:, None] >> np.arange(len(used), dtype=np.uint32) & np.uint32(1)).astype(np.bool_)
    # A rule that makes many pairs a record makes mostly namesakes and neighbours, who would be taken for matches.
    is_telling = counts @ bits <= MOST_OF_RULE * len(linkage.keys)
    unused = ~np.array(used)
    free: npt.NDArray[np.bool_] = np.any(bits[:, :, None] & (unused & is_telling[:, None])[None], axis=1)
    # A comparison that no telling rule leaves free is learned from what there is.
    lone = ~free.any(axis=0)
    free[:, lone] = (bits[:, :, None] & unused[None]).any(axis=1)[:, lone]
    distinct, renamed = np.unique(free, axis=0, return_inverse=True)
    return distinct, renamed.astype(np.uint16)[np.searchsorted(masks, linkage.rules).astype(np.uint16)]


def _random_pairs(linkage: Linkage, most: int) -> Histogram:
    """Patterns of random pairs, drawn until each likeness of values is met often enough, or `most` are drawn."""
    everything = np.ones((1, len(linkage.model.comparisons)), np.bool_)
    patterns = compare(linkage.coded, np.zeros(0, np.int32), np.zeros(0, np.int32))
    drawn = count_patterns(patterns, everything, np.zeros(0, np.int64))
    batches = range(0, -(-min(most, linkage.possible_pairs) // RANDOM_CHUNK), DRAWS)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for batch in batches:
            draws = pool.map(lambda draw: _draw(linkage, draw), range(batch, batch + DRAWS))
            patterns = np.concatenate([patterns, *draws])
            drawn = count_patterns(patterns, everything, np.zeros(len(patterns), np.int64))
            if _is_enough(drawn, linkage, most):
                break
    return drawn


def _draw(linkage: Linkage, draw: int) -> Patterns:
    size = len(linkage.sources)
    drawn = np.random.default_rng([SEED, draw]).integers(0, size, (2, RANDOM_CHUNK), dtype=np.int32)
    left, right = drawn.min(axis=0), drawn.max(axis=0)
    kept = linkage.sources[left] != linkage.sources[right] if linkage.is_across else left != right
    sides = (np.array_split(side[kept], DRAWN_PIECES) for side in (left, right))
    return np.concatenate([compare(linkage.coded, *piece) for piece in zip(*sides, strict=True)])


def _is_enough(drawn: Histogram, linkage: Linkage, most: int) -> bool:
    """Whether every degree of likeness was met often enough, in columns that are not nearly unique.

    Degrees so rare that `most` pairs would not show them often enough either are not waited for.
    """
    met = ENOUGH * drawn.counts.sum() / most
    for place, levels in enumerate(unpack(drawn.patterns, linkage.model.comparisons)):
        reached = np.bincount(levels, drawn.counts, minlength=len(linkage.model.comparisons[place].levels))
        counts = reached[SAME + 1 : -1]
        values = len(linkage.coded.columns[linkage.coded.places[place][0]].dictionary.values)
        if values < 0.2 * len(linkage.sources) and bool(((met <= counts) & (counts < ENOUGH)).any()):
            return False
    return True


def _share_same(linkage: Linkage, place: int) -> float | None:
    """Share of all pairs that reach `SAME`, among those whose value is known; None where equal codes do not tell."""
    comparison = linkage.model.comparisons[place]
    if not comparison.comparator.is_same_value:
        return None
    codes = linkage.coded.codes[:, linkage.coded.places[place][0]]
    same, whole = agreeing_pairs(codes, linkage.sources if linkage.is_across else None)
    return int(same.sum()) / whole if whole else None
