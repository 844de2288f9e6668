"""Control flow in outcome graphs against the real Airflow: the DAGs of truth/graph, written once for each engine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from support.random_dags_dagster import run

from migrator.runtime.compat.dag import AirflowDag
from migrator.runtime.compat.exceptions import AirflowSkipException
from migrator.runtime.compat.graph import AirflowGraph
from migrator.runtime.compat.mapping import task_output

DAGS = Path(__file__).parent / "truth" / "graph"
RUNNER = Path(__file__).parents[1] / "support" / "airflow_run.py"
RUNS = [
    ("branches", "manual"),
    ("short_circuits", "manual"),
    ("mapping", "manual"),
    ("mapped_group", "manual"),
    ("latest", "scheduled"),
    ("latest", "manual"),
]
DATES = {"manual": "2024-03-07T10:11:12+00:00", "scheduled": "2024-03-05T00:00:00+00:00"}
Declare = Callable[..., Any]


@pytest.fixture(scope="module", params=["2", "3"], ids=["airflow2", "airflow3"])
def airflow(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
    python_of: Callable[[str], str],
) -> tuple[str, dict[tuple[str, str], Any]]:
    """A line of Airflow and the records of its runs, by DAG and run type."""
    line = str(request.param)
    python = python_of(line)
    folder = tmp_path_factory.mktemp(f"graph{line}")
    runs = [
        {"file": "graph_dags.py", "dag_id": dag_id, "logical_date": DATES[run_type], "run_type": run_type}
        for dag_id, run_type in RUNS
    ]
    spec = folder / "spec.json"
    cache = pytestconfig.cache.mkdir("airflow")
    spec.write_text(json.dumps({"dags_folder": str(DAGS), "cache": str(cache), "runs": runs}))
    with (folder / "log").open("w") as log:
        done = subprocess.run(
            [python, str(RUNNER), str(spec)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, check=False
        )
    assert done.returncode == 0, (folder / "log").read_text()[-4000:]
    answer = json.loads(done.stdout)
    assert not answer["import_errors"]
    return line, {(record["dag_id"], record["run_type"]): record for record in answer["runs"]}


def branches(graph: AirflowGraph) -> None:
    task = declaring(graph)
    task("to_group", kind="branch", returns=["outer", "plain"])
    for group, branch in (("outer", "to_group"), ("outer2", "to_inner")):
        task(f"{group}.inner.a", [branch], task_groups=[group, f"{group}.inner"])
        task(f"{group}.inner.b", [f"{group}.inner.a"], task_groups=[group, f"{group}.inner"])
        task(f"{group}.c", [branch], task_groups=[group])
    task("plain", ["to_group"])
    task("left_out", ["to_group"])
    task("left_out_too", ["to_group"], trigger_rule="all_done")
    task("to_inner", kind="branch", returns="outer2.inner")
    task("to_nothing", kind="branch", returns=None)
    task("n1", ["to_nothing"])
    task("n2", ["to_nothing"], trigger_rule="all_done")
    task("to_unknown", kind="branch", returns="nowhere")
    task("u1", ["to_unknown"])
    task("u2", ["u1"], trigger_rule="all_done")
    task("to_joined", kind="branch", returns="chosen")
    task("chosen", ["to_joined"])
    task("joined", ["to_joined", "chosen"])
    task("other", ["to_joined"])


def short_circuits(graph: AirflowGraph) -> None:
    task = declaring(graph)
    task("prepare", is_setup=True)
    task("stop", ["prepare"], kind="short_circuit", returns=[])
    task("work", ["stop"])
    task("clean", ["prepare", "work"], is_teardown=True)
    task("hard", ["stop"], trigger_rule="all_done")
    task("stop_softly", kind="short_circuit", ignore_downstream_trigger_rules=False, returns=0)
    task("soft1", ["stop_softly"])
    task("soft2", ["soft1"], trigger_rule="all_done")
    task("go_on", kind="short_circuit", returns={"x": 1})
    task("on", ["go_on"])


def declaring(graph: AirflowGraph) -> Declare:
    def task(task_id: str, upstream: Sequence[str] = (), *, returns: Any = 1, **options: Any) -> None:
        graph.task(task_id=task_id, upstream=upstream, **options)(lambda: returns)

    return task


def add(x: Any, y: Any = 0, z: Any = 0) -> str:
    return f"{x}-{y}-{z}"


def odd(value: int) -> int:
    if value % 2 == 0:
        raise AirflowSkipException("even")
    return value * 100


def note(graph: AirflowGraph, task_id: str, source: str, **options: Any) -> None:
    graph.task(task_id=task_id, inputs={"value": source}, **options)(lambda value: {"value": value})


def mapping(graph: AirflowGraph) -> None:
    task = declaring(graph)
    for name in ("numbers", "n2", "n3", "n5"):
        task(name, returns=[1, 2])
    for name in ("letters", "listed"):
        task(name, returns={"a": 1, "b": 2, "c": 3})
    for name in ("settings", "s2", "s3"):
        task(name, returns=[{"x": 5}, {"x": 6, "y": 7}])
    graph.task(task_id="add", partial={"z": 9}, expand={"x": task_output("numbers"), "y": ["p", "q"]})(add)
    note(graph, "crossed_noted", "add")
    graph.task(task_id="pairs", expand={"x": task_output("letters")})(add)
    graph.task(task_id="filtered", expand={"x": task_output("n2").map(odd)})(add)
    note(graph, "filtered_noted", "filtered", trigger_rule="all_done")
    graph.task(task_id="kwargs", expand_kwargs=task_output("settings"))(add)
    graph.task(task_id="literal_kwargs", expand_kwargs=[{"x": 1}, {"x": 2, "z": 3}])(add)
    graph.task(task_id="zipped", expand={"x": task_output("n3").zip(task_output("s2"))})(add)
    graph.task(task_id="concatenated", expand={"x": task_output("n5").concat(task_output("s3"))})(add)
    graph.task(task_id="again", expand={"x": task_output("add")})(add)
    note(graph, "again_noted", "again")
    task("nothing", returns=None)
    task("text", returns="abc")
    task("empty", returns=[])
    for name, source in (("over_nothing", "nothing"), ("over_text", "text"), ("over_empty", "empty")):
        graph.task(task_id=name, expand={"x": task_output(source)})(add)
    note(graph, "empty_noted", "over_empty", trigger_rule="all_done")
    note(graph, "empty_strict", "over_empty")


def mapped_group(graph: AirflowGraph) -> None:
    declaring(graph)("source", returns=[1, 2])
    graph.mapped_task_group("each", expand={"item": task_output("source")})
    grouped: dict[str, Any] = {"task_groups": ["each"]}

    def fail_on_two(value: int) -> int:
        if value == 2:
            raise ValueError(value)
        return value * 10

    graph.task(task_id="each.fail_on_two", group_arguments={"value": "item"}, **grouped)(fail_on_two)
    graph.task(task_id="each.any_failed", upstream=["each.fail_on_two"], trigger_rule="one_failed", **grouped)(
        lambda: "failed"
    )
    graph.task(
        task_id="each.always_noted",
        upstream=["each.fail_on_two"],
        inputs={"value": "each.fail_on_two"},
        trigger_rule="all_done",
        **grouped,
    )(lambda value: ["noted", value])
    graph.task(
        task_id="each.sum",
        upstream=["each.fail_on_two"],
        inputs={"x": "each.fail_on_two"},
        partial={"y": 3},
        **grouped,
    )(add)
    note(graph, "result_noted", "each.sum", trigger_rule="all_done")
    graph.mapped_task_group("one", expand={"item": ["x"]})
    graph.task(task_id="one.only", group_arguments={"x": "item"}, task_groups=["one"])(add)
    note(graph, "one_noted", "one.only")


def latest(graph: AirflowGraph) -> None:
    task = declaring(graph)
    task("latest_only", kind="latest_only")
    task("l1", ["latest_only"])
    task("l2", ["latest_only"], trigger_rule="all_done")


BUILDERS = {f.__name__: f for f in (branches, short_circuits, mapping, mapped_group, latest)}


@pytest.mark.parametrize(("dag_id", "run_type"), RUNS)
def test_dag(airflow: tuple[str, dict[tuple[str, str], Any]], dag_id: str, run_type: str) -> None:
    """States of all task instances and of the run, and all values that are pushed."""
    line, records = airflow
    record = records[dag_id, run_type]
    dag = AirflowDag(dag_id=dag_id, airflow=line, cron="0 0 * * *", data_intervals=line == "2")
    graph = AirflowGraph(dag_id, airflow=line, airflow_dag=dag if dag_id == "latest" else None)
    BUILDERS[dag_id](graph)
    tags = {"airflow/logical_date": DATES[run_type], "airflow/run_type": run_type}
    with dg.DagsterInstance.ephemeral() as instance:
        state, states, values = run(graph, instance, tags=tags)
    assert "error" not in record
    assert states == {(task["task_id"], task["map_index"]): task["state"] for task in record["tasks"]}
    assert state == record["state"]
    pushed = [row for row in record["xcoms"] if row["key"] == "return_value"]
    single = {row["task_id"]: row["value"] for row in pushed if row["map_index"] == -1}
    if "latest_only" in single:  # the ids of a set, in any order
        single["latest_only"] = sorted(single["latest_only"])
    succeeded = {task_id: value for task_id, value in single.items() if states[task_id, -1] == "success"}
    assert {name: value for name, value in values.items() if (name, -1) in states and value is not None} == succeeded
    for name, value in values.items():
        if (name, -1) not in states:
            assert value == [row["value"] for row in pushed if row["task_id"] == name]
