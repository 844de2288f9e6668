"""Airflow DAG `task_sensor` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.sensors import PokeReturnValue, poke_until
from ...airflow_compat.task import airflow_task


def arrived(folder: str) -> Any:
    files = sorted(str(path) for path in Path(folder).glob("*.csv"))
    return PokeReturnValue(is_done=bool(files), xcom_value=files)


@dg.asset(
    key=["task_sensor", "arrived"],
    group_name="task_sensor",
    output_required=False,
    metadata={"airflow/dag_id": "task_sensor", "airflow/task_id": "arrived"},
)
@airflow_task()
def arrived_asset() -> Any:
    return poke_until(lambda: arrived("/landing/orders"), poke_interval=15, timeout=3600, never_fail=True)


@dg.asset(
    key=["task_sensor", "load"],
    ins={"files": dg.AssetIn(["task_sensor", "arrived"])},
    group_name="task_sensor",
    kinds={"python"},
    metadata={"airflow/dag_id": "task_sensor", "airflow/task_id": "load"},
)
def load(files: Any) -> int:
    return len(files)


job = dg.define_asset_job(
    "task_sensor", selection=dg.AssetSelection.groups("task_sensor"), tags={"airflow/dag_id": "task_sensor"}
)
schedule = dg.ScheduleDefinition(
    name="task_sensor_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
