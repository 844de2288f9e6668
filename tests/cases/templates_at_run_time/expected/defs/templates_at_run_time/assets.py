"""Airflow DAG `templates_at_run_time` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from pathlib import Path

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.macros import ds_add
from ..resources import TemplatesAtRunTimeParams

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)

airflow_dag = AirflowDag(
    dag_id="templates_at_run_time",
    airflow="2",
    cron="0 0 * * *",
    user_defined_macros={"greeting": "hello"},
    user_defined_filters={"shout": (lambda text: text.upper())},
)


@dg.asset(
    key=["templates_at_run_time", "python"],
    group_name="templates_at_run_time",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "templates_at_run_time", "airflow/task_id": "python"},
)
def python(context: dg.AssetExecutionContext, templates_at_run_time_params: TemplatesAtRunTimeParams) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo {ds} {templates_at_run_time_params.city} {ds_add(ds, -1)}")


@dg.asset(
    key=["templates_at_run_time", "at_run_time"],
    group_name="templates_at_run_time",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "templates_at_run_time", "airflow/task_id": "at_run_time"},
)
def at_run_time(
    context: dg.AssetExecutionContext, templates_at_run_time_params: TemplatesAtRunTimeParams
) -> str:
    airflow = airflow_dag.context(
        context, task_id="at_run_time", params=templates_at_run_time_params.model_dump()
    )
    return run_bash(airflow.render("{% for i in range(3) %}echo {{ i }} {{ ds }}; {% endfor %}"))


@dg.asset(
    key=["templates_at_run_time", "own_names"],
    group_name="templates_at_run_time",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "templates_at_run_time", "airflow/task_id": "own_names"},
)
def own_names(
    context: dg.AssetExecutionContext, templates_at_run_time_params: TemplatesAtRunTimeParams
) -> str:
    airflow = airflow_dag.context(
        context, task_id="own_names", params=templates_at_run_time_params.model_dump()
    )
    return run_bash(airflow.render("echo {{ greeting | shout }}"))


@dg.asset(
    key=["templates_at_run_time", "settings"],
    group_name="templates_at_run_time",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "templates_at_run_time", "airflow/task_id": "settings"},
)
def settings(
    context: dg.AssetExecutionContext, templates_at_run_time_params: TemplatesAtRunTimeParams
) -> str:
    airflow = airflow_dag.context(
        context, task_id="settings", params=templates_at_run_time_params.model_dump()
    )
    return run_bash(
        airflow.render("echo {{ var.value.region }} {{ var.json.limits.rows }} {{ conn.shop.host }}")
    )


@dg.asset(
    key=["templates_at_run_time", "unknown_name"],
    group_name="templates_at_run_time",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "templates_at_run_time", "airflow/task_id": "unknown_name"},
)
def unknown_name(
    context: dg.AssetExecutionContext, templates_at_run_time_params: TemplatesAtRunTimeParams
) -> str:
    airflow = airflow_dag.context(
        context, task_id="unknown_name", params=templates_at_run_time_params.model_dump()
    )
    return run_bash(airflow.render("echo {{ no_such_name }}"))


@dg.asset(
    key=["templates_at_run_time", "invalid"],
    group_name="templates_at_run_time",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "templates_at_run_time", "airflow/task_id": "invalid"},
)
def invalid(context: dg.AssetExecutionContext, templates_at_run_time_params: TemplatesAtRunTimeParams) -> str:
    airflow = airflow_dag.context(
        context, task_id="invalid", params=templates_at_run_time_params.model_dump()
    )
    return run_bash(airflow.render("echo {{ ds"))


@dg.asset(
    key=["templates_at_run_time", "file"],
    group_name="templates_at_run_time",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "templates_at_run_time", "airflow/task_id": "file"},
)
def file(context: dg.AssetExecutionContext, templates_at_run_time_params: TemplatesAtRunTimeParams) -> str:
    airflow = airflow_dag.context(context, task_id="file", params=templates_at_run_time_params.model_dump())
    return run_bash(airflow.render(Path(__file__).with_name("clean.sh").read_text()))


job = dg.define_asset_job(
    "templates_at_run_time",
    selection=dg.AssetSelection.groups("templates_at_run_time"),
    tags={"airflow/dag_id": "templates_at_run_time"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="templates_at_run_time_schedule")
