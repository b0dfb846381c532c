"""Cookies of the desk: set alike, for this host alone, out of reach of scripts.

Belongs here: their names and marks. Does not: what they hold.
"""

from starlette.requests import Request
from starlette.responses import Response

from review.desk_settings import DeskSettings

SESSION = "concord"
BROWSER = "concord-browser"
VISITOR = "concord-visitor"
MESSAGE = "concord-message"
ASKED = "concord-asked"
WANTED = "concord-wanted"
REASON = "concord-reason"


def name_of(cookie: str, settings: DeskSettings) -> str:
    """The name under which a browser holds a cookie: by https with the prefix that ties it to this very host."""
    return f"__Host-{cookie}" if settings.is_secure else cookie


def read_cookie(request: Request, cookie: str) -> str | None:
    """What a cookie holds."""
    return request.cookies.get(name_of(cookie, request.app.state.settings)) or None


def set_cookie(
    response: Response, cookie: str, value: str, *, settings: DeskSettings, seconds: int | None = None
) -> None:
    """Give a cookie to a browser, until it is closed or for some seconds."""
    response.set_cookie(
        name_of(cookie, settings),
        value,
        max_age=seconds,
        path="/",
        secure=settings.is_secure,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, cookie: str, *, settings: DeskSettings) -> None:
    """Take a cookie away from a browser."""
    response.delete_cookie(
        name_of(cookie, settings), path="/", secure=settings.is_secure, httponly=True, samesite="lax"
    )
