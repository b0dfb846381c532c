"""A request that does not come whole in time loses its connection; whole ones are answered, one after the other."""

import socket
import threading
import time

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from review import patient_protocol

WHOLE = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nbody"


async def answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse(await request.body())


@pytest.fixture
def port(monkeypatch):
    monkeypatch.setattr(patient_protocol, "REQUEST_SECONDS", 0.4)
    app = Starlette(routes=[Route("/", answer, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, http=patient_protocol.PatientProtocol, log_level="error"))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize(
    "beginning", [b"", b"POST / HT", WHOLE[:40], WHOLE[:-2]], ids=["nothing", "no line", "half a head", "half a body"]
)
def test_what_does_not_come_whole_is_dropped(port, beginning):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as browser:
        browser.sendall(beginning)
        assert browser.recv(100) == b""


def drip(browser):
    for sign in WHOLE:
        browser.sendall(bytes([sign]))
        time.sleep(0.05)


def test_drops_that_keep_coming_buy_no_more_time(port):
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as browser, pytest.raises(ConnectionError):
        drip(browser)
    assert time.monotonic() - started < 2


def test_whole_requests_are_answered_one_after_the_other(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as browser:
        for _ in range(2):
            browser.sendall(WHOLE)
            assert browser.recv(1_000).endswith(b"body")
            time.sleep(0.5)
