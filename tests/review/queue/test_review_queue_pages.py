"""The pages of the queue and of the search: what is shown to whom, what is logged, what odd addresses come to."""

import html
import json
import re
import shutil
from datetime import timedelta

import polars as pl
import pytest
from desk_cases import NIGHT, ORIGIN, Client, settings_of
from shares import one_in

from expectations.discrepancies import RULES
from ledger.audit import read_rows
from ledger.decisions.decision import Draft, Signature
from ledger.decisions.ledger import Ledger
from ledger.desk.accounts import add_account
from ledger.desk.item_work import assign, claim, defer
from review.access.viewer import Viewer
from review.app import create_app
from review.desk import Desk
from review.queue.queue_view import QueueView, read_view
from review.queue.visible_queue import items_of, open_queue
from warehouse.home import Home

ITEM = re.compile(r'<a class="govuk-link" href="/items/([\w-]+)[^"]*" data-row>')
COUNT = re.compile(
    r'name="(\w+)" type="checkbox" value="([^"]*)"[^>]*>\s*<label[^>]*>.*?\(([\d,]+)\)</span>', re.DOTALL
)
HEADING = re.compile(r'id="results-title">([\d,]+) items?')
HOSTILE = "<script>alert(1)</script>\u202e" + "x" * 500
STEWARD = Viewer("steward", "steward", None, {}, "")


def listed(page) -> list[str]:
    """The items of the table, in their order."""
    table = page.text[page.text.index("<tbody") : page.text.index("</tbody>")] if "<tbody" in page.text else ""
    return ITEM.findall(table)


def total_of(page) -> int:
    return int(HEADING.search(page.text)[1].replace(",", ""))


def counts_of(page) -> dict[tuple[str, str], int]:
    return {
        (name, html.unescape(value)): int(count.replace(",", "")) for name, value, count in COUNT.findall(page.text)
    }


def logged(desk, act: str) -> list[dict]:
    with desk.database.reading() as connection:
        return [
            row | {"what": json.loads(row["what"])} for row in map(dict, read_rows(connection)) if row["act"] == act
        ]


def rows_of(desk, who=STEWARD, *, stream="settle") -> pl.DataFrame:
    """The items of a list; of the one that is shown unless another is asked for."""
    return open_queue(desk, who).rows.filter(stream=stream)


@pytest.fixture
def changed_home(desk_home, tmp_path):
    """Makes a home of which a table of the release was changed: `changed_home("orders", frame -> frame)`."""

    def made(name: str, change) -> Home:
        home = Home(tmp_path / "changed").create()
        shutil.copytree(desk_home / "releases", home.releases, dirs_exist_ok=True)
        release = home.current.read_text().strip()
        path = home.releases / release / f"{name}.parquet"
        change(pl.read_parquet(path)).write_parquet(path)
        return home

    return made


def client_of(home: Home, ledger_file, clock, **changed) -> tuple[Client, Desk]:
    desk = Desk(home, f"sqlite:///{ledger_file}", clock=clock)
    client = Client(create_app(desk, settings_of(**changed)), base_url=ORIGIN, raise_server_exceptions=False)
    assert client.sign_in("steward").status_code == 303
    return client, desk


def test_the_queue_shows_the_weightiest_first_with_the_arithmetic(steward, desk):
    page = steward.get("/queue")
    rows = rows_of(desk)
    first = rows.sort("priority", "item_id", descending=[True, False]).row(0, named=True)
    assert page.status_code == 200
    assert total_of(page) == rows.height
    assert listed(page)[0] == first["item_id"]
    assert html.escape(first["arithmetic"]) in page.text
    assert "<script>" not in page.text


def test_each_facet_counts_what_the_other_facets_leave(steward, desk):
    page = steward.get("/queue?severity=high&type=STPO")
    counts, rows = counts_of(page), rows_of(desk)
    both = rows.filter(severity="high", type="STPO")
    assert total_of(page) == both.height == counts["severity", "high"] == counts["type", "STPO"]
    assert counts["type", "STRO"] == rows.filter(severity="high", type="STRO").height
    assert counts["severity", "medium"] == rows.filter(severity="medium", type="STPO").height


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        pytest.param("/queue?kind=&sort=priority&page=1", "/queue", id="an empty form"),
        pytest.param(
            "/queue?force=43&kind=constraint", "/queue?kind=constraint&force=43", id="filters in another order"
        ),
        pytest.param("/queue?state=open&state=claimed", "/queue", id="what stands anyway"),
        pytest.param("/queue?assignee=%40steward", "/queue?assignee=me", id="oneself by name"),
    ],
)
def test_a_view_has_one_address(steward, address, canonical):
    answer = steward.get(address, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, canonical)
    assert steward.get(canonical, follow_redirects=False).status_code == 200


@one_in(
    2,
    "query",
    [
        pytest.param("colour=red", id="a filter that does not exist"),
        pytest.param("kind=<script>alert(1)</script>", id="a script"),
        pytest.param("sort=drop+table", id="an order that does not exist"),
        pytest.param("page=-1", id="a page before the first"),
        pytest.param("page=1e9&field=%01", id="a page that is no number and a control sign"),
        pytest.param("force=" + "x" * 5_000, id="five thousand letters"),
        pytest.param("severity=high" * 3, id="a value run together"),
    ],
)
def test_an_address_that_can_not_be_read_is_reported_and_the_rest_shown(steward, query):
    page = steward.get(f"/queue?{query}")
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert total_of(page) > 0
    assert "alert(1)" not in page.text


def test_a_value_of_another_time_leaves_nothing_and_can_be_taken_away(steward):
    page = steward.get("/queue?rule=GONE-RULE")
    assert page.status_code == 200
    assert total_of(page) == 0
    assert "No items match these filters" in page.text
    assert "Remove filter" in page.text


def test_a_page_beyond_the_end_is_the_last_one(steward):
    page = steward.get("/queue?page=9999")
    assert "There is no longer a page 9999" in page.text
    assert listed(page)


def test_going_from_page_to_page_shows_every_item_once(steward, desk):
    seen, address = [], "/queue"
    while address:
        page = steward.get(address)
        seen += listed(page)
        following = re.search(r'href="(/queue\?[^"]+)" rel="next"', page.text)
        address = html.unescape(following[1]) if following else None
    assert len(seen) == len(set(seen)) == rows_of(desk).height


def test_a_release_that_came_between_two_pages_is_reported(steward, changed_home, ledger_file, clock):
    home = changed_home("review_queue", lambda queue: queue.head(60).with_columns(stream=pl.lit("settle")))
    client, _ = client_of(home, ledger_file, clock)
    first = client.get("/queue")
    following = html.unescape(re.search(r'href="(/queue\?[^"]+)" rel="next"', first.text)[1])
    assert "A new release was published" not in client.get(following).text
    former = home.current.read_text().strip()
    later = home.releases / f"{former}.2"
    shutil.copytree(home.releases / former, later)
    pl.read_parquet(later / "review_queue.parquet").head(51).write_parquet(later / "review_queue.parquet")
    home.current.write_text(f"{former}.2\n")
    page = client.get(following)
    assert "A new release was published" in page.text
    assert f"{former}.2" in page.text
    assert total_of(page) == 51


def test_who_sees_one_force_sees_only_its_items_and_counts(open_desk, desk):
    page = open_desk("met-viewer").get("/queue?stream=send")
    rows = rows_of(desk, Viewer("met-viewer", "viewer", frozenset({"01"}), {}, ""), stream="send")
    assert 0 < rows.height < rows_of(desk, stream="send").height
    assert total_of(page) == rows.height
    assert 0 < max(counts_of(page).values()) <= rows.height
    assert set(listed(page)) <= set(rows["item_id"])


def test_an_item_that_is_deferred_comes_back_on_its_day(steward, desk, clock):
    item = rows_of(desk)["item_id"][0]
    defer(desk.database, [item], NIGHT + timedelta(days=2), by="steward", at=clock())
    assert item not in {*rows_of(desk).filter(state="open")["item_id"]}
    page = steward.get("/queue?state=deferred")
    assert listed(page) == [item]
    assert "Deferred to 22 November 2026" in page.text
    clock.move(days=2)
    assert item in {*rows_of(desk).filter(state="open")["item_id"]}


def test_assignments_and_claims_are_shown_and_can_be_chosen(steward, desk, clock):
    mine, held = rows_of(desk)["item_id"][:2]
    assign(desk.database, [mine], "steward", by="steward2", at=clock())
    claim(desk.database, held, by="steward2", at=clock(), lasting=timedelta(minutes=10))
    assert listed(steward.get("/queue?assignee=me")) == [mine]
    page = steward.get("/queue?state=claimed")
    assert listed(page) == [held]
    assert "Being worked on by steward2" in page.text


def test_an_item_is_given_to_those_alone_who_may_see_its_order(steward, desk, clock):
    with desk.database.writing() as connection:
        add_account(connection, "far", role="steward", forces=["98"], at=clock(), password_hash=None)
    held = desk.whole_release().table("orders").filter(pl.col("force_code") == "98").get_column("order_id")
    others = rows_of(desk).filter(~pl.col("order_id").is_in(held.implode()), pl.col("other_order_id").is_null())
    item = others["item_id"][0]
    page = steward.get(f"/items/{item}").text
    assert '<option value="steward2"' in page
    assert '<option value="far"' not in page
    for forged in ("far", "team:98"):
        answer = steward.submit(f"/items/{item}/assign", {"assignee": forged})
        assert "Only stewards who may see the order can be given it" in answer.text
    assert rows_of(desk).filter(item_id=item)["assignee"].to_list() == ["nobody"]


def test_an_item_leaves_the_open_list_once_all_of_it_is_decided(steward, desk, clock):
    queue = desk.whole_release().table("review_queue")
    doubted = items_of(desk.whole_release()).parts.filter(pl.col("discrepancy_id").is_null())
    asking = queue.filter(kind="discrepancies", stream="send").join(doubted, on="item_id", how="anti")
    item = asking.sort(pl.col("discrepancy_ids").list.len(), "item_id").row(0, named=True)
    everything = total_of(steward.get("/queue?stream=send"))
    drafts = [
        Draft(kind="both_right", order_id=item["order_id"], discrepancy_id=name, rule_code=name)
        for name in item["discrepancy_ids"]
    ]
    ledger = Ledger(desk.database, desk.home, clock)
    taken = ledger.decide_all([(draft, Signature("steward", "different_facts")) for draft in drafts])
    page = steward.get("/queue?stream=send")
    assert total_of(page) == everything - 1
    assert counts_of(page)["state", "decided"] == 1
    assert listed(steward.get("/queue?stream=send&state=decided")) == [item["item_id"]]
    ledger.decide(Draft(kind="undo", replaces=taken[0].decision_id), Signature("steward", "mistake"))
    assert total_of(steward.get("/queue?stream=send")) == everything


def test_links_to_items_keep_the_view(steward):
    page = steward.get("/queue?severity=high&sort=-age")
    assert f'href="/items/{listed(page)[0]}?severity=high&amp;sort=-age"' in page.text


def test_the_order_of_the_page_is_the_order_of_stepping(steward, desk):
    view = read_view([("severity", "high"), ("sort", "name")])
    shown = listed(steward.get(f"/queue?{view.query}"))
    board = open_queue(desk, STEWARD)
    assert [board.neighbours(view, item).next for item in shown[:-1]] == shown[1:]
    assert board.neighbours(QueueView(), "forged").position is None


def test_many_at_once_is_offered_for_one_rule_alone_and_to_who_decides(steward, viewer):
    one_rule = "/queue?stream=send&rule=COND-MISSING"
    assert "/bulk?" not in steward.get("/queue").text
    assert "/bulk?" not in steward.get(f"{one_rule}&rule=END-MISSING").text
    assert 'href="/bulk?stream=send&amp;rule=COND-MISSING"' in steward.get(one_rule).text
    assert "/bulk?" not in viewer.get(one_rule).text


def test_the_queue_has_two_lists_and_the_filters_hold_for_both(steward, desk):
    rows = open_queue(desk, STEWARD).rows
    for stream, words in (("settle", "To settle"), ("send", "To send")):
        page = steward.get(f"/queue?severity=high{'&stream=send' if stream == 'send' else ''}")
        assert total_of(page) == rows.filter(stream=stream, severity="high").height
        links = re.findall(
            r'<a class="govuk-link" href="([^"]+)"( aria-current="page")?>(To \w+) .*?\(([\d,]+)\)', page.text
        )
        assert [(name, count.replace(",", "")) for _, _, name, count in links] == [
            ("To settle", f"{rows.filter(stream='settle', severity='high').height}"),
            ("To send", f"{rows.filter(stream='send', severity='high').height}"),
        ]
        assert [name for _, is_shown, name, _ in links if is_shown] == [words]
    assert 'type="hidden" name="stream" value="send"' in steward.get("/queue?stream=send").text


def test_a_line_says_why_the_item_is_here_how_likely_the_register_is_wrong_and_what_hangs_on_it(steward, desk):
    item = desk.whole_release().table("review_queue").filter(stream="settle", kind="doubt").row(0, named=True)
    page = html.unescape(steward.get("/queue?kind=doubt").text)
    titles = [rule.title for rule in RULES if rule.code in item["rule_codes"]]
    assert titles
    assert all(title in page for title in titles)
    assert not any(code in re.sub("<[^>]+>", "", page[page.index("<tbody") :]) for code in item["rule_codes"])
    assert "How likely the register is wrong: " in page
    assert "It decides who is bound, until when or by what" in page or "the order is in force or about to be" in page


def test_a_script_gets_the_part_that_changes(steward):
    part = steward.get("/queue?page=1&severity=high&kind=", headers={"HX-Request": "true"})
    assert part.headers["hx-push-url"] == "/queue?severity=high"
    assert "<html" not in part.text
    assert re.search(r'<p id="item-count" role="status"[^>]*hx-swap-oob="innerHTML">[\d,]+ items?</p>', part.text)
    assert part.text.count('hx-swap-oob="true"') > 20


def test_a_browser_that_goes_back_gets_the_whole_page(steward):
    back = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert steward.get("/queue?kind=discrepancies", headers=back).text.startswith("<!DOCTYPE html>")


def test_the_page_works_without_script(steward):
    page = steward.get("/queue").text
    assert '<form class="queue-filters" method="get" action="/queue"' in page
    assert "Apply filters" in page
    assert "onclick" not in page
    assert "style=" not in page


def test_every_page_of_the_queue_is_logged_with_the_keys_it_shows(steward, desk):
    page = steward.get("/queue?severity=high")
    entry = logged(desk, "consultation")[-1]
    assert entry["who"] == "steward"
    assert entry["what"]["items"] == listed(page)
    assert set(rows_of(desk).filter(pl.col("item_id").is_in(listed(page)))["order_id"]) <= set(entry["what"]["orders"])


def test_hostile_names_are_text(changed_home, ledger_file, clock):
    home = changed_home(
        "orders",
        lambda orders: orders.with_columns(
            pl.lit(HOSTILE).alias("forenames"), pl.lit("\"'><img src=x onerror=alert(2)>").alias("surname")
        ),
    )
    client, _ = client_of(home, ledger_file, clock)
    page = client.get("/queue")
    assert page.status_code == 200
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>alert(1)" not in page.text
    assert "<img" not in page.text


def test_no_list_says_that_an_order_in_doubt_has_ended(changed_home, ledger_file, clock):
    ended = (pl.lit("expired").alias("legal_status"), pl.lit(value=True).alias("is_in_force_doubtful"))
    client, desk = client_of(changed_home("orders", lambda orders: orders.with_columns(ended)), ledger_file, clock)
    page, orders = client.get("/queue").text, desk.whole_release().table("orders")
    assert page.count(", expired, in doubt: counts as in force") == len(listed(client.get("/queue")))
    found = client.submit("/search", {"text": orders.item(0, "order_id")}).text
    assert ", expired, in doubt: counts as in force" in found
    night = client.get("/dashboards").text
    row = re.search(r"<bdi>Expired</bdi></th>(.*?)</tr>", night, re.DOTALL)
    assert row is not None
    assert re.findall(r"<bdi>([\d,]+)</bdi>", row[1]) == [f"{orders.height:,}"] * 2


def test_an_empty_queue_says_so(changed_home, ledger_file, clock):
    client, desk = client_of(changed_home("review_queue", lambda queue: queue.clear()), ledger_file, clock)
    page = client.get("/queue")
    assert page.status_code == 200
    assert "The queue is empty" in page.text
    assert open_queue(desk, STEWARD).filtered(QueueView()).pages == 1


def test_the_queue_can_be_read_while_the_ledger_is_down(steward, desk, ledger_file, clock):
    item = rows_of(desk)["item_id"][0]
    assign(desk.database, [item], "steward", by="steward", at=clock())
    shown = total_of(steward.get("/queue"))
    ledger_file.rename(ledger_file.with_suffix(".away"))
    page = steward.get("/queue")
    assert page.status_code == 200
    assert total_of(page) == shown
    assert "Assigned to you" in steward.get("/queue?assignee=me").text


def test_a_view_is_saved_opened_and_deleted(steward, desk):
    query = "severity=high&sort=-age"
    saved = steward.submit("/queue/views", {"name": "  My   view ", "query": query}, follow_redirects=False)
    assert saved.headers["location"] == f"/queue?{query}"
    page = steward.get("/queue")
    assert f'href="/queue?{html.escape(query)}">My view</a>' in page.text
    steward.submit("/queue/views/forget", {"name": "My view"})
    assert "My view" not in steward.get("/queue").text
    assert "no view of that name" in steward.submit("/queue/views/forget", {"name": "My view"}).text


def test_only_who_decides_shares_views(open_desk):
    kept = {"query": "", "is_shared": "true"}
    open_desk("viewer").submit("/queue/views", {"name": "by viewer", **kept})
    open_desk("steward").submit("/queue/views", {"name": "by steward", **kept})
    page = open_desk("steward2").get("/queue").text
    assert "by steward" in page
    assert "by viewer" not in page
    assert "Delete<span" not in page


def test_a_view_of_junk_is_kept_as_what_can_be_read_of_it(steward):
    query = "severity=high&evil=<script>&page=77&release=r1&sort=nonsense"
    steward.submit("/queue/views", {"name": HOSTILE[:24], "query": query})
    page = steward.get("/queue")
    assert 'href="/queue?severity=high">&lt;script&gt;alert(1)&lt;/scrip' in page.text


@pytest.mark.parametrize(
    "name",
    [pytest.param("", id="none"), pytest.param("\u202eabc", id="turned round"), pytest.param("x" * 61, id="long")],
)
def test_a_view_without_a_fit_name_is_not_saved(steward, name):
    answer = steward.submit("/queue/views", {"name": name, "query": ""})
    assert answer.status_code == 200
    assert "The view was not saved" in answer.text


def test_nothing_is_saved_by_a_form_of_another_site(steward):
    refused = steward.post("/queue/views", data={"name": "forged", "query": ""})
    assert refused.status_code == 403
    assert "forged" not in steward.get("/queue").text


def named_order(desk) -> dict:
    orders = (
        desk.whole_release().table("orders").filter(pl.col("surname").is_not_null(), pl.col("pnc_id").is_not_null())
    )
    return orders.sort("order_id").row(0, named=True)


@pytest.mark.parametrize("column", ["order_id", "pnc_id", "surname"])
def test_an_order_is_found_and_only_its_keys_are_logged(steward, desk, column):
    order = named_order(desk)
    answer = steward.submit("/search", {"text": order[column].lower()})
    assert answer.status_code == 200
    assert f'href="/orders/{order["order_id"]}"' in answer.text
    assert order[column].lower() not in str(answer.url).lower()
    entry = logged(desk, "consultation")[-1]
    assert order["order_id"] in entry["what"]["orders"]
    assert set(entry["what"]) == {"page", "by", "orders"}


def test_what_was_found_can_be_opened_again_by_who_searched_alone(open_desk, desk):
    steward = open_desk("steward")
    found = steward.submit("/search", {"text": named_order(desk)["surname"]}).url.path
    assert steward.get(found).status_code == 200
    assert open_desk("steward2").get(found).status_code == 410
    assert steward.get("/search/forged").status_code == 410


def test_an_order_of_another_force_is_not_found(open_desk, desk):
    client = open_desk("met-viewer")
    seen = set(open_queue(desk, Viewer("met-viewer", "viewer", frozenset({"01"}), {}, "")).rows["order_id"])
    other = next(order for order in rows_of(desk).filter(pl.col("force") != "01")["order_id"] if order not in seen)
    assert "Nothing was found" in client.submit("/search", {"text": other}).text


def test_a_search_is_logged_with_the_reason_of_the_session(open_desk, desk):
    client = open_desk("steward", reason="required")
    client.submit("/reason", {"code": "request", "words": "task 17"})
    client.submit("/search", {"text": named_order(desk)["order_id"]})
    assert logged(desk, "consultation")[-1]["reason"] == "request: task 17"


@one_in(
    2,
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("   ", id="blanks"),
        pytest.param("<script>alert(1)</script>", id="a script"),
        pytest.param("' OR 1=1 --", id="a query"),
        pytest.param("\u202e\u0001\ud7ff", id="signs that are not seen"),
        pytest.param("x" * 10_000, id="ten thousand letters"),
        pytest.param("a b c d e f g h i j k l m n", id="many words"),
    ],
)
def test_odd_searches_are_answered_in_plain_words(steward, text):
    answer = steward.submit("/search", {"text": text})
    assert answer.status_code in (200, 422)
    assert "Nothing was found" in answer.text or "Enter a name" in answer.text
    assert "<script>alert" not in answer.text


def test_an_administrator_sees_no_queue(administrator):
    assert administrator.get("/queue").status_code == 403
    assert administrator.get("/search").status_code == 403


def test_nobody_sees_the_queue_without_signing_in(open_desk):
    answer = open_desk().get("/queue?severity=high", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")
