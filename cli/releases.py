"""The commands about releases: `concord release list`, `verify`, `diff`, `mirror`, `rollback`.

0 done, 1 there is no such release or it can't be used, 2 wrong usage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, fail, require_reason, settings_of
from cli.shown import JsonOption, draw, show
from warehouse.home import Home

if TYPE_CHECKING:
    import polars as pl

    from reconciliation.release_diff import Difference
    from warehouse.releases.release import Release

release_app = typer.Typer(no_args_is_help=True, help="The releases of the register.")

SHOWN_ROWS = 20


@release_app.command("list")
def list_all(_json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """List the releases: `*` is in force, `-` was rolled back; then every rollback."""
    from warehouse.releases.release import current_release, release_ids
    from warehouse.releases.rollback_history import list_rollbacks, withdrawn_releases

    state = Home(home.resolve())
    current, withdrawn = current_release(state), withdrawn_releases(state)
    in_force = current.release_id if current else None
    releases = [
        {
            "release_id": name,
            "is_in_force": name == in_force,
            "is_withdrawn": name in withdrawn,
            **facts_of(state, name),
        }
        for name in release_ids(state)
    ]
    rollbacks = [asdict(rollback) for rollback in list_rollbacks(state)]
    draw({"releases": releases, "rollbacks": rollbacks}, lambda: print_releases(releases, rollbacks))


def facts_of(home: "Home", release_id: str) -> dict[str, Any]:
    """What the manifest of a release says; nothing but its state where it can't be read."""
    from warehouse.releases.release import DamagedReleaseError, read_release

    try:
        release = read_release(home, release_id)
    except DamagedReleaseError:
        return {"state": "damaged"}
    orders, content = release.manifest["rows"]["orders"], release.content_hash
    return {"state": release.state, "orders": orders, "content_hash": content, "follows": release.follows}


def print_releases(releases: Sequence[Mapping[str, Any]], rollbacks: Sequence[Mapping[str, Any]]) -> None:
    """A line for each release and each rollback."""
    for release in releases:
        mark = "*" if release["is_in_force"] else "-" if release["is_withdrawn"] else " "
        if release["state"] == "damaged":
            words = "damaged: its manifest can't be read"
        else:
            follows = f"  follows {release['follows']}" if release["follows"] else ""
            words = f"{release['state']:<10} {release['orders']:>8,} orders  {release['content_hash'][:16]}{follows}"
        typer.echo(f"{mark} {release['release_id']:<16} {words}")
    for rollback in rollbacks:
        former = f" instead of {rollback['former']}" if rollback["former"] else ""
        typer.echo(
            f"{rollback['at']} {rollback['by']} put {rollback['release_id']} in force{former}: {rollback['reason']}"
        )


@release_app.command()
def verify(
    release_id: Annotated[str | None, typer.Argument(help="The release; defaults to the one in force.")] = None,
    _json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Prove that a release's files are as they were published, and that the key of the installation marked them."""
    from warehouse.releases.marks import mark_fault
    from warehouse.releases.release import current_release

    state = Home(home.resolve())
    if release_id is None:
        current = current_release(state)
        if current is None:
            fail("no release is in force: name one", Exit.FAILED)
        release_id = current.release_id
    if fault := mark_fault(state, read_whole(state, release_id).manifest):
        fail(f"{release_id}: {fault}", Exit.FAILED)
    draw({"release_id": release_id, "is_as_published": True}, lambda: typer.echo(f"{release_id}: as published"))


@release_app.command()
def diff(
    before: Annotated[str, typer.Argument(help="A release.")],
    after: Annotated[str, typer.Argument(help="Another one, later or earlier.")],
    *,
    values: Annotated[
        bool, typer.Option("--values", help="Show the values that changed: they may be personal data.")
    ] = False,
    home: HomeOption = DEFAULT_HOME,
    _json: JsonOption = False,
) -> None:
    """Show how two releases differ: orders, fields, discrepancies, and the causes."""
    from reconciliation.release_diff import compare_releases

    state = Home(home.resolve())
    found = compare_releases(state, read_whole(state, before), read_whole(state, after))
    fields = found.fields if values else found.fields.drop("before", "after")
    tables = {"orders": found.orders, "fields": fields, "discrepancies": found.discrepancies}
    summary = {"before": before, "after": after, "causes": found.causes().to_dicts()}

    def draw_rows() -> None:
        print_counts(found)
        for name, table in tables.items():
            print_rows(name, table)

    draw(summary | {name: table.to_dicts() for name, table in tables.items()}, draw_rows)


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
    """Put an earlier release in force, once its files are proved; an approver must, once there are accounts."""
    from cli.acceptance import log_act
    from warehouse.releases.rollback import RollbackRefusedError, roll_back
    from warehouse.run_lock import RunUnderWayError, only_run

    state, why = Home(home.resolve()), require_reason(reason)
    what = {"kind": "rollback", "release": release_id or "the one before"}
    who = log_act(state.path, what, reason=why, by=by)
    try:
        # A night asks for the release it carries on from at several of its steps: it must not change between them.
        with only_run(state):
            done = roll_back(state, release_id, by=who, reason=why, at=datetime.now(UTC))
    except (LookupError, OSError, RunUnderWayError, RollbackRefusedError) as error:
        fail(f"{error}; nothing was changed", Exit.FAILED)
    typer.echo(f"{done.release_id} is in force instead of {done.former or 'none'}; the next night carries on from it")
    typer.echo(f"withdrawn: {', '.join(done.withdrawn) or 'none'}")


@release_app.command()
def mirror(home: HomeOption = DEFAULT_HOME) -> None:
    """Put the releases into the object store of the settings: those that are not there, or not as they are here."""
    from warehouse.object_store import StorageError
    from warehouse.storage import mirror_releases

    state = Home(home.resolve())
    if (url := settings_of(state.path).storage.releases) is None:
        fail("the settings name no object store: set `releases` in [storage]", Exit.USAGE)
    try:
        in_force = mirror_releases(state, url)
    except (LookupError, OSError, StorageError) as error:
        fail(str(error), Exit.FAILED)
    typer.echo(f"{url}: {in_force or 'no release'} is in force there as here")


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
    if rows.is_empty():
        return
    typer.echo(f"\n{name.upper()}")
    show(rows.head(SHOWN_ROWS), empty="")
    if rows.height > SHOWN_ROWS:
        typer.echo(f"and {rows.height - SHOWN_ROWS:,} more; --json prints all")
