"""On whose authority each open discrepancy is asked of its owner, or what keeps it back.

Belongs here: the route of a line. Does not: its words (`ledger.packs.content`), the policy itself
(`ledger.packs.policy`).
"""

from typing import Final

import polars as pl

from ledger.packs.policy import SendingPolicy
from ledger.packs.sample import draw_sample
from warehouse.home import Home

STEWARD, POLICY, SAMPLE, HELD = ROUTES = ("steward", "policy", "sample", "held")
"""A steward sends it; the policy does; two stewards check it first, since it is in the sample; nobody sends it."""
SENT: Final = (STEWARD, POLICY)

DISAGREES = "the owner disagrees: a steward has to look"
IS_DISPUTED: Final = (pl.col("held_because") == DISAGREES).fill_null(value=False)
"""Lines that are kept back since their owner disagrees: the only ones that ask a steward to look."""
NO_POLICY = "no sending policy is in force"
TO_SETTLE = "a steward has to settle it first"
OTHER_OWNER = "the policy leaves this owner out"
OTHER_FIELD = "the policy leaves out what it is about"
LESS_SURE = "the register is less sure than the policy asks"
FOUND_WRONG = "the register was found wrong in the sample"
NOT_SETTLED = "the stewards who checked the sample could not settle it, or differ"


def route_lines(
    found: pl.DataFrame, policy: SendingPolicy | None, *, checks: pl.DataFrame, answers: pl.DataFrame, home: Home
) -> pl.DataFrame:
    """Give each line its route.

    Args:
        found: open discrepancies with `reference`, `owner`, and `decided_at`: when a steward last decided that the
            owner is to be asked, or on the value asked for; null: none did.
        policy: in force; None: there is none.
        checks: `SAMPLE_CHECKS` of the lines that are judged (`ledger.packs.sample.settle_verdicts`).
        answers: `PACK_ANSWERS`, the last one to each line.
        home: whose key draws the sample.

    Returns:
        The rows with `route` (`ROUTES`), `held_because` (words; null unless held) and `policy_id` (null unless the
        policy has its part in it).
    """
    known = found.join(checks.select("reference", "verdict"), on="reference", how="left").join(
        answers.filter(pl.col("disagrees_because").is_not_null()).select("reference", disagreed_at="received_at"),
        on="reference",
        how="left",
    )
    share = policy.terms.sampled_share if policy else 0.0
    held = _held_because(policy)
    is_stewards = held.is_null() & pl.col("decided_at").is_not_null()
    is_sampled = pl.col("is_drawn").fill_null(value=False) & pl.col("verdict").is_null()
    route = (
        pl.when(is_stewards)
        .then(pl.lit(STEWARD))
        .when(held.is_not_null())
        .then(pl.lit(HELD))
        .when(is_sampled)
        .then(pl.lit(SAMPLE))
        .otherwise(pl.lit(POLICY))
    )
    name = pl.when(pl.col("route").is_in([POLICY, SAMPLE])).then(pl.lit(policy.policy_id if policy else None))
    return (
        known.with_columns(draw_sample(home, known.get_column("reference"), share))
        .with_columns(route=route, held_because=held)
        .with_columns(policy_id=name)
        .drop("verdict", "disagreed_at", "is_drawn")
    )


def _held_because(policy: SendingPolicy | None) -> pl.Expr:
    """What keeps a line back, in words; null: nothing does."""
    is_disputed = (pl.col("disagreed_at") > pl.col("decided_at")).fill_null(pl.col("disagreed_at").is_not_null())
    by_owner = pl.when(is_disputed).then(pl.lit(DISAGREES)).when(pl.col("decided_at").is_not_null()).then(None)
    if policy is None:
        return by_owner.otherwise(pl.lit(NO_POLICY))
    terms = policy.terms
    return (
        by_owner.when((pl.col("stream") == "send").not_().fill_null(value=True))
        .then(pl.lit(TO_SETTLE))
        .when(~pl.col("owner").is_in(terms.owners) if terms.owners else pl.lit(value=False))
        .then(pl.lit(OTHER_OWNER))
        .when(~pl.col("field").is_in(terms.fields) if terms.fields else pl.lit(value=False))
        .then(pl.lit(OTHER_FIELD))
        .when((pl.col("confidence") < terms.least_confidence).fill_null(value=True))
        .then(pl.lit(LESS_SURE))
        .when(pl.col("verdict") == "wrong")
        .then(pl.lit(FOUND_WRONG))
        .when(pl.col("verdict") == "not_known")
        .then(pl.lit(NOT_SETTLED))
        .otherwise(None)
    )
