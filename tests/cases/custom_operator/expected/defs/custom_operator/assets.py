"""Airflow DAG `custom_operator` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.bridge import execute_operator
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task

BUCKET = "landing"

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)

airflow_dag = AirflowDag(dag_id="custom_operator", airflow="2", cron="0 0 * * *")


@dg.asset(
    key=["custom_operator", "count"],
    group_name="custom_operator",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    output_required=False,
    kinds={"airflow"},
    metadata={"airflow/dag_id": "custom_operator", "airflow/task_id": "count"},
)
@airflow_task()
def count(context: dg.AssetExecutionContext) -> Any:
    from ...lib.operators import CountFilesOperator

    airflow = airflow_dag.context(context, task_id="count")
    operator = CountFilesOperator(task_id="count", folder="/landing/{{ ds }}", pattern="*.csv")
    return execute_operator(operator, airflow)


@dg.asset(
    key=["custom_operator", "tell"],
    ins={"count": dg.AssetIn(["custom_operator", "count"])},
    group_name="custom_operator",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "custom_operator", "airflow/task_id": "tell"},
)
def tell(count: Any) -> str:
    return run_bash(f"echo {count} files")


@dg.asset(
    key=["custom_operator", "clean"],
    deps=[["custom_operator", "tell"]],
    group_name="custom_operator",
    partitions_def=intervals,
    output_required=False,
    kinds={"airflow"},
    metadata={"airflow/dag_id": "custom_operator", "airflow/task_id": "clean"},
)
@airflow_task()
def clean(context: dg.AssetExecutionContext) -> Any:
    from airflow.providers.amazon.aws.operators.s3 import S3DeleteObjectsOperator

    airflow = airflow_dag.context(context, task_id="clean")
    operator = S3DeleteObjectsOperator(
        task_id="clean", bucket=BUCKET, prefix=f"{BUCKET}/{{{{ ds_nodash }}}}/"
    )
    return execute_operator(operator, airflow)


@dg.asset(
    key=["custom_operator", "lost"],
    deps=[["custom_operator", "clean"]],
    group_name="custom_operator",
    partitions_def=intervals,
    output_required=False,
    kinds={"airflow"},
    metadata={"airflow/dag_id": "custom_operator", "airflow/task_id": "lost"},
)
@airflow_task()
def lost(context: dg.AssetExecutionContext) -> Any:
    from ...lib.operators import CountFilesOperator

    airflow = airflow_dag.context(context, task_id="lost")
    operator = CountFilesOperator(task_id="lost", folder="/landing", pattern="nowhere.pattern")
    return execute_operator(operator, airflow)


job = dg.define_asset_job(
    "custom_operator",
    selection=dg.AssetSelection.groups("custom_operator"),
    tags={"airflow/dag_id": "custom_operator"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="custom_operator_schedule")
