"""The commands that remove for good: `concord prune` and `concord erase`.

Belongs here: the commands. Does not: what is kept (`pipelines.retention`), what goes (`pipelines.erasure`).
"""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.acceptance import ByOption
from cli.options import DEFAULT_HOME, Exit, HomeOption, fail, require_reason, settings_of
from warehouse.home import Home


def erase(
    subject: Annotated[str, typer.Argument(help="The person's subject id in a release.")],
    reason: Annotated[str, typer.Option(help="Why, without a name: it stays in the audit log.")],
    by: ByOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Erase for good a person whom no source holds any longer: from releases, deliveries, tables, ledger and packs."""
    from cli.acceptance import log_act
    from cli.ledger_access import explain_ledger_errors, place_of
    from ledger.decisions.database import Database
    from pipelines.erasure import NotErasableError, erase_subject
    from warehouse.run_lock import RunUnderWayError

    reason = require_reason(reason)
    with explain_ledger_errors():
        log_act(home, {"kind": "erasure", "subject": subject}, reason=reason, by=by, act="erasure")
        database = Database(place_of(home))
        try:
            said = erase_subject(Home(home.resolve()), subject, database=database, at=datetime.now(UTC))
        except (NotErasableError, RunUnderWayError, LookupError) as error:
            fail(f"{error}; nothing was erased", Exit.FAILED)
        finally:
            database.close()
    typer.echo(json.dumps(said, indent=2))


def prune(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List it, and remove nothing.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Remove what the settings of `retention` no longer keep, as each night does at its end."""
    from pipelines.retention import find_outdated, prune_outdated
    from warehouse.run_lock import RunUnderWayError

    state = Home(home.resolve())
    days = settings_of(state.path).retention
    try:
        outdated = find_outdated(state, days) if dry_run else prune_outdated(state, days)
    except (LookupError, RunUnderWayError) as error:
        fail(f"{error}; nothing was removed", Exit.FAILED)
    for one in outdated:
        typer.echo(f"{one.kind}  {one.night}  {one.path.relative_to(state.path)}  {one.size / 1e6:,.1f} MB")
    total = sum(one.size for one in outdated) / 1e6
    typer.echo(f"{len(outdated)} files and folders, {total:,.1f} MB {'would be' if dry_run else 'were'} removed")
