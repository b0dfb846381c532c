"""Rows taken out of a published release for good, so that it can still be proved.

Belongs here: rewriting one release. Does not: which rows, or why (`pipelines.erasure`).
"""

import shutil
from collections.abc import Collection

import polars as pl

from warehouse.disk import file_digest
from warehouse.home import Home
from warehouse.releases.build import hash_of, write_frame
from warehouse.releases.duckdb_file import checked_codes, write_register
from warehouse.releases.marks import marked
from warehouse.releases.release import DATABASE, Release, release_folders
from warehouse.schema import Table
from warehouse.tables.release import DATABASE_TABLES


def without(frame: pl.DataFrame, ids: Collection[str]) -> pl.DataFrame:
    """The rows that name none of the ids, in whatever column."""
    kinds = frame.schema.items()
    named = [pl.col(name).is_in(ids) for name, kind in kinds if kind == pl.String]
    named += [pl.col(name).list.set_intersection(list(ids)).list.len() > 0 for name, kind in kinds if kind == pl.List]
    return frame.filter(~pl.any_horizontal(one.fill_null(value=False) for one in named)) if named else frame


def can_be_rewritten(release: Release) -> bool:
    """Whether the tables of a release have all values that they must have today, and no code that is none today."""
    declared = ((one, release.parquet(one.name)) for one in DATABASE_TABLES)
    return all(_fits(one, pl.scan_parquet(path)) for one, path in declared if path.exists())


def _fits(table: Table, rows: pl.LazyFrame) -> bool:
    held = rows.collect_schema().names()
    required = [column.name for column in table.columns if column.required]
    if not set(required) <= set(held):
        return False
    coded = {column.name: codes for column in table.columns if column.name in held and (codes := checked_codes(column))}
    amiss = [pl.col(name).is_null().any().alias(f"no {name}") for name in required]
    amiss += [(~pl.col(name).is_in(codes)).any().alias(f"code of {name}") for name, codes in coded.items()]
    return not amiss or not any(rows.select(amiss).collect().row(0))


def erase_from_release(home: Home, release: Release, ids: Collection[str], *, certificate: str) -> int:
    """Take all rows out that name an id; how many. The manifest says that rows are gone, and is true of what is left.

    A release without such rows is left as it is. One that an earlier version made, and whose database can't be written
    any more, goes as a whole.
    """
    tables = {path.stem: pl.read_parquet(path) for path in sorted(release.path.glob("*.parquet"))}
    changed = {name: left for name, frame in tables.items() if (left := without(frame, ids)).height < frame.height}
    if not changed:
        return 0
    folders = release_folders(home)
    if not can_be_rewritten(release):
        folders.remove(release.release_id)
        return sum(frame.height for frame in tables.values())
    # The database is written by the tables of today: what an older release lacks is empty.
    absent = {one.name: one.empty() for one in DATABASE_TABLES if one.name not in tables}
    held = tables | absent
    older = (one for one in DATABASE_TABLES if one.name in absent or set(one.schema) - set(held[one.name].columns))
    changed |= {one.name: one.completed(changed.get(one.name, held[one.name])) for one in older}
    with folders.building() as building:
        shutil.copytree(release.path, building, dirs_exist_ok=True)
        for name, left in changed.items():
            write_frame(left, building / f"{name}.parquet")
        digests = release.manifest["digests"] | {name: file_digest(building / f"{name}.parquet") for name in changed}
        (building / DATABASE).unlink()
        write_register(building, building / DATABASE, tables=DATABASE_TABLES)
        erased = {"certificate": certificate, "content_hash": release.content_hash}
        manifest = dict(release.manifest) | {
            "rows": release.manifest["rows"] | {name: left.height for name, left in changed.items()},
            "digests": digests,
            "content_hash": hash_of(digests),
            "database_digest": file_digest(building / DATABASE),
            "erasures": [*release.manifest.get("erasures", ()), erased],
        }
        folders.put_in_place(building, release.release_id, marked(home, manifest))
    return sum(held[name].height - left.height for name, left in changed.items())
