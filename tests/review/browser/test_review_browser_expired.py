"""A session that ends in the middle of a decision, in a real browser: nothing that was typed is lost."""

import pytest
from deciding_cases import decisions, item_of
from desk_cases import PASSWORD, serving

LONG = "The sealed copy was seen; «ſtreet» & <b>more</b>.\n\n  indented\n" + "word " * 1_950


@pytest.fixture
def address(desk):
    with serving(desk, second_look_share=0) as origin:
        yield origin


def enter(page):
    page.get_by_label("Name", exact=True).fill("steward")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


@pytest.mark.parametrize("step", ["preview", pytest.param("save", marks=pytest.mark.long)])
def test_a_long_comment_outlives_its_session(browser, address, desk, clock, step):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    enter(page)
    page.goto(f"{address}/items/{item_of(desk, 'discrepancies')['item_id']}")
    form = page.locator("form.desk-decide-form").first
    form.locator(".desk-answer").first.get_by_label("Both are right").check()
    form.get_by_label("Why", exact=True).select_option("different_facts")
    form.get_by_label("Comment", exact=True).fill(LONG)
    if step == "save":
        form.get_by_role("button", name="See what it changes").click()
        page.get_by_role("heading", name="Check before you save").wait_for()
    clock.move(hours=2)
    button = (
        page.get_by_role("button", name="Save decision")
        if step == "save"
        else form.get_by_role("button", name="See what it changes")
    )
    button.click()
    enter(page)
    page.get_by_role("heading", name="What you typed before your session ended").wait_for()
    page.wait_for_load_state()
    assert "<b>more</b>" in page.locator("main").inner_text()
    assert page.locator("dt").filter(has_text="Answer: ").count() == 1, "it says which question it is to"
    page.get_by_role("button", name="Send it again").click()
    if step == "preview":
        page.get_by_role("button", name="Save decision").click()
    page.get_by_text("The decision is saved").wait_for()
    assert decisions(desk).get_column("comment").to_list() == [LONG.strip()]
    context.close()
