"""The release before tonight's: what a night carries on from. No Dagster here."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from warehouse.dated_folders import changed_files, day_in
from warehouse.home import Home
from warehouse.releases.release import DamagedReleaseError, Release, named_release, release_before, release_folders
from warehouse.schema import Table


@dataclass(frozen=True)
class Former:
    """The release of the last earlier date; before the first night there is none, and its tables are empty."""

    release: Release | None

    @classmethod
    def of(cls, home: Home, as_of: date) -> "Former":
        """The release that a night carries on from.

        Raises:
            DamagedReleaseError: it has no manifest that can be read; or the release in force, which it would be, is
                gone: a night that carried on from one before it would give ids again and report changes twice.
        """
        named = named_release(home)
        folders = release_folders(home)
        if named and folders.is_name(named) and day_in(named) < as_of and named not in folders.names():
            raise DamagedReleaseError(
                f"release {named}, which is in force, is gone: restore it, or put another in force with "
                "`concord release rollback RELEASE`"
            )
        return cls(release_before(home, as_of))

    @property
    def as_of(self) -> date | None:
        """Its date."""
        return self.release.as_of if self.release else None

    def table(self, table: Table) -> pl.DataFrame:
        """A table of that release in tonight's shape; columns, or tables, that it did not have yet are empty.

        Raises:
            DamagedReleaseError: the table is missing or not as it was published.
        """
        return self.scan(table).collect()

    def scan(self, table: Table) -> pl.LazyFrame:
        """As `table`, of which only what is used is read.

        Raises:
            DamagedReleaseError: the table is missing or not as it was published.
        """
        digest = self.release.manifest["digests"].get(table.name) if self.release else None
        if self.release is None or digest is None:
            return table.empty().lazy()
        file = self.release.parquet(table.name)
        if changed_files(self.release.path, {file.name: digest}):
            raise DamagedReleaseError(
                f"release {self.release.release_id}, from which the night carries on, is not as it was published: "
                f"{file.name}; restore it, or go back to another one with `concord release rollback`"
            )
        return table.completed(pl.scan_parquet(file))
