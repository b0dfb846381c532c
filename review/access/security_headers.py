"""Headers that every answer carries, and for whom the desk answers at all.

Belongs here: what browsers have to refuse. Does not: forms (`review.access.form_protection`).
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.desk_settings import DeskSettings
from warehouse.server_url import LOOPBACK

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # by no-referrer browsers send forms with the origin `null`
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


PROBES = frozenset({"/health", "/ready", "/metrics"})
"""Addresses that monitoring asks by whatever name it knows the host: no data is there, or it takes a token."""


class SecurityHeaders:
    """Refuses requests for another host, and adds the headers to every answer."""

    def __init__(self, app: ASGIApp, settings: DeskSettings) -> None:
        self._app = app
        self._hosts = own_hosts(settings.origin)
        self._headers = ALWAYS | ({"Strict-Transport-Security": STRICT_TRANSPORT} if settings.is_secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        is_probe = scope["path"] in PROBES
        if is_probe or Headers(scope=scope).get("host", "").lower() in self._hosts:
            await self._app(scope, receive, send_with_headers)
        else:  # another name for this address: a page of another site may be behind it
            answer = PlainTextResponse("This address is not known here.", status_code=400)
            await answer(scope, receive, send_with_headers)


def own_hosts(origin: str) -> frozenset[str]:
    """The host and port that an origin answers to, in all their names on this machine."""
    parts = urlsplit(origin)
    names = LOOPBACK if parts.hostname in LOOPBACK else {parts.hostname or ""}
    ports = {f":{parts.port}"} if parts.port else {"", ":443" if parts.scheme == "https" else ":80"}
    return frozenset(f"[{name}]{port}" if ":" in name else f"{name}{port}" for name in names for port in ports)


def is_own_page(headers: Headers, origin: str) -> bool:
    """Whether the browser says that a request comes from a page of that origin, or says nothing."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    said = urlsplit(headers.get("origin", origin).lower())
    return said.scheme == urlsplit(origin).scheme and said.netloc in own_hosts(origin)
