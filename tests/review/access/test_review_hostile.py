"""Hostile strings in everything that sources deliver: shown as text on every page, in pictures and in headers."""

import re
import shutil
from html import unescape

import polars as pl
import pytest
from deciding_cases import answered, decisions, forms_of

from ledger.desk.item_work import read_views
from warehouse.home import Home

EVIL = "</script></style></title></textarea><img src=x onerror=alert(1)>{{7*7}}\"'\u202e\u0001"
FREE = {
    "orders": ("forenames", "surname", "court_name", "force_name", "pnc_id", "cro_number"),
    "source_records": ("forenames", "surname", "court_as_written", "force_as_written", "case_urn", "occurrence_ref"),
    "conditions": ("label", "text"),
    "discrepancies": ("observed", "expected", "message", "owner", "correction"),
    "subjects": ("forenames", "surname", "other_names"),
    "field_provenance": ("value", "file_name"),
    "arrests": ("offence_title", "asn", "custody_ref"),
    "review_queue": ("reason", "arithmetic"),
}
MARKUP = re.compile(r"<img src=x|onerror=alert\(1\)>|</title></textarea>|\"'\u202e")


def hostile(column, dtype):
    """A column of the same type in which every text is hostile."""
    if dtype == pl.List(pl.String):
        return pl.col(column).list.eval(pl.when(pl.element().is_not_null()).then(pl.lit(EVIL)))
    return pl.when(pl.col(column).is_not_null()).then(pl.lit(EVIL)).alias(column)


@pytest.fixture
def desk_home(desk_home, tmp_path):
    """A home whose release holds hostile texts alone."""
    home = Home(tmp_path / "home").create()
    shutil.copytree(desk_home / "releases", home.releases, dirs_exist_ok=True)
    for path in home.releases.glob("r*/*.parquet"):
        table = pl.read_parquet(path)
        wanted = [name for name in FREE.get(path.stem, ()) if name in table.columns]
        table.with_columns(hostile(name, table.schema[name]) for name in wanted).write_parquet(path)
    return home.path


def test_what_sources_deliver_is_shown_as_text_everywhere(client):
    whole = client.app.state.desk.whole_release()
    queue, orders = whole.table("review_queue").sort("item_id"), whole.table("orders")["order_id"]
    by_kind = queue.unique("kind", keep="first", maintain_order=True)["item_id"]
    rules = whole.table("discrepancies")["rule_code"].unique().sort().head(8)
    paths = ["/queue", "/queue?sort=name", "/dashboards", "/dashboards/work", "/dashboards/quality"]
    paths += [
        "/dashboards/expiries",
        "/dashboards/in-force",
        "/dashboards/prohibitions",
        *(f"/items/{item}" for item in by_kind),
        *(f"/orders/{one}" for one in orders[:5]),
    ]
    paths += [f"/bulk?rule={rule}" for rule in rules]
    shown = {path: client.get(path) for path in paths}
    shown["found"] = client.submit("/search", {"text": EVIL.replace("\x01", "")})
    for path, answer in shown.items():
        assert answer.status_code in (200, 422), path
        assert not MARKUP.search(answer.text), path
        for picture in re.findall(r'src="(/dashboards/pictures/[^"]+)"', answer.text):
            assert not MARKUP.search(client.get(picture).text), picture
    assert any("onerror=alert(1)" in unescape(answer.text) for answer in shown.values())


def test_what_stewards_type_is_shown_as_text_everywhere(client):
    queue = client.app.state.desk.whole_release().table("review_queue").filter(kind="discrepancies").sort("item_id")
    item, typed = queue.item(0, "item_id"), EVIL.replace("\x01", "") + "é" * 9_900
    form = forms_of(client.get(f"/items/{item}").text, "/decide/preview")[0]
    form = answered(form, "both_right", reason_code="different_facts", comment=typed)
    preview = client.post("/decide/preview", data=form)
    answers = [
        preview,
        client.post("/decide/change", data=form),
        client.post("/decide/preview", data=answered(form, "")),
    ]
    saved = client.post("/decide/save", data=forms_of(preview.text, "/decide/save")[0], follow_redirects=False)
    assert saved.status_code in (200, 303)
    said = client.submit(f"/items/{item}/comment", {"words": typed})
    view = client.submit("/queue/views", {"name": "<img src=x>", "query": "severity=high"})
    answers += [said, view, client.get(f"/items/{item}"), client.get("/decisions/mine"), client.get("/queue")]
    long = client.submit(f"/items/{item}/comment", {"words": "é" * 20_001})
    assert long.status_code == 422
    assert "é" * 20_001 in long.text
    for place, answer in enumerate(answers):
        assert answer.status_code in (200, 409, 422), place
        assert not MARKUP.search(answer.text), place


def test_of_a_field_sent_several_times_the_last_counts_and_none_is_read_from_the_address(client, desk):
    client.submit("/queue/views?name=InTheAddress", {"query": "severity=high"})
    client.submit("/queue/views", {"name": ["First", "Last"], "query": "severity=high"})
    with desk.reading() as connection:
        assert [view.name for view in read_views(connection, "steward")] == ["Last"]
    item = client.app.state.desk.whole_release().table("review_queue").filter(kind="discrepancies")["item_id"].min()
    form = forms_of(client.get(f"/items/{item}").text, "/decide/preview")[0]
    form = answered(form, "both_right", reason_code="different_facts", comment="seen")
    twice = form | {"comment": ["first", "last"]}
    preview = client.post("/decide/preview", data=twice)
    saved = client.post("/decide/save?comment=address", data=forms_of(preview.text, "/decide/save")[0])
    assert saved.status_code == 200
    assert decisions(desk).get_column("comment").to_list() == ["last"]
