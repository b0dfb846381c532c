"""What a night takes over from the one before it: the reading of files, and records, that have not changed.

Belongs here: finding what changed, taking over the rest, proving it on a sample. Does not: which tables may be
relied on (`warehouse.stamps`), what standardising means (`assets.sources`). No Dagster here.

What is kept is nothing but the former night's own tables. A record is done again if a row of it came, went or says
something else; if it amends another or is amended; or if its date of birth counts as a filler: that follows from all
records of an office, and is marked again each night. Of what is taken over, one file or record in a hundred is done
again as a proof, others each night.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from itertools import zip_longest
from zlib import crc32

import polars as pl

from assets.deliveries import Intake
from assets.delivery_files import file_digests
from assets.parsing.words import known
from assets.sources.contract import RECORD_TABLES, Delivery, Fault, Reading, Source
from warehouse.schema import Table
from warehouse.sources import SOURCES
from warehouse.stamps import FormerTables, NotReusableError
from warehouse.tables.core import CORE_TABLES
from warehouse.tables.raw import PLACE

PROVED_IN = 100
"""Each file and record that is taken over is done again as a proof once in so many nights."""

PLACES = [column.name for column in PLACE]
COUNTS = ("rows_read", "rows_duplicate", "rows_declared", "rows_both")
READING_KEY = ("delivery_id", "file_name", "sha256", "companion")
READINGS = {**dict.fromkeys((*READING_KEY, "faults"), pl.String), **dict.fromkeys(COUNTS, pl.Int64)}
CORE = {table.name.removeprefix("core__"): table for table in CORE_TABLES}
# Sources whose rows have no keys: a row is known by where it stands.
KEYLESS = frozenset(facts.name for facts in SOURCES if not facts.has_row_keys)

# Beside the columns of raw tables: the record that a row belongs to, and which of its rows it is.
RECORD, NTH = "of_record", "nth_of_record"

Frames = dict[str, pl.DataFrame]


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
    source: Source, raw: Mapping[str, pl.LazyFrame], *, former: FormerTables, as_of: date
) -> tuple[Frames, TakenOver]:
    """The core tables of a source by short name, as `Source.standardise`, and how many records were taken over."""
    names = {name: f"core_{source.name}__{name}" for name in CORE}
    try:
        raw_before = former.read(list(raw))
        stored = former.read(list(names.values()), made_from=former.digests(list(raw)))
        former_core = {name: stored[names[name]].collect() for name in CORE}
        core, rows = _carry_on(source, raw, raw_before=raw_before, core=former_core, as_of=as_of)
    except NotReusableError as error:
        return source.standardise(raw, as_of), TakenOver(in_full=_give_up(former, error))
    return source.mark_fillers(core), TakenOver(rows)


def _give_up(former: FormerTables, error: NotReusableError) -> str:
    if isinstance(error, ProofFailedError):
        former.distrust()
    return str(error)


def _carry_on(
    source: Source,
    raw: Mapping[str, pl.LazyFrame],
    *,
    raw_before: Mapping[str, pl.LazyFrame],
    core: Frames,
    as_of: date,
) -> tuple[Frames, int]:
    """Core tables, fillers not marked, of which only records that changed were done again; how many were not."""
    rows, before = (
        {table.name: _with_record(frames[table.name], table, source=source) for table in source.raw_tables}
        for frames in (raw, raw_before)
    )
    if any(frame.get_column(RECORD).has_nulls() for frame in rows.values()):
        raise NotReusableError(f"a row of {source.name} has no key")
    changed = _find_changed(source, rows, before=before, core=core)
    proved = pl.col(RECORD).hash(0) % PROVED_IN == as_of.toordinal() % PROVED_IN
    again = pl.concat([changed, *(frame.filter(proved).select(RECORD) for frame in rows.values())]).unique()
    todo = {
        name: frame.join(again, on=RECORD, how="semi", maintain_order="left").drop(RECORD, NTH).lazy()
        for name, frame in rows.items()
    }
    done, whole, taken = source.records(todo, as_of), {}, 0
    for name, table in CORE.items():
        fresh = table.conform(done[name])
        kept = _placed(name, _without(core[name], changed), rows=rows)
        proof = kept.join(again, left_on="record_id", right_on=RECORD, how="semi")
        if not _without(fresh, changed).sort(table.key).equals(proof.sort(table.key)):
            raise ProofFailedError(f"standardising records of {source.name} again gives other {name} than were kept")
        kept = _without(kept, again)
        taken += kept.height if PLACES[0] in kept.columns else 0
        whole[name] = pl.concat([kept, fresh]).sort(table.key, nulls_last=True)
    return whole, taken


def _without(core: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    return core.join(records, left_on="record_id", right_on=RECORD, how="anti", maintain_order="left")


def _with_record(raw: pl.LazyFrame, table: Table, *, source: Source) -> pl.DataFrame:
    """Raw rows with the id of the record that they belong to, and which of its rows each is."""
    key = pl.concat_str(table.key, separator="#") if source.name in KEYLESS else _own(table).str.strip_chars()
    named = raw.with_columns((pl.lit(f"{source.name}:") + key).alias(RECORD))
    return named.with_columns(pl.int_range(pl.len()).over(RECORD).alias(NTH)).collect()


def _own(table: Table) -> pl.Expr:
    """The field of a raw table that holds the key of the record: the first of its key, or of its own fields."""
    return pl.col(table.key[0] if table.key else table.columns[len(PLACES)].name)


def _find_changed(source: Source, rows: Frames, *, before: Frames, core: Frames) -> pl.DataFrame:
    """The records that must be done again."""
    fillers = [core[name].filter("is_birth_placeholder") for name in ("orders", "arrests")]
    found = [frame.select(pl.col("record_id").alias(RECORD)) for frame in fillers]
    place = PLACES[0]
    for table in source.raw_tables:
        said = [name for name in table.schema.names() if name not in PLACES or source.name in KEYLESS]
        both = rows[table.name].join(before[table.name], on=[RECORD, NTH], how="full", coalesce=True, suffix="_then")
        is_same = pl.all_horizontal(
            pl.col(place, f"{place}_then").is_not_null(),
            *(pl.col(name).eq_missing(pl.col(f"{name}_then")) for name in said),
        )
        found.append(both.filter(~is_same).select(RECORD))
    if source.amends is not None:
        amending = pl.concat(rows.values()).select(RECORD, amended=known(pl.col(source.amends))).drop_nulls("amended")
        found += [
            amending.select(RECORD),
            amending.select((pl.lit(f"{source.name}:") + pl.col("amended")).alias(RECORD)),
        ]
    return pl.concat(found).unique()


def _placed(name: str, core: pl.DataFrame, *, rows: Frames) -> pl.DataFrame:
    """Core rows with the places at which their raw rows stand tonight."""
    if PLACES[0] not in core.columns:
        return core
    is_arrest = name == "arrests"
    tables = [
        rows[table] for table in rows if table.endswith(RECORD_TABLES) and table.endswith("__arrests") == is_arrest
    ]
    if not tables:
        return core
    places = pl.concat(frame.select(pl.col(RECORD).alias("record_id"), *PLACES) for frame in tables)
    return core.drop(PLACES).join(places, on="record_id", maintain_order="left").select(core.columns)
