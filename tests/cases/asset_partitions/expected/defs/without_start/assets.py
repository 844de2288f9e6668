"""Airflow DAG `without_start` (dag.py) as Dagster assets.

Partitioned, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2026-01-01T00:00:00",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S",
    end_offset=1,
)


@dg.asset(
    key=["without_start", "without_start"],
    group_name="without_start",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "without_start", "airflow/task_id": "without_start"},
)
def without_start() -> Any:
    return "made"


job = dg.define_asset_job(
    "without_start",
    selection=dg.AssetSelection.groups("without_start"),
    tags={"airflow/dag_id": "without_start"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="without_start_schedule")
