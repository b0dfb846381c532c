"""The commands about the audit log of the desk: `concord audit …`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, fail
from cli.shown import JsonOption, draw

audit_app = typer.Typer(no_args_is_help=True, help="The log of who looked at, changed or disclosed what.")

DayOption = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, YYYY-MM-DD, in UTC.")]


@audit_app.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="The end of the log as noted, `<number>:<digest>`: it must still be there.")
    ] = None,
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Prove that no entry was edited, removed or moved; print the end of the log, to be noted elsewhere."""
    from cli.desk_tools import opened_desk, prove_log
    from ledger.audit import Head

    try:
        noted = Head.read(head) if head else None
    except ValueError as error:
        fail(f"--head: {error}", Exit.USAGE)
    with opened_desk(home) as desk:
        try:
            proof = prove_log(desk, noted)
        except ValueError as error:
            fail(f"BROKEN: {error}", Exit.FAILED)
    if proof.broken_at is not None:
        fail(f"BROKEN at entry {proof.broken_at}: {proof.words}", Exit.FAILED)
    words = f"whole: {proof.head.sequence} entries\nhead {proof.head}"
    draw({"entries": proof.head.sequence, "head": str(proof.head)}, lambda: typer.echo(words))


@audit_app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The file to write: .csv or .jsonl.", dir_okay=False)],
    by: Annotated[str, typer.Option(envvar="CONCORD_USER", help="Who exports; it is logged.")],
    reason: Annotated[str, typer.Option(help="Why; it is logged.")],
    since: DayOption = None,
    until: DayOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write the log, or the days asked for, both included, to a file; the export is itself logged."""
    import sqlalchemy as sa

    from cli.desk_tools import export_log, opened_desk
    from cli.door import require_administrator
    from ledger.audit import Entry, audit_log

    if file.suffix not in (".csv", ".jsonl"):
        fail("the file's name must end in .csv or .jsonl", Exit.USAGE)
    where: sa.ColumnElement[bool] = sa.true()
    if since is not None:
        where &= audit_log.c.at >= since.replace(tzinfo=UTC)
    if until is not None:
        where &= audit_log.c.at < until.replace(tzinfo=UTC) + timedelta(days=1)
    with opened_desk(home) as desk:
        days = {"since": since and f"{since:%Y-%m-%d}", "until": until and f"{until:%Y-%m-%d}"}
        entry = Entry(desk.clock(), require_administrator(desk, by=by), "disclosure", {"audit_log": days}, reason)
        count = export_log(desk, file, where, entry=entry)
    typer.echo(f"wrote {count} entries to {file}")
