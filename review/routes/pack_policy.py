"""What goes into packs without a steward: the policy that an approver sets, and the sample that stewards check."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.decisions.errors import DecisionError
from ledger.owners import UnknownOwnerError, find_owner, owner_title
from ledger.packs.policy import LEAST_CONFIDENCE, SAMPLED_SHARE, PolicyTerms
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
TYPED_SHARES: Final = {"least_confidence": ("99.5", LEAST_CONFIDENCE), "sampled_share": ("5", SAMPLED_SHARE)}
"""What is typed as a percentage: an example, and its least and most."""


@router.get("/packs/policy", dependencies=[Depends(viewer)])
def show_policy(request: Request, packs: Packs) -> Response:
    """What may go without a steward, and every policy that was set."""
    return _policy_page(request, packs)


@router.post("/packs/policy")
def set_terms(request: Request, who: AnyApprover, visible: Visible, form: SentForm) -> Response:
    """Let lines be sent without a steward, or stop sending any."""
    desk = request.app.state.desk
    reason, is_on = text(form, "reason"), text(form, "change") != "revoke"
    problems: dict[str, str] = {}
    terms = _terms(form, problems) if is_on else None
    if not reason:
        problems["reason" if is_on else "reason-to-revoke"] = "Enter why: it is logged"
    if not problems:
        try:
            change_policy(desk, who, terms, reason=reason)
        except DecisionError as error:
            problems["reason" if is_on else "reason-to-revoke"] = sentence(error)
    if problems:
        typed = {name: text(form, name) for name in ("owners", *TYPED_SHARES, *(["reason"] if is_on else []))}
        packs = open_packs(request, who, visible)
        return _policy_page(request, packs, typed=typed, fields=texts(form, "fields"), problems=problems)
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


def _terms(form: Any, problems: dict[str, str]) -> PolicyTerms:
    """The terms as they were typed: percentages, and owners by name or code, one a line; what is wrong is added."""
    owners, unknown = [], []
    for line in filter(None, map(str.strip, text(form, "owners").splitlines())):
        try:
            owners.append(find_owner(line))
        except UnknownOwnerError:
            unknown.append(line)
    if unknown:
        words = "Use the name of a force, court, regional unit or the PNC bureau"
        problems["owners"] = f"{words}: on no list: {', '.join(unknown)}"
    shares = {}
    for name, (usual, (least, most)) in TYPED_SHARES.items():
        try:
            shares[name] = round(float(text(form, name).rstrip("% ")) / 100, 6)
        except ValueError:
            shares[name] = -1.0
        if not least <= shares[name] <= most:
            problems[name] = f"Enter a number from {100 * least:g} to {100 * most:g}, such as {usual}"
    return PolicyTerms(tuple(owners), tuple(texts(form, "fields")), **shares)


def _policy_page(
    request: Request,
    packs: VisiblePacks,
    *,
    typed: Mapping[str, str] | None = None,
    fields: Sequence[str] | None = None,
    problems: Mapping[str, str] | None = None,
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
        status=422 if problems else 200,
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
        problems={name: {"text": words} for name, words in (problems or {}).items()},
        errors=[{"text": words, "href": f"#{name}"} for name, words in (problems or {}).items()],
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
