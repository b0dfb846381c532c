"""The dashboards in a real browser: pictures under the strict policy, small screens, axe."""

import pytest

from review.static_files import PACKAGES

PAGES = (
    "/dashboards",
    "/dashboards/work",
    "/dashboards/quality",
    "/dashboards/quality/force/01",
    "/dashboards/reliability",
    "/dashboards/expiries",
    "/dashboards/in-force",
    "/dashboards/prohibitions",
)
LOADED = "Promise.all([...document.images].map(image => image.decode().then(() => image.naturalWidth > 100)))"


@pytest.fixture
def page(served, browser, sign_in):
    context = browser.new_context()
    opened = context.new_page()
    sign_in(opened, "steward")
    yield opened
    context.close()


@pytest.mark.parametrize(
    "width", [pytest.param(1280, id="wide", marks=pytest.mark.long), pytest.param(320, id="small")]
)
def test_pictures_show_and_nothing_scrolls_sideways(page, served, width):
    refused = []
    page.on("console", lambda reported: refused.append(reported.text) if reported.type == "error" else None)
    page.set_viewport_size({"width": width, "height": 800})
    for path in PAGES:
        page.goto(f"{served}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert all(page.evaluate(LOADED)), path
    assert refused == []


@pytest.mark.long
def test_axe_finds_nothing_serious(page, served, browser):
    axe = (PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(bypass_csp=True, storage_state=page.context.storage_state())
    tried, found = context.new_page(), {}
    for width in (1280, 320):
        tried.set_viewport_size({"width": width, "height": 800})
        for path in PAGES:
            tried.goto(f"{served}{path}")
            tried.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            tried.evaluate(axe)
            violations = tried.evaluate("axe.run()")["violations"]
            found[path, width] = [each["id"] for each in violations if each["impact"] in ("serious", "critical")]
    context.close()
    assert len(found) == 2 * len(PAGES)
    assert [key for key, faults in found.items() if faults] == []
