"""The states of a delivery, from best to worst, and what a night may do about each.

Belongs here: names, meanings and policies. Does not: how a delivery gets its state (`assets.deliveries`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Policy = Literal["carry", "hold", "publish"]

POLICIES: Final[Mapping[Policy, str]] = {
    "carry": "the last good delivery is used instead and marked late; where there is none, the readable part of what "
    "came. The release is degraded",
    "hold": "nothing is published: the last release stays in force until the delivery comes or is accepted",
    "publish": "what came is used as it is, and the release is degraded",
}


@dataclass(frozen=True, kw_only=True)
class DeliveryState:
    """A state that a delivery can be in.

    Attributes:
        name: in tables and settings.
        title: on screens.
        meaning: when a delivery is in it.
        policies: what a night may do about it, the default first; none where nothing need be done.
        spoilt: what is said of a delivery that came and is not sound: "what came by pnd …"; None of other states.
    """

    name: str
    title: str
    meaning: str
    policies: tuple[Policy, ...] = ()
    spoilt: str | None = None


IMPLAUSIBLE: Final = "implausible"
STATES: Final = (
    DeliveryState(
        name="fresh", title="Fresh", meaning="came for this night, or for the month that is due, and is whole"
    ),
    DeliveryState(
        name="late",
        title="Late: an earlier delivery is used",
        meaning="is of an earlier night or month, and is used because no good newer one came",
        policies=("carry", "hold"),
    ),
    DeliveryState(
        name="repeated",
        title="Repeats an earlier one",
        meaning="holds the same bytes as an earlier revision of its date, which is used",
    ),
    DeliveryState(
        name="empty",
        title="Empty",
        meaning="holds no rows, where a return of nothing is not possible",
        policies=("carry", "hold"),
        spoilt="is empty",
    ),
    DeliveryState(
        name="truncated",
        title="Cut off",
        meaning="ends too early, or holds another number of rows than it declares",
        policies=("carry", "hold"),
        spoilt="is cut off",
    ),
    DeliveryState(
        name=IMPLAUSIBLE,
        title="Implausible: its records do not fit those of recent nights",
        meaning="can be read and is whole, but far too many records are gone or new against recent deliveries",
        policies=("carry", "hold", "publish"),
        spoilt="does not fit recent nights",
    ),
    DeliveryState(
        name="unreadable",
        title="Can’t be read",
        meaning="can't be read, or is not what its name says",
        policies=("carry", "hold"),
        spoilt="can't be read",
    ),
    DeliveryState(
        name="missing",
        title="Missing",
        meaning="never came, or the last good one is too old to be used instead",
        policies=("publish", "hold"),
    ),
)
WHOLE: Final = ("fresh", "repeated")
"""States with which a night is whole."""
STATE_NAMES: Final = tuple(state.name for state in STATES)
DEFAULT_POLICIES: Final[Mapping[str, Policy]] = {state.name: state.policies[0] for state in STATES if state.policies}


def policy_for(policies: Mapping[str, str], source: str, state: str) -> str | None:
    """What is done about a state of a source: `source:state` if that is set, or else `state`, or else the default."""
    return policies.get(f"{source}:{state}") or policies.get(state) or DEFAULT_POLICIES.get(state)
