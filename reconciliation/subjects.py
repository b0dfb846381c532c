"""The persons bound by orders: the table `subjects`.

Belongs here: what the register says of a person. Does not: who is the same person (`matching`), which name is believed
(`reconciliation.golden`).
"""

import polars as pl


def build_subjects(
    golden: pl.DataFrame, held: pl.DataFrame, aliases: pl.DataFrame, arrests: pl.DataFrame
) -> pl.DataFrame:
    """The persons bound by orders, with the other names that sources hold."""
    persons = golden.unique("subject_id", keep="first", maintain_order=True)
    orders = golden.group_by("subject_id").agg(pl.len().alias("order_count"))
    counts = arrests.group_by("subject_id").agg(pl.len().alias("arrest_count"))
    return (
        persons.join(orders, on="subject_id")
        .join(counts, on="subject_id", how="left")
        .join(_other_names(persons, held, aliases), on="subject_id", how="left")
        .with_columns(pl.col("arrest_count").fill_null(0), pl.col("other_names").fill_null([]))
    )


def _other_names(persons: pl.DataFrame, held: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    """Names, folded, under which a source holds the person or an alias, other than the golden name."""
    owners = held.select("record_id", "subject_id")
    folded = pl.format("{}, {}", pl.col("surname_folded").fill_null("-"), pl.col("forenames_folded").fill_null("-"))
    own = held.select("subject_id", folded.alias("name"))
    golden = persons.select("subject_id", folded.alias("name"))
    other = aliases.join(owners, on="record_id").select("subject_id", folded.alias("name"))
    return (
        pl.concat([own, other])
        .join(golden, on=["subject_id", "name"], how="anti")
        .filter(pl.col("name") != "-, -")
        .group_by("subject_id")
        .agg(pl.col("name").unique().sort().alias("other_names"))
    )
