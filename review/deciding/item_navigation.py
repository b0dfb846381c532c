"""The way of a steward through the queue: forms as they were sent, the item that is meant, the one that comes next.

Belongs here: what the routes that decide share. Does not: pages.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import parse_qsl, quote

from fastapi import Depends
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from review.access.viewer import Viewer
from review.pages import redirect_to
from review.queue.facets import TO_DO
from review.queue.queue_view import read_view
from review.queue.visible_queue import open_queue

ORDER_IN_ITEM: Final = re.compile(r"ORD-\w+")


async def sent_form(request: Request) -> FormData:
    """The form of a request."""
    return await request.form()


SentForm = Annotated[FormData, Depends(sent_form)]


def require_item(request: Request, who: Viewer, item_id: str) -> Mapping[str, object]:
    """An item that a user may see.

    Raises:
        HTTPException: 404.
    """
    item = open_queue(request.app.state.desk, who).item(item_id)
    if item is None:
        raise HTTPException(404)
    return item


def item_address(item_id: str, view: str) -> str:
    """The address of an item, come to by a view of the queue."""
    return f"/items/{quote(item_id, safe='')}{'?' if view else ''}{view}"


def go_on(request: Request, who: Viewer, item_id: str, view: str, message: str) -> Response:
    """The same item while something that it asks is open; then the next one."""
    item = open_queue(request.app.state.desk, who).item(item_id)
    if item is None or item["state"] not in TO_DO:
        return go_to_next(request, who, item_id, view, message)
    words = f"{message} Something that this item asks is still open."
    return redirect_to(request, item_address(item_id, view), message=words)


def go_to_next(request: Request, who: Viewer, item_id: str, view: str, message: str) -> Response:
    """The next item of a view that nobody else works on, or the queue if there is none."""
    seen = read_view(parse_qsl(view), viewer=who.name)
    following = open_queue(request.app.state.desk, who).neighbours(seen, item_id).next
    if following:
        message = f"{message} That was {' and '.join(orders_in(item_id))}; the next item is below."
        return redirect_to(request, item_address(following, seen.query), message=message)
    queue = f"/queue{'?' if seen.query else ''}{seen.query}"
    return redirect_to(request, queue, message=f"{message} That was the last item here.")


def orders_in(item_id: str) -> list[str]:
    """The orders that an item is about, by its id."""
    return ORDER_IN_ITEM.findall(item_id)
