"""What a release says of the code that made it: every file that a night reads counts."""

import ast
import shutil

import pytest

from assets.code import CODE_SUFFIXES, PACKAGES, ROOT, code_digest

read_digest = code_digest.__wrapped__  # what another process, which has kept nothing, works out


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the packages that a night's content follows from."""
    copied = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copied / package, ignore=shutil.ignore_patterns("__pycache__"))
    return copied


def test_a_copy_of_the_code_has_the_same_digest(tree):
    assert code_digest(tree) == code_digest()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("reconciliation/golden.py", id="code"),
        pytest.param("warehouse/reference/forenames.csv", id="a list of names"),
        pytest.param("matching/models/order.json", id="a trained model"),
        pytest.param("assets/sources/rocu_headings.toml", id="the headings of returns"),
    ],
)
def test_an_edited_file_changes_the_digest(tree, name):
    before, kept = read_digest(tree), (tree / name).read_bytes()
    (tree / name).write_bytes(kept + b"\n")
    assert read_digest(tree) != before
    (tree / name).write_bytes(kept)
    assert read_digest(tree) == before


def test_every_package_that_these_import_is_one_of_them():
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"docs", "tests", "benchmarks"}
    imported = {
        node.module.partition(".")[0]
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert imported & rooms == set(PACKAGES)


def test_every_file_in_these_packages_counts(tree):
    kinds = {file.suffix for file in tree.rglob("*") if file.is_file()}
    assert kinds == CODE_SUFFIXES
