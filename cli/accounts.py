"""The commands about accounts of the desk: `concord accounts …`. A password never stands on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, fail
from cli.shown import JsonOption, show

if TYPE_CHECKING:
    from review.access.account_changes import AccountChanges

accounts_app = typer.Typer(no_args_is_help=True, help="The accounts of the stewards' desk.")

NameArgument = Annotated[str, typer.Argument(help="The user's name.")]
RoleOption = Annotated[str, typer.Option(help="viewer, steward, approver or administrator.")]
ForceOption = Annotated[
    list[str] | None, typer.Option("--force", help="Code of a force whose orders they see; may be repeated.")
]
IdentityOption = Annotated[
    str | None,
    typer.Option(
        help="Of an identity provider, `<issuer>|<subject>`, or of the operating system, `os|<user>`; then no password."
    ),
]


@contextmanager
def administration_of(home: Path) -> Iterator["AccountChanges"]:
    """Changes the accounts of an installation in the name of who types."""
    from cli.desk_tools import opened_desk
    from cli.door import administration

    with opened_desk(home) as desk:
        yield administration(desk)


@accounts_app.command()
def add(
    name: NameArgument,
    role: RoleOption,
    force: ForceOption = None,
    identity: IdentityOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Make an account; without --force it sees the orders of all forces."""
    from cli.desk_tools import read_password

    with administration_of(home) as accounts:
        password = None if identity else read_password()
        accounts.add(name, role=role, forces=force or None, password=password, identity=identity)
    typer.echo(f"added {name}, {role}")


@accounts_app.command("set-role")
def set_role(name: NameArgument, role: RoleOption, force: ForceOption = None, home: HomeOption = DEFAULT_HOME) -> None:
    """Give an account a role and its forces, all forces without --force; its sessions end."""
    with administration_of(home) as accounts:
        accounts.set_role(name, role=role, forces=force or None)
    typer.echo(f"{name} is {role}")


@accounts_app.command("set-password")
def set_password(name: NameArgument, home: HomeOption = DEFAULT_HOME) -> None:
    """Give an account a password, asked for or read from standard input; its sessions end."""
    from cli.desk_tools import read_password

    with administration_of(home) as accounts:
        accounts.set_password(name, read_password())
    typer.echo(f"password of {name} set")


@accounts_app.command("set-identity")
def set_identity(
    name: NameArgument,
    identity: Annotated[
        str | None, typer.Argument(help="`<issuer>|<subject>`, `os|<user>`; none takes it away.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Let a user of an identity provider, or of the operating system (`os|<user>`), act as an account."""
    with administration_of(home) as accounts:
        accounts.set_identity(name, identity)
    typer.echo(f"identity of {name} set")


@accounts_app.command("reset-second-factor")
def reset_second_factor(name: NameArgument, home: HomeOption = DEFAULT_HOME) -> None:
    """Remove the second factor of a user who lost it; their sessions end."""
    with administration_of(home) as accounts:
        accounts.set_second_factor(name, None)
    typer.echo(f"{name} signs in with a password only, and can set up another second factor")


@accounts_app.command("reseal-second-factors")
def reseal_second_factors(home: HomeOption = DEFAULT_HOME) -> None:
    """Seal all second factors with the present key; the former one (`CONCORD_FORMER_KEY`) is then no longer needed."""
    with administration_of(home) as accounts:
        sealed, shut = accounts.reseal_second_factors()
    typer.echo(f"{len(sealed)} second factors are sealed by the present key")
    if shut:
        fail(
            f"no key opens the second factors of {', '.join(shut)}: give the former key as CONCORD_FORMER_KEY, or "
            "take them away by `concord accounts reset-second-factor`",
            Exit.FAILED,
        )


@accounts_app.command()
def disable(
    name: NameArgument,
    undo: Annotated[bool, typer.Option("--undo", help="Open it again.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Close an account; its sessions end, its history stays."""
    with administration_of(home) as accounts:
        accounts.set_disabled(name, is_disabled=not undo)
    typer.echo(f"{name} {'may' if undo else 'may no longer'} sign in")


@accounts_app.command("list")
def list_all(_json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """List the accounts."""
    import polars as pl

    from cli.desk_tools import accounts_of, opened_desk

    with opened_desk(home) as desk:
        found = accounts_of(desk)
    rows = [
        {
            "name": account.name,
            "role": account.role,
            "forces": "all" if account.forces is None else " ".join(sorted(account.forces)),
            "signs in by": "identity" if account.identity else "password" if account.password_hash else "nothing yet",
            "state": "closed" if account.disabled_at else "open",
        }
        for account in found
    ]
    show(pl.DataFrame(rows), empty="there are no accounts yet")
