"""The summary of a night: what came, what the register holds, what to do next. Counts and keys only.

Belongs here: what it says. Does not: how it is printed (`cli.printed_summary`).
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from expectations.discrepancy_history import active_ones
from expectations.workload import Workload, measure_workload
from ledger.decisions.errors import LedgerError
from ledger.decisions.ledger import Ledger
from ledger.packs.policy import SendingPolicy, policy_in_force
from ledger.packs.sample import read_verdicts
from ledger.packs.steward_agreement import measure_agreement
from pipelines.alert_conditions import feed_states
from pipelines.settings import SettingsError, read_settings
from reconciliation.register import Register
from review.packs.policy_words import describe_agreement, describe_policy
from warehouse.codes import SEVERITIES
from warehouse.delivery_states import IMPLAUSIBLE, STATE_NAMES, STATES
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
from warehouse.time_zone import today
from warehouse.wording import count_words

SPOILT = {state.name: state.spoilt for state in STATES if state.spoilt}
ASK_AGAIN = "ask for it again, then run the night again"
ASK_WHETHER_WHOLE = (
    "ask whether it is whole; if it is, run the night again with --accept delivery:{feed} --reason REASON"
)


@dataclass(frozen=True)
class SourceLine:
    """What one source brought; `asks`: what the operator has to ask its sender."""

    source: str
    state: str
    read: int
    kept: int
    quarantined: int
    duplicate: int
    notes: list[str]
    asks: list[str] = field(default_factory=list)


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
    rows = release.manifest["rows"]
    provenance = FIELD_PROVENANCE.completed(pl.scan_parquet(release.parquet(FIELD_PROVENANCE.name)))
    orders, discrepancies = register.table("orders"), active_ones(register.table("discrepancies"))
    sources = [source_line(source, register.table("deliveries")) for source in SOURCE_NAMES]
    workload = measure_workload(
        register.completed(REVIEW_QUEUE),
        register.completed(DISCREPANCIES),
        provenance.select("confidence").collect().to_series(),
        decisions=decided.decisions if decided else None,
        today=today(),
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
        subjects=rows["subjects"],
        arrests=rows["arrests"],
        records=rows["order_sources"],
        discrepancies={severity: by_severity.get(severity, 0) for severity in SEVERITIES},
        new_discrepancies=discrepancies.filter(pl.col("state") == "new").height,
        queue=rows["review_queue"],
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
        with Ledger.open(Home(home).ledger_url(read_settings(home).ledger), Home(home)) as ledger:
            return Decided(ledger.read(), policy_in_force(ledger), measure_agreement(read_verdicts(ledger)))
    except (LedgerError, SettingsError):
        return None


def source_line(source: str, deliveries: pl.DataFrame) -> SourceLine:
    """One source's deliveries added up; its state is the worst of its feeds, its notes what went wrong."""
    own = deliveries.filter(pl.col("source") == source)
    feeds = feed_states(own)
    by_state = {
        str(state): rows.get_column("feed").sort()
        for (state,), rows in feeds.partition_by("state", as_dict=True).items()
    }
    worst = max(by_state, key=STATE_NAMES.index)
    notes = [
        f"{named.len()} of {feeds.height} {state}: {', '.join(named)}"
        for state, named in sorted(by_state.items())
        if state != "fresh"
    ]
    if firsts := _first_deliveries(own):
        notes.append(f"{firsts}: there is none to compare its size with")
    if no_records := int(own.get_column("rows_set_aside").sum()):
        notes.append(f"{no_records} of the quarantined rows are not records: refused applications, headings again")
    return SourceLine(
        source,
        worst if len(by_state) == 1 else f"partly {worst}",
        read=int(own.get_column("rows_read").sum()),
        kept=int(own.get_column("rows_kept").sum()),
        quarantined=int(own.get_column("rows_quarantined").sum()),
        duplicate=int(own.get_column("rows_duplicate").sum()),
        notes=notes + faults_by_feed(own),
        asks=list(_asks(own, feeds)),
    )


def _asks(deliveries: pl.DataFrame, feeds: pl.DataFrame) -> Iterator[str]:
    """What to ask a sender: of what came and is not sound, what is wrong with it; else for what did not come."""
    newest = deliveries.sort("dated_on", "revision", descending=True, nulls_last=True).unique(
        "feed", keep="first", maintain_order=True
    )
    spoilt = newest.filter(pl.col("state").is_in(list(SPOILT))).join(feeds, on="feed", how="semi").sort("feed")
    for feed, state in spoilt.select("feed", "state").iter_rows():
        ask = ASK_WHETHER_WHOLE if state == IMPLAUSIBLE else ASK_AGAIN
        yield f"what came by {feed} {SPOILT[state]}: {ask.format(feed=feed)}"
    absent = feeds.filter(pl.col("state") != "fresh").join(spoilt, on="feed", how="anti")
    if not absent.is_empty():
        worst = max(absent.get_column("state"), key=STATE_NAMES.index)
        yield f"ask for what is {worst}, then run the night again"


def _first_deliveries(deliveries: pl.DataFrame) -> str:
    """Which deliveries that are used were compared with no former one, if any; an earlier release says of none.

    Feeds are named where only some are new; on the first night of an installation all are.
    """
    used = DELIVERIES.completed(deliveries).filter("is_used")
    firsts = used.filter(pl.col("records_kept").is_not_null() & pl.col("records_expected").is_null())
    feeds = firsts.get_column("feed").unique().sort()
    if feeds.is_empty():
        return ""
    are_all = feeds.len() == used.get_column("feed").n_unique()
    return "first delivery" if are_all else f"first delivery of {', '.join(feeds)}"


def faults_by_feed(deliveries: pl.DataFrame) -> list[str]:
    """What is wrong with deliveries, each with the feed it came by."""
    faults = deliveries.sort("delivery_id").explode("faults", empty_as_null=False).drop_nulls("faults")
    return faults.select(pl.format("{}: {}", "feed", "faults")).to_series().unique(maintain_order=True).to_list()


def quality_by_source(scores: pl.DataFrame) -> dict[str, dict[str, ScoreParts]]:
    """Score by source and dimension with its parts, `all` last."""
    wanted = QUALITY_SCORES.completed(scores).filter(pl.col("scope").is_in(["source", "all"]))
    counts = [pl.col(name).cast(pl.Int64) for name in ("numerator", "denominator")]
    rows = wanted.select("scope_key", "dimension", "score", "low", "high", *counts).iter_rows()
    found = {(key, dimension): ScoreParts(*parts) for key, dimension, *parts in rows}
    nothing = ScoreParts(None, None, None, 0, 0)
    return {
        key: {dimension: found.get((key, dimension), nothing) for dimension in DIMENSIONS}
        for key in (*SOURCE_NAMES, "all")
    }


def next_steps(sources: list[SourceLine], to_settle: int) -> list[str]:
    """What the operator and the steward should do now."""
    steps = [f"{line.source}: {ask}" for line in sources for ask in line.asks]
    steps += [
        f"{line.source}: {count_words(line.quarantined, 'row', 'rows')} quarantined, see the quarantine folder"
        for line in sources
        if line.quarantined
    ]
    if to_settle:
        waits = count_words(to_settle, "item waits", "items wait")
        steps.append(f"{waits} for a steward; `concord review` opens the desk")
    return steps or ["nothing: all sources came, nothing waits"]
