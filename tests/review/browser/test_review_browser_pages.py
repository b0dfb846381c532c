"""Every page in a real browser, wide and at 400 per cent: axe finds nothing of weight, and nobody scrolls sideways."""

import polars as pl
import pytest
from deciding_cases import answered, decisions, forms_of, preview
from desk_cases import PASSWORD, serving
from loose_wordings import with_loose_wordings
from playwright.sync_api import expect

from ledger.desk.proposals import read_proposals
from review.static_files import PACKAGES

pytestmark = pytest.mark.long

WIDTHS = (1280, 320)
WEIGHTY = ("moderate", "serious", "critical")
AXE = "async () => await axe.run(document, {resultTypes: ['violations']})"
SEND = """([action, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of fields) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""
CHOSEN = {"kind": "both_right", "reason_code": "different_facts"}


class Reader:
    """Looks at pages in a browser, and keeps what is wrong with them."""

    def __init__(self, page, address):
        self.page = page
        self.address = address
        self.faults = []

    def go(self, path, *, seen=None):
        self.page.goto(f"{self.address}{path}")
        self.look(seen or path)

    def send(self, action, fields, *, seen):
        """Send a form from the page that is open, and look at what comes."""
        pairs = [
            [name, one] for name, value in fields.items() for one in ([value] if isinstance(value, str) else value)
        ]
        with self.page.expect_navigation():
            self.page.evaluate(SEND, [action, pairs])
        self.look(seen)

    def look(self, seen):
        self.page.evaluate((PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            found = self.page.evaluate(AXE)["violations"]
            self.faults += [
                (seen, width, fault["id"], [node["html"][:200] for node in fault["nodes"]])
                for fault in found
                if fault["impact"] in WEIGHTY
            ]
            if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                self.faults.append((seen, width, "scrolls sideways"))


@pytest.fixture(scope="module")
def desk_home(desk_home, tmp_path_factory):
    """A home with wordings to be named, too."""
    return with_loose_wordings(desk_home, tmp_path_factory.mktemp("pages"))


@pytest.fixture
def address(desk):
    with serving(desk, second_look_share=0) as origin:
        yield origin


@pytest.fixture
def enter(browser, address):
    """Makes readers: `enter("steward")`. The checker is put into pages, which their own policy rightly forbids."""
    contexts = []

    def entered(name):
        contexts.append(browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900}))
        page = contexts[-1].new_page()
        page.goto(f"{address}/sign-in")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()
        return Reader(page, address)

    yield entered
    for context in contexts:
        context.close()


@pytest.fixture
def items(desk):
    """The first item of each kind, by kind."""
    queue = desk.whole_release().table("review_queue").sort("item_id").unique("kind", keep="first", maintain_order=True)
    return dict(queue.select("kind", "item_id").iter_rows())


def test_pages_to_look_at_keep_nobody_out(enter, items, desk):
    reader, orders = enter("steward"), desk.whole_release().table("orders")
    for path in (
        "/",
        "/queue?severity=high",
        "/queue?force=nothing",
        "/queue?stream=send",
        "/queue?sort=x",
        "/search",
        "/second-factor",
        "/packs",
        "/packs/policy",
        "/nowhere",
    ):
        reader.go(path)
    for kind, item in items.items():
        reader.go(f"/items/{item}", seen=kind)
    reader.go(f"/orders/{orders['order_id'][0]}", seen="an order")
    reader.go(f"/compare?order={orders['order_id'][0]}&order={orders['order_id'][1]}", seen="two orders")
    reader.page.goto(f"{reader.address}/search")
    token = {"form_token": reader.page.locator('input[name="form_token"]').first.get_attribute("value")}
    reader.send("/search", token | {"text": orders["surname"].drop_nulls()[0]}, seen="found")
    reader.send("/search", token | {"text": " "}, seen="nothing asked")
    assert reader.faults == []


def test_pages_to_decide_on_keep_nobody_out(enter, open_desk, items, desk):
    careful, other = open_desk("steward2", second_look_share=1), open_desk("steward2", second_look_share=0)
    waiting = desk.whole_release().table("review_queue").filter(kind="discrepancies").sort("item_id")["item_id"]
    shown = preview(careful, waiting[1], **CHOSEN, comment="seal seen")
    careful.post("/decide/save", data=forms_of(shown.text, "/decide/save")[0])
    proposal = read_proposals(desk.database)[0].proposal_id
    reader = enter("steward")
    reader.go(f"/items/{waiting[1]}", seen="an item that waits")
    page, item = reader.page, items["discrepancies"]
    page.goto(f"{reader.address}/items/{item}")
    form = forms_of(page.content(), "/decide/preview")[0]
    reader.send("/decide/preview", form, seen="what is missing")
    reader.send("/decide/preview", answered(form, "both_right"), seen="preview")
    reader.send("/decide/preview", form | {"answer-none": "both_right"}, seen="refused")
    theirs = preview(other, item, kind="both_right", reason_code="different_facts", comment="seal seen")
    other.post("/decide/save", data=forms_of(theirs.text, "/decide/save")[0])
    reader.send("/decide/preview", answered(form, "accept") | {"until-day": "31"}, seen="what is wrong")
    reader.send("/decide/preview", answered(form, "both_right"), seen="meanwhile")
    reader.go(f"/items/{item}", seen="an item that was decided")
    reader.go("/proposals")
    reader.go(f"/proposals/{proposal}", seen="a proposal")
    reader.go("/keys")
    rule = (
        desk.whole_release()
        .table("discrepancies")
        .filter(pl.col("state") != "resolved", severity="high")["rule_code"][0]
    )
    reader.go(f"/bulk?stream=settle&stream=send&rule={rule}", seen="bulk")
    approver = enter("approver")
    approver.go(f"/proposals/{proposal}", seen="a proposal to judge")
    colleague = enter("steward2")
    colleague.go("/decisions/mine")
    colleague.go(f"/decisions/{decisions(desk)['decision_id'][0]}/undo", seen="undo")
    assert reader.faults + approver.faults + colleague.faults == []


def test_pages_to_name_a_wording_on_keep_nobody_out_and_are_worked_by_keys(enter, desk):
    reader = enter("steward")
    page = reader.page
    reader.go("/wordings/one", seen="a wording")
    page.locator("#condition").focus()
    page.keyboard.type("New: a proh")
    for typed in ("", "No keeping of dogs", "", ""):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Choose a reason").first.wait_for()
    page.wait_for_load_state()
    reader.look("a wording, what is missing")
    page.locator("#reason_code").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Check before you save").wait_for()
    page.get_by_text("4 orders would have this condition").wait_for()
    page.wait_for_load_state()
    reader.look("a wording, preview")
    with page.expect_navigation():
        page.keyboard.press("y")
    (proposal,) = read_proposals(desk.database, waiting=True)
    approver = enter("approver")
    approver.go(f"/proposals/{proposal.proposal_id}", seen="a wording to judge")
    approver.go(
        f"/orders/{desk.whole_release().table('orders').sort('order_id')['order_id'][0]}", seen="an order worded so"
    )
    reader.go("/wordings/three", seen="a wording that says too little")
    reader.go("/dashboards/prohibitions", seen="the library with wordings")
    assert reader.faults + approver.faults == []


def test_dashboards_and_what_is_refused_keep_nobody_out(enter, ledger_file):
    administrator = enter("administrator")
    administrator.go("/queue", seen="refused by role")
    reader = enter("viewer")
    for path in (
        "/dashboards",
        "/dashboards/work",
        "/dashboards/quality",
        "/dashboards/expiries",
        "/dashboards/in-force",
        "/dashboards/prohibitions",
    ):
        reader.go(path)
    ledger_file.rename(ledger_file.with_suffix(".away"))
    reader.go("/queue", seen="the queue while the ledger is down")
    reader.go("/unsent", seen="the ledger is down")
    expect(reader.page.get_by_role("heading", name="Read only")).to_be_visible()
    assert administrator.faults + reader.faults == []
