"""What the database itself holds of the desk, regardless of who asks and by which program."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from ledger.audit import audit_log
from ledger.decisions.database import Database
from ledger.decisions.errors import LedgerError
from ledger.desk.desk_tables import judgements, proposals

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PROPOSAL = {"proposal_id": "P-1", "proposed_by": "kim", "proposed_at": AT, "drafts": "[]", "why": "[]"}
LOGGED = {"sequence": 1, "at": AT, "who": "kim", "act": "consultation", "what": "{}", "previous": "", "digest": "d"}


def put(ledger_url, table, row):
    database = Database(ledger_url)
    try:
        with database.writing() as connection:
            connection.execute(sa.insert(table).values(row))
    finally:
        database.close()


def judged(by, verdict):
    return {"proposal_id": "P-1", "proposed_by": "kim", "judged_by": by, "verdict": verdict, "judged_at": AT}


@pytest.mark.parametrize(
    ("judgement", "is_kept"),
    [
        pytest.param(judged("noor", "approved"), True, id="approved by another"),
        pytest.param(judged("noor", "returned"), True, id="returned by another"),
        pytest.param(judged("kim", "withdrawn"), True, id="withdrawn by who proposed it"),
        pytest.param(judged("kim", "approved"), False, id="approved by who proposed it"),
        pytest.param(judged("noor", "withdrawn"), False, id="withdrawn by another"),
        pytest.param(judged("kim", "approved") | {"proposed_by": "noor"}, False, id="with a forged proposer"),
        pytest.param(judged("noor", "waved through"), False, id="of an unknown verdict"),
        pytest.param(judged("sam", "approved"), False, id="by nobody known"),
    ],
)
def test_nobody_approves_their_own_proposal(ledger, ledger_url, judgement, is_kept):
    put(ledger_url, proposals, PROPOSAL)
    if is_kept:
        put(ledger_url, judgements, judgement)
        with pytest.raises(LedgerError):
            put(ledger_url, judgements, judgement)  # a proposal is judged once
    else:
        with pytest.raises(LedgerError):
            put(ledger_url, judgements, judgement)


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        pytest.param(audit_log, LOGGED, "what", id="the audit log"),
        pytest.param(proposals, PROPOSAL, "drafts", id="a proposal"),
    ],
)
def test_rows_that_are_only_appended_can_not_be_changed(ledger, ledger_url, table, row, column):
    put(ledger_url, table, row)
    for statement in (sa.update(table).values({column: "other"}), sa.delete(table)):
        database = Database(ledger_url)
        with pytest.raises(LedgerError), database.writing() as connection:
            connection.execute(statement)
        database.close()
    with sa.create_engine(ledger_url).connect() as connection:
        assert connection.execute(sa.select(table.c[column])).scalars().all() == [row[column]]
