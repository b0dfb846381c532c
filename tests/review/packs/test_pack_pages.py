"""The pages of packs: what a role may do, that nobody sees another force's lines, and a pack out and back."""

import io
import json
import re
import tempfile
import zipfile
from datetime import UTC, datetime
from html import unescape

import openpyxl
import pytest
from ledger_cases import let_go
from nights import command
from shares import one_in

from ledger.decisions.ledger import Ledger
from ledger.packs.log import read_disclosures, read_pack_lines
from ledger.packs.policy import policy_in_force
from review.routes.packs import PAGE_LENGTH

OWNER = "pnc_bureau"
WHY = {"recipient": "PNC bureau, data quality desk", "reason": "monthly round"}
TERMS = {"owners": "PNC bureau", "least_confidence": "99.5", "sampled_share": "100", "reason": "agreed"}

MALICE = "X-marks-what-a-scanner-would-find"


@pytest.fixture
def desk_home(desk_home, tmp_path):
    """A home that may be written to: packs are kept there."""
    home = tmp_path / "home"
    home.mkdir()
    for part in ("releases", "tables"):
        (home / part).symlink_to(desk_home / part)
    return home


def without_token(page):
    return re.sub(r"[0-9a-f]{64}", "", page)


@pytest.fixture
def sending(desk):
    """The ledger, with a policy that lets everything go that the register is sure of."""
    ledger = Ledger(desk.database, desk.home, lambda: datetime.now(UTC))
    ledger.add_user("kim")
    let_go(ledger)
    return ledger


def handed_out(client, owner=OWNER, **fields):
    answer = client.submit(f"/packs/owners/{owner}", WHY | fields, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def sent_back(client, address, fill):
    """The workbook fetched, filled in and sent back."""
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}/pack.xlsx").content))
    sheet = book["Corrections"]
    fill(sheet, {cell.value: cell.column for cell in sheet[4]})
    content = io.BytesIO()
    book.save(content)
    token = {"form_token": client.form_token(address)}
    return client.post(f"{address}/answers", data=token, files={"file": ("pack.xlsx", content.getvalue())})


def test_nothing_is_sent_before_an_approver_turns_it_on(steward, approver, desk):
    assert "No sending policy is in force" in steward.get("/packs").text
    assert "Hand out" not in steward.get(f"/packs/owners/{OWNER}").text
    assert steward.submit("/packs/policy", TERMS).status_code == 403
    wrong = {"owners": "nobody", "least_confidence": "20", "sampled_share": "half", "reason": ""}
    shown = approver.submit("/packs/policy", wrong).text
    for field in wrong:
        assert f'<a href="#{field}">' in shown, "all that is wrong at once, each at its field"
        assert f'id="{field}-error"' in shown
    assert '<a href="#reason-to-revoke">Enter why' in approver.submit("/packs/policy", {"change": "revoke"}).text
    assert "in force" in approver.submit("/packs/policy", TERMS).text
    assert policy_in_force(desk.ledger).terms.owners == (OWNER,)
    assert "revoked" in approver.submit("/packs/policy", {"change": "revoke", "reason": "x"}).text
    assert policy_in_force(desk.ledger) is None


def test_two_stewards_check_a_line_of_the_sample_unseen_by_each_other_and_it_goes(steward, open_desk, approver, clock):
    approver.submit("/packs/policy", TERMS)
    second = open_desk("steward2")
    unjudged = second.get("/packs/sample").text
    reference = unjudged.split('name="reference" value="')[1].split('"')[0]
    assert "Say whether" in steward.submit("/packs/sample", {"reference": reference}).text
    for words in ("recorded", "no longer to be checked"):
        assert words in steward.submit("/packs/sample", {"reference": reference, "verdict": "right"}).text
    assert reference not in steward.get("/packs/sample").text
    assert without_token(second.get("/packs/sample").text) == without_token(unjudged)
    assert "Hand out 1 line" not in steward.get(f"/packs/owners/{OWNER}").text
    clock.move(minutes=1)
    second.submit("/packs/sample", {"reference": reference, "verdict": "right"})
    assert "Hand out 1 line" in steward.get(f"/packs/owners/{OWNER}").text
    policy = steward.get("/packs/policy").text
    assert "wrong about 0" in policy
    assert "100%" in policy


def test_a_pack_is_handed_out_fetched_answered_and_taken_in(steward, sending):
    assert "Enter why" in steward.submit(f"/packs/owners/{OWNER}", {"recipient": "x"}).text
    address = handed_out(steward)
    (row,) = read_disclosures(sending).to_dicts()
    assert (row["disclosed_by"], row["reason"], row["owner"]) == ("steward", WHY["reason"], OWNER)
    assert "csv" in steward.get(f"{address}/pack.csv").headers["content-type"]

    def wrong(sheet, places):
        sheet.cell(5, places["Corrected on"], "soon")

    def right(sheet, places):
        sheet.cell(5, places["Corrected on"], "2026-11-19")
        sheet.cell(5, places["Remarks"], "=HYPERLINK(1)")

    assert "V5" in (refused := sent_back(steward, address, wrong)).text
    assert refused.status_code == 422
    taken = sent_back(steward, address, right).text
    assert "1 line is answered" in taken
    assert "taken in before" not in taken
    assert "Corrected on 19 November 2026" in taken
    assert "1 line is answered. 1 of them had been taken in before." in sent_back(steward, address, right).text


def test_nothing_of_a_file_that_came_back_is_kept_or_sent_on_but_its_answers(
    steward, sending, desk, tmp_path, monkeypatch
):
    """Its bytes are gone when it is read: so no scanner has to look at what the desk sends."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    address = handed_out(steward)
    before = {suffix: steward.get(f"{address}/pack.{suffix}").content for suffix in ("xlsx", "csv")}
    book = openpyxl.load_workbook(io.BytesIO(before["xlsx"]))
    sheet = book["Corrections"]
    places = {cell.value: cell.column for cell in sheet[4]}
    sheet.cell(5, places["Corrected on"], "2026-11-19")
    sheet.cell(1, 40, MALICE)  # no answer
    content = io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content, "a") as parts:  # stored, so that it can be found as it is
        parts.writestr("xl/media/image1.png", MALICE)
    token = {"form_token": steward.form_token(address)}
    taken = steward.post(f"{address}/answers", data=token, files={"file": (f"{MALICE}.xlsx", content.getvalue())})
    assert "1 line is answered" in taken.text
    shown = [steward.get(path).content for path in (address, "/packs", "/queue")]
    assert {suffix: steward.get(f"{address}/pack.{suffix}").content for suffix in before} == before
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and not path.is_symlink()]
    assert kept
    assert not [content for content in [taken.content, *shown, *kept] if MALICE.encode() in content]


def test_an_owner_who_disagrees_is_found_by_a_steward_and_told_on_the_page_of_the_order(
    steward, sending, desk, ledger_file
):
    (desk.home.path / "concord.toml").write_text(f'ledger = "sqlite:///{ledger_file}"\n')
    address = handed_out(steward)

    def disputes(sheet, places):
        sheet.cell(5, places["Disagree because"], "our record is right")
        sheet.cell(5, places["Remarks"], "the sealed order gives <no end>")
        sheet.cell(6, places["Corrected on"], "2026-11-19")

    book = openpyxl.load_workbook(io.BytesIO(steward.get(f"{address}/pack.xlsx").content))
    (disputed,), (corrected,) = (
        [row[0].split("/")[0]] for row in book["Corrections"].iter_rows(min_row=5, max_row=6, values_only=True)
    )
    assert json.loads(command("status", "--json", home=desk.home.path).stdout)["disputed"] == 0
    assert "2 lines are answered" in sent_back(steward, address, disputes).text
    assert json.loads(command("status", "--json", home=desk.home.path).stdout)["disputed"] == 1
    assert "DISPUTED  of 1 line the owner disagrees" in command("status", home=desk.home.path).stdout
    assert "a steward has to look (1)" in steward.get("/packs").text
    listed = steward.get("/packs/lines", params={"route": "disputed"}).text
    assert '<p class="govuk-body">1 line.</p>' in listed
    assert disputed in listed
    told = unescape(steward.get(f"/orders/{disputed}").text)
    assert "PNC bureau disagrees: our record is right" in told
    assert "the sealed order gives <no end>" in told
    assert "PNC bureau corrected it on 19 November 2026" in steward.get(f"/orders/{corrected}").text


@one_in(
    2,
    ("files", "words"),
    [
        pytest.param({}, "Choose the workbook", id="no file"),
        pytest.param({"file": ("a.xlsx", b"PK\x03\x04 nothing")}, "cut short", id="a damaged workbook"),
        pytest.param({"file": ("a.csv", b"a,b\n1,2\n")}, "not a pack", id="another table"),
    ],
)
def test_a_file_that_is_no_pack_is_refused_in_words(steward, sending, files, words):
    address = handed_out(steward)
    token = {"form_token": steward.form_token(address)}
    answer = steward.post(f"{address}/answers", data=token, files=files or None)
    assert (answer.status_code, words in answer.text) == (422, True)


def test_a_file_that_is_too_large_is_refused(steward, sending):
    address = handed_out(steward)
    token = {"form_token": steward.form_token(address)}
    answer = steward.post(f"{address}/answers", data=token, files={"file": ("a.xlsx", b"PK" + b"x" * 1_100_000)})
    assert answer.status_code == 413


def test_a_large_pack_is_read_page_by_page(steward, sending):
    address = handed_out(steward)
    references = read_pack_lines(sending)["reference"]
    pages = -(-len(references) // PAGE_LENGTH)
    assert pages > 1
    shown = [steward.get(address, params={"number": number}).text for number in range(1, pages + 1)]
    for page, number in zip(shown, range(pages), strict=True):
        left = len(references) - number * PAGE_LENGTH
        assert sum(reference in page for reference in references) == min(PAGE_LENGTH, left)
        assert f"{len(references)} lines" in page
        assert ('rel="next"' in page, 'rel="prev"' in page) == (number < pages - 1, number > 0)


def test_a_viewer_of_one_force_sees_its_orders_alone_and_no_file_with_others(open_desk, desk, steward, sending):
    address = handed_out(steward)
    every, shown = read_pack_lines(sending), open_desk("met-viewer")
    mine = desk.whole_release().table("orders").filter(force_code="01")["order_id"]
    for path in ("/packs/lines", f"/packs/owners/{OWNER}", address):
        text = shown.get(path).text
        assert not [name for name in set(every["order_id"]) - set(_held_by(desk, "01")) if name in text], path
    assert len(mine) < desk.whole_release().table("orders").height
    assert "Take in the answers" not in shown.get(address).text
    assert shown.get(f"{address}/pack.xlsx").status_code == 403
    assert "only the lines on orders of your forces" in shown.get("/packs").text


def _held_by(desk, force):
    whole = desk.whole_release()
    held = whole.table("orders").filter(force_code=force)["order_id"].to_list()
    records = whole.table("source_records").filter(force_code=force).select("record_id")
    return held + whole.table("order_sources").join(records, on="record_id", how="semi")["order_id"].to_list()


def test_lines_are_found_by_route_and_key(steward, sending):
    reference = handed_out(steward) and read_pack_lines(sending).item(0, "reference")
    assert '\n  <p class="govuk-body">1 line.</p>' in steward.get("/packs/lines", params={"key": reference}).text
    assert "0 lines" in steward.get("/packs/lines", params={"key": reference, "route": "held"}).text


@pytest.mark.parametrize(
    "path", ["/packs/owners/nobody", "/packs/handed-out/DIS-0", "/packs/handed-out/DIS-0/pack.exe"]
)
def test_what_there_is_not_is_not_found(steward, path):
    assert steward.get(f"/packs/{path}").status_code == 404
