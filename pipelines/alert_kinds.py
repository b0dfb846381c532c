"""The kinds of alerts, with what they mean and what to do, and the settings of alerts.

Belongs here: declarations. Does not: finding what is wrong (`pipelines.alert_conditions`), sending it
(`pipelines.alerts`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

OPERATOR: Final = "operator"
"""Whose an alert is that no setting gives to another owner."""
Slug = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class AlertSettings(BaseModel):
    """When alerts are raised, and whose they are. Where they are sent comes from the environment alone."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    owners: Mapping[Slug, Slug] = Field(default_factory=dict)
    """Who gets the alerts of a source or of a kind: `pnc = "pnc_bureau"`, `disk = "platform"`; defaults to
    `operator`."""
    late_days: Annotated[int, Field(ge=1, le=366)] = 1
    """The release in force is late if its night was more days ago."""
    free_disk: Annotated[float, Field(ge=0, le=1)] = 0.1
    """The disk is nearly full if a smaller share of it is free."""


@dataclass(frozen=True)
class AlertKind:
    """A kind of alert.

    Attributes:
        name: the first part of the alert's key.
        meaning: what has happened.
        advice: what to do.
    """

    name: str
    meaning: str
    advice: str


SOURCE, GATE, RUN, RELEASE, MIRROR, DISK = ALERT_KINDS = (
    AlertKind(
        "source",
        "A delivery is late, missing or can't be used, or rows of it were quarantined: the release is degraded.",
        "Read `concord status`; ask the sender for the delivery; run the night again when it is there.",
    ),
    AlertKind(
        "gate",
        "A gate failed: nothing was published, or a user accepted what it found.",
        "Read what it found (`concord status`), and what the runbook says of this gate.",
    ),
    AlertKind(
        "run",
        "The last run failed or was killed; the last release is untouched.",
        "Read the cause, remove it, then run `concord retry`.",
    ),
    AlertKind(
        "release",
        "The release in force is of an earlier night than it ought to be.",
        "See whether the timer or Dagster runs and what the last run says (`concord status`), then run the night.",
    ),
    AlertKind(
        "mirror",
        "The release in force here could not be put into the object store; the one before is in force there.",
        "Remove the cause, then run `concord release mirror`; each night tries again at its end.",
    ),
    AlertKind(
        "disk",
        "Less of the disk is free than `free_disk` in `[alerts]`, or the home can't be written to.",
        "Read `concord prune --dry-run`, shorten `[retention]` or enlarge the disk; mount the home for writing.",
    ),
)
