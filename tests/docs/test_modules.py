"""Modules and functions keep to what CONTRIBUTING says of them."""

import ast

from papers import name_of, tracked_files

MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 40  # without its signature and its docstring
OTHER = {"tests", "benchmarks", "docs"}
# A migration is never edited.
MIGRATIONS = "ledger/decisions/migrations/"
MODULES = {
    name_of(path): path for path in tracked_files() if path.suffix == ".py" and name_of(path).split("/")[0] not in OTHER
}


def test_no_module_is_longer_than_the_limit():
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert len(lengths) > 100
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_function_is_longer_than_the_limit():
    lengths = {
        f"{name}: {function.name}": _lines_of_body(function)
        for name, path in MODULES.items()
        if not name.startswith(MIGRATIONS)
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert len(lengths) > 1000
    assert {name: length for name, length in lengths.items() if length > MOST_LINES_OF_A_FUNCTION} == {}


def _lines_of_body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    statements = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return (function.end_lineno or 0) - statements[0].lineno + 1
