"""What is sent without a steward, in words; and how often the policy was found wrong.

Belongs here: sentences for the desk and the terminal. Does not: the policy (`ledger.packs.policy`).
"""

from dataclasses import dataclass

import polars as pl

from expectations.intervals import score_interval
from ledger.owners import owner_title
from ledger.packs.policy import SendingPolicy
from warehouse.tables.titles import FIELD_TITLES
from warehouse.wording import count_words, day_in_words

NOTHING_GOES = "No sending policy is in force: only what a steward refers or decides goes into a pack."


def describe_policy(policy: SendingPolicy | None) -> str:
    """What may go without a steward, in one sentence or two."""
    if policy is None:
        return NOTHING_GOES
    terms = policy.terms
    owners = ", ".join(map(owner_title, terms.owners)) or "all owners"
    fields = ", ".join(FIELD_TITLES[name] for name in terms.fields) or "any field"
    return (
        f"Lines go to {owners} without a steward, about {fields}, where the register is at least "
        f"{100 * terms.least_confidence:g}% sure; two stewards check {100 * terms.sampled_share:g}% of them first. "
        f"Set by {policy.set_by} on {day_in_words(policy.set_at)} ({policy.policy_id})."
    )


def describe_agreement(agreement: pl.DataFrame) -> str:
    """How far stewards agree on the sample, in one sentence: of `ledger.packs.steward_agreement.measure_agreement`."""
    if agreement.is_empty():
        return "No line of the sample has been judged by two stewards yet."
    _, lines, agreed, kappa = agreement.row(0)
    beyond = "" if kappa is None else f" (Cohen's kappa {kappa:.2f})"
    return (
        f"Two stewards judged {count_words(lines, 'line', 'lines')} of the sample, and agreed on {agreed:.0%}{beyond}."
    )


@dataclass(frozen=True)
class PolicyErrors:
    """How often a policy would have sent something wrong, by its sample.

    Attributes:
        judged: lines that a steward could judge.
        wrong: of these, lines of which the register was wrong.
        low: lower end of the 95 % interval of the share; None: nothing was judged.
        high: upper end.
    """

    judged: int
    wrong: int
    low: float | None
    high: float | None

    def __str__(self) -> str:
        """In words."""
        if self.low is None or self.high is None:
            return "No line of the sample has been checked yet: it is not known how often the policy is wrong."
        return (
            f"The register was wrong about {self.wrong:,} of the {count_words(self.judged, 'line', 'lines')} of the "
            f"sample that were checked. Of all that the policy sends it is wrong about {self.low:.1%} to "
            f"{self.high:.1%} (95% interval)."
        )


def measure_errors(checks: pl.DataFrame) -> PolicyErrors:
    """How often the policy is wrong, by `SAMPLE_CHECKS`, the last one of each line.

    Lines that nobody could judge do not count.
    """
    verdicts = checks.filter(pl.col("verdict") != "not_known").get_column("verdict")
    judged, wrong = verdicts.len(), (verdicts == "wrong").sum()
    share = pl.lit(wrong / judged if judged else None, pl.Float64)
    low, high = score_interval(share, pl.lit(float(max(judged, 1))))
    ends = pl.select(low=low, high=high).row(0)
    return PolicyErrors(judged, int(wrong), *ends)
