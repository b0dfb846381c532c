"""Signing in, accounts and the log in a real browser: nothing that keeps people out, nothing that the policy stops."""

import pytest
from desk_cases import PASSWORD, serving

from review.desk import Desk
from review.static_files import PACKAGES
from warehouse.home import Home

SERIOUS = ("serious", "critical")
PAGES = (
    *("/accounts", "/accounts/steward", "/audit", "/password", "/reason", "/second-factor", "/sessions", "/unsent"),
    "/nowhere",
)


@pytest.fixture
def address(tmp_path, ledger_file):
    """A desk without a release: these pages need none."""
    with serving(Desk(Home(tmp_path / "home"), f"sqlite:///{ledger_file}"), reason="optional") as origin:
        yield origin


def enter(page, address, name):
    page.goto(f"{address}/sign-in")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").wait_for()


def faults(page):
    """What axe finds that keeps people out, and whether one has to scroll sideways."""
    page.evaluate((PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = [
        (fault["id"], [node["html"] for node in fault["nodes"]])
        for fault in page.evaluate("axe.run()")["violations"]
        if fault["impact"] in SERIOUS
    ]
    is_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, *(["scrolls sideways"] if is_wide else [])]


@pytest.mark.parametrize(
    "width", [pytest.param(1280, id="on a desk", marks=pytest.mark.long), pytest.param(320, id="small, or at 400 %")]
)
def test_pages_keep_nobody_out_and_break_no_policy(browser, address, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/sign-in")
    assert faults(page) == []
    enter(page, address, "administrator")
    for path in PAGES:
        page.goto(f"{address}{path}")
        assert faults(page) == [], path
    assert complaints == []
    page.close()


def test_an_account_is_made_and_used_without_script(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, address, "administrator")
    page.get_by_role("link", name="Accounts").click()
    page.get_by_label("Name", exact=True).fill("kim")
    page.get_by_label("Role").select_option("viewer")
    page.get_by_label("All forces").check()
    page.get_by_role("button", name="Add the account").click()
    password = page.locator(".desk-code").inner_text()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Name", exact=True).fill("kim")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("kim (viewer)").wait_for()
    context.close()
