"""Airflow DAG `task_sql` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ..resources import SqlResource, fetch_all


def newest(table: str) -> str:
    return f"SELECT MAX(day) FROM {table} WHERE day <= '{{{{ ds }}}}'"


airflow_dag = AirflowDag(dag_id="task_sql", airflow="3", cron="0 0 * * *", data_intervals=False)


@dg.asset(
    key=["task_sql", "newest"],
    group_name="task_sql",
    kinds={"sql"},
    metadata={"airflow/dag_id": "task_sql", "airflow/task_id": "newest"},
)
def newest_asset(context: dg.AssetExecutionContext, warehouse: SqlResource) -> Any:
    airflow = airflow_dag.context(context, task_id="newest")
    return warehouse.run(airflow.render(newest("orders")), handler=fetch_all)


job = dg.define_asset_job(
    "task_sql", selection=dg.AssetSelection.groups("task_sql"), tags={"airflow/dag_id": "task_sql"}
)
schedule = dg.ScheduleDefinition(
    name="task_sql_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
