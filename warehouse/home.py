"""The one folder of all state (`CONCORD_HOME`): where each kind of thing lies below it.

Belongs here: names of folders. Does not: what is written into them (`warehouse.store`, `warehouse.releases.release`).
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from warehouse.disk import close_to_others, keep_private, make_folder

DEFAULT_HOME: Final = Path(".concord")
PATTERN: Final = "*?["
"""What polars and DuckDB read in a path as a pattern of file names."""


@dataclass(frozen=True)
class Home:
    """The folder of all state.

    Attributes:
        path: the folder; made by `create`.

    Raises:
        OSError: the path holds `*`, `?` or `[`.
    """

    path: Path

    def __post_init__(self) -> None:
        """Refuse a path under which no table could be read."""
        if found := sorted(set(PATTERN) & set(str(self.path.absolute()))):
            said = (
                f"the home can't lie at {self.path}: tables could not be read where a path holds {' or '.join(found)}"
            )
            raise OSError(f"{said}. Give --home or CONCORD_HOME another folder")

    @classmethod
    def find(cls, path: "Home | Path | str | None" = None) -> Self:
        """The home at a path; without one, where `CONCORD_HOME` says, or `.concord` in the folder one works in."""
        if isinstance(path, Home):
            path = path.path
        return cls(Path(path or os.environ.get("CONCORD_HOME") or DEFAULT_HOME))

    @property
    def releases(self) -> Path:
        """Published releases, a folder each; never changed once there."""
        return self.path / "releases"

    @property
    def current(self) -> Path:
        """The file that names the release in force."""
        return self.releases / "CURRENT"

    @property
    def quarantine(self) -> Path:
        """Deliveries and rows set aside."""
        return self.path / "quarantine"

    @property
    def archive(self) -> Path:
        """Accepted deliveries, as sent."""
        return self.path / "archive"

    @property
    def tables(self) -> Path:
        """Parquet between stages, a folder a night."""
        return self.path / "tables"

    @property
    def runs(self) -> Path:
        """Records of the runs, a file each."""
        return self.path / "runs"

    @property
    def alerts(self) -> Path:
        """The alerts as of the last look at the installation."""
        return self.path / "alerts.json"

    @property
    def unmirrored(self) -> Path:
        """Why the release in force is not in the object store; there is no such file if it is, or none is set."""
        return self.path / "unmirrored"

    @property
    def metrics(self) -> Path:
        """Figures on the last run, for monitoring."""
        return self.path / "metrics.prom"

    @property
    def ledger(self) -> Path:
        """The ledger of decisions, where it is a file of its own and not in service."""
        return self.path / "ledger" / "decisions.sqlite"

    def ledger_url(self, setting: str | None) -> str:
        """Where the ledger lies: `CONCORD_LEDGER`, or as set, or a file of its own."""
        return os.environ.get("CONCORD_LEDGER") or setting or f"sqlite:///{self.ledger}"

    @property
    def models(self) -> Path:
        """Trained models, a folder a set; never changed once there."""
        return self.path / "models"

    @property
    def models_current(self) -> Path:
        """The file that names the models in force."""
        return self.models / "CURRENT"

    @property
    def packs(self) -> Path:
        """Correction packs that were handed out at the desk: personal data, kept until they are removed by hand."""
        return self.path / "packs"

    @property
    def desk(self) -> Path:
        """What the stewards' desk keeps outside the ledger's database: the end of its audit log, and what waits."""
        return self.path / "desk"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage."""
        return self.path / "dagster"

    def create(self) -> "Home":
        """Make the folders that are not yet there; from now on the process makes private files only."""
        keep_private()
        for folder in (self.releases, self.quarantine, self.archive, self.tables, self.runs, self.dagster):
            make_folder(folder)
        return self

    def close_to_others(self) -> None:
        """Make private what programs without `keep_private` left, such as Dagster's own or a restored backup.

        Deliveries may land below the home: what their sender may do with them is for the sender to say.
        """
        self.path.chmod(0o700)
        kept = (self.releases, self.quarantine, self.archive, self.tables, self.runs, self.ledger.parent)
        for folder in (*kept, self.models, self.desk, self.packs, self.dagster):
            close_to_others(folder)
