"""The commands about releases: `concord release list`, `verify`, `rollback`.

0 done, 1 there is no such release or it can't be used, 2 wrong usage.
"""

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.options import DEFAULT_HOME, Exit, HomeOption, fail

if TYPE_CHECKING:
    from warehouse.home import Home

release_app = typer.Typer(no_args_is_help=True, help="The releases of the register.")


@release_app.command("list")
def list_all(home: HomeOption = DEFAULT_HOME) -> None:
    """List the releases: `*` is in force, `-` was rolled back; then every rollback."""
    from warehouse.home import Home
    from warehouse.releases import current_release, release_ids
    from warehouse.rollback_history import list_rollbacks, withdrawn_releases

    state = Home(home.resolve())
    current, withdrawn = current_release(state), withdrawn_releases(state)
    for release_id in release_ids(state):
        mark = "-" if release_id in withdrawn else " "
        mark = "*" if current is not None and release_id == current.release_id else mark
        typer.echo(f"{mark} {release_id:<16} {describe(state, release_id)}")
    for rollback in list_rollbacks(state):
        former = f" instead of {rollback.former}" if rollback.former else ""
        typer.echo(f"{rollback.at} {rollback.by} put {rollback.release_id} in force{former}: {rollback.reason}")


def describe(home: "Home", release_id: str) -> str:
    """One line on a release."""
    from warehouse.releases import DamagedReleaseError, read_release

    try:
        release = read_release(home, release_id)
    except DamagedReleaseError:
        return "damaged: its manifest can't be read"
    orders, follows = release.manifest["rows"]["orders"], f"  follows {release.follows}" if release.follows else ""
    return f"{release.state:<10} {orders:>8,} orders  {release.content_hash[:16]}{follows}"


@release_app.command()
def verify(
    release_id: Annotated[str, typer.Argument(help="The release to verify.")], home: HomeOption = DEFAULT_HOME
) -> None:
    """Prove that a release's files are as they were published."""
    from warehouse.home import Home
    from warehouse.releases import read_release, verify

    changed = verify(read_release(Home(home.resolve()), release_id))
    if changed:
        fail(f"{release_id}: not as published: {', '.join(changed)}", Exit.FAILED)
    typer.echo(f"{release_id}: as published")


@release_app.command()
def rollback(
    release_id: Annotated[
        str | None, typer.Argument(help="The release to put in force; the one before that in force unless told.")
    ] = None,
    *,
    reason: Annotated[str, typer.Option(help="Why.")],
    by: Annotated[
        str | None, typer.Option(envvar="CONCORD_USER", help="Who does it; the user of the system unless told.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Put a former release in force: proved first, in one step, and remembered."""
    from pipelines.nightly import NightFailedError, NightUnderWayError, only_run
    from warehouse.home import Home
    from warehouse.rollback import RollbackRefusedError, roll_back

    if not reason.strip():
        fail("the --reason is empty: say why", Exit.USAGE)
    state = Home(home.resolve())
    try:
        # A night asks for the release it carries on from at several of its steps: it must not change between them.
        with only_run(state):
            done = roll_back(state, release_id, by=by or system_user(), reason=reason.strip(), at=datetime.now(UTC))
    except (LookupError, NightFailedError, NightUnderWayError, RollbackRefusedError) as error:
        fail(f"{error}; nothing was changed", Exit.FAILED)
    typer.echo(f"{done.release_id} is in force instead of {done.former or 'none'}; the next night carries on from it")
    typer.echo(f"withdrawn: {', '.join(done.withdrawn) or 'none'}")


def system_user() -> str:
    """Who runs the command, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        fail("the system knows no name for you: say who you are with --by", Exit.USAGE)
