"""The documented queries on many orders: none takes long."""

import pytest

from benchmarks.queries import enlarge, find_queries, run
from reconciliation.register import Register

pytestmark = pytest.mark.long

ORDERS = 20_000
MOST = 0.5
"""Seconds: five times what a query is to take, since the machine may be busy."""


def test_every_documented_query_is_quick_at_twenty_thousand_orders(one_night, tmp_path, capsys):
    queries = find_queries()
    assert len(queries) == 30
    with Register.open(one_night / "home") as register:
        copies = -(-ORDERS // register.table("orders").height)
        database = enlarge(register, tmp_path, copies)
    assert run(queries, database, most=MOST) == 0, capsys.readouterr().out
