"""The reading of graphs: each case against what it must be, and all of them against Airflow itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from migrator.airflow_model import Dag, Project
from migrator.read.project import read

from .graph_cases import CASES, Case

GRAPH = Path(__file__).parents[1] / "support" / "airflow_graph.py"
PAIRS = [pytest.param(case, line, id=f"{case.name}-{line}") for case in CASES for line in case.lines]


def written(folder: Path, case: Case, line: str) -> Path:
    file = folder / "dags.py"
    file.write_text(case.text(line))
    return file


def airflow_graphs(python: str, root: Path, files: list[str], home: Path) -> dict[str, Any]:
    """What an Airflow makes of files, by file."""
    environment = {**os.environ, "AIRFLOW_HOME": str(home)}
    command = [python, str(GRAPH), str(root), *files]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return {record["file"]: record for record in map(json.loads, ran.stdout.splitlines())}


def our_shape(dag: Dag) -> dict[str, Any]:
    return {
        "tasks": {
            t.task_id: [t.operator, t.trigger_rule, t.mapped] for t in sorted(dag.tasks, key=lambda t: t.task_id)
        },
        "edges": sorted([e.upstream, e.downstream] for e in dag.edges),
        "groups": sorted(g.group_id for g in dag.groups),
    }


def only(project: Project, dag_id: str) -> Dag:
    found = [dag for dag in project.dags if dag.dag_id == dag_id]
    assert found, [f"{f.span}: {f.code} {f.message}" for f in project.findings]
    return found[0]


@pytest.mark.parametrize(("case", "line"), PAIRS)
def test_graph(case: Case, line: str, tmp_path: Path) -> None:
    dag = only(read(written(tmp_path, case, line)), case.dag_id)
    assert {(e.upstream, e.downstream) for e in dag.edges} == case.edges
    assert {t.task_id for t in dag.tasks} == case.tasks
    assert {name: dag.task(name).operator for name in case.types} == case.types  # type: ignore[union-attr]
    assert {name: dag.task(name).trigger_rule for name in case.rules} == case.rules  # type: ignore[union-attr]
    assert {t.task_id for t in dag.tasks if t.mapped} == set(case.mapped.split())
    if case.groups:
        assert {g.group_id for g in dag.groups} == set(case.groups.split())
    assert dag.complete, dag.incomplete_because
    assert dag.airflow == line


@pytest.mark.parametrize("line", ["2", "3"])
def test_cases_are_what_airflow_says(line: str, tmp_path: Path) -> None:
    if line == "2":
        python = os.environ.get("MIGRATE_AIRFLOW2_PYTHON", "")
        if not python:
            pytest.skip("MIGRATE_AIRFLOW2_PYTHON names no Python with Airflow 2.11")
    else:
        pytest.importorskip("airflow.sdk")
        python = sys.executable
    cases = {f"case_{i}.py": case for i, case in enumerate(CASES) if line in case.lines}
    for name, case in cases.items():
        (tmp_path / name).write_text(case.text(line))
    truth = airflow_graphs(python, tmp_path, list(cases), tmp_path)
    wrong = []
    for name, case in cases.items():
        loaded = truth[name]["dags"].get(case.dag_id)
        if loaded is None:
            wrong.append(f"{case.name}: {truth[name]['error']}")
            continue
        ours = our_shape(only(read(tmp_path / name), case.dag_id))
        wrong += [
            f"{case.name}: {key}: {ours[key]} but Airflow has {loaded[key]}" for key in ours if ours[key] != loaded[key]
        ]
    assert not wrong, "\n".join(wrong)


def test_airflows_own_examples(tmp_path: Path) -> None:
    """Every example DAG that Airflow and two of its providers bring along, read by us and loaded by Airflow."""
    sdk = pytest.importorskip("airflow.sdk")
    root = Path(sdk.__file__).parents[1]
    found = [p.relative_to(root) for p in root.rglob("*.py") if "example_dags" in p.parts]
    wanted = ("example_dags", "providers/standard", "providers/common/sql")
    files = sorted(p.as_posix() for p in found if p.as_posix().startswith(wanted))
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes((root / file).read_bytes())
    truth = airflow_graphs(sys.executable, tmp_path, files, tmp_path / "home")
    ours = {(d.file, d.dag_id): d for d in read(tmp_path).dags}
    theirs = {(file, dag_id): dag for file, record in truth.items() for dag_id, dag in record["dags"].items()}
    assert len(theirs) > 50
    differ = {
        key
        for key, dag in theirs.items()
        if key not in ours or any(our_shape(ours[key])[part] != dag[part] for part in ("tasks", "edges", "groups"))
    }
    assert not [key for key in differ if key in ours and ours[key].complete], "wrong, and called complete"
    assert len(differ) <= len(theirs) // 10, sorted(differ)
