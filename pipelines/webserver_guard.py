"""Who may speak to Dagster's webserver, which asks nobody who they are: holders of its token, from its own pages.

Belongs here: refusing a request before Dagster sees it. Does not: starting the server (`pipelines.webserver`).
"""

import hmac
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, QueryParams
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from review.access.security_headers import is_own_page, own_hosts

COOKIE, PARAMETER = "concord-dagster", "token"
BEARER = "Bearer "


class WebserverGuard:
    """Refuses a request for another host, from another site's page, without the token, or for a change by GET."""

    def __init__(self, app: ASGIApp, *, origin: str, token: str) -> None:
        self._app, self._origin, self._token = app, origin, token
        self._hosts = own_hosts(origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or open a websocket."""
        answer = self._refusal(scope) if scope["type"] in ("http", "websocket") else None
        if answer is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await answer(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, asked = Headers(scope=scope), QueryParams(scope["query_string"])
        if headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("This address is not known here.", 400)
        if not is_own_page(headers, self._origin):
            return PlainTextResponse("A page of another site may not ask this.", 403)
        if scope.get("method") == "GET" and self._is_token(asked.get(PARAMETER, "")):
            return self._signed_in(scope["path"])
        if not self._is_token(_token_of(headers)):
            return PlainTextResponse("Open the link that `concord dagster` printed: it lets you in.", 401)
        if scope.get("method") == "GET" and scope["path"].endswith("/graphql") and "query" in asked:
            return PlainTextResponse("Ask by POST.", 405, headers={"Allow": "POST"})
        return None

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _signed_in(self, path: str) -> Response:
        answer = RedirectResponse(f"/{path.lstrip('/')}", 303)
        is_secure = self._origin.startswith("https:")
        answer.set_cookie(COOKIE, self._token, httponly=True, samesite="strict", secure=is_secure)
        return answer


def _token_of(headers: Headers) -> str:
    """The token that a program or a proxy sends, or else that of the browser."""
    given = headers.get("authorization", "")
    if given.startswith(BEARER):
        return given.removeprefix(BEARER)
    try:
        held = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return held.value if held else ""
