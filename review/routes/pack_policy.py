"""What goes into packs without a steward: the policy that an approver sets, and the sample that stewards check."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.decisions.errors import DecisionError
from ledger.packs.owners import UnknownOwnerError, find_owner, owner_title
from ledger.packs.policy import PolicyTerms
from review.access.viewer import AnyApprover, AnySteward, Audit, Auditing, steward, viewer
from review.access.visible_release import Visible
from review.deciding.decision_request import text, texts
from review.deciding.item_navigation import SentForm
from review.packs import pack_tables
from review.packs.policy_words import describe_policy
from review.packs.visible_packs import Packs, VisiblePacks, change_policy, check_line, open_packs
from review.pages import redirect_to, render_page, sentence
from warehouse.tables.titles import FIELD_TITLES

router = APIRouter()

SHOWN: Final = 50
LEAST_TYPED: Final = {"least_confidence": "99.5", "sampled_share": "5"}


@router.get("/packs/policy", dependencies=[Depends(viewer)])
def show_policy(request: Request, packs: Packs) -> Response:
    """What may go without a steward, and every policy that was set."""
    return _policy_page(request, packs)


@router.post("/packs/policy")
def set_terms(request: Request, who: AnyApprover, visible: Visible, form: SentForm) -> Response:
    """Let lines be sent without a steward, or stop sending any."""
    desk = request.app.state.desk
    reason, is_on = text(form, "reason"), text(form, "change") != "revoke"
    try:
        terms = _terms(form) if is_on else None
        change_policy(desk, who, terms, reason=reason)
    except (DecisionError, UnknownOwnerError, ValueError) as error:
        typed = {name: text(form, name) for name in ("owners", *LEAST_TYPED, "reason")}
        fields = texts(form, "fields")
        packs = open_packs(request, who, visible)
        return _policy_page(request, packs, typed=typed, fields=fields, problem=sentence(error))
    words = "The policy is in force." if is_on else "The policy is revoked: nothing more is sent without a steward."
    return redirect_to(request, "/packs/policy", message=words)


@router.get("/packs/sample", dependencies=[Depends(steward)])
def show_sample(request: Request, packs: Packs, audit: Auditing) -> Response:
    """The lines that a steward checks before the policy lets them go."""
    return _sample_page(request, packs, audit)


@router.post("/packs/sample")
def check(request: Request, who: AnySteward, packs: Packs, audit: Auditing, form: SentForm) -> Response:
    """Record whether the register is right about a line of the sample."""
    desk = request.app.state.desk
    reference, verdict = text(form, "reference"), text(form, "verdict")
    if not verdict:
        return _sample_page(request, packs, audit, unanswered=reference)
    try:
        is_there = check_line(desk, packs, who, reference=reference, verdict=verdict, comment=text(form, "comment"))
    except DecisionError as error:
        raise HTTPException(422) from error
    words = "Your finding is recorded." if is_there else "This line is no longer to be checked. Nothing was recorded."
    return redirect_to(request, "/packs/sample", message=words, tone="success" if is_there else "warning")


def _terms(form: Any) -> PolicyTerms:
    """The terms as they were typed: percentages, and owners by name or code, one a line.

    Raises:
        DecisionError: a percentage can't be read.
        UnknownOwnerError: an owner is on no list.
    """
    owners = tuple(find_owner(line) for line in text(form, "owners").splitlines() if line.strip())
    try:
        least, share = (float(text(form, name).rstrip("% ")) / 100 for name in LEAST_TYPED)
    except ValueError as error:
        raise DecisionError("enter both percentages as numbers, such as 99.5") from error
    return PolicyTerms(owners, tuple(texts(form, "fields")), round(least, 6), round(share, 6))


def _policy_page(
    request: Request,
    packs: VisiblePacks,
    *,
    typed: Mapping[str, str] | None = None,
    fields: Sequence[str] | None = None,
    problem: str | None = None,
) -> Response:
    terms = packs.policy.terms if packs.policy else PolicyTerms()
    chosen = terms.fields if fields is None else fields
    given = {
        "owners": "\n".join(map(owner_title, terms.owners)),
        "least_confidence": f"{100 * terms.least_confidence:g}",
        "sampled_share": f"{100 * terms.sampled_share:g}",
    }
    return render_page(
        request,
        "packs/policy.html",
        status=422 if problem else 200,
        words=describe_policy(packs.policy),
        measured=str(packs.errors),
        is_on=packs.policy is not None,
        typed=given | dict(typed or {}),
        fields=[
            {"value": name, "text": title, "checked": name in chosen}
            for name, title in sorted(FIELD_TITLES.items(), key=lambda pair: pair[1])
        ],
        sheet=pack_tables.policies_table(packs.policies),
        agreement=pack_tables.agreement_table(packs.agreement),
        errors=[{"text": problem, "href": "#owners"}] if problem else [],
    )


def _sample_page(request: Request, packs: VisiblePacks, audit: Audit, *, unanswered: str = "") -> Response:
    lines = packs.to_check
    shown = lines.head(SHOWN)
    audit("consultation", what={"page": "sample", "orders": shown.get_column("order_id").unique().sort().to_list()})
    place = next((at for at, name in enumerate(shown.get_column("reference"), 1) if name == unanswered), 1)
    words = "Say whether the register is right"
    return render_page(
        request,
        "packs/sample.html",
        status=422 if unanswered else 200,
        total=lines.height,
        lines=shown.to_dicts(),
        measured=str(packs.errors),
        unanswered=unanswered,
        errors=[{"text": words, "href": f"#verdict-{place}"}] if unanswered else [],
    )
