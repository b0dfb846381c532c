"""What a night's register is made of.

Belongs here: the input of `reconciliation.register_tables`. Does not: what is made of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from reconciliation.confidence.model import ConfidenceModel
from reconciliation.endings import Before
from reconciliation.said_in_force import SAID_IN_FORCE
from warehouse.pieces import Rows
from warehouse.tables.link import LINK_PAIRS


@dataclass(frozen=True)
class NightInput:
    """What a night's register is made of. Each use of a lazy table reads its own columns, and none stays in memory.

    Attributes:
        orders, aliases, conditions, arrests: the core tables, all sources together.
        clusters: `link_orders__clusters`.
        events: `link_arrests__clusters`, by record, as it is written.
        order_ids, subject_ids, arrest_ids: `cluster` and `id`, one row for each cluster.
        as_of: the day of the release.
        decided: golden values that stewards decided, by field (`ledger.decisions.values.typed_values`).
        dropped: ids of those records that their sources no longer hold.
        said_in_force: orders in doubt that stewards said are in force, as `SAID_IN_FORCE`.
        before: what the release before knew; nothing on the first night.
        pairs: `PAIR_WEIGHTS` of `link_orders__pairs`; without them no link has a confidence.
        confidence: the model that weighs golden values; None: the one that comes with Concord.
    """

    orders: Rows
    aliases: Rows
    conditions: Rows
    arrests: Rows
    clusters: Rows
    events: Rows
    order_ids: Rows
    subject_ids: Rows
    arrest_ids: Rows
    as_of: date
    decided: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    dropped: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.String))
    said_in_force: pl.DataFrame = field(default_factory=SAID_IN_FORCE.clear)
    before: Before = field(default_factory=Before)
    pairs: Rows = field(default_factory=LINK_PAIRS.empty)
    confidence: ConfidenceModel | None = None
