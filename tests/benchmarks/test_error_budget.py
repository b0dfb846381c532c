"""The tables of the error budget, and which orders were put together wrongly."""

import polars as pl
import pytest

from benchmarks.error_budget import KINDS, PAGE, merged_kinds, write_table


def test_a_table_takes_the_place_of_the_one_before_and_leaves_the_page():
    page = "Before.\n\n<!-- links -->\n| old |\n<!-- end -->\n\nAfter.\n"
    written = write_table(page, "links", [["a", ".9"]], "| what | share |")
    assert written == ("Before.\n\n<!-- links -->\n| what | share |\n|---|---:|\n| a | .9 |\n<!-- end -->\n\nAfter.\n")


@pytest.mark.parametrize("name", ["links", "missed", "merged", "twists", "golden", "shown"])
def test_the_page_has_a_place_for_every_table(name):
    assert f"<!-- {name} -->\n" in PAGE.read_text(encoding="utf-8")


ONE = {
    "person_id": "p1",
    "forenames": "Ann",
    "surname": "Marsh",
    "dob": "1980-01-02",
    "court_ou": "C",
    "made": "2020-01-01",
}
OTHER = {"person_id": "p2"}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        pytest.param({"made": "2021-01-01"}, KINDS[0], id="of one person"),
        pytest.param(OTHER, KINDS[1], id="of one name and birth"),
        pytest.param(OTHER | {"forenames": "Eve"}, KINDS[2], id="twins"),
        pytest.param(OTHER | {"dob": "1950-01-02"}, KINDS[3], id="namesakes"),
        pytest.param(OTHER | {"forenames": "Eve", "made": "2021-01-01"}, KINDS[4], id="relatives"),
        pytest.param(OTHER | {"surname": "Hill"}, KINDS[5], id="strangers"),
    ],
)
def test_two_orders_put_together_are(change, kind):
    orders = pl.DataFrame([ONE | {"order_id": "o1"}, ONE | change | {"order_id": "o2"}])
    records = pl.DataFrame({"true": ["o1", "o1", "o2"], "found": ["x", "x", "x"]})
    assert merged_kinds(records, orders) == {kind: 1}
