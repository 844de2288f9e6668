"""graph: what each of Airflow's words came to, asked of both loaded engines, right and wrong."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.converted import Converted, convert

from migrator.verify.graph import Graphs, graph_evidence
from migrator.verify.workers import Probe

from .conftest import wrong_copy

DAG = Path(__file__).parents[1] / "cases" / "outcome_graph" / "dag.py"
ASSETS = "airflow_dags/defs/outcome_graph/assets.py"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    return convert(DAG, Path(tmp_path_factory.mktemp("graph")) / "defs")


@pytest.fixture(scope="module")
def airflow(
    tmp_path_factory: pytest.TempPathFactory, python_of: Callable[[str], str]
) -> Iterator[Callable[[str, str], Any]]:
    """What Airflow makes of the file, with a text of it replaced."""
    folder = Path(tmp_path_factory.mktemp("airflow"))
    (folder / "dags").mkdir()
    settings = {"folder": str(folder / "dags"), "home": str(folder / "home"), "cache": str(folder)}
    probe = Probe("airflow", python_of("3"), settings, {}, folder)
    numbers = iter(range(100))

    def look(old: str, new: str) -> Any:
        name = f"dag{next(numbers)}.py"
        assert old in DAG.read_text()
        (folder / "dags" / name).write_text(DAG.read_text().replace(old, new))
        answer = probe.ask("look", 120, file=name, ticks=1, dates={})
        assert not answer.get("failed"), answer
        return answer["dags"]["outcome_graph"]

    yield look
    probe.close()


def loaded(folder: Path) -> Any:
    settings = {"project": str(folder), "home": str(folder / "home"), "seconds": 120}
    probe = Probe("dagster", sys.executable, settings, {}, folder)
    answer = probe.ask("load", 120)
    probe.close()
    assert not answer["failed"], answer["failed"]
    return answer


def said(project: Converted, airflow: Any, dagster: Any) -> str:
    found = graph_evidence(project.dags["outcome_graph"], airflow, dagster, [])
    return f"{found.outcome}: {found.detail}"


@pytest.fixture(scope="module")
def right(project: Converted) -> Any:
    return loaded(project.folder)


def test_what_is_right_passes(project: Converted, airflow: Callable[[str, str], Any], right: Any) -> None:
    rules = "all_done, all_done_setup_success, one_failed"
    assert said(project, airflow("", ""), right) == f"passed: 9 tasks, 8 edges, 2 mapped, {rules}"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('"all_done"', '"all_success"', "always: its trigger rule is all_success in Airflow, all_done in Dagster"),
        ("setups=start", "", "stop: it waits for work in Airflow, start, work in Dagster"),
        ("setups=start", "setups=start, on_failure_fail_dagrun=True", "stop: whether its failure as a teardown fails"),
        (
            "check.expand(table=names)",
            "check.expand_kwargs(names)",
            "group check: it is expanded over arguments known at",
        ),
        (
            'load.partial(day="{{ ds }}").expand(table=names)',
            "load.expand(table=names, day=['{{ ds }}'])",
            "load: it is expanded over (day, table) in Airflow, (table) in Dagster",
        ),
        ("rows(table)", "rows(table) >> rows(table)", "task check.rows__1 of Airflow is not in migration.json"),
        ("start >> EmptyOperator", "EmptyOperator", "in Dagster work waits for start, which does not come before it"),
    ],
)
def test_another_dag_in_airflow_fails(
    old: str, new: str, found: str, project: Converted, airflow: Callable[[str, str], Any], right: Any
) -> None:
    answer = said(project, airflow(old, new), right)
    assert answer.startswith("failed: ")
    assert found in answer


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('trigger_rule="one_failed"', "", "alarm: its trigger rule is one_failed in Airflow, all_success in Dagster"),
        ('upstream=["start"]', "upstream=[]", "Airflow's edge start -> work is not in Dagster: work waits for nothing"),
        ('upstream=["start", "work"]', 'upstream=["work"]', "Airflow's edge start -> stop is not in Dagster"),
        ("is_teardown=True", 'trigger_rule="all_done"', "stop: its trigger rule is all_done_setup_success in Airflow"),
    ],
)
def test_another_project_fails(
    old: str, new: str, found: str, project: Converted, airflow: Callable[[str, str], Any], tmp_path: Path
) -> None:
    copy = wrong_copy(project.folder, tmp_path / "defs", (ASSETS, old, new))
    answer = said(project, airflow("", ""), loaded(copy))
    assert answer.startswith("failed: ")
    assert found in answer
    shutil.rmtree(copy)


def test_a_rule_that_plain_assets_do_not_keep_fails(
    airflow: Callable[[str, str], Any], project: Converted, right: Any
) -> None:
    """Without its outcome graph, every rule has to come to what Dagster does by itself."""
    plain, one = {**right, "graphs": {}}, airflow("", "")
    found = list(Graphs(project.dags["outcome_graph"], one, plain, []).differences())
    assert "task load is mapped in Airflow, and is an ordinary asset in Dagster" in found
    assert "task alarm runs by one_failed in Airflow, like any asset in Dagster" in found
