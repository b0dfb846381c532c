"""What tests of several areas need: patience with slow machines, the databases a ledger may lie in."""

from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["nights", "object_store", "postgres_server", "small_register"]

# Time is for benchmarks; a loaded machine is no failure.
settings.register_profile("concord", deadline=None, max_examples=16)
settings.register_profile("thorough", deadline=None, max_examples=200)  # `make test-long`
settings.load_profile("concord")


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place for a ledger where there is none yet, on each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger/decisions.sqlite"
    return str(request.getfixturevalue("postgres")())
