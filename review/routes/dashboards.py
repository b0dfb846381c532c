"""Dashboards: the night, who is bound, the work, the quality of the data, what expires."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from expectations.workload import weekly_pace
from ledger.decisions.errors import LedgerError
from review.access.viewer import AnyViewer, Auditing, Viewer
from review.access.visible_release import Visible
from review.dashboards.expiry_panels import PAGE_LENGTH, find_expiries, list_expiries, summarise_expiries
from review.dashboards.in_force_panels import describe_in_force, in_force_panels, orders_shown
from review.dashboards.night_panels import night_panels, state_words
from review.dashboards.panels import Panel
from review.dashboards.picture_store import PictureStore
from review.dashboards.prohibition_panels import prohibition_panels
from review.dashboards.quality_panels import LEGEND, MEASURE, SCOPE, league_panels, name_of, read_scores, trend_panels
from review.dashboards.reliability_panels import LEAD, reliability_panels
from review.dashboards.settle_panel import settle_panel
from review.dashboards.workload_panels import decided_panels, open_panels, read_recent_decisions
from review.desk import Desk
from review.item.titles import title_of
from review.pages import NavigationLink, end_links, page_of, render_page
from review.queue.facets import NOT_KNOWN
from review.queue.visible_queue import open_queue
from review.static_files import TYPES
from warehouse.tables.register import SOURCE_RELIABILITY
from warehouse.time_zone import day_in_london

router = APIRouter()
navigation = (NavigationLink("Dashboards", "/dashboards", "see", 50),)

PAGES: Final = (
    ("The night", "/dashboards"),
    ("In force", "/dashboards/in-force"),
    ("Work", "/dashboards/work"),
    ("Quality", "/dashboards/quality"),
    ("Errors of sources", "/dashboards/reliability"),
    ("Expiries", "/dashboards/expiries"),
    ("Prohibitions", "/dashboards/prohibitions"),
)


@router.get("/dashboards")
def show_night(request: Request, who: AnyViewer, visible: Visible) -> Response:
    """How the night went."""
    panels = visible.keep("night", lambda: night_panels(visible))
    return _shown(request, "The night", panels, who, lead=state_words(visible))


@router.get("/dashboards/in-force")
def show_in_force(request: Request, who: AnyViewer, visible: Visible, audit: Auditing) -> Response:
    """Who is bound by what on the night of the release."""
    audit("consultation", what={"page": "in force", "orders": orders_shown(visible)})
    pictures: PictureStore = request.app.state.pictures
    panels = visible.keep("in force", lambda: in_force_panels(visible, pictures))
    return _shown(request, "In force", panels, who, lead=describe_in_force(visible))


@router.get("/dashboards/work")
def show_work(request: Request, who: AnyViewer, visible: Visible) -> Response:
    """What is open, and what was decided of late."""
    desk: Desk = request.app.state.desk
    pictures: PictureStore = request.app.state.pictures
    items = open_queue(desk, who).rows
    panels = open_panels(items, pictures, forces=who.forces)
    try:
        done = read_recent_decisions(desk, visible)
    except LedgerError:
        request.state.is_read_only = True
        panels = (settle_panel(items, None), *panels)
        return _shown(request, "Work", panels, who, lead="What was decided can’t be shown while the ledger is down.")
    today = day_in_london(desk.clock())
    more = decided_panels(done, pictures, today=today, forces=who.forces, by_steward=who.may("decide"))
    settle = settle_panel(items, weekly_pace(done.decisions, today=today))
    return _shown(request, "Work", (settle, *panels, *more), who)


@router.get("/dashboards/reliability")
def show_reliability(request: Request, who: AnyViewer, visible: Visible) -> Response:
    """How often each source is wrong in each field."""
    if who.forces is not None:
        words = (
            "These estimates are made from the orders of all forces: only accounts that see all of them are shown any."
        )
        return _shown(request, "Errors of sources", (), who, lead=words)
    pictures, estimates = request.app.state.pictures, visible.table(SOURCE_RELIABILITY.name)
    panels = visible.keep("reliability", lambda: reliability_panels(estimates, pictures))
    return _shown(request, "Errors of sources", panels, who, lead=LEAD)


@router.get("/dashboards/quality")
def show_quality(request: Request, who: AnyViewer, visible: Visible, dimension: str = "completeness") -> Response:
    """The scores of the release in one dimension."""
    if dimension not in MEASURE:
        raise HTTPException(404)
    pictures: PictureStore = request.app.state.pictures
    scores = read_scores(request.app.state.desk, who.forces)
    panels = visible.keep(f"quality {dimension}", lambda: league_panels(scores, dimension, pictures, forces=who.forces))
    measure = MEASURE[dimension]
    dimensions = [{"value": name, "text": name.capitalize(), "selected": name == dimension} for name in MEASURE]
    lead = f"{dimension.capitalize()}: {measure.formula}. {measure.limits}"
    return _shown(
        request, "Quality", panels, who, lead=lead, dimensions=dimensions, legend=LEGEND, left_out=scores.left_out
    )


@router.get("/dashboards/quality/{scope}/{key}")
def show_trend(request: Request, who: AnyViewer, scope: str, key: str) -> Response:
    """How the scores of one source, region or force moved."""
    pictures: PictureStore = request.app.state.pictures
    scores = read_scores(request.app.state.desk, who.forces)
    panels = trend_panels(scores, scope, key, pictures, forces=who.forces)
    if scope not in SCOPE or not panels:
        raise HTTPException(404)
    name = name_of(scores.series(scope, key, panels[0].key))
    title = f"Quality: {name}"
    lead = SCOPE[scope].summary
    return _shown(request, title, panels, who, lead=lead, legend=LEGEND, left_out=scores.left_out, is_below=True)


@router.get("/dashboards/expiries")
def show_expiries(
    request: Request, who: AnyViewer, visible: Visible, audit: Auditing, force: str | None = None, number: int = 1
) -> Response:
    """Orders that end within the next 90 days."""
    pictures: PictureStore = request.app.state.pictures
    every = visible.keep("expiries", lambda: find_expiries(visible))
    chosen = every.of_force(force or None)
    shown, here, pages = page_of(chosen.orders, number, PAGE_LENGTH)
    audit("consultation", what={"page": "expiries", "orders": shown.get_column("order_id").to_list()})
    choices = [{"value": "", "text": "All forces", "selected": not force}] + [
        {
            "value": code,
            "text": f"{'Not known' if code == NOT_KNOWN else title_of('force_code', code)} ({count:,})",
            "selected": code == force,
        }
        for code, count in every.forces.items()
    ]
    of_force = f"force={force}&" if force else ""
    return _shown(
        request,
        "Expiries",
        (*summarise_expiries(chosen, pictures, forces=who.forces), list_expiries(shown)),
        who,
        choices=choices,
        pagination=end_links(here, pages, f"/dashboards/expiries?{of_force}number="),
    )


@router.get("/dashboards/prohibitions")
def show_prohibitions(request: Request, who: AnyViewer, visible: Visible, q: str = "", code: str = "") -> Response:
    """The library of prohibitions: use and wordings of the conditions of the catalogue."""
    panels = prohibition_panels(visible, search=q.strip(), code=code, may_name=who.may("decide"))
    return _shown(request, "Prohibitions", panels, who, searched=q)


@router.get("/dashboards/pictures/{name}.svg")
def show_picture(request: Request, who: AnyViewer, name: str) -> Response:
    """A picture of a dashboard; its page has the figures as a table."""
    pictures: PictureStore = request.app.state.pictures
    svg = pictures.svg(name, forces=who.forces)
    if svg is None:
        raise HTTPException(404)
    return Response(svg, media_type=TYPES[".svg"])


def _shown(
    request: Request, title: str, panels: Sequence[Panel], who: Viewer, *, lead: str = "", **context: Any
) -> Response:
    scope = None if who.forces is None else [title_of("force_code", code) for code in sorted(who.forces)]
    return render_page(
        request,
        "dashboards/dashboard.html",
        title=title,
        panels=panels,
        lead=lead,
        pages=[{"text": text, "href": href, "is_here": _is_here(request.url.path, href)} for text, href in PAGES],
        own_forces=scope,
        **context,
    )


def _is_here(path: str, href: str) -> bool:
    return path == href or (href != PAGES[0][1] and path.startswith(f"{href}/"))
