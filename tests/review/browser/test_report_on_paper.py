"""The report of a night in a browser, as it is printed."""

import pytest
from nights import command

pytestmark = pytest.mark.long

PAPER = {"width": 1031, "height": 703}
"""A4 across, without its margins, in pixels of a browser."""


def test_no_table_of_the_report_is_wider_than_the_paper_and_each_repeats_its_heading(browser, one_night, tmp_path):
    assert command("report", tmp_path / "report.html", home=one_night / "home").exit_code == 0
    page = browser.new_page(viewport=PAPER)
    page.emulate_media(media="print")
    page.goto((tmp_path / "report.html").as_uri())
    widths = page.evaluate("[...document.querySelectorAll('table')].map(table => table.scrollWidth)")
    assert len(widths) > 5
    assert max(widths) <= PAPER["width"]
    assert page.evaluate("[...document.querySelectorAll('section table')].every(table => table.tHead)")
    page.close()


def test_the_leagues_list_only_forces_with_a_score(one_night, tmp_path):
    command("report", tmp_path / "report.html", home=one_night / "home")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "forces are shown" in page
    assert "hidden: a number below" not in page
