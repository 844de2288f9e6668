"""Whatever the rules write a call of exists in the runtime module and in the resources' classes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator import rules
from migrator.rules.connections import DATABASES, HOOKS, RESOURCES

RUNTIME = Path(rules.__file__).parents[1] / "runtime"


def defined(file: Path) -> set[str]:
    return {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def members(file: Path, class_name: str) -> set[str]:
    """The fields and methods of a class and of the bases it shares with the other databases."""
    found: set[str] = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.ClassDef) and node.name == class_name:
            found |= {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
            found |= {
                part.target.id
                for part in node.body
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
            }
            if any(isinstance(base, ast.Name) and base.id == "DbApiResource" for base in node.bases):
                found |= members(file.with_name("dbapi.py"), "DbApiResource")
    return found


def names_asked_for() -> Iterator[tuple[str, str]]:
    """(part, name) of each `view.compat("part", "name")` in the rules' sources."""
    for file in sorted(Path(rules.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="compat"),
                    args=[ast.Constant(value=str(part)), ast.Constant(value=str(name))],
                ):
                    yield part, name


# Written by helpers that are told the name.
@pytest.mark.parametrize(
    ("part", "name"), sorted({*names_asked_for(), ("sensors", "poke_until"), ("sensors", "wait_until")})
)
def test_runtime_has(part: str, name: str) -> None:
    assert name in defined(RUNTIME / "compat" / f"{part}.py")


@pytest.mark.parametrize("name", ["fetch_all", "fetch_one", "fetch_dicts"])
def test_handlers(name: str) -> None:
    assert name in defined(RUNTIME / "resources" / "dbapi.py")


@pytest.mark.parametrize("conn_type", sorted(RESOURCES))
def test_resource_has_the_fields(conn_type: str) -> None:
    kind = RESOURCES[conn_type]
    found = members(RUNTIME / "resources" / f"{kind.source}.py", kind.class_name)
    assert {field.name for field in kind.fields} <= found
    if conn_type in DATABASES:
        assert {"using", "run", "get_first", "get_records"} <= found


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_resource_has_the_hooks_methods(hook: str) -> None:
    served = HOOKS[hook]
    kind = RESOURCES[served.conn_type]
    found = members(RUNTIME / "resources" / f"{kind.source}.py", kind.class_name)
    assert served.methods <= found
    assert {field for _, field in served.replaced} | {field for field, _ in served.passed} <= found
