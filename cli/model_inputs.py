"""What the commands about models work with: the records of a night, the models asked for, what stewards decided.

Belongs here: finding and reading. Does not: the commands (`cli.models`), what the pages say (`cli.model_report`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import dagster as dg
import polars as pl
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assets.decisions import link_decisions, read_decisions
from assets.link import gather
from cli.model_changes import find_changed_labels, judge_labels, label_pairs
from cli.options import Exit, fail
from cli.writing import writing
from ledger.decisions.binding import constraints
from ledger.decisions.in_force import in_force
from matching.bound import Decisions
from matching.compared_orders import Compared, compare_orders
from matching.trained import Models, load_models, shipped_models
from pipelines.settings import SettingsError, read_settings
from warehouse.home import Home
from warehouse.models import SHIPPED, current_models, list_models, read_models
from warehouse.releases.release import current_release
from warehouse.run_lock import RunUnderWayError
from warehouse.store import TableStore


class UnfitModelsError(Exception):
    """Models are not those of this version of Concord; the message says what to do."""


@dataclass(frozen=True)
class NightRecords:
    """The order records of a night, as all sources gave them."""

    home: Home
    as_of: date

    @cached_property
    def orders(self) -> pl.DataFrame:
        """The union over sources in the shape of `CORE_ORDERS`.

        Raises:
            FileNotFoundError: the tables of the night have been deleted.
        """
        return gather(self._store, "orders").collect()

    @cached_property
    def compared(self) -> Compared:
        """All candidate pairs, compared; a bar on a terminal shows how far."""
        aliases, conditions = gather(self._store, "aliases"), gather(self._store, "conditions")
        columns = TextColumn("comparing pairs"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        terminal = Console(stderr=True)
        with Progress(*columns, console=terminal, disable=not terminal.is_terminal, transient=True) as bar:
            task = bar.add_task("", total=None)
            return compare_orders(
                self.orders,
                aliases,
                conditions,
                progress=lambda done, whole: bar.update(task, completed=done, total=whole),
            )

    @cached_property
    def decided(self) -> pl.DataFrame:
        """The stewards' decisions in force on the night, `DECISIONS`; none where there is no ledger."""
        url = self.home.ledger_url(read_settings(self.home.path).ledger)
        return in_force(read_decisions(url, self.home, expected=False), as_of=self.as_of)

    @property
    def decisions(self) -> Decisions:
        """The decisions that bind the linking of these records."""
        return link_decisions(self.decided, self.orders)

    @property
    def labels(self) -> pl.DataFrame:
        """The pairs of these records that stewards decided: see `label_pairs`."""
        return label_pairs(constraints(self.decided, self.orders))

    @property
    def _store(self) -> TableStore:
        return TableStore(self.home.tables / self.as_of.isoformat())


@dataclass(frozen=True)
class NamedModels:
    """Models and the name they go by: the id of their set, or `shipped`."""

    name: str
    models: Models


def find_night(home: Home, night: datetime | None) -> NightRecords:
    """The records of a night, or of the release in force.

    Raises:
        LookupError: no night is named and there is no release.
    """
    if night is not None:
        return NightRecords(home, night.date())
    release = current_release(home)
    if release is None:
        raise LookupError(f"no release in {home.path}: run `concord nightly`, or name a night by --night")
    return NightRecords(home, release.as_of)


def find_models(home: Home, name: str | None) -> NamedModels:
    """The models of that name; those in force, or else those that come with Concord, if None.

    Raises:
        LookupError: there are none, or they are not as they were saved.
        UnfitModelsError: they belong to another version of Concord.
    """
    models = read_models(home, name) if name not in (None, SHIPPED) else current_models(home) if name is None else None
    try:
        if models is None:
            return NamedModels(SHIPPED, shipped_models())
        return NamedModels(models.set_id, load_models(models.verified()))
    except ValueError as error:
        raise UnfitModelsError(str(error)) from error


def newest_candidate(home: Home) -> str:
    """The newest set that is not in force.

    Raises:
        LookupError: there is none.
    """
    current = current_models(home)
    candidates = [models.set_id for models in list_models(home) if models != current]
    if not candidates:
        raise LookupError("there is no candidate: run `concord model train`")
    return candidates[-1]


def find_lost(records: NightRecords, old: Models, new: Models) -> pl.DataFrame:
    """The pairs that stewards decided and that new models alone get wrong: see `ModelChanges.labels`."""
    labels = records.labels
    if labels.is_empty():
        return labels
    judged = judge_labels(records.compared, old, new, labels)
    return find_changed_labels(judged).filter(pl.col("outcome") == "lost")


@contextmanager
def explain_model_errors() -> Iterator[None]:
    """Explain what goes wrong, and exit with the code that says whose fault it is."""
    try:
        yield
    except SettingsError as error:
        fail(str(error), Exit.USAGE)
    except UnfitModelsError as error:
        fail(f"refused: {error}", Exit.REFUSED)
    except (KeyError, IndexError):
        raise
    except (LookupError, OSError, RunUnderWayError) as error:
        fail(str(error), Exit.FAILED)
    except dg.Failure as error:
        fail(str(error.description), Exit.FAILED)


def write_file(out: Path, text: str) -> None:
    """Write a page where it was asked for."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with writing(out) as written:
        written.write_text(text, encoding="utf-8")
