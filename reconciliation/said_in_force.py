"""Orders in doubt of which a steward said that they are in force: the doubt stands until the day that was given.

Belongs here: this end beside those that sources give. Does not: who said so (`ledger.decisions.binding`), what the
records say (`reconciliation.endings`), what the law makes of it (`reconciliation.law`).
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from reconciliation.overrides import orders_with_decided_period

SAID_IN_FORCE: Final = pl.DataFrame(schema={"order_id": pl.String, "until": pl.Date, "said_on": pl.Date})
"""No order of which a steward said that it is in force."""


def hold_in_force(
    endings: pl.DataFrame, golden: pl.DataFrame, *, said: pl.DataFrame, decided: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """The endings, with the day until which a steward said that an order is in force among the disputed ends.

    The doubt often goes because a source is corrected, as we asked: that alone must not make a person free whom a
    steward found bound. Of an order whose own end was to come nothing more was said than that it runs until then.

    Args:
        endings: of `reconciliation.endings.read_endings`.
        golden: `order_id`, `end_on`.
        said: as `SAID_IN_FORCE`.
        decided: what stewards decided, by field, with `order_id`: a period that is decided says it all.
    """
    is_decided = pl.col("order_id").is_in(orders_with_decided_period(decided).implode())
    had_ended = pl.col("end_on") < pl.col("said_on")
    capped = pl.when(had_ended).then("until").otherwise(pl.min_horizontal("until", "end_on"))
    holds = ~is_decided & (had_ended | pl.col("is_discharged"))
    end = pl.when(holds).then(capped).cast(pl.String)
    known = golden.select("order_id", "end_on").join(said, on="order_id")
    held = endings.join(known, on="order_id", how="left")
    return held.select(
        *(name for name in endings.columns if name != "disputed_ends"),
        disputed_ends=pl.concat_list("disputed_ends", pl.concat_list(end).list.drop_nulls()),
    )
