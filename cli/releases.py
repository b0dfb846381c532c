"""The commands about releases: `concord release list`, `verify`, `diff`, `rollback`.

0 done, 1 there is no such release or it can't be used, 2 wrong usage.
"""

import getpass
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, fail

if TYPE_CHECKING:
    import polars as pl

    from assets.changes.release_diff import Difference
    from warehouse.home import Home
    from warehouse.releases.release import Release

release_app = typer.Typer(no_args_is_help=True, help="The releases of the register.")

SHOWN_ROWS = 20


@release_app.command("list")
def list_all(home: HomeOption = DEFAULT_HOME) -> None:
    """List the releases: `*` is in force, `-` was rolled back; then every rollback."""
    from warehouse.home import Home
    from warehouse.releases.release import current_release, release_ids
    from warehouse.releases.rollback_history import list_rollbacks, withdrawn_releases

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
    from warehouse.releases.release import DamagedReleaseError, read_release

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

    read_whole(Home(home.resolve()), release_id)
    typer.echo(f"{release_id}: as published")


@release_app.command()
def diff(
    before: Annotated[str, typer.Argument(help="A release.")],
    after: Annotated[str, typer.Argument(help="Another one, later or earlier.")],
    *,
    values: Annotated[
        bool, typer.Option("--values", help="Show the values that changed: they may be personal data.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Show how two releases differ: orders, fields, discrepancies, and the causes."""
    from assets.changes.release_diff import compare_releases
    from warehouse.home import Home

    state = Home(home.resolve())
    found = compare_releases(state, read_whole(state, before), read_whole(state, after))
    fields = found.fields if values else found.fields.drop("before", "after")
    tables = {"orders": found.orders, "fields": fields, "discrepancies": found.discrepancies}
    if as_json:
        rows = {name: table.to_dicts() for name, table in tables.items()}
        summary = {"before": before, "after": after, "causes": found.causes().to_dicts()}
        typer.echo(json.dumps(summary | rows, indent=2, ensure_ascii=False))
        return
    print_counts(found)
    for name, table in tables.items():
        print_rows(name, table)


@release_app.command()
def rollback(
    release_id: Annotated[
        str | None, typer.Argument(help="The release to put in force; defaults to the one before that in force.")
    ] = None,
    *,
    reason: Annotated[str, typer.Option(help="Why.")],
    by: Annotated[
        str | None, typer.Option(envvar="CONCORD_USER", help="Who does it; defaults to the user of the system.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Put an earlier release in force, once its files are proved; the rollback is recorded."""
    from warehouse.home import Home
    from warehouse.releases.rollback import RollbackRefusedError, roll_back
    from warehouse.run_lock import RunUnderWayError, only_run

    if not reason.strip():
        fail("the --reason is empty: say why", Exit.USAGE)
    state = Home(home.resolve())
    try:
        # A night asks for the release it carries on from at several of its steps: it must not change between them.
        with only_run(state):
            done = roll_back(state, release_id, by=by or system_user(), reason=reason.strip(), at=datetime.now(UTC))
    except (LookupError, OSError, RunUnderWayError, RollbackRefusedError) as error:
        fail(f"{error}; nothing was changed", Exit.FAILED)
    typer.echo(f"{done.release_id} is in force instead of {done.former or 'none'}; the next night carries on from it")
    typer.echo(f"withdrawn: {', '.join(done.withdrawn) or 'none'}")


def read_whole(home: "Home", release_id: str) -> "Release":
    """A release that is as it was published; what is wrong with it is reported and ends the command."""
    from warehouse.releases.release import read_release, verify

    try:
        release = read_release(home, release_id)
        changed = verify(release)
    except LookupError as error:
        fail(str(error), Exit.FAILED)
    if changed:
        fail(f"{release_id}: not as published: {', '.join(changed)}", Exit.FAILED)
    return release


def print_counts(found: "Difference") -> None:
    """Print how much differs, by kind and by cause."""
    import polars as pl

    typer.echo(f"{found.after} against {found.before}")
    for name, column, rows in (
        ("orders", "change", found.orders),
        ("fields", "field", found.fields),
        ("discrepancies", "change", found.discrepancies),
    ):
        counts = rows.group_by(column).agg(pl.len().alias("count")).sort(column)
        counted = ", ".join(f"{count:,} {kind}" for kind, count in counts.iter_rows())
        typer.echo(f"{name}: {counted or 'no difference'}")
    causes = ", ".join(f"{count:,} {cause or 'not recorded'}" for cause, count in found.causes().iter_rows())
    typer.echo(f"causes: {causes or 'none'}")


def print_rows(name: str, rows: "pl.DataFrame") -> None:
    """Print the first rows of a table, and how many more there are."""
    from cli.decisions import show

    if rows.is_empty():
        return
    typer.echo(f"\n{name.upper()}")
    show(rows.head(SHOWN_ROWS), empty="")
    if rows.height > SHOWN_ROWS:
        typer.echo(f"and {rows.height - SHOWN_ROWS:,} more; --json prints all")


def system_user() -> str:
    """Who runs the command, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        fail("the system knows no name for you: say who you are with --by", Exit.USAGE)
