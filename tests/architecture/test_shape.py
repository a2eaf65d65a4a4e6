"""Files and functions stay small enough to hold in mind; views only parse, call and answer."""

import ast
import statistics
from pathlib import Path

import pytest

from tests.architecture.source import functions, name_of, python_files

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
DOOR_FOLDERS = {"backoffice", "storefront", "api"}
ORM_WRITES = {"save", "create", "bulk_create", "delete", "update", "update_or_create"}


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_one_can_hold_in_mind():
    long = {
        name_of(path): lines
        for path in python_files()
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_function_is_long():
    long = {
        f"{name_of(path)}:{node.name}": length(node)
        for path in python_files()
        for node in functions(path)
        if length(node) > LONGEST_FUNCTION
    }
    assert long == {}


def test_functions_are_small_as_a_rule():
    lengths = [length(node) for path in python_files() for node in functions(path)]
    assert statistics.median(lengths) <= 10
    assert statistics.quantiles(lengths, n=20)[-1] <= 35


def view_files() -> list[Path]:
    return [
        path
        for path in python_files()
        if DOOR_FOLDERS & set(path.parts) and "views" in path.stem + path.parent.name
    ]


@pytest.mark.parametrize("path", view_files(), ids=name_of)
def test_views_neither_query_nor_write(path: Path):
    """Names that only the ORM has; a service or selector does it instead."""
    found = [
        f"line {node.lineno}: .{node.attr}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and (node.attr == "objects" or _is_orm_write(node))
    ]
    assert found == []


def _is_orm_write(node: ast.Attribute) -> bool:
    owner = node.value
    return node.attr in ORM_WRITES and isinstance(owner, ast.Attribute) and owner.attr == "objects"
