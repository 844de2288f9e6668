"""Airflow DAG `python_sensor` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.sensors import poke_until

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


def enough(folder, least, **context):
    return len(list(Path(folder, context["ds"]).glob("*"))) >= least


airflow_dag = AirflowDag(dag_id="python_sensor", airflow="2", cron="0 0 * * *")


@dg.asset(
    key=["python_sensor", "enough_files"],
    group_name="python_sensor",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "python_sensor", "airflow/task_id": "enough_files"},
)
def enough_files(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="enough_files")
    return poke_until(
        lambda: enough("/landing", least=3, **airflow.as_kwargs()), poke_interval=10, timeout=600
    )


job = dg.define_asset_job(
    "python_sensor",
    selection=dg.AssetSelection.groups("python_sensor"),
    tags={"airflow/dag_id": "python_sensor"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="python_sensor_schedule")
