"""The log of disclosures: every correction pack that was handed out, kept beside the ledger of decisions.

Belongs here: recording one and reading them. Does not: making packs (`ledger.packs.content`), the chain of the
audit log (`ledger.audit`).

What the log has to hold: Data Protection Act 2018, s.62(3): the justification, date and time, and so far as possible
who disclosed the data and to whom.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from ledger.audit import Entry, append
from ledger.decisions.errors import DecisionError, LedgerClockError
from ledger.decisions.ledger import CLOCK_TOLERANCE, Ledger
from ledger.decisions.users import require_active
from ledger.packs.metadata import disclosures as disclosures_table
from ledger.packs.metadata import pack_lines as lines_table
from warehouse.schema import Table
from warehouse.tables.packs import ASKED_CORRECTIONS, DISCLOSURES, PACK_LINES
from warehouse.time_zone import LONDON

ID_DIGITS = 16


@dataclass(frozen=True)
class Disclosure:
    """A pack that is handed out."""

    owner: str
    recipient: str
    reason: str
    disclosed_by: str
    disclosed_at: datetime
    release_id: str
    marking: str

    def name(self, lines: pl.DataFrame) -> str:
        """Its id: a digest of all that it says and of every line, `PACK_LINES` except the id."""
        asked = lines.select(name for name in PACK_LINES.schema if name != "disclosure_id").sort("reference")
        said = asdict(self) | {"disclosed_at": self.disclosed_at.astimezone(UTC).isoformat(timespec="microseconds")}
        content = json.dumps([list(said.values()), asked.rows()], ensure_ascii=False)
        return f"DIS-{hashlib.sha256(content.encode()).hexdigest()[:ID_DIGITS].upper()}"


def require_recordable(ledger: Ledger, disclosure: Disclosure) -> None:
    """Hold a disclosure to what the log demands, before anything is written.

    Raises:
        DecisionError: nobody of that name may act, or recipient or reason is missing.
        LedgerClockError: the clock stands before the last disclosure.
    """
    with ledger.database.reading() as connection:
        _require_recordable(connection, disclosure)


def record_disclosure(
    ledger: Ledger, disclosure: Disclosure, lines: pl.DataFrame, *, digests: Mapping[str, str]
) -> str:
    """Put a disclosure with its lines into the log and into the audit log's chain, whole or not at all; its id.

    Args:
        ledger: beside which the log lies.
        disclosure: who, when, to whom, why.
        lines: `PACK_LINES` except the id.
        digests: `xlsx_sha256` and `csv_sha256` of the files.

    Raises:
        DecisionError: nobody of that name may act, or recipient or reason is missing.
        LedgerClockError: the clock stands before the last disclosure.
        LedgerError: the ledger can't be used.
    """
    disclosure_id = disclosure.name(lines)
    rows = PACK_LINES.conform(lines.with_columns(disclosure_id=pl.lit(disclosure_id))).sort("reference")
    with ledger.database.writing() as connection:
        _require_recordable(connection, disclosure)
        connection.execute(
            sa.insert(disclosures_table), asdict(disclosure) | dict(digests) | {"disclosure_id": disclosure_id}
        )
        connection.execute(sa.insert(lines_table), rows.to_dicts())
        what = {"disclosure": disclosure_id, "owner": disclosure.owner, "lines": rows.height}
        entry = Entry(disclosure.disclosed_at, disclosure.disclosed_by, "disclosure", what, disclosure.reason)
        append(connection, [entry])
    return disclosure_id


def read_disclosures(ledger: Ledger) -> pl.DataFrame:
    """Every disclosure: `DISCLOSURES`, the first one first."""
    return read_table(ledger, disclosures_table, DISCLOSURES)


def read_pack_lines(ledger: Ledger) -> pl.DataFrame:
    """Every line that was handed out: `PACK_LINES`, by its key."""
    return read_table(ledger, lines_table, PACK_LINES)


def asked_before(disclosures: pl.DataFrame, lines: pl.DataFrame, *, as_of: date | None = None) -> pl.DataFrame:
    """What owners were asked for, one row for each reference.

    Args:
        disclosures: `DISCLOSURES`.
        lines: `PACK_LINES`.
        as_of: the night; packs of its own release and of later ones are not known to it, whenever it is run. None: all.

    Returns:
        `ASKED_CORRECTIONS`, sorted by its key; of a line that went to several owners, the last one.
    """
    known = disclosures
    if as_of is not None:
        made_of = pl.col("release_id").str.extract(r"^r(\d{4}-\d{2}-\d{2})").str.to_date()
        known = disclosures.filter(made_of < as_of)
    day = pl.col("disclosed_at").dt.convert_time_zone(LONDON.key).dt.date()
    handed_out = known.select("disclosure_id", "owner", "disclosed_at", day=day)
    latest = pl.all().last()
    return ASKED_CORRECTIONS.conform(
        lines.join(handed_out, on="disclosure_id")
        .sort("disclosed_at", "disclosure_id")
        .group_by("reference")
        .agg(
            latest,
            handed_out_on=pl.col("day").min(),
            last_handed_out_on=pl.col("day").max(),
            times_handed_out=pl.len(),
        )
    ).sort(ASKED_CORRECTIONS.order)


def corrections_digest(asked: pl.DataFrame) -> str:
    """Digest of what was asked for: what a release that follows it up has to name."""
    said = asked.select(pl.concat_str(pl.all().cast(pl.String).fill_null(""), separator="\x1f")).to_series()
    return hashlib.sha256("\n".join(said.sort()).encode()).hexdigest()


def _require_recordable(connection: sa.Connection, disclosure: Disclosure) -> None:
    require_active(connection, disclosure.disclosed_by)
    for name in ("recipient", "reason"):
        text = getattr(disclosure, name)
        if not text.strip() or not text.isprintable():
            raise DecisionError(f"a disclosure needs a {name}: a printable text")
    last = connection.execute(sa.select(sa.func.max(disclosures_table.c.disclosed_at))).scalar()
    if last is not None and last - disclosure.disclosed_at > CLOCK_TOLERANCE:
        raise LedgerClockError(
            f"the clock says {disclosure.disclosed_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, the last pack was handed "
            f"out at {last:%Y-%m-%d %H:%M:%S} UTC: set the clock right"
        )


def read_table(ledger: Ledger, table: sa.Table, declared: Table) -> pl.DataFrame:
    """All rows of a table of the log, in its order."""
    with ledger.database.reading() as connection:
        rows: list[Any] = list(connection.execute(sa.select(*(table.c[name] for name in declared.schema))))
    return pl.DataFrame(rows, schema=declared.schema, orient="row").sort(*declared.order)
