"""How often the answers to the documented questions are true.

Run: `python -m benchmarks.answers FOLDER` on a folder with `truth/` and `home/`. The truth of the synthetic night is
put into tables of the register's form, as far as truth has the fields; then each query of `docs/questions.md` that
rests on these fields alone is asked of both.

`true` and `register` count what each answer holds: its rows, or what its rows count. `missed` is in the true answer
alone and not among what the register says is not known, `added` in the register's alone. `values right` is, of the rows
in both, the share whose other columns agree too.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.queries import find_queries
from benchmarks.truth import STATUSES
from reconciliation.register import Register
from warehouse.codes import reference
from warehouse.releases.duckdb_file import answer
from warehouse.releases.views import VIEWS
from warehouse.tables.register import ARRESTS, CONDITIONS, ORDERS


@dataclass(frozen=True)
class Compared:
    """What of the answer to a question truth can judge: by `keys` rows are known, `counted` are counts of a row.

    `unknown` counts what the register says that it does not know: it may be either.
    """

    keys: tuple[str, ...] = ("order_id",)
    values: tuple[str, ...] = ()
    counted: str | None = None
    unknown: str | None = None


QUESTIONS = {
    1: Compared(values=("order_type", "is_interim", "binds_from", "binds_until")),
    2: Compared(values=("order_type", "force_name")),
    3: Compared(values=("order_type", "binds_until")),
    4: Compared(values=("force_name", "binds_from", "binds_until")),
    6: Compared(keys=("order_ids",)),
    11: Compared(keys=("order_id", "other_order_id"), values=("is_same_day",)),
    12: Compared(keys=("force_name",), counted="in_force", unknown="in_doubt"),
    13: Compared(keys=("order_type", "is_interim", "made_in"), counted="orders"),
    15: Compared(keys=("court_name", "order_type"), counted="orders"),
    16: Compared(keys=("order_type",), values=("median_months",), counted="with_a_length"),
    17: Compared(keys=("order_type", "label"), counted="orders"),
    18: Compared(keys=("region_code",), counted="county_lines", unknown="not_known"),
    22: Compared(keys=("offence_category",), counted="arrests"),
    23: Compared(values=("order_type", "force_name")),
    24: Compared(keys=("force_name", "source"), counted="held_count"),
}
"""The questions that truth can answer. It has no breaches, days of discharge, doubt, chains or values of records."""


def compare_answers(register: Register, truth: Path) -> pl.DataFrame:
    """`question`, `true`, `register`, `missed`, `added`, `values right` (null where no other column is compared)."""
    asked = {int(title.partition(".")[0]): (title, query) for title, query in find_queries()}
    rows = []
    with _answering(true_tables(register, truth), register) as world, _answering({}, register) as release:
        for number, compared in QUESTIONS.items():
            title, query = asked[number]
            whole = query.replace("LIMIT 20", "")
            true, found = (answer(side, whole, []) for side in (world, release))
            rows.append((title, *_compare(true, found, compared)))
    names = ("question", "true", "register", "missed", "added", "values right")
    return pl.DataFrame(rows, schema=names, orient="row")


def true_tables(register: Register, truth: Path) -> dict[str, pl.DataFrame]:
    """`orders`, `conditions` and `arrests` as they truly are; an order has the register's id where it holds one."""
    said, links, arrests, arrested = (
        pl.read_csv(truth / f"{name}.csv", infer_schema=False)
        for name in ("orders", "links", "arrests", "arrest_links")
    )
    held = links.group_by("order_id").agg(pl.col("source").unique().sort().alias("sources"))
    courts = reference("courts").unique("code").select(court_ou="code", court_name="name")
    forces = register.table("forces").select(force="code", force_name="name", region_code="region_code")
    last_known = pl.lit(register.release.as_of).dt.offset_by("-1d")
    days = pl.col("made", "start", "end").str.to_date()
    named = said.with_columns(days).join(held, on="order_id").join(_ids(register, links), on="order_id", how="left")
    orders = named.join(courts, on="court_ou", how="left").join(forces, on="force", how="left").select(
        pl.coalesce("register_id", "order_id").alias("order_id"),
        pl.col("order_id").alias("true_id"),
        "court_name", "force_name", "region_code", "sources",
        subject_id="person_id", order_type="kind", is_interim=pl.col("interim") == "True",
        forenames="forenames", surname="surname", made_on="made", start_on="start", end_on="end",
        term_months=pl.when(pl.col("interim") == "False").then(pl.col("months").cast(pl.Int64)),
        court_code="court_ou", force_code="force", case_urn="urn",
        is_until_further_order=pl.col("end").is_null(),
        # Truth, like the sources, has no word for an order that has not begun.
        legal_status=pl.when(pl.col("status") == "L", pl.col("start") > register.release.as_of)
        .then(pl.lit("not_started"))
        .otherwise(pl.col("status").replace_strict(STATUSES)),
        is_in_force_doubtful=pl.lit(value=False),
        is_county_lines=pl.col("county_lines") == "True",
        binds_from="start",
        # Truth has no day of a discharge; that it has ended by the night is true.
        binds_until=pl.when(pl.col("status") == "L")
        .then("end")
        .when(pl.col("status") == "S")
        .then(pl.min_horizontal("end", last_known, _before_the_next()))
        .otherwise(pl.min_horizontal("end", last_known)),
        conditions=pl.col("conditions").str.split(";"),
    )  # fmt: skip
    catalogue = register.table("condition_catalogue").select(condition_code="code", label="label", kind="kind")
    coded = orders.select("order_id", condition_code="conditions").explode("condition_code").drop_nulls()
    conditions = coded.join(catalogue, on="condition_code").with_columns(
        is_golden=pl.lit(value=True), is_doubtful=pl.lit(value=False), is_lapsed=pl.lit(value=False)
    )
    delivered = arrests.join(arrested, on="event_id", how="semi")
    return {
        ORDERS.name: ORDERS.completed(orders.drop("conditions", "true_id")),
        CONDITIONS.name: CONDITIONS.completed(conditions),
        ARRESTS.name: ARRESTS.completed(
            delivered.select(
                arrest_id="event_id",
                subject_id="person_id",
                arrested_on=pl.col("date").str.to_date(),
                offence_code="cjs_code",
                offence_category="category",
            )
        ),
    }


def _before_the_next() -> pl.Expr:
    """The day before the person's next order of the type takes effect: it ends the one before."""
    return pl.col("start").shift(-1).over("person_id", "kind", order_by="start").dt.offset_by("-1d")


def _ids(register: Register, links: pl.DataFrame) -> pl.DataFrame:
    """`order_id` (true), `register_id`: the order of the register that most of its records are in, each given once."""
    records = register.table("order_sources").select("source", "source_key", register_id="order_id")
    shared = links.join(records, on=["source", "source_key"]).group_by("order_id", "register_id").len()
    best = shared.sort("len", "order_id", "register_id", descending=[True, False, False])
    once = best.unique("order_id", keep="first", maintain_order=True)
    return once.unique("register_id", keep="first", maintain_order=True).select("order_id", "register_id")


def _answering(tables: Mapping[str, pl.DataFrame], register: Register) -> duckdb.DuckDBPyConnection:
    """A database of the register's form, in which these tables stand in place of its own."""
    connection = duckdb.connect()
    for name in register.table_names:
        frame = tables[name] if name in tables else register.table(name)
        connection.from_arrow(frame.to_arrow()).create(name)
    for view in VIEWS:
        kind = f"MACRO {view.signature} AS TABLE" if view.parameters else f"VIEW {view.name} AS"
        connection.execute(f"CREATE {kind} {view.query}")
    return connection


def _compare(true: pl.DataFrame, found: pl.DataFrame, compared: Compared) -> tuple[int, int, int, int, float | None]:
    sides = [_counted(frame, compared) for frame in (true, found)]
    both = sides[0].join(sides[1], on=compared.keys, how="full", coalesce=True, nulls_equal=True, suffix="_found")
    true_count, found_count, unknown = (pl.col(name).fill_null(0) for name in ("count", "count_found", "unknown_found"))
    shared = both.drop_nulls(["count", "count_found"])
    agree = [pl.col(name).eq_missing(pl.col(f"{name}_found")) for name in compared.values]
    return (
        *(side["count"].sum() for side in sides),
        both.select((true_count - found_count - unknown).clip(0).sum()).item(),
        both.select((found_count - true_count).clip(0).sum()).item(),
        shared.select(pl.all_horizontal(agree).mean()).item() if agree else None,
    )


def _counted(frame: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """The keys of an answer with `count`, and the first of the other values."""
    lists = [name for name, kind in frame.schema.items() if kind == pl.List]
    plain = frame.with_columns(pl.col(name).list.sort().list.join(" ") for name in lists)
    count = pl.col(compared.counted).sum() if compared.counted else pl.len()
    unknown = pl.col(compared.unknown).sum() if compared.unknown else pl.lit(0)
    first = (pl.col(name).first() for name in compared.values)
    return plain.group_by(compared.keys).agg(
        count.cast(pl.Int64).alias("count"), unknown.cast(pl.Int64).alias("unknown"), *first
    )


def main() -> None:
    """Print the agreement by question."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    with Register.open(folder / "home") as register:
        table = compare_answers(register, folder / "truth")
    with pl.Config(tbl_rows=-1, fmt_str_lengths=70, tbl_width_chars=140, tbl_hide_dataframe_shape=True):
        print(table)


if __name__ == "__main__":
    main()
