"""Nobody's values leave the register by the way: what a night of people with marked names says of itself."""

import pytest
from nights import NIGHT, SERIES, command, concord, copy_of, open_to_others

import samples.people
from samples.nights import write_nights
from tests.support.spoil import cut, reencode

MARK = "qzx"
SAID_ON_PURPOSE = ("releases", "archive", "quarantine", "tables", "models")


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """Deliveries of people of whom every name begins with a mark, with the usual errors."""
    folder, stock = tmp_path_factory.mktemp("marked"), samples.people.names.__wrapped__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(samples.people, "names", lambda origin, part: tuple(f"Qzx{name}" for name in stock(origin, part)))
        write_nights(folder, orders=15, seed=5, as_of=NIGHT)
    return folder


def leaks(folder):
    """Files, but for those that hold people on purpose, in which a marked name stands, whatever its case."""
    files = (path for path in folder.rglob("*") if path.is_file())
    others = (path for path in files if path.relative_to(folder).parts[0] not in SAID_ON_PURPOSE)
    return [str(path.relative_to(folder)) for path in others if MARK in path.read_bytes().decode("latin-1").lower()]


@pytest.mark.long
def test_no_name_stands_in_what_a_night_prints_logs_or_keeps_beside_the_register(marked, tmp_path):
    home = tmp_path / "home"
    said = concord("nightly", "--landing", marked / "landing", "--as-of", NIGHT, home=home)
    assert said.returncode == 3, said.stderr
    assert MARK in (home / "releases" / f"r{NIGHT}" / "orders.parquet").read_bytes().decode("latin-1").lower()
    assert MARK not in (said.stdout + said.stderr).lower()
    assert (home / "dagster").is_dir()
    assert open_to_others(home) == []
    assert leaks(home) == []
    assert command("report", tmp_path / "report.html", home=home).exit_code == 0
    assert MARK not in (tmp_path / "report.html").read_text().lower()


@pytest.mark.long
def test_no_name_stands_in_what_a_night_says_that_is_refused_or_fails(marked, tmp_path):
    landing, home = copy_of(marked / "landing", tmp_path / "landing"), tmp_path / "home"
    for path in [path for path in landing.rglob("*") if path.is_file()]:
        cut(path)
    said = concord("nightly", "--landing", landing, "--as-of", NIGHT, home=home)
    assert MARK not in (said.stdout + said.stderr).lower()
    assert leaks(home) == []
    again = command("nightly", "--landing", landing, "--as-of", SERIES[0], home=home)
    assert MARK not in again.output.lower()


@pytest.mark.long
def test_no_name_stands_in_what_a_night_says_that_a_gate_stops_or_that_breaks_off(marked, tmp_path):
    landing, home = copy_of(marked / "landing", tmp_path / "landing"), tmp_path / "home"
    home.mkdir()
    (home / "concord.toml").write_text('[deliveries]\nunreadable = "hold"\n')
    (court,) = (landing / "court").glob("*.csv")
    reencode(court, "utf-16")
    stopped = concord("nightly", "--landing", landing, "--as-of", NIGHT, home=home)
    assert "gate delivery:court" in stopped.stderr
    for table in (home / "tables").rglob("*orders*.parquet"):
        cut(table)
    broken = concord("retry", home=home)
    assert "step release" in broken.stderr
    shown = [concord(*words, home=home) for words in (("status",), ("alerts", "list"), ("alerts", "send"))]
    said = "".join(one.stdout + one.stderr for one in (stopped, broken, *shown))
    assert MARK not in said.lower()
    assert leaks(home) == []
