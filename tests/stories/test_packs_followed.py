"""Packs for all owners after one night, and the next night, on which each line says what its owner did with it."""

import csv
import hashlib
import json
from datetime import UTC, date, datetime

import dagster as dg
import openpyxl
import polars as pl
import pytest
from judged import assert_same_in_pieces
from ledger_cases import judge_again, let_go
from nights import command, nightly

from assets.decisions import read_asked
from cli.door import system_user
from ledger.decisions.ledger import Ledger
from ledger.desk.accounts import add_account
from ledger.packs.log import read_disclosures, read_pack_lines
from samples.nights import write_nights
from warehouse.home import Home

pytestmark = pytest.mark.long

NIGHTS = NIGHT, NEXT = date(2026, 11, 20), date(2026, 11, 21)
THIRD = date(2026, 11, 22)
WHY = ("--by", "kim", "--reason", "to have records corrected")
# What becomes of a wrong date of birth, by its place among those that we plant.
CORRECTED, UNCHANGED, OTHERWISE, GONE, BOTH_RIGHT = range(5)


def run(home, *words):
    """Run a command that is done quickly."""
    done = command(*map(str, words), home=home)
    assert done.exit_code == 0, done.output
    return done.output


def results_of(landing):
    (path,) = (landing / "court").glob("*.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def deliver(landing, rows, *, night):
    """Put the courts' results of a night in place of what they sent before."""
    for former in (landing / "court").iterdir():
        former.unlink()
    path = landing / "court" / f"court_results_{night}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    reported = {"rows": len(rows), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".manifest.json").write_text(json.dumps(reported))


def with_births(rows, births):
    """The results with other dates of birth; those of which it is None are left out."""
    return [
        row | {"date_of_birth": births.get(row["result_id"], row["date_of_birth"])}
        for row in rows
        if births.get(row["result_id"], "") is not None
    ]


def persons_of_one_order(rows, truth):
    """The results of five persons of one order each, whose date of birth other sources give too."""
    links = pl.read_csv(truth / "links.csv", infer_schema=False)
    held = links.group_by("order_id").agg("source", key=pl.col("source_key").filter(pl.col("source") == "court"))
    orders = pl.read_csv(truth / "orders.csv", infer_schema=False).filter(pl.len().over("person_id") == 1)
    chosen = held.filter(
        pl.col("source").list.n_unique() >= 3, pl.col("source").list.contains("pnc"), pl.col("key").list.len() == 1
    ).join(orders, on="order_id", how="semi")
    given = {row["result_id"] for row in rows if row["date_of_birth"]}
    return sorted(key for (key,) in chosen.get_column("key").to_list() if key in given)[:5]


def moved(day, *, years):
    return f"{int(day[:4]) + years}{day[4:8]}15"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A home after two nights, between which every owner got a pack, with the keys of the results that we planted."""
    folder = tmp_path_factory.mktemp("packs")
    write_nights(folder, orders=40, seed=5, noise=0.0, as_of=NIGHT)
    home, landing = folder / "home", folder / "landing"
    right = results_of(landing)
    keys = persons_of_one_order(right, folder / "truth")
    births = {row["result_id"]: row["date_of_birth"] for row in right}
    wrong = {key: moved(births[key], years=3) for key in keys}
    deliver(landing, with_births(right, wrong), night=NIGHT)
    nightly(home, landing, NIGHT)
    run(home, "decisions", "migrate")
    run(home, "decisions", "users", "--add", "kim")
    with Ledger.open(Home(home).ledger_url(None), Home(home)) as ledger:
        let_go(ledger, least_confidence=0.0)
    run(home, "packs", "make", "--all", "--out", folder / "out", *WHY)
    kept = references(home)[keys[BOTH_RIGHT]].partition("/")[2]
    run(home, "decide", "both-right", kept, "--by", "kim", "--reason", "different_facts")
    then = wrong | {
        keys[CORRECTED]: births[keys[CORRECTED]],
        keys[OTHERWISE]: moved(births[keys[OTHERWISE]], years=5),
        keys[GONE]: None,
    }
    deliver(landing, with_births(right, then), night=NEXT)
    nightly(home, landing, NEXT)
    return home, keys


def test_lines_are_followed_alike_in_pieces_of_any_size(world, tmp_path):
    assert_same_in_pieces(world[0], NEXT, tmp_path, size=9)


def read(home, night, table):
    return pl.read_parquet(home / "releases" / f"r{night}" / f"{table}.parquet")


def references(home):
    """The reference of each line about a court's date of birth, by the key of the result."""
    of_births = (pl.col("field") == "date_of_birth") & (pl.col("source") == "court")
    reference = pl.concat_str("order_id", "discrepancy_id", separator="/")
    return dict(read(home, NIGHT, "discrepancies").filter(of_births).select("source_key", reference).iter_rows())


def packs(home):
    with Ledger.open(Home(home).ledger_url(None), Home(home)) as ledger:
        return read_disclosures(ledger), read_pack_lines(ledger)


def test_each_line_says_on_the_next_night_what_became_of_it(world):
    home, keys = world
    lines = read(home, NEXT, "correction_lines")
    found, asked = dict(lines.select("reference", "state").iter_rows()), references(home)
    assert {place: found[asked[key]] for place, key in enumerate(keys)} == {
        CORRECTED: "corrected",
        UNCHANGED: "unchanged",
        OTHERWISE: "changed_otherwise",
        GONE: "gone",
        BOTH_RIGHT: "withdrawn",
    }
    corrected = lines.filter(pl.col("state") == "corrected").select("state_since", "first_corrected_on").unique()
    assert corrected.rows() == [(NEXT, NEXT)]


def test_every_pack_is_in_the_log_with_the_digests_of_its_files(world):
    home, _ = world
    disclosures, lines = packs(home)
    for row in disclosures.iter_rows(named=True):
        assert (row["disclosed_by"], row["reason"], row["release_id"]) == ("kim", WHY[-1], f"r{NIGHT}")
        for suffix in ("xlsx", "csv"):
            (file,) = (home.parent / "out").glob(f"*{row['disclosure_id']}.{suffix}")
            assert hashlib.sha256(file.read_bytes()).hexdigest() == row[f"{suffix}_sha256"]
    files = {path.name for path in (home.parent / "out").iterdir()}
    assert len(files) == 2 * disclosures.height > 2
    assert set(lines.get_column("disclosure_id")) == set(disclosures.get_column("disclosure_id"))


def test_a_line_is_asked_of_its_owner_and_stands_in_no_other_pack(world):
    home, _ = world
    disclosures, lines = packs(home)
    asked = lines.join(disclosures.select("disclosure_id", "owner"), on="disclosure_id")
    sent = read(home, NIGHT, "discrepancies").filter(pl.col("stream") == "send")
    owners = sent.select("discrepancy_id", whose="owner")
    assert asked.join(owners, on="discrepancy_id").filter(pl.col("owner") != pl.col("whose")).is_empty()
    assert asked.height == owners.height == lines.get_column("reference").n_unique()


def test_the_release_names_what_was_asked_and_no_order_changed_for_it(world):
    home, _ = world
    before, after = (json.loads((home / "releases" / f"r{night}" / "manifest.json").read_text()) for night in NIGHTS)
    assert "asked_corrections" not in before["inputs"]
    assert "asked_corrections" in after["inputs"]
    assert set(read(home, NEXT, "release_changes").get_column("cause")) <= {"source", "steward", "calendar"}


@pytest.mark.parametrize("expected", [pytest.param(True, id="it did"), pytest.param(False, id="it did not")])
def test_a_night_goes_on_without_a_log_only_if_the_night_before_knew_of_none(tmp_path, expected):
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    if expected:
        with pytest.raises(dg.Failure, match="is gone"):
            read_asked(url, Home(tmp_path), as_of=NEXT, expected=True)
    else:
        assert read_asked(url, Home(tmp_path), as_of=NEXT, expected=False).is_empty()


def test_the_second_pack_asks_again_under_the_same_references_for_what_is_still_open(world, tmp_path):
    home, keys = world
    disclosures, _ = packs(home)
    owner = read(home, NEXT, "correction_lines").filter(pl.col("reference") == references(home)[keys[UNCHANGED]])
    run(home, "packs", "make", owner.item(0, "owner"), "--out", str(tmp_path), *WHY)
    (workbook,) = tmp_path.glob("*.xlsx")
    rows = list(openpyxl.load_workbook(workbook)["Corrections"].iter_rows(min_row=4, values_only=True))
    asked = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    again = next(line for line in asked if line["Our reference"] == references(home)[keys[UNCHANGED]])
    first = disclosures.get_column("disclosed_at").dt.convert_time_zone("Europe/London").dt.date().min()
    assert again["Asked since"] == str(first)
    found = read(home, NEXT, "discrepancies").filter(
        pl.col("stream") == "send", pl.col("owner") == owner.item(0, "owner")
    )
    assert {line["Our reference"].partition("/")[2] for line in asked} == set(found.get_column("discrepancy_id"))


def test_the_commands_sum_up_what_became_of_the_lines(world):
    home, keys = world
    said = run(home, "packs", "check")
    assert "corrected" in said
    lines = read(home, NEXT, "correction_lines")
    owner = lines.filter(pl.col("reference") == references(home)[keys[CORRECTED]]).item(0, "owner")
    assert owner in run(home, "packs", "check", owner)
    first = packs(home)[0].filter(pl.col("owner") == owner).item(0, "disclosure_id")
    shown = run(home, "packs", "show", first)
    assert "corrected" in shown
    assert first in run(home, "packs", "log").replace("\n", "")


def answer(folder, reference):
    """The owner's workbook, in which one line is said to be corrected."""
    (path,) = folder.glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["Corrections"]
    places = {cell.value: cell.column for cell in sheet[4]}
    row = next(row for row in range(5, sheet.max_row + 1) if sheet.cell(row, 1).value == reference)
    sheet.cell(row, places["Corrected on"], str(NIGHT))
    sheet.cell(row, places["Answered by"], "R. Jones")
    book.save(path)
    return path


def test_a_line_goes_by_policy_is_answered_corrected_and_closed_and_a_revoked_policy_sends_no_more(tmp_path):
    home, landing, out = tmp_path / "home", tmp_path / "landing", tmp_path / "out"
    write_nights(tmp_path, orders=40, seed=5, noise=0.0, as_of=NIGHT)
    right = results_of(landing)
    key, other = persons_of_one_order(right, tmp_path / "truth")[:2]
    births = {row["result_id"]: row["date_of_birth"] for row in right}
    wrong = {name: moved(births[name], years=3) for name in (key, other)}
    deliver(landing, with_births(right, wrong), night=NIGHT)
    nightly(home, landing, NIGHT)
    run(home, "decisions", "migrate")
    with Ledger.open(Home(home).ledger_url(None), Home(home)) as ledger, ledger.database.writing() as connection:
        add_account(connection, "ada", role="approver", at=datetime.now(UTC), identity=f"os|{system_user()}")
    why = ("--by", "ada", "--reason", "to have records corrected")

    # The policy is off: nothing goes. An approver turns it on, and has every line checked first, by two people.
    reference = references(home)[key]
    owner = read(home, NIGHT, "discrepancies").filter(discrepancy_id=reference.partition("/")[2]).item(0, "owner")
    assert "nothing to send" in run(home, "packs", "make", owner, "--out", out, *why)
    terms = ("--least-confidence", "0.95", "--sampled-share", "1", "--field", "date_of_birth")
    run(home, "packs", "policy", "set", "--by", "ada", "--reason", "agreed", *terms)
    assert "nothing to send" in run(home, "packs", "make", owner, "--out", out, *why)
    run(home, "packs", "sample", "check", reference, "right", "--by", "ada")
    with Ledger.open(Home(home).ledger_url(None), Home(home)) as ledger:
        judge_again(ledger, "noor")
    assert "1 line" in run(home, "packs", "make", owner, "--out", out, *why)

    # The owner answers in the workbook, and corrects the record in the next delivery.
    disclosure_id = packs(home)[0].item(0, "disclosure_id")
    assert packs(home)[1].item(0, "policy_id").startswith("POL-")
    assert "1 of them new" in run(home, "packs", "receive", disclosure_id, answer(out, reference), "--by", "ada")
    deliver(landing, with_births(right, {other: wrong[other]}), night=NEXT)
    nightly(home, landing, NEXT)
    line = read(home, NEXT, "correction_lines").filter(reference=reference)
    assert line.select("state", "first_corrected_on").row(0) == ("corrected", NEXT)
    assert "corrected 2026-11-20" in run(home, "packs", "show", disclosure_id)

    # The policy is revoked: nothing more goes, though another record of the owner or of others is still wrong.
    run(home, "packs", "policy", "revoke", "--by", "ada", "--reason", "the agreement ended")
    nightly(home, landing, THIRD)
    assert read(home, THIRD, "correction_lines").filter(reference=reference).item(0, "state") == "corrected"
    for whose in read(home, THIRD, "discrepancies")["owner"].unique():
        assert "nothing to send" in run(home, "packs", "make", whose, "--out", out, *why)
    states, answering = (row.split() for row in run(home, "packs", "check", owner).splitlines() if owner in row)
    assert (states[1:4], answering[1:4]) == (["1", "0", "1"], ["1", "0", "0"])
