"""What the guides show works: commands that look or write files beside, Python, SQL, settings; others have own tests.

Queries of the analyst's pages are answered in `tests/stories/test_night.py`, the tutorial in its own test.
"""

import ast
import random
import re
import tomllib
from contextlib import chdir
from datetime import date, timedelta
from functools import cache
from textwrap import dedent

import duckdb
import polars as pl
import pytest
from nights import NIGHT, command, copy_of
from papers import ROOT, name_of
from test_docs import CONCORD, GUIDES, commands, commands_in

from pipelines.settings import Settings
from reconciliation.register import Register

LOOKS = (
    *("alerts list", "decisions list", "decisions check", "explain", "model show", "packs list", "prune --dry-run"),
    *("query", "quality show", "quality trend", "release list", "release verify", "status"),
)
"""What only looks at one night; `concord report` and the like are run by the tutorial's test."""
WRITES_BESIDE = ("export", "quality export", "study")
"""What writes files of its own and changes nothing; the study of the practice note is run by a test of its own."""
NAMED_ALONE = ("explain", "export --pseudonymised", "quality export", "query", "release verify")
"""Named in running text, without what they need."""
NOT_RUN = {
    ROOT / "docs" / "matching.md": "run by a test of its own, on tables of invented people",
    ROOT / "docs" / "operate.md": "its store is the reader's own",
    ROOT / "docs" / "first-release.md": "run by the tutorial's test",
}


def blocks_in(page, kind):
    found = re.findall(rf"^ *```{kind}\n(.*?)^ *```", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [dedent(block) for block in found]


def blocks(kind):
    return [
        pytest.param(page, block, id=f"{name_of(page)}, {kind} {number}")
        for page in GUIDES
        for number, block in enumerate(blocks_in(page, kind), start=1)
    ]


@pytest.fixture(scope="module")
def home(one_night, tmp_path_factory):
    """One night, with a ledger that is empty."""
    made = copy_of(one_night / "home", tmp_path_factory.mktemp("guides") / "home")
    assert command("decisions", "migrate", home=made).exit_code == 0
    return made


@cache
def example(home):
    """An order and a force of the night, in place of those that pages show."""
    with Register.open(home) as register:
        return register.orders(is_active=True).select("order_id", "force_code").drop_nulls().collect().row(0)


def shown(starts):
    """Each command that starts so, once, in the words of the guides."""
    found = {tuple(words) for page in GUIDES for words in commands_in(page)}
    whole = {words for words in found if " ".join(words) not in NAMED_ALONE and "…" not in words}
    return sorted(words for words in whole if " ".join(words).startswith(starts) and "--truth" not in words)


@pytest.mark.parametrize("words", shown(LOOKS), ids=" ".join)
def test_a_command_that_only_looks_works(words, home, tmp_path):
    order, force = example(home)
    here = {"ORDER_ID": order, "ORD-015500PANJ": order, "33": force, "r2026-11-19": f"r{NIGHT}"}
    with chdir(tmp_path):
        done = command(*[here.get(word, word) for word in words], home=home)
    assert done.exit_code in (0, 3), done.output
    assert done.output or list(tmp_path.iterdir())


@pytest.mark.long
@pytest.mark.parametrize("words", shown(WRITES_BESIDE), ids=" ".join)
def test_a_command_that_writes_files_beside_writes_what_the_guide_shows(words, home, tmp_path):
    with chdir(tmp_path):
        done = command(*words, home=home)
    assert done.exit_code == 0, done.output
    assert "wrote" in done.output or "figure" in done.output


def people(name):
    """A table of invented people, for a page whose tables are the reader's own; each name has the same people."""
    draw = random.Random(3)
    forenames, surnames = (
        ["Ann", "Bea", "Cyd", "Dee", "Eve", "Fay", "Gus", "Hal", "Ian", "Jon"],
        ["Ash", "Birch", "Cedar", "Elm", "Fir", "Oak", "Pine", "Yew"],
    )
    rows = [
        {
            "id": f"{name}{number}",
            "forename": draw.choice(forenames),
            "surname": draw.choice(surnames),
            "born": date(1960, 1, 1) + timedelta(days=draw.randrange(15_000)),
            "postcode": f"LS{draw.randrange(1, 29)} {draw.randrange(1, 9)}AB",
            "town": draw.choice(["Leeds", "Hull", "York"]),
        }
        for number in range(200)
    ]
    return pl.DataFrame(rows)


def test_the_example_of_the_matching_engine_links_the_same_people():
    (block,) = blocks_in(ROOT / "docs" / "matching.md", "python")
    names = {"voters": people("v"), "patients": people("p")}
    exec(block, names)  # noqa: S102
    linked = names["scores"].table(names["clusters"]).filter(pl.col("cluster").is_duplicated())
    assert linked.height > 300
    halves = linked.with_columns(who=pl.col("key").str.slice(1)).group_by("cluster").agg(pl.col("who").n_unique())
    assert set(halves["who"]) == {1}
    assert names["scores"].explain(3, 17).lines()[-1] == "probability 0.0000"


@pytest.mark.parametrize(("page", "block"), blocks("python"))
def test_python_of_a_guide_works(page, block, home, tmp_path, monkeypatch):
    assert ast.parse(block)
    if page in NOT_RUN:
        return
    _, force = example(home)
    monkeypatch.setenv("CONCORD_HOME", str(home))
    with chdir(tmp_path):
        exec(block.replace('"13"', f'"{force}"').replace("2026-03-01", str(NIGHT)), {"Register": Register})  # noqa: S102


@pytest.mark.parametrize(("page", "block"), blocks("toml"))
def test_settings_of_a_guide_are_settings(page, block):
    assert Settings.model_validate(tomllib.loads(block))


def test_the_query_on_the_quarantine_is_answered(one_night):
    (query,) = blocks_in(ROOT / "docs" / "operate.md", "sql")
    with chdir(one_night / "home"):
        assert isinstance(duckdb.sql(query.replace("2026-11-20", str(NIGHT))).pl(), pl.DataFrame)


def test_every_command_that_a_guide_shows_is_run_by_a_test():
    tests = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    last = {" ".join(name): name[-1] for name in commands(CONCORD)}
    assert not [name for name, word in last.items() if not re.search(rf"[\"' ]{re.escape(word)}[\"' ]", tests)]
