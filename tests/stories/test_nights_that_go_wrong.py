"""Nights that go wrong: a shrunk feed, a source that must not be missing, and what an operator accepts."""

import polars as pl
import pytest
from nights import SERIES, command, copy_of, nightly

from ledger.audit import read_rows
from ledger.decisions.database import Database
from tests.support.spoil import keep_first
from warehouse.home import Home

FIRST, SECOND = SERIES[:2]


@pytest.fixture
def home(three_nights, tmp_path):
    """A home with one night."""
    return copy_of(three_nights / "first", tmp_path / "home")


@pytest.fixture
def landing(three_nights, tmp_path):
    """The deliveries of the second night, of which the PNC's orders were cut to half, with a right trailer."""
    landing = copy_of(three_nights / "night-2" / "landing", tmp_path / "landing")
    (path,) = (landing / "pnc").glob("PNC_ANCORD*")
    keep_first(path, 20)
    return landing


def held_by_pnc(release):
    return pl.read_parquet(release / "order_sources.parquet").filter(pl.col("source") == "pnc").height


@pytest.mark.long
def test_a_shrunk_pnc_file_is_not_used_until_an_operator_accepts_it(home, landing):
    releases = home / "releases"
    before = held_by_pnc(releases / f"r{FIRST}")
    release = nightly(home, landing, SECOND)
    deliveries = pl.read_parquet(release.parquet("deliveries")).filter(pl.col("feed") == "pnc_ancord")
    states = dict(deliveries.select("state", "is_used").iter_rows())
    assert (release.state, states) == ("degraded", {"implausible": False, "late": True})
    assert held_by_pnc(release.path) == before
    removed = pl.read_parquet(release.parquet("release_changes")).filter(pl.col("change") == "removed")
    assert removed.is_empty()

    words = ("nightly", "--landing", landing, "--as-of", SECOND, "--reason", "weeded, ticket 1", "--by", "Ann Operator")
    # With half of the PNC's records gone, the id of one person differs though none of the person's records do.
    accepted = command(*words, "--accept", "delivery:pnc_ancord", "--accept", "unexplained", home=home)
    assert accepted.exit_code in (0, 3), accepted.stderr
    assert held_by_pnc(releases / f"r{SECOND}.2") == 20
    deliveries = pl.read_parquet(releases / f"r{SECOND}.2" / "deliveries.parquet")
    assert set(deliveries.get_column("accepted").drop_nulls()) == {"weeded, ticket 1 (Ann Operator)"}

    with Database(Home(home).ledger_url(None)).reading() as connection:
        logged = [row for row in read_rows(connection) if '"gate"' in row["what"]]
    assert {(row["who"], row["reason"]) for row in logged} == {("Ann Operator", "weeded, ticket 1")}


@pytest.mark.long
def test_a_source_that_must_not_be_implausible_holds_the_release(home, landing):
    (home / "concord.toml").write_text('[deliveries]\n"pnc:implausible" = "hold"\n')
    said = command("nightly", "--landing", landing, "--as-of", SECOND, home=home)
    assert said.exit_code == 1
    for words in ("gate delivery:pnc_ancord: pnc_ancord is implausible", "--accept delivery:pnc_ancord --reason"):
        assert words in said.stderr
    assert (home / "releases" / "CURRENT").read_text() == f"r{FIRST}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--accept", "counts"), "go together", id="no reason"),
        pytest.param(("--reason", "because"), "go together", id="no gate"),
        pytest.param(
            ("--accept", "unique_ids", "--reason", "because"), "unique_ids", id="a gate that can't be accepted"
        ),
        pytest.param(("--accept", "wether", "--reason", "because"), "wether", id="no gate of that name"),
    ],
)
def test_a_wrong_acceptance_is_refused_before_anything_runs(words, said, tmp_path):
    refused = command("nightly", "--landing", tmp_path, "--as-of", SECOND, *words, home=tmp_path / "home")
    assert (refused.exit_code, said in refused.stderr) == (2, True)
    assert not (tmp_path / "home").exists()
