"""The page before a decision is saved: what it changes, who looks twice, what changed meanwhile, why it can't be taken.

Belongs here: this page. Does not: taking the decision (`review.routes.new_decisions`).
"""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.decisions.errors import (
    ContradictionError,
    DecisionError,
    DecisionRefusedError,
    RefusedTogetherError,
    ValuesChangedError,
)
from ledger.desk.four_eyes import APPROVAL_REASON
from review.access.viewer import Audit, Viewer
from review.access.visible_release import VisibleRelease
from review.deciding.decider import Decider, Preview
from review.deciding.decision_request import DecisionRequest
from review.deciding.draft_words import describe_changed_since, describe_consequences, describe_drafts
from review.deciding.visible_subject import NotVisibleError, describe_people
from review.desk import Desk, WholeRelease, decidable_night
from review.item.titles import with_titles
from review.item.value_marks import show_hidden
from review.pages import render_page, sentence


def decider_of(request: Request, who: Viewer) -> Decider:
    """Who decides in the name of a user."""
    return Decider(request.app.state.desk, request.app.state.settings, who)


def show_preview(request: Request, who: Viewer, audit: Audit, wanted: DecisionRequest) -> Response:
    """What a request comes to, to be saved or changed; or why it can't be decided so. The look is logged.

    Raises:
        HTTPException: 404: it is about orders that a user may not see.
    """
    desk: Desk = request.app.state.desk
    context: dict[str, Any] = {
        "title": "Check before you save",
        "sent": dict(wanted.fields),
        "count": len(wanted.decisions),
        "action": "/decide/save",
        "back": "/decide/change" if wanted.item_id or wanted.orders else None,
        "way_back_to": _way_back_to(wanted),
        "fingerprints": [],
        "refusals": [],
    }
    try:
        preview = decider_of(request, who).preview(wanted)
    except NotVisibleError:
        raise HTTPException(404) from None
    except ValuesChangedError:
        # What the preview showed is outdated: show how things stand now.
        return show_preview(request, who, audit, replace(wanted, fingerprints=()))
    except (DecisionError, DecisionRefusedError) as error:
        return render_page(request, "deciding/preview.html", status=409, **(context | _refused(wanted, error)))
    audit("consultation", what={"page": "preview", "orders": sorted(preview.orders)})
    context |= _preview_context(preview, wanted, VisibleRelease(desk.whole_release(), who.forces), desk.whole_release())
    if preview.changed is None:
        return render_page(request, "deciding/preview.html", **context)
    now = {"version": (preview.changed.version,), "release_id": (preview.changed.release_id,)}
    context |= {
        "title": "Something has changed since you opened this",
        "changed_since": describe_changed_since(preview.changed, desk.whole_release()),
        "sent": dict(wanted.fields) | now,
    }
    return render_page(request, "deciding/preview.html", status=409, **context)


def _preview_context(
    preview: Preview, wanted: DecisionRequest, visible: VisibleRelease, whole: WholeRelease
) -> dict[str, Any]:
    """What a page says of a decision that can be taken, as far as the viewer sees what would change."""
    return {
        "preview": preview,
        "lines": describe_drafts(
            preview.drafts, preview.decisions, reason_code=wanted.reason_code, comment=wanted.comment
        ),
        "people": describe_people(decidable_night(whole).orders, preview.orders),
        "show_hidden": show_hidden,
        **vars(describe_consequences(preview.drafts, preview.changes, visible, whole)),
        "why": [APPROVAL_REASON[code] for code in preview.why],
        "count": len(preview.drafts),
        "fingerprints": [draft.fingerprint for draft in preview.drafts],
    }


def _way_back_to(wanted: DecisionRequest) -> str | None:
    """Where a page without item or order leads back to: one's own decisions, the wording, or the many chosen from."""
    if wanted.item_id or wanted.orders:
        return None
    view = next(iter(wanted.fields.get("view", ())), "")
    if wanted.decisions and wanted.decisions[0]["kind"] == "wording":
        return f"/wordings/{quote(wanted.decisions[0]['left_handle'], safe='')}"
    is_undo = any(decision["kind"] == "undo" for decision in wanted.decisions)
    return "/decisions/mine" if is_undo else f"/bulk?{view}"


def _refused(wanted: DecisionRequest, error: Exception) -> dict[str, Any]:
    """What a page says of a decision that can't be taken, and whether the one in its way may be replaced."""
    context: dict[str, Any] = {"title": "This decision cannot be saved", "refusals": describe_refusals(error)}
    named = [name for each in _errors(error) if isinstance(each, ContradictionError) for name in each.decision_ids]
    if len(wanted.decisions) == 1 and len(set(named)) == 1 and not wanted.decisions[0].get("replaces"):
        context |= {
            "replaceable": True,
            "action": "/decide/preview",
            "sent": dict(wanted.fields) | {"replaces": (named[0],)},
        }
    return context


def describe_refusals(error: Exception) -> list[str]:
    """Why decisions can't be taken, a sentence each."""
    words = dict.fromkeys(with_titles(str(each)) for each in _errors(error))
    return [sentence(text) for text in words]


def _errors(error: Exception) -> list[Exception]:
    return list(error.refusals.values()) if isinstance(error, RefusedTogetherError) else [error]
