"""The summary of a night: what came, what the register holds, what to do next. Counts and keys only."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table as Grid

from expectations.history import active_ones
from expectations.workload import Workload, measure_workload
from ledger.decisions.errors import LedgerError
from ledger.decisions.ledger import Ledger
from ledger.packs.agreement import measure_agreement
from ledger.packs.policy import SendingPolicy, policy_in_force
from ledger.packs.sample import read_verdicts
from pipelines.conditions import feed_states
from pipelines.settings import SettingsError, ledger_url, read_settings
from reconciliation.register import Register
from review.packs.policy_words import describe_agreement, describe_policy
from warehouse.codes import SEVERITIES
from warehouse.delivery_states import STATE_NAMES
from warehouse.home import Home
from warehouse.sources import SOURCE_NAMES
from warehouse.tables.register import (
    DELIVERIES,
    DIMENSIONS,
    DISCREPANCIES,
    FIELD_PROVENANCE,
    QUALITY_SCORES,
    REVIEW_QUEUE,
)


@dataclass(frozen=True)
class SourceLine:
    """What one source brought."""

    source: str
    state: str
    read: int
    kept: int
    quarantined: int
    duplicate: int
    notes: list[str]


@dataclass(frozen=True)
class ScoreParts:
    """A score with its 95 % interval, what passed and what was judged; no score where nothing was."""

    score: float | None
    low: float | None
    high: float | None
    passed: int
    judged: int


@dataclass(frozen=True)
class Summary:
    """Everything in the summary."""

    release_id: str
    as_of: str
    state: str
    follows: str | None
    folder: str
    sources: list[SourceLine]
    orders: int
    live_orders: int
    doubtful_orders: int
    subjects: int
    arrests: int
    records: int
    discrepancies: dict[str, int]
    new_discrepancies: int
    queue: int
    unmet_expectations: int
    quality: dict[str, dict[str, ScoreParts]]
    next_steps: list[str]
    workload: Workload
    sending: str
    accepted: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """The summary for machines."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Decided:
    """What the ledger says: `DECISIONS`, what may be sent without a steward, how far stewards agree on its sample."""

    decisions: pl.DataFrame
    policy: SendingPolicy | None
    agreement: pl.DataFrame


def summarise(register: Register, decided: Decided | None) -> Summary:
    """The summary of a release.

    Args:
        register: the release.
        decided: what the ledger says; None: there is none, or it can't be read.
    """
    release = register.release
    orders, discrepancies = register.table("orders"), active_ones(register.table("discrepancies"))
    sources = [source_line(source, register.table("deliveries")) for source in SOURCE_NAMES]
    queue = register.table("review_queue").height
    workload = measure_workload(
        REVIEW_QUEUE.completed(register.table(REVIEW_QUEUE.name)),
        DISCREPANCIES.completed(register.table(DISCREPANCIES.name)),
        FIELD_PROVENANCE.completed(register.table(FIELD_PROVENANCE.name)),
        decisions=decided.decisions if decided else None,
        today=datetime.now(UTC).date(),
    )
    by_severity = dict(discrepancies.group_by("severity").len().iter_rows())
    return Summary(
        release_id=release.release_id,
        as_of=release.as_of.isoformat(),
        state=release.state,
        follows=release.follows,
        folder=str(release.path),
        sources=sources,
        orders=orders.height,
        live_orders=orders.filter(pl.col("legal_status") == "live").height,
        doubtful_orders=orders.filter("is_in_force_doubtful").height,
        subjects=register.table("subjects").height,
        arrests=register.table("arrests").height,
        records=register.table("order_sources").height,
        discrepancies={severity: by_severity.get(severity, 0) for severity in SEVERITIES},
        new_discrepancies=discrepancies.filter(pl.col("state") == "new").height,
        queue=queue,
        unmet_expectations=register.table("expectation_results").filter(~pl.col("is_met")).height,
        quality=quality_by_source(register.table("quality_scores")),
        next_steps=next_steps(sources, workload.to_settle),
        accepted={
            f"{gate['name']}: {gate['found']}": gate["accepted"]
            for gate in release.manifest.get("gates", ())
            if gate["accepted"]
        },
        workload=workload,
        sending=_sending(decided) if decided else describe_policy(None),
    )


def _sending(decided: Decided) -> str:
    """What may be sent without a steward; how far stewards agree on the sample, once two have judged a line."""
    agreement = [] if decided.agreement.is_empty() else [describe_agreement(decided.agreement)]
    return " ".join([describe_policy(decided.policy), *agreement])


def read_decided(home: Path) -> Decided | None:
    """What the ledger of an installation says; None where there is none, or it can't be read."""
    try:
        with Ledger.open(ledger_url(home, read_settings(home)), Home(home)) as ledger:
            return Decided(ledger.read(), policy_in_force(ledger))
            return Decided(ledger.read(), policy_in_force(ledger), measure_agreement(read_verdicts(ledger)))
