"""Whether the desk is well: for the operator's monitoring, without signing in and without data."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from ledger.decisions.errors import LedgerError
from review.desk import Desk

router = APIRouter()


@router.get("/health")
def health(request: Request) -> JSONResponse:
    """200 if there is a release and the ledger can be read, else 503; which of the two it is."""
    desk: Desk = request.app.state.desk
    parts = {"release": desk.release_id is not None, "ledger": _has_ledger(desk)}
    return JSONResponse(parts, status_code=200 if all(parts.values()) else 503)


def _has_ledger(desk: Desk) -> bool:
    try:
        with desk.reading():
            return True
    except LedgerError:
        return False
