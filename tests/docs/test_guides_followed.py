"""What the guides of stewards and operators change, in the order in which they show it, on a night.

Only the ids of records, orders and discrepancies are those of the night at hand, and the user is who runs the test.
What needs more than that has tests of its own: a wording that fits nothing, a store, an owner's answer, a second
factor.
"""

import json
import shlex
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from nights import SERIES, copy_of
from papers import ROOT
from receivers import webhook
from test_docs import commands_in
from typer.testing import CliRunner

from cli.door import system_user
from cli.main import app
from ledger.decisions.database import Database
from pipelines.settings import read_settings
from reconciliation.register import Register
from warehouse.home import Home

pytestmark = pytest.mark.long

IN_A_MONTH = str(datetime.now(UTC).date() + timedelta(days=30))
APPROVES = ["accounts", "set-role", "a.khan", "--role", "approver"]
PASSWORD = "correct horse battery staple"
NEEDS_MORE = (
    "decide wording",
    "decide undo BATCH",
    "packs receive",
    "packs sample check",
    "audit verify --head",
    "review",
)
RUN_ELSEWHERE = ("backfill", "dagster", "demo", "erase", "release mirror", "retry", "sample")
NAMED_ALONE = (
    *("backup", "nightly", "nightly --full", "replay"),
    *("decide", "decisions users", "packs policy set", "packs policy revoke", "accounts reseal-second-factors"),
)


@pytest.fixture
def home(one_night, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONCORD_USER", "a.khan")
    return Home(copy_of(one_night / "home", tmp_path / "home"))


def run(words, home):
    place = [] if "--home" in words else ["--home", str(home.path)]
    done = CliRunner().invoke(app, [*words, *place], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code in (0, 3), f"concord {shlex.join(words)}: {done.output}"
    return done.output


def follow(page, home, here, *, before=None):
    """Run what a page shows, in its order; what was printed, by command.

    `here` gives the night's own for a word of an example; `before` what is done before a command that starts so.
    """
    said = {}
    for words in commands_in(ROOT / "docs" / page):
        line = " ".join(words)
        if line.startswith((*NEEDS_MORE, *RUN_ELSEWHERE)) or line in NAMED_ALONE:
            continue
        for start, steps in (before or {}).items():
            if line.startswith(start):
                run(steps, home)
        said[line] = run([here(word) for word in words], home)
    return said


def people(register):
    """Records and orders as the guide on decisions has them: two records of one order, one of another person."""
    held = register.table("order_sources").filter(~pl.col("is_duplicate"), ~pl.col("is_amended"))
    of = {source: held.filter(source=source).select("order_id", "record_id") for source in ("pnc", "court", "pnd")}
    whole = of["pnc"].join(of["court"], on="order_id", suffix="_court").join(of["pnd"], on="order_id", suffix="_pnd")
    one, other = whole.sort("order_id").rows(named=True)[:2]
    lasting = register.orders(is_active=True).filter(
        pl.col("start_on").dt.year() < 2025, pl.col("end_on").dt.year() > 2026
    )
    return {
        "pnc:00000289": one["record_id"],
        "court:R000000326": one["record_id_court"],
        "pnd:PND-0000291": one["record_id_pnd"],
        "pnd:PND-0000288": other["record_id_pnd"],
        "ORD-015500PANJ": lasting.select("order_id").collect()["order_id"].sort()[0],
    }


def differences(register, *examples):
    """Discrepancies that are open, of different orders, in place of those of the examples."""
    found = register.table("discrepancies").filter(pl.col("state") != "resolved", pl.col("source_key").is_not_null())
    return dict(
        zip(examples, found.sort("order_id").unique("order_id", maintain_order=True)["discrepancy_id"], strict=False)
    )


def test_the_guide_on_decisions_is_followed_from_the_first_command_to_the_last(home):
    examples = ("00483357fe7f29b0b8ef", "005d1c7ae2ba3041d9e7", "007148cf86cf5927b24c", "00aa5d1f2be13c9d7a11")
    with Register.open(home) as register:
        own = people(register) | differences(register, *examples) | {"os|akhan": f"os|{system_user()}"}
    own["2027-01-01"] = IN_A_MONTH
    database = Database(home.ledger_url(read_settings(home.path).ledger))

    def here(word):
        if word.startswith("DEC-"):
            with database.reading() as connection:
                return connection.exec_driver_sql("select decision_id from decisions where kind = 'refer'").scalar_one()
        return own.get(word, word)

    said = follow("decisions.md", home, here, before={"decisions vouch": APPROVES})
    assert len(said) > 20


def test_the_guide_on_packs_is_followed(home):
    run(["decisions", "migrate"], home)
    run(["accounts", "add", "b.okoro", "--role", "approver", "--identity", f"os|{system_user()}"], home)
    database = Database(home.ledger_url(read_settings(home.path).ledger))

    def here(word):
        if word.startswith("DIS-"):
            with database.reading() as connection:
                return connection.exec_driver_sql("select min(disclosure_id) from disclosures").scalar_one()
        return {"a.khan": "b.okoro"}.get(word, word)  # one user of the system acts as one account

    said = follow("correction-packs.md", home, here)
    assert len(said) >= 9
    assert list((home.path.parent / "packs").glob("*.xlsx"))


def test_the_guide_on_accounts_is_followed(home):
    run(["decisions", "migrate"], home)
    said = follow("review.md", home, lambda word: word)
    assert len(said) > 7
    assert "whole" in said["audit verify"]
    assert (home.path.parent / "log.csv").exists()


@pytest.fixture
def received(monkeypatch):
    """What an address of alerts got, where the guide has a mail server."""
    with webhook() as (url, got):
        monkeypatch.setenv("CONCORD_ALERTS", url)
        yield got


def test_the_guide_of_operators_is_followed(three_nights, received, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    home = Home(copy_of(three_nights / "home", tmp_path / "home"))
    run(["decisions", "migrate"], home)
    with Register.open(home) as register:
        order = register.table("orders")["order_id"].min()
    run(["alerts", "send"], home)
    alert = min(item["key"] for item in json.loads(run(["alerts", "list", "--json"], home))["alerts"])
    own = {
        "ORDER_ID": order,
        "source:rocu_NEROCU": alert,
        "2026-12-14": IN_A_MONTH,
        "$CONCORD_LANDING": str(three_nights / "night-3" / "landing"),
        "/mnt/backups/2026-11-20": str(tmp_path / "backup"),
        "/srv/concord-new": str(tmp_path / "restored"),
        "r2026-11-19": f"r{SERIES[1]}",
    }

    said = follow("operate.md", home, lambda word: own.get(word, word))
    assert len(said) > 14
    assert received
    assert run(["release", "verify"], Home(tmp_path / "restored"))
