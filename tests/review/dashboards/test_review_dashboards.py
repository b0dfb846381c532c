"""The dashboards: what they count is what the release and the ledger hold, as far as the viewer may see it."""

import re
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from access_cases import logged
from desk_cases import NIGHT

from ledger.decisions.decision import Signature
from ledger.decisions.ledger import Ledger
from ledger.desk.proposals import Proposal, propose
from reconciliation.law import counts_as_in_force
from review.access.visible_release import VisibleRelease
from review.dashboards.expiry_panels import AHEAD_DAYS, Expiries, find_expiries
from review.dashboards.in_force_panels import in_force_panels
from review.dashboards.panels import Panel, PanelTable, span
from review.dashboards.picture_store import PictureStore
from review.dashboards.prohibition_panels import prohibition_panels
from review.dashboards.quality_panels import MEASURE, SCOPES, league_panels, read_scores, trend_panels
from review.dashboards.reliability_panels import reliability_panels
from review.dashboards.settle_panel import settle_panel
from review.dashboards.workload_panels import AGES, RecentDecisions, decided_panels, open_panels, read_recent_decisions
from review.desk import decidable_night
from warehouse.tables.ledger import DECISIONS

PAGES = (
    "/dashboards",
    "/dashboards/work",
    "/dashboards/quality",
    "/dashboards/reliability",
    "/dashboards/expiries",
    "/dashboards/in-force",
    "/dashboards/prohibitions",
)
MET = frozenset({"01"})
PICTURE = re.compile(r'src="(/dashboards/pictures/[0-9a-f]+\.svg)"')


def cells(sheet: PanelTable | None) -> dict[str, list[str]]:
    """The rows of a table by their names."""
    assert sheet is not None
    return {row[0].text: [cell.text for cell in row[1:]] for row in sheet.rows}


def panel(panels: tuple[Panel, ...], key: str) -> Panel:
    return next(found for found in panels if found.key == key)


def column(sheet: PanelTable | None, title: str) -> list[str]:
    assert sheet is not None
    at = [heading.title for heading in sheet.headings].index(title)
    return [row[at].text for row in sheet.rows]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("user", ["viewer", "steward", "met-viewer"])
def test_every_dashboard_stands_and_leads_to_the_others(open_desk, user, path):
    answer = open_desk(user).get(path)
    assert answer.status_code == 200
    assert all(f'href="{other}"' in answer.text for other in PAGES)
    assert answer.text.count('aria-current="page"') == 1
    assert " style=" not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_who_has_no_right_over_records_sees_no_dashboard(administrator, path):
    assert administrator.get(path).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/dashboards/quality?dimension=beauty", id="a dimension that is none"),
        pytest.param("/dashboards/quality/record/ORD-0000000000", id="a scope without a trend"),
        pytest.param("/dashboards/quality/force/zz", id="a force that is none"),
        pytest.param("/dashboards/pictures/0123.svg", id="a picture that is none"),
    ],
)
def test_what_is_not_there_is_not_found(viewer, path):
    assert viewer.get(path).status_code == 404


def test_the_night_shows_the_rows_read_that_the_deliveries_show(viewer, desk):
    came = desk.whole_release().table("deliveries").filter(pl.col("state") != "missing")
    html = viewer.get("/dashboards").text
    assert all(name in html for name in came.get_column("delivery_id"))
    assert html.count("Agrees") == came.filter(pl.col("rows_read") == pl.col("rows_declared")).height
    assert "not accounted for" not in html


def test_rows_of_all_forces_together_are_not_shown_to_who_sees_some(open_desk, desk):
    html = open_desk("met-viewer").get("/dashboards").text
    assert "Rows and control totals" not in html
    assert "Gates and expectations" not in html
    own = VisibleRelease(desk.whole_release(), MET).table("orders")
    assert f"{own.height} orders of" in html
    assert "rocu_LONDON" in html
    assert "rocu_NWROCU" not in html


def test_pictures_are_svg_that_a_strict_policy_lets_show(viewer):
    html = viewer.get("/dashboards/expiries").text
    (address,) = PICTURE.findall(html)
    drawn = viewer.get(address)
    assert drawn.headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert drawn.text.startswith("<svg")
    assert " style=" not in drawn.text
    assert "<style" not in drawn.text
    assert "<script" not in drawn.text


def test_every_picture_has_words_and_its_figures_as_a_table(viewer):
    html = "".join(viewer.get(path).text for path in (*PAGES, "/dashboards/quality/source/pnc"))
    figures = re.findall(r'<figure class="dash-figure">(.*?)</section>', html, re.DOTALL)
    assert len(figures) > 3
    assert all("<table" in figure and re.search(r'alt="[^"]{20,}"', figure) for figure in figures)


def test_a_picture_is_for_the_eyes_it_was_drawn_for_alone(open_desk):
    viewer, other = open_desk("viewer"), open_desk("met-viewer")
    (address,) = PICTURE.findall(viewer.get("/dashboards/expiries").text)
    assert viewer.get(address).status_code == 200
    assert other.get(address).status_code == 404
    assert open_desk().get(address, follow_redirects=False).status_code == 303


def test_orders_that_end_soon_are_those_in_force_whose_last_day_is_near(desk):
    found = find_expiries(VisibleRelease(desk.whole_release(), None)).orders
    orders = desk.whole_release().table("orders").filter(pl.col("legal_status").is_in(["live", "not_started"]))
    last = NIGHT + timedelta(days=AHEAD_DAYS)
    soon = orders.filter(pl.col("end_on") >= NIGHT, pl.col("end_on") <= last)
    assert found.height > 0
    assert sorted(found.get_column("order_id")) == sorted(soon.get_column("order_id"))
    assert found.get_column("end_on").is_sorted()


def test_looking_at_what_ends_soon_is_logged_by_order(viewer, desk):
    viewer.get("/dashboards/expiries")
    orders = find_expiries(VisibleRelease(desk.whole_release(), None)).orders.get_column("order_id")
    what = next(what for act, who, what, _ in logged(desk) if act == "consultation" and who == "viewer")
    assert all(order in what for order in orders)


def test_who_sees_one_force_sees_what_ends_soon_of_it_alone(open_desk, desk):
    whole = desk.whole_release()
    theirs = set(VisibleRelease(whole, MET).visible_orders())
    others = set(find_expiries(VisibleRelease(whole, None)).orders.get_column("order_id")) - theirs
    html = open_desk("met-viewer").get("/dashboards/expiries").text
    assert others
    assert not [order for order in others if order in html]


def test_expiries_can_be_narrowed_to_a_force_and_come_in_pages():
    rows = [("ORD-1", "01", 0), ("ORD-2", None, 3), ("ORD-3", "01", 90)]
    orders = pl.DataFrame(rows, schema=["order_id", "force_code", "days"], orient="row")
    found = Expiries(date(2026, 11, 20), orders)
    assert found.forces == {"01": 2, "none": 1}
    assert found.of_force("none").orders["order_id"].to_list() == ["ORD-2"]
    assert found.of_force(None).orders.height == 3
    assert found.orders.height == 3


@pytest.mark.parametrize("force", [None, MET])
def test_scores_are_shown_with_their_parts_to_who_may_see_them(desk, force):
    whole = desk.whole_release()
    scores = read_scores(desk, force)
    panels = league_panels(scores, "completeness", PictureStore(), forces=force)
    assert [each.key for each in panels] == ([scope.name for scope in SCOPES] if force is None else ["force"])
    truth = whole.table("quality_scores").filter(
        pl.col("scope") == "force",
        pl.col("dimension") == "completeness",
        pl.col("scope_key").is_in(sorted(force or ())),
    )
    shown = panel(panels, "force").sheet
    judged = [f"{int(number):,}" for number in truth.get_column("denominator")]
    assert column(shown, "Judged") == judged if force else len(column(shown, "Judged")) > 40


def test_nobody_reads_the_trend_of_another_force(desk):
    scores = read_scores(desk, MET)
    assert len(trend_panels(scores, "force", "01", PictureStore(), forces=MET)) == len(MEASURE)
    assert trend_panels(scores, "force", "13", PictureStore(), forces=MET) == ()
    assert trend_panels(scores, "source", "pnc", PictureStore(), forces=MET) == ()


def items(*rows: tuple[str, str, int, str, str]) -> pl.DataFrame:
    made = pl.DataFrame(rows, schema=["state", "assignee", "age_days", "kind", "severity"], orient="row")
    return made.with_columns(stream=pl.lit("settle"))


def test_open_items_are_counted_by_age_and_owner_and_by_nothing_else():
    found = items(
        ("open", "nobody", 0, "discrepancies", "high"),
        ("open", "@steward", 7, "discrepancies", "low"),
        ("claimed", "@steward", 8, "near_match", "high"),
        ("open", "me", 4000, "near_match", "high"),
        ("deferred", "me", 5, "near_match", "high"),
        ("decided", "nobody", 5, "near_match", "high"),
    )
    panels = open_panels(found, PictureStore(), forces=None)
    assert [row[0] for row in cells(panel(panels, "age").sheet).values()] == ["1", "1", "1", "0", "1"]
    owners = cells(panel(panels, "owner").sheet)
    assert list(owners) == ["Nobody", "steward", "Me"]
    assert owners["steward"] == ["2", "0", "1", "1", "0", "0"]
    assert column(panel(panels, "state").sheet, "Items") == ["3", "1", "0", "1", "1"]


def test_ages_leave_no_gap_and_do_not_overlap():
    assert [age.least for age in AGES[1:]] == [age.most + 1 for age in AGES[:-1]]


def decided(by: str, day: int, ended_as: str | None = None, batch: str | None = None) -> dict[str, object]:
    return {
        "kind": "not_enough",
        "reason_code": "needs_document",
        "decided_by": by,
        "decided_at": datetime(2026, 11, day, 12, tzinfo=UTC),
        "ended_as": ended_as,
        "batch_id": batch,
    }


def done_of(*rows: dict[str, object]) -> RecentDecisions:
    schema = DECISIONS.schema | {"ended_as": pl.String}
    return RecentDecisions(pl.DataFrame(rows, schema=schema), ())


def test_throughput_counts_decisions_of_late_and_those_taken_back():
    done = done_of(
        decided("steward", 20),
        decided("steward", 20, "undone", "b"),
        decided("steward", 19, "superseded", "b"),
        decided("steward2", 20),
        {**decided("steward2", 1), "decided_at": datetime(2026, 10, 1, tzinfo=UTC)},
    )
    panels = decided_panels(done, PictureStore(), today=date(2026, 11, 20), forces=None, by_steward=True)
    days = cells(panel(panels, "days").sheet)
    assert (days["20 November 2026"], days["19 November 2026"], days["18 November 2026"]) == (["3"], ["1"], ["0"])
    assert "1 of 4 (25.0%) taken back" in panel(panels, "days").summary
    stewards = cells(panel(panels, "stewards").sheet)
    assert stewards["steward"] == ["3", "1.5", "2", "1 of 3 (33.3%)", "1 of 3 (33.3%)"]
    assert cells(panel(panels, "unsettled").sheet) == {"The court's order or its sealed copy would settle it.": ["3"]}
    assert stewards["steward2"] == ["1", "1.0", "0", "0 of 1 (0.0%)", "0 of 1 (0.0%)"]


def test_how_much_each_steward_decided_is_for_stewards_alone(viewer, steward):
    assert "Decisions by steward" in steward.get("/dashboards/work").text
    assert "Decisions by steward" not in viewer.get("/dashboards/work").text


def test_work_stands_while_the_ledger_is_down(viewer, desk, ledger_file):
    assert viewer.get("/dashboards/work").status_code == 200
    desk.database.close()
    ledger_file.write_bytes(b"no database" * 100)
    html = viewer.get("/dashboards/work").text
    assert "Open items by age" in html
    assert "can’t be shown while the ledger is down" in html


@pytest.fixture
def one_decision_each(desk):
    """A decision on two records of an order of the Metropolitan Police, and one on an order it does not see."""
    whole = desk.whole_release()
    present, seen = decidable_night(whole), VisibleRelease(whole, MET).visible_orders().implode()
    several = (
        present.owners.group_by("order_id").agg(pl.col("record_id").sort()).filter(pl.col("record_id").list.len() > 1)
    )
    pairs = several.sort("order_id").with_columns(is_seen=pl.col("order_id").is_in(seen))
    with Ledger.open(desk.ledger_url, desk.home) as ledger:
        for is_seen in (True, False):
            records = pairs.filter(pl.col("is_seen") == is_seen).row(0, named=True)["record_id"]
            draft = present.draft_pair("same_order", records[0], records[1])
            ledger.decide(draft, Signature(by="steward", reason_code="document_seen"))


@pytest.mark.parametrize(("forces", "count"), [(None, 2), (MET, 1)])
def test_only_decisions_on_orders_that_are_seen_are_counted(one_decision_each, desk, forces, count):
    assert read_recent_decisions(desk, VisibleRelease(desk.whole_release(), forces)).decisions.height == count


def test_a_proposal_is_counted_for_who_sees_all_its_orders(desk):
    whole = desk.whole_release()
    present, own = decidable_night(whole), VisibleRelease(whole, MET).visible_orders()
    queue = whole.table("discrepancies").filter(pl.col("state") != "resolved")
    signature = Signature(by="steward", reason_code="different_facts")
    for is_seen in (True, False):
        found = queue.filter(pl.col("order_id").is_in(own.implode()) == is_seen).row(0, named=True)
        draft = present.draft_discrepancy("both_right", found["discrepancy_id"])
        propose(
            desk.database, Proposal(f"P{is_seen}", "steward", desk.clock(), None, ((draft, signature),), ("sample",))
        )
    for forces, count in ((None, "2"), (MET, "1")):
        done = read_recent_decisions(desk, VisibleRelease(whole, forces))
        panels = decided_panels(done, PictureStore(), today=NIGHT, forces=forces, by_steward=False)
        assert cells(panel(panels, "looks").sheet)["Waiting now"] == [count]


def test_who_is_bound_is_counted_as_the_register_counts(viewer, desk):
    orders = desk.whole_release().table("orders").filter(counts_as_in_force())
    panels = in_force_panels(VisibleRelease(desk.whole_release(), None), PictureStore())
    by_type = panel(panels, "types").sheet
    assert sum(int(number) for number in column(by_type, "In force")) == orders.height
    assert sum(int(number) for number in column(by_type, "Of which in doubt")) == orders["is_in_force_doubtful"].sum()
    holdings = panel(panels, "holdings").sheet
    assert (
        sum(int(number) for number in column(holdings, "PNC"))
        == orders.filter(pl.col("sources").list.contains("pnc")).height
    )
    assert f"bound by {orders.height} orders" in viewer.get("/dashboards/in-force").text


def test_interim_orders_without_an_outcome_are_listed_the_oldest_first(desk):
    orders = desk.whole_release().table("orders").filter(counts_as_in_force(), pl.col("is_interim"))
    listed = panel(in_force_panels(VisibleRelease(desk.whole_release(), None), PictureStore()), "interim").sheet
    assert column(listed, "Order") == orders.sort("binds_from", "order_id")["order_id"].to_list()
    assert orders.height > 0


def test_errors_of_sources_show_every_estimate_with_its_interval_and_a_picture(viewer, desk):
    estimates = desk.whole_release().table("source_reliability")
    panels = reliability_panels(estimates, PictureStore())
    assert sum(len(panel.sheet.rows) for panel in panels) == estimates.height
    assert all(panel.picture for panel in panels)
    worst = estimates.filter(source=panels[0].key).sort("error_rate", descending=True).row(0, named=True)
    assert panels[0].sheet.rows[0][2].text == span(worst["low"], worst["high"])
    page = viewer.get("/dashboards/reliability").text
    assert "Estimated from who agrees with whom" in page
    assert viewer.get(PICTURE.search(page)[1]).headers["content-type"] == "image/svg+xml; charset=utf-8"


def test_estimates_from_all_forces_are_shown_to_who_sees_all_of_them(open_desk):
    page = open_desk("met-viewer").get("/dashboards/reliability").text
    assert "only accounts that see all of them" in page
    assert not PICTURE.search(page)


def items_to_settle(*chances: float) -> pl.DataFrame:
    rows = [(f"i{at:03}", "open", "settle", 10.0 - at, chance) for at, chance in enumerate(chances)]
    return pl.DataFrame(rows, schema=["item_id", "state", "stream", "priority", "uncertainty"], orient="row")


def test_what_is_to_settle_adds_up_to_what_is_expected_to_change_and_how_long_it_takes():
    found = settle_panel(items_to_settle(*[0.5] * 20, *[0.1] * 10), 5.0)
    assert "If you work the first 20, about 10 of them will change the register." in found.summary
    assert "5.0 items a week" in found.summary
    assert cells(found.sheet) == {
        "The first 20": ["20", "about 10", "about 4.0 weeks"],
        "All": ["30", "about 11", "about 6.0 weeks"],
    }


def test_without_decisions_no_pace_is_known():
    assert "no pace is known" in settle_panel(items_to_settle(0.5), None).summary
    assert settle_panel(items_to_settle(), None).summary == "Nothing is to settle."


def test_what_is_sent_is_not_to_settle():
    sent = items_to_settle(0.5).with_columns(stream=pl.lit("send"))
    assert settle_panel(sent, None).summary == "Nothing is to settle."


def test_the_library_of_prohibitions_counts_the_orders_of_each_type_and_is_searched_by_words(viewer, desk):
    visible = VisibleRelease(desk.whole_release(), None)
    use = panel(prohibition_panels(visible, search="", code=""), "use").sheet
    orders = visible.table("orders").filter(pl.col("legal_status") != "withdrawn", order_type="STPO")
    held = visible.table("conditions").filter("is_golden").join(orders, on="order_id")
    assert sum(int(count) for count in column(use, "STPO")) == held.height > 0
    stated = visible.table("conditions").filter(~pl.col("is_golden"))
    counts = {True: "Only in the court’s result", False: "Stated, not believed"}
    valid = visible.table("orders").filter(pl.col("legal_status") != "withdrawn")
    for is_doubtful, heading in counts.items():
        others = stated.filter(is_doubtful=is_doubtful).join(valid, on="order_id")
        assert sum(int(count) for count in column(use, heading)) == others.height
    assert stated.height > 0
    found = panel(prohibition_panels(visible, search="brothel", code=""), "use").sheet
    assert [name.split()[0] for name in cells(found)] == ["C24"]
    page = viewer.get("/dashboards/prohibitions?code=C24")
    assert "By region" in page.text
    assert viewer.get("/dashboards/prohibitions?q=no+such+words").status_code == 200


def test_wordings_that_fit_nothing_are_shown_to_those_who_see_all_forces(desk):
    whole = desk.whole_release()
    assert panel(prohibition_panels(VisibleRelease(whole, None), search="", code=""), "unknown")
    assert "unknown" not in {part.key for part in prohibition_panels(VisibleRelease(whole, MET), search="", code="")}
    nothing = panel(prohibition_panels(VisibleRelease(whole, None), search="no such words", code=""), "unknown")
    assert nothing.summary == "Every wording that holds what you searched for fits a condition of the catalogue."
