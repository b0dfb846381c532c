"""Packs: what owners are asked to correct, on whose authority, what they answered and what became of it."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import polars as pl
from fastapi import APIRouter, Depends, File, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from ledger.decisions.errors import DecisionError
from ledger.owners import title_or_none
from ledger.packs.routing import IS_DISPUTED, ROUTES
from ledger.packs.workbook import TooManyLinesError
from review.access.viewer import AnySteward, AnyViewer, Audit, Auditing, steward, viewer
from review.dashboards.panels import PanelTable
from review.deciding.decision_request import text
from review.deciding.item_navigation import SentForm
from review.packs import pack_tables
from review.packs.answer_file import AnswerFileError
from review.packs.policy_words import describe_policy
from review.packs.visible_packs import (
    Packs,
    VisiblePacks,
    find_pack_file,
    hand_out_visible,
    take_in_answers,
)
from review.pages import NavigationLink, end_links, page_of, redirect_to, render_page, sentence, shown_problems
from warehouse.wording import count_words

router = APIRouter()
navigation = (NavigationLink("Packs", "/packs", "see", 25),)

PAGE_LENGTH: Final = 50
DISPUTED: Final = "disputed"
"""Asks for the lines that are kept back since their owner disagrees: the only ones that ask a steward to look."""
PACK_LINES: Final = {"page": "pack lines"}
TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@router.get("/packs")
def show_packs(request: Request, who: AnyViewer, packs: Packs) -> Response:
    """What could be sent to whom, what was handed out, who answers how well."""
    return render_page(
        request,
        "packs/packs.html",
        packs=packs,
        words=describe_policy(packs.policy),
        owners=pack_tables.owners_table(packs),
        answering=pack_tables.answering_table(packs),
        handed_out=pack_tables.handed_out_table(packs),
        waiting=packs.lines.waiting.height,
        to_check=packs.to_check.height,
        disputed=packs.lines.every.filter(IS_DISPUTED).height,
        own_forces=who.forces,
    )


@router.get("/packs/lines", dependencies=[Depends(viewer)])
def show_lines(
    request: Request,
    packs: Packs,
    audit: Auditing,
    *,
    route: str = "",
    key: str = "",
    number: int = 1,
) -> Response:
    """Every line that could be asked for, by route, and by the key of a record, an order or a line."""
    found = packs.lines.every.filter(_is_meant(route, key.strip()))
    choices = [{"value": "", "text": "All", "selected": not route}] + [
        {"value": name, "text": pack_tables.ROUTE_TITLES[name], "selected": name == route}
        for name in (*ROUTES, DISPUTED)
    ]
    return render_page(
        request,
        "packs/lines.html",
        choices=choices,
        key=key,
        total=found.height,
        **_paged(audit, found, f"/packs/lines?{urlencode({'route': route, 'key': key})}&", number),
    )


@router.get("/packs/owners/{owner}", dependencies=[Depends(viewer)])
def show_owner(request: Request, packs: Packs, audit: Auditing, owner: str, number: int = 1) -> Response:
    """What an owner would be sent now, and what they were."""
    return _owner_page(request, packs, audit, owner, number=number)


@router.post("/packs/owners/{owner}")
def hand_out(request: Request, who: AnySteward, packs: Packs, audit: Auditing, form: SentForm, owner: str) -> Response:
    """Hand an owner's pack out: it is logged, and its files can be fetched."""
    desk = request.app.state.desk
    typed = {name: text(form, name) for name in ("recipient", "reason")}
    problems = {name: f"Enter {words}" for name, words in ASKED.items() if not typed[name]}
    if problems or _routed(packs, "steward", "policy", owner=owner).is_empty():
        return _owner_page(request, packs, audit, owner, typed=typed, problems=problems)
    try:
        name = hand_out_visible(desk, packs, who, owner=owner, **typed)
    except (DecisionError, TooManyLinesError, OSError) as error:
        words = "The files can’t be written" if isinstance(error, OSError) else str(error)
        return _owner_page(request, packs, audit, owner, typed=typed, problems={"reason": words})
    return redirect_to(request, f"/packs/handed-out/{name}", message="The pack was handed out and logged.")


@router.get("/packs/handed-out/{disclosure_id}", dependencies=[Depends(viewer)])
def show_pack(request: Request, packs: Packs, audit: Auditing, disclosure_id: str, number: int = 1) -> Response:
    """A pack that was handed out: its lines, the answers, what became of each."""
    return _pack_page(request, packs, audit, disclosure_id, number=number)


@router.get("/packs/handed-out/{disclosure_id}/pack.{suffix}", dependencies=[Depends(steward)])
def fetch_file(request: Request, packs: Packs, audit: Auditing, disclosure_id: str, suffix: str) -> Response:
    """The workbook or the CSV file of a pack; fetching it is logged as a disclosure."""
    if disclosure_id not in packs.whole or suffix not in TYPES:
        raise HTTPException(404)
    path = find_pack_file(request.app.state.desk, disclosure_id, suffix)
    if path is None:
        raise HTTPException(410, "This pack was not made at the desk, or its files have been removed.")
    audit("disclosure", what={"disclosure": disclosure_id, "file": suffix})
    return FileResponse(path, media_type=TYPES[suffix], filename=path.name)


@router.post("/packs/handed-out/{disclosure_id}/answers")
def take_answers(
    request: Request,
    who: AnySteward,
    packs: Packs,
    audit: Auditing,
    disclosure_id: str,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Take in a pack that came back; if any cell can't be taken, all are listed and nothing is recorded."""
    desk = request.app.state.desk
    content = file.file.read() if file is not None else b""
    if packs.pack(disclosure_id).is_empty():
        raise HTTPException(404)
    if not content:
        return _pack_page(request, packs, audit, disclosure_id, problem="Choose the workbook that came back.")
    try:
        read, new = take_in_answers(desk, packs, who, disclosure_id=disclosure_id, content=content)
    except (AnswerFileError, DecisionError) as error:
        return _pack_page(request, packs, audit, disclosure_id, problem=sentence(error))
    if read.faults:
        words = "Some cells can’t be taken. Nothing was recorded."
        return _pack_page(request, packs, audit, disclosure_id, problem=words, faults=read.faults)
    known = read.answers.height - new
    again = f" {known:,} of them had been taken in before." if known else ""
    message = f"{count_words(read.answers.height, 'line is', 'lines are')} answered.{again}"
    return redirect_to(request, f"/packs/handed-out/{disclosure_id}", message=message)


ASKED: Final = {"recipient": "who receives the pack", "reason": "why it is disclosed"}


def _owner_page(
    request: Request,
    packs: VisiblePacks,
    audit: Audit,
    owner: str,
    *,
    number: int = 1,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    title = title_or_none(owner)
    if title is None:
        raise HTTPException(404)
    ready = _routed(packs, "steward", "policy", owner=owner)
    counts = {name: _routed(packs, name, owner=owner).height for name in ROUTES}
    return render_page(
        request,
        "packs/owner.html",
        owner=owner,
        owner_title=title,
        ready=ready.height,
        counts=counts,
        route_titles=pack_tables.ROUTE_TITLES,
        handed_out=pack_tables.handed_out_table(packs, owner),
        typed=typed or {"recipient": title},
        **shown_problems(problems),
        **_paged(audit, ready, f"/packs/owners/{owner}?", number),
    )


def _pack_page(
    request: Request, packs: VisiblePacks, audit: Audit, disclosure_id: str, *, number: int = 1, **context: Any
) -> Response:
    lines = packs.pack(disclosure_id)
    if lines.is_empty():
        raise HTTPException(404)
    named = packs.disclosures.row(by_predicate=pl.col("disclosure_id") == disclosure_id, named=True)
    files = [suffix for suffix in TYPES if find_pack_file(request.app.state.desk, disclosure_id, suffix)]
    problem = context.get("problem")
    return render_page(
        request,
        "packs/pack.html",
        status=422 if problem else 200,
        pack=named,
        owner_title=title_or_none(named["owner"]) or named["owner"],
        is_whole=disclosure_id in packs.whole,
        files=files if disclosure_id in packs.whole else [],
        total=lines.height,
        errors=[{"text": problem, "href": "#file"}] if problem else [],
        **_paged(
            audit,
            lines,
            f"/packs/handed-out/{disclosure_id}?",
            number,
            table=pack_tables.pack_table,
            logged={"page": "pack", "disclosure": disclosure_id},
        ),
        **context,
    )


def _paged(
    audit: Auditing,
    lines: pl.DataFrame,
    address: str,
    number: int,
    *,
    table: Callable[[pl.DataFrame], PanelTable] = pack_tables.lines_table,
    logged: Mapping[str, str] = PACK_LINES,
) -> dict[str, Any]:
    """A page of lines, and the addresses of those before and after it; looking at it is logged."""
    shown, here, pages = page_of(lines, number, PAGE_LENGTH)
    audit("consultation", what={**logged, "orders": shown.get_column("order_id").unique().sort().to_list()})
    return {"sheet": table(shown), "pagination": end_links(here, pages, f"{address}number=")}


def _routed(packs: VisiblePacks, *routes: str, owner: str | None = None) -> pl.DataFrame:
    lines = packs.lines.every.filter(pl.col("route").is_in(routes))
    return lines if owner is None else lines.filter(pl.col("owner") == owner)


def _is_meant(route: str, key: str) -> pl.Expr:
    is_routed = (
        pl.col("route") == route if route in ROUTES else IS_DISPUTED if route == DISPUTED else pl.lit(value=True)
    )
    keys = ("reference", "source_key", "owner")
    holds = (pl.col(name).str.contains(key, literal=True).fill_null(value=False) for name in keys)
    return is_routed & pl.any_horizontal(holds) if key else is_routed
