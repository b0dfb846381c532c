"""Nights that go wrong: a shrunk feed, a source that must not be missing, and what an operator accepts."""

import gzip
import json
import re
import shutil

import polars as pl
import pytest
from nights import SERIES, command, copy_of, nightly

from ledger.audit import read_rows
from ledger.decisions.database import Database
from tests.support.spoil import change_rows, keep_first, keep_rows
from warehouse.home import Home
from warehouse.releases.release import list_releases

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


def cut_first_night(home, landing):
    """The first night had a third of the deliveries, and no return of a region."""
    first = copy_of(landing.parent / "first", landing.parent / "cut")
    shutil.rmtree(first / "rocu")
    for path in (*(first / "pnc").iterdir(), *(first / "pnd").iterdir()):
        keep_first(path, 14)
    (results,) = (first / "court").glob("*.csv")
    keep_rows(results, 14)
    shutil.rmtree(home)
    nightly(home, first, FIRST)


def discharge_many(_home, landing):
    """The court says of a dozen orders made long ago that they were discharged."""
    (results,) = (landing / "court").glob("*.csv")

    def add(heading, rows):
        at = {name: place for place, name in enumerate(heading)}
        old = [row for row in rows if row[at["hearing_date"]] < "2024" and row[at["order_end"]] > "2027"][:12]
        for number, row in enumerate(old):
            kind = "prevention" if "prevention" in row[at["result_text"]] else "risk"
            text = f"slavery and trafficking {kind} order made on {row[at['hearing_date']]} discharged"
            new = {"result_id": f"R9{number:08}", "hearing_date": "2026-11-02", "result_text": text}
            new |= dict.fromkeys(("order_start", "order_end", "prohibitions", "amends_result_id"), "")
            rows.append([new.get(name, value) for name, value in zip(heading, row, strict=True)])

    change_rows(results, add)


def shorten_many(_home, landing):
    """All sources but the regions let prevention orders end after two years, sooner than the law allows."""
    (orders,) = (landing / "pnc").glob("PNC_ANCORD*")
    lines = [line.split("|") for line in orders.read_bytes().decode("cp1252").split("\r\n")]
    for fields in lines:
        if fields[0] == "ORD" and fields[7] == "STPO" and fields[9]:
            fields[10:12] = [f"{fields[9][:4]}{int(fields[9][4:]) + 2}", "0200"]
    orders.write_bytes("\r\n".join("|".join(fields) for fields in lines).encode("cp1252"))
    (documents,) = (landing / "pnd").iterdir()
    read = [json.loads(line) for line in gzip.decompress(documents.read_bytes()).splitlines()]
    for event in (each["event"] for each in read):
        if event["kind"] == "order" and re.search("(?i)prevention|STPO", event["order"]) and event["starts"]:
            event |= {"ends": f"{int(event['starts'][:4]) + 2}{event['starts'][4:]}", "term_months": 24}
    documents.write_bytes(gzip.compress("\n".join(map(json.dumps, read)).encode() + b"\n"))
    (results,) = (landing / "court").glob("*.csv")

    def shorten(heading, rows):
        at = {name: place for place, name in enumerate(heading)}
        for row in rows:
            if "prevention" in row[at["result_text"]] and row[at["order_end"]]:
                start = row[at["order_start"]]
                row[at["order_end"]] = f"{int(start[:4]) + 2}{start[4:]}"
                row[at["result_text"]] = "slavery and trafficking prevention order made for 2 years"

    change_rows(results, shorten)


def gates_in(said):
    """The gates that refused, each once: they are named in the log and in the last words."""
    return list(dict.fromkeys(re.findall(r"gate (\S+): ", said)))


def accepted_in(release):
    return {gate["name"]: gate["accepted"] for gate in release.manifest["gates"] if gate["accepted"]}


@pytest.mark.long
@pytest.mark.parametrize(
    ("gate", "go_wrong"),
    [
        pytest.param("counts", cut_first_night, id="counts"),
        pytest.param("people_unbound", discharge_many, id="people_unbound"),
        pytest.param("statutes", shorten_many, id="statutes"),
    ],
)
def test_a_gate_keeps_the_last_release_until_it_is_accepted_and_the_next_night_goes_on(
    three_nights, tmp_path, gate, go_wrong
):
    home = copy_of(three_nights / "first", tmp_path / "home")
    copy_of(three_nights / "night-1" / "landing", tmp_path / "first")
    landing = copy_of(three_nights / "night-2" / "landing", tmp_path / "landing")
    go_wrong(home, landing)
    words = ("nightly", "--landing", landing, "--as-of", SECOND)

    refused = command(*words, home=home)
    assert refused.exit_code == 1
    shut = gates_in(refused.stderr)
    assert gate in shut
    assert f"run the night again with --accept {gate} --reason REASON" in refused.stderr
    assert (home / "releases" / "CURRENT").read_text() == f"r{FIRST}\n"
    assert command("status", home=home).exit_code == 1

    why = ("--reason", "looked at, ticket 7", "--by", "Ann Operator")
    for place, name in enumerate(shut[:-1], start=1):
        still = command(*words, "--accept", name, *why, home=home)
        assert gates_in(still.stderr) == shut[place:], "what was accepted is not asked again"
    published = command(*words, "--accept", shut[-1], *why, home=home)
    assert published.exit_code in (0, 3), published.stderr
    release = list_releases(Home(home))[-1]
    assert (release.as_of, accepted_in(release)) == (SECOND, dict.fromkeys(shut, "looked at, ticket 7 (Ann Operator)"))
    with Database(Home(home).ledger_url(None)).reading() as connection:
        logged = [row for row in read_rows(connection) if f'"{gate}"' in row["what"]]
    assert [(row["who"], row["reason"]) for row in logged] == [("Ann Operator", "looked at, ticket 7")]

    after = command("nightly", "--landing", three_nights / "night-3" / "landing", "--as-of", SERIES[2], home=home)
    assert after.exit_code in (0, 3), after.stderr
    assert accepted_in(list_releases(Home(home))[-1]) == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--accept", "counts"), "go together", id="no reason"),
        pytest.param(("--reason", "because"), "go together", id="no gate"),
        pytest.param(
            ("--accept", "unique_ids", "--reason", "because"), "unique_ids", id="a gate that can't be accepted"
        ),
        pytest.param(
            ("--accept", "wether", "--reason", "because"), "wether; one of counts, ", id="no gate of that name"
        ),
    ],
)
def test_a_wrong_acceptance_is_refused_before_anything_runs(words, said, tmp_path):
    refused = command("nightly", "--landing", tmp_path, "--as-of", SECOND, *words, home=tmp_path / "home")
    assert (refused.exit_code, said in refused.stderr) == (2, True)
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("folder", "night", "code", "said"),
    [
        pytest.param("pnc", f"{SECOND}", 3, "is this the landing folder? ", id="the folder of one source"),
        pytest.param("", "2099-01-01", 2, "there is no night 2099-01-01: the first is 2015-07-31", id="a day to come"),
    ],
)
def test_a_check_of_a_wrong_folder_or_day_says_which(one_night, tmp_path, folder, night, code, said):
    landing = one_night / "landing" / folder
    checked = command("check", "--landing", landing, "--as-of", night, home=tmp_path / "home")
    assert checked.exit_code == code
    assert said in checked.stderr
    assert (f"{landing} has none of the folders" in checked.stderr) == bool(folder)
