"""The trained models that a night uses: their files, and those that come with Concord.

Belongs here: where models are kept. Does not: what they compare (`persons`, `order_model`), training them
(`compared_orders`).
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from matching.engine.parameters import Parameters, load_parameters
from matching.order_model import ORDER_MODEL
from matching.persons import person_model

FILES = {"person": "person.json", "order": "order.json"}


@dataclass(frozen=True)
class Models:
    """The models of persons, and of orders of one person."""

    person: Parameters
    order: Parameters

    @property
    def version(self) -> str:
        """A name for exactly these numbers."""
        return f"{self.person.version}-{self.order.version}"

    def save(self, folder: Path) -> None:
        """Write the model files into a folder, which is created if it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self.person.save(folder / FILES["person"])
        self.order.save(folder / FILES["order"])


def load_models(folder: Path) -> Models:
    """Read the model files of a folder.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file is not a model file, or one of other comparisons.
    """
    return Models(
        person=load_parameters(folder / FILES["person"], person_model().comparisons),
        order=load_parameters(folder / FILES["order"], ORDER_MODEL.comparisons),
    )


@cache
def shipped_models() -> Models:
    """The models that come with Concord, trained on synthetic nights of ordinary and of twice the noise."""
    with as_file(files("matching") / "models") as folder:
        return load_models(folder)
