"""Dagster's pages from the command line: `concord dagster` serves them, and runs the schedule behind them.

Belongs here: the address, and who is let in. Does not: the processes (`pipelines.webserver`).
"""

import os
import secrets
from contextlib import suppress
from typing import Annotated

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, fail
from cli.review import HostOption, PortOption
from warehouse.home import Home

TOKEN = "CONCORD_DAGSTER_TOKEN"  # noqa: S105  # the name of a variable
LEAST_TOKEN = 32


def dagster(
    *,
    operate: Annotated[
        bool,
        typer.Option("--operate", help="Let its pages start runs and switch schedules; by default they only show."),
    ] = False,
    origin: Annotated[
        str | None, typer.Option(help="The address that a proxy gives it, https://host; defaults to where it listens.")
    ] = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 3000,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Serve Dagster's pages to those who have the link that it prints; run schedule and sensors."""
    from cli.desk_server import in_url, listen
    from pipelines.nightly import UnsafeDatabaseError
    from pipelines.webserver import ServiceEndedError, serve_dagster
    from warehouse.server_url import LOOPBACK

    given = os.environ.get(TOKEN)
    if given is not None and len(given) < LEAST_TOKEN:
        fail(f"{TOKEN} must have at least {LEAST_TOKEN} characters", Exit.USAGE)
    if origin is None and host not in LOOPBACK:
        fail(
            "other machines reach Dagster only through a proxy: name its address by --origin (docs/operate.md)",
            Exit.USAGE,
        )
    if given is None and origin is not None:
        fail(f"a proxy must know the token: set {TOKEN} (docs/operate.md)", Exit.USAGE)
    token, listener = given or secrets.token_urlsafe(LEAST_TOKEN), listen(host, port)
    known_by = (origin or f"http://{in_url(host)}:{listener.getsockname()[1]}").lower().rstrip("/")
    shown = known_by if given else f"{known_by}/?token={token}"
    typer.echo(f"Dagster is at {shown}{'' if operate else ', which only shows'} (Ctrl+C ends it)")
    state = Home(home.resolve()).create()
    try:
        with suppress(KeyboardInterrupt):
            serve_dagster(state, listener, origin=known_by, token=token, may_change=operate)
    except UnsafeDatabaseError as error:
        fail(str(error), Exit.USAGE)
    except ServiceEndedError as error:
        fail(str(error), Exit.FAILED)
