"""The model of golden values in force: of the installation's sets, or the one that comes with Concord."""

from pathlib import Path

import pytest

from reconciliation.confidence.model import ConfidenceModel, shipped_model
from reconciliation.confidence.trained import FILE, find_value_model, load_value_model
from warehouse.home import Home

STRAY = ConfidenceModel(model="value", base=1.0)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The working directory, with the file of a model in it."""
    STRAY.save(tmp_path / FILE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_model_of_a_folder_is_read_from_it(folder):
    assert load_value_model(folder) == STRAY


def test_no_set_means_the_model_that_comes_with_concord_whatever_lies_in_the_working_directory(folder):
    assert load_value_model(None) == shipped_model("value")
    assert find_value_model(Home(folder / "home"), "") == shipped_model("value")
    assert find_value_model(Home(folder / "home"), STRAY.version) == shipped_model("value")
