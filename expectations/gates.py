"""The gates: what must hold of tonight's register, beside the release before, before it is published.

Belongs here: the table of gates, and putting them to a night. Does not: what each finds (`expectations.gate_findings`),
what must hold within a table (`expectations.suites`, `warehouse.releases.publication_checks`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from expectations import gate_findings
from warehouse.tables.register import UNEXPLAINED

DELIVERY = "delivery"
"""The gate that is accepted by feed, as `delivery:<feed>`."""


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Something that must hold before a release is published.

    Attributes:
        name: by which it is accepted.
        checks: what must hold.
        advice: what to do where it does not hold.
        judge: finds out.
        is_acceptable: an operator may publish all the same. Else the register is wrong in itself.
        bound: how much may differ, in words; settings in backquotes.
    """

    name: str
    checks: str
    advice: str
    judge: Callable[[gate_findings.GatedNight], Sequence[gate_findings.GateFinding]]
    is_acceptable: bool = True
    bound: str = "none"


@dataclass(frozen=True)
class GateResult:
    """A gate on a night.

    Attributes:
        name: of the gate, with the feed it is about, if it is about one.
        accepted: why, and by whom, it was accepted; None where it was not.
    """

    name: str
    is_met: bool
    found: str
    accepted: str | None
    advice: str
    is_acceptable: bool

    @property
    def refusal(self) -> str:
        """Why nothing is published, and what to do, in words."""
        way = (
            f" If it is right, run the night again with --accept {self.name} --reason REASON."
            if self.is_acceptable
            else ""
        )
        return f"gate {self.name}: {self.found}. {self.advice}{way}"

    @property
    def lets_pass(self) -> bool:
        """Whether the register may be published as far as this gate goes."""
        return self.is_met or self.accepted is not None


def judge_gates(
    night: gate_findings.GatedNight, *, accepted: Mapping[str, str], accepted_before: Mapping[tuple[str, str], str]
) -> tuple[GateResult, ...]:
    """Put all gates to a night.

    Args:
        night: what they look at.
        accepted: why an operator accepts what a gate finds, by its name.
        accepted_before: why one accepted a finding when the night ran before, by the gate's name and the same words.
    """
    return tuple(
        GateResult(name, finding.is_met, finding.words, reason, gate.advice, gate.is_acceptable)
        for gate in GATES
        for finding in gate.judge(night)
        for name in [f"{gate.name}:{finding.subject}" if finding.subject else gate.name]
        for reason in [
            None
            if finding.is_met or not gate.is_acceptable
            else accepted.get(name) or accepted_before.get((name, finding.words))
        ]
    )


def acceptable_gates() -> set[str]:
    """The names of the gates on the register that an operator may accept."""
    return {gate.name for gate in GATES if gate.is_acceptable and gate.name != DELIVERY}


def unacceptable(names: Sequence[str], feeds: Sequence[str]) -> list[str]:
    """Those of the names that an operator accepts gates by that no acceptable gate has."""
    return [name for name in names if name not in acceptable_gates() | {f"{DELIVERY}:{feed}" for feed in feeds}]


LOOK = "Look at the deliveries of the night (`deliveries.faults`) and at what changed (`release_changes`)."
invariant = partial(
    Gate, advice="The code has a fault: report it. The last release stays in force.", is_acceptable=False
)
GATES = (
    Gate(
        name=DELIVERY,
        checks="No delivery is in a state whose policy is to hold the release (`[deliveries]`). Accepted by feed, as "
        "in `--accept delivery:pnc_ancord`; that also uses an implausible delivery as it came.",
        advice="Get the delivery from its sender and run the night again.",
        judge=gate_findings.find_held_deliveries,
    ),
    invariant(
        name="unique_ids",
        checks="Every order has an id of its own, and every record belongs to one order.",
        judge=gate_findings.find_repeated_ids,
    ),
    invariant(
        name="nothing_lost",
        checks="Every row read is kept, quarantined or an exact repetition, and every record of an order is in "
        "an order.",
        judge=gate_findings.find_lost_records,
    ),
    invariant(
        name="suites",
        checks="The suites of all tables pass in what is structural: keys and required values.",
        judge=gate_findings.find_unmet_suites,
    ),
    Gate(
        name="counts",
        checks="There are about as many orders, people and arrests as in the release before.",
        bound="`rows_gone`, `rows_new`",
        advice=LOOK,
        judge=gate_findings.compare_counts,
    ),
    Gate(
        name=UNEXPLAINED,
        checks="Every difference from the release before has a cause.",
        advice="Have the orders looked at (`concord explain ORDER`): a release was edited, a disk lost bits, or the "
        "code has a fault.",
        judge=gate_findings.find_unexplained,
    ),
    Gate(
        name="people_unbound",
        checks="Those who were bound by an order and are bound by none tonight are few, and each has a cause. Those "
        "whose orders ran out are not counted.",
        bound="`people_unbound`",
        advice=f"Have each order looked at (`concord explain ORDER`): nobody may be shown as free by mistake. {LOOK}",
        judge=gate_findings.count_unbound,
    ),
    Gate(
        name="statutes",
        checks="Few orders newly break a rule of the statutes.",
        bound="`breaches_new`",
        advice=LOOK,
        judge=gate_findings.find_new_breaches,
    ),
    Gate(
        name="new_discrepancies",
        checks="Few orders have a new discrepancy, so that owners are not asked for what is not wrong.",
        bound="`discrepancies_new`",
        advice=LOOK,
        judge=gate_findings.find_new_discrepancies,
    ),
)
