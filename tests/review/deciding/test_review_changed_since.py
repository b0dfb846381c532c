"""A release that is published while somebody has an item open: what changed is shown, nothing they typed is lost."""

import json
import shutil
from html import unescape
from pathlib import Path

import polars as pl
import pytest
from deciding_cases import decisions, forms_of

from warehouse.home import Home

pytestmark = pytest.mark.usefixtures("without_database")

COMMENT = "The seal was seen.\nTwice."
CHOSEN = {"reason_code": "different_facts", "comment": COMMENT}


@pytest.fixture
def desk_home(desk_home, tmp_path) -> Path:
    """A home of the test's own, into which another release may be put."""
    home = Home(tmp_path / "home").create()
    shutil.copytree(desk_home / "releases", home.releases, dirs_exist_ok=True)
    return home.path


@pytest.fixture
def publish(desk):
    """Puts the next release in force: as the one before but for some tables, each changed by a function of it."""

    def published(**changes):
        before = desk.whole_release().release
        after = before.path.with_name("r2026-11-21")
        shutil.copytree(before.path, after)
        manifest = json.loads((after / "manifest.json").read_text())
        (after / "manifest.json").write_text(json.dumps(manifest | {"as_of": "2026-11-21"}))
        for name, change in changes.items():
            change(pl.read_parquet(before.parquet(name))).write_parquet(after / f"{name}.parquet")
        desk.home.current.write_text("r2026-11-21\n")

    return published


@pytest.fixture
def opened(client, desk):
    """An item that is open at a steward's: its row, the difference, the form filled in."""
    whole = desk.whole_release()
    held = whole.table("discrepancies").filter(pl.col("source_key").is_not_null(), pl.col("observed").is_not_null())
    queue = whole.table("review_queue").filter(kind="discrepancies").sort("item_id")
    item = queue.join(held, on="order_id", how="semi").row(0, named=True)
    own = held.filter(order_id=item["order_id"]).sort("discrepancy_id").row(0, named=True)
    form = forms_of(client.get(f"/items/{item['item_id']}").text, "/decide/preview")[0]
    return item, own, form | {f"answer-{own['discrepancy_id']}": "both_right"} | CHOSEN


def without(column, value):
    return lambda table: table.filter(pl.col(column) != value)


def test_a_release_that_changed_nothing_of_it_hinders_nobody(client, desk, publish, opened):
    publish()
    shown = client.post("/decide/preview", data=opened[2])
    assert shown.status_code == 200
    assert "r2026-11-21" in shown.text
    client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    assert decisions(desk).get_column("release_id").to_list() == ["r2026-11-21"]


@pytest.mark.parametrize("step", ["preview", "save"])
def test_a_value_that_changed_is_shown_before_anything_is_saved(client, desk, publish, opened, step):
    _, own, form = opened
    if step == "save":
        form = forms_of(client.post("/decide/preview", data=form).text, "/decide/save")[0]
    is_own = pl.col("discrepancy_id") == own["discrepancy_id"]
    changed = pl.when(is_own).then(pl.lit("another value")).otherwise("observed").alias("observed")
    publish(discrepancies=lambda table: table.with_columns(changed))
    shown = client.post(f"/decide/{step}", data=form)
    assert shown.status_code == 409
    assert "Something has changed since you opened this" in shown.text
    assert "another value" in shown.text
    assert COMMENT in unescape(shown.text)
    assert decisions(desk).is_empty()
    saved = client.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0], follow_redirects=False)
    assert saved.status_code == 303
    assert decisions(desk).get_column("comment").to_list() == [COMMENT]


@pytest.mark.parametrize("step", ["preview", "save"])
def test_a_difference_that_is_gone_is_reported_and_what_was_typed_is_kept(client, desk, publish, opened, step):
    item, own, form = opened
    if step == "save":
        form = forms_of(client.post("/decide/preview", data=form).text, "/decide/save")[0]
    publish(discrepancies=without("discrepancy_id", own["discrepancy_id"]))
    shown = client.post(f"/decide/{step}", data=form)
    assert shown.status_code == 409
    assert COMMENT in unescape(shown.text)
    assert decisions(desk).is_empty()
    back = client.post("/decide/change", data=forms_of(shown.text, "/decide/change")[0])
    assert back.status_code == 200
    assert item["item_id"] in back.text


@pytest.mark.parametrize("step", ["change", "preview"])
def test_an_item_that_has_left_the_queue_still_gives_back_what_was_typed(client, desk, publish, opened, step):
    item, own, form = opened
    publish(
        review_queue=without("item_id", item["item_id"]),
        discrepancies=without("discrepancy_id", own["discrepancy_id"]),
    )
    sent = form if step == "change" else form | {"reason_code": "identifiers"}
    answer = client.post(f"/decide/{step}", data=sent)
    assert answer.status_code == 404
    assert COMMENT in unescape(answer.text)
    assert "left the queue" in answer.text
    assert decisions(desk).is_empty()


def test_an_order_that_is_no_longer_there_is_reported(client, desk, publish, opened):
    item, _, form = opened
    names = ("orders", "order_sources", "discrepancies", "review_queue", "field_provenance", "conditions")
    publish(**dict.fromkeys(names, without("order_id", item["order_id"])))
    shown = client.post("/decide/preview", data=form)
    assert shown.status_code == 409
    assert COMMENT in unescape(shown.text)
    assert client.get(f"/items/{item['item_id']}").status_code == 404
    assert decisions(desk).is_empty()


def test_a_comment_on_an_item_that_has_left_the_queue_is_not_lost(client, publish, opened):
    item, _, form = opened
    publish(review_queue=without("item_id", item["item_id"]))
    sent = {"form_token": form["form_token"], "words": COMMENT}
    answer = client.post(f"/items/{item['item_id']}/comment", data=sent)
    assert answer.status_code == 404
    assert COMMENT in unescape(answer.text)


def test_the_queue_says_that_it_was_drawn_by_another_release(client, publish):
    release = client.get("/queue").text
    assert "r2026-11-20" in release
    publish()
    page = client.get("/queue?page=1&release=r2026-11-20")
    assert page.status_code == 200
    assert "new release" in page.text or "newer release" in page.text
