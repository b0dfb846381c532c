"""A desk without a release and with two pages of its own: what holds of access holds whatever the pages show."""

from typing import Annotated

import sqlalchemy as sa
from fastapi import Form

from ledger.audit import audit_log
from review.access.viewer import AnyAdministrator, AnyApprover, AnySteward, AnyViewer, Auditing
from review.app import create_app


def probed_app(desk, settings, **options):
    """The desk with `/probe/<right>` for each right, a page of a record, and a form that takes a comment."""
    app = create_app(desk, settings, **options)

    @app.get("/probe/see")
    def see(who: AnyViewer):
        return who.name

    @app.get("/probe/decide")
    def decide(who: AnySteward):
        return who.name

    @app.get("/probe/approve")
    def approve(who: AnyApprover):
        return who.name

    @app.get("/probe/administer")
    def administer(who: AnyAdministrator):
        return who.name

    @app.get("/probe/orders/{order_id}")
    def look(order_id: str, who: AnyViewer, audit: Auditing):
        audit("consultation", what={"orders": [order_id]})
        return who.name

    @app.post("/probe/comments")
    def comment(who: AnySteward, comment: Annotated[str, Form()]):
        return {"by": who.name, "comment": comment}

    @app.get("/probe/failure")
    def fail(who: AnyViewer):
        raise ValueError("born 1990-01-01")

    return app


def logged(desk):
    """The audit log as rows of act, who, what, reason."""
    with desk.database.reading() as connection:
        rows = connection.execute(sa.select(audit_log).order_by(audit_log.c.sequence))
        return [(row.act, row.who, row.what, row.reason) for row in rows]
