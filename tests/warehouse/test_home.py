"""The folder of all state: where it may lie."""

from pathlib import Path

import pytest

from warehouse.home import Home


@pytest.mark.parametrize("folder", ["night [2026]", "what?", "all*"])
def test_a_home_under_whose_path_no_table_could_be_read_is_refused(folder: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"tables could not be read where a path holds .* another folder"):
        Home(tmp_path / folder / "home")
    assert list(tmp_path.iterdir()) == []


def test_a_home_may_lie_in_a_folder_with_spaces_and_letters_of_any_language(tmp_path: Path) -> None:
    assert Home(tmp_path / "Nos Galan, düster #1").create().tables.is_dir()
