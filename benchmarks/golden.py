"""How often the register's golden values are true, beside each source alone.

Run: `python -m benchmarks.golden FOLDER... [--given]` on folders with `landing/` and `truth/`; of several the
means are shown. With `--given` records are put together as in truth, so that golden values are measured without the
matching.

`held` is what nobody could exceed who takes each value from a record: the share of orders of which some record states
the true value (of a person, any order record, alias or arrest of the person). Values that are worked out can. `of held`
is the share of those of which the register is right.

A source is held only to what it says: the register is compared with it on the same values of the same orders.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from benchmarks.discrepancies import build_night, latest_night, link, read_core
from benchmarks.truth import FIELDS, PERSON_FIELDS, register_values, squashed, stated_values, true_values
from reconciliation.register_tables import build_register
from warehouse.sources import SOURCE_NAMES


def lengthen(frame: pl.DataFrame, *keys: str, name: str) -> pl.DataFrame:
    """One row a value: the keys, `field`, and the value under the name given; nulls are dropped."""
    rows = frame.unpivot(FIELDS, index=keys, variable_name="field", value_name=name)
    return rows.drop_nulls(name)


def judge_values(truth: pl.DataFrame, register: pl.DataFrame, stated: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Count what is right.

    Args:
        truth: `true_id` and `FIELDS`.
        register: `true_id` (the true order that most of an order's records are of) and `FIELDS`.
        stated: `true_id`, `source`, `source_key` and `FIELDS`, of records that stand.
        held: `true_id`, `field`, from `held_values`.

    Returns:
        `field`, `orders` (with a true value), `register` (share right of those), `held` (share of those that some
        record states), `of held` (share right of the latter), and for each source `<source>`
        (share right of the values it states) and `register vs <source>` (share right of the register on the same
        values); null where a source states none. A source that holds an order twice speaks by its first record.
    """
    true = lengthen(truth, "true_id", name="true")
    golden = lengthen(register.unique("true_id", keep="first", maintain_order=True), "true_id", name="golden")
    judged = (
        true.join(golden, on=["true_id", "field"], how="left")
        .with_columns(is_right=(pl.col("golden") == pl.col("true")).fill_null(value=False))
        .join(held.with_columns(is_held=True), on=["true_id", "field"], how="left")
    )
    is_right, is_held = pl.col("is_right"), pl.col("is_held").fill_null(value=False)
    table = judged.group_by("field").agg(
        pl.len().alias("orders"),
        is_right.mean().alias("register"),
        is_held.mean().alias("held"),
        is_right.filter(is_held).mean().alias("of held"),
    )
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


def held_values(truth: pl.DataFrame, stated: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """The true values that some record states.

    Args:
        truth: `true_id`, `person_id` and `FIELDS`.
        stated: `true_id`, `person_id` and `FIELDS`, a row an order record.
        persons: `person_id` and some of `PERSON_FIELDS`, a row an arrest record or an alias.

    Returns:
        `true_id`, `field`.
    """
    own = lengthen(stated, "true_id", "person_id", name="true")
    named = [name for name in PERSON_FIELDS if name in persons.columns]
    beside = persons.unpivot(named, index="person_id", variable_name="field", value_name="true").drop_nulls()
    of_person = pl.col("field").is_in(PERSON_FIELDS)
    known = lengthen(truth, "true_id", "person_id", name="true")
    keys = ["field", "true"]
    heard = pl.concat([own.filter(of_person).select("person_id", *keys), beside.select("person_id", *keys)]).unique()
    return pl.concat(
        [
            known.filter(of_person).join(heard, on=["person_id", *keys], how="semi"),
            known.filter(~of_person).join(own.select("true_id", *keys), on=["true_id", *keys], how="semi"),
        ]
    ).select("true_id", "field")


def stated_of_persons(core: dict[str, pl.DataFrame], stated: pl.DataFrame, truth: Path) -> pl.DataFrame:
    """`person_id` and `PERSON_FIELDS`, a row an arrest record or an alias.

    Args:
        core: core tables by short name.
        stated: `record_id`, `person_id` of order records.
        truth: the folder of truth.
    """
    names = [squashed("surname"), squashed("forenames")]
    people = pl.read_csv(truth / "arrests.csv", infer_schema=False).select("event_id", "person_id")
    events = pl.read_csv(truth / "arrest_links.csv", infer_schema=False).join(people, on="event_id")
    arrested = core["arrests"].join(events, on=["source", "source_key"])
    other = core["aliases"].join(stated.select("record_id", "person_id"), on="record_id")
    written = [squashed("surname_folded").alias("surname"), squashed("forenames_folded").alias("forenames")]
    facts = {"dob": pl.col("date_of_birth").cast(pl.String), "sex": pl.col("sex"), "pncid": pl.col("pnc_id")}
    return pl.concat(
        [arrested.select("person_id", *names, **facts), other.select("person_id", *written)], how="diagonal"
    )


def compare(folder: Path, *, is_given: bool) -> pl.DataFrame:
    """The table of `judge_values` for a folder."""
    as_of = latest_night(folder / "landing")
    core, _ = read_core(folder / "landing", as_of)
    truth = folder / "truth"
    linked = link(core, truth if is_given else None)
    return compare_register(core, build_register(build_night(core, *linked, as_of=as_of)), truth)


def compare_register(core: dict[str, pl.DataFrame], register: dict[str, pl.DataFrame], truth: Path) -> pl.DataFrame:
    """The table of `compare` for a register that was made from core tables."""
    links = pl.read_csv(truth / "links.csv", infer_schema=False).rename({"order_id": "true_id"})
    most = (
        register["order_sources"]
        .join(links, on=["source", "source_key"])
        .group_by("order_id", "true_id")
        .len()
        .sort("len", "order_id", "true_id", descending=[True, False, False])
        .unique("order_id", keep="first", maintain_order=True)
    )
    golden = register_values(register["orders"], register["conditions"])
    known = true_values(truth).rename({"order_id": "true_id"})
    stated = stated_values(core).join(links, on=["source", "source_key"])
    placed = stated.join(known.select("true_id", "person_id"), on="true_id")
    held = held_values(known, placed, stated_of_persons(core, placed, truth))
    found = most.join(golden, on="order_id", maintain_order="left")
    return judge_values(known, found, stated.filter("is_standing"), held)


def mean_of(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The means of several tables of `compare`, field by field; orders are added up."""
    means = pl.concat(tables).group_by("field", maintain_order=True).agg(pl.all().exclude("orders").mean())
    orders = pl.concat(tables).group_by("field").agg(pl.col("orders").sum())
    return means.join(orders, on="field", how="left", maintain_order="left").select(tables[0].columns)


def main() -> None:
    """Measure the folders and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--given", action="store_true", help="records put together as in truth")
    settings = parser.parse_args()
    table = mean_of([compare(folder, is_given=settings.given) for folder in settings.folders])
    with pl.Config(
        tbl_rows=-1, tbl_cols=-1, tbl_width_chars=200, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True,
        float_precision=4,
    ):  # fmt: skip
        print(table)
    for field, source in beaten(table):
        print(f"{source} alone is right more often: {field}")


if __name__ == "__main__":
    main()
