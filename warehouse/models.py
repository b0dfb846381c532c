"""The trained models of an installation: kept as files, one set of them in force.

Belongs here: the folder of models, what is in force, what was before. Does not: what the files hold
(`matching.trained`), whether a set is good enough (`cli.models`).

A set is a folder with a file a model, never changed once there. It is a candidate until it is put in force; the
sets in force before it stay, and can be put in force again.
"""

import fcntl
import json
import re
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from warehouse.disk import file_digest, keep_private, make_folder, put_text, sync, sync_folder
from warehouse.home import Home

SET_NAME = re.compile(r"m(?P<as_of>\d{4}-\d{2}-\d{2})(?:\.(?P<revision>\d+))?")
SHIPPED = "shipped"
"""The name of what comes with Concord."""
MANIFEST, HISTORY = "manifest.json", "history.jsonl"
BUILDING, LOCK = ".building-", ".lock"


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
        changed = [
            name
            for name, digest in self.manifest["digests"].items()
            if not (self.path / name).exists() or file_digest(self.path / name) != digest
        ]
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
    """Keep models that were trained together as a candidate; the same models of a night are kept once.

    Args:
        home: the folder of all state.
        write: writes the models' files into a folder.
        as_of: the night whose records they were trained on.
    """
    keep_private()
    make_folder(home.models)
    with (home.models / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        building = home.models / f"{BUILDING}{uuid.uuid4().hex}"
        building.mkdir()
        try:
            write(building)
            return _keep(home, building, as_of)
        finally:
            shutil.rmtree(building, ignore_errors=True)


def list_models(home: Home) -> tuple[ModelSet, ...]:
    """All sets, the oldest night first, those of a night in order."""
    if not home.models.exists():
        return ()
    names = [path.name for path in home.models.iterdir() if SET_NAME.fullmatch(path.name)]
    return tuple(read_models(home, name) for name in sorted(names, key=_order_of))


def read_models(home: Home, set_id: str) -> ModelSet:
    """The set of that id.

    Raises:
        LookupError: there is none.
    """
    path = home.models / set_id
    if not SET_NAME.fullmatch(set_id) or not (path / MANIFEST).exists():
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
        LookupError: a file of the set is gone or not as it was saved.
    """
    if models is not None:
        models.verified()
    former = current_models(home)
    promotion = Promotion(
        models.set_id if models else SHIPPED, former.set_id if former else None, reason, is_forced, by
    )
    lines = [*list_promotions(home), promotion]
    put_text(home.models / HISTORY, "".join(json.dumps(vars(line), ensure_ascii=False) + "\n" for line in lines))
    if models is None:
        home.models_current.unlink(missing_ok=True)
    else:
        put_text(home.models_current, f"{models.set_id}\n")
    return promotion


def list_promotions(home: Home) -> tuple[Promotion, ...]:
    """Every set that was put in force, the first one first."""
    path = home.models / HISTORY
    if not path.exists():
        return ()
    return tuple(Promotion(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


def _keep(home: Home, building: Path, as_of: date) -> ModelSet:
    digests = {file.name: file_digest(file) for file in sorted(building.iterdir())}
    of_night = [models for models in list_models(home) if models.manifest["as_of"] == as_of.isoformat()]
    for models in of_night:
        if models.manifest["digests"] == digests:
            return models
    set_id = f"m{as_of.isoformat()}" + (f".{_order_of(of_night[-1].set_id)[1] + 1}" if of_night else "")
    manifest = {"set_id": set_id, "as_of": as_of.isoformat(), "digests": digests}
    (building / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    sync_folder(building)
    building.replace(home.models / set_id)
    sync(home.models)
    return read_models(home, set_id)


def _order_of(set_id: str) -> tuple[str, int]:
    match = SET_NAME.fullmatch(set_id)
    if match is None:
        raise LookupError(f"{set_id} is not the id of a set of models")
    return match["as_of"], int(match["revision"] or 1)
