"""migrate's own runtime as it goes into a project: every resource class together, every compatibility part."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from migrator.dagster_model import Code, Import, Project, Resource
from migrator.write import render, write
from migrator.write.runtime import compat_parts, installed

from .build import asset, dag, project
from .loading import run_python


def classes(text: str) -> list[str]:
    """The resource classes a runtime module defines."""
    return [
        node.name for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def everything() -> Project:
    """A project that uses every resource class and every compatibility part."""
    runtime = installed()
    resources = tuple(
        Resource(f"r_{name}", found[0], (), name, (), ())
        for name, text in runtime.resources.items()
        if name != "__init__" and (found := classes(text))
    )
    # Their fields are not known here: each is named, none is made.
    resources = tuple(Resource(r.name, "dict", (("cls", Code(r.class_name)),), r.class_source) for r in resources)
    parts = [name for name in runtime.compat if name != "__init__"]
    imports = tuple(Import("@compat." + name, first_name(runtime.compat[name])) for name in parts)
    return project(
        dag("d", asset("d/a", body=Code(f"return [{', '.join(i.name for i in imports)}]", imports))),
        resources=resources,
    )


def first_name(text: str) -> str:
    """A public name that a module defines."""
    names = (
        node.name if isinstance(node, (ast.ClassDef, ast.FunctionDef)) else getattr(node.targets[0], "id", "_")
        for node in ast.parse(text).body
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.Assign))
    )
    return next(name for name in names if not name.startswith("_"))


def test_everything_together(tmp_path: Path) -> None:
    rendered = render(everything())
    assert [item.message for item in rendered.findings] == []
    assert write(rendered, tmp_path / "defs").ok
    pytest.importorskip("pendulum")
    code = "from airflow_dags.definitions import defs; defs().resolve_asset_graph()"
    run_python(tmp_path / "defs", code, "-W", "error")


def test_parts_bring_what_they_import() -> None:
    runtime = installed()
    for name in runtime.compat:
        found = compat_parts(runtime, [name])
        for text in found.values():
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
                    assert node.module in found


def test_the_runtime_imports_nothing_of_migrate() -> None:
    runtime = installed()
    for text in (*runtime.compat.values(), *runtime.resources.values()):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                assert node.level < 2
                assert not (node.module or "").startswith("migrator")


def test_sources_are_for_every_supported_python() -> None:
    runtime = installed()
    for name, text in (*runtime.compat.items(), *runtime.resources.items()):
        ast.parse(text, filename=name, feature_version=(3, 10))
    assert sys.version_info >= (3, 10)
