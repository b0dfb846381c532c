"""A steward at work in a real browser: by keys alone, without script, beside another steward."""

import re

import polars as pl
import pytest
from desk_cases import PASSWORD, serving
from playwright.sync_api import expect

from ledger.decisions.ledger import Ledger
from review.desk import Desk
from warehouse.home import Home


@pytest.fixture
def address(desk_home, ledger_file):
    """A desk that draws no ordinary decision for a second look."""
    with serving(Desk(Home(desk_home), f"sqlite:///{ledger_file}"), second_look_share=0) as origin:
        yield origin


@pytest.fixture
def taken(desk_home, ledger_file):
    """The decisions in the ledger."""

    def read():
        with Ledger.open(f"sqlite:///{ledger_file}", Home(desk_home)) as ledger:
            return ledger.read()

    return read


def enter(page, address, name):
    page.goto(f"{address}/sign-in")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


@pytest.mark.long
def test_a_steward_works_ten_items_with_a_key_a_judgement_and_one_to_save(browser, address, taken):
    page = browser.new_page()
    enter(page, address, "steward")
    page.goto(f"{address}/queue?stream=send&kind=discrepancies")
    page.get_by_role("link", name="Start with the first item").press("Enter")
    seen, answers = [], 0
    for _ in range(10):
        page.get_by_role("heading", name="Decide", exact=True).wait_for()
        page.wait_for_load_state()
        seen.append(page.url)
        asked = page.locator("form.desk-decide-form > .desk-answer").count()
        for _ in range(asked):
            page.keyboard.press("b")
        answers += asked
        page.keyboard.press("y")
        page.wait_for_url(lambda url: url != seen[-1])
    page.get_by_text(re.compile("(is|are) saved")).wait_for()
    assert len(set(seen)) == 10
    rows = taken()
    assert rows.height == answers
    assert set(rows["kind"]) == {"both_right"}
    page.keyboard.press("u")
    page.wait_for_url(re.compile(r"/decisions/mine"))
    page.close()


def test_a_reason_and_a_comment_are_given_by_keys_and_the_preview_is_saved_by_one(browser, address, taken):
    page = browser.new_page()
    enter(page, address, "steward")
    page.goto(f"{address}/queue?stream=send&kind=discrepancies")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Decide", exact=True).wait_for()
    page.wait_for_load_state()
    for key in "bw":
        page.keyboard.press(key)
    page.keyboard.press("T")  # the reason that begins so: “The values state different facts”
    page.keyboard.press("Tab")
    page.keyboard.type("by keys")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Check before you save").wait_for()
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.get_by_text("The decision is saved. That was ORD-").wait_for()
    page.wait_for_load_state()
    assert taken().get_column("comment").to_list() == ["by keys"]
    page.keyboard.press("/")
    expect(page.get_by_label("Name, identifier or reference")).to_be_focused()
    page.close()


def test_the_decision_on_an_order_or_on_two_is_in_sight_without_scrolling(browser, address, desk):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    enter(page, address, "steward")
    page.goto(f"{address}/queue?stream=send&kind=discrepancies")
    page.get_by_role("link", name="Start with the first item").click()
    page.wait_for_load_state()
    assert page.locator(".desk-answer").first.bounding_box()["y"] < 700
    one, other = desk.whole_release().table("orders")["order_id"][:2]
    page.goto(f"{address}/compare?order={one}&order={other}")
    assert page.locator("input[name=kind]").first.bounding_box()["y"] < 700
    assert page.locator("#comparison").bounding_box()["y"] < 700
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.get_by_role("link", name="Go to the decision").bounding_box()["y"] < 700, "narrow: a link leads to it"
    page.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_digit_says_what_two_orders_are_to_one_another_before_it_answers_a_difference(browser, address, desk, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    enter(page, address, "steward")
    open_ones = desk.whole_release().table("discrepancies").filter(pl.col("state") != "resolved")
    one = open_ones.get_column("order_id").mode().sort()[0]
    other = next(name for name in desk.whole_release().table("orders")["order_id"] if name != one)
    page.goto(f"{address}/compare?order={one}&order={other}")
    assert page.locator(".desk-answer").count()
    page.keyboard.press("2")
    assert page.locator("input:checked:not([value=''])").evaluate_all("all => all.map(one => one.value)") == [
        "different_order"
    ]
    page.close()


@pytest.mark.long
def test_the_sheet_of_keys_opens_and_keys_can_be_switched_off(browser, address):
    page = browser.new_page()
    enter(page, address, "steward")
    page.goto(f"{address}/queue")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(f"{address}/keys")
    page.get_by_label("Off", exact=True).check()
    page.get_by_role("button", name="Save settings").click()
    page.wait_for_load_state()
    page.goto(f"{address}/queue")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").count() == 0
    page.keyboard.press("u")
    page.wait_for_load_state()
    assert page.url.endswith("/queue")
    page.close()


def test_everything_can_be_decided_without_script(browser, address, taken):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, address, "steward")
    page.goto(f"{address}/queue?stream=send&kind=discrepancies")
    page.get_by_role("link", name="Start with the first item").click()
    form = page.locator("form.desk-decide-form").first
    answer = form.locator(".desk-answer").first
    answer.get_by_label("Known and accepted").check()
    for part, value in (("Day", "31"), ("Month", "3"), ("Year", "2027")):
        form.locator(".desk-more-accept").get_by_label(part, exact=True).fill(value)
    form.get_by_label("Why", exact=True).select_option("cannot_be_corrected")
    form.get_by_role("button", name="See what it changes").click()
    page.get_by_role("button", name="Save decision").click()
    page.get_by_text("The decision is saved").wait_for()
    assert taken().get_column("kind").to_list() == ["accept"]
    context.close()


@pytest.mark.long
def test_back_after_saving_shows_the_pages_before_and_never_asks_to_send_a_form_again(browser, address, taken):
    context = browser.new_context()
    page = context.new_page()
    enter(page, address, "steward")
    page.goto(f"{address}/queue?stream=send&kind=discrepancies")
    page.get_by_role("link", name="Start with the first item").click()
    page.wait_for_load_state()
    item = page.url
    for answer in page.locator("form.desk-decide-form > .desk-answer").all():
        answer.get_by_label("Both are right").check()
    page.locator("form.desk-decide-form").first.get_by_label("Why", exact=True).select_option("slip")
    page.get_by_role("button", name="See what it changes").first.click()
    page.get_by_role("heading", name="Check before you save").wait_for()
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.get_by_text(re.compile("(is|are) saved")).wait_for()
    assert page.go_back().ok
    expect(page.get_by_role("heading", name="Check before you save")).to_be_visible()
    assert page.go_back().ok
    assert page.url == item
    decided = taken().height
    page.go_forward()
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.wait_for_load_state()
    assert taken().height == decided
    context.close()


@pytest.mark.long
def test_two_stewards_who_decide_the_same_item_see_each_other(browser, address, taken):
    pages = []
    for name in ("steward", "steward2"):
        page = browser.new_context().new_page()
        enter(page, address, name)
        pages.append(page)
    first, second = pages
    first.goto(f"{address}/queue?stream=send&kind=discrepancies")
    first.get_by_role("link", name="Start with the first item").click()
    second.goto(first.url)
    expect(second.get_by_text("steward is looking at this item")).to_be_visible()
    for page in pages:
        form = page.locator("form.desk-decide-form").first
        form.locator(".desk-answer").first.get_by_label("Both are right").check()
        form.get_by_label("Why", exact=True).select_option("different_facts")
    for page in pages:
        page.locator("form.desk-decide-form").first.get_by_role("button", name="See what it changes").click()
    first.get_by_role("button", name="Save decision").click()
    first.get_by_text("The decision is saved").wait_for()
    second.get_by_role("button", name="Save decision").click()
    expect(second.get_by_role("heading", name="Something has changed since you opened this")).to_be_visible()
    assert taken().height == 1
    for page in pages:
        page.context.close()
