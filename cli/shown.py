"""What commands show: tables and words for a person, or with `--json` one document on standard output.

Belongs here: how rows are shown, and the option. Does not: which rows (the commands), files (`cli.query`).
"""

import json
import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import console, last_words

if TYPE_CHECKING:
    import polars as pl

_DOCUMENT: ContextVar[dict[str, Any] | None] = ContextVar("document", default=None)
_IS_WRITTEN: ContextVar[bool] = ContextVar("is_written", default=False)
SHOWN_KEYS = 20


def _begin_document(context: typer.Context, asked: bool) -> None:  # typer calls it with the option's value
    if not asked:
        return
    document: dict[str, Any] = {}
    token = _DOCUMENT.set(document)

    def end() -> None:
        _DOCUMENT.reset(token)
        if document:
            _write(document)

    context.call_on_close(end)


def _write(document: dict[str, Any]) -> None:
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))
    _IS_WRITTEN.set(True)


def write_outcome(code: int) -> None:
    """With `--json` there is always one document: where nothing was shown, the exit code and what was said."""
    if "--json" in sys.argv[1:] and not _IS_WRITTEN.get():
        _write({"exit_code": code, "error": last_words()} if code else {})


JsonOption = Annotated[
    bool, typer.Option("--json", callback=_begin_document, help="Print everything as JSON on standard output.")
]
"""Of a command that shows by `show`, `say` and `draw` alone; its value is of no further use."""


def show(rows: "pl.DataFrame", *, empty: str, name: str = "rows") -> None:
    """Show rows, or say that there are none.

    Args:
        rows: what to show.
        empty: what a person reads where there are none.
        name: of the table in the JSON document.
    """
    document = _DOCUMENT.get()
    if document is not None:
        document[name] = json.loads(rows.write_json())
        return
    if rows.is_empty():
        typer.echo(empty)
        return
    from rich.markup import escape
    from rich.table import Table

    grid = Table(*rows.columns, box=None, pad_edge=False)
    for row in rows.iter_rows():
        grid.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    console().print(grid)


def say(words: str) -> None:
    """Say something beside the rows."""
    document = _DOCUMENT.get()
    if document is None:
        typer.echo(words)
    else:
        document.setdefault("notes", []).append(words)


def draw(found: dict[str, Any], drawing: Callable[[], None]) -> None:
    """Draw something for a person, or put it into the document."""
    document = _DOCUMENT.get()
    if document is None:
        drawing()
    else:
        document.update(found)


def print_table(title: str, table: "pl.DataFrame", most: int = SHOWN_KEYS) -> None:
    """Print the first rows of a table under a title, and how many more there are; all of it as JSON where asked for."""
    draw({title.lower().replace(" ", "_"): table.to_dicts()}, partial(_print_grid, title, table, most))


def _print_grid(title: str, table: "pl.DataFrame", most: int) -> None:
    from rich.table import Table

    if table.is_empty():
        typer.echo(f"{title}: none")
        return
    grid = Table(
        *table.columns, title=f"{title} ({table.height})" if most < table.height else title, title_justify="left"
    )
    for row in table.head(most).iter_rows():
        grid.add_row(*map(text_of, row))
    console().print(grid)
    if table.height > most:
        typer.echo(f"and {table.height - most} more; --out writes them to a page")


def text_of(value: object) -> str:
    """A value of a table as text: three digits, lists in a row, a dash for nothing."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
