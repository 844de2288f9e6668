"""Airflow DAG `methods_2` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bridge import execute_operator
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.schedules import request_due
from ...airflow_compat.task import airflow_task

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)

airflow_dag = AirflowDag(dag_id="methods_2", airflow="2", cron="0 0 * * *")


@dg.asset(
    key=["methods_2", "own"],
    group_name="methods_2",
    partitions_def=intervals,
    output_required=False,
    kinds={"airflow"},
    metadata={"airflow/dag_id": "methods_2", "airflow/task_id": "own"},
)
@airflow_task()
def own(context: dg.AssetExecutionContext) -> Any:
    from ...lib.dag_airflow import Own

    airflow = airflow_dag.context(context, task_id="own")
    operator = Own(task_id="own", what="{{ ds }}")
    return execute_operator(operator, airflow)


@dg.asset(
    key=["methods_2", "after_own"],
    deps=[["methods_2", "own"]],
    group_name="methods_2",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "methods_2", "airflow/task_id": "after_own"},
)
def after_own() -> None:
    pass


job = dg.define_asset_job(
    "methods_2", selection=dg.AssetSelection.groups("methods_2"), tags={"airflow/dag_id": "methods_2"}
)


@dg.sensor(job=job)
def methods_2_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once."""
    return request_due(context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value())
