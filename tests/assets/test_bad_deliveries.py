"""Whatever is wrong with a delivery: it is reported, the readable rest goes on, and it never replaces a good one."""

import gzip
import json
import os
import re
import resource
import shutil
import socket
import stat
import time
import zlib
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shares import one_in

from assets.deliveries import Intake, take_in
from assets.sources import find_sources
from assets.sources.contract import Limits
from samples.court import write_manifest
from samples.nights import write_nights
from tests.support import spoil
from warehouse.tables.core import CORE_TABLES

NIGHT = date(2026, 11, 20)
SOURCES = {source.name: source for source in find_sources()}
FILES = {
    "pnc": "PNC_ANCORD_*.txt",
    "pnd": "pnd_pole_*.jsonl.gz",
    "court": "court_results_*.csv",
    "rocu": "NEROCU_*.xlsx",
}
DO = r"(?i)\b(ask|check|look|put|move|add|correct|report)\b"  # every fault says what to do


@dataclass(frozen=True, repr=False)
class Night:
    """A sound night: its landing folder, what each source gave of it, the names of its people."""

    landing: Path
    intakes: dict[str, Intake]
    names: re.Pattern[str]


@dataclass(frozen=True)
class Bad:
    """A delivery gone wrong: how, the state it gets, words its faults hold, what of its rows can still be read."""

    source: str
    spoil: Callable[[Path], object]
    state: str
    words: tuple[str, ...]
    rest: str


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound")
    write_nights(folder, orders=24, seed=3, as_of=NIGHT, noise=0)
    for book in (folder / "landing" / "rocu").iterdir():
        if not book.match(FILES["rocu"]):
            book.unlink()  # one region stands for all
    people = pl.read_csv(folder / "truth" / "orders.csv", infer_schema=False)
    names = {name for column in ("surname", "forenames") for text in people[column].drop_nulls() for name in [text]}
    return Night(
        folder / "landing",
        {name: look(folder / "landing", name, folder / "archive") for name in SOURCES},
        re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b", re.IGNORECASE),
    )


@pytest.fixture
def landing(sound, tmp_path):
    return Path(shutil.copytree(sound.landing, tmp_path / "landing"))


def look(landing, source, archive, as_of=NIGHT):
    return take_in(SOURCES[source], landing=landing, archive=archive, as_of=as_of)


def find(landing, source):
    (path,) = (landing / source).glob(FILES[source])
    return path


def row_of(intake, path):
    return intake.deliveries.filter(pl.col("file_name") == path.name).row(0, named=True)


def refused(intake, path):
    return intake.deliveries.filter((pl.col("file_name") == path.name) & ~pl.col("is_used")).row(0, named=True)


def standardised(source, intake):
    core = SOURCES[source].standardise({name: table.lazy() for name, table in intake.tables.items()}, NIGHT)
    return {
        table.name.removeprefix("core__"): table.conform(core[table.name.removeprefix("core__")])
        for table in CORE_TABLES
    }


def assert_rows_balance(intake):
    balance = pl.col("rows_kept") + pl.col("rows_quarantined") + pl.col("rows_duplicate")
    assert intake.deliveries.filter(pl.col("rows_read") != balance).is_empty()
    assert intake.deliveries["rows_quarantined"].sum() == intake.quarantine.height


def header_only(path):
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


def heading_only(path):
    header_only(path)
    spoil.renew_manifest(path)


def as_another(source):
    def change(path):
        path.write_bytes(find(path.parent.parent, source).read_bytes())

    return change


def arrests_for_orders(path):
    path.write_bytes(path.with_name(path.name.replace("ANCORD", "ARREST")).read_bytes())


def count_of_the_trailer(count):
    def change(path):
        lines = path.read_bytes().splitlines()
        path.write_bytes(b"\r\n".join([*lines[:-1], b"TRL|" + count + b"|" + count, b""]))

    return change


def packed(change):
    def pack(path):
        path.write_bytes(gzip.compress(change(gzip.decompress(path.read_bytes())), mtime=0))

    return pack


def bytes_changed(change):
    def write(path):
        path.write_bytes(change(path.read_bytes()))

    return write


def with_manifest(change):
    """Change a court file and let its manifest fit, with the rows it had."""

    def write(path):
        manifest = path.with_name(path.name.replace(".csv", ".manifest.json"))
        path.write_bytes(change(path.read_bytes()))
        write_manifest(manifest, json.loads(manifest.read_text())["rows"], path.read_bytes())

    return write


def manifest(text):
    def write(path):
        path.with_name(path.name.replace(".csv", ".manifest.json")).write_text(text)

    return write


def manifest_folder(path):
    spoil.drop_manifest(path)
    path.with_name(path.name.replace(".csv", ".manifest.json")).mkdir()


def in_book(change):
    def write(path):
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)

    return write


def in_parts(change):
    def write(path):
        with ZipFile(path) as book:
            parts = {name: change(name, book.read(name)) for name in book.namelist()}
        with ZipFile(path, "w", ZIP_DEFLATED) as book:
            for name, content in parts.items():
                book.writestr(name, content)

    return write


def heading_row(sheet):
    rows = sheet.iter_rows()
    return next(row for row in rows if sum(cell.value is not None for cell in row) > 4)


def drop_rows(book):
    for sheet in book.worksheets:
        sheet.delete_rows(heading_row(sheet)[0].row + 1, sheet.max_row)


def drop_all(book):
    for sheet in book.worksheets:
        sheet.delete_rows(1, sheet.max_row)


def drop_names(book):
    for sheet in book.worksheets:
        heading_row(sheet)
        for cell in heading_row(sheet):
            if re.search(r"(?i)name|nominal|subject", str(cell.value)):
                cell.value = None


def stray_cell(row, column):
    def change(book):
        book.worksheets[0].cell(row=row, column=column, value="x")

    return change


def lie_of_the_size(name, content):
    return re.sub(rb"<dimension[^>]*/>", b'<dimension ref="A1:B2"/>', content) if "worksheets" in name else content


def far_cell_unannounced(path):
    in_book(stray_cell(1_048_576, 16_384))(path)
    in_parts(lie_of_the_size)(path)


def half_of_a_part(name, content):
    return content[: len(content) // 2] if name.endswith("sheet1.xml") else content


BAD = {
    # PNC
    "PNC, no byte": Bad("pnc", spoil.empty, "empty", ("is empty", "header, records and a trailer"), "none"),
    "PNC, header alone": Bad("pnc", header_only, "empty", ("no trailer", "no record"), "none"),
    "PNC, header without a trailer": Bad("pnc", spoil.drop_trailer, "truncated", ("no trailer",), "all"),
    "PNC, wrong trailer count": Bad("pnc", spoil.miscount_trailer, "truncated", ("declares", "holds"), "all"),
    "PNC, trailer with a count beyond all numbers": Bad(
        "pnc", count_of_the_trailer(b"9" * 5000), "unreadable", ("trailer holds no two counts",), "all"
    ),
    "PNC, trailer with a count beyond 64 bits": Bad(
        "pnc", count_of_the_trailer(b"9" * 20), "unreadable", ("trailer holds no two counts",), "all"
    ),
    "PNC, cut in a row": Bad("pnc", spoil.cut_in_row, "truncated", ("no trailer",), "any"),
    "PNC, cut short": Bad("pnc", spoil.cut, "truncated", ("no trailer",), "fewer"),
    "PNC, UTF-16": Bad(
        "pnc",
        lambda path: spoil.reencode(path, "utf-16", due="cp1252"),
        "unreadable",
        ("should be in Windows-1252", "UTF-16"),
        "all",
    ),
    "PNC, file of the other kind": Bad("pnc", arrests_for_orders, "truncated", ("kind of file",), "none"),
    "PNC, file of another source": Bad("pnc", as_another("court"), "truncated", ("not a header", "no trailer"), "none"),
    "PNC, sent twice in one file": Bad(
        "pnc", bytes_changed(lambda was: was * 2), "unreadable", ("after the trailer", "joined"), "all"
    ),
    "PNC, every order with a field too many": Bad(
        "pnc",
        bytes_changed(lambda was: re.sub(rb"(?m)^(ORD.*)\r$", rb"\1|X\r", was)),
        "unreadable",
        ("rows could not be read", "quarantine"),
        "none",
    ),
    # PND
    "PND, no byte": Bad("pnd", spoil.empty, "empty", ("no document",), "none"),
    "PND, gzip of nothing": Bad("pnd", packed(lambda _: b""), "empty", ("no document",), "none"),
    "PND, gzip cut in the middle": Bad("pnd", spoil.cut, "truncated", ("gzip ends",), "fewer"),
    "PND, gzip with a wrong checksum": Bad(
        "pnd", bytes_changed(lambda was: was[:-8] + bytes(4) + was[-4:]), "truncated", ("breaks",), "all"
    ),
    "PND, gzip with something after it": Bad(
        "pnd", bytes_changed(lambda was: was + b"rubbish"), "truncated", ("followed by something else",), "all"
    ),
    "PND, text cut before it was packed": Bad(
        "pnd", packed(lambda was: was[: len(was) // 2]), "truncated", ("ends in the middle of line",), "fewer"
    ),
    "PND, not packed": Bad("pnd", bytes_changed(gzip.decompress), "unreadable", ("not start as gzip",), "none"),
    "PND, packed twice": Bad("pnd", bytes_changed(gzip.compress), "unreadable", ("could not be read",), "none"),
    "PND, UTF-16": Bad(
        "pnd", packed(lambda was: was.decode().encode("utf-16")), "unreadable", ("UTF-16", "Expected UTF-8"), "none"
    ),
    "PND, file of another source": Bad("pnd", as_another("pnc"), "unreadable", ("not start as gzip",), "none"),
    "PND, documents of another kind": Bad(
        "pnd", packed(lambda _: b'{"result_id": 1}\n' * 5), "unreadable", ("5 of 5 rows", "which file"), "none"
    ),
    # courts
    "court, no byte": Bad("court", spoil.empty, "empty", ("is empty", "heading and results"), "none"),
    "court, heading alone": Bad("court", heading_only, "empty", ("heading and no result",), "none"),
    "court, cut short": Bad("court", spoil.cut, "truncated", ("SHA-256", "declares"), "fewer"),
    "court, cut in a row, with a manifest to match": Bad(
        "court",
        lambda path: (spoil.cut_in_row(path), spoil.renew_manifest(path)),
        "truncated",
        ("in the middle of a row",),
        "fewer",
    ),
    "court, UTF-16": Bad(
        "court",
        lambda path: spoil.reencode(path, "utf-16"),
        "unreadable",
        ("should be in UTF-8", "UTF-16"),
        "all",
    ),
    "court, digest of another file": Bad("court", spoil.falsify_manifest, "unreadable", ("SHA-256",), "all"),
    "court, no manifest": Bad("court", spoil.drop_manifest, "unreadable", ("manifest did not come",), "all"),
    "court, folder in place of the manifest": Bad("court", manifest_folder, "unreadable", ("did not come",), "all"),
    "court, manifest nested without end": Bad(
        "court", manifest("[" * 100_000), "unreadable", ("manifest holds no rows",), "all"
    ),
    "court, manifest of infinitely many rows": Bad(
        "court", manifest('{"rows": Infinity, "sha256": ""}'), "unreadable", ("manifest holds no rows",), "all"
    ),
    "court, manifest of more rows than there are numbers": Bad(
        "court", manifest(json.dumps({"rows": 10**30, "sha256": ""})), "unreadable", ("manifest holds no rows",), "all"
    ),
    "court, column missing": Bad(
        "court", lambda path: spoil.drop_column(path, "sex"), "unreadable", ("heading lacks sex",), "all"
    ),
    "court, column twice": Bad(
        "court", lambda path: spoil.repeat_column(path, "sex"), "unreadable", ("sex more than once",), "all"
    ),
    "court, column by an unknown name": Bad(
        "court", lambda path: spoil.rename_column(path, "sex", "column_6"), "unreadable", ("heading lacks sex",), "all"
    ),
    "court, stray quote": Bad("court", spoil.insert_stray_quote, "truncated", ("SHA-256", "declares"), "fewer"),
    "court, file of another source": Bad(
        "court", as_another("rocu"), "truncated", ("not that of court results",), "none"
    ),
    "court, one result_id for all": Bad(
        "court",
        lambda path: spoil.set_values(path, "result_id", "R000000001", every=1),
        "unreadable",
        ("could not be read", "key_reused"),
        "fewer",
    ),
    "court, heading longer than the reader takes": Bad(
        "court",
        with_manifest(lambda was: was[:3] + b"x" * 200_000 + was[3:]),
        "truncated",
        ("not that of court results",),
        "none",
    ),
    # ROCU
    "ROCU, no byte": Bad("rocu", spoil.empty, "empty", ("no bytes",), "none"),
    "ROCU, cut short": Bad("rocu", spoil.cut, "truncated", ("cut short or damaged",), "none"),
    "ROCU, part cut short": Bad("rocu", in_parts(half_of_a_part), "truncated", ("cut short or damaged",), "none"),
    "ROCU, password": Bad("rocu", spoil.protect, "unreadable", ("encrypted", "take the password off"), "none"),
    "ROCU, macros": Bad("rocu", spoil.add_macros, "unreadable", ("macros",), "none"),
    "ROCU, file of another source": Bad("rocu", as_another("court"), "unreadable", ("not an Excel workbook",), "none"),
    "ROCU, sheets without a cell": Bad("rocu", in_book(drop_all), "unreadable", ("headings of orders",), "none"),
    "ROCU, headings without rows": Bad("rocu", in_book(drop_rows), "empty", ("headings and no rows",), "none"),
    "ROCU, no column of names": Bad("rocu", in_book(drop_names), "unreadable", ("no heading for name",), "any"),
    "ROCU, stray cell in the far corner": Bad(
        "rocu", in_book(stray_cell(1_048_576, 16_384)), "unreadable", ("more than 20,000,000 cells",), "none"
    ),
    "ROCU, stray cell in the far corner, unannounced": Bad(
        "rocu", far_cell_unannounced, "unreadable", ("more than 20,000,000 cells",), "none"
    ),
}

SPOILT_ROWS = {
    # rows put aside, the rest kept: the delivery stays sound
    "PNC, null byte": ("pnc", spoil.insert_null_byte, "null_byte"),
    "PNC, field of a million characters": (
        "pnc",
        lambda path: spoil.set_field(path, "CON", 3, "X" * spoil.HUGE, every=spoil.HUGE),
        "too_long",
    ),
    "PNC, field too many": ("pnc", lambda path: spoil.set_field(path, "CON", 3, "A|B", every=50), "field_count"),
    "PND, document cut in two": ("pnd", spoil.break_document, "not_json"),
    "PND, field of a million characters": (
        "pnd",
        packed(lambda was: was.replace(b'"court": "', b'"court": "' + b"X" * spoil.HUGE, 1)),
        "too_long",
    ),
    "PND, null byte": ("pnd", packed(lambda was: was.replace(b'"court": "', b'"court": "\0', 1)), "null_byte"),
    "PND, Latin-1 in one line": (
        "pnd",
        packed(lambda was: "é".encode().join(was.split(b"court", 1)).replace("é".encode(), b"\xe9", 1)),
        "wrong_encoding",
    ),
    "PND, half of a surrogate pair": (
        "pnd",
        packed(lambda was: was.replace(b'"court": "', b'"court": "\\ud800', 1)),
        "wrong_encoding",
    ),
    "PND, brackets nested without end": (
        "pnd",
        packed(lambda was: was + b"[" * 40_000 + b"]" * 40_000 + b"\n"),
        "not_json",
    ),
    "PND, a number that is none": (
        "pnd",
        packed(lambda was: was.replace(b'"court": ', b'"mass": NaN, "court": ', 1)),
        "not_json",
    ),
    "PND, ids that differ by blanks alone": (
        "pnd",
        packed(lambda was: was + was.splitlines(keepends=True)[0].replace(b'"record_id": "', b'"record_id": " ')),
        "key_reused",
    ),
    "court, null byte": ("court", with_manifest(lambda was: was.replace(b",FINAL", b",\0FINAL", 1)), "null_byte"),
    "court, Latin-1 in one row": (
        "court",
        with_manifest(lambda was: was.replace(b",FINAL", b",\xe9FINAL", 1)),
        "undecodable",
    ),
    "court, field of a million characters": ("court", spoil.set_huge_value, "too_long"),
    "court, row without an id": (
        "court",
        lambda path: spoil.set_values(path, "result_id", "", every=50),
        "key_missing",
    ),
    "ROCU, cell longer than Excel allows": (
        "rocu",
        in_parts(lambda name, was: re.sub(rb"<t>([^<]*)</t>(?!.*<t>)", rb"<t>\1" + b"X" * 40_000 + b"</t>", was)),
        "too_long",
    ),
}


@one_in(
    6,
    "bad",
    [pytest.param(bad, id=name) for name, bad in BAD.items()],  # all of them come below too
)
def test_what_is_wrong_is_shown_without_names_and_the_readable_rest_goes_on(sound, landing, bad):
    path = find(landing, bad.source)
    bad.spoil(path)
    intake = look(landing, bad.source, landing.parent / "archive")
    row = row_of(intake, path)
    assert row["state"] == bad.state
    assert row["is_used"] == (row["rows_kept"] > 0)
    reported = " ".join(row["faults"])
    assert not [words for words in bad.words if words not in reported]
    assert all(re.search(DO, fault) for fault in row["faults"])
    kept, whole = row["rows_kept"], row_of(sound.intakes[bad.source], path)["rows_kept"]
    assert {"all": kept == whole, "fewer": 0 < kept < whole, "none": kept == 0, "any": kept <= whole}[bad.rest]
    assert_rows_balance(intake)
    assert not [number for number, text in enumerate(shown(intake)) if sound.names.search(text)]
    standardised(bad.source, intake)


def shown(intake: Intake) -> list[str]:
    """What people are shown of bad deliveries."""
    aside = intake.quarantine
    return [*intake.deliveries["faults"].explode().drop_nulls(), *aside["reason"], *aside["place"]]


@pytest.mark.parametrize("bad", [pytest.param(bad, id=name) for name, bad in BAD.items()])
def test_a_bad_delivery_never_replaces_the_good_one_in_the_archive(sound, landing, bad):
    archive = landing.parent / "archive"
    shutil.copytree(sound.landing / bad.source, archive / bad.source)
    path = find(landing, bad.source)
    bad.spoil(path)
    intake = look(landing, bad.source, archive)
    assert all(intake.tables[name].equals(table) for name, table in sound.intakes[bad.source].tables.items())
    assert find(archive, bad.source).read_bytes() == find(sound.landing, bad.source).read_bytes()
    refused = intake.deliveries.filter((pl.col("file_name") == path.name) & ~pl.col("is_used"))
    assert refused["state"].to_list() == [bad.state]


@one_in(
    4,
    ("source", "change", "reason"),
    [pytest.param(*row, id=name) for name, row in SPOILT_ROWS.items()],
)
def test_a_spoilt_row_is_put_aside_with_its_reason_and_the_delivery_counts(sound, landing, source, change, reason):
    path = find(landing, source)
    change(path)
    intake = look(landing, source, landing.parent / "archive")
    row = row_of(intake, path)
    assert (row["state"], row["is_used"]) == ("fresh", True)
    assert reason in intake.quarantine["reason_code"].to_list()
    assert row["rows_kept"] > 0.5 * row_of(sound.intakes[source], path)["rows_kept"]
    assert intake.quarantine["row_text"].str.len_chars().max() <= 10_000
    assert all(re.search(DO, text) or "Expected" in text for text in intake.quarantine["reason"])
    assert not [text for text in intake.quarantine["reason"] if sound.names.search(text)]
    assert_rows_balance(intake)
    standardised(source, intake)


@one_in(
    2,
    ("source", "change", "field", "reason"),
    [
        pytest.param(
            "pnc", lambda path: spoil.set_field(path, "ORD", 7, "XSTRO"), "order_type", "unknown_code", id="PNC, type"
        ),
        pytest.param(
            "pnc",
            lambda path: spoil.set_field(path, "ORD", 8, "31022022"),
            "made_on",
            "impossible_date",
            id="PNC, date",
        ),
        pytest.param(
            "court",
            lambda path: spoil.set_values(path, "hearing_date", "2022-02-31"),
            "made_on",
            "impossible_date",
            id="court, date",
        ),
        pytest.param(
            "court", lambda path: spoil.set_values(path, "sex", "X7"), "sex", "unknown_code", id="court, code"
        ),
    ],
)
def test_a_value_nobody_can_read_is_rejected_and_its_row_kept(sound, landing, source, change, field, reason):
    path = find(landing, source)
    changed = change(path)
    intake = look(landing, source, landing.parent / "archive")
    assert row_of(intake, path)["rows_kept"] == row_of(sound.intakes[source], path)["rows_kept"]
    rejected = standardised(source, intake)["rejected_values"]
    assert rejected.filter((pl.col("field") == field) & (pl.col("reason_code") == reason)).height == changed


@one_in(
    2,
    ("source", "change"),
    [
        pytest.param("court", spoil.add_column, id="court, a new column"),
        pytest.param("court", lambda path: spoil.rename_column(path, "sex", "gender"), id="court, a known other name"),
        pytest.param("court", lambda path: spoil.repeat_rows(path, 2), id="court, rows sent twice"),
        pytest.param("court", with_manifest(lambda was: was.replace(b"\r\n", b"\n")), id="court, line feeds"),
        pytest.param("court", with_manifest(lambda was: was[3:]), id="court, no byte order mark"),
        pytest.param("pnd", packed(lambda was: b"\xef\xbb\xbf" + was), id="PND, byte order mark"),
        pytest.param("pnd", packed(lambda was: was.replace(b"\n", b"\r\n")), id="PND, Windows line ends"),
        pytest.param("pnd", packed(lambda was: was.rstrip(b"\n")), id="PND, no last line end"),
        pytest.param("pnd", bytes_changed(lambda was: was + bytes(512)), id="PND, padded with nulls"),
        pytest.param("pnc", bytes_changed(lambda was: was.replace(b"\r\n", b"\n")), id="PNC, line feeds"),
        pytest.param("pnc", bytes_changed(lambda was: was.replace(b"\r\n", b"\r")), id="PNC, carriage returns"),
        pytest.param("rocu", in_book(stray_cell(3, 16_384)), id="ROCU, stray cell in the last column"),
        pytest.param("rocu", in_parts(lie_of_the_size), id="ROCU, size of the sheet untrue"),
    ],
)
def test_what_is_merely_odd_costs_no_row(sound, landing, source, change):
    path = find(landing, source)
    change(path)
    row = row_of(look(landing, source, landing.parent / "archive"), path)
    assert (row["state"], row["rows_quarantined"]) == ("fresh", 0)
    assert row["rows_kept"] == row_of(sound.intakes[source], path)["rows_kept"]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("PNC_ANCORD_20261331.txt", id="impossible date"),
        pytest.param("pnc_ancord_20261120.TXT", id="other case"),
        pytest.param("PNC_ANCORD_20261120 (1).txt", id="copy of a browser"),
        pytest.param("PNC_ANCORD_20261120_r0.txt", id="revision 0"),
        pytest.param("PNC_ANCORD_20261120_r99999999999999999999.txt", id="revision beyond 64 bits"),
        pytest.param("pnd_pole_2026-11-20.jsonl.gz", id="another source"),
        pytest.param(b"PNC_\xff\xfe.txt".decode(errors="surrogateescape"), id="bytes that are no text"),
    ],
)
def test_a_file_named_like_no_delivery_is_reported_and_changes_nothing(sound, landing, name):
    stray = landing / "pnc" / name
    shutil.copy(find(landing, "pnc"), stray)
    intake = look(landing, "pnc", landing.parent / "archive")
    (faults,) = intake.deliveries.filter(pl.col("feed") == "stray")["faults"]
    assert "not named like any" in faults[0]
    assert all(intake.tables[key].equals(table) for key, table in sound.intakes["pnc"].tables.items())


@pytest.mark.parametrize(
    "put",
    [
        pytest.param(Path.mkdir, id="folder"),
        pytest.param(lambda path: path.symlink_to("gone"), id="dead link"),
        pytest.param(lambda path: path.symlink_to(path), id="link to itself"),
    ],
)
def test_what_is_no_file_but_named_like_a_delivery_is_reported(landing, put):
    put(landing / "pnc" / "PNC_ANCORD_20261120_r2.txt")
    deliveries = look(landing, "pnc", landing.parent / "archive").deliveries
    assert deliveries.filter(pl.col("is_used")).height == 2
    (faults,) = deliveries.filter(pl.col("feed") == "stray")["faults"]
    assert "is not a file" in faults[0]


def fifo(path):
    os.mkfifo(path)


def listening(path):
    with socket.socket(socket.AF_UNIX) as listener, chdir(path.parent):
        listener.bind(path.name)


def link(path):
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize("put", [fifo, listening, link])
@pytest.mark.parametrize("name", ["PNC_ANCORD_20261120.txt", "PNC_ANCORD_20261120_r2.txt", "notes.txt"])
def test_what_is_no_regular_file_is_neither_opened_nor_followed_and_the_good_one_used(sound, landing, put, name):
    archive = landing.parent / "archive"
    shutil.copytree(sound.landing / "pnc", archive / "pnc")
    path = landing / "pnc" / name
    path.unlink(missing_ok=True)
    put(path)
    intake = look(landing, "pnc", archive)
    assert "is not a file" in refused(intake, path)["faults"][0]
    assert all(intake.tables[name].equals(table) for name, table in sound.intakes["pnc"].tables.items())
    assert all(stat.S_ISREG(file.lstat().st_mode) for file in (archive / "pnc").iterdir())


def test_a_pipe_put_in_the_place_of_a_file_after_it_was_listed_does_not_hang_the_night(landing, monkeypatch):
    path = find(landing, "pnc")
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr("assets.delivery_files.is_regular", lambda path: True)
    row = refused(look(landing, "pnc", landing.parent / "archive"), path)
    assert (row["state"], row["is_used"]) == ("unreadable", False)
    assert "not a regular file" in row["faults"][0]


def test_the_manifest_of_a_court_file_is_no_way_to_another_file(landing):
    manifest = next((landing / "court").glob("*.json"))
    manifest.unlink()
    manifest.symlink_to("/etc/passwd")
    row = refused(look(landing, "court", landing.parent / "archive"), find(landing, "court"))
    assert row["state"] == "unreadable"
    assert "not a regular file" in row["faults"][0]


def lines_of_nothing(path):
    path.write_bytes(gzip.compress(b"{}" + b"\n" * 65_000_000))


def gzip_bomb(path):
    path.write_bytes(gzip.compress(bytes(150_000_000), 9))


def zip_bomb(path):
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(150_000_000))


@pytest.mark.parametrize(
    ("source", "spoilt", "limits", "words"),
    [
        pytest.param("pnd", lines_of_nothing, Limits(), "5,000,000 lines", id="empty lines, packed"),
        pytest.param("pnd", gzip_bomb, Limits(unpacked_bytes=10**8), "100,000,000 bytes", id="gzip bomb"),
        pytest.param("rocu", zip_bomb, Limits(unpacked_bytes=10**8), "100,000,000 bytes", id="zip bomb"),
        pytest.param("pnc", lambda path: None, Limits(bytes=100), "more than 100 bytes", id="file"),
        pytest.param("court", lambda path: None, Limits(rows=2), "more than 2 lines", id="rows of the courts"),
        pytest.param("pnc", lambda path: None, Limits(rows=2), "more than 2 lines", id="rows of the PNC"),
    ],
)
def test_a_delivery_beyond_a_limit_is_refused_with_the_limit(landing, source, spoilt, limits, words):
    path = find(landing, source)
    spoilt(path)
    archive = landing.parent / "archive"
    intake = take_in(SOURCES[source], landing=landing, archive=archive, as_of=NIGHT, limits=limits)
    row = refused(intake, path)
    assert (row["state"], row["is_used"]) == ("unreadable", False)
    assert words in row["faults"][0]
    assert "[limits]" in row["faults"][0]


def test_a_delivery_that_takes_too_long_is_refused_and_the_night_goes_on(landing):
    def read_for_ever(delivery):
        if delivery.path.name.startswith("PNC_ANCORD"):
            while True:
                time.sleep(0.01)
        return SOURCES["pnc"].read(delivery)

    slow = replace(SOURCES["pnc"], read=read_for_ever)
    limits = Limits(seconds=3)  # time enough for the other delivery, on a busy machine too
    intake = take_in(slow, landing=landing, archive=landing.parent / "archive", as_of=NIGHT, limits=limits)
    states = dict(intake.deliveries.select("feed", "state").iter_rows())
    assert states == {"pnc_ancord": "unreadable", "pnc_arrest": "fresh"}


def test_a_part_of_a_workbook_that_holds_more_than_it_declares_is_not_unpacked(landing):
    path = find(landing, "rocu")
    declared = b"A" * 1000
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/theme/theme9.xml", declared + b"B" * 1_000_000)
        (part,) = [part for part in archive.infolist() if part.filename == "xl/theme/theme9.xml"]
        part.file_size, part.CRC = len(declared), zlib.crc32(declared)
    assert refused(look(landing, "rocu", landing.parent / "archive"), path)["state"] == "truncated"


def test_two_thousand_junk_revisions_neither_stop_the_night_nor_hide_the_good_one(sound, landing):
    archive = landing.parent / "archive"
    shutil.copytree(sound.landing / "pnc", archive / "pnc")
    path = find(landing, "pnc")
    for revision in range(2, 2_002):
        path.with_name(f"PNC_ANCORD_20261120_r{revision}.txt").write_bytes(b"junk %d" % revision)
    read = []

    def counted(delivery):
        read.append(delivery)
        return SOURCES["pnc"].read(delivery)

    intake = take_in(replace(SOURCES["pnc"], read=counted), landing=landing, archive=archive, as_of=NIGHT)
    assert len(read) < 30
    assert all(intake.tables[name].equals(table) for name, table in sound.intakes["pnc"].tables.items())


@pytest.mark.parametrize("change", ["edited", "a revision of its own"])
def test_what_was_put_into_the_archive_by_hand_is_named_and_not_used(sound, landing, change):
    archive = landing.parent / "archive"
    shutil.copytree(sound.landing / "pnc", archive / "pnc")
    inputs = sound.intakes["pnc"].deliveries.filter(pl.col("is_used"))
    known = {name: {digest} for name, digest in inputs.select("delivery_id", "sha256").iter_rows()}
    shutil.rmtree(landing / "pnc")
    path = find(archive, "pnc")
    foreign = path if change == "edited" else path.with_name("PNC_ANCORD_20261120_r2.txt")
    foreign.write_bytes(path.read_bytes().replace(b"|STRO|", b"|STPO|"))
    intake = take_in(SOURCES["pnc"], landing=landing, archive=archive, as_of=NIGHT, known=known)
    row = refused(intake, foreign)
    assert not row["is_used"]
    assert "not a file that a release rests on" in row["faults"][0]
    is_used = intake.deliveries.filter(pl.col("feed") == "pnc_ancord").get_column("is_used").any()
    assert is_used == (change != "edited")


def test_revision_10_counts_before_9(landing):
    path = find(landing, "pnc")
    for revision, ending in ((9, b"\r"), (10, b"\n")):
        path.with_name(f"PNC_ANCORD_20261120_r{revision}.txt").write_bytes(path.read_bytes().replace(b"\r\n", ending))
    used = look(landing, "pnc", landing.parent / "archive").deliveries.filter(pl.col("is_used"))
    assert "PNC_ANCORD_20261120_r10.txt" in used["file_name"].to_list()


def test_a_bad_second_revision_leaves_the_first_in_use(landing):
    path = find(landing, "pnc")
    spoil.drop_trailer(spoil.send_again(path))
    states = {
        row["file_name"]: row["state"] for row in look(landing, "pnc", landing.parent / "archive").deliveries.to_dicts()
    }
    assert (states[path.name], states["PNC_ANCORD_20261120_r2.txt"]) == ("fresh", "truncated")


@pytest.mark.parametrize(
    ("source", "rival"),
    [
        pytest.param("pnc", "PNC_ANCORD_20261120_r1.txt", id="the first revision, named and not named so"),
        pytest.param("rocu", "NERSOU_STRO_return_2026-11.xlsx", id="a unit by its name and by its former name"),
    ],
)
def test_of_two_files_of_one_revision_one_is_used_and_the_other_reported(landing, source, rival):
    path = find(landing, source)
    other = Path(shutil.copy(path, path.with_name(rival)))
    other.write_bytes(other.read_bytes() + b"\r\n")
    intake = look(landing, source, landing.parent / "archive")
    assert row_of(intake, path)["is_used"]
    assert "higher revision" in row_of(intake, other)["faults"][0]
    assert intake.deliveries["delivery_id"].is_unique().all()


def test_a_court_file_sent_again_for_its_manifest_alone_is_read(landing):
    path = find(landing, "court")
    spoil.send_again(path)
    spoil.drop_manifest(path)
    (used,) = look(landing, "court", landing.parent / "archive").deliveries.filter(pl.col("is_used")).to_dicts()
    assert (used["revision"], used["state"]) == (2, "fresh")


def test_a_court_file_without_its_manifest_does_not_hide_the_archived_one(sound, landing):
    archive = landing.parent / "archive"
    shutil.copytree(sound.landing / "court", archive / "court")
    spoil.drop_manifest(find(landing, "court"))
    states = look(landing, "court", archive).deliveries.select("is_used", "state").rows()
    assert sorted(states) == [(False, "unreadable"), (True, "fresh")]


@pytest.mark.parametrize("source", ["pnd", "court"])
def test_a_file_written_over_while_it_is_read_leaves_the_archive_as_it_was(sound, landing, source):
    archive = landing.parent / "archive"
    shutil.copytree(sound.landing / source, archive / source)
    path = find(landing, source)
    before = {file.name: file.read_bytes() for file in (archive / source).iterdir()}

    def read_slowly(delivery):
        reading = SOURCES[source].read(delivery)
        (spoil.rename_column(path, "sex", "gender") if source == "court" else spoil.cut(path))
        return reading

    take_in(replace(SOURCES[source], read=read_slowly), landing=landing, archive=archive, as_of=NIGHT)
    assert {file.name: file.read_bytes() for file in (archive / source).iterdir()} == before


def test_deliveries_of_three_nights_in_one_folder_are_kept_apart(landing):
    path = find(landing, "pnd")
    for day in (18, 19):
        packed = gzip.compress(gzip.decompress(path.read_bytes()), mtime=day)
        path.with_name(f"pnd_pole_2026-11-{day}.jsonl.gz").write_bytes(packed)
    archive = landing.parent / "archive"
    for day in (18, 19, 20):
        (row,) = look(landing, "pnd", archive, date(2026, 11, day)).deliveries.to_dicts()
        assert (row["dated_on"], row["state"]) == (date(2026, 11, day), "fresh")


@pytest.mark.long
@pytest.mark.parametrize("source", SOURCES)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_of_any_kind_neither_stops_the_night_nor_loses_a_row(sound, tmp_path_factory, source, data):
    folder = tmp_path_factory.mktemp("damaged")
    path = folder / "landing" / source / find(sound.landing, source).name
    shutil.copytree(sound.landing / source, path.parent)
    content = path.read_bytes()
    is_packed = source == "pnd" and data.draw(st.booleans())
    content = gzip.decompress(content) if is_packed else content
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        length = data.draw(st.sampled_from([0, 1, 3, 100, 5_000]))
        content = content[:start] + data.draw(st.binary(max_size=12)) + content[start + length :]
    path.write_bytes(gzip.compress(content) if is_packed else content)
    intake = look(folder / "landing", source, folder / "archive")
    assert_rows_balance(intake)
    standardised(source, intake)
    shutil.rmtree(folder)


MOST_SECONDS, MOST_MEGABYTES = 10, 300
BILLION_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'


def filled(path, source, filling, data):
    """A delivery of any bytes, bare or where its reader goes on to look: behind a heading, packed, in a part."""
    sound = path.read_bytes()
    if source == "rocu" and data.draw(st.booleans()):
        with ZipFile(path) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        parts[data.draw(st.sampled_from(sorted(parts)))] = filling
        with ZipFile(path, "w", ZIP_DEFLATED) as book:
            for name, content in parts.items():
                book.writestr(name, content)
        return
    heading = data.draw(st.sampled_from([b"", sound.splitlines(keepends=True)[0]]))
    path.write_bytes(gzip.compress(filling) if source == "pnd" and data.draw(st.booleans()) else heading + filling)


@pytest.mark.long
@pytest.mark.parametrize("source", SOURCES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filling=st.one_of(st.binary(max_size=5_000), st.just(BILLION_LAUGHS)), data=st.data())
def test_any_bytes_give_rows_quarantine_or_words_in_bounded_time_and_memory(
    sound, tmp_path_factory, source, filling, data
):
    folder = tmp_path_factory.mktemp("filled")
    shutil.copytree(sound.landing / source, folder / "landing" / source)
    filled(find(folder / "landing", source), source, filling, data)
    used, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    intake = look(folder / "landing", source, folder / "archive")
    assert time.monotonic() - began < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used < MOST_MEGABYTES * 1_024
    assert_rows_balance(intake)
    standardised(source, intake)
    shutil.rmtree(folder)
