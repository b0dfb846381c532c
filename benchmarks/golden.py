"""How often the register's golden values are true, beside each source alone.

Run: `python -m benchmarks.golden FOLDER [--given]` on a folder with `landing/` and `truth/`. With `--given` records are
put together as in truth, so that golden values are measured without the matching.

A source is held only to what it says: the register is compared with it on the same values of the same orders.
"""

import argparse
from pathlib import Path

import polars as pl

from benchmarks.discrepancies import build_evidence, latest_night, link, read_core
from benchmarks.truth import FIELDS, register_values, stated_values, true_values
from warehouse.sources import SOURCE_NAMES


def lengthen(frame: pl.DataFrame, *keys: str, name: str) -> pl.DataFrame:
    """One row a value: the keys, `field`, and the value under the name given; nulls are dropped."""
    rows = frame.unpivot(FIELDS, index=keys, variable_name="field", value_name=name)
    return rows.drop_nulls(name)


def judge_values(truth: pl.DataFrame, register: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """Count what is right.

    Args:
        truth: `true_id` and `FIELDS`.
        register: `true_id` (the true order that most of an order's records are of) and `FIELDS`.
        stated: `true_id`, `source`, `source_key` and `FIELDS`, of records that stand.

    Returns:
        `field`, `orders` (with a true value), `register` (share right of those), and for each source `<source>`
        (share right of the values it states) and `register vs <source>` (share right of the register on the same
        values); null where a source states none. A source that holds an order twice speaks by its first record.
    """
    true = lengthen(truth, "true_id", name="true")
    golden = lengthen(register.unique("true_id", keep="first", maintain_order=True), "true_id", name="golden")
    judged = true.join(golden, on=["true_id", "field"], how="left").with_columns(
        is_right=(pl.col("golden") == pl.col("true")).fill_null(value=False)
    )
    table = judged.group_by("field").agg(pl.len().alias("orders"), pl.col("is_right").mean().alias("register"))
    firsts = stated.sort("source_key").unique(["true_id", "source"], keep="first", maintain_order=True)
    said = lengthen(firsts, "true_id", "source", name="said").join(judged, on=["true_id", "field"])
    for source in SOURCE_NAMES:
        shares = (
            said.filter(pl.col("source") == source)
            .group_by("field")
            .agg(
                (pl.col("said") == pl.col("true")).mean().alias(source),
                pl.col("is_right").mean().alias(f"register vs {source}"),
            )
        )
        table = table.join(shares, on="field", how="left")
    order = pl.DataFrame({"field": FIELDS})
    return order.join(table, on="field", how="left", maintain_order="left")


def beaten(table: pl.DataFrame) -> list[tuple[str, str]]:
    """Fields and sources where a source alone is right more often than the register on the same values."""
    return [
        (field, source)
        for source in SOURCE_NAMES
        for field in table.filter(pl.col(source) > pl.col(f"register vs {source}")).get_column("field")
    ]


def compare(folder: Path, *, is_given: bool) -> pl.DataFrame:
    """The table of `judge_values` for a folder."""
    as_of = latest_night(folder / "landing")
    core, deliveries = read_core(folder / "landing", as_of)
    truth = folder / "truth"
    clusters, events = link(core, truth if is_given else None)
    evidence = build_evidence(core, deliveries, clusters, events, as_of=as_of)
    links = pl.read_csv(truth / "links.csv", infer_schema=False).rename({"order_id": "true_id"})
    most = (
        evidence.order_sources.join(links, on=["source", "source_key"])
        .group_by("order_id", "true_id")
        .len()
        .sort("len", "order_id", "true_id", descending=[True, False, False])
        .unique("order_id", keep="first", maintain_order=True)
    )
    register = most.join(register_values(evidence.orders, evidence.conditions), on="order_id", maintain_order="left")
    stated = stated_values(core).filter("is_standing").join(links, on=["source", "source_key"])
    return judge_values(true_values(truth).rename({"order_id": "true_id"}), register, stated)


def main() -> None:
    """Measure a folder and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--given", action="store_true", help="records put together as in truth")
    settings = parser.parse_args()
    table = compare(settings.folder, is_given=settings.given)
    with pl.Config(
        tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True,
        float_precision=3,
    ):  # fmt: skip
        print(table)
    for field, source in beaten(table):
        print(f"{source} alone is right more often: {field}")


if __name__ == "__main__":
    main()
