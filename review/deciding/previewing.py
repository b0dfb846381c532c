"""The page before a decision is saved: what it changes, who looks twice, what changed meanwhile, why it can't be taken.

Belongs here: this page. Does not: taking the decision (`review.routes.decide`).
"""

from dataclasses import replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.decisions.decidable import Present
from ledger.decisions.errors import (
    ContradictionError,
    DecisionError,
    DecisionRefusedError,
    RefusedTogetherError,
    ValuesChangedError,
)
from ledger.desk.four_eyes import REASON
from review.access.viewer import Viewer
from review.deciding.decider import Considered, Decider
from review.deciding.night import present_of
from review.deciding.sight import UnseenError
from review.deciding.wishes import Wish
from review.deciding.words import holding_forces, tell_changes, tell_drafts, tell_meanwhile
from review.desk import Desk
from review.pages import page


def decider_of(request: Request, who: Viewer) -> Decider:
    """Who decides in the name of somebody."""
    return Decider(request.app.state.desk, request.app.state.settings, who)


def show_preview(request: Request, who: Viewer, wish: Wish) -> Response:
    """What a wish comes to, to be saved or changed; or why it can't be decided so.

    Raises:
        HTTPException: 404: it is about orders that somebody may not see.
        LedgerError: the ledger is down.
    """
    desk: Desk = request.app.state.desk
    context: dict[str, Any] = {
        "title": "Check before you save",
        "sent": dict(wish.fields),
        "count": len(wish.asked),
        "action": "/decide/save",
        "back": "/decide/change" if wish.item_id else None,
        "fingerprints": [],
        "refusals": [],
    }
    try:
        considered = decider_of(request, who).consider(wish)
    except UnseenError:
        raise HTTPException(404) from None
    except ValuesChangedError:
        # What the preview showed is outdated: show how things stand now.
        return show_preview(request, who, replace(wish, fingerprints=()))
    except (DecisionError, DecisionRefusedError) as error:
        return page(request, "deciding/preview.html", status=409, **(context | _refused(wish, error)))
    context |= _considered(considered, wish, present_of(desk.snapshot()))
    if considered.meanwhile is None:
        return page(request, "deciding/preview.html", **context)
    now = {"version": (considered.meanwhile.version,), "release_id": (considered.meanwhile.release_id,)}
    context |= {
        "title": "Something changed meanwhile",
        "meanwhile": tell_meanwhile(considered.meanwhile, desk.snapshot(), present_of(desk.snapshot())),
        "sent": dict(wish.fields) | now,
    }
    return page(request, "deciding/preview.html", status=409, **context)


def _considered(considered: Considered, wish: Wish, present: Present) -> dict[str, Any]:
    """What a page says of a decision that can be taken."""
    return {
        "considered": considered,
        "lines": tell_drafts(considered.drafts, reason_code=wish.reason_code, comment=wish.comment),
        "changes": tell_changes(considered.changes),
        "forces": holding_forces(considered.changes, present),
        "why": [REASON[code] for code in considered.why],
        "count": len(considered.drafts),
        "fingerprints": [draft.fingerprint for draft in considered.drafts],
    }


def _refused(wish: Wish, error: Exception) -> dict[str, Any]:
    """What a page says of a decision that can't be taken, and whether the one in its way may be replaced."""
    context: dict[str, Any] = {"title": "This can't be decided so", "refusals": tell_refusals(error)}
    named = [name for told in _errors(error) if isinstance(told, ContradictionError) for name in told.decision_ids]
    if len(wish.asked) == 1 and len(set(named)) == 1 and not wish.asked[0].get("replaces"):
        context |= {
            "replaceable": True,
            "action": "/decide/preview",
            "sent": dict(wish.fields) | {"replaces": (named[0],)},
        }
    return context


def tell_refusals(error: Exception) -> list[str]:
    """Why decisions can't be taken, a sentence each."""
    words = dict.fromkeys(map(str, _errors(error)))
    return [f"{told[:1].upper()}{told[1:]}." for told in words]


def _errors(error: Exception) -> list[Exception]:
    return list(error.refusals.values()) if isinstance(error, RefusedTogetherError) else [error]
