"""The commands about models on a small night: what they print, change and refuse."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from assets.deliveries import take_in
from assets.link import gather
from assets.sources import find_sources
from cli.main import app
from cli.model_inputs import NightRecords, find_models
from cli.shown import SHOWN_KEYS
from ledger.decisions.decidable import Present
from ledger.decisions.decision import Signature
from ledger.decisions.ledger import Ledger
from matching.orders import link_compared
from matching.trained import Models
from samples.nights import write_nights
from warehouse.home import Home
from warehouse.models import current_models, list_models, list_promotions, read_models, save_models
from warehouse.run_lock import only_run
from warehouse.store import TableStore
from warehouse.tables.core import CORE_TABLES, core_table
from warehouse.tables.register import DISCREPANCIES, ID_REDIRECTS, ORDER_SOURCES, ORDERS

pytestmark = pytest.mark.long

NIGHT = date(2026, 11, 20)


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> Path:
    """The core tables of a night of eighty orders."""
    folder = tmp_path_factory.mktemp("night")
    write_nights(folder, orders=80, seed=7, as_of=NIGHT)
    store = TableStore(folder / "tables")
    for source in find_sources():
        intake = take_in(source, landing=folder / "landing", archive=folder / "archive", as_of=NIGHT)
        core = source.standardise({name: raw.lazy() for name, raw in intake.tables.items()}, NIGHT)
        for table in CORE_TABLES:
            rows = table.conform(core[table.name.removeprefix("core__")])
            store.write(core_table(source.name, table).name, rows)
    return store.folder


@pytest.fixture
def home(tables, tmp_path, monkeypatch) -> Home:
    monkeypatch.delenv("CONCORD_LEDGER", raising=False)
    made = Home(tmp_path / "home")
    made.tables.mkdir(parents=True)
    (made.tables / NIGHT.isoformat()).symlink_to(tables)
    return made


@pytest.fixture
def concord(home):
    """Run a command on that home; the code it must exit with, unless 0, comes first."""

    def run(*arguments, code=0, night=True):
        on = ("--night", NIGHT.isoformat()) if night else ()
        done = CliRunner().invoke(app, ["model", *map(str, arguments), *on, "--home", str(home.path)])
        assert done.exit_code == code, done.output
        return done.output

    return run


def trained(home: Home) -> Models:
    return find_models(home, "m2026-11-20").models


def blunted(models: Models) -> Models:
    """Models by which no agreement of persons says anything, so that nothing is linked."""
    shares = tuple(entry.model_copy(update={"m": entry.u}) for entry in models.person.shares)
    return Models(models.person.model_copy(update={"shares": shares}), models.order)


def decide_same(home: Home, models: Models) -> tuple[str, str]:
    """A steward says what the models say of two records."""
    records = NightRecords(home, NIGHT)
    clusters = link_compared(records.compared, models).clusters
    one, other = (
        clusters.filter(pl.len().over("order_cluster") == 2)
        .sort("record_id")
        .head(40)
        .partition_by("order_cluster", maintain_order=True)[0]
        .get_column("record_id")
    )
    empty = {table.name: table.empty() for table in (ORDERS, ORDER_SOURCES, DISCREPANCIES, ID_REDIRECTS)}
    present = Present.of(
        gather(TableStore(home.tables / NIGHT.isoformat()), "orders").collect(),
        empty,
        release_id="r2026-11-20",
        as_of=NIGHT,
        model_version="0",
    )
    home.ledger.parent.mkdir(parents=True, exist_ok=True)
    with Ledger.create(f"sqlite:///{home.ledger}", home)[0] as ledger:
        ledger.add_user("kim")
        ledger.decide(present.draft_pair("same_order", one, other), Signature("kim", "document_seen", "seen"))
    return one, other


def test_trained_models_are_a_candidate_and_the_same_night_gives_the_same(concord, home):
    said = concord("train")
    assert "person: " in said
    assert "candidate pairs" in said
    assert "m2026-11-20 is a candidate" in said
    assert f"only {NightRecords(home, NIGHT).orders.height} records: they teach little" in said
    assert current_models(home) is None
    concord("train")
    assert [models.set_id for models in list_models(home)] == ["m2026-11-20"]


def test_models_beside_themselves_change_nothing(concord):
    concord("train")
    said = concord("compare", "m2026-11-20", "--against", "m2026-11-20")
    assert "ORDERS AND PERSONS: none" in said
    counts = [line.split("│")[-2].strip() for line in said.split("DECIDED")[0].splitlines() if "│" in line]
    assert set(counts) == {"0"}


def test_a_comparison_is_one_document_of_what_a_person_is_shown(concord, home):
    concord("train")
    save_models(home, blunted(trained(home)).save, as_of=NIGHT)
    said = concord("compare", "--against", "m2026-11-20")
    document = json.loads(concord("compare", "--against", "m2026-11-20", "--json"))
    assert document["notes"] == [said.splitlines()[0]]
    tables = {"what_would_change", "decided_pairs", "decided_pairs_judged_differently", "orders_and_persons"}
    assert document.keys() == tables | {"notes", "pairs_that_cross_the_threshold"}
    assert all(str(value) in said for row in document["what_would_change"] for value in row.values())
    assert len(document["pairs_that_cross_the_threshold"]) > SHOWN_KEYS


def test_a_candidate_is_compared_by_counts_keys_and_a_page_without_personal_data(concord, home, tmp_path, tables):
    concord("train")
    save_models(home, blunted(trained(home)).save, as_of=NIGHT)
    decide_same(home, trained(home))
    out = tmp_path / "pages" / "changes.html"
    said = concord("compare", "--against", "m2026-11-20", "--out", out)
    assert "m2026-11-20.2 instead of m2026-11-20, on the records of 2026-11-20" in said
    assert "orders split" in said
    assert "DECIDED PAIRS" in said
    assert f"wrote {out}" in said
    page = out.read_text(encoding="utf-8")
    assert page.count("<svg") >= 10
    assert "Orders and persons that would change" in page
    assert "split" in page
    assert "person, decided pairs: Do pairs match as often as predicted?" in page
    assert "left alone: 1 labelled matches and 0 labelled others, 30 of each are needed" in page
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")
    persons = (
        gather(TableStore(tables), "orders")
        .collect()
        .select("pnc_id", pl.col("date_of_birth").cast(pl.String), pl.concat_str("forenames", "surname", separator=" "))
    )
    reported = persons.unpivot().get_column("value").drop_nulls().unique()
    assert len(reported) > 100
    assert not [value for value in reported if value in page]


def test_a_set_is_put_in_force_and_the_former_one_can_come_back(concord, home):
    concord("train")
    assert "instead of shipped" in concord("promote", "m2026-11-20")
    again = save_models(home, blunted(trained(home)).save, as_of=NIGHT)
    assert "instead of m2026-11-20" in concord("promote", again.set_id, "--reason", "to try it", "--by", "kim")
    assert current_models(home) == again
    concord("promote", "m2026-11-20")
    assert current_models(home) == read_models(home, "m2026-11-20")
    listed = concord("show", night=False)
    assert "* m2026-11-20\n" in listed
    assert "m2026-11-20.2 instead of m2026-11-20, by kim: to try it" in listed


def test_models_that_lose_a_decided_pair_are_refused_unless_forced_with_a_reason(concord, home):
    concord("train")
    concord("promote", "m2026-11-20")
    one, other = decide_same(home, trained(home))
    worse = save_models(home, blunted(trained(home)).save, as_of=NIGHT)
    refused = concord("promote", worse.set_id, code=4)
    assert f"refused: {worse.set_id} gets 1 decided pairs wrong that m2026-11-20 gets right" in refused
    assert one in refused
    assert other in refused
    assert current_models(home) == read_models(home, "m2026-11-20")
    assert "--force needs a --reason" in concord("promote", worse.set_id, "--force", code=2)
    concord("promote", worse.set_id, "--force", "--reason", "the source is mended next week")
    assert current_models(home) == worse
    assert list_promotions(home)[-1].is_forced
    compared = concord("compare", worse.set_id, "--against", "m2026-11-20")
    assert "lost" in compared
    assert "won" in concord("compare", "m2026-11-20")


def test_models_of_another_version_are_refused_even_by_force(concord, home):
    concord("train")

    def write_older(folder: Path) -> None:
        trained(home).save(folder)
        file = folder / "order.json"
        file.write_text(file.read_text().replace('"format": 2', '"format": 1'))

    older = save_models(home, write_older, as_of=NIGHT)
    for asked in (("promote", older.set_id, "--force", "--reason", "because"), ("compare", older.set_id)):
        said = concord(*asked, code=4)
        assert "order.json is not a model file of format" in said
        assert "concord model train" in said
    assert current_models(home) is None


def test_a_file_that_was_changed_is_reported(concord, home):
    concord("train")
    (home.models / "m2026-11-20" / "order.json").write_text("{}")
    assert "not as they were saved: order.json" in concord("promote", "m2026-11-20", code=1)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        pytest.param(("compare",), "there is no candidate", id="nothing trained yet"),
        pytest.param(("compare", "m2020-01-01"), "there are no models m2020-01-01", id="an unknown set"),
        pytest.param(("promote", "../home"), "there are no models", id="a path for a set"),
        pytest.param(("show", "m2020-01-01"), "there are no models", id="an unknown set to show"),
    ],
)
def test_what_is_not_there_is_reported(concord, asked, words):
    assert words in concord(*asked, code=1)


def test_without_a_release_a_night_must_be_named(concord):
    assert "no release" in concord("train", code=1, night=False)


def test_a_night_without_tables_is_reported(concord, home):
    done = CliRunner().invoke(app, ["model", "train", "--night", "2026-11-19", "--home", str(home.path)])
    assert done.exit_code == 1
    assert "has not been made for this night" in done.output


def test_a_set_is_shown_with_what_it_learned_of_every_level(concord, home):
    concord("train")
    said = concord("show", "m2026-11-20", night=False)
    assert sum(len(entry.levels) for entry in trained(home).person.shares) > SHOWN_KEYS
    assert "and " not in said.splitlines()[-1]
    assert trained(home).order.shares[0].name in said


def test_a_ledger_that_cannot_be_read_is_reported_and_nothing_is_put_in_force(concord, home):
    concord("train")
    home.ledger.parent.mkdir(parents=True)
    home.ledger.write_bytes(b"no database at all, though its name says so" * 100)
    assert "the ledger of decisions can't be read" in concord("promote", "m2026-11-20", code=1)
    assert current_models(home) is None


def test_models_are_not_changed_while_a_night_is_under_way(concord, home):
    concord("train")
    with only_run(home):
        assert "another run is under way" in concord("promote", "m2026-11-20", code=1)
    assert current_models(home) is None
    concord("promote", "m2026-11-20")
