"""The trained models of an installation: kept as files, one set of them in force.

Belongs here: the folder of models, what is in force, what was before. Does not: folders of a day in general
(`warehouse.dated_folders`), what the files hold (`matching.trained`), whether a set is good enough (`cli.models`).

A set is a folder with a file for each model, never changed once there. It is a candidate until it is put in force; the
sets in force before it stay, and can be put in force again.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from warehouse.dated_folders import MANIFEST, DatedFolders, changed_files
from warehouse.disk import file_digest, keep_private, make_folder, put_text
from warehouse.history import add_to_history, read_history
from warehouse.home import Home

SHIPPED = "shipped"
"""The name of what comes with Concord."""
HISTORY = "history.jsonl"


@dataclass(frozen=True)
class ModelSet:
    """Models that were trained together.

    Attributes:
        path: its folder; the name of the folder is the id of the set.
        manifest: what `manifest.json` says.
    """

    path: Path
    manifest: Mapping[str, Any]

    @property
    def set_id(self) -> str:
        """`m2023-11-30`, or `m2023-11-30.2` for the second set trained on that night."""
        return self.path.name

    @property
    def as_of(self) -> date:
        """The night whose records the models were trained on."""
        return date.fromisoformat(self.manifest["as_of"])

    def verified(self) -> Path:
        """The folder of the models' files, if they are as they were saved.

        Raises:
            LookupError: a file is missing or was changed.
        """
        changed = changed_files(self.path, self.manifest["digests"])
        if changed:
            raise LookupError(f"models {self.set_id} are not as they were saved: {', '.join(changed)}")
        return self.path


@dataclass(frozen=True)
class Promotion:
    """A set put in force.

    Attributes:
        former: the set in force before; None for none.
        reason: why, where it was forced or given; may be empty.
        is_forced: whether it was put in force against what its comparison said.
        by: who did it; empty where it was not yet recorded.
    """

    set_id: str
    former: str | None
    reason: str
    is_forced: bool
    by: str = ""


def save_models(home: Home, write: Callable[[Path], None], *, as_of: date) -> ModelSet:
    """Keep models that were trained together as a candidate; the same models of a night are kept once."""
    keep_private()
    make_folder(home.models)
    folders = _folders(home)
    with folders.building() as building:
        write(building)
        digests = {file.name: file_digest(file) for file in sorted(building.iterdir())}
        for name in folders.names(as_of):
            if (kept := read_models(home, name)).manifest["digests"] == digests:
                return kept
        set_id = folders.next_name(as_of)
        manifest = {"set_id": set_id, "as_of": as_of.isoformat(), "digests": digests}
        return ModelSet(folders.put_in_place(building, set_id, manifest), manifest)


def list_models(home: Home) -> tuple[ModelSet, ...]:
    """All sets, the oldest night first, those of a night in order."""
    return tuple(read_models(home, name) for name in _folders(home).names())


def read_models(home: Home, set_id: str) -> ModelSet:
    """The set of that id.

    Raises:
        LookupError: there is none.
    """
    path = home.models / set_id
    if not _folders(home).is_name(set_id) or not (path / MANIFEST).exists():
        raise LookupError(f"there are no models {set_id}")
    return ModelSet(path, json.loads((path / MANIFEST).read_text(encoding="utf-8")))


def current_models(home: Home) -> ModelSet | None:
    """The set in force, or None if none was ever put in force.

    Raises:
        LookupError: `CURRENT` names no set.
    """
    if not home.models_current.exists():
        return None
    set_id = home.models_current.read_text(encoding="utf-8").strip()
    try:
        return read_models(home, set_id)
    except LookupError as error:
        raise LookupError(f"{home.models_current} names no models: promote a set") from error


def put_in_force(
    home: Home, models: ModelSet | None, *, reason: str = "", is_forced: bool = False, by: str = ""
) -> Promotion:
    """Put a set in force, or again what comes with Concord (None), and remember which was before.

    Raises:
        LookupError: a file of the set is gone or not as it was saved, or what was in force before can't be read.
    """
    if models is not None:
        models.verified()
    former = current_models(home)
    promotion = Promotion(
        models.set_id if models else SHIPPED, former.set_id if former else None, reason, is_forced, by
    )
    add_to_history(home.models / HISTORY, promotion)
    if models is None:
        home.models_current.unlink(missing_ok=True)
    else:
        put_text(home.models_current, f"{models.set_id}\n")
    return promotion


def list_promotions(home: Home) -> tuple[Promotion, ...]:
    """Every set that was put in force, the first one first.

    Raises:
        LookupError: the file that remembers them can't be read.
    """
    return read_history(home.models / HISTORY, Promotion)


def _folders(home: Home) -> DatedFolders:
    return DatedFolders(home.models, "m")
