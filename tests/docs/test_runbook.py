"""The runbook leaves out nothing that an operator may see."""

import re
from datetime import date

import pytest
from nights import copy_of
from papers import ROOT

from cli.options import EXIT_MEANINGS, Exit
from expectations.gates import GATES
from pipelines.alert_conditions import find_conditions
from pipelines.alert_kinds import ALERT_KINDS, AlertSettings
from warehouse.delivery_states import STATES
from warehouse.home import Home

PAGE = (ROOT / "docs" / "reference" / "runbook.md").read_text(encoding="utf-8")
ROWS = {row[0].strip("` "): row for line in PAGE.splitlines() if (row := re.findall(r"[^|]+", line)) and len(row) > 1}


@pytest.mark.parametrize(
    "name",
    [
        *(kind.name for kind in ALERT_KINDS),
        *(gate.name for gate in GATES),
        *(state.name for state in STATES),
        *(str(int(code)) for code in Exit),
    ],
)
def test_every_alert_gate_state_and_exit_code_has_a_row_with_what_to_do(name):
    assert all(cell.strip() for cell in ROWS[name])


def test_every_exit_code_has_a_meaning():
    assert EXIT_MEANINGS.keys() == set(Exit)


def test_every_condition_that_is_found_is_of_a_kind_of_the_runbook(three_nights, tmp_path):
    home = Home(copy_of(three_nights / "home", tmp_path / "home"))
    found = find_conditions(home, AlertSettings(free_disk=1, late_days=1), today=date(2030, 1, 1))
    kinds = {condition.key.partition(":")[0] for condition in found}
    assert {"source", "release", "disk"} <= kinds <= {kind.name for kind in ALERT_KINDS}
