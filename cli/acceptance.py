"""How an operator accepts what a gate refuses: by the gate's name, with a reason, in the audit log first.

Belongs here: the arguments, and the entry in the log. Does not: the gates (`expectations.gates`).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import Exit, fail
from warehouse.home import Home

AcceptOption = Annotated[
    list[str] | None,
    typer.Option(metavar="GATE", help="Publish even if this gate fails (docs/operate.md lists them); may be repeated."),
]
ReasonOption = Annotated[
    str | None, typer.Option(help="Why gates are accepted; stays in the release and in the audit log.")
]
ByOption = Annotated[
    str | None, typer.Option(envvar="CONCORD_USER", help="Who accepts; defaults to the user of the system.")
]


def accepted_gates(
    home: Path, as_of: date, names: Sequence[str], *, reason: str | None, by: str | None
) -> dict[str, str]:
    """Why, and by whom, gates are accepted, by their names; in the audit log from now on."""
    if not names and reason is None:
        return {}
    if not names or not reason or not reason.strip():
        fail("--accept GATE and --reason REASON go together: name the gate, and say why", Exit.USAGE)
    from assets.sources import find_sources
    from expectations.gates import DELIVERY, acceptable_gates, unacceptable

    feeds = [feed.name for source in find_sources() for feed in source.feeds]
    if wrong := unacceptable(names, feeds):
        known = ", ".join([*sorted(acceptable_gates()), f"{DELIVERY}:FEED, as in {DELIVERY}:{feeds[0]}"])
        fail(f"no gate of this name can be accepted: {', '.join(wrong)}; one of {known}", Exit.USAGE)
    what = {"kind": "gate", "night": as_of.isoformat(), "gates": list(names)}
    who = log_act(home, what, reason=reason.strip(), by=by)
    return dict.fromkeys(names, f"{reason.strip()} ({who})")


def log_act(home: Path, what: Mapping[str, Any], *, reason: str, by: str | None, act: str = "alteration") -> str:
    """Write to the audit log what an operator does; who it is. From the first account on it takes an approver."""
    from cli.desk_tools import opened_desk
    from cli.door import note

    _make_ledger(home)
    with opened_desk(home) as desk:
        return note(desk, act, what, by=by, right="approve", reason=reason)


def _make_ledger(home: Path) -> None:
    """A ledger in a file is made where there is none yet; one in PostgreSQL never is."""
    from cli.ledger_access import explain_ledger_errors, place_of
    from ledger.decisions.database import Database
    from ledger.decisions.ledger import Ledger

    with explain_ledger_errors():
        database = Database(place_of(home))
        if database.is_file and database.state() == "missing":
            Ledger.create(place_of(home), Home(home.resolve()))[0].close()
