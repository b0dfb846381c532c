"""What a desk makes before anybody asks, so that the first page of a morning is as fast as the next.

Belongs here: when it is made, and what. Does not: making any of it.
"""

import asyncio
import logging
from typing import Final

import polars as pl

from review.desk import Desk, decidable_night
from review.pages import Pages
from review.queue.visible_queue import items_of

log = logging.getLogger("concord.review")

SECONDS_BETWEEN: Final = 30.0
"""How long a new release may wait to be taken up, if nobody asks for it before."""


async def keep_prepared(desk: Desk, pages: Pages) -> None:
    """Prepare templates once, and each release as it comes, until cancelled."""
    await asyncio.to_thread(pages.prepare)
    while True:
        await asyncio.to_thread(prepare_release, desk)
        await asyncio.sleep(SECONDS_BETWEEN)


def prepare_release(desk: Desk) -> None:
    """Read the release in force and make what the queue and the first item need; what can't be, a page says."""
    try:
        whole = desk.whole_release()
        items_of(whole)
        decidable_night(whole)
    except (LookupError, OSError, pl.exceptions.PolarsError) as error:
        log.info("no release could be prepared: %s", type(error).__name__)
