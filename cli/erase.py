"""`concord erase`: remove one person from all that is kept.

Belongs here: the command. Does not: what goes (`pipelines.erasure`).
"""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.acceptance import ByOption
from cli.options import DEFAULT_HOME, Exit, HomeOption, fail, require_reason
from warehouse.home import Home


def erase(
    subject: Annotated[str, typer.Argument(help="The person's subject id in a release.")],
    reason: Annotated[str, typer.Option(help="Why, without a name: it stays in the audit log.")],
    by: ByOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Erase for good a person whom no source holds any longer: from releases, deliveries, tables, ledger and packs."""
    from cli.acceptance import log_act
    from cli.ledger_access import explain_ledger_errors, place_of
    from ledger.decisions.database import Database
    from pipelines.erasure import NotErasableError, erase_subject
    from warehouse.run_lock import RunUnderWayError

    reason = require_reason(reason)
    with explain_ledger_errors():
        log_act(home, {"kind": "erasure", "subject": subject}, reason=reason, by=by, act="erasure")
        database = Database(place_of(home))
        try:
            said = erase_subject(Home(home.resolve()), subject, database=database, at=datetime.now(UTC))
        except (NotErasableError, RunUnderWayError, LookupError) as error:
            fail(f"{error}; nothing was erased", Exit.FAILED)
        finally:
            database.close()
    typer.echo(json.dumps(said, indent=2))
