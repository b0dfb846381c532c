"""The drafts that a wish makes on a night.

Belongs here: this step, for one decision and for several. Does not: judging them (`review.deciding.decider`).
"""

from collections.abc import Sequence

from review.deciding.wishes import Wish
from warehouse.ledger.bulk import draft_of
from warehouse.ledger.decision import Draft
from warehouse.ledger.errors import DecisionError, DecisionRefusedError, RefusedTogetherError
from warehouse.ledger.present import Present


def draft_all(wish: Wish, present: Present) -> tuple[Draft, ...]:
    """The decisions on what there is now.

    Raises:
        DecisionError: the one decision can't be taken: what it names is not there, or does not fit.
        ValuesChangedError: the values of the one decision have changed since the preview.
        RefusedTogetherError: of several decisions some can't be taken.
    """
    prints: Sequence[str | None] = wish.fingerprints or [None] * len(wish.asked)
    if len(prints) != len(wish.asked):
        raise DecisionError("the form does not say of each decision what was seen: look again")
    drafts, refusals = list[Draft](), dict[int, Exception]()
    for place, (asked, seen) in enumerate(zip(wish.asked, prints, strict=True)):
        try:
            drafts.append(draft_of({**asked, "fingerprint": seen}, present))
        except (DecisionError, DecisionRefusedError) as error:
            refusals[place] = error
    if refusals and len(wish.asked) == 1:
        raise refusals[0]
    if refusals:
        raise RefusedTogetherError(refusals)
    return tuple(drafts)
