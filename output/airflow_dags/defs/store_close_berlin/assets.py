"""Airflow DAG `store_close_berlin` (store_close.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 3 * * 1-6",
    start="2024-03-01T00:00:00+0100",
    timezone="Europe/Berlin",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(
    dag_id="store_close_berlin",
    airflow="3",
    cron="0 3 * * 1-6",
    timezone="Europe/Berlin",
    data_intervals=False,
)


@dg.asset(
    key=["store_close_berlin", "till_report"],
    group_name="store_close_berlin",
    partitions_def=intervals,
    owners=["team:store_ops"],
    kinds={"bash"},
    tags={"stores": ""},
    metadata={"airflow/dag_id": "store_close_berlin", "airflow/task_id": "till_report"},
)
def till_report(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="till_report")
    return run_bash(
        airflow.render(
            "echo {{ ts }} {{ logical_date.in_tz('Europe/Berlin').format('YYYY-MM-DD[T]HH:mmZ') }}"
        )
    )


job = dg.define_asset_job(
    "store_close_berlin",
    selection=dg.AssetSelection.groups("store_close_berlin"),
    tags={"airflow/dag_id": "store_close_berlin"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="store_close_berlin_schedule")
