"""What the tables of a night were made by and from: by it a later night knows which of them it may take over.

Belongs here: keeping and proving stamps. Does not: what is taken over (`assets.reuse`).
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Self

import polars as pl

from warehouse.disk import file_digest, put_text
from warehouse.home import Home
from warehouse.store import TableStore

STAMPS = "stamps.json"
# By which names the record of a run keeps what a step took over.
TAKEN_OVER, IN_FULL = "taken_over", "in_full"


class NotReusableError(Exception):
    """Tables of an earlier night can't be taken over; the message says why."""


@dataclass(frozen=True)
class Stamp:
    """What a table was made from and with.

    Attributes:
        basis: digest of code, libraries and settings that made it.
        digest: SHA-256 of its file.
        made_from: digest of the tables that it was made from, where that counts.
    """

    basis: str
    digest: str
    made_from: str = ""


def read_stamps(store: TableStore) -> dict[str, Stamp]:
    """The stamps of a night's tables by name; none where they can't be read."""
    try:
        said = json.loads((store.folder / STAMPS).read_text(encoding="utf-8"))
        return {name: Stamp(**stamp) for name, stamp in said.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def change_stamps(store: TableStore, changed: Mapping[str, Stamp | None]) -> None:
    """Keep stamps of tables; None takes one away, which must be done before its table is written again."""
    _keep(store, {**read_stamps(store), **changed})


def _keep(store: TableStore, stamps: Mapping[str, Stamp | None]) -> None:
    kept = {name: asdict(stamp) for name, stamp in stamps.items() if stamp is not None}
    store.folder.mkdir(parents=True, exist_ok=True)
    put_text(store.folder / STAMPS, json.dumps(kept, indent=1))


def stamp_tables(store: TableStore, basis: str, made_from: Mapping[str, Collection[str]]) -> None:
    """Stamp tables that were written, by name, with those that each was made from, as far as that counts."""
    written = {name: Stamp(basis, file_digest(store.path(name))) for name in made_from}
    stamps = read_stamps(store) | written
    origins = {name: digests_of(stamps, origin) for name, origin in made_from.items()}
    _keep(store, stamps | {name: replace(stamp, made_from=origins[name]) for name, stamp in written.items()})


@dataclass(frozen=True)
class FormerTables:
    """The tables of the last earlier night that are kept, as far as tonight may take them over.

    Attributes:
        night: its date.
        because: why nothing of them is; empty if it is not known beforehand.
        basis: digest of code, libraries and settings of tonight.
    """

    store: TableStore
    night: str
    basis: str
    because: str = ""
    stamps: Mapping[str, Stamp] = field(default_factory=dict)

    @classmethod
    def before(cls, home: Home, as_of: date, *, basis: str, because: str = "") -> Self:
        """The stamps of the last night before a date whose tables are kept."""
        nights = [path.name for path in home.tables.glob("????-??-??") if path.name < as_of.isoformat()]
        night = max(nights, default="")
        store = TableStore(home.tables / night)
        if not night:
            because = because or "no tables of an earlier night are kept"
        return cls(store, night, basis, because, {} if because else read_stamps(store))

    def read(self, names: Collection[str], *, made_from: str | None = None) -> dict[str, pl.LazyFrame]:
        """Tables by name.

        Args:
            names: of the tables.
            made_from: what all must have been made from; defaults to anything.

        Raises:
            NotReusableError: one is missing, damaged, or made by another code or from something else.
        """
        if self.because:
            raise NotReusableError(self.because)
        for name in names:
            self._prove(name, made_from)
        return {name: self.store.scan(name) for name in names}

    def digests(self, names: Collection[str]) -> str:
        """The digests of tables, as those that are made from them are stamped with."""
        return digests_of(self.stamps, names)

    def distrust(self) -> None:
        """Take nothing more over from this night, on this or any later night."""
        (self.store.folder / STAMPS).unlink(missing_ok=True)

    def _prove(self, name: str, made_from: str | None) -> None:
        stamp = self.stamps.get(name)
        if stamp is None:
            raise NotReusableError(f"table {name} of {self.night} has no stamp that can be read")
        if stamp.basis != self.basis:
            raise NotReusableError(f"the tables of {self.night} were made by other code, libraries, limits or year")
        if made_from is not None and stamp.made_from != made_from:
            raise NotReusableError(f"table {name} of {self.night} was not made from the tables that are with it")
        path = self.store.path(name)
        if not path.exists() or file_digest(path) != stamp.digest:
            raise NotReusableError(f"table {name} of {self.night} is not as it was written")


def digests_of(stamps: Mapping[str, Stamp], names: Collection[str]) -> str:
    """The digests of tables as one text, by which what is made from them is stamped."""
    return " ".join(stamps[name].digest if name in stamps else "none" for name in sorted(names))
