"""Airflow DAG `the_day_before` (dag.py) as Dagster assets.

Partitioned, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.dates import PartitionKeys
from ..resources import TheDayBeforeParams

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2026-03-01",
    end="2026-04-10",
    timezone="Asia/Tokyo",
    fmt="%Y-%m-%d",
)

airflow_dag = AirflowDag(
    dag_id="the_day_before",
    airflow="3",
    cron="0 0 * * *",
    timezone="Asia/Tokyo",
    data_intervals=False,
    partition_keys=PartitionKeys("%Y-%m-%d", offset=-1),
)


@dg.asset(
    key=["the_day_before", "report"],
    group_name="the_day_before",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "the_day_before", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext, the_day_before_params: TheDayBeforeParams) -> str:
    airflow = airflow_dag.context(context, task_id="report", params=the_day_before_params.model_dump())
    return run_bash(
        airflow.render(
            "echo {{ partition_key }} {{ partition_date }} {{ dag_run.run_after }} {{ dag_run.logical_date }} {{ params.of }}"
        )
    )


job = dg.define_asset_job(
    "the_day_before",
    selection=dg.AssetSelection.groups("the_day_before"),
    tags={"airflow/dag_id": "the_day_before"},
)


@dg.schedule(
    name="the_day_before_schedule", cron_schedule="0 0 * * *", job=job, execution_timezone="Asia/Tokyo"
)
def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    tick = context.scheduled_execution_time
    with dg.partition_loading_context(effective_dt=tick):
        key = intervals.get_last_partition_key()
    # After the last interval, Dagster would ask for its partition again at every tick.
    if key is None or intervals.time_window_for_partition_key(key).end != tick:
        return dg.SkipReason("No interval ends at this tick.")
    return dg.RunRequest(run_key=key, partition_key=key)
