"""The queue: what waits, filtered down; views that are kept; finding orders."""

from typing import Annotated, Any
from urllib.parse import parse_qsl

import polars as pl
from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ledger.decisions.errors import DecisionError, LedgerError
from ledger.desk.item_work import SavedView, forget_view, read_views, save_view
from review.access.viewer import AnyViewer, Auditing, Viewer, viewer
from review.access.visible_release import ORDER_COLUMNS
from review.desk import Desk
from review.item.titles import KIND_TITLES, format_day, status_words
from review.pages import NavigationLink, redirect_to, render_page
from review.queue.facets import FACET
from review.queue.filters import FilteredItems
from review.queue.order_search import LONGEST_SEARCH
from review.queue.queue_page import (
    chosen_filters,
    facet_groups,
    page_links,
    queue_lines,
    queue_lists,
    sort_headings,
    sort_options,
)
from review.queue.queue_view import QueueView, read_view
from review.queue.visible_queue import VisibleQueue, open_queue
from review.queue.visible_search import search_orders

router = APIRouter()
navigation = (NavigationLink("Queue", "/queue", "see", 10), NavigationLink("Search", "/search", "see", 20))

ADDRESS = "/queue"
WORDS = {name: facet.words for name, facet in FACET.items()}


@router.get("/queue")
def show_queue(request: Request, who: AnyViewer, audit: Auditing) -> Response:
    """The queue in one view."""
    view = read_view(request.query_params.multi_items(), viewer=who.name)
    # A browser that goes back asks for the whole page again, though by script.
    is_part = "hx-request" in request.headers and "hx-history-restore-request" not in request.headers
    if not is_part and not view.problems and request.url.query != view.link():
        return RedirectResponse(_address(view), status_code=303)
    queue = open_queue(request.app.state.desk, who)
    filtered = queue.filtered(view)
    shown = filtered.page(view.page)
    audit("consultation", what={"page": "queue", "orders": _order_ids(shown), "items": shown["item_id"].to_list()})
    context = _context(queue, filtered, view)
    if is_part:
        response = render_page(request, "queue/part.html", **context)
        response.headers["HX-Push-Url"] = _address(view)
        return response
    context |= {"views": _views(request, who), "errors": [{"text": words} for words in view.problems]}
    return render_page(request, "queue/queue.html", status=422 if view.problems else 200, **context)


@router.post("/queue/views")
def keep_view(
    request: Request,
    who: AnyViewer,
    name: Annotated[str, Form()] = "",
    query: Annotated[str, Form()] = "",
    is_shared: Annotated[bool, Form()] = False,
) -> Response:
    """Keep a view under a name; stewards may share theirs."""
    view = read_view(parse_qsl(query))
    kept = SavedView(who.name, " ".join(name.split()), view.query, is_shared and who.may("decide"))
    desk: Desk = request.app.state.desk
    try:
        save_view(desk.database, kept, at=desk.clock())
    except DecisionError as error:
        return redirect_to(request, _address(view), message=f"The view was not saved: {error}.", tone="warning")
    return redirect_to(request, _address(view), message="The view is saved.")


@router.post("/queue/views/forget")
def drop_view(request: Request, who: AnyViewer, name: Annotated[str, Form()] = "") -> Response:
    """Delete one of your own views."""
    if forget_view(request.app.state.desk.database, who.name, name):
        return redirect_to(request, ADDRESS, message="The view is deleted.")
    return redirect_to(request, ADDRESS, message="You have no view of that name.", tone="warning")


@router.get("/search", dependencies=[Depends(viewer)])
def ask_for_search(request: Request) -> Response:
    """The page to search on."""
    return render_page(request, "queue/search.html", asked=None)


@router.post("/search")
def search(request: Request, who: AnyViewer, text: Annotated[str, Form()] = "") -> Response:
    """Take what was typed; what is found has an address of its own, without what was typed."""
    asked = " ".join(text.split())[:LONGEST_SEARCH]
    if not asked:
        errors = [{"text": "Enter a name, an identifier or a reference", "href": "#text"}]
        return render_page(request, "queue/search.html", status=422, asked=asked, errors=errors)
    return redirect_to(request, f"/search/{request.app.state.searches.keep(who.name, asked)}")


@router.get("/search/{name}")
def show_found(request: Request, who: AnyViewer, audit: Auditing, name: str) -> Response:
    """What a search leads to."""
    asked: str | None = request.app.state.searches.find(name, who.name)
    if asked is None:
        raise HTTPException(410, "Your search is no longer kept. Search again.")
    found = search_orders(request.app.state.desk, who, asked)
    audit("consultation", what={"page": "search", "by": found.by, "orders": _order_ids(found.orders)})
    return render_page(
        request,
        "queue/search.html",
        asked=asked,
        found=found,
        search_name=name,
        words=WORDS,
        kind_titles=KIND_TITLES,
        day_words=format_day,
        status_words=status_words,
    )


def _context(queue: VisibleQueue, filtered: FilteredItems, view: QueueView) -> dict[str, Any]:
    number = min(view.page, filtered.pages)
    return {
        "view": view,
        "release": queue.release_id,
        "is_newer": view.drawn_by is not None and view.drawn_by != queue.release_id,
        "is_beyond": view.page > filtered.pages,
        "number": number,
        "pages": filtered.pages,
        "total": filtered.items.height,
        "all": queue.rows.height,
        "lists": queue_lists(filtered, view, ADDRESS),
        "lines": queue_lines(filtered.page(number)),
        "groups": facet_groups(filtered, queue.choices(), view),
        "chips": chosen_filters(view, ADDRESS),
        "headings": sort_headings(view, ADDRESS),
        "sorts": sort_options(view),
        "pagination": page_links(view, filtered.pages, ADDRESS, release=queue.release_id),
    }


def _views(request: Request, who: Viewer) -> list[SavedView]:
    """The views that a user sees; none while the ledger is down."""
    try:
        with request.app.state.desk.reading() as connection:
            return read_views(connection, who.name)
    except LedgerError:
        return []


def _order_ids(rows: pl.DataFrame) -> list[str]:
    columns = (rows.get_column(name) for name in ORDER_COLUMNS if name in rows.columns)
    return pl.concat(columns).drop_nulls().unique().sort().to_list()


def _address(view: QueueView) -> str:
    link = view.link()
    return f"{ADDRESS}?{link}" if link else ADDRESS
