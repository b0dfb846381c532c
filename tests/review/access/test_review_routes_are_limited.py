"""Pages get a release that is already limited to the viewer: no route can reach the whole one."""

import ast
import pkgutil
from pathlib import Path

import pytest

import review.routes

UNLIMITED = {"whole_release", "WholeRelease", "decidable_night", "ledger", "read_proposals", "read_parquet"}
ROUTES = [module.name for module in pkgutil.iter_modules(review.routes.__path__)]


def names_in(module):
    tree = ast.parse((Path(review.routes.__path__[0]) / f"{module}.py").read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    called = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    imported = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    return called | imported | {node.id for node in nodes if isinstance(node, ast.Name)}


@pytest.mark.parametrize("module", ROUTES)
def test_no_page_reaches_data_that_are_not_limited_to_its_viewer(module):
    assert names_in(module) & UNLIMITED == set()


def test_the_page_of_an_order_takes_its_tables_from_the_limited_release():
    assert {"visible", "table"} <= names_in("items_and_orders")
