"""What a study of arrests before and after orders can be asked: which orders, which window, which day, which harm.

Belongs here: settings, what is wrong with them, the reasons for which a study stops. Does not: any figures.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from reconciliation.register import SURE
from study.effect.harm import HarmIndex
from warehouse.codes import ORDER_TYPES, REGION_CODES

CATEGORIES: Final = ("modern_slavery", "violence", "drugs", "other")
"""The headings of the practice note, beside `overall` [COLLEGE-STRO]."""
OVERALL: Final = "overall"
LONGEST_WINDOW: Final = 120
DayZero = Literal["start_on", "made_on"]


class StudyError(ValueError):
    """The study can't be made as asked; the message says why and what to do."""


@dataclass(frozen=True)
class StudySettings:
    """What is studied, and how.

    Attributes:
        order_type: STRO, STPO, TERO or TEPO.
        window_months: months before and after day 0.
        day_zero: the day the order takes effect, or the day it was made.
        region: code of a region whose forces hold the orders; None for all.
        covered_from: first day from which the sources hold arrests; None for the first arrest of the register.
        covered_until: last day up to which they do; None for the date of the release.
        day_zero_counts: whether an arrest on day 0 counts before, after or not at all; the note gives no rule (E32).
        rearrest_days: arrests of a person within so many days of the one before count once with it; 0 for none.
        sure: the confidence from which a start or a length counts as undisputed.
        harm: the days of harm of each offence.
        resamples: draws of the bootstrap and the permutation test.
        seed: of those draws.
    """

    order_type: str = "STRO"
    window_months: int = 24
    day_zero: DayZero = "start_on"
    region: str | None = None
    covered_from: date | None = None
    covered_until: date | None = None
    day_zero_counts: Literal["before", "after", "no"] = "after"
    rearrest_days: int = 0
    sure: float = SURE
    harm: HarmIndex = field(default_factory=HarmIndex.shipped)
    resamples: int = 4_999
    seed: int = 1

    def __post_init__(self) -> None:
        """Raises StudyError: a type, region or window that there is not."""
        if self.order_type not in ORDER_TYPES:
            raise StudyError(f"no order type {self.order_type!r}: one of {', '.join(ORDER_TYPES)}")
        if self.region is not None and self.region not in REGION_CODES:
            raise StudyError(f"no region {self.region!r}: one of {', '.join(REGION_CODES)}")
        if not 1 <= self.window_months <= LONGEST_WINDOW:
            raise StudyError(f"a window of {self.window_months} months: choose 1 to {LONGEST_WINDOW}")
