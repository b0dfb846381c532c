import csv
import gzip
import hashlib
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from reconciliation.statutes import MINIMUM_MONTHS
from samples.nights import write_nights
from samples.orders import add_months, make_orders

ORDERS = 90
SEED = 11


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def lines(folder: Path, kind: str) -> list[list[str]]:
    (path,) = (folder / "landing" / "pnc").glob(f"PNC_{kind}_*.txt")
    text = path.read_bytes().decode("cp1252")
    assert text.endswith("\r\n")
    return [line.split("|") for line in text[:-2].split("\r\n")]


def documents(folder: Path) -> list[dict[str, dict[str, object]]]:
    (path,) = (folder / "landing" / "pnd").glob("*.jsonl.gz")
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def results(folder: Path) -> list[dict[str, str]]:
    (path,) = (folder / "landing" / "court").glob("*.csv")
    return rows(path)


def data_rows(folder: Path, sheet: int) -> set[str]:
    """Keys of the rows below the headings that hold more than a note."""
    keys = set()
    for path in (folder / "landing" / "rocu").glob("*.xlsx"):
        book = openpyxl.load_workbook(path)
        name = book.sheetnames[sheet]
        filled = [sum(cell is not None for cell in row) for row in book[name].iter_rows(values_only=True)]
        heading = next(row for row, cells in enumerate(filled) if cells > 4)
        keys |= {f"{path.name}#{name}#{row + 1}" for row, cells in enumerate(filled) if row > heading and cells > 1}
    return keys


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("night")
    write_nights(folder, orders=ORDERS, seed=SEED)
    return folder


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("series")
    write_nights(folder, orders=300, seed=5, nights=4)
    return [folder / f"night-{number}" for number in range(1, 5)]


def test_the_same_seed_gives_the_same_bytes(night: Path, tmp_path: Path) -> None:
    write_nights(tmp_path, orders=ORDERS, seed=SEED)
    assert files(tmp_path) == files(night)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({"orders": 0}, id="no orders"),
        pytest.param({"orders": 1, "nights": 0}, id="no nights"),
        pytest.param({"orders": 1, "noise": -0.1}, id="less than no noise"),
        pytest.param({"orders": 1, "as_of": date(2015, 7, 31)}, id="before the law was in force"),
    ],
)
def test_impossible_arguments_are_refused(tmp_path: Path, arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must be|later date"):
        write_nights(tmp_path, seed=1, **arguments)


def test_a_night_soon_after_commencement_holds_no_scottish_orders(tmp_path: Path) -> None:
    write_nights(tmp_path, orders=60, seed=1, as_of=date(2016, 3, 1))
    assert {row["kind"] for row in rows(tmp_path / "truth" / "orders.csv")} == {"STRO", "STPO"}


def test_another_seed_gives_another_world(night: Path, tmp_path: Path) -> None:
    write_nights(tmp_path, orders=ORDERS, seed=SEED + 1)
    assert files(tmp_path)["truth/orders.csv"] != files(night)["truth/orders.csv"]


def test_a_clean_night_has_no_errors(tmp_path: Path) -> None:
    write_nights(tmp_path, orders=ORDERS, seed=SEED, noise=0)
    assert rows(tmp_path / "truth" / "errors.csv") == []
    assert rows(tmp_path / "truth" / "arrest_errors.csv") == []


def test_twice_the_noise_gives_about_twice_the_errors(night: Path, tmp_path: Path) -> None:
    write_nights(tmp_path, orders=ORDERS, seed=SEED, noise=2)
    once, twice = (len(rows(folder / "truth" / "errors.csv")) for folder in (night, tmp_path))
    assert 1.4 * once < twice < 2.2 * once


@pytest.mark.parametrize("noise", [pytest.param(1.0, id="with errors"), pytest.param(0.0, id="clean")])
def test_truth_links_are_the_keys_of_the_landing_folder(tmp_path: Path, noise: float) -> None:
    write_nights(tmp_path, orders=ORDERS, seed=3, noise=noise)
    written = {("pnc", fields[1]) for fields in lines(tmp_path, "ANCORD") if fields[0] == "ORD"}
    written |= {("court", row["result_id"]) for row in results(tmp_path)}
    written |= {("rocu", key) for key in data_rows(tmp_path, 0)}
    written |= {("pnd", str(one["record_id"])) for one in documents(tmp_path) if one["event"]["kind"] == "order"}
    links = rows(tmp_path / "truth" / "links.csv")
    assert {(row["source"], row["source_key"]) for row in links} == written
    assert len(links) == len(written)
    assert {row["order_id"] for row in links} == {row["order_id"] for row in rows(tmp_path / "truth" / "orders.csv")}


def test_truth_arrest_links_are_the_keys_of_the_landing_folder(night: Path) -> None:
    written = {("pnc", fields[2]) for fields in lines(night, "ARREST") if fields[0] == "ARR"}
    written |= {("pnd", str(one["record_id"])) for one in documents(night) if one["event"]["kind"] == "arrest"}
    written |= {("rocu", key) for key in data_rows(night, 1)}
    links = rows(night / "truth" / "arrest_links.csv")
    assert {(row["source"], row["source_key"]) for row in links} == written
    assert len(links) == len(written)


@pytest.mark.parametrize(
    ("kind", "main"), [pytest.param("ANCORD", "ORD", id="orders"), pytest.param("ARREST", "ARR", id="arrests")]
)
def test_the_pnc_trailer_counts_the_records(night: Path, kind: str, main: str) -> None:
    header, *records, trailer = lines(night, kind)
    assert header == ["HDR", "PNC", kind, "20261120", "020000"]
    assert trailer == ["TRL", str(sum(record[0] == main for record in records)), str(len(records))]


def test_pnc_records_have_their_fields_and_widths(night: Path) -> None:
    widths = {"ORD": 16, "ALS": 4, "CON": 4}
    for record in lines(night, "ANCORD")[1:-1]:
        assert len(record) == widths[record[0]]
        if record[0] == "ORD":
            assert len(record[12]) <= 24
        if record[0] == "CON":
            assert len(record[3]) <= 60


def test_the_manifest_fits_the_court_results(night: Path) -> None:
    (path,) = (night / "landing" / "court").glob("*.csv")
    manifest = json.loads(path.with_suffix("").with_suffix(".manifest.json").read_text())
    assert manifest == {"rows": len(results(night)), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_courts_hear_only_cases_of_england_and_wales(night: Path) -> None:
    assert {row["court_ou_code"][0] for row in results(night)} <= {"B", "C"}


def test_records_keep_their_keys_from_night_to_night(series: list[Path]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for folder in series:
        for row in rows(folder / "truth" / "links.csv"):
            if row["source"] != "rocu":
                assert seen.setdefault((row["source"], row["source_key"]), row["order_id"]) == row["order_id"]


def test_the_world_grows_and_changes_between_nights(series: list[Path]) -> None:
    first, last = (rows(folder / "truth" / "orders.csv") for folder in (series[0], series[-1]))
    before = {row["order_id"]: row["status"] for row in first}
    after = {row["order_id"]: row["status"] for row in last}
    assert before.keys() < after.keys()
    assert any(after[order] != status for order, status in before.items())


def test_some_errors_are_corrected_between_nights(series: list[Path]) -> None:
    first, last = (
        {(row["source"], row["source_key"], row["field"]) for row in rows(folder / "truth" / "errors.csv")}
        for folder in (series[0], series[-1])
    )
    assert {key for key in first - last if key[0] == "court"}


def test_regional_returns_change_month_and_keep_references(series: list[Path]) -> None:
    months = [{path.stem[-7:] for path in (folder / "landing" / "rocu").iterdir()} for folder in series]
    assert months == [{"2026-10"}, {"2026-10"}, {"2026-11"}, {"2026-11"}]


def test_minimum_terms_hold_in_the_truth(series: list[Path]) -> None:
    least = {"STRO": 24, "TERO": 24, "STPO": 60, "TEPO": 60}
    for row in rows(series[-1] / "truth" / "orders.csv"):
        assert date.fromisoformat(row["made"]) <= date.fromisoformat(row["start"])
        assert not row["months"] or int(row["months"]) >= least[row["kind"]]
        assert bool(row["end"]) >= (row["interim"] == "True")


def test_the_truth_says_what_each_order_followed_why_it_ended_and_how_long_travel_is_banned(series: list[Path]) -> None:
    orders = {row["order_id"]: row for row in rows(series[-1] / "truth" / "orders.csv")}
    followed = [(row, orders[row["follows"]]) for row in orders.values() if row["follows"]]
    assert {earlier["interim"] for _, earlier in followed} == {"True", "False"}
    for later, earlier in followed:
        assert later["person_id"] == earlier["person_id"]
        assert later["made"] > earlier["made"]
        if earlier["interim"] == "True":
            assert earlier["superseded_on"] == later["made"]
    for row in orders.values():
        assert bool(row["discharged_on"]) == (row["status"] == "D")
        assert bool(row["superseded_on"]) >= (row["status"] == "S")
        assert bool(row["travel_banned_until"]) <= bool({"C27", "C28"} & set(row["conditions"].split(";")))


def test_the_truth_has_the_applicant_and_the_breaches_of_the_records_that_name_them(series: list[Path]) -> None:
    orders = {row["order_id"]: row for row in rows(series[-1] / "truth" / "orders.csv")}
    links = rows(series[-1] / "truth" / "links.csv")
    held = {source: {row["order_id"] for row in links if row["source"] == source} for source in ("court", "rocu")}
    assert {key for key, row in orders.items() if row["applicant"]} == held["court"]
    assert {"91", "GL", "IE"} & {row["applicant"] for row in orders.values()}
    said = {key: row for key, row in orders.items() if row["breaches_said"]}
    assert set() < said.keys() < held["rocu"]
    assert all(row["breaches_said"] == row["breaches"] for row in said.values())


def test_no_order_is_discharged_within_its_shortest_time() -> None:
    orders = make_orders(3000, seed=SEED, as_of=date(2026, 11, 20), recent=(date(2026, 11, 1), 0.0))
    discharged = [order for order in orders if order.discharged_on]
    assert discharged
    assert all(order.discharged_on >= add_months(order.made, MINIMUM_MONTHS[order.kind]) for order in discharged)


def test_what_is_the_truth_in_another_form_or_not_said_is_marked_as_such(tmp_path: Path) -> None:
    write_nights(tmp_path, orders=600, seed=4, noise=2)
    natures = {row["error"]: row["nature"] for row in rows(tmp_path / "truth" / "errors.csv")}
    assert {error for error, nature in natures.items() if nature == "format"} == {
        "diacritics lost",
        "legacy force code",
    }
    assert natures["pncid missing"] == natures["conditions not sent"] == "gap"
    assert natures["dob missing"] == natures["end missing"] == natures["uploaded by two forces"] == "error"
    assert "amended result" not in natures
