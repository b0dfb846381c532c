"""What a night takes over from the one before it: the reading of files, and records, that have not changed.

Belongs here: finding what changed, taking over the rest, proving it on a sample. Does not: which tables may be
relied on (`warehouse.stamps`), what standardising means (`assets.sources`). No Dagster here.

What is kept is nothing but the former night's own tables. A record is done again if a row of it came, went or says
something else; if it amends another or is amended; or if its date of birth counts as a filler: that follows from all
records of an office, and is marked again each night. Of what is taken over, one file or record in a hundred is done
again as a proof, others each night.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from itertools import zip_longest
from typing import Literal
from zlib import crc32

import polars as pl

from assets.deliveries import Intake
from assets.delivery_files import file_digests
from assets.parsing.words import known
from assets.sources.contract import RECORD_TABLES, Delivery, Fault, Reading, Source
from assets.standardised_pieces import CORE, RECORD, LazyFrames, standardise_rows
from warehouse.pieces import Pieces
from warehouse.schema import Table
from warehouse.sources import SOURCES
from warehouse.stamps import FormerTables, NotReusableError
from warehouse.tables.raw import PLACE

PROVED_IN = 100
"""Nights within which each file and record that is taken over is done again once, as a proof."""

PLACES = [column.name for column in PLACE]
COUNTS = ("rows_read", "rows_duplicate", "rows_declared", "rows_both")
READING_KEY = ("delivery_id", "file_name", "sha256", "companion")
READINGS = {**dict.fromkeys((*READING_KEY, "faults"), pl.String), **dict.fromkeys(COUNTS, pl.Int64)}
# Sources whose rows have no keys: a row is known by where it stands.
KEYLESS = frozenset(facts.name for facts in SOURCES if not facts.has_row_keys)

# Which of the rows of its record a row is, and at which place the former night has it.
NTH, AT = "nth_of_record", "at"


class ProofFailedError(NotReusableError):
    """What was kept is not what doing it again gives: nothing of that night can be relied on."""


@dataclass(frozen=True)
class TakenOver:
    """What a step took over.

    Attributes:
        rows: how many rows or records.
        in_full: why all was done again, in words; empty if it was not.
    """

    rows: int = 0
    in_full: str = ""


def readings_name(source: Source) -> str:
    """The table of counts and faults of the files that were read."""
    return f"raw_{source.name}__readings"


@dataclass
class Reader:
    """Reads the deliveries of a source, and takes over the reading of those whose bytes the former night read.

    Attributes:
        readings: counts and faults of the files that the former night read, as `READINGS`.
        kept: its raw tables and quarantine.
        aside: which of them is the quarantine.
        rows: how many rows were taken over.
        noted: counts and faults of the files that were read tonight.
    """

    source: Source
    as_of: date
    aside: str
    readings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=READINGS))
    kept: Mapping[str, pl.LazyFrame] = field(default_factory=dict)
    rows: int = 0
    noted: list[dict[str, object]] = field(default_factory=list)

    def read(self, delivery: Delivery) -> Reading:
        """What a delivery gives; see `Source.read`.

        Raises:
            ProofFailedError: a reading that was kept is not what reading the file again gives.
        """
        key = dict(zip_longest(READING_KEY, (delivery.delivery_id, delivery.path.name, *file_digests(delivery))))
        kept = self._find(key)
        if kept is not None and crc32(str(key).encode()) % PROVED_IN != self.as_of.toordinal() % PROVED_IN:
            reading, self.rows = kept, self.rows + kept.rows_kept
        else:
            reading = self.source.read(delivery)
            if kept is not None and not _are_alike(kept, reading):
                raise ProofFailedError(f"reading {delivery.delivery_id} again gives something else than was kept")
        faults = json.dumps([asdict(fault) for fault in reading.faults])
        self.noted.append(key | {name: getattr(reading, name) for name in COUNTS} | {"faults": faults})
        return reading

    def readings_of(self, deliveries: pl.DataFrame) -> pl.DataFrame:
        """Counts and faults, as `READINGS`, of the files that are used tonight."""
        used = deliveries.filter("is_used").select("delivery_id", "sha256")
        noted = pl.DataFrame(self.noted, schema=READINGS)
        return noted.join(used, on=used.columns, how="semi").unique(READING_KEY, keep="first", maintain_order=True)

    def _find(self, key: Mapping[str, str | None]) -> Reading | None:
        found = self.readings.filter(pl.col(name).eq_missing(pl.lit(value)) for name, value in key.items())
        if found.is_empty():
            return None
        said = found.row(0, named=True)
        tables = {name: frame.filter(delivery_id=key["delivery_id"]).collect() for name, frame in self.kept.items()}
        quarantine = tables.pop(self.aside)
        faults = tuple(Fault(**fault) for fault in json.loads(said["faults"]))
        reading = Reading(tables, quarantine, **{name: said[name] for name in COUNTS}, faults=faults)
        return reading if reading.is_balanced else None


def _are_alike(kept: Reading, read: Reading) -> bool:
    frames = [(kept.quarantine, read.quarantine), *((kept.tables[name], read.tables[name]) for name in read.tables)]
    return all(getattr(kept, name) == getattr(read, name) for name in (*COUNTS, "faults")) and all(
        one.equals(other.cast(one.schema)) for one, other in frames
    )


def read_changed(
    source: Source, aside: str, *, former: FormerTables, as_of: date, take_in: Callable[[Source], Intake]
) -> tuple[Intake, pl.DataFrame, TakenOver]:
    """Take in the deliveries of a source, and read only files that the former night did not read.

    Returns:
        What it brought; counts and faults of its files (`READINGS`), for the next night; what was taken over.
    """
    readings, names = readings_name(source), [aside, *(table.name for table in source.raw_tables)]
    in_full = ""
    try:
        kept = former.read([readings, *names])
        reader = Reader(source, as_of, aside, readings=kept.pop(readings).collect(), kept=kept)
        intake = take_in(replace(source, read=reader.read))
    except NotReusableError as error:
        reader, in_full = Reader(source, as_of, aside), _give_up(former, error)
        intake = take_in(replace(source, read=reader.read))
    return intake, reader.readings_of(intake.deliveries), TakenOver(reader.rows, in_full)


def standardise_changed(
    source: Source, raw: Mapping[str, pl.LazyFrame], *, former: FormerTables, as_of: date, pieces: Pieces
) -> tuple[LazyFrames, TakenOver]:
    """The core tables of a source by short name, as `Source.standardise`, and how many records were taken over.

    They are worked out when they are written; until then `pieces` holds what they are made of.
    """
    names = {name: f"core_{source.name}__{name}" for name in CORE}
    rows = {table.name: _with_record(raw[table.name], table, source=source) for table in source.raw_tables}
    try:
        before = former.read(list(raw))
        stored = former.read(list(names.values()), made_from=former.digests(list(raw)))
        then = {table.name: _with_record(before[table.name], table, source=source) for table in source.raw_tables}
        former_core = {name: stored[names[name]] for name in CORE}
        core, taken = _carry_on(source, rows, then, core=former_core, as_of=as_of, pieces=pieces)
    except NotReusableError as error:
        whole = {name: frame.collect() for name, frame in rows.items()}
        core, taken = standardise_rows(source, whole, as_of, pieces=pieces), TakenOver(in_full=_give_up(former, error))
    return source.mark_fillers(core), taken


def _give_up(former: FormerTables, error: NotReusableError) -> str:
    if isinstance(error, ProofFailedError):
        former.distrust()
    return str(error)


def _carry_on(
    source: Source, rows: LazyFrames, before: LazyFrames, *, core: LazyFrames, as_of: date, pieces: Pieces
) -> tuple[LazyFrames, TakenOver]:
    """Core tables, fillers not marked, of which only records that changed were done again; how many were not."""
    changed = _find_changed(source, rows, before=before, core=core)
    proved = pl.col(RECORD).hash(0) % PROVED_IN == as_of.toordinal() % PROVED_IN
    proofs = pl.concat(frame.filter(proved).select(RECORD) for frame in rows.values()).collect().unique()
    again = pl.concat([changed, proofs]).unique()
    todo = {name: _of(frame, again, RECORD).collect() for name, frame in rows.items()}
    fresh, whole, taken = standardise_rows(source, todo, as_of, pieces=pieces), {}, 0
    for name, table in CORE.items():
        kept = _of(core[name], again, how="anti")
        proof = _of(core[name], proofs.join(changed, on=RECORD, how="anti"))
        if PLACES[0] in table.schema:
            taken += int(kept.select(pl.len()).collect().item())
            kept, proof = (_placed(part, table, source=source, rows=rows) for part in (kept, proof))
        if not _of(fresh[name], changed, how="anti").collect().equals(proof.collect()):
            raise ProofFailedError(f"standardising records of {source.name} again gives other {name} than were kept")
        whole[name] = kept.merge_sorted(fresh[name], "record_id")  # each record is whole on one side
    return whole, TakenOver(taken)


def _of(
    frame: pl.LazyFrame, records: pl.DataFrame, on: str = "record_id", *, how: Literal["semi", "anti"] = "semi"
) -> pl.LazyFrame:
    """The rows of some records, or of all others, in their order."""
    return frame.join(records.lazy(), left_on=on, right_on=RECORD, how=how, maintain_order="left")


def _with_record(raw: pl.LazyFrame, table: Table, *, source: Source) -> pl.LazyFrame:
    """Raw rows with the id of the record that they belong to."""
    key = pl.concat_str(table.key, separator="#") if source.name in KEYLESS else _own(table).str.strip_chars()
    return raw.with_columns((pl.lit(f"{source.name}:") + key).alias(RECORD))


def _own(table: Table) -> pl.Expr:
    """The field of a raw table that holds the key of the record: the first of its key, or of its own fields."""
    return pl.col(table.key[0] if table.key else table.columns[len(PLACES)].name)


def _find_changed(source: Source, rows: LazyFrames, *, before: LazyFrames, core: LazyFrames) -> pl.DataFrame:
    """The records that must be done again."""
    fillers = [core[name].filter("is_birth_placeholder") for name in ("orders", "arrests")]
    found = [frame.select(pl.col("record_id").alias(RECORD)).collect() for frame in fillers]
    for table in source.raw_tables:
        said = [name for name in table.schema.names() if name not in PLACES or source.name in KEYLESS]
        found += _find_other(rows[table.name], before[table.name], said, source=source)
    if source.amends is not None:
        amended = known(pl.col(source.amends)).alias("amended")
        amending = pl.concat(rows.values()).select(RECORD, amended).drop_nulls("amended").collect()
        found += [
            amending.select(RECORD),
            amending.select((pl.lit(f"{source.name}:") + pl.col("amended")).alias(RECORD)),
        ]
    return pl.concat(found).unique()


def _find_other(rows: pl.LazyFrame, before: pl.LazyFrame, said: Sequence[str], *, source: Source) -> list[pl.DataFrame]:
    """The records of which a row of a table came, went or says something else, found a column at a time."""
    now, then = (_numbered(frame, source) for frame in (rows, before))
    places = now.join(then.with_row_index(AT), on=[RECORD, NTH], how="left", maintain_order="left").get_column(AT)
    is_same = places.is_not_null()
    for name in said:
        one, other = (frame.select(name).collect().to_series() for frame in (rows, before))
        is_same &= one.eq_missing(other.gather(places))
    return [now.filter(~is_same).select(RECORD), then.join(now, on=[RECORD, NTH], how="anti").select(RECORD)]


def _numbered(rows: pl.LazyFrame, source: Source) -> pl.DataFrame:
    """The record of each row, and which of its rows it is."""
    records = rows.select(RECORD).collect()
    if records.get_column(RECORD).has_nulls():
        raise NotReusableError(f"a row of {source.name} has no key")
    is_one_each = records.get_column(RECORD).n_unique() == records.height  # in most tables; to count takes long
    return records.with_columns((pl.lit(0) if is_one_each else pl.int_range(pl.len()).over(RECORD)).alias(NTH))


def _placed(core: pl.LazyFrame, table: Table, *, source: Source, rows: LazyFrames) -> pl.LazyFrame:
    """Core rows with the places at which their raw rows stand tonight; without keys they stand where they stood."""
    if source.name in KEYLESS:
        return core
    is_arrest = table is CORE["arrests"]
    places = [
        frame.select(pl.col(RECORD).alias("record_id"), *PLACES)
        for name, frame in rows.items()
        if name.endswith(RECORD_TABLES) and name.endswith("__arrests") == is_arrest
    ]
    if not places:
        return core
    # Joined alone: laid beside the other columns they cost half of what joining those takes.
    here = (
        core.select("record_id")
        .collect()
        .join(pl.concat(places).collect(), on="record_id", how="left", maintain_order="left")
    )
    return pl.concat([core.drop(PLACES), here.select(PLACES).lazy()], how="horizontal").select(table.schema.names())
