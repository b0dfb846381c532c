"""Serving the desk: the installation it shows, the address it listens on, the users of the demo.

Belongs here: starting. Does not: the commands (`cli.review`), the desk (`review`).
"""

import os
import secrets
import socket
from pathlib import Path

import polars as pl
import typer
import uvicorn
from fastapi import FastAPI

from cli.options import Exit, fail
from ledger.decisions.database import Database
from ledger.decisions.ledger import now
from ledger.desk.accounts import add_account, find_account, set_disabled, set_password_hash, set_role
from ledger.desk.sessions import end_sessions_of
from pipelines.settings import read_settings
from review.access.passwords import Passwords
from review.app import create_app
from review.desk import Desk
from review.desk_settings import DeskSettings
from review.patient_protocol import PatientProtocol
from review.static_files import MissingStaticFilesError
from warehouse.disk import file_digest
from warehouse.home import Home
from warehouse.log_lines import log_as_json
from warehouse.releases.release import Release, current_release
from warehouse.server_url import LOOPBACK
from warehouse.tables.register import DELIVERIES

DEMO_USERS = {
    "viewer": "viewer",
    "steward": "steward",
    "second-steward": "steward",
    "approver": "approver",
    "administrator": "administrator",
}
DEMO_LEDGER = "demo.sqlite"
OIDC_SECRET = "CONCORD_OIDC_SECRET"  # noqa: S105  # the name of a variable
KEEP_ALIVE_SECONDS = 30


def serve(home: Path, *, host: str, port: int, is_demo: bool) -> None:
    """Serve the desk of an installation until it is stopped.

    Raises:
        SettingsError: the settings can't be read.
        LedgerError: the ledger can't be made or reached.
    """
    log_as_json()
    state = Home(home.resolve())
    chosen = read_settings(state.path)
    if host not in LOOPBACK and "origin" not in chosen.review.model_fields_set:
        fail(
            "other machines reach the desk only by https: set origin in [review] of concord.toml (docs/review.md)",
            Exit.USAGE,
        )
    release = current_release(state)
    if release is None:
        fail(f"no release in {home}: run `concord nightly`, or `concord demo` for a synthetic one", Exit.FAILED)
    if is_demo and not is_made_up(state, release):
        fail(f"the release in {home} is not the demo's: demo users must not see it", Exit.USAGE)
    url = f"sqlite:///{state.ledger.with_name(DEMO_LEDGER)}" if is_demo else state.ledger_url(chosen.ledger)
    listener = listen(host, port)
    here = f"http://{in_url(host)}:{listener.getsockname()[1]}"
    settings = DeskSettings(origin=here) if is_demo else reached_at(here, chosen.review)
    _make_ready(url, is_demo=is_demo, settings=settings)
    try:
        desk = Desk(state, url, is_demo=is_demo, marking=chosen.marking, answers_to=chosen.answers_to)
        app = create_app(desk, settings, oidc_secret=os.environ.get(OIDC_SECRET))
    except MissingStaticFilesError as error:
        fail(str(error), Exit.FAILED)
    typer.echo(f"the desk is at {settings.origin} (Ctrl+C ends it)")
    uvicorn.Server(server_config(app, settings)).run(sockets=[listener])


def server_config(app: FastAPI, settings: DeskSettings) -> uvicorn.Config:
    """How the desk is served: only the proxies of the settings are believed about where a request comes from."""
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        forwarded_allow_ips=[str(proxy) for proxy in settings.proxies],
    )


def has_release(home: Path) -> bool:
    """Whether there is a release to show."""
    return current_release(Home(home.resolve())) is not None


def is_made_up(home: Home, release: Release) -> bool:
    """Whether a release rests on nothing but the files that the demo made."""
    files = (path for path in (home.path / "demo" / "landing").rglob("*") if path.is_file())
    made_up = [file_digest(path) for path in files]
    used = pl.read_parquet(release.parquet(DELIVERIES.name)).filter(pl.col("is_used"))
    return not used.is_empty() and used.filter(~pl.col("sha256").is_in(made_up)).is_empty()


def reached_at(here: str, settings: DeskSettings) -> DeskSettings:
    """The settings with the address that browsers reach the desk by: where it listens unless another is set."""
    return settings if "origin" in settings.model_fields_set else settings.model_copy(update={"origin": here})


def _make_ready(url: str, *, is_demo: bool, settings: DeskSettings) -> None:
    database = Database(url)
    try:
        if database.is_file:
            database.migrate()
        if is_demo:
            _print_demo_users(database, Passwords(settings))
    finally:
        database.close()


def _print_demo_users(database: Database, passwords: Passwords) -> None:
    """Give the users of the demo new passwords, and print them: they are kept nowhere."""
    typer.echo("demo users:")
    for name, role in DEMO_USERS.items():
        password = secrets.token_urlsafe(12)
        with database.writing() as connection:
            if find_account(connection, name) is None:
                add_account(connection, name, role=role, at=now())
            set_role(connection, name, role=role, at=now())
            set_disabled(connection, name, is_disabled=False, at=now())
            set_password_hash(connection, name, passwords.hash_new(password, name=name), until=None)
            end_sessions_of(connection, name, at=now())
        typer.echo(f"  {name:<15} {password}")


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address; that it is taken ends the command in words."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        fail(f"can't listen on {host} port {port}: {error.strerror}", Exit.FAILED)


def in_url(host: str) -> str:
    """An address as it is in a URL."""
    return f"[{host}]" if ":" in host else host
