"""The trained models of the night: taken once, so that all steps use the same whatever is put in force meanwhile."""

import shutil
from pathlib import Path

import dagster as dg

from assets.frame import NIGHTS, NightResource, as_of_date
from matching.trained import Models, load_models, shipped_models
from reconciliation.confidence.trained import keep_value_model, value_model_version
from warehouse.home import Home
from warehouse.models import current_models
from warehouse.store import TableStore

MODELS = "models"


def models_in_force(home: Home) -> Models:
    """The trained models in force; those that come with Concord where none was put in force.

    Raises:
        Failure: they are not as they were saved, or belong to another version of Concord.
    """
    try:
        in_force = current_models(home)
        return load_models(in_force.verified()) if in_force else shipped_models()
    except (LookupError, ValueError) as error:
        raise dg.Failure(f"the models in force can't be used: {error}") from error


def save_beside(home: Home, models: Models, folder: Path) -> None:
    """Write matching models into a folder, and the model of confidence in force beside them."""
    models.save(folder)
    current = current_models(home)
    if current is not None:
        keep_value_model(current.path, folder)


def models_of_night(store: TableStore) -> Models:
    """The models that the night took.

    Raises:
        FileNotFoundError: it has taken none yet.
    """
    return load_models(store.folder / MODELS)


@dg.asset(
    name=MODELS,
    group_name="link",
    partitions_def=NIGHTS,
    kinds={"json"},
    description="The trained models that all steps of the night use.",
)
def taken_models(context: dg.AssetExecutionContext, night: NightResource) -> dg.MaterializeResult[None]:
    """Take the models in force for the night."""
    models, folder = models_in_force(night.state), night.store(as_of_date(context)).folder / MODELS
    shutil.rmtree(folder, ignore_errors=True)
    save_beside(night.state, models, folder)
    return dg.MaterializeResult(metadata={"version": version_of_night(night.store(as_of_date(context)))})


def version_of_night(store: TableStore) -> str:
    """A name for exactly the models that the night took, that of confidence among them if it was trained again."""
    parts = [models_of_night(store).version, value_model_version(store.folder / MODELS)]
    return "-".join(part for part in parts if part)


MODEL_ASSETS = [taken_models]
