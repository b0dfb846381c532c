"""Modules keep to what CONTRIBUTING says of them."""

from papers import name_of, tracked_files

MOST_LINES = 300
OTHER = {"tests", "benchmarks", "docs"}
MODULES = [path for path in tracked_files() if path.suffix == ".py" and name_of(path).split("/")[0] not in OTHER]


def test_no_module_is_longer_than_the_limit():
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert len(lengths) > 100
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}
