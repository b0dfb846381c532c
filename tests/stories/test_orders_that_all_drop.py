"""An order that every source drops stays in the register, in doubt, until its time has passed or a steward ends it."""

import csv
import gzip
import io
import json
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from nights import SERIES, command, copy_of, nightly

from samples.court import write_manifest

pytestmark = pytest.mark.long
FIRST = SERIES[0]
SECOND, THIRD, FOURTH = (FIRST + timedelta(days=days) for days in (1, 2, 3))
HOLDERS = ["court", "pnc", "pnd"]


def read(home: Path, night: date, table: str) -> pl.DataFrame:
    return pl.read_parquet(home / "releases" / f"r{night}" / f"{table}.parquet")


def send(first: Path, landing: Path, night: date, *, without: set[str] = frozenset(), rekeyed: str = "") -> Path:
    """The deliveries of the first night sent again, without some records; one PNC record may have another key."""
    pnc = (first / "pnc" / f"PNC_ANCORD_{FIRST:%Y%m%d}.txt").read_bytes().decode("cp1252").splitlines()
    header, *body, _ = (line.split("|") for line in pnc)
    kept = [line for line in body if f"pnc:{line[1]}" not in without]
    for line in kept:
        line[1] = "99999999" if f"pnc:{line[1]}" == rekeyed else line[1]
    trailer = ["TRL", str(sum(line[0] == "ORD" for line in kept)), str(len(kept))]
    lines = [[*header[:3], f"{night:%Y%m%d}", *header[4:]], *kept, trailer]
    text = "".join(f"{'|'.join(line)}\r\n" for line in lines)
    write(landing / "pnc" / f"PNC_ANCORD_{night:%Y%m%d}.txt", text, "cp1252")

    pnd = gzip.decompress((first / "pnd" / f"pnd_pole_{FIRST}.jsonl.gz").read_bytes()).decode().splitlines()
    documents = [line for line in pnd if f"pnd:{json.loads(line)['record_id']}" not in without]
    (landing / "pnd").mkdir(parents=True, exist_ok=True)
    packed = gzip.compress("".join(f"{line}\n" for line in documents).encode())
    (landing / "pnd" / f"pnd_pole_{night}.jsonl.gz").write_bytes(packed)

    heading, *results = csv.reader(io.StringIO((first / "court" / f"court_results_{FIRST}.csv").read_text("utf-8")))
    results = [result for result in results if f"court:{result[0]}" not in without]
    csv.writer(table := io.StringIO()).writerows([heading, *results])
    file = write(landing / "court" / f"court_results_{night}.csv", table.getvalue(), "utf-8")
    write_manifest(file.with_suffix(".manifest.json"), len(results), file.read_bytes())
    return landing


def write(file: Path, text: str, encoding: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding, newline="")
    return file


class Story:
    """A home with one night, and an order in force that the court, the PNC and the PND hold."""

    def __init__(self, three_nights: Path, folder: Path) -> None:
        self.home, self.folder = copy_of(three_nights / "first", folder / "home"), folder
        self.first = three_nights / "night-1" / "landing"
        self.choose(pl.col("sources") == pl.Series([HOLDERS]))

    def choose(self, is_meant: pl.Expr) -> None:
        """Go on with an order in force."""
        orders = read(self.home, FIRST, "orders").filter(
            is_meant,
            pl.col("legal_status") == "live",
            pl.col("condition_count") > 1,
            (pl.col("end_on") > SERIES[-1]).fill_null(value=True),
        )
        self.before = orders.row(0, named=True)
        self.order_id = self.before["order_id"]
        self.records = set(self.of_order(FIRST, "order_sources").get_column("record_id"))

    def of_order(self, night: date, table: str) -> pl.DataFrame:
        return read(self.home, night, table).filter(pl.col("order_id") == self.order_id)

    def order(self, night: date) -> dict[str, object]:
        return self.of_order(night, "orders").row(0, named=True)

    def run(
        self,
        night: date,
        *,
        without: set[str] = frozenset(),
        rekeyed: str = "",
        gone: tuple[str, str, int] | None = None,
    ) -> None:
        """A night of what came; of a return, sent again under its name, the row of a sheet may be gone."""
        landing = send(self.first, self.folder / str(night), night, without=without, rekeyed=rekeyed)
        if gone:
            file, sheet, row = gone
            book = openpyxl.load_workbook(self.first / "rocu" / file)
            book[sheet].delete_rows(row)
            (landing / "rocu").mkdir()
            book.save(landing / "rocu" / file)
        nightly(self.home, landing, night)

    def causes(self, night: date) -> set[str]:
        return set(self.of_order(night, "release_changes").get_column("cause"))


@pytest.fixture
def story(three_nights, tmp_path) -> Story:
    return Story(three_nights, tmp_path)


def test_an_order_that_all_sources_drop_stays_in_force_in_doubt_and_a_steward_is_asked(story):
    story.run(SECOND, without=story.records)
    order = story.order(SECOND)
    told = ("order_type", "surname", "made_on", "end_on", "court_code", "legal_status", "condition_count")
    assert {name: order[name] for name in told} == {name: story.before[name] for name in told}
    assert (order["sources"], order["is_in_force_doubtful"], order["last_seen_on"]) == ([], True, FIRST)
    assert story.of_order(SECOND, "order_sources").get_column("is_dropped").to_list() == [True] * len(story.records)
    assert story.causes(SECOND) == {"source"}
    asked = story.of_order(SECOND, "discrepancies").filter(state="new")
    assert asked.select("rule_code", "severity", "owner").rows() == [
        ("DOUBT-DROPPED", "high", f"court:{order['court_code']}")
    ]
    queue = read(story.home, SECOND, "review_queue")
    assert story.order_id in queue.sort("priority", descending=True).head(3).get_column("order_id").to_list()
    assert "no source" in command("explain", story.order_id, home=story.home).output.lower()


def test_it_waits_night_after_night_and_is_the_same_order_when_it_comes_back_under_another_key(story):
    pnc = next(record for record in story.records if record.startswith("pnc:"))
    story.run(SECOND, without=story.records)
    story.run(THIRD, without=story.records)
    assert story.causes(THIRD) <= {"calendar"}
    asked = story.of_order(THIRD, "discrepancies").filter(pl.col("state") != "resolved")
    assert asked.select("rule_code", "state").rows() == [("DOUBT-DROPPED", "open")]
    story.run(FOURTH, without=story.records - {pnc}, rekeyed=pnc)
    order = story.order(FOURTH)
    assert (order["sources"], order["is_in_force_doubtful"], order["last_seen_on"]) == (["pnc"], False, FOURTH)
    replayed = [command("replay", f"r{night}", home=story.home) for night in (SECOND, THIRD, FOURTH)]
    assert [said.exit_code for said in replayed] == [0, 0, 0], [said.output for said in replayed]


def test_a_steward_who_enters_its_end_ends_it_and_it_leaves_the_register(story):
    story.run(SECOND, without=story.records)
    for words in (("decisions", "migrate"), ("decisions", "users", "--add", "kim")):
        assert command(*words, home=story.home).exit_code == 0
    decided = command(
        "decide", "value", story.order_id, "end_on", FIRST, "--by", "kim", "--reason", "varied", home=story.home
    )
    assert decided.exit_code == 0, decided.output
    story.run(THIRD, without=story.records)
    order = story.order(THIRD)
    assert (order["legal_status"], order["is_in_force_doubtful"], order["ceased_on"]) == ("expired", False, SECOND)
    story.run(FOURTH, without=story.records)
    assert story.of_order(FOURTH, "orders").is_empty()
    assert story.of_order(FOURTH, "release_changes").select("change", "cause").rows() == [("removed", "source")]


def test_an_order_that_had_ended_leaves_the_register_with_its_records(story):
    ended = read(story.home, FIRST, "orders").filter(
        pl.col("binds_until") < FIRST, pl.col("sources") == pl.Series([HOLDERS])
    )
    story.order_id = ended.item(0, "order_id")
    story.run(SECOND, without=set(story.of_order(FIRST, "order_sources").get_column("record_id")))
    assert story.of_order(SECOND, "orders").is_empty()


def test_an_order_is_kept_though_the_next_row_of_the_return_took_its_place(story):
    story.choose(pl.col("sources").list.contains("rocu"))
    row = story.of_order(FIRST, "order_sources").row(by_predicate=pl.col("source") == "rocu", named=True)
    file, sheet, number = row["source_key"].split("#")
    nights = (SECOND, THIRD)
    story.run(SECOND, without=story.records, gone=(file, sheet, int(number)))
    story.run(THIRD, without=story.records)
    kept = f"rocu:{story.order_id}#{row['source_key']}"
    for night in nights:
        assert (story.order(night)["sources"], story.order(night)["is_in_force_doubtful"]) == ([], True)
        records = set(story.of_order(night, "order_sources").get_column("record_id"))
        assert records == story.records - {row["record_id"]} | {kept}
        taken = read(story.home, night, "order_sources").filter(record_id=row["record_id"])
        assert taken.height == 1, "the next row stands there"
    assert story.causes(THIRD) <= {"calendar"}
    replayed = [command("replay", f"r{night}", home=story.home) for night in nights]
    assert [said.exit_code for said in replayed] == [0, 0], [said.output for said in replayed]
