"""The least rights on a ledger in PostgreSQL: enough for nights and desk, and none to change what was decided."""

import pytest
import sqlalchemy as sa
from ledger_cases import BY_KIM, HOME, START, value
from papers import ROOT

from ledger.audit import Entry, append
from ledger.decisions.database import Database
from ledger.decisions.errors import LedgerError
from ledger.decisions.ledger import Ledger
from ledger.decisions.metadata import metadata
from ledger.desk.sessions import end_session, forget_sessions, start_session

RIGHTS = (ROOT / "deploy" / "ledger-rights.sql").read_text(encoding="utf-8")
ROLE = "concord_service"


@pytest.fixture
def owner_url(postgres):
    """A ledger whose service has a role of its own; the role goes with the server."""
    url = sa.make_url(postgres())
    ledger, _ = Ledger.create(str(url), HOME)
    ledger.add_user("kim")
    ledger.close()
    engine = sa.create_engine(url)
    schema = url.query["options"].rpartition("=")[2]
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP ROLE IF EXISTS {ROLE}")
        connection.exec_driver_sql(f"CREATE ROLE {ROLE} LOGIN")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {ROLE}")
        connection.exec_driver_sql(RIGHTS.replace(" TO concord", f" TO {ROLE}"))
    yield url
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {ROLE}")
        connection.exec_driver_sql(f"DROP ROLE {ROLE}")
    engine.dispose()


@pytest.fixture
def service(owner_url):
    made = Database(owner_url.set(username=ROLE).render_as_string(hide_password=False))
    yield made
    made.close()


def test_the_service_decides_logs_and_keeps_sessions(service, owner_url):
    with Ledger.open(owner_url.set(username=ROLE).render_as_string(), HOME) as ledger:
        ledger.decide(value("ORD-1", "sex", "M"), BY_KIM)
        assert ledger.read().height == 1
    with service.writing() as connection:
        append(connection, [Entry(START, "kim", "consultation", {"orders": ["ORD-1"]})])
        start_session(connection, "digest", name="kim", at=START)
        end_session(connection, "digest", at=START)
        forget_sessions(connection, seen_before=START.replace(year=2030))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decisions SET value = 'F'",
        "DELETE FROM decisions",
        "TRUNCATE decisions",
        "DELETE FROM decision_marks",
        "UPDATE audit_log SET who = 'noor'",
        "DELETE FROM audit_log",
        "ALTER TABLE decisions DISABLE TRIGGER ALL",
        "DROP TABLE decisions",
    ],
)
def test_the_service_has_no_right_to_change_what_was_decided_or_logged(service, statement):
    with pytest.raises(LedgerError) as refused, service.writing() as connection:
        connection.exec_driver_sql(statement)
    said = str(refused.value.__cause__)
    assert "permission denied" in said or "must be owner" in said
    assert "act as the role that owns the tables" in str(refused.value)


def test_the_service_may_number_rows_wherever_the_database_does(service):
    ours = "SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()"
    may = sa.text("SELECT has_sequence_privilege(CAST(:name AS text), 'USAGE')")
    with service.reading() as connection:
        names = connection.exec_driver_sql(ours).scalars().all()
        assert names
        assert all(connection.execute(may, {"name": name}).scalar_one() for name in names)


def test_every_table_of_the_ledger_has_its_rights():
    named = RIGHTS.replace(",", " ").split()
    assert [table.name for table in metadata.sorted_tables if table.name not in named] == []
