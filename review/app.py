"""The web application: every area of pages, the guard before them, and what is answered when something goes wrong.

Belongs here: putting the desk together. Does not: any page.
"""

import importlib
import logging
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType

from fastapi import Depends, FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import Route

import review.routes
from review.access.attempt_limits import AttemptLimits
from review.access.audit_recorder import AuditRecorder
from review.access.form_protection import check_form
from review.access.oidc import Provider
from review.access.passwords import Passwords
from review.access.security_headers import SecurityHeaders
from review.access.session_store import SessionStore
from review.access.sign_in import PasswordSignIn
from review.dashboards.picture_store import PictureStore
from review.desk import Desk
from review.error_pages import HANDLERS, LARGEST_BODY, UnexpectedErrors
from review.kept_in_memory import KeptInMemory
from review.pages import Pages
from review.settings import DeskSettings
from review.static_files import StaticFiles

log = logging.getLogger("concord.review")

SEARCHES_KEPT = 2_000


def create_app(desk: Desk, settings: DeskSettings, *, oidc_secret: str | None = None) -> FastAPI:
    """The desk as a web application.

    Each module of `review.routes` brings its `router`, and may bring `navigation`, the links it adds to the navigation.

    Args:
        desk: the installation it shows.
        settings: what the installation chose.
        oidc_secret: the desk's secret at the identity provider.

    Raises:
        MissingAssetsError: the npm packages are not installed.
    """
    areas = _areas()
    app = FastAPI(
        title="Concord",
        openapi_url=None,
        dependencies=[Depends(check_form)],
        exception_handlers=HANDLERS,
        lifespan=_lifespan,
    )
    assets = StaticFiles()
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
    app.state.pages = Pages(assets, tuple(link for area in areas for link in getattr(area, "navigation", ())))
    app.router.routes.append(Route("/static/{digest}/{name}", assets.serve))
    for area in areas:
        app.include_router(area.router)
    # Not by FastAPI’s own setting: that stands outside, and would answer without the headers.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_BODY)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(SecurityHeaders, settings=settings)
    return app


def _areas() -> tuple[ModuleType, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(review.routes.__path__))
    return tuple(importlib.import_module(f"{review.routes.__name__}.{name}") for name in names)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.desk.close()
