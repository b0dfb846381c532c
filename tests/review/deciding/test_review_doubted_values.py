"""Items about values that may be wrong though no open difference is about them; orders that search leads to."""

import re

import pytest
from deciding_cases import decisions, forms_of

from review.access.viewer import Viewer
from review.queue.visible_queue import open_queue

STEWARD = Viewer("steward", "steward", None, {}, "")


@pytest.fixture
def item(desk):
    queue = desk.whole_release().table("review_queue").filter(kind="doubtful_value").sort("item_id")
    return queue.row(0, named=True)


@pytest.fixture
def two_orders(desk):
    """Two orders of two people, none of which is in an item with the other."""
    orders = desk.whole_release().table("orders").sort("order_id").unique("subject_id", maintain_order=True)
    return orders.get_column("order_id").to_list()[:2]


def form_of(client, address):
    return forms_of(client.get(address).text, "/decide/preview")[0]


def state_of(desk, item):
    return open_queue(desk, STEWARD).item(item["item_id"])["state"]


def test_the_form_asks_whether_each_value_is_right(client, item):
    page = client.get(f"/items/{item['item_id']}").text
    form = form_of(client, f"/items/{item['item_id']}")
    assert [name for name in form if name.startswith("answer-field-")] == [
        f"answer-field-{field}" for field in item["fields"]
    ]
    assert "may be wrong: " in page
    assert "No open difference is about the value itself." in page


def test_a_value_that_is_confirmed_settles_the_item(client, item, desk):
    address, golden = f"/items/{item['item_id']}", desk.whole_release().table("orders")
    form = form_of(client, address)
    (order,) = golden.filter(order_id=item["order_id"]).to_dicts()
    answers = {f"answer-field-{field}": f"value|{field}|{order[field]}" for field in item["fields"]}
    saved = client.post("/decide/save", data=form | answers | {"reason_code": "document_seen"}, follow_redirects=False)
    assert saved.status_code == 303
    assert decisions(desk).select("kind", "field").rows() == [("value", field) for field in item["fields"]]
    assert state_of(desk, item) == "decided"


def test_a_value_that_nobody_can_say_leaves_the_queue_with_what_would_settle_it(client, item, desk):
    form = form_of(client, f"/items/{item['item_id']}")
    answers = {f"answer-field-{field}": f"value_unclear|{field}" for field in item["fields"]}
    client.post("/decide/save", data=form | answers | {"reason_code": "needs_document"})
    assert decisions(desk).select("kind", "field", "value", "reason_code").rows() == [
        ("value_unclear", field, None, "needs_document") for field in item["fields"]
    ]
    assert state_of(desk, item) == "decided"


def test_a_court_that_is_on_no_list_is_refused_at_its_field(client, desk):
    whole = desk.whole_release()
    found = whole.table("discrepancies").filter(field="court_code").sort("discrepancy_id").row(0, named=True)
    form = form_of(client, f"/orders/{found['order_id']}")
    name = found["discrepancy_id"]
    typed = {f"answer-{name}": "value|court_code|", f"value_text-{name}": "The Court of Nowhere"}
    page = client.post("/decide/preview", data=form | typed | {"reason_code": "document_seen"})
    assert page.status_code == 422
    assert ": choose one from the list" in page.text


def test_an_order_that_search_leads_to_can_be_decided_and_commented_on(client, desk):
    found = desk.whole_release().table("discrepancies").filter(state="new").sort("discrepancy_id").row(0, named=True)
    address = f"/orders/{found['order_id']}"
    form = form_of(client, address) | {f"answer-{found['discrepancy_id']}": "refer"}
    saved = client.post("/decide/save", data=form, follow_redirects=False)
    assert saved.headers["location"] == address
    assert decisions(desk).item(0, "discrepancy_id") == found["discrepancy_id"]
    client.submit(f"{address}/comment", {"words": "Asked the court by telephone."})
    assert "Asked the court by telephone." in client.get(address).text


def test_an_order_leads_to_its_items(client, item):
    assert f'href="/items/{item["item_id"]}"' in client.get(f"/orders/{item['order_id']}").text


def test_two_orders_found_by_search_are_put_together_from_there(client, desk, two_orders):
    one, other = two_orders
    found = client.submit("/search", {"text": one})
    assert one in found.text
    page = client.get("/compare", params={"order": two_orders})
    assert page.status_code == 200
    assert one in page.text
    assert other in page.text
    form = forms_of(page.text, "/decide/preview")[0]
    left, right = re.findall(r'<option value="([^"]+)" selected', page.text)[:2]
    chosen = {"left_record_id": left, "right_record_id": right, "kind": "same_person", "reason_code": "biography"}
    shown = client.post("/decide/preview", data=form | chosen)
    assert "People become one" in shown.text
    assert "Go back and change it" in shown.text


def test_two_records_of_which_nobody_can_say_stay_as_they_are(client, desk, two_orders):
    page = client.get("/compare", params={"order": two_orders})
    form = forms_of(page.text, "/decide/preview")[0]
    left, right = re.findall(r'<option value="([^"]+)" selected', page.text)[:2]
    chosen = {"left_record_id": left, "right_record_id": right, "kind": "pair_unclear", "reason_code": "needs_owner"}
    saved = client.post("/decide/save", data=form | chosen, follow_redirects=False)
    assert saved.headers["location"] == f"/orders/{two_orders[0]}"
    assert decisions(desk).select("kind", "reason_code").rows() == [("pair_unclear", "needs_owner")]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("", id="none chosen"),
        pytest.param("order=ORD-1", id="one chosen"),
        pytest.param("order=ORD-1&order=ORD-1", id="one chosen twice"),
    ],
)
def test_comparing_takes_two_orders(client, query):
    page = client.get(f"/compare?{query}")
    assert page.url.path == "/search"
    assert "Choose two orders to compare." in page.text


def test_orders_that_one_may_not_see_are_not_compared(open_desk, desk, two_orders):
    forces = desk.whole_release().table("orders").filter(force_code="01").get_column("order_id")
    others = [order for order in two_orders if order not in forces]
    assert open_desk("met-viewer").get("/compare", params={"order": [*others, forces[0]][:2]}).status_code == 404


def test_the_page_of_a_form_is_found_by_another_desk_and_logged_once(client, item, open_desk, desk):
    def consultations() -> int:
        with desk.database.reading() as connection:
            return connection.exec_driver_sql("SELECT count(*) FROM audit_log WHERE act = 'consultation'").scalar_one()

    form = form_of(client, f"/items/{item['item_id']}")
    before = consultations()
    answer = super(type(client), client).request("POST", "/decide/change", data=form, follow_redirects=False)
    assert answer.headers["location"].startswith("/sent/")
    other = open_desk()
    other.cookies = client.cookies
    assert other.get(answer.headers["location"]).status_code == 200
    assert consultations() == before + 1
    client.get(answer.headers["location"])
    assert consultations() == before + 2
    assert open_desk("steward2").get(answer.headers["location"]).status_code == 410
