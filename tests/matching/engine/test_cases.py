"""`cases.csv` as a specification: who is one person and who is not, reported without a single label."""

import polars as pl
import pytest
from small_worlds import CASES, link_cases

Case = pl.DataFrame


def grouped(records: pl.DataFrame, column: str) -> list[list[str]]:
    """Record numbers that stand together."""
    return sorted(sorted(group.get_column("record")) for _, group in records.group_by(column))


@pytest.mark.parametrize("case", CASES.get_column("case").unique(maintain_order=True).to_list())
def test_labelled_case(case: str) -> None:
    records = link_cases().filter(pl.col("record_id").str.starts_with(f"{case}: "))
    numbered = records.with_columns(record=pl.col("record_id").str.split(": ").list.last())
    assert grouped(numbered, "cluster") == grouped(numbered, "person")


def test_the_people_of_the_town_are_kept_apart_and_together() -> None:
    """Of all pairs in one cluster 98 in a hundred are one person; of all pairs of one person 95 are found."""
    town = link_cases()
    people, clusters = (
        town.select("record_id", column).rename({column: "held"}).join(
            town.select("record_id", column).rename({column: "held"}), on="held"
        ).filter(pl.col("record_id") < pl.col("record_id_right")).select("record_id", "record_id_right")
        for column in ("person", "cluster")
    )  # fmt: skip
    both = people.join(clusters, on=["record_id", "record_id_right"], how="inner", validate="1:1")
    assert both.height / clusters.height > 0.98
    assert both.height / people.height > 0.95
