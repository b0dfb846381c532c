"""The model of golden values that an installation has in force: beside the matching models of its set.

Belongs here: where the file lies. Does not: training it (`learning`), putting a set in force (`warehouse.models`).

A set without the file was trained for the matching alone: the model that comes with Concord goes with it.
"""

import shutil
from pathlib import Path
from typing import Final

from reconciliation.confidence.model import ConfidenceModel, load_model, shipped_model
from warehouse.home import Home
from warehouse.models import list_models

FILE: Final = "confidence_value.json"


def load_value_model(folder: Path | None) -> ConfidenceModel:
    """The model in a folder of models; the one that comes with Concord where there is no folder, or none in it.

    Raises:
        ValueError: the file is not a model of confidence.
    """
    return load_model(folder / FILE) if folder and (folder / FILE).exists() else shipped_model("value")


def value_model_version(folder: Path) -> str | None:
    """The version of a model that was trained again; None: the one that comes with Concord is part of its code."""
    return load_model(folder / FILE).version if (folder / FILE).exists() else None


def keep_value_model(former: Path, folder: Path) -> None:
    """Take the file over from one folder of models into another, if there is one."""
    if (former / FILE).exists():
        shutil.copyfile(former / FILE, folder / FILE)


def find_value_model(home: Home, version: str) -> ConfidenceModel:
    """The model behind a release, by the version of models in its manifest."""
    sets = [kept.path for kept in list_models(home)]
    own = (path for path in sets if (name := value_model_version(path)) and version.endswith(name))
    return load_value_model(next(own, None))
