"""A linkage model: the entry to the engine.

Belongs here: applying a model to tables. Does not: what a model consists of (`declaration`), models of particular
things (persons, orders), what is done with the tables (`linkage`).

    model = LinkageModel("people", comparisons, blocking)
    linkage = model.on(table)                    # candidate pairs, and how they compare
    parameters = linkage.train()                 # m and u, without labels
    scores = linkage.score(parameters)           # a weight for each pair
    clusters = scores.cluster()                  # which records are one person
    scores.explain(left, right)                  # the waterfall of a pair
"""

from collections.abc import Mapping

from matching.engine.declaration import Declaration
from matching.engine.linkage import CHUNK, Linkage, Progress, compare_again, link_records
from matching.engine.patterns import Each
from matching.engine.tables import NOTHING, Described, Table, gather_records


class LinkageModel(Declaration):
    """A declared model that can be applied to tables; for what it is made of see `Declaration`."""

    def on(  # noqa: PLR0913  # each but the tables has a default
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
        described: Described = NOTHING,
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
            described: columns that the tables lack, because many records share them: by the name of the column that
                holds the row of each record, a frame of them. Each of its rows is looked at once.

        Raises:
            TypeError: this is not a table, or not a dictionary of tables.
            ValueError: a column is missing or can't be compared, a key is missing or repeated, a limit names no table,
                or there are too few tables to link or too many.
        """
        records = gather_records(tables, key=key, columns=self.columns, described=described)
        if unknown := sorted(set(self.limits) - set(records.tables)):
            raise ValueError(f"limits name tables that are not there: {', '.join(unknown)}")
        if self.link_type == "link" and len(records.tables) < 2:
            raise ValueError("linking between tables needs two tables at least; use 'dedupe' for one")
        if pairs_of is not None:
            return compare_again(self, records, pairs_of, key=key, each=each)
        return link_records(
            self, records, key=key, threads=threads, chunk=chunk, progress=progress, copies=copies, each=each
        )
