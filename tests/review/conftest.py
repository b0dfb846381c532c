"""A desk over a small published night: its home and ledger, clients of each role, and a served one for a browser."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk_cases import ORIGIN, PASSWORD, STARTED_AT, USERS, Client, Clock, serving, settings_of
from nights import copy_of
from playwright.sync_api import sync_playwright

from ledger.decisions.database import Database
from ledger.desk.accounts import add_account
from review.access.passwords import Passwords
from review.app import create_app
from review.desk import Desk
from warehouse.home import Home


@pytest.fixture(scope="session")
def desk_home(one_night, tmp_path_factory) -> Path:
    """The home of an installation with one published night; its desks write their logs into it, and nothing else.

    A module whose desk needs another home overrides it.
    """
    return copy_of(one_night / "home", tmp_path_factory.mktemp("desk") / "home")


@pytest.fixture(scope="session")
def accounts_file(tmp_path_factory) -> Path:
    """A ledger with an account of each role."""
    path = tmp_path_factory.mktemp("accounts") / "decisions.sqlite"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    with database.writing() as connection:
        for name, role in USERS.items():
            kept = Passwords(settings_of()).hash_new(PASSWORD, name=name)
            add_account(connection, name, role=role, at=STARTED_AT, password_hash=kept)
        kept = Passwords(settings_of()).hash_new(PASSWORD, name="met-viewer")
        add_account(connection, "met-viewer", role="viewer", forces=["01"], at=STARTED_AT, password_hash=kept)
    database.close()
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger_file(accounts_file, tmp_path) -> Path:
    """A ledger of the test's own, with an account of each role."""
    path = tmp_path / "decisions.sqlite"
    path.write_bytes(accounts_file.read_bytes())
    return path


@pytest.fixture
def desk(desk_home, ledger_file, clock) -> Iterator[Desk]:
    made = Desk(Home(desk_home), f"sqlite:///{ledger_file}", clock=clock)
    yield made
    made.close()


@pytest.fixture
def open_desk(desk) -> Iterator[Callable[..., Client]]:
    """Makes clients of the desk: `open_desk("steward")`, signed in; `open_desk()`, not."""

    def opened(name: str | None = None, **changed) -> Client:
        client = Client(create_app(desk, settings_of(**changed)), base_url=ORIGIN, raise_server_exceptions=False)
        if name is not None:
            assert client.sign_in(name).status_code == 303
        return client

    return opened


@pytest.fixture
def steward(open_desk) -> Client:
    return open_desk("steward")


@pytest.fixture
def client(open_desk) -> Client:
    """A steward whose decisions wait for a second steward only where the rules say so, never by chance."""
    return open_desk("steward", second_look_share=0)


@pytest.fixture
def viewer(open_desk) -> Client:
    return open_desk("viewer")


@pytest.fixture
def approver(open_desk) -> Client:
    return open_desk("approver")


@pytest.fixture
def administrator(open_desk) -> Client:
    return open_desk("administrator")


@pytest.fixture
def served(desk_home, ledger_file) -> Iterator[str]:
    """A real desk on a free port, by the real clock: its address."""
    with serving(Desk(Home(desk_home), f"sqlite:///{ledger_file}")) as origin:
        yield origin


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium; a test takes a page of it by `browser.new_page()`."""
    program = Path("/usr/bin/chromium")
    if not program.exists():
        assert "CI" not in os.environ, "CI has to install Chromium"
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(program), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield started
        started.close()


@pytest.fixture
def sign_in(served):
    """Signs a page of the browser in: `sign_in(page, "steward")`."""

    def signed(page, name: str, password: str = PASSWORD) -> None:
        page.goto(f"{served}/sign-in")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()

    return signed
