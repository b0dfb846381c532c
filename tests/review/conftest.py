"""A desk over a small published night: its home and ledger, clients of each role, and a served one for a browser."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import sync_playwright
from starlette.testclient import TestClient

from expectations.gx import Validator
from pipelines.nightly import run_night
from pipelines.settings import Settings
from review.access.passwords import Passwords
from review.app import create_app
from review.desk import Desk
from review.settings import DeskSettings
from samples.nights import write_nights
from warehouse.desk.accounts import add_account
from warehouse.home import Home
from warehouse.ledger.database import Database

ORIGIN = "http://127.0.0.1:8000"
NIGHT = date(2026, 11, 20)
ORDERS = 80
STARTED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
USERS = {
    "viewer": "viewer",
    "steward": "steward",
    "steward2": "steward",
    "approver": "approver",
    "administrator": "administrator",
}
CHEAP = {"password_memory_kib": 32, "password_passes": 1}
FORM_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = STARTED_AT

    def __call__(self) -> datetime:
        return self.at

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


class Client(TestClient):
    """A browser of sorts: it sends with each form the token that its session's pages carry."""

    def form_token(self, path: str = "/sign-in") -> str:
        found = FORM_TOKEN.search(self.get(path).text)
        assert found, f"{path} has no form"
        return found[1]

    def submit(self, path: str, fields: dict[str, object] | None = None, **options):
        return self.post(path, data={"form_token": self.form_token(), **(fields or {})}, **options)

    def sign_in(self, name: str, password: str = PASSWORD):
        return self.submit("/sign-in", {"name": name, "password": password}, follow_redirects=False)


def settings_of(origin: str = ORIGIN, **changed) -> DeskSettings:
    return DeskSettings(origin=origin, **(CHEAP | changed))


@pytest.fixture(scope="session")
def desk_home(tmp_path_factory) -> Path:
    """The home of an installation with one published night; no test writes into it."""
    folder = tmp_path_factory.mktemp("desk")
    write_nights(folder, orders=ORDERS, seed=5, as_of=NIGHT)
    Validator.shared()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONCORD_DAGSTER", str(folder / "home" / "dagster"))
        run_night(Home(folder / "home"), landing=folder / "landing", as_of=NIGHT, settings=Settings())
    return folder / "home"


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
def viewer(open_desk) -> Client:
    return open_desk("viewer")


@pytest.fixture
def approver(open_desk) -> Client:
    return open_desk("approver")


@pytest.fixture
def administrator(open_desk) -> Client:
    return open_desk("administrator")


@contextmanager
def serving(desk: Desk, **changed) -> Iterator[str]:
    """Serve a desk on a free port of this machine; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(create_app(desk, settings_of(origin, **changed)), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            deadline = time.monotonic() + 30
            while not server.started:
                assert thread.is_alive(), "the server ended"
                assert time.monotonic() < deadline, "the server does not start"
                time.sleep(0.02)
            yield origin
        finally:
            server.should_exit = True
            thread.join(30)


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

    return signed
