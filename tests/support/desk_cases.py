"""What tests of the desk share: browsers of sorts, a clock, a served desk."""

import asyncio
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import uvicorn
from starlette.testclient import TestClient

from review.app import create_app
from review.desk import Desk
from review.desk_settings import DeskSettings

ORIGIN = "http://127.0.0.1:8000"
NIGHT = date(2026, 11, 20)
STARTED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
USERS = {
    "viewer": "viewer",
    "steward": "steward",
    "steward2": "steward",
    "approver": "approver",
    "administrator": "administrator",
}
SLOWED_BY = float(os.environ.get("SLOW_PAGES", "0"))
"""Seconds that each page of a served desk takes longer: a browser test that does not wait for a page then fails."""
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

    def request(self, method, url, **options):
        """The page that a form leads to counts as the answer to it, also where other redirects are not followed."""
        answer = super().request(method, url, **options)
        page = answer.headers.get("location", "")
        return super().request("GET", page) if page.startswith("/sent/") else answer

    def submit(self, path: str, fields: dict[str, object] | None = None, **options):
        return self.post(path, data={"form_token": self.form_token(), **(fields or {})}, **options)

    def sign_in(self, name: str, password: str = PASSWORD):
        return self.submit("/sign-in", {"name": name, "password": password}, follow_redirects=False)


def settings_of(origin: str = ORIGIN, **changed) -> DeskSettings:
    return DeskSettings(origin=origin, **(CHEAP | changed))


def slowed(app):
    """The desk as on a slow machine: a page, but no picture or script, begins late, and its rest comes later still."""

    async def answer(scope, receive, send):
        async def in_two(message):
            body = message.get("body", b"")
            if body:
                await send(message | {"body": body[:1000], "more_body": True})
                await asyncio.sleep(SLOWED_BY)
                message = message | {"body": body[1000:]}
            await send(message)

        is_page = scope["type"] == "http" and not scope["path"].startswith("/static/")
        if is_page:
            await asyncio.sleep(SLOWED_BY)
        await app(scope, receive, in_two if is_page else send)

    return answer


@contextmanager
def serving(desk: Desk, **changed) -> Iterator[str]:
    """Serve a desk on a free port of this machine; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = create_app(desk, settings_of(origin, **changed))
        app = slowed(app) if SLOWED_BY else app
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
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
