"""The state of an installation: `concord status`, for a person, and with `--json` for a probe.

Belongs here: what is gathered, and how it is shown. Does not: the summary of a release (`cli.night_summary`).
"""

import shutil
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from rich.console import Console

from cli.night_summary import Summary
from cli.options import Exit
from cli.pack_tables import lines_of
from ledger.decisions.errors import LedgerError
from ledger.decisions.ledger import Ledger
from ledger.packs.answers import last_answers, read_answers
from ledger.packs.routing import IS_DISPUTED
from pipelines.runs import RunRecord, disk_by_kind
from pipelines.settings import SettingsError, read_settings
from warehouse.home import Home
from warehouse.releases.release import Release
from warehouse.time_zone import today
from warehouse.wording import count_words

SHOWN_NIGHTS = 10


@dataclass(frozen=True)
class Status:
    """The state of an installation.

    Attributes:
        release: the summary of the release in force.
        age_days: how many days ago its night was.
        is_late: that is longer ago than it ought to be.
        last_run: the last run, whether or not it published; None where no record is kept.
        gates: what each gate found on the night of the release.
        disk: bytes by kind of state.
        growth: bytes a night that each kind grew over the last runs; empty before the second.
        free: bytes that are free on the disk.
        disputed: lines of packs of which the owner disagrees, for a steward to look at; None: not known, without a
            ledger or the tables of the night.
    """

    release: Summary
    age_days: int
    is_late: bool
    last_run: RunRecord | None
    gates: list[dict[str, Any]]
    disk: dict[str, int]
    growth: dict[str, int]
    free: int
    disputed: int | None

    @property
    def exit_code(self) -> Exit:
        """Failed where the last run did or was killed; degraded where the release is, or is out of date."""
        if self.last_run is not None and self.last_run.state in ("failed", "killed"):
            return Exit.FAILED
        return Exit.DEGRADED if self.release.state == "degraded" or self.is_late else Exit.PUBLISHED

    def as_dict(self) -> dict[str, object]:
        """The status for machines."""
        return asdict(self)


def gather_status(home: Home, release: Release, summary: Summary, *, runs: list[RunRecord], late_days: int) -> Status:
    """The state of an installation as of now."""
    age = (today() - release.as_of).days
    return Status(
        release=summary,
        age_days=age,
        is_late=age > late_days,
        last_run=runs[-1] if runs else None,
        gates=list(release.manifest.get("gates", [])),
        disk=disk_by_kind(home),
        growth=growth_by_kind(runs),
        free=shutil.disk_usage(home.path).free,
        disputed=count_disputed(home),
    )


def count_disputed(home: Home) -> int | None:
    """How many lines owners disagree with, on which no steward has decided since; None: it is not known."""
    try:
        with Ledger.open(home.ledger_url(read_settings(home.path).ledger), home) as ledger:
            if last_answers(read_answers(ledger)).get_column("disagrees_because").drop_nulls().is_empty():
                return 0
            lines, _ = lines_of(home.path, ledger)
    except (LedgerError, SettingsError, FileNotFoundError):
        return None
    return lines.every.filter(IS_DISPUTED).height


def growth_by_kind(runs: list[RunRecord]) -> dict[str, int]:
    """Bytes a night by which each kind of state grew over the last nights that were run."""
    measured = {date.fromisoformat(run.night): run.disk for run in runs if run.disk and run.night}
    nights = sorted(measured)[-SHOWN_NIGHTS:]
    if len(nights) < 2:
        return {}
    first, last = measured[nights[0]], measured[nights[-1]]
    return {kind: (size - first.get(kind, 0)) // (len(nights) - 1) for kind, size in last.items()}


def render_status(status: Status, console: Console) -> None:
    """Print what the summary of the release does not say."""
    days = f"{status.age_days} day{'s' * (status.age_days != 1)}"
    stale = ": OUT OF DATE" if status.is_late else ""
    console.print(f"[bold]AGE[/]  the night of the release was {days} ago{stale}", highlight=False, soft_wrap=True)
    if (run := status.last_run) is not None:
        cause = f": {run.cause}" if run.cause else ""
        words = f"night {run.night}, {run.state}, by {run.started_by} at {run.started_at}, {run.seconds:,.0f} s{cause}"
        console.print(f"[bold]LAST RUN[/]  {words}", highlight=False, soft_wrap=True)
    if status.disputed:
        words = f"of {count_words(status.disputed, 'line', 'lines')} the owner disagrees: a steward has to look (Packs)"
        console.print(f"[bold]DISPUTED[/]  {words}", highlight=False, soft_wrap=True)
    held = sum(gate["is_met"] for gate in status.gates)
    console.print(f"[bold]GATES[/]  {held} of {len(status.gates)} held", highlight=False, soft_wrap=True)
    for gate in status.gates:
        if not gate["is_met"]:
            console.print(
                f"  {gate['name']}: {gate['found']}. Accepted: {gate['accepted']}", markup=False, soft_wrap=True
            )
    sizes = ", ".join(f"{kind} {_megabytes(size)}{_grown(status, kind)}" for kind, size in status.disk.items())
    console.print(f"[bold]DISK[/]  {sizes}; {_megabytes(status.free)} free", highlight=False, soft_wrap=True)


def _grown(status: Status, kind: str) -> str:
    return f" (+{_megabytes(status.growth[kind])} a night)" if status.growth.get(kind, 0) > 0 else ""


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
