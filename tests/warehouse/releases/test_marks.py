"""Marks of manifests: whoever changes a table and its digests alike is found out."""

import json
from datetime import date

import polars as pl
import pytest
from nights import command

from warehouse.home import Home
from warehouse.installation_key import FORMER, VARIABLE
from warehouse.releases.build import hash_of, write_frame
from warehouse.releases.erasing import can_be_rewritten, erase_from_release
from warehouse.releases.marks import MARK, OTHER_MARK, UNMARKED
from warehouse.releases.release import publish, read_release, verify

NIGHT = date(2023, 11, 30)
KEYS = {"first": "a" * 40, "second": "b" * 40}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, KEYS["first"])
    return Home(tmp_path / "home")


@pytest.fixture
def release(home, make_register):
    about = {"inputs": {"pnc_ancord:2023-11-30:r1": "0" * 64}, "versions": {"concord": "0.1.0"}}
    return publish(home, make_register(), as_of=NIGHT, config_hash="c0ffee", state="published", **about)


def rewrite(release, **changed):
    """Write the manifest again as a person may who can write to the home; None takes a value out."""
    manifest = {name: value for name, value in (dict(release.manifest) | changed).items() if value is not None}
    (release.path / "manifest.json").write_text(json.dumps(manifest))


def proved(home):
    answer = command("release", "verify", home=home.path)
    return answer.exit_code, answer.output.strip().removeprefix("r2023-11-30: ")


def test_a_manifest_that_was_changed_with_its_digests_is_found_out(home, release):
    assert proved(home) == (0, "as published")
    digests = dict(release.manifest["digests"])
    (release.path / "orders.parquet").write_bytes((release.path / "conditions.parquet").read_bytes())
    digests["orders"] = digests["conditions"]
    rewrite(release, digests=digests, content_hash=hash_of(digests))
    assert verify(read_release(home, release.release_id)) == (), "its files are as the manifest says"
    assert proved(home) == (1, OTHER_MARK)


@pytest.mark.usefixtures("without_database")
@pytest.mark.parametrize("mark", [pytest.param(None, id="taken out"), pytest.param(1, id="of another kind")])
def test_a_manifest_without_a_mark_is_not_proved(home, release, mark):
    rewrite(release, **{MARK: mark})
    assert proved(home) == (1, UNMARKED)


@pytest.mark.usefixtures("without_database")
def test_a_mark_holds_while_the_key_is_replaced_and_only_with_the_former_one(home, release, monkeypatch):
    monkeypatch.setenv(VARIABLE, KEYS["second"])
    assert proved(home) == (1, OTHER_MARK)
    monkeypatch.setenv(FORMER, KEYS["first"])
    assert proved(home) == (0, "as published")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param("order_type", "SOPO", id="a code that is none today"),
        pytest.param("subject_id", None, id="no value where there must be one today"),
    ],
)
def test_a_release_that_an_earlier_version_made_with_other_values_goes_as_a_whole(home, release, column, value):
    assert can_be_rewritten(release)
    orders = pl.read_parquet(release.parquet("orders"))
    write_frame(orders.with_columns(pl.lit(value, pl.String).alias(column)), release.parquet("orders"))
    assert not can_be_rewritten(release)
    assert erase_from_release(home, release, [orders["order_id"][0]], certificate="C1") > 0
    assert not release.path.exists()


def test_a_release_from_which_a_person_was_erased_is_marked_again(home, release):
    order_id = pl.read_parquet(release.parquet("orders"))["order_id"][0]
    assert erase_from_release(home, release, [order_id], certificate="C1") > 0
    assert proved(home) == (0, "as published")
