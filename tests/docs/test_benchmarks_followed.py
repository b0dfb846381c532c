"""The page on planted errors is followed line by line, on a smaller night."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from papers import ROOT
from test_blocks import blocks_in

pytestmark = pytest.mark.long

SMALLER = {"--orders 2000": "--orders 60"}


def test_the_page_on_planted_errors_is_followed(tmp_path):
    (block,) = blocks_in(ROOT / "docs" / "discrepancies.md", "sh")
    for size, smaller in SMALLER.items():
        assert size in block
        block = block.replace(size, smaller)
    here = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-ec", block], cwd=tmp_path, env=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("discrepancies in ") == 3
