"""Airflow DAG `hooks_2` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `see` (all_done) looks at how other tasks ended;
`see_late` (all_done) looks at how other tasks ended; 3 more tasks likewise.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.exceptions import AirflowSkipException
from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.hooks import Hooks, run_if, skip_if
from ...airflow_compat.schedules import request_due
from ..resources import Hooks2Params

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


def stop_on_the_second(context):
    if context["ds"] > "2024-01-01":
        raise AirflowSkipException("not on the second")


def fail(context):
    raise ValueError("not today")


def refuse(context, result):
    raise ValueError(f"{result} is refused")


def skip_after(context, result):
    if result:
        raise AirflowSkipException("after all")


airflow_dag = AirflowDag(dag_id="hooks_2", airflow="2", cron="0 0 * * *")

airflow_graph = AirflowGraph(
    "hooks_2", airflow="2", airflow_dag=airflow_dag, group_name="hooks_2", partitions_def=intervals
)


@airflow_graph.task(hooks=Hooks(post_execute=[refuse]), kinds={"python"})
def refused() -> Any:
    return 7


@airflow_graph.task(
    inputs={"value": "refused"},
    trigger_rule="all_done",
    kinds={"python"},
)
def see(value: Any) -> Any:
    return value


@airflow_graph.task(hooks=Hooks(post_execute=[skip_after]), kinds={"python"})
def late() -> Any:
    return 5


@airflow_graph.task(
    inputs={"late": "late"},
    trigger_rule="all_done",
    kinds={"python"},
)
def see_late(late: Any) -> Any:
    return late


@airflow_graph.task(
    inputs={"see_late": "see_late"},
    hooks=Hooks(
        pre_execute=[
            skip_if(lambda context: (context["ti"].xcom_pull(task_ids="see_late") == 5, "five")),
            run_if(lambda context: context["params"]["rows"] > 2),
        ],
        xcoms={"see_late": "see_late"},
        params="hooks_2_params",
    ),
    kinds={"python"},
)
def guarded(hooks_2_params: Hooks2Params, see_late: Any) -> Any:
    return 1


@airflow_graph.task(hooks=Hooks(pre_execute=[stop_on_the_second]), kinds={"bash"})
def first_only(context: dg.OpExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo {ds}")


@airflow_graph.task(upstream=["first_only"])
def then() -> None:
    pass


@airflow_graph.task(
    retries=1,
    hooks=Hooks(pre_execute=[fail]),
    kinds={"bash"},
)
def failing() -> str:
    return run_bash("true")


@airflow_graph.task(
    upstream=["failing"],
    trigger_rule="all_done",
    kinds={"bash"},
)
def in_any_case() -> None:
    run_bash("echo done")


@airflow_graph.task(
    hooks=Hooks(
        pre_execute=[lambda context: context["ti"].map_index == 1 and fail(context)], params="hooks_2_params"
    ),
    expand={"x": [1, 2, 3]},
    kinds={"python"},
)
def each(hooks_2_params: Hooks2Params, x: Any) -> Any:
    return x


@airflow_graph.task(upstream=["each"], trigger_rule="all_done")
def after_each() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("hooks_2")


@dg.sensor(job=job)
def hooks_2_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once."""
    return request_due(context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value())
