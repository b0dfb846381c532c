"""What a source is to the pipeline: its feeds, how a delivery is read, how rows become canonical.

Belongs here: the shapes that every source module fills in. Does not: anything that one source alone needs.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from assets.parsing.birth_fillers import mark_fillers
from warehouse.disk import regular_digest
from warehouse.schema import Frame, Table
from warehouse.tables.raw import NO_RECORD_REASONS, QUARANTINE

# Raw tables with these endings hold a row for each record; the others hold its aliases and conditions.
RECORD_TABLES = ("__orders", "__results", "__arrests")


@dataclass(frozen=True)
class Feed:
    """A stream of deliveries: one file for each night or month, known by the form of its name.

    Attributes:
        name: `pnc_ancord`, `pnc_arrest`, `pnd`, `court`, `rocu_<UNIT>`.
        source: the source it belongs to.
        pattern: matches a whole file name; group `date` (`YYYYMMDD`, `YYYY-MM-DD` or `YYYY-MM`), group `revision`
            (digits, or nothing for the first).
        cadence: how often a file is due.
        region_code: the region that sends it, for regional returns.
        companion: from the file's name to the name of a file that comes with it (a manifest), if one does.
    """

    name: str
    source: str
    pattern: re.Pattern[str]
    cadence: Literal["night", "month"] = "night"
    region_code: str | None = None
    companion: Callable[[str], str] | None = None


Limit = Annotated[int, Field(ge=1)]


class Limits(BaseModel):
    """How large one delivery may be: what is beyond is refused before it can exhaust the machine."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    bytes: Limit = 500_000_000
    """Bytes of each of its files, as sent."""
    unpacked_bytes: Limit = 1_000_000_000
    """Bytes of what is unpacked from it."""
    rows: Limit = 5_000_000
    """Lines of it, empty ones too."""
    seconds: Limit = 900
    """Seconds that reading it may take."""


LIMITS = Limits()


class DeliveryTooLargeError(Exception):
    """A delivery is larger than `Limits` allow.

    Attributes:
        limit: which of them.
    """

    def __init__(self, limit: str, words: str) -> None:
        super().__init__(words)
        self.limit = limit


@dataclass(frozen=True)
class Delivery:
    """A file that came for a feed, and how large it may be."""

    feed: Feed
    path: Path
    dated_on: date
    revision: int
    limits: Limits = LIMITS

    @property
    def delivery_id(self) -> str:
        """Feed, date and revision: `pnc_ancord:2023-11-30:r1`."""
        return f"{self.feed.name}:{self.dated_on.isoformat()}:r{self.revision}"

    @property
    def companion_path(self) -> Path | None:
        """The file that comes with this one, whether or not it is there."""
        return self.path.with_name(self.feed.companion(self.path.name)) if self.feed.companion else None

    @property
    def files(self) -> tuple[Path, ...]:
        """Those of its files that are there, the companion first: put in this order, it is never without it."""
        return tuple(path for path in (self.companion_path, self.path) if path is not None and path.exists())

    def sha256(self) -> str:
        """Digest of the file's bytes, read in blocks."""
        return regular_digest(self.path)

    def check_rows(self, lines: int) -> None:
        """Hold the delivery to the number of lines that one may have.

        Raises:
            DeliveryTooLargeError: it has more.
        """
        if lines > self.limits.rows:
            raise DeliveryTooLargeError("rows", f"it has more than {self.limits.rows:,} lines")

    def read_bytes(self) -> bytes:
        """The file's bytes, if it has no more lines than a delivery may, whatever ends them.

        Raises:
            DeliveryTooLargeError: it has more.
        """
        content = self.path.read_bytes()
        self.check_rows(max(content.count(b"\n"), content.count(b"\r")))
        return content


@dataclass(frozen=True)
class Fault:
    """Something wrong with a delivery as a whole: what happened, where, what to do. No personal data.

    A structural fault makes the delivery unsound: it never replaces a sound one.
    """

    code: str
    message: str
    is_structural: bool = True


@dataclass(frozen=True)
class Reading:
    """What one delivery gave: its rows by raw table, the rows set aside, the counts, the faults.

    Rows read = rows kept + rows quarantined + exact duplicates; `is_balanced` says whether that holds.

    Attributes:
        rows_both: rows that are set aside and are in the raw tables too, since they speak against a record of
            another source: a refused application. They count as set aside.
        records_expected: by recent deliveries of the feed; None where there is none to compare with.
        accepted: why an operator lets it be used though it is implausible.
    """

    tables: Mapping[str, pl.DataFrame]
    quarantine: pl.DataFrame = field(default_factory=QUARANTINE.empty)
    rows_read: int = 0
    rows_duplicate: int = 0
    rows_declared: int | None = None
    rows_both: int = 0
    records_expected: int | None = None
    accepted: str | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def rows_kept(self) -> int:
        """Rows that are in the raw tables, and are not set aside too."""
        return sum(table.height for table in self.tables.values()) - self.rows_both

    @property
    def records_kept(self) -> int:
        """Those of the rows kept that are records of orders and arrests."""
        kept = sum(table.height for name, table in self.tables.items() if name.endswith(RECORD_TABLES))
        return kept - self.rows_both

    @property
    def rows_set_aside(self) -> int:
        """Those of the quarantined rows that could be read well and are not records, such as a refused application."""
        return self.quarantine.filter(pl.col("reason_code").is_in(NO_RECORD_REASONS)).height

    @property
    def is_balanced(self) -> bool:
        """Nothing is lost: every row read is kept, quarantined or an exact duplicate."""
        return self.rows_read == self.rows_kept + self.quarantine.height + self.rows_duplicate

    @property
    def is_sound(self) -> bool:
        """No structural fault: the delivery is whole."""
        return not any(fault.is_structural for fault in self.faults)


@dataclass(frozen=True)
class Source:
    """A system that sends deliveries.

    Attributes:
        name: `pnc`, `pnd`, `court` or `rocu`; the folder below the landing folder too.
        feeds: the streams it sends.
        raw_tables: the raw tables its deliveries fill.
        read: reads one delivery; never raises on bad content, but returns faults and quarantined rows; only of one
            that is larger than its limits it raises `DeliveryTooLargeError`.
        records: from the raw tables and the as-of date, of which only the year counts, to the core tables by short name
            (`orders`, `aliases`, `conditions`, `arrests`, `rejected_values`), each in the shape declared in
            `warehouse.tables.core`, sorted by record. What a record gives follows from its own rows and those it
            amends, so that records that have not changed are not done again (`assets.reuse`), and many are done in
            pieces (`assets.standardised_pieces`); fillers are marked afterwards.
        amends: the raw field that names another record, by which records bear on one another; None: there is none.
    """

    name: str
    feeds: tuple[Feed, ...]
    raw_tables: tuple[Table, ...]
    read: Callable[[Delivery], Reading]
    records: Callable[[Mapping[str, pl.LazyFrame], date], dict[str, pl.DataFrame]]
    amends: str | None = None

    def standardise(self, raw: Mapping[str, pl.LazyFrame], as_of: date) -> dict[str, pl.DataFrame]:
        """The core tables of a night by short name, from its raw tables."""
        return self.mark_fillers(self.records(raw, as_of))

    def mark_fillers(self, core: dict[str, Frame]) -> dict[str, Frame]:
        """Core tables with the dates of birth marked that an office gives to many people."""
        orders, arrests = mark_fillers(core["orders"], core["arrests"])
        return core | {"orders": orders, "arrests": arrests}

    def keys_of(self, reading: Reading) -> pl.Series:
        """The keys of the records that a delivery gave; empty where they have no lasting keys."""
        keys = [
            reading.tables[table.name].get_column(table.key[0]).cast(pl.String)
            for table in self.raw_tables
            if table.name in reading.tables and table.name.endswith(RECORD_TABLES) and len(table.key) == 1
        ]
        return pl.concat([pl.Series(dtype=pl.String), *(series.rename("") for series in keys)])
