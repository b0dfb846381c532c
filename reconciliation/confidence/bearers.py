"""How rare a name is: a word that nobody else bears is more often a slip of the hand than one that many bear.

Belongs here: how many others bear the words of a golden name, and those in which it differs from the strongest other
value. Does not: the kind of difference (`differences`), what it weighs (`values`).
"""

from typing import Final

import polars as pl

from reconciliation.confidence.differences import NAME_FIELDS, VALUE_KEY
from reconciliation.ranking import count_bearers
from warehouse.standardise import fold

ABSENT: Final = "-"
MOST_WORDS: Final = 3
FEW: Final = 2


def observe_bearers(names: pl.DataFrame, borne: pl.DataFrame) -> pl.DataFrame:
    """What the words of each golden name say of it.

    Args:
        names: `order_id`, `field`, `value` and `rival`, the strongest other value or null; other fields are left out.
        borne: from `bearers_of_words`.

    Returns:
        `order_id`, `field`, `words` (their number), `rarest` (how many others bear the rarest of them), `bearers` (how
        many bear those in which it differs from the rival, and those of the rival); all as text.
    """
    own, other = (
        fold(pl.col(name)).fill_null("").str.split(" ").list.filter(pl.element() != "") for name in ("value", "rival")
    )
    worded = names.filter(pl.col("field").is_in(NAME_FIELDS)).select(*VALUE_KEY, own=own, other=other)
    sides = {
        "rarest": (pl.col("own"), 1),
        "for": (pl.col("own").list.set_difference("other"), 1),
        "against": (pl.col("other").list.set_difference("own"), 0),
    }
    counted = worded.select(*VALUE_KEY, words=pl.col("own").list.len().clip(0, MOST_WORDS).cast(pl.String))
    for side, (words, holders) in sides.items():
        counted = counted.join(
            _fewest(worded.select(*VALUE_KEY, word=words), borne, holders=holders).rename({"others": side}),
            on=VALUE_KEY,
            how="left",
            maintain_order="left",
        )
    return counted.select(
        *VALUE_KEY,
        "words",
        pl.col("rarest").fill_null(ABSENT),
        bearers=pl.format("{} to {}", *(pl.col(side).fill_null(ABSENT) for side in ("for", "against"))),
    )


def bearers_of_words(orders: pl.DataFrame) -> pl.DataFrame:
    """`word`, `bearers`: how many people of `ORDERS` have a word among their names."""
    names = (orders.select(group="subject_id", canonical=fold(pl.col(name))) for name in NAME_FIELDS)
    return count_bearers(pl.concat(names).drop_nulls())


def _fewest(words: pl.DataFrame, borne: pl.DataFrame, *, holders: int) -> pl.DataFrame:
    """`order_id`, `field`, `others`: the bearers of the rarest word, in words, without those who hold the value."""
    others = (pl.col("bearers").fill_null(0) - holders).clip(0).min()
    band = pl.when(others == 0).then(pl.lit("nobody")).when(others <= FEW).then(pl.lit("few")).otherwise(pl.lit("many"))
    every = words.explode("word", empty_as_null=False).drop_nulls()
    return every.join(borne, on="word", how="left").group_by(VALUE_KEY).agg(others=band)
