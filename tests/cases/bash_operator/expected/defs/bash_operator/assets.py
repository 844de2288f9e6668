"""Airflow DAG `bash_operator` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task
from ..resources import BashOperatorParams

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)

airflow_dag = AirflowDag(dag_id="bash_operator", airflow="2", cron="0 0 * * *")


@dg.asset(
    key=["bash_operator", "hello"],
    group_name="bash_operator",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "bash_operator", "airflow/task_id": "hello"},
)
def hello(context: dg.AssetExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo 'the day is {ds}'")


@dg.asset(
    key=["bash_operator", "build"],
    deps=[["bash_operator", "hello"]],
    group_name="bash_operator",
    partitions_def=intervals,
    output_required=False,
    kinds={"bash"},
    metadata={"airflow/dag_id": "bash_operator", "airflow/task_id": "build"},
)
@airflow_task()
def build(context: dg.AssetExecutionContext, bash_operator_params: BashOperatorParams) -> str:
    ds_nodash = context.partition_time_window.start.strftime("%Y%m%d")
    return run_bash(
        "make report DAY=$DAY",
        env={"DAY": ds_nodash, "TARGET": f"{bash_operator_params.target}"},
        append_env=True,
        cwd="/srv/reports",
        skip_on_exit_code=[80, 99],
    )


@dg.asset(
    key=["bash_operator", "count"],
    deps=[["bash_operator", "build"]],
    group_name="bash_operator",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "bash_operator", "airflow/task_id": "count"},
)
def count() -> Any:
    return int(run_bash("wc -l < /srv/reports/report.csv"))


@dg.asset(
    key=["bash_operator", "clean"],
    deps=[["bash_operator", "count"]],
    group_name="bash_operator",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "bash_operator", "airflow/task_id": "clean"},
)
def clean() -> None:
    run_bash("rm -rf /tmp/reports")


@dg.asset(
    key=["bash_operator", "told"],
    ins={"count": dg.AssetIn(["bash_operator", "count"])},
    group_name="bash_operator",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "bash_operator", "airflow/task_id": "told"},
)
def told(context: dg.AssetExecutionContext, bash_operator_params: BashOperatorParams, count: Any) -> str:
    airflow = airflow_dag.context(context, task_id="told", params=bash_operator_params.model_dump())
    return run_bash(f'echo "$AIRFLOW_CTX_DAG_ID counted {count}"', airflow=airflow)


@dg.asset(
    key=["bash_operator", "folder"],
    deps=[["bash_operator", "count"]],
    group_name="bash_operator",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "bash_operator", "airflow/task_id": "folder"},
)
def folder() -> str:
    return run_bash('ls "$AIRFLOW_HOME/dags"')


job = dg.define_asset_job(
    "bash_operator",
    selection=dg.AssetSelection.groups("bash_operator"),
    tags={"airflow/dag_id": "bash_operator"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="bash_operator_schedule")
