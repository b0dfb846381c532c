"""A person erased after three nights: no file of the home holds them any more, and all that is left can be proved."""

import gzip
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from nights import SERIES, command, copy_of, nightly

from pipelines import erasure
from warehouse.home import Home
from warehouse.releases.build import hash_of
from warehouse.releases.release import Release, list_releases, verify

LAST = SERIES[2] + timedelta(days=1)
TOKENS = ("QZXMARKERFORE", "QZXMARKERSUR", "1983-03-17", "777331/98X", "QZXFARM")
ORDER = {
    "record_id": "PND-7777777",
    "submitting_force": "12",
    "submitted_at": "2025-06-21T10:15:00",
    "person": {
        "names": [{"type": "primary", "full": f"{TOKENS[0]} {TOKENS[1]}"}],
        "dob": TOKENS[2],
        "sex": "Unknown",
        "pncid": None,
        "cro": TOKENS[3],
    },
    "event": {
        "kind": "order",
        "order": "slavery and trafficking risk order",
        "made": "2025-05-14",
        "starts": "2025-05-14",
        "ends": "2027-05-13",
        "term_months": None,
        "court": "York Magistrates' Court",
        "status": "Active",
        "conditions": [f"Not to enter {TOKENS[4]}"],
        "occurrence_ref": "122541682471",
    },
}


def add_person(landing: Path) -> None:
    (file,) = (landing / "pnd").glob("*.gz")
    file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes()) + json.dumps(ORDER).encode() + b"\n"))


def texts_of(path: Path) -> str:
    """All that a file says, unpacked."""
    raw = path.read_bytes()
    text = raw.decode("utf-8", "replace")
    if path.suffix == ".parquet":
        text += str(pl.read_parquet(path).rows())
    elif path.suffix == ".gz":
        text += gzip.decompress(raw).decode("utf-8", "replace")
    elif path.suffix == ".duckdb":
        with duckdb.connect(path, read_only=True) as register:
            tables = register.execute("SELECT table_name FROM duckdb_tables()").fetchall()
            text += "".join(str(register.table(name).fetchall()) for (name,) in tables)
    elif path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as ledger:
            text += "".join(ledger.iterdump())
    return text.upper()


def holding(home: Path) -> list[str]:
    said = ((path, texts_of(path)) for path in home.rglob("*") if path.is_file())
    return sorted(
        path.relative_to(home).as_posix()
        for path, text in said
        if any(token.upper() in text for token in (*TOKENS, "(1983, 3, 17)", "DATE(1983, 3, 17)"))
    )


@pytest.fixture(scope="module")
def after_two_nights(three_nights, tmp_path_factory):
    """A home after two nights in whose deliveries the person was; the third night's deliveries are to come."""
    folder = tmp_path_factory.mktemp("erasure")
    for number, night in enumerate(SERIES[:2], start=1):
        landing = copy_of(three_nights / f"night-{number}" / "landing", folder / f"night-{number}")
        add_person(landing)
        nightly(folder / "home", landing, night)
    return folder / "home"


def subject_of(home: Path) -> str:
    subjects = pl.read_parquet(home / "releases" / f"r{SERIES[1]}" / "subjects.parquet")
    return str(subjects.filter(pl.col("surname").str.to_uppercase() == TOKENS[1])["subject_id"].item())


def let_it_lack(release: Release, table: str) -> None:
    """A release as an earlier version made it, which did not have that table yet."""
    release.parquet(table).unlink()
    manifest = json.loads((release.path / "manifest.json").read_text())
    for counted in ("digests", "rows"):
        del manifest[counted][table]
    manifest["content_hash"] = hash_of(manifest["digests"])
    (release.path / "manifest.json").write_text(json.dumps(manifest))


def leave_unfinished(night: Path) -> None:
    """What a run that was killed leaves of a night."""
    (night / ".pieces_of_register").mkdir()
    (night / ".pieces_of_register" / "0.ipc").write_text(TOKENS[0])
    (night / ".orders.parquet").write_text(TOKENS[1])


def crash(subject: str, *, home: Path, when) -> None:
    """Erase, and end as a killed process does when something is to be noted."""

    def put(home, said):
        if when(said):
            raise KeyboardInterrupt
        noted(home, said)

    noted = erasure._put
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(erasure, "_put", put)
        assert command("erase", subject, "--reason", "ordered by a court", home=home).exit_code != 0


@pytest.mark.long
def test_after_erasing_no_file_of_the_home_holds_the_person_and_every_release_can_be_proved(
    after_two_nights, three_nights, tmp_path
):
    home = copy_of(after_two_nights, tmp_path / "home")
    subject = subject_of(home)
    orders = pl.read_parquet(home / "releases" / f"r{SERIES[1]}" / "orders.parquet")
    order = str(orders.filter(pl.col("subject_id") == subject)["order_id"].item())
    command("decisions", "migrate", home=home)
    command("decisions", "users", "--add", "kim", home=home)
    decided = ("decide", "value", order, "surname", TOKENS[1], "--reason", "document_seen", "--by", "kim")
    said = command(*decided, home=home)
    assert said.exit_code == 0, said.output
    refused = command("erase", subject, "--reason", "ordered by a court", home=home)
    assert refused.exit_code == 1
    assert "sources still hold" in refused.output
    landing = three_nights / "night-3" / "landing"
    sent_before = copy_of(landing, tmp_path / "night-3")
    add_person(sent_before)
    nightly(home, sent_before, SERIES[2])
    nightly(home, landing, SERIES[2])  # the same names, other bytes
    refused = command("erase", subject, "--reason", "ordered by a court", home=home)
    assert refused.exit_code == 1
    assert f"{order} may still bind" in refused.output
    ended = command("decide", "value", order, "end_on", SERIES[1], "--reason", "varied", "--by", "kim", home=home)
    assert ended.exit_code == 0, ended.output
    nightly(home, landing, LAST)
    assert holding(home)
    let_it_lack(list_releases(Home(home))[0], "uncoded_conditions")
    leave_unfinished(home / "tables" / str(LAST))
    undisturbed = copy_of(home, tmp_path / "undisturbed")
    whole = command("erase", subject, "--reason", "ordered by a court", home=undisturbed)
    assert whole.exit_code == 0, whole.output
    crash(subject, home=home, when=lambda said: "rows of the ledger" in said["removed"])
    crash(subject, home=home, when=lambda said: "ids" not in said)
    assert subject in "".join(path.read_text() for path in (home / "erasures").iterdir()), "it is under way"

    done = command("erase", subject, "--reason", "ordered by a court", home=home)

    assert done.exit_code == 0, done.output
    assert holding(home) == []
    certificate = json.loads(done.stdout)
    assert subject not in done.stdout
    (written,) = (home / "erasures").iterdir()
    assert json.loads(written.read_text()) == certificate
    counts = json.loads(whole.stdout)["removed"]
    cut_off = counts.pop("rows of the ledger")
    assert certificate["removed"] == counts | {"rows of the ledger": 0}, f"of {cut_off} rows the crash came first"
    assert certificate["removed"]["deliveries"] >= 1
    assert cut_off >= 1
    releases = list_releases(Home(home))
    assert [verify(release) for release in releases] == [()] * 5
    assert ["erasures" in release.manifest for release in releases][:3] == [True] * 3
    assert command("audit", "verify", home=home).stdout.startswith("whole")
    assert "a person was erased from it since" in command("replay", releases[0].release_id, home=home).stderr
    again = nightly(home, landing, LAST)
    assert again.as_of == LAST
    assert command("erase", subject, "--reason", "once more", home=home).exit_code == 1


def test_a_person_whom_no_release_knows_is_not_erased(three_nights, tmp_path):
    home = copy_of(three_nights / "first", tmp_path / "home")
    assert command("erase", "SUB-NOBODY", "--reason", "x", home=home).exit_code == 1
    assert command("erase", "SUB-NOBODY", "--reason", " ", home=home).exit_code == 2
