"""What the golden values of all orders together say of one of them: who else bears a name or an id.

Belongs here: what is counted once for a night. Does not: what is observed of one value (`values`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log2
from typing import Final, Self

import polars as pl

from reconciliation.confidence.bearers import bearers_of_words
from reconciliation.confidence.differences import NAME_FIELDS, VALUE_KEY
from reconciliation.confidence.fits import PERSONAL, find_shared, observe_fits

USUAL_PEOPLE: Final = 1_650
POPULATION_COLUMNS: Final = ("subject_id", *NAME_FIELDS, *PERSONAL)


@dataclass(frozen=True, eq=False)
class Population:
    """What all orders together say of a value of one: worked out once where values are looked at order by order.

    Attributes:
        fits: from `observe_fits`.
        borne: from `bearers_of_words`.
        people: how many there are, in doublings of the usual.
        shared: from `find_shared`.
    """

    fits: pl.DataFrame
    borne: pl.DataFrame
    people: float
    shared: Mapping[str, pl.Series]

    @classmethod
    def of(cls, orders: pl.DataFrame) -> Self:
        """The population of `ORDERS`."""
        return cls.counted(orders).seen_in(orders)

    @classmethod
    def counted(cls, orders: pl.DataFrame) -> Self:
        """The population of `POPULATION_COLUMNS` of `ORDERS`, before any order is looked at."""
        people = max(orders.get_column("subject_id").n_unique(), 1)
        no_fits = pl.DataFrame(schema=dict.fromkeys((*VALUE_KEY, "fit"), pl.String))
        return cls(no_fits, bearers_of_words(orders), round(log2(people / USUAL_PEOPLE), 3), find_shared(orders))

    def seen_in(self, orders: pl.DataFrame) -> Self:
        """The same with how the values of some `ORDERS` fit."""
        return replace(self, fits=observe_fits(orders, self.shared))
