"""What is copied into a generated project is whole, small, and runs there by itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.write.runtime import compat_parts, installed

PROVIDED = {"dagster", "jinja2", "jsonschema", "pendulum", "pydantic"} | set(sys.stdlib_module_names)
RUNTIME = installed()
OWN = {"http": {"requests"}, "slack": {"requests"}, "slack_webhook": {"requests"}}


def imported(text: str) -> set[str]:
    """The packages a module needs to be imported."""
    nodes = list(ast.walk(ast.parse(text)))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("name", sorted(RUNTIME.compat.keys() - {"__init__"}))
def test_part(name: str) -> None:
    text = RUNTIME.compat[name]
    assert imported(text) <= PROVIDED
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("name", sorted(RUNTIME.resources.keys() - {"__init__"}))
def test_resource(name: str) -> None:
    text = RUNTIME.resources[name]
    assert imported(text) <= PROVIDED | OWN.get(name, set())
    assert len(text.splitlines()) <= 250
    assert ast.get_docstring(ast.parse(text))


def test_transitive() -> None:
    assert list(compat_parts(RUNTIME, ["bash"])) == ["__init__", "bash", "exceptions"]
    assert list(compat_parts(RUNTIME, ["xcom", "bash"])) == ["__init__", "bash", "exceptions", "serde", "xcom"]
    assert {"context", "dates", "templates", "variables"} <= set(compat_parts(RUNTIME, ["dag"]))
    assert compat_parts(RUNTIME, []) == {}
    with pytest.raises(KeyError):
        compat_parts(RUNTIME, ["absent"])


@pytest.mark.parametrize("name", sorted(RUNTIME.compat.keys() - {"__init__"}))
def test_part_runs_alone(name: str, tmp_path: Path) -> None:
    """Written into a package of another name, with nothing of this one in sight."""
    package = tmp_path / "project" / "airflow_compat"
    package.mkdir(parents=True)
    for part, text in compat_parts(RUNTIME, [name]).items():
        (package / f"{part}.py").write_text(text)
    command = [sys.executable, "-W", "error::DeprecationWarning:project", "-c", f"import project.airflow_compat.{name}"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120)
