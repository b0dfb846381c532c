"""A fifth source is added by its facts, its reader and its sample alone: read, linked, judged, shown, corrected."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

pytestmark = pytest.mark.long
ROOT = Path(__file__).resolve().parents[2]
ADDED = Path(__file__).parent / "fifth_source"
ROOMS = ("assets", "cli", "expectations", "ledger", "matching", "pipelines", "reconciliation", "review", "samples",
         "warehouse")  # fmt: skip
PRECEDENCE = re.compile(r"^((?:[A-Z_]+_FIRST|BIRTH): Final = \()", re.MULTILINE)


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Path:
    """Concord with a fifth source."""
    tree = tmp_path_factory.mktemp("house")
    for room in ROOMS:
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    (tree / "review" / "node_modules").symlink_to(ROOT / "review" / "node_modules")
    shutil.copy(ROOT / "dagster.yaml", tree)
    facts = tree / "warehouse" / "sources.py"
    declared = facts.read_text(encoding="utf-8").replace(
        ")\n\nFACTS: Final", f"{(ADDED / 'facts.txt').read_text(encoding='utf-8')})\n\nFACTS: Final"
    )
    facts.write_text(PRECEDENCE.sub(r'\1"btp", ', declared), encoding="utf-8")
    shutil.copy(ADDED / "reader.py", tree / "assets" / "sources" / "btp.py")
    shutil.copy(ADDED / "sample.py", tree / "samples" / "btp.py")
    return tree


@pytest.fixture(scope="module")
def run(house):
    """Runs Python in that house, by default a command; gives what it printed."""
    state, shared = house / "state", (ROOT / "tests" / "review", ROOT / "tests" / "support")
    entry = ("-c", "from cli.main import main; main()")

    def run_python(*arguments: object, program=entry, codes=(0,)) -> str:
        done = subprocess.run(
            [sys.executable, *program, *map(str, arguments)],
            cwd=house,
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join(map(str, (house, *shared))),
                "CONCORD_HOME": str(state),
                "CONCORD_DAGSTER": str(state / "dagster"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in codes, done.stderr
        return done.stdout

    run_python("demo", "--orders", 120)
    return run_python


@pytest.fixture(scope="module")
def table(house, run):
    (release,) = (house / "state" / "releases").glob("r2*")
    return lambda name: pl.read_parquet(release / f"{name}.parquet")


@pytest.fixture(scope="module")
def wrong_end(table):
    """A discrepancy on an end that is a year late on the list."""
    return (
        table("discrepancies")
        .filter(pl.col("source") == "btp", pl.col("field").is_in(["end_on", "term_months"]))
        .row(0, named=True)
    )


def test_its_records_are_read_and_linked_with_those_of_other_sources(table):
    records = table("order_sources")
    own = records.filter(pl.col("source") == "btp")
    shared = records.join(own.select("order_id"), on="order_id").filter(pl.col("source") != "btp")
    assert own.height > 30
    assert shared.get_column("order_id").n_unique() > own.get_column("order_id").n_unique() * 0.9


def test_its_wrong_values_and_its_gaps_are_found(table, wrong_end):
    found = table("discrepancies").filter(pl.col("source") == "btp")
    assert wrong_end["owner"].startswith("force:")
    assert set(found.get_column("rule_code")) == {"ABSENT-BTP", wrong_end["rule_code"]}


def test_its_quality_is_scored(table):
    scores = table("quality_scores").filter((pl.col("scope") == "source") & (pl.col("scope_key") == "btp"))
    assert scores.filter(pl.col("dimension") == "consistency").item(0, "denominator") > 0


def test_the_summary_names_it(run):
    assert re.search(r"^btp +fresh", run("status", codes=(0, 3)), re.MULTILINE)


def test_its_owner_is_asked_to_correct_it(run, wrong_end, tmp_path):
    run("decisions", "migrate")
    run("decisions", "users", "--add", "kim")
    run("decide", "refer", wrong_end["discrepancy_id"], "--by", "kim", "--reason", "correction_requested")
    run("packs", "make", wrong_end["owner"], "--out", tmp_path, "--by", "kim", "--reason", "to be corrected")
    (pack,) = tmp_path.glob("*.csv")
    lines = pl.read_csv(pack, infer_schema=False, comment_prefix="#")
    assert lines.filter(pl.col("system") == "BTP list").get_column("source_key").to_list()


def test_the_desk_shows_it_beside_the_others(house, run, wrong_end):
    script = ADDED / "show_order.py"
    page = run(house / "state", wrong_end["order_id"], program=(str(script),))
    assert f"BTP list {wrong_end['source_key']}" in page
