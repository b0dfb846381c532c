"""Pages: templates, and what every page of the desk shows beside its own content.

Belongs here: drawing a page, sending a browser on. Does not: what is on it (`review.routes`).
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import quote

import polars as pl
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ledger.decisions.errors import LedgerError
from ledger.desk.sent_pages import SentPage, save_sent_page
from review.access.cookies import MESSAGE, drop_cookie, read_cookie, set_cookie
from review.access.form_protection import TOKEN_FIELD, TOKEN_HEADER, expected_token
from review.access.viewer import Viewer
from review.desk import Desk
from review.shortcuts import shown_keys
from review.static_files import StaticFiles

SAFE_SIGNS = ":/%#?=@[]!$&'()*+,"  # those that Starlette leaves in an address that it sends a browser to
TEMPLATES = Path(__file__).parent / "templates"
MESSAGE_SECONDS = 60
SENT_STATUSES = frozenset({200, 409, 422})
"""Of pages that a form leads to; an error page shows what was typed, and stays the answer to the form."""
Tone = Literal["success", "warning"]


@dataclass(frozen=True)
class NavigationLink:
    """A place in the navigation, shown to those whose role has the right.

    Attributes:
        text: its words.
        href: its address; pages below it count as it.
        right: `see`, `decide`, `approve` or `administer`.
        rank: the lower, the further to the left; the first place that a user may go to is where they begin.
    """

    text: str
    href: str
    right: str
    rank: int


class Pages:
    """The templates of the desk, and the links of its navigation."""

    def __init__(
        self,
        assets: StaticFiles,
        links: tuple[NavigationLink, ...],
        *,
        filters: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
    ) -> None:
        """Find the templates; GOV.UK's macros count on undefined values that are empty all the way down."""
        self._links = tuple(sorted(links, key=lambda link: link.rank))
        self._environment = Environment(
            loader=ChoiceLoader(
                [
                    FileSystemLoader(TEMPLATES),
                    PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
                ]
            ),
            autoescape=True,
            undefined=ChainableUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["asset"] = assets.address
        self._environment.filters.update({"moment": format_moment, **filters})

    def prepare(self) -> None:
        """Read all templates of the desk: a page drawn for the first time takes as long again to read its own."""
        for name in self._environment.list_templates(filter_func=lambda name: (TEMPLATES / name).is_file()):
            self._environment.get_template(name)

    def draw(self, request: Request, template: str, context: Mapping[str, Any]) -> str:
        """A page, or a part of one, as text."""
        return self._environment.get_template(template).render(_shared(request, self._links) | dict(context))

    def links_for(self, who: Viewer) -> tuple[NavigationLink, ...]:
        """The navigation links that a user may follow."""
        return tuple(link for link in self._links if who.may(link.right))


def render_page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """Answer with a page; a message that waits is shown on it, once.

    A form that a user signed in has sent is answered with the address of the page: a browser that goes back shows it
    again, and does not ask to send the form again.
    """
    pages: Pages = request.app.state.pages
    html = pages.draw(request, template, context)
    response: Response = HTMLResponse(html, status_code=status)
    who: Viewer | None = getattr(request.state, "viewer", None)
    if request.method == "POST" and who and status in SENT_STATUSES:
        response = _sent_on(request, response, who, SentPage(html, status, getattr(request.state, "consulted", {})))
    if read_cookie(request, MESSAGE):
        drop_cookie(response, MESSAGE, settings=request.app.state.settings)
    return response


def _sent_on(request: Request, answer: Response, who: Viewer, page: SentPage) -> Response:
    """To the address of the page that a form led to; the page itself while the ledger is down."""
    desk: Desk = request.app.state.desk
    try:
        with desk.writing() as connection:
            name = save_sent_page(connection, page, session=who.session, at=desk.clock())
    except LedgerError:
        return answer
    return redirect_to(request, f"/sent/{name}")


def redirect_to(request: Request, address: str, *, message: str | None = None, tone: Tone = "success") -> Response:
    """Send the browser on after a form was taken, with a message for the next page: no personal data in it."""
    response: Response = RedirectResponse(address, status_code=303)
    if request.headers.get("hx-request"):  # a script would follow a redirect in the middle of a page
        response = Response(status_code=204, headers={"HX-Redirect": quote(address, safe=SAFE_SIGNS)})
    if message is not None:
        text = base64.urlsafe_b64encode(json.dumps([tone, message]).encode()).decode()
        set_cookie(response, MESSAGE, text, settings=request.app.state.settings, seconds=MESSAGE_SECONDS)
    return response


def format_moment(moment: datetime) -> str:
    """A moment as people write it: `20 November 2026, 14:05 UTC`."""
    return f"{moment:%-d %B %Y, %H:%M} UTC"


def _shared(request: Request, links: tuple[NavigationLink, ...]) -> dict[str, Any]:
    desk: Desk = request.app.state.desk
    who: Viewer | None = getattr(request.state, "viewer", None)
    token = getattr(request.state, "form_token", None) or expected_token(request) or ""
    path = request.url.path
    return {
        "desk": desk,
        "settings": request.app.state.settings,
        "viewer": who,
        "navigation": [
            {"text": link.text, "href": link.href, "active": path == link.href or path.startswith(f"{link.href}/")}
            for link in links
            if who is not None and who.may(link.right)
        ],
        "form_token": token,
        "form_headers": json.dumps({TOKEN_HEADER: token}),
        "form_field": Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, token),
        "release_id": desk.release_id,
        "keys": (keys := shown_keys(who.preferences) if who else ()),
        "keys_text": json.dumps({key.action: key.key for key in keys}),
        "is_read_only": getattr(request.state, "is_read_only", False),
        "message": _message(request),
    }


def _message(request: Request) -> dict[str, str] | None:
    held = read_cookie(request, MESSAGE)
    if held is None:
        return None
    try:
        tone, text = json.loads(base64.urlsafe_b64decode(held))
    except (ValueError, TypeError):  # nobody but a user can have changed it, and for themselves alone
        return None
    return {"tone": "success" if tone == "success" else "warning", "text": str(text)}


def shown_problems(problems: Mapping[str, str] | None) -> dict[str, Any]:
    """What `render_page` takes to show what is wrong in a form: the status, and the problems by field and as a list."""
    found = problems or {}
    errors = [{"text": words, "href": f"#{name}"} for name, words in found.items()]
    return {"status": 422 if found else 200, "problems": found, "errors": errors}


def page_of(rows: pl.DataFrame, number: int, length: int) -> tuple[pl.DataFrame, int, int]:
    """A page of rows, its number (the last one's where there are fewer), and how many they fill: at least one."""
    pages = max(1, -(-rows.height // length))
    here = min(max(1, number), pages)
    return rows.slice((here - 1) * length, length), here, pages


def end_links(here: int, pages: int, address: str) -> dict[str, dict[str, str]]:
    """What GOV.UK's pagination takes: the page before and the one after, at an address that ends in the number."""
    ends = {"previous": here - 1 if here > 1 else None, "next": here + 1 if here < pages else None}
    return {end: {"href": f"{address}{number}"} for end, number in ends.items() if number}


def sentence(words: Exception | str) -> str:
    """What a rule or an error says, as a sentence."""
    text = str(words)
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
