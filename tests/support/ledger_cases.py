"""Decisions to try things on."""

import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from ledger.decisions.database import Database
from ledger.decisions.decidable import Present
from ledger.decisions.decision import Draft, Sighting, Signature, sign
from ledger.decisions.kinds import KINDS_WITH_REASONS
from ledger.packs.metadata import sending_policies
from ledger.packs.policy import PolicyTerms, SendingPolicy
from ledger.packs.sample import read_verdicts, record_check
from warehouse.home import Home
from warehouse.tables.core import CORE_ORDERS
from warehouse.tables.ledger import DECISIONS
from warehouse.tables.register import DISCREPANCIES, ID_REDIRECTS, ORDER_SOURCES, ORDERS

HOME = Home(Path(tempfile.mkdtemp(prefix="ledger-")))
"""Whose key marks the decisions of ledgers that belong to no installation."""

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
BY_KIM = Signature("kim", "document_seen", "seen in the court file")
MISTAKE = Signature("kim", "mistake")
NEEDS_DOCUMENT = Signature("kim", "needs_document")
OWN_SIGNATURES = {"undo": MISTAKE} | dict.fromkeys(KINDS_WITH_REASONS, NEEDS_DOCUMENT)


def pair(kind, left, right, **more):
    left, right = sorted((left, right))
    return Draft(kind=kind, left_handle=left, right_handle=right, **more)


def value(order_id, field, decided, **more):
    return Draft(kind="value", order_id=order_id, field=field, value=decided, **more)


def conflict(kind, order_id="ORD-1", *, observed="a", expected="b", rule="end_differs", **more):
    seen = (Sighting("observed", "end_on", observed), Sighting("expected", "end_on", expected))
    needed = {
        "accept": {"accepted_until": date(2026, 12, 31)},
        "refer": {"referred_to": "pnc_bureau"},
    }
    return Draft(
        kind=kind,
        order_id=order_id,
        field="end_on",
        rule_code=rule,
        source="pnc",
        seen=seen,
        **(needed.get(kind, {}) | more),
    )


def policy_of(**terms):
    """A sending policy that lets everything go that the register is sure of, unless its terms say otherwise."""
    default = {"sampled_share": 0.0}
    return SendingPolicy("POL-1", True, PolicyTerms(**(default | terms)), "x", "approver", START)


def let_go(ledger, *, least_confidence=0.995):
    """Put that policy in force without asking an approver."""
    row = {"policy_id": "POL-1", "is_on": True, "owners": "[]", "fields": "[]", "least_confidence": least_confidence}
    row |= {"sampled_share": 0.0, "reason": "x", "set_by": "kim", "set_at": START}
    with ledger.database.writing() as connection:
        connection.execute(sa.insert(sending_policies).values(**row))


def undo(decision_id):
    return Draft(kind="undo", replaces=decision_id)


def rows(*drafts, by=BY_KIM, start=START):
    """Rows of the ledger as if these had been decided a minute apart, without any judgement."""
    signed = [
        sign(draft, OWN_SIGNATURES.get(draft.kind, by), at=start + timedelta(minutes=place))
        for place, draft in enumerate(drafts)
    ]
    return pl.DataFrame(signed, schema=DECISIONS.schema)


class Clock:
    """A clock that goes a second on each time it is looked at, and can be set."""

    def __init__(self, moment=START):
        self.moment = moment

    def __call__(self):
        self.moment += timedelta(seconds=1)
        return self.moment


def records(*given):
    """Order records in their core shape: (record id, columns)."""
    plain = {"is_birth_placeholder": False, "row_number": 1, "delivery_id": "d", "file_name": "f"}
    rows = [
        plain | {"record_id": name, "source": name.split(":")[0], "source_key": name.split(":", 1)[1]} | columns
        for name, columns in given
    ]
    return pl.DataFrame(rows, schema=CORE_ORDERS.schema)


def owners(**orders):
    """`record_id`, `order_id`, `subject_id`: records by order; `subject__order` names the subject too."""
    rows = [
        {"record_id": name, "order_id": order.split("__")[-1], "subject_id": f"SUB-{order.split('__')[0]}"}
        for order, names in orders.items()
        for name in names
    ]
    return pl.DataFrame(rows, schema={"record_id": pl.String, "order_id": pl.String, "subject_id": pl.String})


def redirects(*moves):
    return pl.DataFrame(moves, schema={"old_id": pl.String, "new_id": pl.String}, orient="row")


def discrepancies(*given):
    plain = {"rule_code": "end_differs", "field": "end_on", "source": "pnc", "source_key": "1", "order_id": "ORD-1"}
    more = {"first_seen_on": date(2026, 11, 1), "discrepancy_id": "d"}
    return pl.DataFrame([plain | more | columns for columns in given], schema=DISCREPANCIES.schema)


def night():
    """Two orders of one person, of which the second has a discrepancy and was made three years after the first."""
    held = records(("pnc:1", {"sex": "M"}), ("court:2", {"sex": "M"}), ("pnc:3", {"sex": "F"}))
    order = {"subject_id": "SUB-1", "legal_status": "live", "sex": "M", "record_count": 1, "sources": ["pnc"]}
    order |= {"order_type": "STRO", "is_interim": False, "end_on": date(2021, 12, 31)}
    owned = {"is_duplicate": False, "is_amended": False, "is_dropped": False}
    places = [("pnc", "1", "ORD-1"), ("court", "2", "ORD-1"), ("pnc", "3", "ORD-2")]
    flaw = {"discrepancy_id": "d1", "order_id": "ORD-2", "rule_code": "SEX", "field": "sex", "owner": "pnc_bureau"}
    tables = {
        ORDERS: [
            order | {"order_id": name, "made_on": date(year, 1, 1)} for name, year in (("ORD-1", 2020), ("ORD-2", 2023))
        ],
        ORDER_SOURCES: [
            owned | {"source": source, "source_key": key, "record_id": f"{source}:{key}", "order_id": name}
            for source, key, name in places
        ],
        DISCREPANCIES: [flaw | {"source": "pnc", "source_key": "3", "observed": "F", "expected": "M"}],
        ID_REDIRECTS: [
            {"kind": "order", "old_id": "ORD-0", "new_id": "ORD-1"},
            {"kind": "order", "old_id": "ORD-X", "new_id": "ORD-1"},
            {"kind": "order", "old_id": "ORD-X", "new_id": "ORD-2"},
        ],
    }
    frames = {table.name: pl.DataFrame(given_rows, schema=table.schema) for table, given_rows in tables.items()}
    return Present.of(held, frames, release_id="r2026-11-20", as_of=date(2026, 11, 20), model_version="1")


def judge_again(ledger, by):
    """Somebody else judges every line of the sample as it was judged."""
    ledger.add_user(by)
    for row in read_verdicts(ledger).iter_rows(named=True):
        line = row | {"asked_field": row["field"]}
        at = row["checked_at"] + timedelta(seconds=1)
        record_check(ledger, line, row["verdict"], release_id=row["release_id"], by=by, at=at)


def set_back(place, *, to="0009", tables=("users", "decisions")):
    """Put the users and decisions into a ledger of an older schema, in the place of this one."""
    older = place.with_name("older.sqlite")
    Database(f"sqlite:///{older}").migrate(to=to)
    copied = (f"INSERT INTO {table} SELECT * FROM held.{table}" for table in tables)  # noqa: S608
    with closing(sqlite3.connect(older)) as connection, connection:
        connection.execute("ATTACH ? AS held", (str(place),))
        for statement in copied:
            connection.execute(statement)
    older.replace(place)


def forget_marks(home):
    """As an installation is that never had marks."""
    for note in home.desk.glob("ledger-end-*"):
        note.unlink()
