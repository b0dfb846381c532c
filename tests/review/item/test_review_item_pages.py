"""The page of an item and of an order: who sees it, what it shows, what is logged, what hostile text can't do."""

import json
import re
from datetime import date
from html import unescape

import polars as pl
import pytest
from sqlalchemy import select

from ledger.audit import audit_log
from ledger.desk.accounts import set_preferences
from review.access.visible_release import VisibleRelease
from review.desk import WholeRelease
from review.routes.items_and_orders import HIDE_WEIGHTS
from review.static_files import PACKAGES
from warehouse.tables.release import NEAR_PAIRS

HOSTILE = "<script>alert(1)</script>\u202e\x07" + "x" * 500


def queue(desk):
    return desk.whole_release().table("review_queue")


def published(desk, name):
    """A table of the release as it was published."""
    return WholeRelease(desk.whole_release().release).table(name)


def replace(desk, name, frame):
    """Let the desk hold another frame for a table of the release; before it is looked at."""
    held = desk.whole_release().keep(f"table {name}", lambda: frame)
    assert held is frame, f"{name} has been read"


def with_near_match(desk):
    """Put two orders into the queue that may be one; the item."""
    one, other = published(desk, "orders").sort("order_id").get_column("order_id")[:2]
    near = {"item_id": "near", "kind": "near_match", "order_id": one, "other_order_id": other}
    items = published(desk, "review_queue")
    replace(
        desk,
        "review_queue",
        items.vstack(items.head(1).with_columns(**{key: pl.lit(value) for key, value in near.items()})),
    )
    return near


def consulted(desk):
    """What was looked at last."""
    with desk.database.reading() as connection:
        rows = connection.execute(select(audit_log.c.act, audit_log.c.what).order_by(audit_log.c.sequence)).all()
    acts = [json.loads(row.what) for row in rows if row.act == "consultation"]
    return acts[-1]


@pytest.mark.long
def test_every_item_and_order_has_a_page(viewer, desk):
    items, orders = queue(desk).get_column("item_id"), published(desk, "orders").get_column("order_id")
    assert len(items) > 20
    addresses = [*(f"/items/{item_id}" for item_id in items), *(f"/orders/{order_id}" for order_id in orders[::4])]
    assert {viewer.get(address).status_code for address in addresses} == {200}


@pytest.mark.parametrize("kind", ["discrepancies", "near_match", "lone_record"])
def test_an_item_says_why_it_is_there_and_what_its_records_say(viewer, desk, kind):
    with_near_match(desk)
    item = queue(desk).filter(pl.col("kind") == kind).row(0, named=True)
    html = viewer.get(f"/items/{item['item_id']}").text
    placed = published(desk, "order_sources")
    orders = [order_id for order_id in (item["order_id"], item["other_order_id"]) if order_id]
    keys = placed.filter(pl.col("order_id").is_in(orders)).get_column("file_name")
    assert item["arithmetic"] in html
    assert all(order_id in html for order_id in orders)
    assert all(name in html for name in keys)


def test_a_value_that_differs_and_the_register_s_are_marked_alike_and_the_register_s_is_named(viewer, desk):
    wrong = pl.col("rule_code") == "TERM-WRONG", pl.col("state") != "resolved"
    order = published(desk, "discrepancies").filter(*wrong).row(0, named=True)
    html = " ".join(unescape(viewer.get(f"/orders/{order['order_id']}").text).split())
    marked = '<mark class="item-differing"><bdi>{}</bdi></mark>'
    assert f"<dt>Register</dt><dd>{marked.format(order['expected'])}" in html
    assert f"Register: {marked.format(order['expected'])}" in html
    assert html.count(marked.format(order["observed"])) == 2
    assert "<del" not in html
    assert "<ins" not in html


def test_the_rules_law_is_reported(viewer, desk):
    found = published(desk, "discrepancies").filter(pl.col("rule_code").str.starts_with("ABSENT-")).row(0, named=True)
    html = unescape(viewer.get(f"/orders/{found['order_id']}").text)
    assert "legal note" in html
    assert found["correction"] in html
    assert f"Rule {found['rule_code']}." in html


def test_looking_is_logged_with_keys_alone(viewer, desk):
    item = with_near_match(desk)
    viewer.get(f"/items/{item['item_id']}")
    logged = consulted(desk)
    assert logged["items"] == [item["item_id"]]
    assert {item["order_id"], item["other_order_id"]} <= set(logged["orders"])
    assert logged["records"]


def test_what_is_not_there_and_what_may_not_be_seen_look_alike(open_desk, desk):
    seen = VisibleRelease(desk.whole_release(), frozenset({"01"})).visible_orders()
    foreign = queue(desk).filter(~pl.col("order_id").is_in(seen.implode())).row(0, named=True)
    client = open_desk("met-viewer")
    addresses = (f"/orders/{foreign['order_id']}", "/orders/ORD-0", f"/items/{foreign['item_id']}", "/items/none")
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.text for answer in answers}) == 1


def test_orders_of_other_forces_are_not_reported(open_desk, desk):
    orders = published(desk, "orders").with_columns(force_code=pl.lit("20"), subject_id=pl.lit("SUB-ONE"))
    own, other = orders.get_column("order_id")[:2]
    forces = pl.when(pl.col("order_id") == own).then(pl.lit("01")).otherwise("force_code")
    replace(desk, "orders", orders.head(2).with_columns(force_code=forces))
    replace(desk, "source_records", published(desk, "source_records").with_columns(force_code=pl.lit("20")))
    html = open_desk("met-viewer").get(f"/orders/{own}").text
    assert other not in html
    assert "You see only the orders of your forces." in html
    assert other in open_desk("viewer").get(f"/orders/{own}").text


def redirects(*moves):
    return [{"kind": "order", "old_id": old, "new_id": new} for old, new in moves]


def test_an_order_that_was_merged_leads_to_the_one_that_it_is_now(viewer, desk):
    order_id = published(desk, "orders").get_column("order_id")[0]
    empty = published(desk, "id_redirects").clear()
    moves = pl.DataFrame(redirects(("ORD-OLD", "ORD-OLDER"), ("ORD-OLDER", order_id)), schema_overrides=empty.schema)
    replace(desk, "id_redirects", pl.concat([empty, moves], how="diagonal"))
    answer = viewer.get("/orders/ORD-OLD")
    assert answer.url.path == f"/orders/{order_id}"
    assert f"ORD-OLD was merged: it is now {order_id}." in answer.text


def test_a_comparison_with_an_order_that_was_merged_leads_to_what_there_is_now(viewer, desk):
    one, other = published(desk, "orders").get_column("order_id")[:2]
    empty = published(desk, "id_redirects").clear()
    replace(desk, "id_redirects", pl.concat([empty, pl.DataFrame(redirects(("ORD-OLD", one)))], how="diagonal_relaxed"))
    assert viewer.get(f"/compare?order={one}&order=ORD-OLD").url.path == f"/orders/{one}"
    of_both = viewer.get(f"/compare?order=ORD-OLD&order={other}")
    assert (of_both.status_code, one in of_both.text) == (200, True)
    assert viewer.get(f"/compare?order={one}&order=ORD-NONE").status_code == 404


def test_an_order_that_was_split_names_those_that_it_became(viewer, desk):
    one, other = published(desk, "orders").get_column("order_id")[:2]
    empty = published(desk, "id_redirects").clear()
    moves = pl.DataFrame(redirects(("ORD-OLD", one), ("ORD-OLD", other), (one, other)), schema_overrides=empty.schema)
    replace(desk, "id_redirects", pl.concat([empty, moves], how="diagonal"))
    html = viewer.get("/orders/ORD-OLD").text
    assert "ORD-OLD was split" in html
    assert one in html
    assert other in html
    assert "Some records were split from this order." in viewer.get(f"/orders/{one}").text


def test_the_pair_that_is_asked_for_is_shown_and_an_unknown_one_is_not(viewer, desk):
    pairs = published(desk, "order_pairs")
    many = pairs.group_by("order_id").len().filter(pl.col("len") > 2).sort("order_id").item(0, "order_id")
    strongest = pairs.filter(pl.col("order_id") == many).sort("match_weight").row(-1, named=True)
    key = f"{strongest['left_id']}|{strongest['right_id']}"
    html = viewer.get(f"/orders/{many}", params={"pair": key}).text
    assert re.search(rf'value="{re.escape(key)}" selected', html)
    assert f"{strongest['match_weight']:+.2f}" in html
    assert viewer.get(f"/orders/{many}", params={"pair": "nonsense<"}).status_code == 200


def test_the_weights_between_two_orders_are_reported_by_the_pair_that_the_item_is_about(viewer, desk):
    item = with_near_match(desk)
    places = published(desk, "order_sources").sort("source", "source_key")
    records = {
        order_id: f"{source}:{key}"
        for order_id, source, key in places.select("order_id", "source", "source_key").iter_rows()
    }
    left, right = sorted((records[item["order_id"]], records[item["other_order_id"]]))
    facts = {"order_id": item["order_id"], "other_order_id": item["other_order_id"], "blocking_rule": "same PNC number"}
    weights = {"person_weight": 12.34, "order_weight": -1.5, "match_weight": 10.84}
    steps = {"levels": ["name=same full name", "end=other date"], "weights": ["name=+12.34", "end=-1.50"]}
    near = pl.DataFrame([facts | {"left_id": left, "right_id": right} | weights | steps], schema=NEAR_PAIRS.schema)
    replace(desk, "near_pairs", near)
    html = unescape(viewer.get(f"/items/{item['item_id']}").text)
    assert f'value="{left}|{right}" selected' in html
    assert "One person: <strong>+12.34</strong>, threshold +4.00." in html
    assert "Together +10.84." in html
    assert html.count('class="item-against"') == 1


def test_chances_are_not_shown_to_who_prefers_to_judge_first(viewer, desk):
    item = queue(desk).filter(pl.col("kind") == "discrepancies").row(0, named=True)
    chances = "How likely the register is wrong"
    assert chances in viewer.get(f"/items/{item['item_id']}").text
    with desk.database.writing() as connection:
        set_preferences(connection, "viewer", {HIDE_WEIGHTS: True})
    html = viewer.get(f"/items/{item['item_id']}").text
    assert chances not in html
    assert "% sure" not in html


def test_hostile_text_is_shown_as_text_everywhere(viewer, desk):
    item = queue(desk).filter(pl.col("kind") == "discrepancies").row(0, named=True)
    order_id = item["order_id"]
    hostile = pl.lit(HOSTILE)
    for name, columns in {
        "orders": ("surname", "forenames", "court_name"),
        "source_records": ("surname", "forenames", "court_as_written", "case_urn", "file_name", "occurrence_ref"),
        "conditions": ("text",),
        "arrests": ("offence_title",),
        "discrepancies": ("observed", "expected"),
        "field_provenance": ("value", "file_name"),
    }.items():
        frame = published(desk, name)
        replace(desk, name, frame.with_columns(hostile.alias(column) for column in columns))
    subjects = published(desk, "subjects")
    replace(desk, "subjects", subjects.with_columns(other_names=pl.concat_list(hostile)))
    html = viewer.get(f"/orders/{order_id}").text
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;[U+202E][U+0007]") > 10
    assert "<script>alert" not in html
    assert "\u202e" not in html
    assert "\x07" not in html


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param(
            {"is_doubtful": True}, "it counts as in force until the court confirms it or does not", id="in doubt"
        ),
        pytest.param({"is_lapsed": True, "end_on": date(2025, 4, 30)}, "its last day was 30 April 2025", id="lapsed"),
    ],
)
def test_a_condition_that_is_in_doubt_or_has_lapsed_says_so(viewer, desk, changed, words):
    conditions = published(desk, "conditions")
    replace(desk, "conditions", conditions.with_columns(**{name: pl.lit(value) for name, value in changed.items()}))
    assert words in unescape(viewer.get(f"/orders/{conditions.item(0, 'order_id')}").text)


def with_named_person(desk):
    """Let a condition of an order name somebody, as the night read it; the order."""
    row = published(desk, "conditions").row(0, named=True)
    key = {"order_id": row["order_id"], "condition_code": row["condition_code"]}
    is_it = pl.all_horizontal(pl.col(name) == value for name, value in key.items())
    masked = pl.when(is_it).then(pl.lit("Not to contact [named person]")).otherwise("text")
    replace(desk, "conditions", published(desk, "conditions").with_columns(text=masked))
    named = pl.DataFrame([key | {"full_text": "Not to contact Jana Novak"}])
    assert desk.whole_release().keep("condition texts", lambda: named) is named
    return row["order_id"]


def test_who_only_looks_does_not_learn_whom_a_condition_names(viewer, desk):
    order_id = with_named_person(desk)
    html = viewer.get(f"/orders/{order_id}").text
    assert "Not to contact [named person]" in html
    assert "Jana Novak" not in html
    assert "third_parties" not in consulted(desk)


def test_who_decides_reads_whom_a_condition_names_and_that_is_logged(steward, desk):
    order_id = with_named_person(desk)
    assert "Not to contact Jana Novak" in steward.get(f"/orders/{order_id}").text
    assert consulted(desk)["third_parties"] == [order_id]


def test_a_night_whose_tables_are_gone_shows_what_was_published(desk):
    assert WholeRelease(desk.whole_release().release).condition_texts().is_empty()


def test_a_release_that_is_published_meanwhile_is_named(viewer, desk):
    order_id = published(desk, "orders").get_column("order_id")[0]
    assert f"Drawn by release {desk.whole_release().release.release_id}." in viewer.get(f"/orders/{order_id}").text


@pytest.mark.long
def test_the_page_stands_in_a_browser_wide_and_narrow(served, browser, sign_in, desk_home):
    """Nothing serious for axe, and no need to scroll sideways on a small screen or at 400 % zoom."""
    axe = (PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    queue_file = next(desk_home.glob("releases/r*/review_queue.parquet"))
    items = pl.read_parquet(queue_file).sort("item_id").unique("kind", keep="first", maintain_order=True)
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    sign_in(page, "viewer")
    found = {}
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for item_id, kind in items.select("item_id", "kind").iter_rows():
            page.goto(f"{served}/items/{item_id}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (kind, width)
            if width == 320 or item_id == items["item_id"][0]:  # the marks are the same, what is seen of them is not
                page.evaluate(axe)
                violations = page.evaluate("axe.run()")["violations"]
                found[kind, width] = [each["id"] for each in violations if each["impact"] in ("serious", "critical")]
    context.close()
    assert len(found) >= 3
    assert [key for key, faults in found.items() if faults] == []


def test_the_link_of_an_item_that_has_left_the_queue_leads_to_its_order(steward, desk):
    queued = desk.whole_release().table("review_queue")["order_id"]
    orders = desk.whole_release().table("orders")["order_id"]
    order = orders.filter(~orders.is_in(queued.implode()))[0]
    answer = steward.get(f"/items/discrepancies-{order}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/orders/{order}")
    assert "no longer in the queue" in steward.get(f"/items/discrepancies-{order}").text
    assert steward.get("/items/discrepancies-ORD-NOSUCHONE").status_code == 404


def test_the_link_of_an_item_that_was_named_by_its_kind_leads_to_the_item(steward, desk):
    order = queue(desk).filter(pl.col("other_order_id").is_null())["order_id"][0]
    answer = steward.get(f"/items/discrepancies-{order}?stream=settle", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/items/order-{order}?stream=settle")


def test_the_link_of_an_item_about_two_orders_leads_to_that_of_both_of_them(steward, desk):
    with_near_match(desk)
    one, other = queue(desk).filter(item_id="near").select("order_id", "other_order_id").row(0)
    answer = steward.get(f"/items/link_conflict-{one}-{other}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/items/near")


def test_a_page_leads_to_what_else_is_to_settle_of_the_person(viewer, desk):
    settle = queue(desk).filter(pl.col("stream") == "settle", pl.col("other_order_id").is_null())
    one, other = settle.unique("order_id", keep="first", maintain_order=True).head(2).to_dicts()
    orders = published(desk, "orders")
    subject = orders.filter(order_id=one["order_id"])["subject_id"][0]
    is_other = pl.col("order_id") == other["order_id"]
    replace(
        desk, "orders", orders.with_columns(subject_id=pl.when(is_other).then(pl.lit(subject)).otherwise("subject_id"))
    )
    html = viewer.get(f"/items/{one['item_id']}").text
    named = html.partition("Of the same person, in the queue too:")[2].partition("</p>")[0]
    assert f"/items/{other['item_id']}" in named
    assert one["item_id"] not in named
