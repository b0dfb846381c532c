"""What is remembered of ids from night to night, so that an order keeps its id while its records come and go.

Every handle that a record was ever known by keeps the id it had last: a source that is missing tonight and back
tomorrow finds its orders' old ids. Handles are kept as digests, since some hold names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from reconciliation.stable_ids import Assignment, assign_ids, record_handles
from warehouse.pieces import Pieces, Rows
from warehouse.schema import Table
from warehouse.sources import has_row_key
from warehouse.tables.link import IDENTITIES
from warehouse.tables.register import ID_REDIRECTS, ORDER_SOURCES, ORDERS
from warehouse.tables.release import SOURCE_RECORDS
from warehouse.text_hashes import digests

PREFIXES = {"order": "ORD", "subject": "SUB", "arrest": "ARR"}
LARGE: Final = ("order_ids", "subject_ids", "arrest_ids", "memory")


@dataclass(frozen=True)
class Identities:
    """The ids of a night.

    Attributes:
        order_ids, subject_ids, arrest_ids: `cluster`, `id`: one row for each cluster.
        redirects: `id_redirects`, those of former nights included.
        memory: `IDENTITIES`: every handle ever seen with the id it has now.
    """

    order_ids: pl.LazyFrame
    subject_ids: pl.LazyFrame
    arrest_ids: pl.LazyFrame
    redirects: pl.DataFrame
    memory: pl.LazyFrame

    def kept(self, pieces: Pieces) -> "Identities":
        """The same, out of memory."""
        large = {name: pieces.keep(name, getattr(self, name)) for name in LARGE}
        return Identities(**large, redirects=self.redirects)


def identify(
    records: Mapping[str, Rows],
    links: Mapping[str, Rows],
    *,
    remembered: pl.DataFrame,
    former_redirects: pl.DataFrame,
    as_of: date,
) -> Identities:
    """Give the night's clusters their ids.

    Args:
        records: core `orders` and `arrests`, all sources together.
        links: `link_orders__clusters` as `orders`, `link_arrests__clusters` as `arrests`.
        remembered: from `remember_former`.
        former_redirects: `id_redirects` of the release before.
        as_of: the night.
    """
    handles = {name: _digested(frame) for name, frame in records.items()}
    members = {
        "order": _members(links["orders"], "order_cluster", handles["orders"]),
        "subject": _members(links["orders"], "subject_cluster", handles["orders"]),
        "arrest": _members(links["arrests"], "event_cluster", handles["arrests"]),
    }
    assigned = {kind: _assign(kind, frame, remembered, as_of) for kind, frame in members.items()}
    redirects = [assigned[kind].redirect_rows(kind, as_of=as_of) for kind in ("order", "subject")]
    return Identities(
        order_ids=assigned["order"].ids.lazy(),
        subject_ids=assigned["subject"].ids.lazy(),
        arrest_ids=assigned["arrest"].ids.lazy(),
        redirects=pl.concat([former_redirects, *redirects])
        .unique(ID_REDIRECTS.key, keep="first")
        .sort(*ID_REDIRECTS.key),
        memory=_remember(members, assigned, remembered).lazy(),
    )


def remember_former(scan: Callable[[Table], pl.LazyFrame]) -> pl.DataFrame:
    """`IDENTITIES` of the release before, and what its rows without keys are known by today.

    An earlier version of Concord may have known them by something else.

    Args:
        scan: gives a table of that release; empty tables on the first night.
    """
    rows = _digested(scan(SOURCE_RECORDS).filter(~has_row_key)).lazy()
    subjects = scan(ORDERS).select("order_id", "subject_id")
    known = rows.join(scan(ORDER_SOURCES).select("record_id", "order_id"), on="record_id").join(subjects, on="order_id")
    remembered = scan(IDENTITIES)
    today = pl.concat(
        known.select(pl.lit(kind).alias("kind"), "handle", pl.col(f"{kind}_id").alias("id"))
        for kind in ("order", "subject")
    )
    added = today.join(remembered, on=["kind", "handle"], how="anti")
    return pl.concat([remembered.select(added.collect_schema().names()), added]).collect()


def _digested(records: Rows) -> pl.DataFrame:
    handles = record_handles(records)
    return handles.with_columns(digests(handles.get_column("handle")))


def _members(clusters: Rows, column: str, handles: pl.DataFrame) -> pl.DataFrame:
    """`cluster`, `handle`."""
    placed = clusters.lazy().select("record_id", cluster=column).join(handles.lazy(), on="record_id")
    return placed.select("cluster", "handle").collect()


def _assign(kind: str, members: pl.DataFrame, remembered: pl.DataFrame, as_of: date) -> Assignment:
    former = remembered.filter(pl.col("kind") == kind).select("handle", "id")
    return assign_ids(members, former, prefix=PREFIXES[kind], as_of=as_of)


def _remember(
    members: dict[str, pl.DataFrame], assigned: dict[str, Assignment], remembered: pl.DataFrame
) -> pl.DataFrame:
    """Tonight's handles with their ids, and those of former nights that did not come tonight."""
    kinds = []
    for kind in sorted(PREFIXES):
        tonight = members[kind].join(assigned[kind].ids, on="cluster").select("handle", "id")
        known = remembered.filter(pl.col("kind") == kind).join(tonight, on="handle", how="anti")
        both = pl.concat([tonight, known.select("handle", "id")]).sort("handle", "id")
        kinds.append(both.with_columns(kind=pl.lit(kind)))
    return IDENTITIES.conform(pl.concat(kinds))
