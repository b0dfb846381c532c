"""`concord prune`: remove the state of nights that is kept no longer, or list it.

Belongs here: the command. Does not: what is kept (`pipelines.retention`).
"""

from typing import Annotated

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, fail, settings_of
from warehouse.home import Home


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
