"""The queue in a real browser: by keyboard, on a narrow screen, without script."""

from pathlib import Path

import pytest
from desk_cases import PASSWORD, serving
from playwright.sync_api import expect

AXE = Path("review/node_modules/axe-core/axe.min.js")
WEIGHTY = ("serious", "critical")


def faults_of(page) -> list[str]:
    """What axe finds that keeps people out."""
    found = page.evaluate("async (source) => { new Function(source)(); return await axe.run(); }", AXE.read_text())
    return [f"{fault['id']}: {fault['help']}" for fault in found["violations"] if fault["impact"] in WEIGHTY]


@pytest.fixture
def open_page(browser, sign_in, served):
    """Opens a page of the desk in a browser of its own, signed in as a steward; says what goes wrong in it."""
    contexts, errors = [], []

    def opened(path: str, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        sign_in(page, "steward")
        page.goto(f"{served}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def test_a_filter_is_chosen_by_keyboard_and_what_is_left_is_announced(open_page):
    page = open_page("/queue")
    everything = page.locator("#results-title").inner_text()
    page.locator("summary", has_text="Severity").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_url("**/queue?severity=high")
    page.wait_for_function("document.getElementById('item-count').textContent.includes('item')")
    left = page.locator("#results-title").inner_text()
    assert left != everything
    assert left.startswith(page.locator("#item-count").inner_text())
    assert page.evaluate("document.activeElement.name + document.activeElement.value") == "severityhigh"
    page.reload()
    assert page.locator("#results-title").inner_text() == left
    assert page.get_by_role("checkbox", name="High").is_checked()


def test_a_long_filter_is_searched_by_script(open_page):
    page = open_page("/queue")
    page.locator("summary", has_text="Rule").click()
    choices = page.locator(".queue-choices--many[aria-label='Rule'] .govuk-checkboxes__item:visible")
    everything = choices.all_inner_texts()
    longest = max((word for text in everything for word in text.lower().split()), key=len)
    page.get_by_label("Find in Rule").fill(longest)
    left = [text for text in everything if longest in text.lower()]
    assert left != everything
    expect(choices).to_have_text(left, use_inner_text=True)


@pytest.mark.long
def test_without_script_filters_are_applied_and_a_view_is_saved(open_page):
    page = open_page("/queue", java_script_enabled=False)
    page.locator("summary", has_text="Severity").click()
    page.get_by_label("Medium").check()
    page.get_by_role("button", name="Apply filters").click()
    page.wait_for_url("**/queue?severity=medium")
    page.get_by_text("Save this view").click()
    page.get_by_label("Name of the view").fill("Of medium weight")
    page.get_by_role("button", name="Save view").click()
    page.get_by_role("link", name="Of medium weight").click()
    page.wait_for_url("**/queue?severity=medium")


@pytest.mark.parametrize(
    "width", [pytest.param(1280, id="wide", marks=pytest.mark.long), pytest.param(320, id="at 400 per cent")]
)
def test_nothing_keeps_people_out_of_queue_and_search(open_page, served, width):
    # The checker is put into the page, which the page's own policy rightly forbids.
    page = open_page("/queue?severity=high", viewport={"width": width, "height": 800}, bypass_csp=True)
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{served}/search")
    page.get_by_label("Name, identifier or reference").fill("smith")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search/*")
    assert "smith" not in page.url
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_back_from_an_item_shows_the_whole_filtered_queue(open_page):
    page = open_page("/queue")
    page.locator("summary", has_text="Severity").click()
    page.get_by_role("checkbox", name="High").check()
    page.wait_for_url("**/queue?severity=high")
    page.wait_for_function("document.getElementById('item-count').textContent.includes('item')")
    left = page.locator("#results-title").inner_text()
    page.locator("[data-row]").first.click()
    page.get_by_role("heading", name="Decide", exact=True).wait_for()
    page.go_back()
    page.wait_for_url("**/queue?severity=high")
    assert page.locator("#results-title").inner_text() == left
    expect(page.get_by_role("navigation", name="Places")).to_be_visible()
    assert page.get_by_role("checkbox", name="High").is_checked()
    page.go_back()
    page.wait_for_url("**/queue")
    expect(page.get_by_role("navigation", name="Places")).to_be_visible()


def test_a_filter_that_the_desk_does_not_answer_says_why_in_place_of_the_list(browser, desk, clock):
    with serving(desk, most_pages=30) as origin:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{origin}/sign-in")
        page.get_by_label("Name", exact=True).fill("steward")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()
        page.goto(f"{origin}/queue")
        page.locator("summary", has_text="Severity").click()
        while page.request.get(f"{origin}/queue").status != 429:
            pass
        results = page.locator("#results")
        page.get_by_role("checkbox", name="High").check()
        expect(results.get_by_role("alert")).to_contain_text("Wait 10 minutes, then try again")
        expect(results.locator("[data-row]")).to_have_count(0)
        expect(page).to_have_title("Queue – Concord")
        clock.move(minutes=10)
        page.get_by_role("checkbox", name="Medium").check()
        expect(results.locator("[data-row]").first).to_be_visible()
        expect(results.get_by_role("alert")).to_have_count(0)
    page.get_by_role("checkbox", name="Medium").uncheck()
    expect(results.get_by_role("alert")).to_contain_text("The desk can’t be reached")
    context.close()
