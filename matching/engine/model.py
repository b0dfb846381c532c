"""A linkage model: the entry to the engine.

Belongs here: what a model consists of. Does not: models of particular things (persons, orders), what is done with the
tables (`linkage`).

    model = LinkageModel("people", comparisons, blocking)
    linkage = model.on(table)                    # candidate pairs, and how they compare
    parameters = linkage.train()                 # m and u, without labels
    scores = linkage.score(parameters)           # a weight for each pair
    clusters = scores.cluster()                  # which records are one person
    scores.explain(left, right)                  # the waterfall of a pair
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from matching.engine.blocking import BlockingRule
from matching.engine.linkage import CHUNK, Linkage, Progress, compare_again, link_records
from matching.engine.options import Options
from matching.engine.parameters import Parameters, Shares
from matching.engine.patterns import Comparison, Each, Rival
from matching.engine.tables import Table, gather_records

LinkType = Literal["dedupe", "link", "link_and_dedupe"]


@dataclass(frozen=True, eq=False)
class LinkageModel:
    """What is compared, which pairs are compared, and what a cluster may hold.

    Attributes:
        name: of the model.
        comparisons: in the order in which an explanation lists them.
        blocking: blocking rules, the most selective first. Rules that comparisons bring follow.
        link_type: `dedupe` within one table, `link` between tables only, `link_and_dedupe` both.
        limits: how many records of a table a cluster may hold at most, by the name of the table.
        rivals: classes of pairs that agree in much and do not match.
        options: of training.

    Raises:
        ValueError: the link type is unknown, there is no comparison, two have one name, or rivals name a comparison
            that the model does not have.
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
            raise ValueError(
                f"rivals of model {self.name!r} name comparisons that it does not have: {', '.join(unknown)}"
            )

    def declared(self) -> Parameters:
        """The parameters as declared, for a model that is used without training.

        Raises:
            ValueError: a comparison declares no shares.
        """
        if missing := [entry.name for entry in self.comparisons if entry.declared is None]:
            raise ValueError(f"model {self.name!r} declares no shares for {', '.join(missing)}: train it")
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

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that comparisons and rules read."""
        compared = {column for comparison in self.comparisons for column in comparison.read}
        return tuple(sorted(compared | {column for rule in self.rules for column in rule.columns}))

    def on(
        self,
        tables: Table | Mapping[str, Table],
        *,
        key: str = "record_id",
        threads: int | None = None,
        chunk: int = CHUNK,
        progress: Progress | None = None,
        pairs_of: Linkage | None = None,
        copies: bool = True,
        each: Each | None = None,
    ) -> Linkage:
        """Apply the model to tables: code the records, find the candidate pairs, compare them.

        Blocks that hold too many pairs are left out, with a `BlocksLeftOut` warning.

        Args:
            tables: one table, or several by name, with the columns that comparisons and rules read. A table is a polars
                DataFrame or LazyFrame, a pandas DataFrame or a pyarrow Table.
            key: the column that identifies a record within its table.
            threads: how many to use; defaults to the number of processors. The result does not depend on it.
            chunk: how many pairs to compare at once, which bounds memory. The result does not depend on it.
            progress: called after each chunk with the number of pairs compared so far, and of all.
            pairs_of: a linkage of the same tables, whose pairs this model compares too; its own rules are not used.
            copies: whether one record stands for its copies where more than 20 are the same in every column that the
                model reads. They come back in its cluster. False where another model compares the same pairs.
            each: a `map` that compares pieces elsewhere than in threads (`spark`). The result does not depend on it.

        Raises:
            TypeError: this is not a table, or not a dictionary of tables.
            ValueError: a column is missing or can't be compared, a key is missing or repeated, a limit names no table,
                or there are too few tables to link or too many.
        """
        records = gather_records(tables, key=key, columns=self.columns)
        if unknown := sorted(set(self.limits) - set(records.tables)):
            raise ValueError(f"limits name tables that are not there: {', '.join(unknown)}")
        if self.link_type == "link" and len(records.tables) < 2:
            raise ValueError("linking between tables needs two tables at least; use 'dedupe' for one")
        if pairs_of is not None:
            return compare_again(self, records, pairs_of, key=key, each=each)
        return link_records(
            self, records, key=key, threads=threads, chunk=chunk, progress=progress, copies=copies, each=each
        )
