"""Servers of this machine that receive what is sent to them, for tests of alerts."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller


@contextmanager
def webhook(*, status: int = 200) -> Iterator[tuple[str, list[dict]]]:
    """A web hook: its address as Apprise writes it, and what it got."""
    got: list[dict] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"json://127.0.0.1:{server.server_port}/hook", got
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def mailbox() -> Iterator[tuple[str, list[str]]]:
    """A mail server: its address as Apprise writes it, and the texts of the mails that it got."""
    got: list[str] = []

    class Box:
        async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802
            mail = message_from_bytes(envelope.content)
            parts = [part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart()]
            got.append("\n".join([str(mail["Subject"]), *parts]))
            return "250 OK"

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Box(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"mailto://127.0.0.1:{port}?from=concord@force.example&to=owner@force.example&mode=insecure", got
    finally:
        controller.stop()
