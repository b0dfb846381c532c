"""The notebooks run from the first cell to the last on a night."""

import runpy

import pytest
from papers import ROOT

NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.py"))


@pytest.mark.long
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_on_a_night(path, one_night, monkeypatch):
    monkeypatch.setenv("CONCORD_HOME", str(one_night / "home"))
    outputs, _ = runpy.run_path(str(path))["app"].run()
    assert len(outputs) > 3
