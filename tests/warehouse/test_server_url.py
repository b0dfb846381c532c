"""The way to a database on another machine is said to be protected, or it is not taken."""

import pytest
import sqlalchemy as sa

from warehouse.server_url import lack_of_protection


@pytest.mark.parametrize(
    ("url", "variables", "is_lacking"),
    [
        pytest.param("postgresql://db.internal/name", {}, True, id="a server elsewhere"),
        pytest.param("postgresql:///name?host=db.internal", {}, True, id="among the parameters"),
        pytest.param("postgresql:///name?hostaddr=192.0.2.7", {}, True, id="by its number"),
        pytest.param("postgresql://localhost/name?hostaddr=192.0.2.7", {}, True, id="by a number under another name"),
        pytest.param("postgresql:///name?host=localhost,db.internal", {}, True, id="the second of two"),
        pytest.param("postgresql:///name", {"PGHOST": "db.internal"}, True, id="in the environment"),
        pytest.param("postgresql://db.internal/name?sslmode=verify-full", {}, False, id="a server that proves itself"),
        pytest.param(
            "postgresql://db.internal/name?sslmode=disable", {}, False, id="a way that is said to need nothing"
        ),
        pytest.param(
            "postgresql://db.internal/name", {"PGSSLMODE": "verify-full"}, False, id="said in the environment"
        ),
        pytest.param("postgresql://[::1]/name", {"PGHOST": "db.internal"}, False, id="this machine"),
        pytest.param("postgresql:///name?host=/run/postgresql", {}, False, id="a socket of this machine"),
        pytest.param("postgresql:///name", {}, False, id="the socket that is usual"),
    ],
)
def test_a_server_elsewhere_needs_a_word_on_encryption(url, variables, is_lacking, monkeypatch):
    for name in ("PGHOST", "PGHOSTADDR", "PGSSLMODE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    lack = lack_of_protection(sa.make_url(url), what="the ledger")
    assert (lack is not None) == is_lacking
