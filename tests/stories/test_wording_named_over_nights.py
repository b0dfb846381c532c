"""A wording that fits nothing: a steward names it, the next night codes by it, and taking it back undoes it."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from nights import NIGHT, command, copy_of, nightly

from samples.court import write_manifest

NAMED, WITHDRAWN = NIGHT + timedelta(days=1), NIGHT + timedelta(days=2)
LISTED = "Not to enter, own or manage premises used as a brothel"
LOOSE = ("Not to keep or breed any dogs", "Not to keep dogs or breed any")
CODE = "P:no-keeping-of-dogs"

pytestmark = pytest.mark.long


def run(home: Path, *words: object) -> str:
    said = command(*words, home=home)
    assert said.exit_code == 0, said.output
    return said.stdout


def read(home: Path, night: object, table: str) -> pl.DataFrame:
    return pl.read_parquet(home / "releases" / f"r{night}" / f"{table}.parquet")


def reword(landing: Path) -> None:
    """Let the courts word a condition of the catalogue in two ways that it does not know."""
    (path,) = (landing / "court").glob("*.csv")
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    for number, row in enumerate(rows):
        row[:] = [cell.replace(LISTED, LOOSE[number % 2]) for cell in row]
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    content = written.getvalue().encode("utf-8-sig")
    path.write_bytes(content)
    write_manifest(path.with_suffix(".manifest.json"), len(rows) - 1, content)


@pytest.fixture(scope="module")
def home(one_night, tmp_path_factory) -> Path:
    """Three nights of the same deliveries: a wording is named after the first, and no longer after the next."""
    folder = tmp_path_factory.mktemp("named")
    landing, home = copy_of(one_night / "landing", folder / "landing"), folder / "home"
    reword(landing)
    nightly(home, landing, NIGHT)
    run(home, "decisions", "migrate")
    run(home, "decisions", "users", "--add", "kim")
    wording = loose_wordings(home, NIGHT).get_column("wording_id").sort().last()
    said = run(home, "decide", "wording", wording, "P:No keeping of dogs", "--by", "kim", "--reason", "words_show")
    nightly(home, landing, NAMED)
    run(home, "decide", "undo", re.search(r"DEC-\w+", said).group(), "--by", "kim", "--reason", "mistake")
    nightly(home, landing, WITHDRAWN)
    return home


def loose_wordings(home: Path, night: object) -> pl.DataFrame:
    return read(home, night, "condition_wordings").filter(pl.col("condition_code").is_null())


def test_what_the_catalogue_lacks_is_one_cluster_on_the_first_night_and_has_no_condition(home):
    loose = loose_wordings(home, NIGHT)
    assert set(loose.get_column("wording")) == set(LOOSE)
    assert loose.get_column("cluster").n_unique() == 1
    assert CODE not in read(home, NIGHT, "conditions").get_column("condition_code")
    assert CODE not in read(home, NIGHT, "condition_catalogue").get_column("code")


def test_the_night_after_it_was_named_every_order_that_is_worded_so_has_the_condition(home):
    orders = loose_wordings(home, NIGHT).get_column("order_count").sum()
    coded = read(home, NAMED, "conditions").filter(condition_code=CODE)
    assert coded.height == orders > 3
    assert loose_wordings(home, NAMED).is_empty()
    assert set(coded.get_column("label")) == {"No keeping of dogs"}
    assert set(coded.get_column("kind")) == {"prohibition"}
    assert set(coded.get_column("match_score")) == {100.0}


def test_the_code_list_and_the_views_show_it_with_where_it_is_from_and_not_with_who_named_it(home):
    (entry,) = read(home, NAMED, "condition_catalogue").filter(code=CODE).to_dicts()
    assert (entry["label"], entry["source"]) == ("No keeping of dogs", "named by a steward")
    assert "kim" not in str(entry)
    macro = (
        f"SELECT DISTINCT label, is_doubtful FROM prohibitions_in_force(DATE '{NAMED}') WHERE condition_code LIKE 'P:%'"  # noqa: S608
    )
    assert "No keeping of dogs" in run(home, "query", macro, "--release", f"r{NAMED}")


def test_every_difference_is_the_stewards(home):
    for night in (NAMED, WITHDRAWN):
        changes = read(home, night, "release_changes").filter(pl.col("cause") != "calendar")
        assert set(changes.get_column("cause")) == {"steward"}


def test_no_order_has_other_records_or_another_person_by_it(home):
    assert read(home, NAMED, "order_sources").equals(read(home, NIGHT, "order_sources"))


def test_once_it_is_taken_back_all_is_as_on_the_first_night(home):
    for table in ("conditions", "condition_wordings", "condition_catalogue", "order_sources"):
        assert read(home, WITHDRAWN, table).equals(read(home, NIGHT, table))


def test_a_night_is_replayed_with_the_names_that_were_given_by_then(home):
    assert "the same" in run(home, "replay", f"r{NAMED}")
