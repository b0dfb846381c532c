"""Pairs, whole clusters and the causes of errors, on tables small enough to count by hand."""

import polars as pl
import pytest

from benchmarks.linkage import Counts, count_causes, count_pairs, field_states, planted_in, render, wrong_pairs
from benchmarks.twists import TWISTS

# True clusters abc, de, f; found: ab, c, de with f.
RECORDS = pl.DataFrame(
    {"record_id": list("abcdef"), "true": [1, 1, 1, 2, 2, 3], "found": ["x", "x", "y", "z", "z", "z"]}
)


def pairs_of(of):
    return set(wrong_pairs(RECORDS, of).iter_rows())


def test_pairs_and_whole_clusters_are_counted():
    counts = count_pairs(RECORDS)
    assert counts == Counts(true=4, found=4, hits=2, clusters=3, whole=0)
    assert (counts.precision, counts.recall, counts.f1, counts.share_whole) == (0.5, 0.5, 0.5, 0.0)


def test_perfect_links_have_no_wrong_pairs():
    perfect = RECORDS.with_columns(found="true")
    counts = count_pairs(perfect)
    assert (counts.f1, counts.share_whole) == (1.0, 1.0)
    assert wrong_pairs(perfect, "missed").is_empty()


def test_wrong_pairs_are_those_that_the_counts_lack():
    counts = count_pairs(RECORDS)
    assert pairs_of("missed") == {("a", "c"), ("b", "c")}
    assert pairs_of("merged") == {("d", "f"), ("e", "f")}
    assert (len(pairs_of("missed")), len(pairs_of("merged"))) == (counts.true - counts.hits, counts.found - counts.hits)


def test_nothing_to_link_counts_as_right():
    nothing = count_pairs(RECORDS.clear())
    assert (nothing.f1, nothing.precision, nothing.recall, nothing.share_whole) == (1.0, 1.0, 1.0, 1.0)


def test_causes_name_fields_and_never_values():
    records = pl.DataFrame({"record_id": ["a", "b"], "surname_folded": ["NAGY", "NAGI"], "sex": ["M", None]})
    pairs = pl.DataFrame({"left_id": ["a"], "right_id": ["b"]})
    reported = field_states(pairs, records, ("surname_folded", "sex"))
    assert reported.get_column("causes").to_list() == [["surname_folded differs", "sex not known"]]


def test_planted_errors_of_both_records_are_reported_once():
    errors = pl.DataFrame({"record_id": ["a", "b", "b"], "error": ["typo", "typo", "swap"]})
    reported = planted_in(pl.DataFrame({"left_id": ["a", "a"], "right_id": ["b", "c"]}), errors)
    assert [sorted(causes) for causes in reported.get_column("causes")] == [["swap", "typo"], ["typo"]]


def test_causes_are_counted_one_by_one_and_together():
    reported = pl.DataFrame({"causes": [["a", "b"], ["b"], []]}, schema={"causes": pl.List(pl.String)})
    assert count_causes(reported).select("kind", "cause", "pairs").rows() == [
        ("any", "b", 2),
        ("any", "a", 1),
        ("all", "", 1),
        ("all", "a + b", 1),
        ("all", "b", 1),
    ]


def test_table_shows_means_and_the_lowest():
    whole, half = Counts(2, 2, 2, 1, 1), Counts(2, 2, 1, 2, 0)
    nights = {"a": [dict.fromkeys(("orders", "subjects", "arrests"), counts) for counts in (whole, half)]}
    row = render(nights).splitlines()[1].split()
    assert row == ["a", "orders", "0.7500", "0.7500", "0.7500", "0.5000", "0.5000"]


@pytest.mark.parametrize("name", sorted(TWISTS))
def test_a_twist_changes_values_and_keeps_records_and_columns(name):
    columns = {"forenames_folded": "WALTHER", "surname_folded": "NAGY", "pnc_id": "2019/0086352Z"}
    dates = {"made_on": "2020-01-31", "date_of_birth": "1984-08-07", "end_on": "2023-01-30"}
    sources = [source for source in ("pnc", "pnd", "court", "rocu") for _ in range(20)]
    rows = pl.DataFrame({"record_id": [f"{source}:{index}" for index, source in enumerate(sources)], "source": sources})
    orders = rows.with_columns(
        **{name: pl.lit(value) for name, value in columns.items()},
        **{name: pl.lit(value).str.to_date() for name, value in dates.items()},
        birth_year=1984,
        birth_month=8,
        term_months=36,
    )
    twisted = TWISTS[name]({"orders": orders, "arrests": orders.clear(), "aliases": rows})
    assert twisted["orders"].schema == orders.schema
    assert not twisted["orders"].equals(orders)
    assert twisted["orders"].select("record_id", "source").equals(rows)
