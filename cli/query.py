"""The commands that read the register: `concord query`, `concord export`.

0 done, 1 the release can't be read, the query can't be answered or the file not be written, 2 wrong usage.
"""

import sys
import warnings
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_HOME, Exit, HomeOption, ReleaseOption, fail, settings_of, warn
from cli.shown import show
from cli.writing import naming, writing

if TYPE_CHECKING:
    import polars as pl

MOST_ROWS, MOST_WIDE_ROWS = 100, 10
MOST_COLUMNS = 10
"""From more on, a terminal shows a value a line."""


class AnswerFormat(StrEnum):
    """How the answer to a query is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    XLSX = "xlsx"


def query(
    sql: Annotated[str, typer.Argument(help="One query on the tables and views of the release, as a text in quotes.")],
    *,
    form: Annotated[AnswerFormat, typer.Option("--format", help="How to write the answer.")] = AnswerFormat.TABLE,
    out: Annotated[
        Path | None, typer.Option(help="The file to write; defaults to standard output.", dir_okay=False)
    ] = None,
    release: ReleaseOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Run an SQL query on a release. It can read the release and nothing else."""
    from reconciliation.register import Register
    from warehouse.releases.duckdb_file import QueryRefusedError

    if form is AnswerFormat.TABLE and out is not None:
        fail("--out needs a --format: csv, json, parquet or xlsx", Exit.USAGE)
    try:
        with (
            Register.open(home.resolve(), release) as register,
            warnings.catch_warnings(record=True, action="always") as noticed,
        ):
            rows = register.sql(sql)
    except QueryRefusedError as error:
        fail(f"the query can't be answered: {error}", Exit.FAILED)
    for each in noticed:
        warn(str(each.message))
    if form is AnswerFormat.TABLE:
        show_table(rows)
    else:
        write(rows, form, out)


def export(
    out: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx), or the folder for researchers.")],
    *,
    pseudonymised: Annotated[
        bool, typer.Option("--pseudonymised", help="Write a folder for researchers: no names, small numbers hidden.")
    ] = False,
    table: Annotated[
        list[str] | None,
        typer.Option(help="A table or view to write; several if repeated. Defaults to what describes orders."),
    ] = None,
    release: ReleaseOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write a release as a workbook: how to read it, one sheet for each table, what each column means."""
    from reconciliation.register import Register

    if out.is_dir() != pseudonymised and out.exists():
        fail(f"{out} is {'no folder' if pseudonymised else 'a folder: name a file'}", Exit.USAGE)
    if pseudonymised:
        if table:
            fail("--pseudonymised has tables of its own: leave out --table", Exit.USAGE)
        export_for_research(home.resolve(), out, release)
        return
    if out.suffix.lower() not in ("", ".xlsx"):
        fail(f"{out}: a workbook's name must end in .xlsx", Exit.USAGE)
    marking = settings_of(home).marking
    with Register.open(home.resolve(), release) as register:
        known = (*register.table_names, *register.view_names)
        if unknown := sorted(set(table or ()) - set(known)):
            fail(f"no table {', '.join(unknown)}: one of {', '.join(known)}", Exit.USAGE)
        try:
            with writing(out) as written:
                register.to_excel(written, *(table or ()), marking=marking)
        except ValueError as error:
            fail(f"nothing was written: {error}", Exit.FAILED)
    typer.echo(f"wrote {out}")


def export_for_research(home: Path, out: Path, release: str | None) -> None:
    """Write the folder for researchers, and log it once there is a ledger: pseudonymised data are personal data."""
    from cli.desk_tools import opened_desk
    from cli.door import note
    from reconciliation.register import Register
    from study.research.publication import PURPOSE, publish_for_research
    from warehouse.installation_key import keyed_mark
    from warehouse.tables.register import ARRESTS, CONDITION_WORDINGS, CONDITIONS, ORDERS

    least = settings_of(home).quality.suppress_below
    with Register.open(home, release) as register, opened_desk(home) as desk:
        tables = {
            table.name: table.completed(
                register.table(table.name) if table.name in register.table_names else table.empty()
            )
            for table in (ORDERS, CONDITIONS, ARRESTS, CONDITION_WORDINGS)
        }
        note(desk, "disclosure", {"export": "pseudonymised", "release": register.release.release_id}, right="approve")
        with naming(out):
            done = publish_for_research(
                register.release,
                tables,
                out,
                least=least,
                mark=lambda name: keyed_mark(register.home, PURPOSE, name)[:16],
            )
    orders = done["orders"]
    typer.echo(
        f"wrote {out}: {orders['published']:,} orders, {orders['left_out']:,} left out, of each description at least "
        f"{least} persons; {done['counts_hidden']} counts hidden"
    )


def show_table(rows: "pl.DataFrame") -> None:
    """Print rows for a person, and how many more there are; where they have many columns, a line for each value."""
    import polars as pl

    if rows.is_empty() or rows.width <= MOST_COLUMNS:
        shown = rows.head(MOST_ROWS)
        show(shown, empty="no rows")
    else:
        shown = rows.head(MOST_WIDE_ROWS)
        for row in shown.iter_rows(named=True):
            show(
                pl.DataFrame({"column": list(row), "value": ["" if v is None else str(v) for v in row.values()]}),
                empty="",
            )
    if rows.height > shown.height:
        warn(f"{rows.height - shown.height:,} more rows: ask with LIMIT, or write them all with --format and --out")


def write(rows: "pl.DataFrame", form: AnswerFormat, out: Path | None) -> None:
    """Write rows to a file or to standard output."""
    if form in {AnswerFormat.PARQUET, AnswerFormat.XLSX} and out is None and sys.stdout.isatty():
        fail(f"a terminal can't show {form}: name a file with --out", Exit.USAGE)
    packed = _packed(rows, form)
    if out is None:
        sys.stdout.buffer.write(packed)
        return
    with writing(out) as written:
        written.write_bytes(packed)


def _packed(rows: "pl.DataFrame", form: AnswerFormat) -> memoryview:
    """Rows as the bytes of a file."""
    import polars as pl

    from warehouse.csv_text import guard_cells

    file, flat = BytesIO(), rows.with_columns(pl.col(pl.List(pl.String)).list.join("; "))
    if form is AnswerFormat.JSON:
        file.write(f"{rows.write_json()}\n".encode())
    elif form is AnswerFormat.PARQUET:
        rows.write_parquet(file)
    elif form is AnswerFormat.CSV:
        flat.with_columns(guard_cells(pl.col(pl.String))).write_csv(file)
    else:
        flat.write_excel(file)
    return file.getbuffer()
