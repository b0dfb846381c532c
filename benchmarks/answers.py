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
from benchmarks.true_register import comparable_tables, true_tables
from reconciliation.register import Register
from warehouse.releases.duckdb_file import answer
from warehouse.releases.views import VIEWS


@dataclass(frozen=True)
class Compared:
    """What truth can judge of the answer to a question: rows are known by `keys`, `counted` are counts of a row.

    `unknown` counts what the register says that it does not know: it may be either. `not_known` is a query of the rows
    that it does not know, by their keys. `example` is what limits the query to an example: all are judged. `estimate`
    is a column that the register estimates: it is right where the true value is between `low` and `high`.
    """

    keys: tuple[str, ...] = ("order_id",)
    values: tuple[str, ...] = ()
    counted: str | None = None
    unknown: str | None = None
    not_known: str | None = None
    example: str = ""
    estimate: str | None = None


QUESTIONS = {
    1: Compared(values=("order_type", "is_interim", "binds_from", "binds_until")),
    2: Compared(values=("order_type", "force_name")),
    3: Compared(values=("order_type", "binds_until")),
    4: Compared(values=("force_name", "binds_from", "binds_until")),
    6: Compared(keys=("order_ids",)),
    7: Compared(
        keys=("order_id", "condition_code"),
        values=("binds_until",),
        example="WHERE subject_id = (SELECT min(subject_id) FROM bound_today) ",
    ),
    8: Compared(values=("force_code", "binds_until")),
    9: Compared(values=("travel_ban_ended_on", "binds_until")),
    10: Compared(values=("chain_id", "position", "order_type", "is_interim", "made_on", "binds_until", "legal_status")),
    11: Compared(keys=("order_id", "other_order_id"), values=("is_same_day",)),
    12: Compared(keys=("force_name",), counted="in_force", unknown="in_doubt"),
    13: Compared(keys=("order_type", "is_interim", "made_in"), counted="orders"),
    14: Compared(keys=("applicant_kind", "applicant"), counted="orders"),
    15: Compared(keys=("court_name", "order_type"), counted="orders", example="LIMIT 20"),
    16: Compared(keys=("order_type",), values=("median_months",), counted="with_a_length"),
    17: Compared(keys=("order_type", "label"), counted="orders"),
    18: Compared(keys=("region_code",), counted="county_lines", unknown="not_known"),
    19: Compared(
        keys=("arrest_id",),
        values=("arrested_on", "offence_title", "sources"),
        example="WHERE subject_id = (SELECT subject_id FROM subjects ORDER BY arrest_count DESC, subject_id LIMIT 1)\n",
    ),
    20: Compared(values=("breach_count",), not_known="SELECT order_id FROM orders WHERE breach_count IS NULL"),
    21: Compared(values=("force_name",)),
    22: Compared(keys=("offence_category",), counted="arrests"),
    23: Compared(values=("order_type", "force_name")),
    24: Compared(keys=("force_name", "source"), counted="held_count"),
    25: Compared(keys=("source", "field"), estimate="error_rate"),
    28: Compared(
        keys=("order_id", "field"),
        values=("value",),
        example="WHERE order_id = (SELECT min(order_id) FROM orders) ",
        not_known="SELECT order_id, 'is_county_lines' AS field FROM orders WHERE is_county_lines IS NULL",
    ),
}
"""The questions on the world, which truth can answer. The others ask what the register or a source says of it."""


def compare_answers(register: Register, truth: Path) -> pl.DataFrame:
    """`question`, `true`, `register`, `missed`, `added`, `values right` (null where no other column is compared)."""
    asked = {int(title.partition(".")[0]): (title, query) for title, query in find_queries()}
    rows = []
    own = comparable_tables(register)
    with _answering(true_tables(register, truth), register) as world, _answering(own, register) as release:
        for number, compared in QUESTIONS.items():
            title, query = asked[number]
            assert compared.example in query, f"question {number} has another example now"
            whole = query.replace(compared.example, "")
            true, found = (answer(side, whole, []) for side in (world, release))
            not_known = answer(release, compared.not_known, []) if compared.not_known else None
            rows.append((title, *_compare(true, found, compared, not_known)))
    names = ("question", "true", "register", "missed", "added", "values right")
    return pl.DataFrame(rows, schema=names, orient="row")


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


def _compare(
    true: pl.DataFrame, found: pl.DataFrame, compared: Compared, not_known: pl.DataFrame | None
) -> tuple[int, int, int, int, float | None]:
    sides = [_counted(frame, compared) for frame in (true, found)]
    both = sides[0].join(sides[1], on=compared.keys, how="full", coalesce=True, nulls_equal=True, suffix="_found")
    true_count, found_count, unknown = (pl.col(name).fill_null(0) for name in ("count", "count_found", "unknown_found"))
    known = both if not_known is None else both.join(not_known, on=compared.keys, how="anti")
    shared = both.drop_nulls(["count", "count_found"])
    agree = [pl.col(name).eq_missing(pl.col(f"{name}_found")) for name in compared.values]
    if compared.estimate:
        agree.append(pl.col(compared.estimate).is_between("low_found", "high_found"))
    return (
        *(side["count"].sum() for side in sides),
        known.select((true_count - found_count - unknown).clip(0).sum()).item(),
        both.select((found_count - true_count).clip(0).sum()).item(),
        shared.select(pl.all_horizontal(agree).mean()).item() if agree else None,
    )


def _counted(frame: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """The keys of an answer with `count`, and the first of the other values."""
    lists = [name for name, kind in frame.schema.items() if kind == pl.List]
    plain = frame.with_columns(pl.col(name).list.sort().list.join(" ") for name in lists)
    count = pl.col(compared.counted).sum() if compared.counted else pl.len()
    unknown = pl.col(compared.unknown).sum() if compared.unknown else pl.lit(0)
    estimated = (compared.estimate, "low", "high") if compared.estimate else ()
    first = (pl.col(name).first() for name in (*compared.values, *estimated))
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
