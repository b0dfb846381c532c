"""How long the documented queries, views and macros take on a large register.

The tables of a release are repeated, with ids of their own, until there are as many orders as asked; then each query of
`docs/questions.md` is run as `concord query` runs it, and every view and macro is worked out whole: all its rows and
columns, of which only the counts are shown.

    python -m benchmarks.queries --home .concord --orders 20000 --most 0.1
    python -m benchmarks.queries --home .concord --orders 1000000 --most 1

Wall time counts; that of the processor stands beside it, as on a busy machine a query waits. 0: none takes longer than
`--most` seconds; 1: one does.
"""

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import duckdb

from reconciliation.register import Register
from warehouse.releases.duckdb_file import answer, open_register, write_register
from warehouse.releases.views import VIEWS
from warehouse.schema import Table
from warehouse.tables.release import DATABASE_TABLES

PAGE = Path(__file__).parent.parent / "docs" / "questions.md"
SHARED = ("delivery_id", "pnc_id", "nation")
OWN = ("source_key", "case_urn", "old_id", "new_id")
DATABASE = "register.duckdb"
RUNS = 3
ARGUMENTS = {"day": "current_date", "days": "90", "asked": "'ORD-0000000000'"}
"""What macros are asked with."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(".concord"))
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--most", type=float, default=0.1, help="Seconds that a query may take.")
    parser.add_argument("--keep", type=Path, help="A folder to keep the large register in, and to find it in again.")
    asked = parser.parse_args()
    queries = [*find_queries(), *view_queries()]
    with tempfile.TemporaryDirectory() as folder, Register.open(asked.home) as register:
        kept = asked.keep or Path(folder)
        if not (kept / DATABASE).exists():
            enlarge(register, kept, -(-asked.orders // register.table("orders").height))
        slow = run(queries, kept / DATABASE, most=asked.most)
    print(f"{len(queries)} queries, {slow} slower than {asked.most} s")
    return int(slow > 0)


def find_queries() -> list[tuple[str, str]]:
    """The title and the SQL of every documented query."""
    return re.findall(r"^### (\d+\. .*?)\n.*?```sql\n(.*?)```", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)


def view_queries() -> list[tuple[str, str]]:
    """Each view and macro of a release, with a query that needs all its rows and columns."""
    calls = (
        f"{view.name}({', '.join(ARGUMENTS[each] for each in view.parameters)})" if view.parameters else view.name
        for view in VIEWS
    )
    return [(call, f"SELECT count(COLUMNS(*)) FROM {call}") for call in calls]  # noqa: S608


def enlarge(register: Register, folder: Path, copies: int) -> Path:
    """A DuckDB file with `copies` of the tables of a release: those that a query or a view names."""
    named = set(re.findall(r"\w+", " ".join((PAGE.read_text(), *(view.query for view in VIEWS)))))
    tables = [
        table for table in DATABASE_TABLES if table.name in named and register.release.parquet(table.name).exists()
    ]
    # Rows are written as they are made: to keep their order, DuckDB would hold all copies of a table in memory.
    with duckdb.connect(config={"threads": 1, "preserve_insertion_order": False}) as connection:
        for table in tables:
            # Row by row, not copy by copy: ids stay in the order in which a release has them.
            source = f"read_parquet('{register.release.parquet(table.name)}')"
            copied = f"SELECT *, unnest(range({copies if _ids(table) else 1})) AS number FROM {source}"  # noqa: S608
            rows = f"SELECT {_own_ids(table)} FROM ({copied}) {_once(table)}"  # noqa: S608
            connection.execute(f"COPY ({rows}) TO '{folder / table.name}.parquet'")
    write_register(folder, folder / DATABASE, tables=tables)
    for table in tables:  # a million orders are 2 GB of them
        (folder / f"{table.name}.parquet").unlink()
    return folder / DATABASE


def _ids(table: Table) -> list[str]:
    names = [column.name for column in table.columns]
    return [name for name in names if (name.endswith("_id") and name not in SHARED) or name in OWN]


def _own_ids(table: Table) -> str:
    ids = {name: f"{name} || '-' || number AS {name}" for name in _ids(table)}
    if table.name == "orders":
        # As many more orders are made on more days: on few days, all copies would be co-defendants of each other.
        ids["made_on"] = "made_on - (number % 365)::INTEGER AS made_on"
    if table.name == "quality_scores":
        ids["scope_key"] = "CASE scope WHEN 'record' THEN scope_key || '-' || number ELSE scope_key END AS scope_key"
    return ", ".join(ids.get(column.name, column.name) for column in table.columns)


def _once(table: Table) -> str:
    """A condition that keeps one copy of the scores of whole sources, however many orders there are."""
    return "WHERE number = 0 OR scope = 'record'" if table.name == "quality_scores" else ""


def run(queries: list[tuple[str, str]], database: Path, *, most: float) -> int:
    """Time every query; how many are slower than allowed."""
    slow = 0
    with open_register(database) as connection:
        orders = answer(connection, "SELECT count(*) FROM orders", []).item()
        print(f"{orders:,} orders")
        print("    wall  processor")
        for title, query in queries:
            wall, processor = map(median, zip(*(_seconds(connection, query) for _ in range(RUNS)), strict=True))
            is_slow = wall > most
            slow += is_slow
            times = f"{wall * 1000:5.0f} ms {processor * 1000:7.0f} ms"
            print(f"{times}  {title}{'  SLOW' if is_slow else ''}", flush=True)
    return slow


def _seconds(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[float, float]:
    begun = time.perf_counter(), time.process_time()
    answer(connection, query, [])
    return time.perf_counter() - begun[0], time.process_time() - begun[1]


if __name__ == "__main__":
    sys.exit(main())
