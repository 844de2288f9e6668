"""Airflow DAG `bash_sensor` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ...airflow_compat.sensors import bash_succeeds, poke_until

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["bash_sensor", "mounted"],
    group_name="bash_sensor",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "bash_sensor", "airflow/task_id": "mounted"},
)
def mounted(context: dg.AssetExecutionContext) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    poke_until(lambda: bash_succeeds(f"test -d /landing/{ds}", retry_exit_code=1), poke_interval=20)


job = dg.define_asset_job(
    "bash_sensor", selection=dg.AssetSelection.groups("bash_sensor"), tags={"airflow/dag_id": "bash_sensor"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="bash_sensor_schedule")
