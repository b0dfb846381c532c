"""How much may change from night to night before a person must look: the bounds, and what chance may add to them.

Belongs here: one declaration of all bounds, and the one rule they are applied by. Does not: what is counted
(`expectations.delivery_sizes`, `expectations.gates`).
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from scipy.special import bdtr

CHANCE = 1e-4
"""A result that chance gives more rarely than this is not put down to chance."""

Share = Annotated[float, Field(gt=0, lt=1)]


class Bounds(BaseModel):
    """How much may change from night to night. Each is a share; where numbers are small, chance may add to it."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    records_gone: Share = 0.1
    """Share of the records of a feed that may be gone, against the median of recent good deliveries and against the
    keys of the last one used. Beyond it the delivery is implausible."""
    records_new: Share = 0.5
    """Share of the records of a feed that may be new, against the median of recent good deliveries. Beyond it the
    delivery is implausible."""
    rows_gone: Share = 0.02
    """Share of the orders, people or arrests of the release before that may be gone."""
    rows_new: Share = 0.25
    """Share of the orders, people or arrests that may be new."""
    people_unbound: Share = 0.01
    """Share of the people bound by an order who may be bound no longer, though no order of theirs ran out."""
    breaches_new: Share = 0.02
    """Share of the orders that may newly break a rule of the statutes."""
    discrepancies_new: Share = 0.25
    """Share of the orders of the release before that may have a new discrepancy."""


def is_implausibly_few(left: int, of: int, *, gone: float) -> bool:
    """Whether so few of so many can't be left by chance, if each is gone with a given probability.

    The exact lower tail of the binomial distribution against `CHANCE`. Where one in ten may be gone, all of 3 may be,
    and all of 4 may not; of 348, 291 may be left and 290 may not.
    """
    return left < of and float(bdtr(left, of, 1 - gone)) < CHANCE
