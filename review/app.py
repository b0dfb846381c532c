"""The web application: every area of pages, the guard before them, and what is answered when something goes wrong.

Belongs here: putting the desk together. Does not: any page.
"""

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from types import ModuleType

from fastapi import APIRouter, Depends, FastAPI
from prometheus_client import CollectorRegistry
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import BaseRoute, Route

import review.routes
from review.access.attempt_limits import AttemptLimits
from review.access.audit_recorder import AuditRecorder
from review.access.form_protection import check_form
from review.access.oidc import Provider
from review.access.pace import Pace
from review.access.passwords import Passwords
from review.access.security_headers import SecurityHeaders
from review.access.session_store import SessionStore
from review.access.sign_in import PasswordSignIn
from review.dashboards.picture_store import PictureStore
from review.deciding.sent_words import sent_in_words
from review.desk import Desk
from review.desk_settings import DeskSettings
from review.error_pages import HANDLERS, LARGEST_BODY, UnexpectedErrors
from review.item.titles import with_days, within_text
from review.kept_in_memory import KeptInMemory
from review.metrics import Measured
from review.pages import Pages
from review.preparing import keep_prepared
from review.static_files import StaticFiles

SEARCHES_KEPT = 2_000
GUARDS = [Depends(check_form)]


def create_app(desk: Desk, settings: DeskSettings, *, oidc_secret: str | None = None) -> FastAPI:
    """The desk as a web application.

    Each module of `review.routes` brings its `router`, and may bring `navigation`, the links it adds to the navigation.

    Raises:
        MissingStaticFilesError: the npm packages are not installed.
    """
    app = FastAPI(
        title="Concord",
        openapi_url=None,
        dependencies=GUARDS,  # of a route that is added to the application itself
        exception_handlers=HANDLERS,
        lifespan=_lifespan,
    )
    app.state.desk = desk
    app.state.settings = settings
    app.state.sessions = SessionStore(desk, settings)
    app.state.audit_recorder = AuditRecorder(desk)
    app.state.passwords = Passwords(settings)
    app.state.pictures = PictureStore()
    app.state.searches = KeptInMemory[str](SEARCHES_KEPT)
    app.state.password_sign_in = PasswordSignIn(
        desk, app.state.audit_recorder, passwords=app.state.passwords, limits=AttemptLimits(settings)
    )
    app.state.provider = Provider(settings.oidc, origin=settings.origin, secret=oidc_secret) if settings.oidc else None
    app.state.pages = _pages()
    app.state.metrics = CollectorRegistry()
    app.state.pace = Pace(settings, app.state.audit_recorder, app.state.metrics)
    app.router.routes.append(Route("/static/{digest}/{name}", _static_files().serve))
    app.router.routes.extend(_routes())
    # Not by FastAPI’s own setting: that stands outside, and would answer without the headers.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_BODY)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(Measured, registry=app.state.metrics)
    app.add_middleware(SecurityHeaders, settings=settings)
    return app


def _areas() -> tuple[ModuleType, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(review.routes.__path__))
    return tuple(importlib.import_module(f"{review.routes.__name__}.{name}") for name in names)


# What is alike in every desk of a process is made once: FastAPI takes 0.15 s to work out what each page depends on, and
# Jinja as long for the templates of a few pages.
@cache
def _routes() -> tuple[BaseRoute, ...]:
    """The routes of all areas, behind the check of forms."""
    pages = APIRouter(dependencies=GUARDS)
    for area in _areas():
        pages.include_router(area.router)
    return tuple(pages.routes)


@cache
def _pages() -> Pages:
    links = tuple(link for area in _areas() for link in getattr(area, "navigation", ()))
    return Pages(
        _static_files(), links, filters={"in_words": sent_in_words, "within_text": within_text, "with_days": with_days}
    )


@cache
def _static_files() -> StaticFiles:
    return StaticFiles()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    preparing = asyncio.create_task(keep_prepared(app.state.desk, app.state.pages))
    yield
    preparing.cancel()
    with suppress(asyncio.CancelledError):
        await preparing
    app.state.desk.close()
