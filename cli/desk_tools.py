"""What the commands about the desk work with: its settings, its recorder, its audit log as a file.

Belongs here: opening, handing over, writing. Does not: the commands (`cli.accounts`, `cli.audit`).
"""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import typer

from cli.ledger_access import explain_ledger_errors, place_of
from cli.options import Exit, fail
from cli.writing import writing
from ledger.audit import Entry, Head, Proof, append, prove, read_rows, unsealed
from ledger.decisions.ledger import Ledger
from ledger.desk.accounts import Account, AccountError, all_accounts
from review.access.audit_recorder import head_file
from review.access.passwords import WeakPasswordError
from review.desk import Desk
from warehouse.csv_text import guard_cell
from warehouse.home import Home
from warehouse.releases.manifests import manifests

OPERATOR = "operator"
"""Who is logged for what is done on the command line, where nobody signs in."""
COLUMNS = ("sequence", "at", "who", "act", "what", "reason", "previous", "digest")


@contextmanager
def opened_desk(home: Path) -> Iterator[Desk]:
    """The desk of an installation; a ledger in a file is brought up to date. What goes wrong ends the command."""
    with explain_ledger_errors():
        url = place_of(home)
        state = Home(home.resolve())
        Ledger.open(url, state).close()
        desk = Desk(state, url)
        try:
            yield desk
        except (AccountError, WeakPasswordError) as error:
            fail(str(error), Exit.USAGE)
        finally:
            desk.close()


def accounts_of(desk: Desk) -> tuple[Account, ...]:
    """All accounts, by name."""
    with desk.reading() as connection:
        return all_accounts(connection)


def read_password() -> str:
    """A new password: asked for twice on a terminal, else the first line of standard input."""
    stream = typer.get_text_stream("stdin")
    if stream.isatty():
        return str(typer.prompt("New password", hide_input=True, confirmation_prompt=True))
    return stream.readline().rstrip("\r\n")


def prove_log(desk: Desk, noted: Head | None) -> Proof:
    """Prove the log against the head that was given, the one that desks note beside the ledger, and those of releases.

    Raises:
        ValueError: one of them was not noted by this installation.
    """
    file, heads = head_file(desk), [noted] if noted else []
    texts = {f"release {made['release_id']}": made.get("ledger", {}).get("audit_log") for made in manifests(desk.home)}
    if file.exists():
        texts[str(file)] = file.read_text(encoding="utf-8")
    for place, text in texts.items():
        try:
            heads += [unsealed(desk.home, text)] if text else []
        except ValueError as error:
            raise ValueError(f"the end of the log that is noted in {place} can't be relied on: {error}") from error
    with desk.reading() as connection:
        return prove(connection, *heads)


def export_log(desk: Desk, file: Path, where: sa.ColumnElement[bool], *, entry: Entry) -> int:
    """Write a part of the log to a file of its owner's alone; the export is logged first.

    Args:
        desk: whose log.
        file: `.csv`, or `.jsonl` for one JSON object a line.
        where: which entries.
        entry: the export itself.

    Returns:
        How many entries were written.
    """
    with desk.writing() as connection:
        append(connection, [entry])
    with (
        writing(file) as written,
        desk.reading() as connection,
        written.open("w", encoding="utf-8", newline="") as stream,
    ):
        rows = (_as_texts(row) for row in read_rows(connection, where))
        if file.suffix == ".csv":
            return _write_csv(stream, rows)
        return sum(stream.write(json.dumps(row, ensure_ascii=False) + "\n") > 0 for row in rows)


def _write_csv(stream: Any, rows: Iterator[dict[str, Any]]) -> int:
    writer, count = csv.DictWriter(stream, COLUMNS), 0
    writer.writeheader()
    for row in rows:
        writer.writerow({name: guard_cell(value) if isinstance(value, str) else value for name, value in row.items()})
        count += 1
    return count


def _as_texts(row: dict[str, Any]) -> dict[str, Any]:
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return {name: row[name] for name in COLUMNS} | {"at": at}
