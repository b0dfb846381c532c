"""Whether the desk is well: for the operator's monitoring, without signing in and without data."""

import hmac
import os

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ledger.decisions.errors import LedgerError
from review.desk import Desk

router = APIRouter()
METRICS_TOKEN = "CONCORD_METRICS_TOKEN"  # noqa: S105  # the name of a variable


@router.get("/health")
def health() -> JSONResponse:
    """200 as long as the desk answers at all."""
    return JSONResponse({"desk": True})


@router.get("/ready")
def ready(request: Request) -> JSONResponse:
    """200 if there is a release and the ledger can be read, else 503; which of the two it is."""
    desk: Desk = request.app.state.desk
    parts = {"release": desk.release_id is not None, "ledger": _has_ledger(desk)}
    return JSONResponse(parts, status_code=200 if all(parts.values()) else 503)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Figures of the desk and of the last run, to who has the token; without one set there is no such page."""
    token = os.environ.get(METRICS_TOKEN, "")
    given = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise HTTPException(404)
    of_last_run = request.app.state.desk.home.metrics
    text = generate_latest(request.app.state.metrics)
    return Response(text + (of_last_run.read_bytes() if of_last_run.exists() else b""), media_type=CONTENT_TYPE_LATEST)


def _has_ledger(desk: Desk) -> bool:
    try:
        with desk.reading():
            return True
    except LedgerError:
        return False
