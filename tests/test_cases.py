"""Every case becomes what its expected/ says; `pytest tests/test_cases.py --update-golden` rewrites that.

Each also proves that what is written is formatted, loads in Dagster without Airflow, is the same under another hash
seed, has the graph that was read, and accounts for every argument.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from support.cases import CASES, Case, expected, rewrite, topics
from support.converted import DEPRECATIONS_ARE_ERRORS, ROOT, Record, run_python, undefined_names

from migrator.airflow_model import Dag
from migrator.write.formatting import format_files

LOADER = Path(__file__).parent / "support" / "dagster_load.py"
every_case = pytest.mark.parametrize("topic", topics())
NO_ARGUMENTS = {"task_id", "dag", "task_group", "dag_id"}
"""Arguments that say which task or DAG it is, not what it does."""


@pytest.fixture
def case(topic: str, converted_cases: dict[str, Case]) -> Case:
    found = converted_cases[topic]
    assert not found.error, found.error
    return found


@pytest.fixture(scope="session")
def loaded(converted_cases: dict[str, Case]) -> dict[str, Record]:
    """What Dagster makes of each case, by topic, from one fresh process without Airflow."""
    folders = {topic: case.converted.folder for topic, case in converted_cases.items() if not case.error}
    done = run_python(CASES, str(LOADER), *map(str, folders.values()), seconds=600, **DEPRECATIONS_ARE_ERRORS)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return {topic: found[str(folder.resolve())] for topic, folder in folders.items()}


@pytest.fixture(scope="session")
def under_another_seed(
    converted_cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, bytes]]:
    """The files of each case once more, written by a process that hashes differently."""
    root = tmp_path_factory.mktemp("seed")
    code = (
        "import sys; from pathlib import Path; from support.cases import convert_case\n"
        f"for topic in sys.argv[1:]: convert_case(topic, Path({str(root)!r}) / topic)"
    )
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    done = subprocess.run(
        [sys.executable, "-c", code, *converted_cases],
        env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {topic: files_below(root / topic / "defs") for topic in converted_cases}


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_there_are_cases() -> None:
    assert topics()
    assert [path.name for path in CASES.iterdir() if path.is_dir() and not (path / "dag.py").exists()] == []


@every_case
def test_becomes_what_it_must(topic: str, case: Case, update_golden: bool) -> None:
    golden = case.golden()
    if update_golden:
        rewrite(topic, golden)
    assert golden == expected(topic)


@every_case
def test_is_valid_and_formatted(topic: str, case: Case) -> None:
    package = case.converted.record["package"]
    ours = {
        path: content.decode()
        for path, content in case.converted.files().items()
        if path.endswith(".py") and not path.startswith((f"{package}/lib/", f"{package}/airflow_compat/"))
    }
    for path, text in ours.items():
        ast.parse(text, path)
    assert format_files(ours) == ours


@every_case
def test_has_no_name_that_nothing_defines(topic: str, case: Case) -> None:
    assert undefined_names(case.converted.folder) == ""


@every_case
def test_loads_in_dagster(topic: str, case: Case, loaded: dict[str, Record]) -> None:
    assert "error" not in loaded[topic], loaded[topic]["error"]
    jobs = {dag["job"]["name"] for dag in case.converted.record["dags"] if dag["job"]}
    assert jobs == loaded[topic]["jobs"].keys()
    everywhere = [dag for dag in case.converted.record["dags"] if not dag["only_if"]]
    schedules = {dag["schedule"]["name"] for dag in everywhere if dag["schedule"]}
    assert schedules == loaded[topic]["schedules"].keys()


@every_case
def test_is_the_same_under_another_hash_seed(
    topic: str, case: Case, under_another_seed: dict[str, dict[str, bytes]]
) -> None:
    assert under_another_seed[topic] == case.converted.files()


@every_case
def test_has_the_graph_that_was_read(topic: str, case: Case, loaded: dict[str, Record]) -> None:
    assert case.migration is not None
    for dag in case.migration.airflow.dags:
        check_graph(dag, case, loaded[topic])


def check_graph(dag: Dag, case: Case, loaded: Record) -> None:
    """Dagster's edges are those that were read; a value that is pulled from further up adds the edge it comes along."""
    tasks = case.converted.tasks(dag.dag_id)
    assert tasks.keys() == {task.task_id for task in dag.tasks}
    read: nx.DiGraph[str] = nx.DiGraph()
    read.add_nodes_from(tasks)
    read.add_edges_from((edge.upstream, edge.downstream) for edge in dag.edges)
    assert {t: sorted(read.predecessors(t)) for t in tasks} == {t: row["upstream"] for t, row in tasks.items()}
    there = {task_id: name for task_id, row in tasks.items() if (name := node(row))}
    nodes = {**loaded["assets"], **loaded["checks"]}
    checks = {task_id for task_id, name in there.items() if name in loaded["checks"]}
    elsewhere = assets_of_other_dags(dag.dag_id, case)
    for task_id in there:
        wanted = {there[up] for up in before(task_id, read, checks) if up in there}
        got = {parent for parent in nodes[there[task_id]] if parent not in elsewhere}
        assert wanted <= got, task_id
        further = {there[up] for up in (nx.ancestors(read, task_id) | pulled(case, dag.dag_id, task_id)) & there.keys()}
        assert got - wanted <= further | {there[task_id]}, task_id  # itself: a run depends on the past


def assets_of_other_dags(dag_id: str, case: Case) -> set[str]:
    """What a task that waits for another DAG may depend on besides."""
    others = case.converted.dags.keys() - {dag_id}
    return {node(row) for other in others for row in case.converted.tasks(other).values()} | others


def before(task_id: str, read: Any, checks: set[str]) -> set[str]:
    """The tasks it follows; where one is a check of an asset, that asset."""
    found: set[str] = set()
    for upstream in read.predecessors(task_id):
        found |= before(upstream, read, checks) if upstream in checks else {upstream}
    return found


def pulled(case: Case, dag_id: str, task_id: str) -> set[str]:
    """Every other task, where a finding says that the task pulls from one that is not upstream."""
    codes = {row["code"] for row in case.converted.findings(dag_id, task_id)}
    return set(case.converted.tasks(dag_id)) if "A2D502" in codes else set()


def node(task: Record) -> str:
    """The task's place in the asset graph; none for a sensor that starts the DAG's runs."""
    row = next((row for row in task["becomes"] if row["kind"] in ("asset", "asset_check")), None)
    if row is None:
        assert [row["kind"] for row in task["becomes"]] == ["sensor"]
        return ""
    return "/".join(row["key"]) + (f":{row['name']}" if row["kind"] == "asset_check" else "")


@every_case
def test_accounts_for_every_argument(topic: str, case: Case) -> None:
    assert case.migration is not None
    for dag in case.migration.airflow.dags:
        record = case.converted.dags[dag.dag_id]
        given = {argument.name for argument in dag.arguments} - NO_ARGUMENTS
        assert given - {row["argument"] for row in record["arguments"]} == set()
        for task in dag.tasks:
            row = case.converted.tasks(dag.dag_id)[task.task_id]
            given = {argument.name for argument in task.arguments} - NO_ARGUMENTS
            assert given - {fate["argument"] for fate in row["arguments"]} == set(), task.task_id
            codes = {finding["code"] for finding in case.converted.findings(dag.dag_id, task.task_id)}
            unsupported = [fate for fate in row["arguments"] if fate["fate"] == "unsupported"]
            assert codes or not unsupported, f"no finding says that {task.task_id} lost {unsupported}"
