"""AirflowGraph by itself: what it defines, what it refuses, what a task gets and what a run leaves behind."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from support.random_dags_dagster import run, states_of

from migrator.runtime.compat.dag import AirflowDag
from migrator.runtime.compat.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
    UnfinishedTaskError,
)
from migrator.runtime.compat.graph import AirflowGraph
from migrator.runtime.compat.graph_steps import VISIBLE_FAILURES
from migrator.runtime.compat.mapping import task_output
from migrator.runtime.compat.xcom import XComIOManager


class Store(dg.ConfigurableResource):  # type: ignore[type-arg]
    name: str = "store"


class Settings(dg.Config):
    size: int = 1


@pytest.fixture
def instance() -> Any:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def key(*parts: str) -> dg.AssetKey:
    return dg.AssetKey(list(parts))


def test_assets() -> None:
    """One asset a task with the DAG's own edges, and the DAG's own."""
    graph = AirflowGraph("etl.daily", group_name="etl", owners=["team:ops"], tags={"line": "2"})

    @graph.task(kinds={"python"}, description="Reads.", metadata={"rows": 3}, code_version="1")
    def extract() -> int:
        return 1

    @graph.task(inputs={"rows": "extract"}, key=["mart", "orders"], owners=["team:mart"])
    def load(rows: int) -> None:
        """Loads."""

    @graph.task(task_id="group.type", upstream=["load"], trigger_rule="all_done", deps=[["other", "asset"]])
    def done() -> None: ...

    assets = graph.assets()
    mart, other, last = key("mart", "orders"), key("other", "asset"), key("etl.daily", "group.type")
    assert dict(assets.asset_deps) == {
        key("etl.daily", "extract"): set(),
        mart: {key("etl.daily", "extract")},
        last: {mart, other},
        key("etl.daily"): {last},
    }
    spec = assets.get_asset_spec(key("etl.daily", "extract"))
    assert (spec.description, spec.group_name, spec.owners, spec.code_version) == ("Reads.", "etl", ["team:ops"], "1")
    assert spec.metadata["airflow/task_id"] == "extract"
    assert spec.metadata["rows"] == 3
    assert spec.kinds == {"python"}
    assert spec.tags["line"] == "2"
    assert assets.get_asset_spec(mart).description == "Loads."
    assert assets.get_asset_spec(mart).owners == ["team:mart"]
    dg.Definitions.validate_loadable(dg.Definitions(assets=[assets], jobs=[graph.job("etl_daily")]))


def test_two_dags_in_one_location() -> None:
    """Names of ops and graphs are shared by a code location, those of tasks are not."""
    graphs = [AirflowGraph(name) for name in ("one", "two")]
    for graph in graphs:
        graph.task(task_id="load")(lambda: 1)
        graph.task(task_id="dag_run")(lambda: 1)
    definitions = dg.Definitions(assets=[g.assets() for g in graphs], jobs=[g.job() for g in graphs])
    dg.Definitions.validate_loadable(definitions)


def declare_nested(graph: AirflowGraph) -> None:
    graph.mapped_task_group("group", expand={"x": [1]})
    graph.task(task_id="a", task_groups=["group"], expand={"y": [1]})(lambda x, y: 1)


def declare_nested_groups(graph: AirflowGraph) -> None:
    graph.mapped_task_group("outer", expand={"x": [1]})
    graph.mapped_task_group("outer.inner", expand={"x": [1]})
    graph.task(task_id="a", task_groups=["outer", "outer.inner"])(lambda: 1)


def declare_cycle(graph: AirflowGraph) -> None:
    graph.task(task_id="a", upstream=["b"])(lambda: 1)
    graph.task(task_id="b", upstream=["a"])(lambda: 1)


def declare_twice(graph: AirflowGraph) -> None:
    graph.task(task_id="a")(lambda: 1)
    graph.task(task_id="a")(lambda: 1)


@pytest.mark.parametrize(
    ("declare", "error", "text"),
    [
        (declare_nested, ValueError, "Dagster cannot expand what has been expanded"),
        (declare_nested_groups, ValueError, "Dagster cannot expand what has been expanded"),
        (declare_cycle, ValueError, "wait for each other: a, b"),
        (declare_twice, ValueError, "two tasks 'a'"),
        (lambda graph: graph.task(upstream=["x"])(declare_cycle), ValueError, "names 'x', which is no task"),
        (lambda graph: graph.task(trigger_rule="all_good")(declare_cycle), ValueError, "no trigger rule"),
        (lambda graph: graph.task(kind="loop")(declare_cycle), ValueError, "kind is 'loop'"),
        (lambda graph: graph.task(expand={"x": "text"})(declare_cycle), TypeError, "neither a list, a dict nor"),
        (lambda graph: graph.task(expand={})(declare_cycle), ValueError, "expanded over nothing"),
        (lambda graph: graph.task(kind="latest_only")(declare_cycle), TypeError, "need airflow_dag="),
        (lambda graph: graph.task(on_failure_callback=print)(declare_cycle), TypeError, "need airflow_dag="),
    ],
)
def test_refused(declare: Callable[[AirflowGraph], Any], error: type[Exception], text: str) -> None:
    graph = AirflowGraph("dag")

    def define() -> None:
        declare(graph)
        graph.assets()

    with pytest.raises(error, match=text):
        define()


def test_what_a_function_gets(instance: dg.DagsterInstance) -> None:
    """Context, config and resources as in an asset; the partition of the run."""
    days = dg.DailyPartitionsDefinition("2024-01-01")
    graph = AirflowGraph("dag", partitions_def=days)
    seen: dict[str, Any] = {}

    @graph.task()
    def load(context: dg.OpExecutionContext, config: Settings, store: Store, other: dg.ResourceParam[str]) -> int:
        seen["load"] = (config.size, store.name, other, context.partition_time_window.start.day)
        return 1

    @graph.task(inputs={"x": "load"}, expand={"y": [1, 2]})
    def each(store: Store, x: int, y: int) -> int:
        seen[f"each{y}"] = (store.name, x)
        return y

    @graph.task(required_resource_keys={"third"})
    def plain(context: dg.OpExecutionContext) -> None:
        seen["plain"] = context.resources.third

    resources = {"store": Store(), "other": "o", "third": 3}
    definitions = dg.Definitions(assets=[graph.assets()], jobs=[graph.job()], resources=resources)
    result = definitions.resolve_job_def("dag").execute_in_process(instance=instance, partition_key="2024-02-03")
    assert seen == {"load": (1, "store", "o", 3), "each1": ("store", 1), "each2": ("store", 1), "plain": 3}
    (materialization,) = instance.fetch_materializations(key("dag", "load"), limit=1).records
    assert materialization.partition_key == "2024-02-03"
    observed = instance.fetch_observations(key("dag", "each"), limit=5).records
    assert {record.partition_key for record in observed} == {"2024-02-03"}
    assert result.asset_value(key("dag", "each")) == [1, 2]


def test_values(instance: dg.DagsterInstance) -> None:
    """Values go through JSON as XComs do; what cannot fails the task; a skipped task has none."""
    graph = AirflowGraph("dag", airflow="2")

    @graph.task()
    def numbers() -> dict[Any, Any]:
        return {1: (2, 3)}

    @graph.task()
    def unserialisable() -> bytes:
        return b"x"

    @graph.task(keyed=True)
    def keyed() -> dict[str, Any]:
        return {"count": 3, "return_value": "r"}

    @graph.task(keyed=True)
    def skipped() -> dict[str, Any]:
        raise AirflowSkipException

    @graph.task()
    def with_metadata() -> dg.Output[int]:
        return dg.Output(5, metadata={"rows": 5})

    names = ["numbers", "unserialisable", "keyed", "skipped", "with_metadata"]

    @graph.task(inputs={name: name for name in names}, trigger_rule="all_done")
    def reads(**values: Any) -> Any:
        assert values["skipped"]["anything"] is None
        return values | {"missing": values["keyed"]["missing"]}

    _, states, values = run(graph, instance)
    assert states["unserialisable", -1] == "failed"
    assert values["reads"] == {
        "numbers": {"1": [2, 3]},
        "unserialisable": None,
        "keyed": {"count": 3, "return_value": "r"},
        "skipped": {},
        "with_metadata": 5,
        "missing": None,
    }
    (record,) = instance.fetch_materializations(key("dag", "with_metadata"), limit=1).records
    assert record.asset_materialization is not None
    assert record.asset_materialization.metadata["rows"].value == 5


def test_pull_without_an_edge(instance: dg.DagsterInstance) -> None:
    """An input that is not among `upstream` is no matter of the trigger rule."""
    graph = AirflowGraph("dag")
    graph.task(task_id="a")(raising(AirflowFailException("no")))
    graph.task(task_id="b")(lambda: 2)
    graph.task(task_id="c", upstream=["b"], inputs={"a": "a", "b": "b"})(lambda a, b: [a, b])
    _, states, values = run(graph, instance)
    assert states["c", -1] == "success"
    assert values["c"] == [None, 2]
    assert graph.assets().asset_deps[key("dag", "c")] == {key("dag", "b")}


def raising(error: BaseException) -> Callable[[], Any]:
    def function() -> Any:
        raise error

    return function


def test_ends_of_a_try(instance: dg.DagsterInstance) -> None:
    """sys.exit(0) is a success in Airflow 2; what runs too long has failed; others' assets are only waited for."""
    graph = AirflowGraph("dag")
    graph.task(task_id="exits")(raising(SystemExit(0)))
    graph.task(task_id="slow", execution_timeout=0.05)(lambda: time.sleep(5))
    graph.task(task_id="waits", deps=[["other", "asset"]])(lambda: 1)
    graph.task(task_id="each", deps=[["other", "asset"]], expand={"x": [1]})(lambda x: x)
    _, states, _ = run(graph, instance)
    assert states == {
        ("exits", -1): "success",
        ("slow", -1): "failed",
        ("waits", -1): "success",
        ("each", 0): "success",
    }


def test_retries(instance: dg.DagsterInstance) -> None:
    """Tries are counted; AirflowFailException ends them; each instance has its own."""
    graph = AirflowGraph("dag")
    tries: list[tuple[str, int]] = []

    def failing(name: str, error: Exception, until: int) -> Callable[[dg.OpExecutionContext], int]:
        def function(context: dg.OpExecutionContext) -> int:
            tries.append((name, context.retry_number))
            if context.retry_number < until:
                raise error
            return 1

        return function

    graph.task(task_id="a", retries=2, retry_delay=0)(failing("a", ValueError("x"), 1))
    graph.task(task_id="b", retries=1, retry_delay=0)(failing("b", ValueError("x"), 9))
    graph.task(task_id="c", retries=3, retry_delay=0)(failing("c", AirflowFailException("x"), 9))

    @graph.task(expand={"x": [0, 1]}, retries=1, retry_delay=0)
    def each(context: dg.OpExecutionContext, x: int) -> int:
        tries.append((f"each{x}", context.retry_number))
        if context.retry_number < x:
            raise ValueError(x)
        return x

    state, states, _ = run(graph, instance)
    assert tries == [("a", 0), ("b", 0), ("c", 0), ("a", 1), ("b", 1), ("each0", 0), ("each1", 0), ("each1", 1)] or (
        sorted(tries)
        == sorted([("a", 0), ("a", 1), ("b", 0), ("b", 1), ("c", 0), ("each0", 0), ("each1", 0), ("each1", 1)])
    )
    assert state == "failed"
    assert [states[name] for name in [("a", -1), ("b", -1), ("c", -1), ("each", 1)]] == [
        "success",
        "failed",
        "failed",
        "success",
    ]


def test_callbacks(instance: dg.DagsterInstance) -> None:
    """They fire for tasks that ran; a value that cannot be pushed is a failure, not a success."""
    calls: list[tuple[str, str]] = []

    def noting(event: str) -> Callable[[Any], None]:
        return lambda context: calls.append((event, context["ti"].task_id))

    events = ("execute", "success", "failure", "retry", "skipped")
    callbacks: dict[str, Any] = {f"on_{event}_callback": noting(event) for event in events}
    graph = AirflowGraph("dag", airflow="3", airflow_dag=AirflowDag(dag_id="dag", airflow="3"))
    graph.task(task_id="good", **callbacks)(lambda: 1)
    graph.task(task_id="bad", retries=1, retry_delay=0, **callbacks)(raising(ValueError("x")))
    graph.task(task_id="skips", **callbacks)(raising(AirflowSkipException()))
    graph.task(task_id="bytes", **callbacks)(lambda: b"x")
    graph.task(task_id="after", upstream=["bad"], **callbacks)(lambda: 1)
    run(graph, instance)
    found = {name: [event for event, task in calls if task == name] for name in ("good", "bad", "skips", "bytes")}
    assert found == {
        "good": ["execute", "success"],
        "bad": ["execute", "retry", "execute", "failure"],
        "skips": ["execute", "skipped"],
        "bytes": ["execute", "failure"],
    }
    assert not [call for call in calls if call[1] == "after"]


def test_run_state(instance: dg.DagsterInstance) -> None:
    """The DAG's own asset is materialised when the leaves are well, whatever failed before them."""
    graph = AirflowGraph("dag")
    graph.task(task_id="bad")(raising(ValueError("x")))
    graph.task(task_id="end", upstream=["bad"], trigger_rule="all_done")(lambda: 1)
    assert run(graph, instance)[0] == "success"
    assert instance.fetch_materializations(key("dag"), limit=1).records
    failing = AirflowGraph("failing")
    failing.task(task_id="bad")(raising(ValueError("x")))
    assert run(failing, instance)[0] == "failed"
    assert not instance.fetch_materializations(key("failing"), limit=1).records
    (record,) = instance.fetch_observations(key("failing"), limit=1).records
    assert record.asset_observation is not None
    assert record.asset_observation.metadata["airflow/state"].value == "failed"


UNFINISHED = UnfinishedTaskError("A2D402: a choice")


@pytest.mark.parametrize("rule", ["all_done", "one_failed", "all_failed", "none_skipped", "all_done_setup_success"])
def test_unfinished(instance: dg.DagsterInstance, rule: str) -> None:
    """Nothing runs after a task that is yet to be written, whatever its rule; the run fails, though its leaf ignores
    failures. It is not tried again. What does not come after it runs."""
    graph = AirflowGraph("dag")
    tries: list[int] = []

    @graph.task(retries=2, retry_delay=0)
    def choice() -> None:
        tries.append(1)
        raise UNFINISHED

    graph.task(task_id="after", upstream=["choice"], trigger_rule=rule, is_teardown="setup" in rule)(lambda: 1)
    graph.task(task_id="each", upstream=["choice"], trigger_rule=rule, expand={"x": [1, 2]})(lambda x: x)
    graph.task(task_id="end", upstream=["after", "each"], trigger_rule="all_done")(lambda: 1)
    graph.task(task_id="beside")(lambda: 1)
    state, states, _ = run(graph, instance)
    assert (state, len(tries)) == ("failed", 1)
    assert states == {
        ("choice", -1): "failed",
        ("after", -1): "upstream_failed",
        ("each", -1): "upstream_failed",
        ("end", -1): "upstream_failed",
        ("beside", -1): "success",
    }


def test_unfinished_in_front_of_what_waits_for_nothing(instance: dg.DagsterInstance) -> None:
    graph = AirflowGraph("dag")
    graph.task(task_id="choice")(raising(UNFINISHED))
    graph.task(task_id="end", upstream=["choice"], trigger_rule="always")(lambda: 1)
    state, states, _ = run(graph, instance)
    assert (state, states["end", -1]) == ("failed", "success")


def test_a_decision_that_waits_for_nothing(instance: dg.DagsterInstance) -> None:
    graph = AirflowGraph("dag")
    graph.task(task_id="begin")(lambda: 1)
    graph.task(task_id="choice", upstream=["begin"], kind="branch", trigger_rule="always")(lambda: "left")
    for name in ("left", "right"):
        graph.task(task_id=name, upstream=["choice"])(lambda: 1)
    state, states, _ = run(graph, instance)
    assert (state, states["left", -1], states["right", -1]) == ("success", "success", "skipped")


def test_unfinished_but_skipped(instance: dg.DagsterInstance) -> None:
    """Where its turn does not come, nothing is unknown."""
    graph = AirflowGraph("dag")
    graph.task(task_id="go", kind="short_circuit", ignore_downstream_trigger_rules=False)(lambda: False)
    graph.task(task_id="choice", upstream=["go"])(raising(UNFINISHED))
    graph.task(task_id="end", upstream=["choice"], trigger_rule="all_done")(lambda: 1)
    state, states, _ = run(graph, instance)
    assert (state, states["choice", -1], states["end", -1]) == ("success", "skipped", "success")


def test_unfinished_instances(instance: dg.DagsterInstance) -> None:
    """One unfinished instance of a mapped group's task is enough."""
    graph = AirflowGraph("dag")
    graph.mapped_task_group("group", expand={"x": [1, 2]})
    graph.task(task_id="inner", task_groups=["group"])(raising(UNFINISHED))
    graph.task(task_id="next", task_groups=["group"], upstream=["inner"], trigger_rule="all_done")(lambda: 1)
    graph.task(task_id="end", upstream=["next"], trigger_rule="all_done")(lambda: 1)
    state, states, _ = run(graph, instance)
    assert state == "failed"
    assert {states["inner", 0], states["inner", 1]} == {"failed"}
    assert states["end", -1] == "upstream_failed"
    assert "success" not in states.values()


# -- failures that are to be seen --------------------------------------------------------------------------------------


def visible_graph() -> AirflowGraph:
    graph = AirflowGraph("seen")
    graph.task(task_id="harmless")(raising(ValueError("harmless")))
    graph.task(task_id="fine", upstream=["harmless"], trigger_rule="all_done")(lambda: 1)
    graph.task(task_id="each", expand={"x": [1, 2, 3]})(fail_on_two)
    graph.task(task_id="after_each", inputs={"values": "each"}, trigger_rule="all_done")(lambda values: values)
    graph.task(task_id="fatal", upstream=["fine"])(raising(AirflowException("fatal")))
    graph.task(task_id="last", upstream=["fatal", "each"])(lambda: 1)
    return graph


def fail_on_two(x: int) -> int:
    if x == 2:
        raise ValueError(x)
    return x


def visible_job() -> dg.JobDefinition:
    graph = visible_graph()
    executor = dg.in_process_executor.configured(
        {"step_dependency_config": {"require_upstream_step_success": False}}, name=VISIBLE_FAILURES
    )
    selection = dg.AssetSelection.assets(*graph.assets().keys)
    job = dg.define_asset_job("seen", selection=selection, executor_def=executor)
    return dg.Definitions(assets=[graph.assets()], jobs=[job]).resolve_job_def("seen")


def run_visibly(job: Callable[[], dg.JobDefinition], tmp_path: Path) -> tuple[set[str], dict[tuple[str, int], str]]:
    """The failed steps and the tasks' states of a run that fails."""
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        result = dg.execute_job(dg.reconstructable(job), instance=instance)
    assert not result.success
    failed = {str(event.step_key) for event in result.all_events if event.event_type_value == "STEP_FAILURE"}
    return failed, states_of(result.all_events)


def test_red_steps(tmp_path: Path) -> None:
    """A failed step where the run must fail anyway; what comes after it still runs, also in the mapped case."""
    failed, states = run_visibly(visible_job, tmp_path)
    assert failed == {"seen__tasks." + name for name in ("fatal", "each__each[1]", "dag_run")}
    assert states == {
        ("harmless", -1): "failed",
        ("fine", -1): "success",
        ("each", 0): "success",
        ("each", 1): "failed",
        ("each", 2): "success",
        ("after_each", -1): "success",
        ("fatal", -1): "failed",
        ("last", -1): "upstream_failed",
    }


def multiprocess_job() -> dg.JobDefinition:
    graph = AirflowGraph("seen")
    graph.task(task_id="fatal")(raising(ValueError("fatal")))
    graph.task(task_id="each", upstream=["fatal"], trigger_rule="one_failed", expand={"x": [2]})(fail_on_two)
    job = graph.job(max_concurrent=2)
    resources = {"io_manager": XComIOManager(airflow="2")}
    definitions = dg.Definitions(assets=[graph.assets()], jobs=[job], resources=resources)
    return definitions.resolve_job_def("seen")


def test_red_steps_in_processes(tmp_path: Path) -> None:
    """The same with the executor of the graph's own job, a process for each step."""
    failed, states = run_visibly(multiprocess_job, tmp_path)
    assert failed == {"seen__tasks." + name for name in ("each__each[0]", "dag_run")}
    assert states == {("fatal", -1): "failed", ("each", 0): "failed"}


def test_quiet_elsewhere(instance: dg.DagsterInstance) -> None:
    """Under an executor that holds up what comes after a failed step, only the last step fails."""
    graph = visible_graph()
    definitions = dg.Definitions(assets=[graph.assets()], jobs=[graph.job()])
    result = definitions.resolve_job_def("seen").execute_in_process(instance=instance, raise_on_error=False)
    assert [event.step_key for event in result.get_step_failure_events()] == ["seen__tasks.dag_run"]


# -- what it is expanded over ------------------------------------------------------------------------------------------


def test_expand_kwargs_must_be_dicts(instance: dg.DagsterInstance) -> None:
    graph = AirflowGraph("dag")
    graph.task(task_id="source")(lambda: [1, {"x": 2}])
    graph.task(task_id="each", expand_kwargs=task_output("source"))(lambda x: x)
    _, states, _ = run(graph, instance)
    assert (states["each", 0], states["each", 1]) == ("failed", "success")


def test_outputs_in_literals(instance: dg.DagsterInstance) -> None:
    """Lists and dicts may have outputs of tasks in them, also to fill up what is zipped."""
    graph = AirflowGraph("dag")
    graph.task(task_id="a")(lambda: [1])
    graph.task(task_id="b")(lambda: [5, 6])
    graph.task(task_id="listed", expand={"x": [task_output("a"), 9]})(lambda x: x)
    graph.task(task_id="dicts", expand_kwargs=[{"x": task_output("b")}])(lambda x: x)
    zipped = task_output("a").zip(task_output("b"), fillvalue=0)
    graph.task(task_id="zipped", expand={"x": zipped})(lambda x: x)
    _, _, values = run(graph, instance)
    assert values["listed"] == [[1], 9]
    assert values["dicts"] == [[5, 6]]
    assert json.loads(json.dumps(values["zipped"])) == [[1, 5], [0, 6]]


def test_values_known_when_run(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function is called when the run comes to the task, not before."""
    monkeypatch.delenv("PLACES", raising=False)
    graph = AirflowGraph("dag")
    graph.task(task_id="each", expand={"x": lambda: os.environ["PLACES"].split()})(lambda x: x)
    graph.task(task_id="many", expand_kwargs=lambda: [{"x": 1}])(lambda x: x)
    graph.assets()
    monkeypatch.setenv("PLACES", "sea land")
    _, _, values = run(graph, instance)
    assert values["each"] == ["sea", "land"]
    assert values["many"] == [1]


def test_values_that_cannot_be_mapped(instance: dg.DagsterInstance) -> None:
    """What turns out to be no list when it is run fails the run, and nothing before that."""
    graph = AirflowGraph("dag")
    graph.task(task_id="each", expand={"x": lambda: None})(lambda x: x)
    definitions = dg.Definitions(assets=[graph.assets()], jobs=[graph.job()])
    result = definitions.resolve_job_def("dag").execute_in_process(instance=instance, raise_on_error=False)
    assert not result.success
    assert any("neither a list" in str(event.step_failure_data.error) for event in result.get_step_failure_events())
