"""Decisions in files: CSV for people, Parquet for programs; both hold every column, and nothing is lost either way.

Belongs here: the form of the files and what is wrong with a line. Does not: whether a decision may be taken
(`ledger.decisions.submitting`).

Two kinds of line are read. One with a `decision_id` was taken before: it comes in as it is, and its id proves that
nobody altered it. One without is to be taken now, and names records, orders and discrepancies as the release does.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from ledger.decisions.decision import Draft, find_problems, name_row, read_sightings
from ledger.decisions.errors import BadLine, DecisionError, ImportRefusedError
from warehouse.csv_text import guard_cell, unguard_cell
from warehouse.disk import replacing
from warehouse.schema import Column
from warehouse.tables.ledger import DECISIONS

SUFFIXES = (".csv", ".parquet")
COLUMNS = tuple(DECISIONS.schema)


@dataclass(frozen=True)
class FileLine:
    """A line of a file.

    Attributes:
        number: as a person counts it; the heading of a CSV file is line 1.
        values: by column, each in its type; None for an empty cell.
    """

    number: int
    values: Mapping[str, Any]

    @property
    def was_taken(self) -> bool:
        """It was taken before; else it is to be taken now."""
        return self.values.get("decision_id") is not None


def write_decisions(decisions: pl.DataFrame, path: Path) -> None:
    """Write decisions to a file, in ledger order; a file of that name is replaced as a whole.

    Raises:
        DecisionError: the file's name ends neither in `.csv` nor in `.parquet`.
    """
    ordered = decisions.select(*COLUMNS).sort(*DECISIONS.order)
    suffix = require_suffix(path)
    with replacing(path) as written:
        if suffix == ".parquet":
            ordered.write_parquet(written)
            return
        with written.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows([_cell(value) for value in row] for row in ordered.iter_rows())


def read_lines(path: Path) -> list[FileLine]:
    """The lines of a file.

    Raises:
        DecisionError: the file can't be read, or has columns that there are not.
        ImportRefusedError: cells that can't be read.
    """
    try:
        return _read_parquet(path) if require_suffix(path) == ".parquet" else _read_csv(path)
    except (OSError, UnicodeDecodeError, csv.Error, pl.exceptions.PolarsError) as error:
        raise DecisionError(f"{path.name} can't be read: {type(error).__name__}") from error


def taken_before(lines: Sequence[FileLine]) -> pl.DataFrame:
    """Lines that were taken before as rows of the ledger, in the order of the file.

    Raises:
        ImportRefusedError: lines that are not as they were exported.
    """
    bad = [BadLine(line.number, problem) for line in lines for problem in _problems_with(line)]
    if bad:
        raise ImportRefusedError(bad)
    return pl.DataFrame([line.values for line in lines], schema=DECISIONS.schema)


def require_suffix(path: Path) -> str:
    """The ending of a file's name.

    Raises:
        DecisionError: decisions are kept in files of other endings.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise DecisionError(f"{path.name}: decisions are kept in {' or '.join(SUFFIXES)} files")
    return path.suffix.lower()


def _read_csv(path: Path) -> list[FileLine]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, strict=True)
        heading = next(rows, [])
        _require_columns(heading)
        lines, bad = [], []
        start = rows.line_num + 1
        for row in rows:
            try:
                lines.append(FileLine(start, _values(heading, row)))
            except ValueError as error:
                bad.append(BadLine(start, str(error)))
            start = rows.line_num + 1
    if bad:
        raise ImportRefusedError(bad)
    return lines


def _read_parquet(path: Path) -> list[FileLine]:
    frame = pl.read_parquet(path)
    _require_columns(frame.columns)
    typed = frame.select(pl.col(name).cast(DECISIONS.column(name).dtype) for name in frame.columns)
    return [FileLine(number, row) for number, row in enumerate(typed.iter_rows(named=True), 1)]


def _require_columns(names: Sequence[str]) -> None:
    unknown = sorted(set(names) - set(COLUMNS))
    if unknown or len(set(names)) < len(names) or not names:
        wrong = f"unknown columns {', '.join(unknown)}" if unknown else "a column twice, or none"
        raise DecisionError(f"the file has {wrong}; there are {', '.join(COLUMNS)}")


def _values(heading: Sequence[str], row: Sequence[str]) -> dict[str, Any]:
    if len(row) != len(heading):
        raise ValueError(f"{len(row)} cells in place of {len(heading)}")
    return {name: _value(DECISIONS.column(name), cell) for name, cell in zip(heading, row, strict=True)}


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    text = "" if value is None else str(value)
    return guard_cell(text)


def _value(column: Column, cell: str) -> object:
    text = unguard_cell(cell)
    if not text:
        return None
    try:
        if column.dtype == pl.Date:
            return date.fromisoformat(text)
        if isinstance(column.dtype, pl.Datetime):
            return _moment(text)
    except ValueError as error:
        raise ValueError(f"{column.name} can't be read: expected a date or a moment in ISO form") from error
    return text


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC)


def _problems_with(line: FileLine) -> list[str]:
    """Why a line is not as it was exported."""
    missing = [name for name in COLUMNS if name not in line.values]
    missing += [column.name for column in DECISIONS.columns if column.required and line.values.get(column.name) is None]
    if missing:
        return [f"lacks {', '.join(dict.fromkeys(missing))}"]
    problems = list(find_problems(line.values))
    if problems:
        return problems
    if name_row(line.values) != line.values["decision_id"] or not _follows_from_itself(line.values):
        return ["its id does not fit what it says: it was altered"]
    return []


def _follows_from_itself(row: Mapping[str, Any]) -> bool:
    """Whether the columns that are made of others are what they should be."""
    try:
        plain = {part.name: row[part.name] for part in fields(Draft) if part.name != "seen"}
        about = Draft(**plain, seen=read_sightings(row["seen"])).about()
    except (TypeError, ValueError):
        return False
    return all(row[name] == value for name, value in about.items())
