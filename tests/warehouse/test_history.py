"""What was done is read back as it was added, and a line that can't be read is named."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.history import add_to_history, read_history


@dataclass(frozen=True)
class Deed:
    by: str
    reason: str = ""


@given(st.lists(st.builds(Deed, by=st.text(), reason=st.text()), max_size=4))
def test_what_was_added_is_read_back_in_its_order(tmp_path_factory: pytest.TempPathFactory, deeds: list[Deed]) -> None:
    path = tmp_path_factory.mktemp("deeds") / "history.jsonl"
    for deed in deeds:
        add_to_history(path, deed)
    assert read_history(path, Deed) == tuple(deeds)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('{"by": "ki', id="cut"),
        pytest.param('["kim"]', id="no object"),
        pytest.param('{"by": "kim", "to": "noor"}', id="a field too many"),
        pytest.param("{}", id="a field too few"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_added(tmp_path: Path, line: str) -> None:
    path = tmp_path / "history.jsonl"
    add_to_history(path, Deed("kim"))
    path.write_text(path.read_text() + line)
    with pytest.raises(LookupError, match=r"history\.jsonl line 2 can't be read"):
        add_to_history(path, Deed("noor"))
    assert path.read_text().endswith(line)
