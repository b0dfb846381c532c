"""The release before tonight's: what a night carries on from. No Dagster here."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from warehouse.home import Home
from warehouse.releases import Release, release_before
from warehouse.schema import Table


@dataclass(frozen=True)
class Former:
    """The release of the last earlier date; before the first night there is none, and its tables are empty."""

    release: Release | None

    @classmethod
    def of(cls, home: Home, as_of: date) -> "Former":
        """The release that a night carries on from."""
        return cls(release_before(home, as_of))

    @property
    def as_of(self) -> date | None:
        """Its date."""
        return self.release.as_of if self.release else None

    def table(self, table: Table) -> pl.DataFrame:
        """A table of that release in tonight's shape; columns that it did not have yet are empty."""
        if self.release is None or not self.release.parquet(table.name).exists():
            return table.empty()
        return table.completed(pl.read_parquet(self.release.parquet(table.name)))
