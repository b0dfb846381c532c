"""Figures of the desk for Prometheus: answers by route and status, and how long they took. No names, keys or words.

Belongs here: counting. Does not: who may read the figures (`review.routes.health`).
"""

import time

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Measured:
    """Counts what an application answers."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        labels = ["method", "route", "status"]
        self._answers = Counter("concord_desk_answers", "Answers of the desk.", labels, registry=registry)
        self._seconds = Histogram(
            "concord_desk_seconds", "Seconds until an answer was sent.", labels[:2], registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status = time.monotonic(), 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            # The route and not the address, in which people may have typed anything.
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "other"
            self._answers.labels(method, route, status).inc()
            self._seconds.labels(method, route).observe(time.monotonic() - start)
